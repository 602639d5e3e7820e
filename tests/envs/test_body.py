"""The tabletop as a body: exact states, honest cameras, what it feels."""

import hashlib
import pickle
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from neuralbrain.arm.catalogue import COLORS
from neuralbrain.arm.motor.kinematics import downward, solve
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.envs.tabletop.env import TabletopEnv
from neuralbrain.envs.tabletop.panda import HOME
from neuralbrain.errors import UnknownNameError
from tests.arm.motor.harness import PANDA


def drive(body: TabletopBody, start: int, stop: int) -> None:
    """Go down on a block, grasp it and lift it."""
    obj = next(t for t in body.setting.objects if t.category == "block")
    joints = HOME
    for tick in range(stop):
        height = np.interp(tick, [0, 20, 35, 45, 70], [0.25, 0.12, 0.0, 0.0, 0.2])
        goal = downward(np.array(obj.position) + [0.0, 0.0, height], obj.yaw)
        joints = solve(PANDA, goal, joints).joints
        if tick >= start:
            body.act(joints[None], 0.08 if tick < 37 else 0.0, 25.0)


def digest(body: TabletopBody) -> str:
    """Hash all that can be seen of a body."""
    state = body.sense()
    whole = hashlib.sha256()
    for name in sorted(vars(state)):
        whole.update(np.asarray(getattr(state, name)).tobytes())
    whole.update(np.array(body.world.motions()).tobytes())
    for camera in body.cameras:
        picture = body.look(camera)
        whole.update(picture.rgb.tobytes() + picture.depth.tobytes())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def grasping() -> Iterator[TabletopBody]:
    """A body in the middle of a grasp: the block is just off the table."""
    body = TabletopBody("swap")
    body.reset(5)
    drive(body, 0, 52)
    body.look("wrist")
    yield body
    body.close()


def test_a_block_is_grasped_felt_and_lifted() -> None:
    body = TabletopBody("swap")
    body.reset(5)
    block = next(t for t in body.setting.objects if t.category == "block")
    drive(body, 0, 75)
    state = body.sense()
    assert body.truth.position(block.name)[2] > 0.15
    assert state.contact_force.min() > 1.0 and 0.035 < state.gripper_width < 0.045
    assert not body.truth.free(block.name)
    body.close()


def test_the_future_from_a_state_in_mid_grasp_is_exact(grasping: TabletopBody) -> None:
    state = grasping.get_state()
    drive(grasping, 52, 75)
    future = digest(grasping)
    other = TabletopBody("swap")
    other.reset(99)
    other.set_state(pickle.loads(pickle.dumps(state)))
    drive(other, 52, 75)
    assert digest(other) == future
    grasping.set_state(state)
    drive(grasping, 52, 75)
    assert digest(grasping) == future
    other.close()


def test_the_future_is_the_same_in_a_fresh_process(grasping: TabletopBody) -> None:
    program = """
import pickle, sys
from tests.envs.test_body import TabletopBody, digest, drive
body = TabletopBody("swap")
body.set_state(pickle.load(sys.stdin.buffer))
drive(body, 52, 65)
print(digest(body))
"""
    state = grasping.get_state()
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(state), capture_output=True, check=True
    )
    grasping.set_state(state)
    drive(grasping, 52, 65)
    assert done.stdout.decode().split()[-1] == digest(grasping)


@pytest.mark.parametrize("camera", ["fixed", "wrist"])
def test_pixels_and_depth_lead_to_points_in_the_world(camera: str) -> None:
    """Every pixel of the table's plane, seen through intrinsics and pose, lies at z = 0."""
    body = TabletopBody("push")
    body.reset(1)
    picture = body.snapshot(camera)
    fx, fy, cx, cy = picture.intrinsics
    rows, columns = np.nonzero(picture.depth)
    z = picture.depth[rows, columns].astype(float)
    points = (
        np.column_stack([(columns - cx) / fx * z, (rows - cy) / fy * z, z, np.ones(len(z))]) @ picture.pose.T
    )
    gray = np.ptp(picture.rgb[rows, columns].astype(int), axis=1) < 12
    table = points[
        gray
        & (points[:, 0] > 0.30)
        & (points[:, 0] < 0.7)
        & (abs(points[:, 1]) < 0.35)
        & (points[:, 2] < 0.02)
    ]
    assert len(table) > 3000
    assert np.abs(table[:, 2]).mean() < 0.001
    zone = next(t for t in body.setting.objects if t.category == "zone")
    box = next(t for t in body.setting.objects if t.category == "box")
    for obj, height in ((zone, 0.0005), (box, 0.06)):
        color = np.array(COLORS[obj.color])
        hue = picture.rgb[rows, columns] / 255
        like = np.linalg.norm(
            hue / np.linalg.norm(hue, axis=1, keepdims=True) - color / np.linalg.norm(color), axis=1
        )
        top = points[(like < 0.12) & (abs(points[:, 2] - height) < 0.003)]
        middle = (top.max(axis=0) + top.min(axis=0))[:2] / 2
        assert np.linalg.norm(middle - np.array(obj.position[:2])) < 0.004
    body.close()


def test_noise_is_the_seeds_and_pictures_differ() -> None:
    pictures = []
    for _ in range(2):
        body = TabletopBody("place")
        body.reset(3)
        pictures.append([body.look("fixed").depth, body.look("fixed").depth])
        body.close()
    (a, b), (c, d) = pictures
    assert (a == c).all() and (b == d).all() and (a != b).any()
    assert a.dtype == np.float32 and np.isfinite(a).all() and a.min() >= 0.0


def test_the_fixed_camera_does_not_see_what_is_hidden() -> None:
    """Where a table has two stacked boxes, the block behind them has no pixel in the fixed picture."""
    found = 0
    for seed in range(40):
        body = TabletopBody("place")
        body.reset(seed)
        boxes = [t for t in body.setting.objects if t.category == "box"]
        if boxes:
            found += 1
            hidden = body.world.bodies[body.setting.roles["object"]]
            bullet = body.world.bullet
            bullet.changeVisualShape(hidden, -1, rgbaColor=(1, 1, 1, 1))
            before = body.snapshot("fixed").rgb
            bullet.changeVisualShape(hidden, -1, rgbaColor=(0, 0, 0, 1))
            assert (body.snapshot("fixed").rgb == before).all(), seed
        body.close()
    assert found >= 3


@pytest.mark.parametrize("camera", ["fixed", "wrist"])
def test_a_picture_for_people_changes_nothing_that_a_brain_sees(camera: str) -> None:
    with TabletopEnv("place", render_mode="rgb_array") as env:
        env.reset(seed=1)
        before = env.body.look(camera).rgb
        for picture in (env.render, env.body.front):
            picture()
            np.testing.assert_array_equal(env.body.look(camera).rgb, before)


def test_an_unknown_camera_is_named() -> None:
    body = TabletopBody("place")
    body.reset(0)
    with pytest.raises(UnknownNameError, match="Known: fixed, wrist"):
        body.look("third eye")
    body.close()

"""The rover as a body: exact states, honest senses, a camera that sees what is there."""

import hashlib
import math
import pickle
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.envs.rover.body import ANCHOR_TICKS, RoverBody
from neuralbrain.envs.rover.datasheet import CAMERA, GYRO_ERROR, RANGERS, WHEELS
from neuralbrain.envs.rover.layout import HALF
from neuralbrain.errors import ContractError, UnknownNameError
from neuralbrain.rover.catalogue import COLORS, PILLAR_HEIGHT, PILLAR_RADIUS
from tests.envs.rover.oracle import Oracle

PUSHING, FUTURE = 13, 20
"""A seed in which the oracle holds a ball between the prongs from tick 170 to 420, over two anchors."""
MOMENTS = (195, ANCHOR_TICKS, 203, 398)


def digest(body: RoverBody) -> str:
    """Hash all that can be sensed, seen and known of a body."""
    whole = hashlib.sha256(repr((body.evaluate(), body.truth())).encode())
    for value in vars(body.sense()).values():
        whole.update(np.asarray(value).tobytes())
    picture = body.look("front")
    whole.update(np.array(body.world.floats()).tobytes())
    return whole.hexdigest() + hashlib.sha256(picture.rgb.tobytes() + picture.depth.tobytes()).hexdigest()


def follow(task: str, state: dict, commands: list[tuple[float, float]]) -> str:
    """Go on from a state, and hash where that leads."""
    body = RoverBody(task)
    body.set_state(state)
    for command in commands:
        body.act(*command)
    end = digest(body)
    body.close()
    return end


@cache
def moments() -> list[tuple[str, dict, list[tuple[float, float]], str]]:
    """Return task, state, commands and the digest of their end: in mid-push, and pressed into a corner."""
    found = []
    for task, seed in (("push", PUSHING), ("visit", 2)):
        body = RoverBody(task)
        body.reset(seed)
        oracle, states, log, ends = Oracle(body), {}, [], {}
        for tick in range(max(MOMENTS) + FUTURE):
            if tick in MOMENTS:
                states[tick] = pickle.loads(pickle.dumps(body.get_state()))
                assert body.sense().cradled if task == "push" else body.sense().bumper.any()
            command = oracle.command() if task == "push" else (14.0, 13.0 + tick % 2)
            body.act(*command)
            log.append(command)
            if tick + 1 - FUTURE in MOMENTS:
                ends[tick + 1 - FUTURE] = digest(body)
        found += [(task, states[at], log[at : at + FUTURE], ends[at]) for at in MOMENTS]
        body.close()
    return found


def test_the_future_from_a_state_is_exact() -> None:
    for task, state, commands, end in moments():
        assert follow(task, state, commands) == end, (task, state["ticks"])


def test_the_future_is_the_same_in_a_fresh_process() -> None:
    program = """
import pickle, sys
from tests.envs.rover.test_body import follow
print(*(follow(*moment[:3]) for moment in pickle.load(sys.stdin.buffer)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(moments()), capture_output=True, check=True
    )
    assert done.stdout.decode().split()[-len(moments()) :] == [end for *_, end in moments()]


def test_what_was_visited_is_part_of_the_state() -> None:
    body = RoverBody("visit")
    body.reset(0)
    oracle = Oracle(body)
    while body.get_state()["visited"] == 0:
        body.act(*oracle.command())
    state = body.get_state()
    body.set_state(state)
    assert body.get_state() == state and len(pickle.dumps(state)) < 10_000
    body.close()


@settings(max_examples=15)
@given(st.integers(0, 50), st.lists(st.tuples(*[st.floats(-30.0, 30.0)] * 2), min_size=3, max_size=12))
def test_senses_stay_finite_and_in_range(seed: int, commands: list[tuple[float, float]]) -> None:
    body = RoverBody("push")
    body.reset(seed)
    for command in commands:
        for _ in range(10):
            body.act(*command)
        state = body.sense()
        assert all(np.isfinite(value).all() for value in vars(state).values())
        assert np.abs(state.wheel_speeds).max() < 1.5 * WHEELS.max_speed
        assert abs(state.heading_rate) < 10.0
        assert RANGERS.near <= state.ranges.min() and state.ranges.max() <= RANGERS.far
        x, y, _ = body.truth()["rover"]
        assert max(abs(x), abs(y)) < HALF - 0.08
        assert abs(body.world.rover.frame()[0][2]) < 0.03  # upright, on the floor
    body.close()


@pytest.mark.parametrize(("wheels", "quarter"), [((6.0, 6.0), 0), ((-6.0, -6.0), 2)])
def test_the_bumper_says_where_it_touches(wheels: tuple[float, float], quarter: int) -> None:
    body = RoverBody("reach")
    body.reset(3)
    assert not body.sense().bumper.any()
    for _ in range(200):
        body.act(*wheels)
    assert body.sense().bumper.tolist()[quarter]
    body.close()


def cast(body: RoverBody, bearing: float) -> float:
    """Return how far it is along a bearing, m, by plane geometry."""
    x, y, heading = body.truth()["rover"]
    c, s = math.cos(heading + bearing), math.sin(heading + bearing)
    found = [(HALF - x) / c if c > 0 else (-HALF - x) / c, (HALF - y) / s if s > 0 else (-HALF - y) / s]
    for obj in body.setting.layout.objects:
        dx, dy = body.truth()[obj.name][0] - x, body.truth()[obj.name][1] - y
        along, aside = c * dx + s * dy, c * dy - s * dx
        if obj.category != "obstacle":
            radius = obj.radius if obj.category == "pillar" else math.sqrt(0.06**2 - 0.01**2)
            if abs(aside) < radius and along > 0:
                found.append(along - math.sqrt(radius**2 - aside**2))
            continue
        cy, sy = math.cos(obj.yaw), math.sin(obj.yaw)
        enter, leave = 0.0, math.inf
        for way, off, side in (
            (c * cy + s * sy, dx * cy + dy * sy, obj.sides[0]),
            (s * cy - c * sy, dy * cy - dx * sy, obj.sides[1]),
        ):
            ends = sorted(((off - side / 2) / way, (off + side / 2) / way))
            enter, leave = max(enter, ends[0]), min(leave, ends[1])
        if enter < leave:
            found.append(enter)
    return min(*found, RANGERS.far)


def test_ranges_agree_with_geometry() -> None:
    short = 0
    for seed in range(12):
        body = RoverBody("push")
        body.reset(seed)
        for turn in range(4):
            for _ in range(12):
                body.act(-2.0 + turn, 4.0)
            body.act(0.0, 0.0)
            for said, bearing in zip(body.sense().ranges.tolist(), RANGERS.bearings, strict=True):
                true = cast(body, bearing)
                short += true < RANGERS.far
                assert abs(said - true) < RANGERS.error + 0.003, (seed, bearing)
        body.close()
    assert short > 150


def test_the_gyro_and_the_encoders_tell_how_it_turns() -> None:
    body = RoverBody("reach")
    body.reset(0)
    for _ in range(30):
        body.act(-3.0, 3.0)
    before, start = body.sense(), body.truth()["rover"][2]
    for _ in range(10):
        body.act(-3.0, 3.0)
    after, turned = body.sense(), (body.truth()["rover"][2] - start) % (2 * math.pi)
    left, right = (after.wheel_angles - before.wheel_angles) * WHEELS.radius
    assert (right - left) / WHEELS.axle == pytest.approx(turned, rel=0.02)
    assert after.heading_rate == pytest.approx(turned / 0.5, abs=GYRO_ERROR + 0.03)
    assert body.sense().heading_rate == after.heading_rate  # asked twice, it says the same
    body.close()


def test_pillars_are_where_geometry_says_they_are() -> None:
    """Edges and foot of each pillar in full view, from truth through pose and intrinsics, within 2 pixels."""
    seen = 0
    for seed in range(40):
        body = RoverBody("reach")
        body.reset(seed)
        truth, picture = body.truth(), body.look("front")
        fx, fy, cx, cy = picture.intrinsics
        x, y, heading = truth["rover"]
        for obj in body.setting.layout.objects:
            if obj.category != "pillar":
                continue
            dx, dy = truth[obj.name][0] - x, truth[obj.name][1] - y
            ahead = math.cos(heading) * dx + math.sin(heading) * dy
            left = math.cos(heading) * dy - math.sin(heading) * dx
            color = np.array(COLORS[obj.color]) / np.linalg.norm(COLORS[obj.color])
            hue = picture.rgb / np.maximum(np.linalg.norm(picture.rgb, axis=2, keepdims=True), 1.0)
            rows, columns = np.nonzero(np.linalg.norm(hue - color, axis=2) < 0.12)
            if ahead < 0.3 or abs(left) > 0.7 * ahead or len(rows) == 0:
                continue
            # At the height of the camera nothing is foreshortened: compare there, in the row of the horizon.
            horizon = round(cy - fy * math.tan(CAMERA.pitch))
            across = columns[rows == horizon]
            distance = math.hypot(ahead - CAMERA.forward, left)
            middle, half = (
                math.atan2(left, ahead - CAMERA.forward),
                math.asin(PILLAR_RADIUS / distance),
            )
            edges = []
            for angle in (middle + half, middle - half):
                point = np.linalg.inv(picture.pose) @ [
                    CAMERA.forward + math.cos(angle),
                    math.sin(angle),
                    CAMERA.up,
                    1.0,
                ]
                edges.append(cx + fx * point[0] / point[2])
            if len(across) < 0.9 * (edges[1] - edges[0]):
                continue  # something stands before it
            assert abs(across.min() - edges[0]) < 2 and abs(across.max() - edges[1]) < 2, (seed, obj.name)
            z = picture.depth[horizon, across[len(across) // 2]]
            front = np.array([ahead, left]) * (1 - PILLAR_RADIUS / math.hypot(ahead, left))
            depth = (front[0] - CAMERA.forward) * math.cos(CAMERA.pitch)
            assert z == pytest.approx(depth, rel=0.015, abs=0.01)
            top = np.linalg.inv(picture.pose) @ [*front, PILLAR_HEIGHT, 1.0]
            row = cy + fy * top[1] / top[2]
            if row > 3:
                assert abs(rows[np.abs(columns - across.mean()) < 2].min() - row) < 2.5, (seed, obj.name)
            seen += 1
        body.close()
    assert seen > 20


def test_pictures_leave_no_trace() -> None:
    ends = []
    for looks in (False, True):
        body = RoverBody("push")
        body.reset(1)
        for _ in range(40):
            body.act(5.0, 6.0)
            if looks:
                body.look("front")
                assert body.snapshot().shape == (240, 320, 3)
                body.sense()
        ends.append(digest(body))
        body.close()
    assert ends[0] == ends[1]


def test_what_cannot_be_is_named() -> None:
    body = RoverBody("reach")
    with pytest.raises(ContractError, match="reset"):
        body.sense()
    body.reset(0)
    with pytest.raises(UnknownNameError, match="Known: front"):
        body.look("rear")
    with pytest.raises(ContractError, match="finite"):
        body.act(math.nan, 0.0)
    body.close()

"""The arm's kinematics against the URDF that the simulator uses, and against themselves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pybullet
import pybullet_data
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybullet_utils.bullet_client import BulletClient

from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.kinematics import Arm, difference, downward, jacobian, solve
from tests.arm.motor.harness import PANDA

HOME = np.array([0.0, -np.pi / 4, 0.0, -3 * np.pi / 4, 0.0, np.pi / 2, np.pi / 4])
"""Gripper down, elbow up."""


def within_reach(spot: tuple[float, float, float]) -> bool:
    """Whether the wrist of a hand that points down comes no nearer than 1 cm to the arm's full stretch.

    From the shoulder, 0.333 m up, to the wrist it is hypot(0.316, 0.0825) + hypot(0.384, 0.0825) m at most;
    the wrist then is 0.107 + 0.1034 m above the tool and 0.088 m behind it (see `kinematics`).
    """
    x, y, z = spot
    stretch = float(np.hypot(0.316, 0.0825) + np.hypot(0.384, 0.0825))
    return bool(np.hypot(np.hypot(x, y) - 0.088, z + 0.107 + 0.1034 - 0.333) < stretch - 0.01)


angles = st.lists(st.floats(-1.0, 1.0), min_size=7, max_size=7).map(lambda q: HOME + 0.6 * np.array(q))
spots = st.tuples(st.floats(0.3, 0.7), st.floats(-0.35, 0.35), st.floats(0.01, 0.4)).filter(within_reach)


@pytest.fixture(scope="module")
def urdf() -> Iterator[tuple[BulletClient, int]]:
    client = BulletClient(pybullet.DIRECT)
    path = Path(pybullet_data.getDataPath()) / "franka_panda" / "panda.urdf"
    yield client, client.loadURDF(str(path), useFixedBase=True)
    client.disconnect()


def test_forward_agrees_with_the_urdf(urdf: tuple[BulletClient, int]) -> None:
    client, arm = urdf
    names = {client.getJointInfo(arm, j)[12].decode(): j for j in range(client.getNumJoints(arm))}
    rng = np.random.default_rng(1)
    for _ in range(50):
        joints = HOME + rng.uniform(-0.7, 0.7, 7)
        for joint, angle in enumerate(joints):
            client.resetJointState(arm, joint, angle)
        hand = client.getLinkState(arm, names["panda_hand"], computeForwardKinematics=True)
        grasp = client.getLinkState(arm, names["panda_grasptarget"], computeForwardKinematics=True)
        rotation = np.array(client.getMatrixFromQuaternion(hand[5])).reshape(3, 3)
        pose = PANDA.forward(joints)
        assert np.allclose(pose.rotation, rotation, atol=1e-6)
        # The URDF's grasp target lies 0.105 m from the hand's frame, the data sheet's tool point 0.1034.
        assert np.allclose(pose.position, np.array(grasp[4]) - 0.0016 * rotation[:, 2], atol=1e-6)


@given(angles)
def test_the_jacobian_is_the_derivative(joints: np.ndarray) -> None:
    pose, matrix = jacobian(PANDA, joints)
    for joint in range(7):
        moved = joints.copy()
        moved[joint] += 1e-6
        assert np.allclose(difference(PANDA.forward(moved), pose) / 1e-6, matrix[:, joint], atol=1e-5)


@given(spots, st.floats(-np.pi / 2, np.pi / 2))
def test_every_pose_over_the_workspace_is_reached(spot: tuple[float, float, float], yaw: float) -> None:
    target = downward(spot, yaw + float(np.arctan2(spot[1], spot[0])))
    solution = solve(PANDA, target, HOME)
    assert solution.reached
    assert np.abs(difference(target, PANDA.forward(solution.joints))).max() < 1e-3
    assert abs(solution.joints[2]) < 0.25  # the elbow stays up


def test_what_is_out_of_reach_is_not_called_reached() -> None:
    assert not solve(PANDA, downward((1.2, 0.0, 0.1), 0.0), HOME).reached


@given(st.lists(st.floats(-0.6, 0.6), min_size=6, max_size=6))
def test_an_arm_may_have_six_joints(turns: list[float]) -> None:
    chain = [(0.0, 0.3, 0.0), (0.0, 0.0, -np.pi / 2), (0.4, 0.0, 0.0), (0.05, 0.35, -np.pi / 2)]
    chain += [(0.0, 0.0, np.pi / 2), (0.0, 0.0, -np.pi / 2), (0.0, 0.2, 0.0)]
    six = {
        "lower": np.full(6, -3.0),
        "upper": np.full(6, 3.0),
        "speed": np.ones(6),
        "joints": tuple("abcdef"),
        "swivel": None,
    }
    arm = Arm(ArmSchema(**{**dict(PANDA.schema), **six, "chain": np.array(chain)}))
    start = np.array([0.0, -1.0, 0.6, 0.0, 0.9, 0.0])
    target = arm.forward(start + 0.4 * np.array(turns))
    solution = solve(arm, target, start)
    assert solution.joints.shape == (6,)
    assert solution.reached
    assert np.abs(difference(target, arm.forward(solution.joints))).max() < 1e-3


def test_half_a_turn_is_not_mistaken_for_none() -> None:
    there, here = downward((0.5, 0, 0.2), np.pi), downward((0.5, 0, 0.2), 0.0)
    assert np.linalg.norm(difference(there, here)[3:]) == pytest.approx(np.pi)

"""The cameras: one fixed in front of the table, one on the wrist. Colour and depth by TinyRenderer."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.body import ON_HAND, OVERVIEW
from neuralbrain.body import Floats, Picture
from neuralbrain.envs.renderer import Lens, intrinsics, render
from neuralbrain.envs.tabletop.panda import CAMERA_ON_HAND, HAND
from neuralbrain.portable import length, product

FIXED, WRIST = "fixed", "wrist"
CAMERAS = {FIXED: OVERVIEW, WRIST: ON_HAND}
"""Name -> role."""
WIDTH, HEIGHT = 320, 240
NEAR, FAR = 0.05, 3.0
"""The range of the depth cameras, m; what is farther is 0 in the picture."""
FIELD = {FIXED: 34.0, WRIST: 60.0}
"""Vertical field of view, degrees."""
EYE = np.array([1.30, 0.0, 0.72])
"""Where the fixed camera is, m."""
_TARGET = np.array([0.49, 0.0, 0.0])
_FRONT_EYE, _FRONT_TARGET = np.array([1.75, 0.0, 0.95]), np.array([0.3, 0.0, 0.2])
_LIGHT = (0.6, -0.8, 2.0)
"""From where light falls in pictures for people, which have shadows."""
_BRAIN_LIGHT = (-50.0, 30.0, 100.0)
"""From where it falls in pictures for brains: TinyRenderer's own, until it is told of another."""
_LENSES = {
    name: Lens(width=WIDTH, height=HEIGHT, field=field, near=NEAR, far=FAR, light=_BRAIN_LIGHT)
    for name, field in FIELD.items()
}
_FRONT = Lens(width=480, height=360, field=36.0, near=NEAR, far=FAR, light=_LIGHT, shadow=True)


def look(bullet: Any, panda: int, camera: str, noise: Floats | None) -> Picture:
    """Take a picture.

    Args:
        bullet: The world's client.
        panda: The arm's body.
        camera: One of ``CAMERAS``.
        noise: Added to the depth, m, shape (HEIGHT, WIDTH); None for none.
    """
    pose = _standing(EYE, _TARGET) if camera == FIXED else _wrist(bullet, panda)
    return _taken(bullet, pose, _LENSES[camera], noise)


def front(bullet: Any) -> Picture:
    """Take a picture of the whole for people: over the table to the arm, from the fixed camera's side."""
    return _taken(bullet, _standing(_FRONT_EYE, _FRONT_TARGET), _FRONT)


def _taken(bullet: Any, pose: Floats, lens: Lens, noise: Floats | None = None) -> Picture:
    """Take a picture from a pose."""
    eye, forward, down = pose[:3, 3], pose[:3, 2], pose[:3, 1]
    view = bullet.computeViewMatrix(eye.tolist(), (eye + forward).tolist(), (-down).tolist())
    rgb, depth = render(bullet, view, lens)
    if noise is not None:
        depth = np.where(depth > 0.0, depth + noise, 0.0)
    focal = lens.height / 2 / math.tan(math.radians(lens.field) / 2)
    seen = intrinsics(focal, lens.width, lens.height)
    return Picture(rgb=rgb, depth=depth.astype(np.float32), intrinsics=seen, pose=pose)


def spectate(bullet: Any) -> NDArray[np.uint8]:
    """Return a picture for a film, as `front` takes it, uint8, shape (HEIGHT, WIDTH, 3); no brain sees it."""
    pose = _standing(_FRONT_EYE, _FRONT_TARGET)
    return _taken(bullet, pose, replace(_FRONT, width=WIDTH, height=HEIGHT)).rgb


def _standing(eye: Floats, target: Floats) -> Floats:
    forward = (target - eye) / length(target - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= length(right)
    return _pose(np.column_stack([right, np.cross(forward, right), forward]), eye)


def _wrist(bullet: Any, panda: int) -> Floats:
    state = bullet.getLinkState(panda, HAND, computeForwardKinematics=True)
    turn = np.array(bullet.getMatrixFromQuaternion(state[5])).reshape(3, 3)
    # The hand's z points out of the gripper; its y is the direction in which the fingers move.
    axes = np.column_stack([turn[:, 1], -turn[:, 0], turn[:, 2]])
    return _pose(axes, np.array(state[4]) + product(turn, CAMERA_ON_HAND))


def _pose(turn: Floats, eye: Floats) -> Floats:
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn, eye
    return pose

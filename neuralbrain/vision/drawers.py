"""Finding a drawer by its front, and how far it is out by the edge of its grey cabinet."""

from dataclasses import dataclass

import cv2
import numpy as np

from neuralbrain.envs.tabletop.catalogue import SHAPES
from neuralbrain.vision.geometry import Floats, Mask, View, turn, wrap
from neuralbrain.vision.options import VisionOptions
from neuralbrain.vision.pieces import Piece, split
from neuralbrain.vision.solids import fit_cuboid

SHAPE = SHAPES["drawer"]
_DEPTH, _WIDTH, _HEIGHT = SHAPE.size
_WALL = SHAPE.wall
FRONT = np.array([_WALL, _WIDTH - 2 * _WALL, _HEIGHT - 2 * _WALL])
"""Extent of the front board, m."""
_TOP = 0.5 * (_HEIGHT - _WALL) + 0.5 * FRONT[2]
"""Height of the front board's upper edge, m."""
_TRAY = 0.053
"""Height of the tray's walls, m: only the front board is higher."""
_BAR = 0.048
"""From the middle of the front board to the middle of the handle's bar, m."""
_BAR_HEIGHT = 0.045
_BAR_LENGTH = 0.10
TRAVEL = 0.14
"""How far it slides out, m."""
_INSIDE = (_BAR - 0.003, _BAR + _DEPTH - 2 * _WALL)
"""Where the tray's inside begins and ends behind the bar, m."""


@dataclass(frozen=True)
class Drawer:
    """A drawer that was found.

    Attributes:
        handle: The middle of its handle's bar, m, shape (3,).
        yaw: The direction in which it opens, rad.
        extension: How far it is pulled out, m; None where its cabinet is not seen.
        coverage: Share of the front board's width that is seen, 0 to 1.
    """

    handle: Floats
    yaw: float
    extension: float | None
    coverage: float

    def own(self, points: Floats, slack: float) -> Mask:
        """Return which points are of the tray, front and handle themselves, not of what lies inside."""
        local = (points - self.handle) @ _upright(self.yaw)
        back, across, height = -local[:, 0], np.abs(local[:, 1]), points[:, 2]
        whole = (back > -0.005 - slack) & (back < _INSIDE[1] + _WALL + slack)
        whole &= (across < FRONT[1] / 2 + slack) & (height < _TOP + slack)
        content = inside(points, self.handle, self.yaw, slack) & (height > 2 * _WALL + slack)
        own: Mask = whole & ~content
        return own


def inside(points: Floats, handle: Floats, yaw: float, slack: float = 0.0) -> Mask:
    """Return which points lie within a drawer's tray, at least ``slack`` from its walls, shape (n,).

    Args:
        points: World frame, m, shape (n, 3).
        handle: The middle of the handle's bar, m, shape (3,).
        yaw: The direction in which it opens, rad.
        slack: m.
    """
    local = (points - handle) @ _upright(yaw)
    back, across = -local[:, 0], np.abs(local[:, 1])
    within: Mask = (back > _INSIDE[0] + slack) & (back < _INSIDE[1] - slack)
    within &= (across < FRONT[1] / 2 - 2 * _WALL - slack) & (points[:, 2] > 0) & (points[:, 2] < _HEIGHT)
    return within


def find_drawer(piece: Piece, grey: Floats, view: View, options: VisionOptions) -> Drawer | None:
    """Find a drawer among the pixels of its colour.

    Above the tray's walls only the front board rises: a thin upright plate as wide as the drawer.

    Args:
        piece: All pixels of one colour.
        grey: Points without colour at the height of a cabinet's top, m, shape (n, 3).
        view: The picture.
        options: The parameters of seeing.
    """
    height = piece.points[:, 2]
    high = (height > (_TRAY + _TOP) / 2) & (height < _TOP + options.tolerance)
    for part in split(piece.part(high), view.shape, options.gap):
        if len(part) < options.min_pixels:
            break
        middle = part.points[:, :2].mean(axis=0)
        center, extents, degrees = cv2.minAreaRect(((part.points[:, :2] - middle) * 1000).astype(np.float32))
        length, thickness = max(extents) / 1000, min(extents) / 1000
        if 0.5 * FRONT[1] < length < FRONT[1] + 0.02 and thickness < 0.02:
            yaw = float(np.radians(degrees)) + (0.0 if extents[0] < extents[1] else np.pi / 2)
            return _measure(piece, part, grey, view, middle + np.array(center) / 1000, yaw, length)
    return None


def _measure(
    piece: Piece, edge: Piece, grey: Floats, view: View, start: Floats, yaw: float, length: float
) -> Drawer:
    """Measure a drawer from the upper edge of its front board and a first guess at where that is."""
    fit = fit_cuboid(edge.points, edge.cut, FRONT, _TOP, view.eye, start=(start, yaw))
    # The fit gives yaw modulo a quarter turn; the long side and the cabinet settle the rest.
    yaw = yaw + wrap(fit.yaw - yaw, np.pi / 2)
    ahead, astern = (_behind(piece.points, grey, fit.center, y) for y in (yaw, yaw + np.pi))
    yaw = wrap(yaw if ahead >= astern else yaw + np.pi, 2 * np.pi)
    handle = fit.center + _upright(yaw) @ [_BAR, _aside(piece.points, fit.center, yaw), 0.0]
    handle[2] = _BAR_HEIGHT
    return Drawer(handle, yaw, _extension(grey, fit.center, yaw), min(1.0, length / float(FRONT[1])))


def _aside(points: Floats, board: Floats, yaw: float) -> float:
    """Return how far the drawer's middle is beside where the fit of its front board has it, m."""
    local = (points - board) @ _upright(yaw)
    bar = (np.abs(local[:, 0] - _BAR) < 0.008) & (np.abs(points[:, 2] - _BAR_HEIGHT) < 0.012)
    bar &= np.abs(local[:, 1]) < _BAR_LENGTH
    if bar.sum() < 10:
        return 0.0
    low, high = np.percentile(local[bar, 1], (1, 99))
    return float(low + high) / 2 if abs(high - low - _BAR_LENGTH) < 0.012 else 0.0


def _behind(points: Floats, grey: Floats, board: Floats, yaw: float) -> int:
    """Count what speaks for a direction: cabinet top behind the board, and the bar in front of it."""
    top = (grey - board) @ _upright(yaw)
    bar = (points - board) @ _upright(yaw)
    behind = (top[:, 0] < 0.02) & (top[:, 0] > -_DEPTH - TRAVEL) & (np.abs(top[:, 1]) < _WIDTH / 2)
    front = (np.abs(bar[:, 0] - _BAR) < 0.01) & (np.abs(bar[:, 1]) < 0.06)
    front &= np.abs(points[:, 2] - _BAR_HEIGHT) < 0.01
    return int(behind.sum() + front.sum())


def _extension(grey: Floats, board: Floats, yaw: float) -> float | None:
    """Return how far the front board is from the front edge of the cabinet's top, m."""
    local = (grey - board) @ _upright(yaw)
    top = (
        (np.abs(local[:, 1]) < 0.9 * _WIDTH / 2)
        & (local[:, 0] < 0.02)
        & (local[:, 0] > -_DEPTH - TRAVEL - 0.02)
    )
    if top.sum() < 40:
        return None
    low, high = np.percentile(local[top, 0], (1, 99))
    edge = (low + high + _DEPTH) / 2 if abs(high - low - _DEPTH) < 0.015 else high
    return float(np.clip(_WALL / 2 - edge, 0.0, TRAVEL))


def _upright(yaw: float) -> Floats:
    """Return the 3 x 3 rotation about the vertical."""
    rotation = np.eye(3)
    rotation[:2, :2] = turn(yaw)
    return rotation

"""Finding drawers: the grey top of the cabinet tells where one is, the coloured handle how far it is out."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.catalogue import (
    DRAWER_TRAVEL,
    HANDLE_BAR,
    HANDLE_HEIGHT,
    HANDLE_LENGTH,
    HANDLE_STANDOFF,
    SHAPES,
)
from neuralbrain.arm.vision.color import PALETTE
from neuralbrain.arm.vision.geometry import Floats, Mask, View, turn, wrap
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.pieces import gather, split
from neuralbrain.arm.vision.solids import fit_cuboid
from neuralbrain.palette import GREY
from neuralbrain.portable import product, unit

_SIZE = np.array(SHAPES["drawer"].size)
_DEPTH, _WIDTH, _HEIGHT = (float(extent) for extent in _SIZE)
_WALL = SHAPES["drawer"].wall
BAR = np.array([HANDLE_BAR, HANDLE_LENGTH, HANDLE_BAR])
"""Extent of the handle's bar, m."""
CLOSED = _DEPTH / 2 + HANDLE_STANDOFF
"""From the cabinet's middle to the bar's, closed, m."""
_INSIDE = (HANDLE_STANDOFF, HANDLE_STANDOFF + _DEPTH - 2 * _WALL)
"""Where the tray's inside begins and ends behind the bar, m."""


@dataclass(frozen=True)
class Cabinet:
    """Where a drawer slides; it never moves.

    Attributes:
        center: Its middle in x and y, m, shape (2,).
        yaw: The direction in which its drawer opens, rad.
        label: Colour label of its drawer.
    """

    center: Floats
    yaw: float
    label: int


@dataclass(frozen=True)
class Drawer:
    """A drawer that was found.

    Attributes:
        cabinet: Where it slides.
        extension: How far it is pulled out, m.
        coverage: Share of the length of its bar that is seen, 0 to 1.
    """

    cabinet: Cabinet
    extension: float
    coverage: float

    @property
    def handle(self) -> Floats:
        """The middle of its handle's bar, m, shape (3,)."""
        yaw, out = self.cabinet.yaw, CLOSED + self.extension
        along = self.cabinet.center + out * unit(yaw)
        return np.array([*along, HANDLE_HEIGHT])

    def own(self, points: Floats, slack: float) -> Mask:
        """Return which points are of the tray, front and handle themselves, not of what lies inside."""
        local = _local(points, self.handle, self.cabinet.yaw)
        whole = (local[:, 0] < BAR[0] / 2 + slack) & (local[:, 0] > -_INSIDE[1] - _WALL - slack)
        whole &= (np.abs(local[:, 1]) < _WIDTH / 2 + slack) & (points[:, 2] < _HEIGHT + slack)
        content = inside(points, self.handle, self.cabinet.yaw, slack) & (points[:, 2] > 2 * _WALL + slack)
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
    local = _local(points, handle, yaw)
    within: Mask = (-local[:, 0] > _INSIDE[0] + slack) & (-local[:, 0] < _INSIDE[1] - slack)
    within &= np.abs(local[:, 1]) < _WIDTH / 2 - 3 * _WALL - slack
    return within & (points[:, 2] > 0) & (points[:, 2] < _HEIGHT)


def find_drawers(
    view: View, labels: NDArray[np.int8], known: tuple[Cabinet, ...], options: VisionOptions
) -> list[Drawer]:
    """Find the drawers whose handles are seen.

    Args:
        view: The picture.
        labels: Its colour labels.
        known: Cabinets seen in earlier pictures.
        options: The parameters of seeing.
    """
    height = view.points[:, :, 2]
    upper = (labels != GREY) & (np.abs(height - HANDLE_HEIGHT) < BAR[2] / 2 + options.tolerance / 2)
    upper &= view.ranged & (height > HANDLE_HEIGHT - BAR[2] / 4)  # above a block's top
    points, colors = view.points[upper], labels[upper]
    if len(points) < options.min_pixels:
        return []
    found = []
    for cabinet in known:
        drawer = _bar(points, colors, cabinet, view, options)
        if drawer is not None:
            found.append(drawer)
    for center, yaw in _new_cabinets(view, labels, known, options):
        tries = [
            _bar(points, colors, Cabinet(center, wrap(yaw + k * np.pi / 2, 2 * np.pi), label), view, options)
            for k in range(4)
            for label in range(len(PALETTE.words))
        ]
        drawers = [drawer for drawer in tries if drawer is not None]
        if drawers:
            found.append(max(drawers, key=lambda drawer: drawer.coverage))
    return found


def _new_cabinets(
    view: View, labels: NDArray[np.int8], known: tuple[Cabinet, ...], options: VisionOptions
) -> list[tuple[Floats, float]]:
    """Return middle and yaw (modulo a quarter turn) of the cabinets in a picture that are not known."""
    level = (labels == GREY) & view.ranged & (np.abs(view.points[:, :, 2] - _HEIGHT) < options.tolerance)
    enough = 20 * options.min_pixels
    found: list[tuple[Floats, float]] = []
    if np.count_nonzero(level) < enough:
        return found
    for part in split(gather(view, labels, level, options.tolerance)[0], view.shape, options.gap):
        if len(part) < enough:
            break
        plane = part.points[:, :2]
        middle = plane.mean(axis=0)
        center, extents, degrees = cv2.minAreaRect(((plane - middle) * 1000).astype(np.float32))
        shape = np.array(sorted(extents)) / 1000 - sorted(_SIZE[:2])
        start = middle + np.array(center) / 1000
        if np.abs(shape).max() > 0.015 or any(np.hypot(*(c.center - start)) < _DEPTH / 2 for c in known):
            continue
        yaw = float(np.radians(degrees)) + (0.0 if extents[0] < extents[1] else np.pi / 2)
        fit = fit_cuboid(part.points, part.cut, _SIZE, _HEIGHT, view.eye, start=(start, yaw))
        found.append((fit.center[:2], yaw + wrap(fit.yaw - yaw, np.pi / 2)))
    return found


def _bar(
    points: Floats, colors: NDArray[np.int8], cabinet: Cabinet, view: View, options: VisionOptions
) -> Drawer | None:
    """Find the bar of a cabinet's drawer among points at its height; the bar is what is farthest out."""
    local = _local(points, np.array([*cabinet.center, 0.0]), cabinet.yaw)
    along, across = local[:, 0], local[:, 1]
    near = (colors == cabinet.label) & (np.abs(across) < BAR[1] / 2 + options.tolerance)
    near &= (along > CLOSED - 0.02) & (along < CLOSED + DRAWER_TRAVEL + 0.02)
    if near.sum() < options.min_pixels:
        return None
    front = np.percentile(along[near], 98)
    bar = near & (along > front - 1.5 * BAR[0])
    length = float(np.ptp(across[bar]))
    if length < 0.5 * BAR[1]:
        return None
    start = cabinet.center + (front - BAR[0] / 2) * unit(cabinet.yaw)
    seen = points[bar]
    fit = fit_cuboid(
        seen,
        np.zeros(len(seen), dtype=np.bool_),
        BAR,
        HANDLE_HEIGHT + BAR[2] / 2,
        view.eye,
        start=(start, cabinet.yaw),
    )
    out = float(product(fit.center[:2] - cabinet.center, unit(cabinet.yaw))) - CLOSED
    if not -0.02 < out < DRAWER_TRAVEL + 0.02:
        return None
    return Drawer(cabinet, float(np.clip(out, 0.0, DRAWER_TRAVEL)), min(1.0, length / float(BAR[1])))


def _local(points: Floats, origin: Floats, yaw: float) -> Floats:
    """Return points as seen from an origin that is turned about the vertical, shape (n, 3)."""
    local = points - origin
    local[:, :2] = product(local[:, :2], turn(yaw))
    return local

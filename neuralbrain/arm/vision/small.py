"""Telling apart the small objects in one patch of colour: blocks (also several), cylinders, balls."""

from collections.abc import Iterator
from math import atan2

import cv2
import numpy as np

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.vision.geometry import Floats, Mask, View
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.pieces import Piece
from neuralbrain.arm.vision.solids import Fit, cuboid_distance, fit_ball, fit_cuboid, fit_cylinder
from neuralbrain.portable import product, unit

_BLOCK = np.array(SHAPES["block"].size)
_CYLINDER = SHAPES["cylinder"].size
_BALL = SHAPES["ball"].size


def fit_small(view: View, piece: Piece, options: VisionOptions) -> Iterator[tuple[str, Fit, Piece]]:
    """Yield category, fit and own pixels of each small object in a patch, from the top down."""
    while len(piece) >= options.min_pixels:
        top, face = _top(view, piece, options)
        layer = piece.points[:, 2] > top - _BLOCK[2] - options.tolerance / 2
        part = piece.part(layer)
        fits = _blocks(view, part, top, face, options)
        if len(fits) == 1:
            category, fit = _round(view, piece, top)
            if fit.error < 0.95 * fits[0].error:
                own = _near(piece.points, fit.center, np.array(SHAPES[category].size), 0.0, options)
                yield category, fit, piece.part(own)
                piece = piece.part(~own)
                continue
        taken = np.zeros(len(piece), dtype=np.bool_)
        for fit in fits:
            own = _near(piece.points, fit.center, _BLOCK, fit.yaw, options) & ~taken
            taken |= own
            if own.any() and fit.error <= options.max_error:
                yield "block", fit, piece.part(own)
        taken |= layer  # what a layer leaves over is noise
        piece = piece.part(~taken)


def _near(points: Floats, center: Floats, size: Floats, yaw: float, options: VisionOptions) -> Mask:
    """Return which points lie on or in a solid."""
    own: Mask = cuboid_distance(points, center, yaw, size / 2)[0] < options.tolerance
    return own


def top_of(heights: Floats, options: VisionOptions) -> float:
    """Return the height of the topmost face of what has points at these heights, m."""
    highest = np.percentile(heights, 98)
    return float(np.median(heights[heights > highest - options.tolerance / 2]))


def _top(view: View, piece: Piece, options: VisionOptions) -> tuple[float, Floats]:
    """Return the height of the topmost face, m, and where its pixels' rays meet it, m, shape (n, 2)."""
    heights = piece.points[:, 2]
    top = top_of(heights, options)
    chosen = heights > top - options.tolerance / 2
    return top, view.on_plane((piece.rows[chosen], piece.columns[chosen]), top)


def _blocks(view: View, piece: Piece, top: float, face: Floats, options: VisionOptions) -> list[Fit]:
    """Fit as many blocks as the upper face has room for."""
    pixel = view.eye[2] - top
    area = _pixel_area(view, piece, top) * len(face)
    count = max(1, round(area / (_BLOCK[0] * _BLOCK[1])))
    if count == 1:
        start = _square_of(face) if area > 0.8 * _BLOCK[0] * _BLOCK[1] and pixel > 0 else None
        return [fit_cuboid(piece.points, piece.cut, _BLOCK, top, view.eye, start=start)]
    return _several(view, piece, top, count)


def _pixel_area(view: View, piece: Piece, top: float) -> float:
    """Return how much of a horizontal face at a height one pixel covers there, m2."""
    row, column = int(np.median(piece.rows)), int(np.median(piece.columns))
    ray = view.rays[row, column]
    depth = (top - view.eye[2]) / ray[2]
    fx, fy = view.frame.intrinsics[:2]
    return float(depth**2 / (fx * fy) / abs(ray[2]))


def _square_of(face: Floats) -> tuple[Floats, float]:
    """Return centre and yaw, rad, of the smallest rectangle around the points of a face, shape (n, 2)."""
    middle = face.mean(axis=0)
    # OpenCV's rectangles are of single precision: millimetres about the middle keep it fine.
    center, _, degrees = cv2.minAreaRect(((face - middle) * 1000).astype(np.float32))
    return middle + np.array(center) / 1000, float(np.radians(degrees))


def _several(view: View, piece: Piece, top: float, count: int) -> list[Fit]:
    """Fit several blocks of one height that touch: points go to the nearest, blocks to their points."""
    xy = piece.points[:, :2]
    offset = xy - xy.mean(axis=0)
    (wide, mixed), (_, deep) = product(offset.T, offset).tolist()
    longest = atan2(2 * mixed, wide - deep) / 2  # the direction in which they spread most
    along = product(offset, unit(longest))
    rank = np.argsort(np.argsort(along, kind="stable"), kind="stable")
    member = np.minimum((rank * count) // len(along), count - 1)
    fits: list[Fit] = []
    for _ in range(4):
        fits = []
        for k in range(count):
            own = piece.part(member == k)
            if len(own) >= 5:
                fits.append(fit_cuboid(own.points, own.cut, _BLOCK, top, view.eye, start=None))
        distances = np.stack(
            [cuboid_distance(piece.points, fit.center, fit.yaw, _BLOCK / 2)[0] for fit in fits]
        )
        again = np.argmin(distances, axis=0)
        if np.array_equal(again, member):
            break
        member = again
    return fits


def _round(view: View, piece: Piece, top: float) -> tuple[str, Fit]:
    """Return the better of a cylinder and a ball."""
    ball = fit_ball(piece.points, _BALL[0] / 2, view.eye)
    own = piece.points[piece.points[:, 2] > top - _CYLINDER[2] - 0.004]
    cylinder = fit_cylinder(own, _CYLINDER[0] / 2, _CYLINDER[2], top, view.eye)
    return min(("ball", ball), ("cylinder", cylinder), key=lambda one: one[1].error)

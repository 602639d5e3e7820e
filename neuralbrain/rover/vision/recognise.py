"""From one picture to the objects in it, in the rover's own frame."""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import Floats
from neuralbrain.messages import CameraFrame
from neuralbrain.palette import GREY
from neuralbrain.rover.catalogue import BALL_RADIUS, OBSTACLE_HEIGHT, PILLAR_RADIUS
from neuralbrain.rover.vision.color import PALETTE

LOW = 0.02
"""What is lower than this is the floor, m."""
_TALL = 2 * BALL_RADIUS + 0.015
"""What is higher is no ball, m."""
_WALL = OBSTACLE_HEIGHT + 0.012
"""What is higher is no obstacle, m."""
CELL, _REACH = 0.05, 5.0
"""Of the map on which grey points are gathered: its cells, and how far it reaches each way, m."""
_SLIVER = 60
"""Fewer grey pixels at the picture's edge may be the foot of a wall."""
_NEARER = 0.10
"""What stands so much nearer beside an object hides a part of it, m."""


@dataclass(frozen=True)
class Sighting:
    """An object as one picture shows it.

    Attributes:
        category: "pillar", "ball" or "obstacle".
        color: A colour word; "grey" for an obstacle.
        x: Of its middle ahead of the rover's origin, m.
        y: Of its middle to the left, m.
        points: Of an obstacle: what is seen of it, x and y of cells of the map, m; else empty.
    """

    category: str
    color: str
    x: float
    y: float
    points: tuple[tuple[float, float], ...] = ()


class View:
    """A picture with the place of what each pixel sees, in the rover's frame.

    Attributes:
        points: m, shape (rows, columns, 3).
        ranged: Which pixels have a depth, shape (rows, columns).
    """

    def __init__(self, frame: CameraFrame) -> None:
        self.frame = frame
        self._focal, self._middle = frame.intrinsics[:2].tolist(), frame.intrinsics[2:].tolist()
        rows, columns = frame.depth.shape
        r, self.eye = frame.pose[:3, :3], frame.pose[:3, 3]
        across = ((np.arange(columns) - self._middle[0]) / self._focal[0])[None, :, None]
        down = ((np.arange(rows) - self._middle[1]) / self._focal[1])[:, None, None]
        rays = across * r[:, 0] + down * r[:, 1] + r[:, 2]
        self.points: Floats = rays * frame.depth[:, :, None].astype(np.float64) + self.eye
        self.ranged: NDArray[np.bool_] = frame.depth > 0

    def depths(self, x: float, y: float, z: float) -> tuple[float, float] | None:
        """Return the depth of a point of the rover's frame, and that of what is seen there, m.

        Returns:
            None where the point is not well inside the picture; infinity for what is too far to be ranged.
        """
        r, eye = self.frame.pose[:3, :3].tolist(), self.eye.tolist()
        d = (x - eye[0], y - eye[1], z - eye[2])
        right, below, ahead = (d[0] * r[0][k] + d[1] * r[1][k] + d[2] * r[2][k] for k in range(3))
        if ahead < 0.05:
            return None
        column = round(right / ahead * self._focal[0] + self._middle[0])
        row = round(below / ahead * self._focal[1] + self._middle[1])
        rows, columns = self.frame.depth.shape
        if not (3 <= row < rows - 3 and 3 <= column < columns - 3):
            return None
        seen = float(self.frame.depth[row, column])
        return ahead, seen if seen > 0 else math.inf


def recognise(view: View, min_saturation: float, min_value: float, min_pixels: int) -> list[Sighting]:
    """Find the objects in a picture: coloured ones in the catalogue's order of colours, then obstacles.

    Args:
        view: The picture.
        min_saturation: Of a coloured pixel, 0 to 1.
        min_value: Likewise.
        min_pixels: An object shows at least so many.
    """
    labels = PALETTE.label(view.frame.rgb, min_saturation, min_value)
    solid = view.ranged & (view.points[:, :, 2] > LOW)
    found = []
    for label, word in enumerate(PALETTE.words):
        mask = solid & (labels == label)
        obj = _round(view, mask, word) if int(np.count_nonzero(mask)) >= min_pixels else None
        if obj is not None:
            found.append(obj)
    return found + _obstacles(view, solid & (labels == GREY), min_pixels)


def _round(view: View, mask: NDArray[np.bool_], color: str) -> Sighting | None:
    """Measure a pillar or a ball; no two of them have the same colour.

    Its bearing is half-way between its edges. Each pixel then says how far its middle is, for its radius is
    known: the median of that is its range. At the picture's edge the foot of a pillar looks like a ball: what
    is low and cut off there is not judged.
    """
    rows, columns = np.nonzero(mask)
    points = view.points[rows, columns]
    x, y, z = points[:, 0] - view.eye[0], points[:, 1] - view.eye[1], points[:, 2]
    pillar = float(z.max()) > _TALL
    if not pillar and (columns.min() < 1 or columns.max() > mask.shape[1] - 2):
        return None
    radius = PILLAR_RADIUS if pillar else BALL_RADIUS
    slope = y / x
    edges = [int(slope.argmin()), int(slope.argmax())]
    right, left = (math.atan(float(slope[edge])) for edge in edges)
    near = _middle(np.sqrt(x * x + y * y)) + radius
    half = math.asin(min(radius / near, 1.0))
    cut_right, cut_left = (
        _cut(view, int(rows[edge]), int(columns[edge]), side)
        for edge, side in zip(edges, (1, -1), strict=True)
    )
    bearing = (left + right) / 2
    if cut_left and not cut_right:
        bearing = right + half
    elif cut_right and not cut_left:
        bearing = left - half
    c, s = math.cos(bearing), math.sin(bearing)
    along, aside = x * c + y * s, y * c - x * s
    up = np.zeros_like(z) if pillar else z - radius
    room = radius * radius - aside * aside - up * up
    inner = room > 0.1 * radius * radius
    far = along + np.sqrt(np.maximum(room, 0.0))
    away = _middle(far[inner] if inner.any() else far)
    category = "pillar" if pillar else "ball"
    return Sighting(category, color, float(view.eye[0]) + away * c, float(view.eye[1]) + away * s)


def _cut(view: View, row: int, column: int, side: int) -> bool:
    """Whether what is beyond an edge, or the picture's edge, hides a part of an object.

    Args:
        view: The picture.
        row: Of the pixel at the edge.
        column: Likewise.
        side: 1 if the object ends to the right of it, -1 if to the left.
    """
    beyond = column + 2 * side
    if not 0 <= beyond < view.frame.depth.shape[1]:
        return True
    there = float(view.frame.depth[row, beyond])
    return 0.0 < there < float(view.frame.depth[row, column]) - _NEARER


def _obstacles(view: View, mask: NDArray[np.bool_], min_pixels: int) -> list[Sighting]:
    """Gather grey points on a map, and take for an obstacle what is not as high as a wall."""
    points, columns = view.points[mask], np.nonzero(mask)[1]
    at_edge = (columns < 1) | (columns > mask.shape[1] - 2)
    cells = np.floor((points[:, :2] + _REACH) / CELL).astype(np.int64)
    size = round(2 * _REACH / CELL)
    inside = ((cells >= 0) & (cells < size)).all(axis=1)
    points, cells, at_edge = points[inside], cells[inside], at_edge[inside]
    full = np.zeros((size, size), np.uint8)
    full[cells[:, 0], cells[:, 1]] = 1
    count, grouped = cv2.connectedComponents(cv2.dilate(full, np.ones((3, 3), np.uint8)), connectivity=8)
    group: NDArray[Any] = grouped[cells[:, 0], cells[:, 1]]
    found = []
    for number in range(1, count):
        own = group == number
        least = _SLIVER if at_edge[own].any() else min_pixels
        if int(np.count_nonzero(own)) < least or float(points[own, 2].max()) > _WALL:
            continue
        spots = sorted({(int(i), int(j)) for i, j in cells[own]})
        middles = tuple(((i + 0.5) * CELL - _REACH, (j + 0.5) * CELL - _REACH) for i, j in spots)
        x, y = (math.fsum(spot[axis] for spot in middles) / len(middles) for axis in (0, 1))
        found.append(Sighting("obstacle", "grey", x, y, middles))
    return found


def _middle(values: Floats) -> float:
    """Return the median, the upper of two."""
    return float(np.sort(values, kind="stable")[len(values) // 2])

"""Pinhole geometry between pixels and the world."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from neuralbrain.messages import CameraFrame
from neuralbrain.portable import product

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """A picture with the geometry of the camera that took it.

    The pinhole model is that of `CameraFrame`: column c, row r look along ((c - cx)/fx, (r - cy)/fy, 1)
    in the camera frame, and depth is measured along the third axis.
    """

    frame: CameraFrame

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.frame.depth.shape
        return rows, columns

    @property
    def eye(self) -> Floats:
        """Position of the camera in the world, m, shape (3,)."""
        return self.frame.pose[:3, 3]

    @cached_property
    def rays(self) -> Floats:
        """World direction of each pixel for one metre of depth, shape (rows, columns, 3)."""
        fx, fy, cx, cy = self.frame.intrinsics
        rows, columns = self.shape
        rotation = self.frame.pose[:3, :3]
        across = (np.arange(columns) - cx) / fx
        down = (np.arange(rows) - cy) / fy
        rays: Floats = (
            across[None, :, None] * rotation[:, 0] + down[:, None, None] * rotation[:, 1] + rotation[:, 2]
        )
        return rays

    @cached_property
    def points(self) -> Floats:
        """World position of what each pixel sees, m, shape (rows, columns, 3); the eye where depth is 0."""
        return self.rays * self.frame.depth[:, :, None].astype(np.float64) + self.eye

    @cached_property
    def ranged(self) -> Mask:
        """Which pixels have a depth at all, shape (rows, columns)."""
        return self.frame.depth > 0

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Return pixel coordinates (column, row), shape (n, 2), and depth, m, shape (n,), of world points.

        Points at or behind the camera get a depth that is not positive and pixel coordinates of no meaning.
        """
        fx, fy, cx, cy = self.frame.intrinsics
        local = product(points - self.eye, self.frame.pose[:3, :3])
        depth = local[:, 2]
        ahead = np.where(depth > 1e-6, depth, 1.0)
        pixels = np.stack([local[:, 0] / ahead * fx + cx, local[:, 1] / ahead * fy + cy], axis=1)
        return pixels, depth

    def sample_depth(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the measured and the expected depth at the pixels where world points would be seen.

        Args:
            points: World points, m, shape (n, 3).

        Returns:
            Measured depth, m, shape (n,), NaN outside the picture and where nothing could be ranged; and
            the points' own depth, m, shape (n,).
        """
        pixels, expected = self.project(points)
        rows, columns = self.shape
        nearest = np.rint(pixels).astype(np.int64)
        inside = (
            (expected > 0)
            & (nearest[:, 0] >= 0)
            & (nearest[:, 0] < columns)
            & (nearest[:, 1] >= 0)
            & (nearest[:, 1] < rows)
        )
        measured = np.full(len(points), np.nan)
        found = self.frame.depth[nearest[inside, 1], nearest[inside, 0]].astype(np.float64)
        measured[inside] = np.where(found > 0, found, np.nan)
        return measured, expected

    def on_plane(self, pixels: Mask | tuple[Ints, Ints], height: float) -> Floats:
        """Return where the rays of pixels meet the horizontal plane at a height, m, shape (n, 2).

        A known height gives x and y free of the depth's noise.
        """
        rays = self.rays[pixels]
        scale = (height - self.eye[2]) / rays[:, 2]
        result: Floats = self.eye[:2] + rays[:, :2] * scale[:, None]
        return result


def wrap(angle: float, period: float) -> float:
    """Return the angle, rad, brought into [-period/2, period/2)."""
    return float((angle + period / 2) % period - period / 2)


def turn(yaw: float) -> Floats:
    """Return the 2 x 2 rotation by an angle, rad: its columns are the turned x and y axes."""
    return np.array([[cos(yaw), -sin(yaw)], [sin(yaw), cos(yaw)]])

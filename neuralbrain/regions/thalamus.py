"""The gate between the eye and the cortex."""

from typing import Any

import numpy as np

from neuralbrain.errors import SensorError
from neuralbrain.messages import CameraFrame
from neuralbrain.portable import gram, product
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.regions.picture import fault_of
from neuralbrain.regions.remembered import forget_old


class ThalamusConfig(RegionConfig):
    """Settings.

    Attributes:
        max_range: Depth beyond which no reading can be true, m.
    """

    max_range: float = 20.0


class Thalamus(Region):
    """Relays pictures to the visual cortex, each request once and only if a camera could have taken it.

    A picture in which nothing can be seen passes with its `fault`: a camera may fail, and who looked looks
    again.
    """

    inputs = {"frame": CameraFrame}
    outputs = {"frame": CameraFrame}
    Config = ThalamusConfig
    config: ThalamusConfig

    def reset(self, seed: int) -> None:
        """Forget which requests have been answered; nothing here is random."""
        self._relayed: dict[str, None] = {}

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Relay the frames that have arrived.

        Raises:
            SensorError: A frame that no camera can have taken.
        """
        relayed = []
        for frame in inbox.of(CameraFrame):
            wrong = self._wrong(frame)
            if wrong:
                raise SensorError(
                    f"camera {frame.camera!r} sent a bad frame at tick {frame.tick} (request "
                    f"{frame.request!r}): {wrong}. Check what the body's look({frame.camera!r}) returns"
                )
            if frame.request in self._relayed:
                continue
            self._relayed[frame.request] = None
            fault = fault_of(frame.rgb, frame.depth)
            stamp = {"tick": tick, "source": self.name, "taken": frame.taken_tick, "fault": fault}
            relayed.append(frame.model_copy(update=stamp))
        forget_old(self._relayed)
        return {"frame": relayed}

    def _wrong(self, frame: CameraFrame) -> str:
        """Say why no camera can have taken a frame; empty: one can."""
        rows_columns = frame.rgb.shape[:2]
        if frame.depth.shape != rows_columns or 0 in rows_columns:
            return f"colour has {rows_columns} rows and columns, depth {frame.depth.shape}"
        if not np.isfinite(frame.depth).all():
            return "its depth holds NaN or an infinity (what the camera cannot range is 0)"
        if frame.depth.min() < 0 or frame.depth.max() > self.config.max_range:
            return f"its depth leaves 0 to {self.config.max_range} m"
        if frame.intrinsics[:2].min() <= 0:
            return "its focal lengths are not positive"
        return "" if _is_rigid(frame.pose) else "its pose is not a rigid transform"


def _is_rigid(pose: Any) -> bool:
    """Whether a 4 x 4 matrix is a right-handed rotation with a translation."""
    rotation = pose[:3, :3]
    orthonormal = np.allclose(gram(rotation, rotation), np.eye(3), atol=1e-5)
    right_handed = product(np.cross(rotation[0], rotation[1]), rotation[2]) > 0
    return bool(orthonormal and right_handed and np.allclose(pose[3], [0, 0, 0, 1]))

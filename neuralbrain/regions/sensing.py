"""What a brainstem makes sure of before it tells the others what its body senses and sees."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from neuralbrain.body import Picture
from neuralbrain.errors import ConfigurationError, SensorError
from neuralbrain.messages import CameraFrame, LookRequest

Form = tuple[str, tuple[int | None, ...]]
"""The dtype of a reading, and its shape; None: any length."""
_PICTURE: Mapping[str, Form] = {
    "rgb": ("uint8", (None, None, 3)),
    "depth": ("float32", (None, None)),
    "intrinsics": ("float64", (4,)),
    "pose": ("float64", (4, 4)),
}


class Sighted(Protocol):
    """A body with cameras."""

    @property
    def cameras(self) -> Collection[str]:
        """Their names."""

    def look(self, camera: str) -> Picture:
        """Take a picture."""


def check_reading(reading: object, forms: Mapping[str, Form], method: str, tick: int) -> None:
    """Make sure that what a body reports is what a sensor may report.

    Args:
        reading: What it gave.
        forms: Attribute of that -> its form.
        method: Which of its methods gave it, like "sense()".
        tick: When.

    Raises:
        SensorError: Something is not finite or has a wrong form.
    """
    for name, (dtype, shape) in forms.items():
        value = np.asarray(getattr(reading, name))
        where = f"the body's {method} gave {name}"
        fits = len(value.shape) == len(shape) and all(
            want in (None, have) for want, have in zip(shape, value.shape, strict=True)
        )
        if value.dtype != dtype or not fits:
            wanted = str(shape).replace("None", "any")
            raise SensorError(
                f"{where} of {value.dtype} {value.shape} at tick {tick}, expected {dtype} {wanted}"
            )
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise SensorError(
                f"{where} with NaN or infinite values at tick {tick}: a sensor must report finite values. "
                "Check the body's simulation, and what it was last told to do"
            )


def take_picture(body: Sighted, request: LookRequest, tick: int, source: str) -> CameraFrame:
    """Take the picture that was asked for; what the camera could not range is 0, also if it says NaN.

    Args:
        body: Whose camera takes it.
        request: What was asked for.
        tick: When.
        source: The region that tells.

    Raises:
        ConfigurationError: The body has no such camera.
        SensorError: The picture is none that a camera can take.
    """
    if request.camera not in body.cameras:
        raise ConfigurationError(
            f"tick {tick}: the body has no camera {request.camera!r} (request {request.request!r}); "
            f"it has {', '.join(body.cameras)}"
        )
    picture = body.look(request.camera)
    if np.issubdtype(np.asarray(picture.depth).dtype, np.floating):  # NaN is how some cameras say so
        ranged = np.isfinite(picture.depth)
        picture = replace(picture, depth=np.where(ranged, picture.depth, np.zeros_like(picture.depth)))
    check_reading(picture, _PICTURE, f"look({request.camera!r})", tick)
    return CameraFrame(
        tick=tick,
        source=source,
        camera=request.camera,
        request=request.request,
        **{name: getattr(picture, name) for name in _PICTURE},
    )

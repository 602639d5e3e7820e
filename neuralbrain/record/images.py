"""Pictures as PNG: colour without loss, depth in whole millimetres."""

import base64
import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MILLIMETRES = 1000.0
PIXELS = 2**24
"""A picture that is read has at most so many: a small file may say that it is a huge one."""


def encode_rgb(rgb: NDArray[np.uint8]) -> bytes:
    """Return a colour picture, height x width x 3, as a PNG."""
    return _png(Image.fromarray(rgb))


def encode_depth(depth: NDArray[np.float32]) -> bytes:
    """Return a depth picture, height x width, m, as a PNG of 16 bits: millimetres, 0 for no range."""
    millimetres = np.clip(np.rint(depth * MILLIMETRES), 0, 2**16 - 1).astype(np.uint16)
    return _png(Image.fromarray(millimetres))


def decode_rgb(png: bytes) -> NDArray[np.uint8]:
    """Return what `encode_rgb` was given."""
    return np.array(_image(png).convert("RGB"))


def decode_depth(png: bytes) -> NDArray[np.float32]:
    """Return what `encode_depth` was given, to half a millimetre, m."""
    return (np.array(_image(png)) / MILLIMETRES).astype(np.float32)


def _image(png: bytes) -> Image.Image:
    """Open a picture; its size stands at a fixed place (PNG specification, 11.2.1)."""
    width, height = struct.unpack(">II", png[16:24])
    if width * height > PIXELS:
        raise ValueError(f"a picture of {width} x {height} is too large")
    return Image.open(io.BytesIO(png), formats=["PNG"])


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)  # a fifth of the time of the default, a tenth more bytes
    return stream.getvalue()


COMPRESSED_IMAGE: dict[str, Any] = {
    "title": "foxglove.CompressedImage",
    "description": "A compressed image",
    "type": "object",
    "properties": {
        "timestamp": {
            "type": "object",
            "title": "time",
            "properties": {
                "sec": {"type": "integer", "minimum": 0},
                "nsec": {"type": "integer", "minimum": 0, "maximum": 999999999},
            },
        },
        "frame_id": {"type": "string"},
        "data": {"type": "string", "contentEncoding": "base64"},
        "format": {"type": "string"},
    },
}
"""JSON schema of Foxglove's well-known message; https://docs.foxglove.dev/docs/sdk/schemas/compressed-image"""


def compressed_image(png: bytes, frame: str, nanoseconds: int) -> dict[str, Any]:
    """Return a picture as a ``foxglove.CompressedImage``.

    Args:
        png: The picture.
        frame: The camera's name.
        nanoseconds: Simulated time at which it was taken.
    """
    return {
        "timestamp": {"sec": nanoseconds // 10**9, "nsec": nanoseconds % 10**9},
        "frame_id": frame,
        "data": base64.b64encode(png).decode("ascii"),
        "format": "png",
    }

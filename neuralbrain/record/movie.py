"""The moving picture of an episode, as a GIF."""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from neuralbrain.record.folder import MOVIE, read_manifest, write_file
from neuralbrain.record.report import retell

CAPTION = 22
"""Height of the caption below each picture, pixels."""
COLORS = 128
"""Of each picture's palette; fewer make a smaller file."""


def write_movie(folder: Path) -> Path | None:
    """Write the moving picture of a run from its record; return its path, or None where nothing was seen.

    Raises:
        RecordError: The record cannot be read, or the file cannot be written.
    """
    tick = read_manifest(folder)["blueprint"]["tick_seconds"]
    story, frames = retell(folder)
    shots = []
    for frame in frames:
        attempt = story.running(frame.tick)
        doing = attempt.step if attempt else ""
        shots.append((frame.rgb, f"{frame.tick * tick:6.2f} s  {doing}", 700))
    if not shots:
        return None
    write_file(folder / MOVIE, gif(shots))
    return folder / MOVIE


def gif(shots: Iterable[tuple[NDArray[np.uint8], str, int]]) -> bytes:
    """Return a GIF of pictures, each with a caption below.

    Args:
        shots: Picture (height x width x 3), caption, how long it stands in ms. At least one; the first
            one's size counts.
    """
    font = ImageFont.load_default(13)
    images, durations = [], []
    for rgb, caption, duration in shots:
        height, width = rgb.shape[:2]
        page = Image.new("RGB", (width, height + CAPTION), (24, 30, 38))
        page.paste(Image.fromarray(rgb))
        ImageDraw.Draw(page).text((6, height + 3), caption, fill=(230, 235, 241), font=font)
        images.append(page.quantize(COLORS, dither=Image.Dither.NONE))
        durations.append(duration)
    stream = io.BytesIO()
    images[0].save(stream, "GIF", save_all=True, append_images=images[1:], duration=durations, loop=0)
    return stream.getvalue()

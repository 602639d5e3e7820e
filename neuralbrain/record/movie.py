"""The video of an episode, as a GIF.

Cameras are slow, so a brain takes a picture only where it needs one. For people the whole motion is made
afterwards: a second body, built from the same seed, is sent what the brainstem says it really sent, and is
looked at every few ticks. That costs the run nothing. What the second body feels must be what was recorded;
if it is not (another version of the physics), the pictures that the brain itself took are shown instead.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from neuralbrain.files import write_file
from neuralbrain.record.folder import MOVIE, read_manifest
from neuralbrain.record.report import retell
from neuralbrain.record.rerun import rerun
from neuralbrain.record.sights import Arrow, Sight
from neuralbrain.record.story import Story

FRAME_MS, STILL_MS, LAST_MS = 100, 900, 2500
"""How long a picture of the rerun stands, one that the brain took, and the last; ms."""
PICTURES = 240
"""At most so many: a longer episode is shown faster."""
CAPTION = 24
"""Height of the caption below each picture, pixels."""
FONT = 12
"""Size of its letters, pixels."""
ARROW, HALO = (18, 57, 95), (235, 238, 241)
BACK, INK = (24, 30, 38), (230, 235, 241)


@dataclass(frozen=True)
class Shot:
    """One picture of the film.

    Attributes:
        rgb: Height x width x 3.
        caption: What stands below.
        milliseconds: How long it is shown.
        arrows: Directions that are drawn into it.
    """

    rgb: NDArray[np.uint8]
    caption: str
    milliseconds: int
    arrows: tuple[Arrow, ...] = ()


def write_movie(folder: Path) -> Path | None:
    """Write the video of a run from its record; return its path, or None where nothing was seen.

    Raises:
        RecordError: The record cannot be read, or the file cannot be written.
    """
    manifest = read_manifest(folder)
    story, frames, _ = retell(folder)
    tick_seconds = float(manifest["blueprint"]["tick_seconds"])
    pictures = [(tick, sight, FRAME_MS) for tick, sight in rerun(folder, manifest, PICTURES)]
    if not pictures:
        pictures = [(frame.tick, Sight(frame.rgb), STILL_MS) for frame in frames]
    if not pictures:
        return None
    shots = [
        Shot(sight.rgb, _caption(story, tick, tick_seconds), ms, sight.arrows) for tick, sight, ms in pictures
    ]
    write_file(folder / MOVIE, gif([*shots[:-1], replace(shots[-1], milliseconds=LAST_MS)]))
    return folder / MOVIE


def _caption(story: Story, tick: int, tick_seconds: float) -> str:
    attempt = story.running(tick)
    doing = story.label(attempt.plan, attempt.step) if attempt else ""
    if attempt and attempt.number > 1:
        doing += f", try {attempt.number}"
    return f"{tick * tick_seconds:5.1f} s   {doing}"


def gif(shots: Sequence[Shot]) -> bytes:
    """Return a GIF of pictures of one size, at least one, each with its caption below.

    All share one palette, so that what does not move takes no room.
    """
    pages = [_page(shot) for shot in shots]
    palette = _palette([pages[i] for i in np.linspace(0, len(pages) - 1, 6).round().astype(int)])
    images = [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
    stream = io.BytesIO()
    images[0].save(
        stream,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=[shot.milliseconds for shot in shots],
        loop=0,
    )
    return stream.getvalue()


def _page(shot: Shot) -> Image.Image:
    height, width = shot.rgb.shape[:2]
    page = Image.new("RGB", (width, height + CAPTION), BACK)
    page.paste(Image.fromarray(shot.rgb))
    draw = ImageDraw.Draw(page)
    for arrow in shot.arrows:
        for line in arrow.lines(width, height):
            draw.line(line, fill=ARROW, width=2)
        place = arrow.word_at(width, height)
        draw.text(place, arrow.word, ARROW, _font(), "mm", stroke_width=2, stroke_fill=HALO)
    draw.text((7, height + 4), shot.caption, fill=INK, font=_font())
    return page


@cache
def _font() -> ImageFont.FreeTypeFont:
    """Return Matplotlib's DejaVu Sans: Pillow's own font lacks the arrow in the captions of steps."""
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), FONT)


def _palette(pages: Sequence[Image.Image]) -> Image.Image:
    """Return the 256 colours that suit some pages best, as the image that Pillow wants them in."""
    width, height = pages[0].size
    sheet = Image.new("RGB", (width, height * len(pages)))
    for number, page in enumerate(pages):
        sheet.paste(page, (0, number * height))
    return sheet.quantize(256)

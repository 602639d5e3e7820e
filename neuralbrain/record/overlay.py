"""What stands over a picture in a report, as inline SVG: boxes, names and directions."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from neuralbrain.record.sights import LETTER, Arrow, Outline, Point

WIDTH = 320
"""Of every overlay, in its own units: names are equally large over large and small pictures."""
LINE = 11.0
"""Height of a line of text, in the same units."""


def overlay(shape: Sequence[int], outlines: Iterable[Outline], arrows: Iterable[Arrow]) -> Markup:
    """Return what to lay over a picture.

    Args:
        shape: The picture's height and width, pixels.
        outlines: Boxes, with their names.
        arrows: Directions, with their words.
    """
    height = WIDTH * shape[0] / shape[1]
    parts = [f'<svg viewBox="0 0 {WIDTH} {height:g}" aria-hidden="true">']
    taken: list[tuple[float, float, float]] = []
    for outline in outlines:
        lines = [((a * WIDTH, b * height), (c * WIDTH, d * height)) for (a, b), (c, d) in outline.edges]
        half = LETTER * len(outline.name) / 2
        x = min(max(outline.top[0] * WIDTH, half), WIDTH - half)
        y = max(outline.top[1] * height - 4, LINE)
        while any(abs(x - x2) < half + half2 and abs(y - y2) < LINE for x2, y2, half2 in taken):
            y += LINE  # below the names that are there
        taken.append((x, y, half))
        parts += [_path("box", lines), f'<text x="{x:.1f}" y="{y:.1f}">{escape(outline.name)}</text>']
    for arrow in arrows:
        x, y = arrow.word_at(WIDTH, height)
        word = f'<text class="way" x="{x:.1f}" y="{y:.1f}">{escape(arrow.word)}</text>'
        parts += [_path("way", arrow.lines(WIDTH, height)), word]
    return Markup("\n".join([*parts, "</svg>"]))


def _path(name: str, lines: Iterable[tuple[Point, Point]]) -> str:
    drawn = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for (a, b), (c, d) in lines)
    return f'<path class="{name}" d="{drawn}"/>'

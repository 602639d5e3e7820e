"""The live view fits every terminal, and says the present whole."""

import io
import re
from types import SimpleNamespace

import pytest
from rich.console import Console

from neuralbrain.cli.picture import LEGEND, Picture, _short
from neuralbrain.cli.training_view import Bar
from neuralbrain.learning.training import Point
from neuralbrain.messages import ExecutionTree, Fallback, Instruction, Sequence, Step, StepStatus
from neuralbrain.runtime import Emission

REGIONS = ("auditory_cortex", "basal_ganglia", "brainstem", "cortex", "hippocampus", "path_integration")
SENTENCE = "Put every block that is not red on the yellow zone, and then the red one into the bowl behind it."
REASON = "nothing was between the fingers although the block had been seen there by both of the cameras"
BY = {"tick": 0, "source": "cortex"}


def step(number):
    return Step(id=f"s{number}", skill="pick", args={"object": f"block_{number}"})


def tree(count):
    pairs = (Fallback(id=f"f{n}", children=(step(2 * n), step(2 * n + 1))) for n in range(count))
    return ExecutionTree(
        **BY, plan="p1", goal="all that was said", root=Sequence(id="r", children=tuple(pairs))
    )


def status(number, state, reason=""):
    return StepStatus(**BY, plan="p1", step=f"s{number}", skill="pick", attempt=1, state=state, reason=reason)


def drawn(width, height, at, regions=REGIONS):
    """Draw a plan of many steps, each with another way to do it, where one is under way."""
    told = [Instruction(**BY, text=SENTENCE), tree(30)]
    for number in range(at):
        told += [status(2 * number, "started"), status(2 * number, "succeeded")]
    told += [status(2 * at, "started"), status(2 * at, "failed", REASON), status(2 * at + 1, "started")]
    picture = Picture("brain · world · seed 0", 0.05, regions)
    emissions = [Emission(tick, "cortex", "instruction", message) for tick, message in enumerate(told)]
    picture.observe(len(told), emissions)
    console = Console(file=io.StringIO(), width=width, height=height)
    console.print(picture)
    return console.file.getvalue().splitlines(), str(step(2 * at + 1))


@pytest.mark.parametrize("at", [0, 1, 14, 28, 29])
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60), (66, 20)])
def test_the_present_is_there_whole(size, at):
    width, height = size
    lines, now = drawn(width, height, at)
    text = "\n".join(lines)
    assert len(lines) == height - 1
    assert max(map(len, lines)) <= width
    assert "…" not in text
    assert f"▶ {now}" in text
    assert all(name in text for name in REGIONS)
    for words in (SENTENCE, REASON, LEGEND, f"{now}: started"):
        assert all(word in text for word in words.split())
    assert lines.index(next(line for line in lines if f"{now}: started" in line)) > height / 2


@pytest.mark.parametrize("size", [(20, 6), (80, 3), (1, 1), (40, 24)])
def test_no_terminal_is_too_small(size):
    width, height = size
    lines, _ = drawn(width, height, 3)
    assert len(lines) <= max(1, height - 1)
    assert max(map(len, lines), default=0) <= width


def test_of_forty_regions_none_is_missing():
    names = [f"region_{number}" for number in range(40)]
    text = "\n".join(drawn(80, 24, 5, regions=names)[0])
    assert all(name in text for name in names)


def test_what_is_not_shown_is_counted():
    text = "\n".join(drawn(80, 24, 14)[0])
    hidden = [int(number) for number in re.findall(r"^  (\d+) (?:above|below)", text, re.MULTILINE)]
    shown = re.findall(r"^ *(?:[✓▶✗·] pick|or else)", text, re.MULTILINE)
    assert len(hidden) == 2
    assert sum(hidden) + len(shown) == 30 * 2 + 1  # a line for each way, and one more where both are tried


def test_large_numbers_are_short():
    assert [_short(n) for n in (0, 9999, 10_000, 123_456, 9_999_999, 10_000_000)] == [
        "0",
        "9999",
        "10k",
        "123k",
        "9999k",
        "10M",
    ]


def test_the_bar_of_a_training_is_not_cut():
    setup = SimpleNamespace(env="neuralbrain/NanoSeek-v0", seed=0, steps=20_000_000)
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system=None)
    bar = Bar(SimpleNamespace(setup=setup, moment=SimpleNamespace(steps=0)), console)
    point = Point(
        5_000_000, 1000, 1000, returns=-123400.0, successes=987, lengths=1.234e6, alpha=0.1, epsilon=0.1
    )
    bar.show(5_000_000, point)
    console.print(*bar.get_renderables())
    text = console.file.getvalue()
    assert "…" not in text
    for words in ("neuralbrain/NanoSeek-v0 · seed 0", " 25%", "mean return -123.4, 98.7% solved, 1234 ticks"):
        assert words in text

"""What the tasks are: the arena of each, its sentence, and what it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from neuralbrain.arguments import one_of
from neuralbrain.envs.rover.layout import Layout, draw_colors, draw_layout
from neuralbrain.envs.rover.sentences import phrase


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What was drawn from a seed.

    Attributes:
        layout: What stands where.
        sentence: The instruction.
        ball: The name of the ball that is to be pushed; None for none.
        pillars: The names of the pillars that are to be visited, in order; or of the one to push the ball to.
        radii: True radii of the wheels as parts of the data sheet's, left and right.
        grip: Friction coefficient of the tyres on the floor.
        depth_error: Largest error of the depth picture, as a part of the depth.
    """

    layout: Layout
    sentence: str
    ball: str | None
    pillars: tuple[str, ...]
    radii: tuple[float, float]
    grip: float
    depth_error: float


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task.

    Attributes:
        name: Its name.
        seconds: Simulated time after which it is given up, s.
        draw: Draws an arena and a sentence: the layout, the sentence, the ball and the pillars.
        judged: Whether the simulator can say if it is solved.
    """

    name: str
    seconds: float
    draw: Callable[[np.random.Generator], tuple[Layout, str, str | None, tuple[str, ...]]]
    judged: bool = True

    def setting(self, seed: int) -> Setting:
        """Draw all that a seed decides."""
        rng = np.random.default_rng([seed, 0x40BE2])
        layout, sentence, ball, pillars = self.draw(rng)
        return Setting(
            layout=layout,
            sentence=sentence,
            ball=ball,
            pillars=pillars,
            radii=(float(rng.uniform(0.995, 1.005)), float(rng.uniform(0.995, 1.005))),
            grip=float(rng.uniform(0.7, 1.0)),
            depth_error=float(rng.uniform(0.0, 0.01)),
        )


def _visit(
    least: int, most: int, rng: np.random.Generator
) -> tuple[Layout, str, str | None, tuple[str, ...]]:
    """Draw the arena of a task to visit from ``least`` to ``most`` pillars."""
    asked = int(rng.integers(least, most + 1))
    pillars, balls = draw_colors(rng, int(rng.integers(3, 5)), int(rng.integers(2)))
    layout = draw_layout(rng, pillars, balls, int(rng.integers(2, 5)), None)
    wording = {1: "reach", 2: "visit two", 3: "visit three"}[asked]
    names = tuple(f"{color}_pillar" for color in pillars[:asked])
    return layout, phrase(rng, wording, pillars[:asked], None), None, names


def _push(rng: np.random.Generator) -> tuple[Layout, str, str | None, tuple[str, ...]]:
    pillars, balls = draw_colors(rng, int(rng.integers(2, 4)), int(rng.integers(1, 3)))
    layout = draw_layout(rng, pillars, balls, int(rng.integers(1, 4)), pillars[0])
    called = "ball" if len(balls) == 1 and rng.integers(2) else f"{balls[0]} ball"
    sentence = phrase(rng, "push", pillars[:1], called)
    return layout, sentence, f"{balls[0]}_ball", (f"{pillars[0]}_pillar",)


def _free(rng: np.random.Generator) -> tuple[Layout, str, str | None, tuple[str, ...]]:
    """Draw the arena for people's own sentences: its colours are always the same."""
    pillars = [str(color) for color in rng.permutation(["red", "blue", "green", "yellow"])]
    layout = draw_layout(rng, pillars, ["orange"], int(rng.integers(1, 4)), None)
    called = "orange ball" if rng.integers(2) else "ball"
    return layout, phrase(rng, "free", pillars[:2], called), None, ()


_TASKS: Final = {
    task.name: task
    for task in (
        Task(name="reach", seconds=60.0, draw=partial(_visit, 1, 1)),
        Task(name="visit", seconds=120.0, draw=partial(_visit, 2, 3)),
        Task(name="push", seconds=120.0, draw=_push),
        Task(name="free", seconds=240.0, draw=_free, judged=False),
    )
}


def find_task(name: str) -> Task:
    """Return a task.

    Raises:
        UnknownNameError: There is no such task.
    """
    return _TASKS[one_of("rover task", name, tuple(_TASKS))]

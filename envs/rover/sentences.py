"""The sentences in which the rover's tasks are given: a few wordings each, drawn from a seed."""

from typing import Final

import numpy as np

WORDINGS: Final[dict[str, tuple[str, ...]]] = {
    "reach": (
        "Go to {a}.",
        "Drive to {a}.",
        "Drive over to {a}.",
        "Move to {a}.",
        "Find {a} and go to it.",
    ),
    "visit two": (
        "Visit {a}, then {b}.",
        "Visit {a} and then {b}.",
        "Go to {a}, then to {b}.",
        "Go to {a} and then go to {b}.",
        "First visit {a}, then visit {b}.",
    ),
    "visit three": (
        "Visit {a}, then {b}, then {c}.",
        "Visit {a}, {b} and {c}, in that order.",
        "Go to {a}, then to {b} and then to {c}.",
        "First visit {a}, then {b}, and then {c}.",
    ),
    "push": (
        "Push {ball} to {a}.",
        "Push {ball} over to {a}.",
        "Move {ball} to {a}.",
        "Roll {ball} to {a}.",
        "Take {ball} to {a}.",
    ),
    "free": (
        "Go to {a}, then push {ball} to {b}.",
        "Visit {a}, then push {ball} to {b}.",
        "Push {ball} to {a}, then go to {b}.",
        "Push {ball} to {a} and then visit {b}.",
    ),
}
"""Task -> its wordings: ``{a}``, ``{b}`` and ``{c}`` are pillars in order."""


def phrase(rng: np.random.Generator, wording: str, pillars: list[str], ball: str | None) -> str:
    """Say what a task asks for.

    Args:
        rng: Draws the wording.
        wording: A key of ``WORDINGS``.
        pillars: The colours of the pillars that it is about, in order.
        ball: What the ball is called: "orange ball" or "ball".
    """
    choices = WORDINGS[wording]
    slots = {letter: f"the {color} pillar" for letter, color in zip("abc", pillars, strict=False)}
    return choices[int(rng.integers(len(choices)))].format(**slots, ball=f"the {ball}")

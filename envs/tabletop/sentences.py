"""The sentences that the tabletop tasks are given in: several wordings each, drawn from a seed.

A wording is a template. ``{slot}`` is an object, said with an article; ``[a|b|c]`` is a choice, drawn again
each time; nothing may stand in a choice but words. Left and right are the
viewer's, as in the fixed camera's picture: right is +y.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

WORDINGS: Final[dict[str, tuple[str, ...]]] = {
    "place": (
        "[put|place|drop|set] {object} in {bowl}",
        "[put|place|drop] {object} into {bowl}",
        "[pick up|take|grab] {object} and [put|place|drop] it in {bowl}",
        "[take|grab] {object}, then [put|drop] it into {bowl}",
        "[move|transfer] {object} [to|into] {bowl}",
        "{object} [belongs|goes] [in|into] {bowl}",
        "I want {object} [in|inside] {bowl}",
    ),
    "lift": (
        "[lift|pick up|raise] {object}",
        "[take|grab] {object} and [lift|raise] it",
        "[lift|pick] {object} up",
        "[lift|raise] {object} off the table",
        "[get|take|grab] {object}",
        "pick {object} up from the table",
    ),
    "stack": (
        "[stack|build] a tower [of|from] {order}, from bottom to top",
        "[stack|pile] {order} from bottom to top",
        "build a [tower|stack] with {order}, listed from the bottom up",
        "make a [tower|stack]: {bottom} at the bottom, then {rest}",
        "stack {reversed} on top of each other, from top to bottom",
        "[pile up|stack up] {order}, in that order, starting at the bottom",
    ),
    "stack two": (
        "[stack|put|place|set] {b} on {a}",
        "[stack|put|place|set] {b} on top of {a}",
        "[pick up|take|grab] {b} and [put|stack|place] it on [top of |]{a}",
        "build a tower with {a} at the bottom and {b} on top",
        "I want {b} on top of {a}",
        "[move|stack] {b} onto {a}",
        "{b} [belongs|goes] on top of {a}",
    ),
    "sort": (
        "sort the blocks by color",
        "sort [all|all of] the blocks into the bowls of the same color",
        "put [each|every] block in the bowl of its [own |]color",
        "[put|place] all the blocks in the bowls [with the same|with the matching|of the same] color",
        "sort every block into the [bowl of the same color|matching bowl]",
        "[tidy up|clean up] the blocks: each one goes in the bowl of its color",
        "sort the blocks into the bowls by color",
    ),
    "swap": (
        "swap {a} and {b}",
        "swap {a} with {b}",
        "[exchange|switch|interchange] {a} and {b}",
        "swap the [places|positions] of {a} and {b}",
        "let {a} and {b} [change|swap|trade] places",
        "[put|move] {a} where {b} is and {b} where {a} is",
        "make {a} and {b} [trade|swap|change] [places|positions]",
    ),
    "pyramid": (
        "build a pyramid with {left} and {right} at the bottom and {top} on top",
        "[make|build] a pyramid: {left} and {right} [below|at the bottom], {top} on top",
        "put {left} and {right} side by side and {top} on top of both",
        "[place|set] {left} next to {right} and put {top} on top of them",
        "build a pyramid of {left}, {right} and {top}, with {top} on top",
        "stack {top} on top of {left} and {right} to [make|form] a pyramid",
        "with {left} and {right} as the base and {top} on top, build a pyramid",
    ),
    "row": (
        "[put|place|arrange] {order} in a row, from left to right",
        "line up {order} from left to right",
        "[make|form] a row of {order}, left to right",
        "arrange {reversed} in a row from right to left",
        "from left to right, [line up|put in a row] {order}",
        "[lay|set] out {order} in a line from left to right",
        "make a line with {order}, going from left to right",
    ),
    "push": (
        "[push|slide|shove] {box} [to|onto|into] {zone}",
        "[push|slide] {box} until it is [in|on] {zone}",
        "move {box} [to|onto|into] {zone}",
        "{box} [belongs|goes] [on|in] {zone}",
        "get {box} [onto|into] {zone} by pushing it",
        "I want {box} [in|on] {zone}",
        "[push|shove] {box} over [to|onto] {zone}",
    ),
    "drawer": (
        "open the drawer, put {object} in it and close it",
        "open the drawer, [put|place|drop] {object} [inside|into it], then [close|shut] the drawer",
        "[put|place] {object} in the drawer and close it",
        "put {object} away in the drawer",
        "[pull|slide] the drawer open, put {object} in and push it shut",
        "[store|stow] {object} in the drawer and [shut|close] it [afterwards|again]",
        "{object} [belongs|goes] in the drawer; close the drawer [afterwards|after that]",
    ),
    "restore": (
        "{first}, then put everything back as it was",
        "{first} and then put everything back where it was",
        "{first}. [Then|After that,] put everything back as it was at the start",
        "{first}, then restore the [scene|table] to how it was at the beginning",
        "{first}, and afterwards [undo|reverse] it",
        "first {first}, then return everything to where it was before",
        "{first}. Afterwards put it all back the way it was",
    ),
    "two_step": (
        "{first}, then {second}",
        "{first} and then {second}",
        "first {first}, then {second}",
        "{first}. [Then|After that,|Afterwards,|Next,] {second}",
        "{first}; [when that is done|once that is done|after that], {second}",
        "{first}, and after that {second}",
        "before you {second}, {first}",
    ),
}
"""Task -> its wordings. "stack two" is a stack of two; the words of the others are the tasks of `phrase`."""

_IMPERATIVE: Final = re.compile(r"(?!\{|I |let |with |from )")
_REQUEST: Final = re.compile(r"(?!the |I |let |with |from |before |first )")


def phrase(task: str, rng: np.random.Generator, **slots: Any) -> str:
    """Say what a task asks for.

    Args:
        task: "place", "stack", "sort", "swap", "pyramid", "row", "push", "drawer", "restore", "two_step".
        rng: Draws the wording.
        **slots: The objects of the task, each named like "red block". place: object, bowl. stack: order
            (bottom first). swap: a, b. pyramid: left, right, top. row: order (the viewer's left first).
            push: box, zone. drawer: object. restore: object, bowl. two_step: first and second, each a
            tuple (task, its slots). sort: none.

    Returns:
        One English sentence or two.

    Raises:
        KeyError: No such task, or a slot is missing.
    """
    clause = _clause(task, rng, slots)
    if rng.integers(3) == 0 and _REQUEST.match(clause):
        clause = _pick(rng, ("please {}", "could you {}", "can you {}")).format(clause)
        question = not clause.startswith("please") and "." not in clause
        return clause[0].upper() + clause[1:] + ("?" if question else ".")
    return clause[0].upper() + clause[1:] + _pick(rng, (".", ".", "", "!"))


def _clause(task: str, rng: np.random.Generator, slots: dict[str, Any], plain: bool = False) -> str:
    """Say a task without capital and full stop; ``plain``: in one imperative clause."""
    if task == "restore":
        filled = {"first": _clause("place", rng, slots, plain=True)}
    elif task == "two_step":
        filled = {part: _clause(slots[part][0], rng, slots[part][1], plain=True) for part in slots}
    else:
        filled = _words(slots, _pick(rng, ("the {}", "the {}", "{}")) if plain else "the {}")
    wordings = WORDINGS["stack two" if task == "stack" and len(slots["order"]) == 2 else task]
    if plain:
        wordings = tuple(w for w in wordings if _IMPERATIVE.match(w) and ": " not in w)
    template = re.sub(r"\[([^\]]*)\]", lambda m: _pick(rng, m[1].split("|")), _pick(rng, wordings))
    return template.format(**filled)


def _words(slots: dict[str, Any], article: str) -> dict[str, str]:
    words = {name: article.format(obj) for name, obj in slots.items() if isinstance(obj, str)}
    if "order" in slots:
        order = [article.format(obj) for obj in slots["order"]]
        words |= {"order": _list(order), "reversed": _list(order[::-1])}
        words |= {"bottom": order[0], "rest": ", then ".join(order[1:]), "a": order[0], "b": order[-1]}
    return words


def _list(objects: Sequence[str]) -> str:
    return f"{', '.join(objects[:-1])} and {objects[-1]}"


def _pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]

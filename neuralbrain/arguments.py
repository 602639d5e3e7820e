"""What is given to the Python interface, looked at before it is used: a wrong type is said in one line."""

import math
import operator
import reprlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from neuralbrain.errors import ConfigurationError, UnknownNameError

T = TypeVar("T")

HIGHEST_SEED = 2**32 - 1
"""Of a run and of a world: what NumPy's older generators and JAX's keys take."""


def refused(what: str, value: object, wanted: str) -> ConfigurationError:
    """Return the error that says what was given, and what is wanted.

    Args:
        what: What the value is for, with an article ("the seed").
        value: What was given.
        wanted: What would be right ("the name of a blueprint").
    """
    shown = " ".join(reprlib.repr(value).split())
    return ConfigurationError(f"{what} is {shown}: give {wanted}")


def expect(what: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Refuse a value of another type.

    Raises:
        ConfigurationError: It is of none of these types.
    """
    if not isinstance(value, kinds):
        raise refused(what, value, wanted)


def whole(what: str, value: Any, least: int = 0, most: int | None = None) -> int:
    """Return a whole number, one of NumPy's too.

    Raises:
        ConfigurationError: It is none, or too small or too large.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        wanted = f", {least} or more" if most is None else f" from {least} to {most}"
        raise refused(what, value, f"a whole number{wanted}")
    return number


def run_seed(value: Any) -> int:
    """Return the seed of a run, or of a world.

    Raises:
        ConfigurationError: It is no whole number from 0 to 2**32 - 1.
    """
    return whole("the seed", value, most=HIGHEST_SEED)


def quantity(what: str, value: Any, least: float, most: float, unit: str) -> float:
    """Return a number of some unit, one of NumPy's too.

    Raises:
        ConfigurationError: It is none, not finite, or not from ``least`` to ``most``.
    """
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not least <= number <= most:
        raise refused(what, value, f"a number from {least:g} to {most:g} {unit}".rstrip())
    return number


def one_of(what: str, value: Any, known: Sequence[str]) -> str:
    """Return a word that is one of those there are.

    Raises:
        UnknownNameError: It is not.
    """
    if not isinstance(value, str) or value not in known:
        raise UnknownNameError(what, value, known)
    return value


def flag(what: str, value: Any) -> bool:
    """Return a setting that is on or off.

    Raises:
        ConfigurationError: It is neither.
    """
    expect(what, value, bool, "True or False")
    return bool(value)


def all_of(what: str, values: Iterable[T], fits: Callable[[Any], bool], wanted: str) -> tuple[T, ...]:
    """Return values as a tuple, each looked at.

    Args:
        what: What they are, in the plural ("observers").
        values: They.
        fits: Whether one of them will do.
        wanted: What one should be, with an article.

    Raises:
        ConfigurationError: They are no collection, or one of them does not fit.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise refused(f"the list of {what}", values, f"a list, each {wanted}")
    kept = tuple(values)
    for value in kept:
        if not fits(value):
            raise refused(f"one of the {what}", value, wanted)
    return kept

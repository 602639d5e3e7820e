"""English for people: nouns in the right number, and lists."""

from collections.abc import Sequence


def plural(number: float, noun: str) -> str:
    """Return a noun as it stands after a number: "object" after 1, else "objects"."""
    return noun if number == 1 else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 object", "2 objects", "1,000 objects"."""
    return f"{number:,} {plural(number, noun)}"


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """Return at least one part as a list in words: "a", "a and b", "a, b and c"."""
    return f" {joint} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))

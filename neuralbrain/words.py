"""English for people: nouns in the right number, lists, and text with nothing in it that acts on a screen."""

import json
import re
import reprlib
from collections.abc import Sequence
from typing import Any

NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What acts on a screen and is not read there: control characters other than tab and end of line, overrides
and isolates of the writing direction (Unicode Standard Annex 9), and halves of surrogate pairs, which stand
for bytes that are no text."""


def plural(number: float, noun: str) -> str:
    """Return a noun as it stands after a number: "object" after 1, else "objects"."""
    return noun if number == 1 else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 object", "2 objects", "1,000 objects"."""
    return f"{number:,} {plural(number, noun)}"


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """Return at least one part as a list in words: "a", "a and b", "a, b and c"."""
    return f" {joint} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def shown(value: object) -> str:
    """Return a value as Python writes it, its middle left out where that is long."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = 80
    try:
        return short.repr(value)
    except ValueError:  # Python writes whole numbers of thousands of digits for nobody
        return f"a {type(value).__name__} too long to write"


def legible(text: str) -> str:
    """Return a text with a mark in the place of each character that is `NO_TEXT`."""
    return NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str, most: int) -> str:
    """Return a text of others' as one legible line; one that is longer than ``most`` characters is cut."""
    line = " ".join(legible(text[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 4]} ..."


def as_json(data: Any, indent: int | None = None) -> str:
    """Return data as JSON that any screen and any file can take: what is `NO_TEXT` stands as an escape."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return NO_TEXT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

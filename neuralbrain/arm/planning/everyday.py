"""The everyday words of everyday.txt, by kind, and the forms of the verbs for what the arm does."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

from neuralbrain.arm.catalogue import COLORS, SHAPES

_SECTION: Final = re.compile(r"^\[(.+)\]$")


def _read() -> dict[str, list[str]]:
    """Return the lines of everyday.txt by section."""
    found: dict[str, list[str]] = {"": []}
    section = ""
    text = (files("neuralbrain.arm.planning") / "everyday.txt").read_text(encoding="utf-8")
    for line in text.split("\n"):
        if match := _SECTION.match(line):
            section = match[1]
            found[section] = []
        elif line:
            found[section].append(line)
    return found


def _words(section: str) -> frozenset[str]:
    return frozenset(word for line in _READ[section] for word in line.split())


_READ: Final = _read()
MANNER: Final = _words("manner")
"""How something should be done, and interjections: they say nothing of what."""
LOOKS: Final = _words("looks")
"""Adjectives that single nothing out."""
SMALL_TALK: Final = _words("small talk") | MANNER
"""What remarks are made of."""
VERBS: Final = {
    other: verb for verb, others in (line.split(":") for line in _READ["verbs"]) for other in others.split()
}
"""Other words for what the arm does -> those of the grammar."""
BASES: Final = _words("verbs of the grammar") | VERBS.keys()
"""Verbs for what the arm does, in their plain form."""
_IRREGULAR: Final = dict(pair.split("/") for pair in _words("participles"))


def _gerunds(verb: str) -> set[str]:
    return {f"{verb}ing", f"{verb.removesuffix('e')}ing", f"{verb}{verb[-1]}ing"}


def _participles(verb: str) -> set[str]:
    regular = {f"{verb.removesuffix('e')}ed", f"{verb}{verb[-1]}ed", f"{verb.removesuffix('y')}ied"}
    return {_IRREGULAR[verb]} if verb in _IRREGULAR else regular


GERUNDS: Final = {form: verb for verb in sorted(BASES) for form in _gerunds(verb)}
PARTICIPLES: Final = {form: verb for verb in sorted(BASES) for form in _participles(verb)}
NOUNS: Final = frozenset(
    f"{shape}{end}"
    for shape in (*SHAPES, "one", "thing", "object", "container", "tower", "cube")
    for end in ("", "s", "es")
)
TELLS: Final = frozenset((*COLORS, *NOUNS)) | _words("tells")
"""Words that say what, where, how many, whether or in which order."""
EXACT: Final = _words("exact")
"""Words in -ly that say more than how well or how fast."""
BEFORE_A_VERB: Final = _words("before a verb")
BEFORE_A_GERUND: Final = _words("before a gerund")
WISHES: Final = _words("wishes")
NEVER_LEAD: Final = _words("never lead")
"""Words of what somebody did, or does: no request is led in by them."""
PRAISE: Final = _words("praise")
GREETINGS: Final = _words("greetings")
DETERMINERS: Final = _words("determiners")


@cache
def words() -> frozenset[str]:
    """Return all of them, so that they are not taken for misspelt."""
    return frozenset((*MANNER, *LOOKS, *SMALL_TALK, *VERBS, *GERUNDS, *PARTICIPLES))

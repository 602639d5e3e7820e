"""Reading what anybody may have written: within bounds, as plain data, and every fault one clear error.

A blueprint, a record, a table, a recording may come from a stranger. What is read here is never code and
never a pickle, takes no more room than the bounds below, and is refused by one line where it is anything
else.
"""

import contextlib
import math
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from neuralbrain.errors import NeuralBrainError, RecordError
from neuralbrain.files import record_errors

YAML_BYTES = 2**20
"""A YAML file, whose parser is slow, has at most so many bytes."""
DEEPEST = 64
"""Lists and mappings are nested at most so deep."""
LEAST, MOST = -(2**63), 2**64 - 1
"""The range of a whole number: that of 64 bits, with or without a sign."""


@contextlib.contextmanager
def decoding(place: object, fault: str, advice: str = "") -> Iterator[None]:
    """Turn whatever a parser says of what it cannot read into one line.

    Args:
        place: What is read: a file, perhaps with the part of it.
        fault: What is then wrong with it ("is not valid JSON").
        advice: What to do next.

    Raises:
        RecordError: In place of any error inside that is not ours.
    """
    try:
        yield
    except NeuralBrainError:
        raise
    except Exception as error:  # parsers raise errors of many kinds, and none of them for us
        words = " ".join(str(error).split())[:300]
        said = type(error).__name__ if not words or isinstance(error, KeyError) else words
        raise RecordError(f"{place} {fault}: {said}{advice and f'; {advice}'}") from error


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of a file that is a file, and no larger than so many bytes.

    Raises:
        RecordError: It cannot be read.
    """
    with record_errors(path, "read"):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a pipe or a device may have no end
            raise RecordError(f"{path} cannot be read: it is a pipe or a device; give a file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    if len(data) > most:
        raise RecordError(f"{path} is larger than {most / 2**20:g} MiB, the most that is read of such a file")
    return data


def parse_yaml(text: str | bytes, place: object) -> Any:
    """Return YAML as plain data. A key may occur once in a mapping, and there are no aliases.

    Args:
        text: It.
        place: Where it stands, for errors.

    Raises:
        RecordError: It is no such YAML, or no `plain_data`.
    """
    with decoding(place, "is not valid YAML"):
        return plain_data(yaml.load(text, Loader=_PlainYaml), place)


def plain_data(data: Any, place: object) -> Any:
    """Return data that is made of mappings, lists, words, finite numbers of 64 bits, booleans and None alone.

    Raises:
        RecordError: It is not, or is nested too deep.
    """
    waiting = [(data, 0)]  # no recursion: it would be what breaks
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth == DEEPEST:
                raise RecordError(
                    f"{place}: lists and mappings are nested deeper than {DEEPEST}: flatten them"
                )
            waiting += [(one, depth + 1) for one in value]
            waiting += [(one, depth + 1) for one in value.values()] if isinstance(value, dict) else []
        elif isinstance(value, int) and not LEAST <= value <= MOST:
            raise RecordError(
                f"{place}: it holds a whole number of {value.bit_length()} bits; 64 are the most"
            )
        elif isinstance(value, float) and not math.isfinite(value):
            raise RecordError(f"{place}: it holds {value}, which is no number: give a finite one")
        elif not isinstance(value, int | float | str | None):
            what = type(value).__name__
            raise RecordError(f"{place}: {str(value)[:40]!r} is a {what}: if words are meant, quote them")
    return data


class _PlainYaml(yaml.SafeLoader):
    """Refuses what other parsers read in other ways, and what makes much of little.

    Of a key that occurs twice parsers commonly keep the last; aliases of aliases grow without bound.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise self._refused("an alias (*name) is not read: write it out", event)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._refused("a key is a list or a mapping: use a word", key)
            if key.value in seen:
                raise self._refused(f"the key {key.value!r} occurs twice", key)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    @staticmethod
    def _refused(what: str, at: Any) -> yaml.YAMLError:
        return yaml.constructor.ConstructorError(None, None, what, at.start_mark)

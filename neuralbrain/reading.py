"""Reading what anybody may have written: within bounds, as plain data, and every fault one clear error.

A blueprint, a record, a table, a recording may come from a stranger. What is read here is never code and
never a pickle, takes no more room than the bounds below, and is refused by one line where it is else.
"""

import contextlib
import io
import json
import math
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import yaml
from numpy.typing import NDArray

from neuralbrain.errors import NeuralBrainError, RecordError
from neuralbrain.files import record_errors

JSON_BYTES, YAML_BYTES, ARRAY_BYTES = 16 * 2**20, 2**20, 256 * 2**20
"""A JSON file has at most so many bytes; a YAML file, whose parser is slow; the arrays of a file."""
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


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is a file: a pipe or a device may have no end.

    Raises:
        RecordError: It is none, or it cannot be read.
    """
    with record_errors(path, "read"):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise RecordError(f"{path} cannot be read: it is a pipe or a device; give a file")
        with path.open("rb") as file:
            yield file


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of a file that is no larger than so many bytes.

    Raises:
        RecordError: It is larger, or cannot be read.
    """
    with opened(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise RecordError(f"{path} is larger than {most / 2**20:g} MiB, the most that is read of such a file")
    return data


def parse_json(text: str | bytes, place: object) -> Any:
    """Return JSON as plain data.

    Args:
        text: It.
        place: Where it stands, for errors.

    Raises:
        RecordError: It is no JSON, or no `plain_data`.
    """
    with decoding(place, "is not valid JSON", "was it changed by hand?"):
        return plain_data(json.loads(text, parse_constant=_no_number), place)


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


def parse_npy(data: bytes, place: object) -> NDArray[Any]:
    """Return the one array of an .npy file; it holds no objects, so nothing is unpickled.

    The format: `numpy.lib.format`. What the head promises must be there, before any room is made for it.

    Args:
        data: The file's content.
        place: Where it stands, for errors.

    Raises:
        RecordError: It is no such array.
    """
    with decoding(place, "is no NumPy array"):
        return _npy(data)


def read_npz(path: Path, fault: str, advice: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz file by name.

    Args:
        path: The file.
        fault: What to say where it is none.
        advice: What to do then.

    Raises:
        RecordError: It cannot be read, or unpacks to more than `ARRAY_BYTES`.
    """
    data = read_bytes(path, ARRAY_BYTES)
    with decoding(path, fault, advice), zipfile.ZipFile(io.BytesIO(data)) as file:
        members = file.infolist()
        if sum(member.file_size for member in members) > ARRAY_BYTES:
            raise RecordError(f"{path} unpacks to more than {ARRAY_BYTES >> 20} MiB, the most that is read")
        arrays = {}
        for member in members:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{member.filename!r} is packed in another way than NumPy's")
            name = member.filename.removesuffix(".npy")
            arrays[name] = _npy(file.read(member))
        return arrays


def inflated(data: bytes, most: int) -> bytes:
    """Return what zlib has compressed, if that is no more than so many bytes.

    Raises:
        ValueError: It is more.
        zlib.error: It is damaged.
    """
    unpacking = zlib.decompressobj()
    whole = unpacking.decompress(data, most + 1)
    if len(whole) > most or not unpacking.eof:
        raise ValueError(f"it is cut short, or unpacks to more than {most} bytes")
    return whole


def _npy(data: bytes) -> NDArray[Any]:
    stream = io.BytesIO(data)
    heads = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, columns_first, dtype = heads[np.lib.format.read_magic(stream)](stream)
    content = data[stream.tell() :]
    if dtype.hasobject or not dtype.itemsize or math.prod(shape) * dtype.itemsize != len(content):
        raise ValueError(f"{len(content)} bytes are no {dtype} of shape {shape}")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if columns_first else "C").copy()


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"it holds {word}, which is no number")


class _PlainYaml(yaml.SafeLoader):
    """Refuses what other parsers read in other ways, and what makes much of little.

    Of a key that occurs twice parsers commonly keep the last; aliases of aliases grow without bound.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise self._refused("an alias (*name) is not read: write it out", self.peek_event())  # type: ignore[no-untyped-call]
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

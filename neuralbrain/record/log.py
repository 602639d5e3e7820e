"""The message log: an MCAP file with every message, readable up to the last chunk whatever happens.

One channel for each region and port, JSON with schemas made from the message types. Pictures inside
messages are channels of their own, as ``foxglove.CompressedImage``; they stand before the message that they
belong to. Long arrays are packed, as the schema says: a thousand robots would else fill a disk with digits.
Log time is simulated time. The format: https://mcap.dev/spec
"""

import base64
import functools
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from mcap.records import Channel
from mcap.records import Message as Entry
from mcap.writer import CompressionType, Writer
from numpy.typing import NDArray

from neuralbrain.embodiment import load_messages
from neuralbrain.files import record_errors
from neuralbrain.messages import ArrayOf, Message, message_type
from neuralbrain.reading import decoding, inflated
from neuralbrain.record.images import (
    COMPRESSED_IMAGE,
    compressed_image,
    decode_depth,
    decode_rgb,
    encode_depth,
    encode_rgb,
)
from neuralbrain.record.records import records
from neuralbrain.runtime import Emission

CHUNK_BYTES = 16 * 1024
"""Messages are compressed and handed to the system by so many bytes: about ten ticks of an arm. It is all
that a killed process can lose."""

LONG = 64
"""An array of one axis that is longer is packed: its bytes, lowest first, zlib-compressed, in base64."""

HASH = "_sha256"
"""After the name of a depth picture: the field with its SHA-256. The log rounds it; a trace is of what was
sent."""

LATEST = 10**12
"""The last tick that is believed."""
ARRAY_BYTES = 64 * 2**20
"""A packed array unpacks to at most so many bytes."""

_ENCODE: dict[str, Callable[[Any], bytes]] = {"rgb": encode_rgb, "depth": encode_depth}
_DECODE: dict[str, Callable[[bytes], NDArray[Any]]] = {"rgb": decode_rgb, "depth": decode_depth}


@functools.cache
def _arrays(kind: type[Message]) -> dict[str, ArrayOf]:
    """Return the array fields of a message type."""
    found = {}
    for name, field in kind.model_fields.items():
        for note in field.metadata:
            if isinstance(note, ArrayOf):
                found[name] = note
    return found


@functools.cache
def _pictures(kind: type[Message]) -> dict[str, str]:
    """Return the fields that are pictures, and of which sort: "rgb" or "depth"."""
    found = {}
    for name, array in _arrays(kind).items():
        if array.dtype == np.uint8 and len(array.shape) == 3 and array.shape[2] == 3:
            found[name] = "rgb"
        elif array.dtype == np.float32 and len(array.shape) == 2:
            found[name] = "depth"
    return found


@functools.cache
def _packable(kind: type[Message]) -> tuple[str, ...]:
    """Return the fields that may be long arrays of one axis."""
    return tuple(name for name, array in _arrays(kind).items() if array.shape == (None,))


def schema_of(kind: type[Message]) -> dict[str, Any]:
    """Return the JSON schema of a message type as it is logged: without its pictures, long arrays packed."""
    schema = kind.model_json_schema(mode="serialization")
    for name in _packable(kind):
        dtype = _arrays(kind)[name].dtype
        packed = {
            "type": "string",
            "contentEncoding": "base64",
            "description": f"if longer than {LONG}: zlib-compressed {dtype}, little-endian",
        }
        schema["properties"][name] = {"anyOf": [schema["properties"][name], packed]}
    for name, sort in _pictures(kind).items():
        schema["properties"].pop(name)
        if sort == "depth":
            schema["properties"][name + HASH] = {"type": "string", "description": "of it as it was sent"}
        schema["required"] = [field for field in schema["required"] if field != name]
    return schema


class _File:
    """A file that holds whole records only: what cannot be written in full is taken back."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb", buffering=0)
        self._size = 0

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass  # nothing is buffered here

    def close(self) -> None:
        self._file.close()


class LogWriter:
    """Writes the log of one run.

    Args:
        path: The file; it must not exist.
        tick_seconds: Simulated time of a tick, s.

    Raises:
        RecordError: It cannot be written. All that was written before stays readable.
    """

    def __init__(self, path: Path, tick_seconds: float) -> None:
        self._path, self._tick_seconds = path, tick_seconds
        self._channels: dict[tuple[str, ...], int] = {}
        self._schemas: dict[str, int] = {}
        self._numbers: Counter[int] = Counter()
        self._broken = False
        with self._guard():
            self._file = _File(path)
            self._writer = Writer(
                self._file,  # type: ignore[arg-type]
                chunk_size=CHUNK_BYTES,
                compression=CompressionType.ZSTD,
                enable_data_crcs=True,
            )
            self._writer.start(profile="", library="neuralbrain")

    def add(self, emission: Emission) -> None:
        """Log one message."""
        message, kind = emission.message, type(emission.message)
        time = round(emission.tick * self._tick_seconds * 1e9)
        pictures = _pictures(kind)
        with self._guard():
            for field, sort in pictures.items():
                frame = str(getattr(message, "camera", emission.region))
                image = compressed_image(_ENCODE[sort](getattr(message, field)), frame, time)
                self._write(
                    (emission.region, emission.port, kind.__name__, field), kind, time, json.dumps(image)
                )
            packed = {
                name: _pack(getattr(message, name))
                for name in _packable(kind)
                if len(getattr(message, name)) > LONG
            }
            data = message.model_dump_json(exclude={*pictures, *packed} or None, fallback=_plain)
            hashes = {
                name + HASH: hashlib.sha256(np.ascontiguousarray(getattr(message, name)).data).hexdigest()
                for name, sort in pictures.items()
                if sort == "depth"
            }
            if packed or hashes:
                data = json.dumps(json.loads(data) | packed | hashes)
            self._write((emission.region, emission.port, kind.__name__), kind, time, data)

    def close(self) -> None:
        """Write the index and close; after an error, close only."""
        try:
            if not self._broken:
                with self._guard():
                    self._writer.finish()  # type: ignore[no-untyped-call]
        finally:
            self._file.close()

    def _write(self, key: tuple[str, ...], kind: type[Message], time: int, data: str) -> None:
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = self._register(key, kind)
        self._numbers[channel] += 1
        self._writer.add_message(
            channel, log_time=time, publish_time=time, sequence=self._numbers[channel], data=data.encode()
        )

    def _register(self, key: tuple[str, ...], kind: type[Message]) -> int:
        region, port, _, *field = key
        name, schema = (
            ("foxglove.CompressedImage", COMPRESSED_IMAGE)
            if field
            else (f"neuralbrain.{kind.__name__}", schema_of(kind))
        )
        if name not in self._schemas:
            self._schemas[name] = self._writer.register_schema(
                name, "jsonschema", json.dumps(schema).encode()
            )
        notes = {"region": region, "port": port, "kind": kind.model_fields["kind"].default}
        if field:
            notes["field"] = field[0]
        return self._writer.register_channel(
            "/" + "/".join((region, port, *field)), "json", self._schemas[name], notes
        )

    def _guard(self) -> "_Guard":
        return _Guard(self)


class _Guard:
    """Turns an error of the system into ours, and remembers that the file is broken."""

    def __init__(self, log: LogWriter) -> None:
        self._log = log
        self._errors = record_errors(log._path, "written")

    def __enter__(self) -> None:
        self._errors.__enter__()

    def __exit__(self, *raised: Any) -> bool | None:
        self._log._broken |= raised[0] is not None
        return self._errors.__exit__(*raised)


def _pack(array: NDArray[Any]) -> str:
    """Return a long array as text."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little.tobytes())).decode("ascii")


def _unpack(text: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the array that `_pack` made text of."""
    little = np.frombuffer(inflated(base64.b64decode(text), ARRAY_BYTES), dtype.newbyteorder("<"))
    return little.astype(dtype)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} has no form in JSON")


def read_log(
    path: Path,
    kinds: Collection[str] | None = None,
    *,
    where: Callable[[str, str, str], bool] = lambda *_: True,
) -> Iterator[Emission]:
    """Read a log, also one that was cut short, in the order in which it was written.

    Depth comes back to half a millimetre; all else as it was sent.

    Args:
        path: The file.
        kinds: Only messages of these kinds; None for all.
        where: Only those for whose region, port and kind this is true.

    Raises:
        RecordError: It cannot be read at all, or is damaged.
        UnknownNameError: A message's class has not been imported.
    """
    return (
        emission
        for emission, _ in read_sent(path, lambda *of: (kinds is None or of[2] in kinds) and where(*of))
    )


def read_sent(
    path: Path, where: Callable[[str, str, str], bool] = lambda *_: True
) -> Iterator[tuple[Emission, dict[str, bytes]]]:
    """Read a log as `read_log` does, with the SHA-256 of each array that is not kept exactly, by field.

    Raises:
        RecordError: As there.
        UnknownNameError: Likewise.
    """
    load_messages()
    channels: dict[int, Channel] = {}
    at: tuple[str, str] | None = None
    pictures: dict[str, NDArray[Any]] = {}
    tick = 0
    for record in records(path):
        with decoding(path, "is damaged"):
            if isinstance(record, Channel):
                channels[record.id] = record
                continue
            notes = channels[record.channel_id].metadata
            region, port, kind = notes["region"], notes["port"], notes["kind"]
            if not where(region, port, kind):
                continue
            if at != (region, port):  # pictures stand right before their message
                at, pictures = (region, port), {}
            data = json.loads(record.data)
            if "field" in notes:
                field = notes["field"]
                pictures[field] = _DECODE[_pictures(message_type(kind))[field]](
                    base64.b64decode(data["data"])
                )
                continue
            hashes = {name: bytes.fromhex(data.pop(name + HASH)) for name in pictures if name + HASH in data}
            message = _message(kind, data | pictures)
            if not tick <= message.tick <= LATEST:
                raise ValueError(f"a {kind} of {region!r} has tick {message.tick}, after tick {tick}")
            tick = message.tick
            sent = Emission(message.tick, region, port, message), hashes
            at, pictures = None, {}
        yield sent


def activity(path: Path, tick_seconds: float) -> dict[str, list[int]]:
    """Return, for each region that sent anything, the ticks of its messages in order; reads no message.

    Args:
        path: The file.
        tick_seconds: Simulated time of a tick, s.

    Raises:
        RecordError: It cannot be read at all, or is damaged.
    """
    regions: dict[int, str] = {}
    found: dict[str, list[int]] = {}
    for record in records(path):
        with decoding(path, "is damaged"):
            if isinstance(record, Channel) and "field" not in record.metadata:
                regions[record.id] = record.metadata["region"]
            elif isinstance(record, Entry) and record.channel_id in regions:
                tick = round(record.log_time / (tick_seconds * 1e9))
                found.setdefault(regions[record.channel_id], []).append(tick)
    return found


def _message(kind: str, data: dict[str, Any]) -> Message:
    """Make a message from its JSON."""
    found = message_type(kind)
    for name, array in _arrays(found).items():
        given = data[name]
        value = _unpack(given, array.dtype) if isinstance(given, str) else np.asarray(given, array.dtype)
        if value.size == 0:  # an empty list has lost its further axes
            value = value.reshape([length or 0 for length in array.shape])
        data[name] = value
    return found.model_validate(data)

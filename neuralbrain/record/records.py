"""The records of an MCAP file, in order: each as it was written, or the file is found out as damaged.

The readers of the ``mcap`` package are made for files that one trusts: they pass over what they do not know,
unpack whatever a chunk holds, and leave some sums unchecked. Here every sum is held against what it is of,
no record may be where it cannot be, and none makes more than its bounds. A file that only ends too early,
as that of a killed process does, is read as far as it goes. The format: https://mcap.dev/spec
"""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, DataEnd, Footer, Message

from neuralbrain.reading import decoding, opened

MAGIC = b"\x89MCAP0\r\n"
"""With it an MCAP file begins and ends."""
CHUNK_BYTES = 16 * 2**20
"""A record, and what a chunk unpacks to, is at most so large: many times a message with its pictures."""
GROWTH = 256
"""All chunks of a file unpack to at most so many times its size, or to `CHUNK_BYTES`: JSON that says the same
at each tick shrinks to a fiftieth."""

_HEAD = struct.Struct("<BQ")
_DATA = (Opcode.HEADER, Opcode.CHUNK, Opcode.MESSAGE_INDEX, Opcode.DATA_END)
_SUMMARY = (
    Opcode.SCHEMA,
    Opcode.CHANNEL,
    Opcode.STATISTICS,
    Opcode.CHUNK_INDEX,
    Opcode.SUMMARY_OFFSET,
    Opcode.FOOTER,
)


def records(path: Path) -> Iterator[Channel | Message]:
    """Yield channels and messages in the order in which they were written.

    Raises:
        RecordError: The file cannot be read, is no such log, or is damaged.
    """
    with opened(path) as file, decoding(path, "is not an MCAP log, or damaged"):
        yield from _records(file)


def is_whole(path: Path) -> bool:
    """Whether a log was written to its end, and nothing has been cut off since.

    Raises:
        RecordError: It cannot be read at all.
    """
    with opened(path) as file:
        return _ends_whole(file)


def _records(file: BinaryIO) -> Iterator[Channel | Message]:
    begin = file.read(len(MAGIC))
    if begin != MAGIC:
        if MAGIC.startswith(begin):
            return  # cut off before it began
        raise ValueError("it does not begin as one")
    room = max(CHUNK_BYTES, GROWTH * os.fstat(file.fileno()).st_size)
    allowed: tuple[Opcode, ...] = _DATA
    summed, latest = zlib.crc32(MAGIC), 0
    while True:
        head = file.read(_HEAD.size)
        if len(head) == _HEAD.size:
            opcode, length = _HEAD.unpack(head)
            body = file.read(min(length, CHUNK_BYTES))
            if opcode not in allowed or length > CHUNK_BYTES or not _agrees(opcode, length, body):
                raise ValueError(f"a record {opcode} of {length} bytes cannot be where it is")
        if len(head) < _HEAD.size or len(body) < length:
            if _ends_whole(file):
                raise ValueError("it ends as a whole one does, in the middle of a record")
            return
        stream = ReadDataStream(io.BytesIO(body))
        if opcode == Opcode.CHUNK:
            chunk = Chunk.read(stream)
            room -= chunk.uncompressed_size
            if room < 0:
                raise ValueError(f"it unpacks to more than {GROWTH} times its size")
            for record in _inside(_unpacked(chunk)):
                if isinstance(record, Message):
                    if record.log_time < latest:
                        raise ValueError("a message stands after one that was sent later")
                    latest = record.log_time
                yield record
        elif opcode == Opcode.DATA_END:
            if DataEnd.read(stream).data_section_crc not in (0, summed):  # 0: by an older version, without
                raise ValueError("the sum of its data differs")
            allowed, summed, head, body = _SUMMARY, 0, b"", b""
        elif opcode == Opcode.FOOTER:
            if Footer.read(stream).summary_crc != zlib.crc32(head + body[:-4], summed):
                raise ValueError("the sum of its summary differs")
            if file.read() not in (MAGIC[:n] for n in range(len(MAGIC) + 1)):
                raise ValueError("something else follows its end")
            return
        summed = zlib.crc32(head + body, summed)


def _agrees(opcode: int, length: int, body: bytes) -> bool:
    """Whether the lengths inside a record make up its own, as far as it is there.

    So a flipped bit in a length is not taken for a file cut short.
    """
    match opcode:
        case Opcode.HEADER:
            at = 4 + _number(body, 0, 4)
            return at + 4 > len(body) < length or at + 4 + _number(body, at, 4) == length
        case Opcode.CHUNK:  # two times, a size, a sum; how it is packed; the records
            at = 32 + _number(body, 28, 4)
            return (at <= 36 or len(body) < 32) and (
                at + 8 > len(body) < length or at + 8 + _number(body, at, 8) == length
            )
        case Opcode.MESSAGE_INDEX:
            return len(body) < 6 <= length or 6 + _number(body, 2, 4) == length
        case Opcode.DATA_END:
            return length == 4
        case Opcode.FOOTER:
            return length == 20
    return True


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _ends_whole(file: BinaryIO) -> bool:
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - len(MAGIC)))
    return size >= 2 * len(MAGIC) and file.read() == MAGIC


def _unpacked(chunk: Chunk) -> bytes:
    """Return the records of a chunk as they were before they were packed."""
    size = chunk.uncompressed_size
    if size > CHUNK_BYTES or chunk.compression not in ("", "zstd"):
        raise ValueError(f"a chunk of {size} bytes, packed by {chunk.compression!r}, is not read")
    data = chunk.data
    if chunk.compression:
        unpacker = zstandard.ZstdDecompressor(max_window_size=CHUNK_BYTES)
        with unpacker.stream_reader(data) as stream:  # takes no more room than is asked for
            data = stream.read(size + 1)
    if len(data) != size or zlib.crc32(data) != chunk.uncompressed_crc:
        raise ValueError("the sum of a chunk differs")
    return data


def _inside(data: bytes) -> Iterator[Channel | Message]:
    """Yield the channels and messages of a chunk."""
    stream = ReadDataStream(io.BytesIO(data))
    while stream.count < len(data):
        opcode, length = _HEAD.unpack(stream.read(_HEAD.size))
        end = stream.count + length
        if opcode == Opcode.CHANNEL:
            yield Channel.read(stream)
        elif opcode == Opcode.MESSAGE:
            yield Message.read(stream, length)
        elif opcode == Opcode.SCHEMA:
            stream.read(length)
        else:
            raise ValueError(f"a chunk holds a record {opcode}")
        if stream.count != end:
            raise ValueError(f"a record {opcode} is not as long as it says")

"""The trace: a hash over everything that every region sent, tick by tick.

Each region has a chain of digests of its own, which depends on nothing but what it sent and when; so it
does not matter in which process, or in which legal order, the regions ran. The chains are joined in the
order of the regions' names. A silent firing enters too.
"""

import hashlib
import marshal
from typing import Any

import numpy as np
from pydantic import BaseModel

from neuralbrain.errors import ContractError
from neuralbrain.messages import Message

FOLD_EVERY = 64
"""Firings between two folds of the buffer into the digest: hashing in blocks costs a third of hashing each."""


def plain(value: Any) -> Any:
    """Turn a message's field into what marshal can write, the same in every process.

    Raises:
        ContractError: The value's bytes would depend on hash order or on the process (a set, an object).
    """
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, np.ndarray):
        content = np.ascontiguousarray(value)
        return (value.dtype.str, value.shape, hashlib.sha256(content.data).digest())
    if isinstance(value, BaseModel):
        return (type(value).__name__, *(plain(v) for v in value.__dict__.values()))
    if isinstance(value, tuple | list):
        return tuple([plain(v) for v in value])
    if isinstance(value, dict):
        return tuple([(plain(k), plain(value[k])) for k in sorted(value)])
    if isinstance(value, np.generic):
        return plain(value.item())
    raise ContractError(
        f"a {type(value).__name__} in a message has no order of its own: use tuples and arrays"
    )


def canonical(port: str, message: Message) -> bytes:
    """Return the bytes of a sent message. Equal messages give equal bytes in every process."""
    values = (port, *message.__dict__.values())
    try:
        # Version 2 writes floats in binary and no back references, whose presence would depend on
        # reference counts. It refuses models, and writes arrays as raw bytes without their shape.
        if not any(isinstance(v, np.ndarray | np.generic | dict | set | frozenset) for v in values):
            return marshal.dumps(values, 2)
    except ValueError:
        pass
    return marshal.dumps(tuple([plain(v) for v in values]), 2)


class Chain:
    """The chain of digests of one region."""

    __slots__ = ("_buffer", "_digest", "_firings")

    def __init__(self) -> None:
        self._digest = b""
        self._buffer: list[bytes] = []
        self._firings = 0

    def add(self, tick: int, sent: list[bytes]) -> None:
        """Enter one firing with the canonical bytes of what it sent, in order; often nothing."""
        self._buffer.append(b"%d:%d;" % (tick, len(sent)))
        self._buffer += sent
        self._firings += 1
        if self._firings % FOLD_EVERY == 0:  # by firings, not by slices: those differ between groupings
            self._fold()

    def _fold(self) -> None:
        self._digest = hashlib.sha256(self._digest + b"".join(self._buffer)).digest()
        self._buffer.clear()

    def digest(self) -> bytes:
        """Return the digest of everything entered so far, 32 bytes."""
        return hashlib.sha256(self._digest + b"".join(self._buffer)).digest()


def join(digests: dict[str, bytes]) -> str:
    """Return the hash of a whole run from the digests of its regions, as 64 hexadecimal characters."""
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(name.encode() + b"\0" + digests[name])
    return whole.hexdigest()

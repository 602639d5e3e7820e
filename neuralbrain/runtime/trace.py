"""The trace: a hash over everything that every region sent, tick by tick.

Each region has a chain of digests of its own, which depends on nothing but what it sent and when; so it
does not matter in which process, or in which legal order, the regions ran. The chains are joined in the
order of the regions' names. A silent firing enters too.
"""

import hashlib
import marshal
from collections.abc import Iterable
from typing import Any, Literal, get_origin

import numpy as np
from pydantic import BaseModel

from neuralbrain.errors import ContractError
from neuralbrain.messages import Message

FOLD_EVERY = 8
"""Firings between two folds. Writing and hashing many at once is cheaper than one by one, but messages kept
for long make Python's garbage collector go through them again: 64 took half as much again as 8."""

_FLAT: dict[type, bool] = {tuple: False}
"""A message that is `plain` already, as a log's may be, is a tuple."""


def _is_flat(kind: type[Message]) -> bool:
    """Say whether a message type holds nothing but numbers and words, which marshal writes as they are."""
    flat = _FLAT.get(kind)
    if flat is None:
        flat = all(
            field.annotation in (int, float, str, bool) or get_origin(field.annotation) is Literal
            for field in kind.model_fields.values()
        )
        _FLAT[kind] = flat
    return flat


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
        return (type(value).__name__, *[plain(v) for v in value.__dict__.values()])
    if isinstance(value, tuple | list):
        return tuple([plain(v) for v in value])
    if isinstance(value, dict):
        return tuple([(plain(k), plain(value[k])) for k in sorted(value)])
    if isinstance(value, np.generic):
        return plain(value.item())
    raise ContractError(
        f"a {type(value).__name__} in a message has no order of its own: use tuples and arrays"
    )


def _rows(firings: list[tuple[int, Any]]) -> list[Any]:
    rows = []
    for tick, sent in firings:
        row: list[Any] = [tick]
        for port, message in sent:
            if _is_flat(type(message)):
                row += (port, *message.__dict__.values())
                continue
            try:
                row += (port, plain(message))
            except ContractError as error:
                raise ContractError(
                    f"region {message.source!r}, tick {tick}, port {port!r}: {error}"
                ) from None
        rows.append(row)
    return rows


def canonical(firings: list[tuple[int, Any]]) -> bytes:
    """Return the bytes of some firings: (tick, ((port, message), ...)) each.

    Equal firings give equal bytes in every process. Marshal's version 2 writes floats in binary, lengths
    before contents, and no back references, whose presence would depend on reference counts.
    """
    rows = _rows(firings)
    try:
        return marshal.dumps(rows, 2)
    except ValueError:  # a subclass of str or int in a flat message
        return marshal.dumps(plain(rows), 2)


class Chain:
    """The chain of digests of one region."""

    __slots__ = ("_digest", "_firings")

    def __init__(self) -> None:
        self._digest = b""
        self._firings: list[tuple[int, Any]] = []

    def add(self, tick: int, sent: Iterable[tuple[str, Message]]) -> None:
        """Enter one firing with what it sent: (port, message) in order; often nothing."""
        self._firings.append((tick, sent))
        if len(self._firings) == FOLD_EVERY:  # by firings, not by slices: those differ between groupings
            self._digest = self.digest()
            self._firings.clear()

    def digest(self) -> bytes:
        """Return the digest of everything entered so far, 32 bytes."""
        return hashlib.sha256(self._digest + canonical(self._firings)).digest()

    def get_state(self) -> tuple[bytes, list[tuple[int, Any]]]:
        """Return the digest of what is folded, and the firings that are not yet."""
        return self._digest, self._firings

    def set_state(self, state: tuple[bytes, list[tuple[int, Any]]]) -> None:
        """Go on from what `get_state` returned."""
        self._digest, self._firings = state


def join(digests: dict[str, bytes]) -> str:
    """Return the hash of a whole run from the digests of its regions, as 64 hexadecimal characters."""
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(name.encode() + b"\0" + digests[name])
    return whole.hexdigest()

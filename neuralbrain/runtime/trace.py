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
"""Firings between two folds. Writing and hashing many at once is cheaper than one by one, but what is kept
for long makes Python's garbage collector go through it again: 64 took half as much again as 8."""

_FLAT: dict[type, bool] = {tuple: False}
"""A message that is `plain` already, as a log's may be, is a tuple."""
_EXACT = frozenset({bool, int, float, str, bytes})
"""What marshal writes as it is; not so what is derived from it."""


def _is_flat(kind: type[Message]) -> bool:
    """Say whether a message type holds nothing but numbers and words, which marshal writes as they are."""
    flat = _FLAT.get(kind)
    if flat is None:
        flat = kind.traced and all(
            (field.annotation in (int, float, str, bool) or get_origin(field.annotation) is Literal)
            and (field.is_required() or type(field.default) in _EXACT)  # pydantic does not look at defaults
            for field in kind.model_fields.values()
        )
        _FLAT[kind] = flat
    return flat


def plain(value: Any) -> Any:
    """Turn a message's field into what marshal can write, the same in every process.

    Raises:
        ContractError: The value's bytes would depend on hash order or on the process (a set, an object).
    """
    if value is None or type(value) in _EXACT:
        return value
    if isinstance(value, int | float | str | bytes):
        # NumPy's float64 is a float, too, and marshal writes its bytes; of others the bare number or word.
        return value if isinstance(value, np.generic) else value.__getnewargs__()[0]
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
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


def row(tick: int, sent: Iterable[tuple[str, Message]]) -> list[Any]:
    """Return one firing with what it sent, (port, message) in order, as what marshal can write.

    Raises:
        ContractError: A message holds what has no bytes of its own; it names region, tick and port.
    """
    written: list[Any] = [tick]
    for port, message in sent:
        if _FLAT.get(type(message)) or _is_flat(type(message)):
            written += (port, *message.__dict__.values())
            continue
        if not getattr(message, "traced", True):  # a log's may be a tuple
            continue
        try:
            written += (port, plain(message))
        except (ContractError, TypeError, RecursionError) as error:
            raise ContractError(
                f"region {message.source!r}, tick {tick}, port {port!r}: {' '.join(str(error).split())}"
            ) from None
    return written


def canonical(rows: list[list[Any]]) -> bytes:
    """Return the bytes of some firings, of each its `row`.

    Equal firings give equal bytes in every process. Marshal's version 2 writes floats in binary, lengths
    before contents, and no back references, whose presence would depend on reference counts.
    """
    return marshal.dumps(rows, 2)


class Chain:
    """The chain of digests of one region."""

    __slots__ = ("_digest", "_rows")

    def __init__(self) -> None:
        self._digest = b""
        self._rows: list[list[Any]] = []

    def add(self, tick: int, sent: Iterable[tuple[str, Message]]) -> None:
        """Enter one firing with what it sent: (port, message) in order; often nothing.

        Raises:
            ContractError: As `row`; so it is refused when it is sent, before anybody sees it.
        """
        self._rows.append(row(tick, sent) if sent else [tick])
        if len(self._rows) == FOLD_EVERY:  # by firings, not by slices: those differ between groupings
            self._digest = self.digest()
            self._rows.clear()

    def digest(self) -> bytes:
        """Return the digest of everything entered so far, 32 bytes."""
        return hashlib.sha256(self._digest + canonical(self._rows)).digest()

    def get_state(self) -> tuple[bytes, list[list[Any]]]:
        """Return the digest of what is folded, and the firings that are not yet."""
        return self._digest, self._rows

    def set_state(self, state: tuple[bytes, list[list[Any]]]) -> None:
        """Go on from what `get_state` returned."""
        self._digest, self._rows = state


def join(digests: dict[str, bytes]) -> str:
    """Return the hash of a whole run from the digests of its regions, as 64 hexadecimal characters."""
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(name.encode() + b"\0" + digests[name])
    return whole.hexdigest()

"""Files as damage and malice make them: bytes changed anyhow, and data changed where it hurts."""

import copy
import random
import string
from typing import Any

CODE = "evil_module_of_a_test:Evil"
"""A path to code; nothing that is read may import it."""
WORSE: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**31, 2**64, 10**30, 10**4000, -(10**30), 1e308, float("nan"), float("inf"), "",
    "\x1b[31m\x00\u202e", "x" * 10_000, "/dev/zero", "../../etc/passwd", CODE, "{}", [], {}, [[[[[[]]]]]],
    [0] * 1000, {"a": {"b": [1]}}, "neuralbrain/Tabletop-Place-v0", "NaN", f'{{"entry_point": "{CODE}"}}',
)  # fmt: skip


def mutated_bytes(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with up to three changes: flips, cuts, insertions, repetitions, runs of one byte."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = (
            rng.randrange(len(changed) + 1)
            if rng.random() < 0.7
            else rng.randrange(min(len(changed), 200) + 1)
        )
        length = rng.choice((1, 2, 4, 8, 50, 1000))
        match rng.randrange(7):
            case 0 if at < len(changed):
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                del changed[at:]
            case 2:
                changed[at:at] = rng.randbytes(length)
            case 3:
                changed[at : at + length] = b""
            case 4:
                changed[at:at] = bytes(changed[at : at + length]) * rng.choice((1, 10, 100))
            case 5:
                changed[at : at + length] = (
                    rng.choice((b"\xff", b"\x00", b"9", b"[", b"{", b"&a", b"*a", b"-")) * length
                )
            case 6:
                changed[at : at + length] = rng.randbytes(length)
    return bytes(changed)


def mutated_data(data: Any, rng: random.Random) -> Any:
    """Return plain data with up to three changes: values of other types, keys gone, renamed or exchanged."""
    changed = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(changed))
        if not places:
            return rng.choice(WORSE)
        holder, key = rng.choice(places)
        match rng.randrange(6):
            case 0 | 1 | 2:
                holder[key] = copy.deepcopy(rng.choice(WORSE))
            case 3:
                del holder[key]
            case 4:
                other, at = rng.choice(places)
                holder[key] = copy.deepcopy(other[at])
            case 5 if isinstance(holder, dict):
                holder["".join(rng.choices(string.printable, k=5))] = holder.pop(key)
            case 5:
                holder.insert(key, copy.deepcopy(holder[key]))
    return changed


def _places(data: Any) -> Any:
    """Yield each list or mapping in it, with an index or key."""
    for key in list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, key
        yield from _places(data[key])

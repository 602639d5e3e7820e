"""PyBullet: its functions, bound to a simulator of one's own, without what it prints."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep the line away that PyBullet's C code writes to file descriptor 2 when it is imported."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


with _hushed():
    import pybullet


class Client:
    """PyBullet's functions, bound to a simulator of its own.

    Each is bound once: PyBullet's own client binds at every call, which costs as much as a short call, and it
    prints a line to standard output when it connects with options.
    """

    def __init__(self) -> None:
        self._id = pybullet.connect(pybullet.DIRECT)

    def __getattr__(self, name: str) -> Any:
        value = getattr(pybullet, name)
        if callable(value):
            value = partial(value, physicsClientId=self._id)
        setattr(self, name, value)
        return value

    def close(self) -> None:
        """Disconnect; what is called afterwards fails, even when another client is given the same number."""
        if self._id >= 0:
            pybullet.disconnect(self._id)
        self.__dict__ = {"_id": -1}


MOTION = 13
"""Values of `motion`."""


def motion(bullet: Any, body: int) -> tuple[float, ...]:
    """Return position, m, quaternion (x, y, z, w), velocity, m/s, and spin, rad/s, of a body."""
    position, turn = bullet.getBasePositionAndOrientation(body)
    velocity, spin = bullet.getBaseVelocity(body)
    return (*position, *turn, *velocity, *spin)


def set_motion(bullet: Any, body: int, values: Sequence[float]) -> None:
    """Put a body where `motion` said it was, moving as it did."""
    bullet.resetBasePositionAndOrientation(body, values[:3], values[3:7])
    bullet.resetBaseVelocity(body, values[7:10], values[10:MOTION])

"""PyBullet: its functions, bound to a simulator of one's own, without what it prints."""

import contextlib
import os
import sys
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from neuralbrain.errors import RuntimeUnavailableError


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
    prints a line to standard output when it connects with options. A simulator that nobody holds any more is
    gone, closed or not.

    Raises:
        RuntimeUnavailableError: PyBullet has no room for another one.
    """

    def __init__(self) -> None:
        self._id = pybullet.connect(pybullet.DIRECT)
        if self._id < 0:
            raise RuntimeUnavailableError(
                "PyBullet has no room for another simulator in this process: close worlds that are done with"
            )
        self._disconnect = weakref.finalize(self, pybullet.disconnect, self._id)
        self._disconnect.atexit = False  # PyBullet is gone before

    def __getattr__(self, name: str) -> Any:
        value = getattr(pybullet, name)
        if callable(value):
            value = partial(value, physicsClientId=self._id)
        setattr(self, name, value)
        return value

    def close(self) -> None:
        """Disconnect; what is called afterwards fails, even when another client is given the same number."""
        self._disconnect()
        self.__dict__ = {"_id": -1, "_disconnect": self._disconnect}

    def __reduce__(self) -> Any:
        raise TypeError("a simulator cannot be copied or pickled: copy the body, which builds its own")


class Rebuilt(ABC):
    """A body whose copy, by `copy.deepcopy` or `pickle`, has a simulator of its own in the same state."""

    _world: Any
    """What holds the simulator; None for none."""

    @abstractmethod
    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs."""

    @abstractmethod
    def set_state(self, state: Mapping[str, Any]) -> None:
        """Build a world that goes on exactly from there."""

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, Any] | None]:
        state = {name: value for name, value in vars(self).items() if name not in ("_world", "truth")}
        return state, None if self._world is None else self.get_state()

    def __setstate__(self, saved: tuple[dict[str, Any], Mapping[str, Any] | None]) -> None:
        vars(self).update(saved[0], _world=None)
        if saved[1] is not None:
            self.set_state(saved[1])


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

"""The discretisation as data: which state of a table an observation is.

The same code takes numpy arrays and JAX arrays: in a region of a brain, and compiled over thousands of
robots.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
from gymnasium import spaces
from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuralbrain.errors import ConfigurationError


class Cut(BaseModel):
    """How one entry of the observation is cut into bins.

    Attributes:
        entry: Its index in the observation.
        edges: The inner edges, rising; a bin begins at its edge, the outermost two are open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    entry: int = Field(ge=0)
    edges: tuple[float, ...]

    @model_validator(mode="after")
    def _rises(self) -> "Cut":
        if any(abs(edge) > float(np.finfo(np.float32).max) for edge in self.edges):
            raise ValueError(f"an edge of entry {self.entry} is too large for a number of 32 bits")
        if any(left >= right for left, right in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError(f"the edges of entry {self.entry} do not rise: {list(self.edges)}")
        return self


class Bins(BaseModel):
    """Entries of an observation, cut into bins: the state is the number with the bins as digits.

    Attributes:
        cuts: The entries used; the first is the most significant digit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["bins"] = "bins"
    cuts: tuple[Cut, ...] = Field(min_length=1)

    @property
    def states(self) -> int:
        """How many states there are."""
        return math.prod(len(cut.edges) + 1 for cut in self.cuts)

    def state(self, observation: Any) -> Any:
        """Return which state an observation is.

        Args:
            observation: Shape (..., entries), a numpy or a JAX array; compared as float32.

        Returns:
            int32, shape (...), from 0 to ``states`` - 1.
        """
        seen = observation.astype(np.float32)
        state: Any = np.zeros(seen.shape[:-1], np.int32)
        for cut in self.cuts:
            state = state * (len(cut.edges) + 1)
            for edge in cut.edges:  # unrolled: compiled, it becomes one pass with no gather
                state = state + (seen[..., cut.entry] >= np.float32(edge)).astype(np.int32)
        return state

    def label(self, state: int) -> str:
        """Return a state in words: "x0<1, 2<=x3<4"; entries that are not cut are left out."""
        words = []
        for cut in reversed(self.cuts):
            state, digit = divmod(state, len(cut.edges) + 1)
            low = f"{cut.edges[digit - 1]:g}≤" if digit else ""
            high = f"<{cut.edges[digit]:g}" if digit < len(cut.edges) else ""
            if low or high:
                words.append(f"{low}x{cut.entry}{high}")
        return ", ".join(reversed(words))


class Numbered(BaseModel):
    """Observations that are states already.

    Attributes:
        states: How many there are.
        first: The number of the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["numbered"] = "numbered"
    states: int = Field(ge=1)
    first: int = 0

    def state(self, observation: Any) -> Any:
        """Return which state an observation is: int32, in the observation's shape."""
        return (observation - self.first).astype(np.int32)

    def label(self, state: int) -> str:
        """Return the observation as a word."""
        return str(state + self.first)


Discretisation = Bins | Numbered


def discretisation(
    space: spaces.Space[Any],
    recommended: Iterable[tuple[int, Iterable[float]]] | None = None,
    number: int | None = None,
    ranges: Mapping[int, tuple[float, float]] | None = None,
) -> Discretisation:
    """Return how the observations of a space become states.

    Args:
        space: Of the observations of one world.
        recommended: What the environment recommends (its attribute ``bins``): entries and their inner edges.
        number: Cut every entry into so many bins of one width; None: as recommended.
        ranges: Entry -> lowest and highest inner value, for entries that have no bounds, or wider ones.

    Raises:
        ConfigurationError: The space cannot be cut so; the message says what to do.
    """
    if isinstance(space, spaces.Discrete):
        return Numbered(states=int(space.n), first=int(space.start))
    if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space):
        return Bins(cuts=tuple(_whole(i, int(part.start), int(part.n)) for i, part in enumerate(space)))
    if isinstance(space, spaces.MultiDiscrete) and len(space.shape) == 1:
        starts = np.broadcast_to(space.start, space.shape)
        return Bins(cuts=tuple(_whole(i, int(starts[i]), int(n)) for i, n in enumerate(space.nvec)))
    if not isinstance(space, spaces.Box) or len(space.shape) != 1:
        raise ConfigurationError(
            f"a table cannot take observations of {space}: it takes whole numbers (Discrete, MultiDiscrete) "
            "or a vector (Box of one axis)"
        )
    if number is None and not ranges and recommended is not None:
        return Bins(cuts=tuple(Cut(entry=entry, edges=tuple(edges)) for entry, edges in recommended))
    if number is None:
        raise ConfigurationError(
            f"observations of {space} are continuous and the environment recommends no bins: "
            "say into how many bins each entry is cut, with --bins 8"
        )
    if number < 1:
        raise ConfigurationError(f"bins is {number}; give a whole number from 1 on")
    return Bins(cuts=_uniform(space, number, dict(ranges or {})))


def _whole(entry: int, first: int, number: int) -> Cut:
    return Cut(entry=entry, edges=tuple(float(first + i) for i in range(1, number)))


def _uniform(space: spaces.Box, number: int, ranges: dict[int, tuple[float, float]]) -> tuple[Cut, ...]:
    entries = space.shape[0]
    for entry in ranges:
        if not 0 <= entry < entries:
            raise ConfigurationError(f"range: there is no entry {entry}; there are 0 to {entries - 1}")
    cuts = []
    for entry in range(entries):
        low, high = ranges.get(entry, (float(space.low[entry]), float(space.high[entry])))
        if not high - low < 1e30:  # CartPole says "no bound" with the largest float
            raise ConfigurationError(
                f"entry {entry} of the observation has no bounds: give the range to cut into bins, "
                f"with --range {entry}=-1:1 (what lies outside goes to the outermost bins)"
            )
        if not low < high:
            raise ConfigurationError(
                f"range of entry {entry} is {low:g} to {high:g}; it must rise: --range {entry}=-1:1"
            )
        edges = tuple(low + (high - low) * i / number for i in range(1, number))
        cuts.append(Cut(entry=entry, edges=edges))
    return tuple(cuts)

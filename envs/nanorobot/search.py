"""The search by rare hits: a world on a grid of cells, and its Gymnasium environments."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.arguments import whole
from neuralbrain.batch import JaxEnv, JaxVectorEnv
from neuralbrain.envs.nanorobot.search_belief import Source, first_beliefs, first_hits, mean_hits

TICKS = {1: 1000, 3: 2500}
"""When the time is up unless otherwise said, by dimensions: some hundred times what a search takes in one,
and some fifty times in three."""
PIXELS = 480


class SearchState(NamedTuple):
    """One world.

    Attributes:
        key: Its key for random numbers, and of the next world's; it stays as the search goes on.
        tick: int32.
        source: The cell that holds it, int32, shape (dimensions,).
        robot: The robot's cell, int32, shape (dimensions,).
        hits: The bin counted in the last tick, int32; 0 where the source is found.
    """

    key: jax.Array
    tick: jax.Array
    source: jax.Array
    robot: jax.Array
    hits: jax.Array


@dataclass(frozen=True)
class SearchRules:
    """The rules of a search; see `neuralbrain.batch.Rules`."""

    source: Source
    ticks: int

    @property
    def observations(self) -> spaces.Space[Any]:
        """What is counted, and where the robot has gone."""
        reach = np.full(self.source.dimensions, self.source.side // 2)
        return spaces.Box(
            np.concatenate([[0], -reach]).astype(np.int32),
            np.concatenate([[self.source.bins - 1], reach]).astype(np.int32),
            dtype=np.int32,
        )

    trail = 5000
    """Of how many ticks a picture shows the way."""

    def within(self, ticks: int) -> "SearchRules":
        """Return the same rules, but that the time is up after so many ticks at most."""
        return replace(self, ticks=min(ticks, self.ticks))

    @property
    def actions(self) -> spaces.Space[Any]:
        """The moves."""
        return spaces.Discrete(2 * self.source.dimensions)

    def reset(self, key: jax.Array) -> SearchState:
        """Draw a world: a first count that is not 0, then the source by what that count says."""
        key, counting, hiding = jax.random.split(key, 3)
        hits = _drawn(counting, np.cumsum(first_hits(self.source)))
        flat = first_beliefs(self.source).reshape(self.source.bins, -1)
        cell = _drawn(hiding, jnp.asarray(np.cumsum(flat, axis=1), jnp.float32)[hits])
        middle = jnp.full(self.source.dimensions, self.source.side // 2, jnp.int32)
        where = jnp.stack(jnp.unravel_index(cell, self.source.shape)).astype(jnp.int32)
        return SearchState(key, jnp.int32(0), where, middle, hits)

    def step(self, state: SearchState, action: jax.Array) -> SearchState:
        """Move by a cell, unless the grid ends there, and count."""
        counting = jax.random.fold_in(state.key, state.tick)
        way = jnp.asarray(moves(self.source.dimensions))[action]
        robot = jnp.clip(state.robot + way, 0, self.source.side - 1)
        gap = _gap(robot, state.source)
        mean = mean_hits(self.source, jnp.maximum(gap, 1.0))
        hits = _poisson(counting, mean, self.source.bins)
        return SearchState(state.key, state.tick + 1, state.source, robot, jnp.where(gap == 0, 0, hits))

    def observe(self, state: SearchState) -> jax.Array:
        """Return what the robot counts, and its own moves added up."""
        moved = state.robot - self.source.side // 2
        seen: jax.Array = jnp.concatenate([state.hits[None], moved])
        return seen

    def reward(self, before: SearchState, after: SearchState) -> jax.Array:
        """Return -1: what counts is time."""
        return jnp.full((), -1.0)

    def over(self, state: SearchState) -> jax.Array:
        """Whether the robot is where the source is."""
        there: jax.Array = (state.robot == state.source).all()
        return there

    def success(self, state: SearchState) -> jax.Array:
        """Whether the source is found."""
        return self.over(state)

    def info(self, state: SearchState) -> dict[str, jax.Array]:
        """Return the distance between robot and source, cells."""
        return {"distance": _gap(state.robot, state.source)}

    def picture(self, state: SearchState, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the first two axes of the grid: mean hits in the source's plane, the robot and its path."""
        return _picture(self.source, state, path)

    def text(self, state: SearchState) -> str:
        """Return it in letters: R the robot, S the source."""
        side, two = self.source.side, self.source.dimensions > 1
        rows = [["."] * side for _ in range(side if two else 1)]
        for cell, letter in ((np.asarray(state.source), "S"), (np.asarray(state.robot), "R")):
            rows[side - 1 - int(cell[1]) if two else 0][int(cell[0])] = letter
        lines = ["".join(row) for row in rows]
        return "\n".join([*lines, f"tick {int(state.tick)}, hits {int(state.hits)}"])

    def place(self, state: SearchState) -> jax.Array:
        """Return the robot's cell."""
        return state.robot


def moves(dimensions: int) -> NDArray[np.int32]:
    """Return what each action adds to the robot's cell, shape (2 dimensions, dimensions).

    Actions 2 i and 2 i + 1 go down and up axis i.
    """
    return np.asarray(np.kron(np.eye(dimensions), [[-1], [1]]), np.int32)


def _gap(robot: jax.Array, source: jax.Array) -> jax.Array:
    gap: jax.Array = jnp.linalg.norm((robot - source).astype(jnp.float32))
    return gap


def _drawn(key: jax.Array, heaped: Any) -> jax.Array:
    """Draw an index by the cumulated chances; one whose chance is 0 is never drawn."""
    heaped = jnp.asarray(heaped, jnp.float32)
    value = jax.random.uniform(key) * heaped[-1]
    return jnp.minimum((heaped <= value).sum(), (heaped < heaped[-1]).sum()).astype(jnp.int32)


def _poisson(key: jax.Array, mean: jax.Array, bins: int) -> jax.Array:
    """Draw a Poisson number by inversion, all from ``bins - 1`` on as one."""
    counts = jnp.arange(bins - 1)
    probabilities = jnp.exp(counts * jnp.log(mean) - mean - jax.scipy.special.gammaln(counts + 1.0))
    return (jnp.cumsum(probabilities) <= jax.random.uniform(key)).sum().astype(jnp.int32)


def _picture(source: Source, state: SearchState, path: NDArray[Any]) -> NDArray[np.uint8]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(PIXELS / 100, PIXELS / 100), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    cells = np.arange(source.side)
    flat = np.zeros((len(path), 2))
    flat[:, : min(2, source.dimensions)] = path[:, :2]
    if source.dimensions == 1:  # time goes upwards: the path is seen, and not only where it ends
        flat[:, 1] = np.arange(len(path))
    height = source.side if source.dimensions > 1 else max(source.side, len(path))
    where = np.asarray(state.source)
    aside = np.arange(height) - where[1] if source.dimensions > 1 else np.zeros(height)
    distance = np.hypot(cells[None] - where[0], aside[:, None])
    shown = np.log10(mean_hits(source, np.maximum(distance, 0.5)))  # unportable: drawn only
    axes.imshow(shown, origin="lower", cmap="magma", aspect="auto")
    axes.plot(flat[:, 0], flat[:, 1], color="white", linewidth=1)
    axes.plot(*flat[-1], "o", color="cyan", markersize=6)
    axes.plot(where[0], where[1] if source.dimensions > 1 else flat[-1, 1], "r*", markersize=9)
    axes.set(xlim=(-0.5, source.side - 0.5), ylim=(-0.5, height - 0.5))
    axes.axis("off")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def rules_of(dimensions: int, length: float, rate: float, ticks: int | None = None) -> SearchRules:
    """Return the rules of a search; for the arguments and errors see `NanoSearchEnv`."""
    source = Source.of(dimensions=dimensions, length=length, rate=rate)
    return SearchRules(
        source, TICKS[source.dimensions] if ticks is None else whole("ticks", ticks, 1, 1_000_000)
    )


class NanoSearchEnv(JaxEnv):
    """A robot that looks for a source it is only now and then hit from: the setting of Loisy and Eloy (2022).

    The robot begins in the middle of a grid with a first count that is not 0; the source is drawn by what
    that count says (`neuralbrain.envs.nanorobot.search_belief`). It is found when the robot steps on it.

    Observation: int32, shape (1 + dimensions,): the hits of the last tick as a bin, 0 to ``bins - 1``, the
    last for all larger numbers; then its own displacement from where it began, cells along each axis. A move
    that would leave the grid is not made, and the displacement shows that; the tick passes, and it counts
    again where it is. The source's cell is not in the observation.

    Action: 2 i a cell down axis i, 2 i + 1 a cell up. It cannot stay.

    Reward: -1 a tick. Terminated when the source is found, truncated when the time is up. ``info`` has
    ``is_success`` and ``distance`` to the source in a straight line, cells.

    Args:
        dimensions: 1 or 3.
        length: How far particles spread, L, cells.
        rate: What the source lets go, I, particles a tick.
        ticks: When the time is up; None: 1,000 in one dimension, 2,500 in three.
        render_mode: "rgb_array", "ansi" or None.

    Raises:
        ConfigurationError: A parameter is out of its range.
    """

    def __init__(
        self,
        dimensions: int = 1,
        *,
        length: float = 2.0,
        rate: float = 2.0,
        ticks: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(rules_of(dimensions, length, rate, ticks), render_mode)


class NanoSearchVectorEnv(JaxVectorEnv):
    """Thousands of searches, each a world of its own; see `NanoSearchEnv`, with which each agrees.

    Args:
        num_envs: How many.
        dimensions: 1 or 3.
        length: How far particles spread, L, cells.
        rate: What the source lets go, I, particles a tick.
        ticks: When the time is up; None: as for `NanoSearchEnv`.
        kind: ``max_episode_steps``, ``autoreset_mode`` and ``render_mode``, as for `JaxVectorEnv`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        dimensions: int = 1,
        *,
        length: float = 2.0,
        rate: float = 2.0,
        ticks: int | None = None,
        **kind: Any,
    ) -> None:
        super().__init__(rules_of(dimensions, length, rate, ticks), num_envs, **kind)

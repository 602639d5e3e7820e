"""The world of a published study of nanorobots, for figures side by side, and its Gymnasium environments.

S. Kavousinejad, "Simulation of Nanorobots with Artificial Intelligence and Reinforcement Learning for Advanced
Cancer Cell Detection and Tracking", arXiv:2411.02345 (2024). Lengths have no unit there, and so none here;
a tick is a step of the study.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.batch import JaxEnv, JaxVectorEnv

HALF = 50.0
"""Half the edge of the cube in which all starts."""
MARKERS, OBSTACLES = 50, 10
SPREAD = 5.0
"""Biomarkers lie within this of the cell, along each axis."""
REACH = 40.0
"""The length over which a biomarker's concentration falls."""
WALK = 0.2
"""Standard deviation of the cell's step along each axis."""
STEP = 0.5
"""The longest move of a tick."""
TOUCH = 1.0
"""Obstacles repel a robot that is nearer than this."""
NEAR = 8.0
"""From here on the study's reward counts the distance instead of the concentration."""
FOUND = 0.5
"""A robot that is nearer to the cell than this has found it."""
TICKS = 1000
_PIXELS, _COLUMNS, _ROWS = 480, 41, 21


class State(NamedTuple):
    """One world.

    Attributes:
        key: The source of its chance.
        tick: int32.
        cell: Where the cancer cell is, shape (3,).
        markers: Where the biomarkers are, shape (50, 3).
        obstacles: Where they are, shape (10, 3).
        robot: Where it is, shape (3,).
        moved: Its last move, shape (3,).
    """

    key: jax.Array
    tick: jax.Array
    cell: jax.Array
    markers: jax.Array
    obstacles: jax.Array
    robot: jax.Array
    moved: jax.Array


def concentration(markers: jax.Array, point: jax.Array) -> jax.Array:
    """Return the mean over the biomarkers of exp(-d² / 40²), as the study has it; between 0 and 1."""
    return jnp.exp(-((markers - point) ** 2).sum(axis=-1) / REACH**2).mean(axis=-1)


def distance(state: State) -> jax.Array:
    """Return how far the robot is from the cell."""
    return jnp.linalg.norm(state.robot - state.cell)


@dataclass(frozen=True)
class KavousinejadRules:
    """The rules of the study; see `neuralbrain.envs.nanorobot.batch.Rules` and `NanoKavousinejadEnv`."""

    @property
    def observations(self) -> spaces.Space[Any]:
        """Concentration, contact, last move."""
        low = np.array([0.0, 0.0, -STEP, -STEP, -STEP], np.float32)
        return spaces.Box(low, np.array([1.0, 1.0, STEP, STEP, STEP], np.float32))

    @property
    def actions(self) -> spaces.Space[Any]:
        """The move that is wanted."""
        return spaces.Box(-STEP, STEP, (3,), np.float32)

    @property
    def ticks(self) -> int:
        """When the time is up."""
        return TICKS

    def reset(self, key: jax.Array) -> State:
        """Draw a world: cell and obstacles anywhere in the cube, the robot in the corner's eighth of an eighth.

        That is [-50, -25] along each axis.
        """
        key, cell, obstacles, robot, markers = jax.random.split(key, 5)
        where = jax.random.uniform(cell, (3,), minval=-HALF, maxval=HALF)
        return State(
            key=key,
            tick=jnp.int32(0),
            cell=where,
            markers=_markers(markers, where),
            obstacles=jax.random.uniform(obstacles, (OBSTACLES, 3), minval=-HALF, maxval=HALF),
            robot=jax.random.uniform(robot, (3,), minval=-HALF, maxval=-HALF / 2),
            moved=jnp.zeros(3),
        )

    def step(self, state: State, action: jax.Array) -> State:
        """Let a tick pass: the robot moves, then the cell, then the biomarkers are drawn anew around it."""
        key, walk, markers = jax.random.split(state.key, 3)
        moved = within_a_step(action + _repulsion(state))
        cell = state.cell + WALK * jax.random.normal(walk, (3,))
        return state._replace(
            key=key,
            tick=state.tick + 1,
            cell=cell,
            markers=_markers(markers, cell),
            robot=state.robot + moved,
            moved=moved,
        )

    def observe(self, state: State) -> jax.Array:
        """Return what the robot senses."""
        sensed = concentration(state.markers, state.robot)
        touching = (_gaps(state) < TOUCH).any()
        return jnp.concatenate([jnp.stack([sensed, touching.astype(jnp.float32)]), state.moved])

    def reward(self, before: State, after: State) -> jax.Array:
        """Return the study's reward, which is of the place that the robot acted from."""
        away = distance(before)
        return jnp.where(away > NEAR, concentration(before.markers, before.robot), -away)

    def over(self, state: State) -> jax.Array:
        """Whether the cell is found."""
        return distance(state) < FOUND

    def success(self, state: State) -> jax.Array:
        """Whether the cell is found."""
        return self.over(state)

    def info(self, state: State) -> dict[str, jax.Array]:
        """Return the distance to the cell."""
        return {"distance": distance(state)}

    def place(self, state: State) -> jax.Array:
        """Return where the robot is."""
        return state.robot

    def picture(self, state: State, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the cube from above: biomarkers, obstacles, the cell, the robot and its path."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import
        from matplotlib.figure import Figure  # noqa: PLC0415

        figure = Figure(figsize=(_PIXELS / 100, _PIXELS / 100), dpi=100)
        canvas: Any = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.plot(*np.asarray(state.markers)[:, :2].T, "^", color="green", markersize=3, alpha=0.5)
        axes.plot(*np.asarray(state.obstacles)[:, :2].T, "o", color="black", markersize=4)
        axes.plot(*np.asarray(state.cell)[:2], "o", color="red", markersize=9)
        axes.plot(path[:, 0], path[:, 1], color="blue", linewidth=1)
        axes.plot(*path[-1, :2], "o", color="blue", markersize=5)
        axes.set(xlim=(-1.2 * HALF, 1.2 * HALF), ylim=(-1.2 * HALF, 1.2 * HALF))
        axes.axis("off")
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()

    def text(self, state: State) -> str:
        """Return the cube from above in letters: R the robot, C the cell, o obstacles."""
        rows = [["."] * _COLUMNS for _ in range(_ROWS)]
        spots = [(spot, "o") for spot in np.asarray(state.obstacles)]
        for spot, letter in (*spots, (np.asarray(state.cell), "C"), (np.asarray(state.robot), "R")):
            across, up = np.clip(spot[:2] / (2 * HALF) + 0.5, 0.0, 1.0)
            rows[_ROWS - 1 - round(float(up) * (_ROWS - 1))][round(float(across) * (_COLUMNS - 1))] = letter
        lines = ["".join(row) for row in rows]
        return "\n".join([*lines, f"tick {int(state.tick)}, {float(distance(state)):.1f} from the cell"])


def within_a_step(move: jax.Array) -> jax.Array:
    """Return a move cut to a length of at most 0.5, its direction kept."""
    length = jnp.linalg.norm(move)
    return jnp.clip(move * jnp.minimum(1.0, STEP / jnp.maximum(length, 1e-9)), -STEP, STEP)


def _gaps(state: State) -> jax.Array:
    return jnp.linalg.norm(state.robot - state.obstacles, axis=1)


def _repulsion(state: State) -> jax.Array:
    """Return the sum of the unit vectors away from the obstacles that are too near."""
    gaps = _gaps(state)
    away = (state.robot - state.obstacles) / jnp.maximum(gaps, 1e-6)[:, None]
    return jnp.where((gaps < TOUCH)[:, None], away, 0.0).sum(axis=0)


def _markers(key: jax.Array, cell: jax.Array) -> jax.Array:
    return cell + jax.random.uniform(key, (MARKERS, 3), minval=-SPREAD, maxval=SPREAD)


class NanoKavousinejadEnv(JaxEnv):
    """TODO."""

    def __init__(self, *, render_mode: str | None = None) -> None:
        super().__init__(KavousinejadRules(), render_mode)


class NanoKavousinejadVectorEnv(JaxVectorEnv):
    """Many."""

    def __init__(self, num_envs: int = 1, *, render_mode: str | None = None) -> None:
        super().__init__(KavousinejadRules(), num_envs)

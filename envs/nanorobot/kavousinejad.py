"""The world of a published study of nanorobots, for figures side by side, and its Gymnasium environments.

S. Kavousinejad, "Simulation of Nanorobots with Artificial Intelligence and Reinforcement Learning for
Advanced Cancer Cell Detection and Tracking", arXiv:2411.02345 (2024). Lengths have no unit there, and so
none here; a tick is a step of the study.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.batch import JaxEnv, JaxVectorEnv
from neuralbrain.randomness import fraction, key_of, normal, threefry

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
TICKS, _PIXELS, _COLUMNS, _ROWS = 1000, 480, 41, 21


class KavousinejadState(NamedTuple):
    """One world.

    Attributes:
        key: Its key for random numbers.
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
    squares = ((markers - point) ** 2).sum(axis=-1)
    return jnp.mean(jnp.exp(-squares / REACH**2), axis=-1)


def distance(state: KavousinejadState) -> jax.Array:
    """Return how far the robot is from the cell."""
    return jnp.asarray(jnp.linalg.norm(state.robot - state.cell))


@dataclass(frozen=True)
class KavousinejadRules:
    """The rules of the study; see `neuralbrain.batch.Rules` and `NanoKavousinejadEnv`.

    Attributes:
        ticks: When the time is up.
        trail: Of how many ticks a picture shows the way.
    """

    ticks: int = TICKS
    trail = TICKS

    def within(self, ticks: int) -> "KavousinejadRules":
        """Return the same rules, but that the time is up after so many ticks at most."""
        return KavousinejadRules(min(ticks, self.ticks))

    @property
    def observations(self) -> spaces.Space[Any]:
        """Concentration, contact, last move."""
        low = np.array([0.0, 0.0, -STEP, -STEP, -STEP], np.float32)
        return spaces.Box(low, np.array([1.0, 1.0, STEP, STEP, STEP], np.float32))

    @property
    def actions(self) -> spaces.Space[Any]:
        """The move that is wanted."""
        return spaces.Box(-STEP, STEP, (3,), np.float32)

    def reset(self, key: jax.Array) -> KavousinejadState:
        """Draw a world: cell and obstacles anywhere in the cube, the robot in [-50, -25]³."""
        key, cell, obstacles, robot, markers = jax.random.split(key, 5)
        where = jax.random.uniform(cell, (3,), minval=-HALF, maxval=HALF)
        return KavousinejadState(
            key=key,
            tick=jnp.int32(0),
            cell=where,
            markers=_markers(where, jax.random.uniform(markers, (3 * MARKERS,))),
            obstacles=jax.random.uniform(obstacles, (OBSTACLES, 3), minval=-HALF, maxval=HALF),
            robot=jax.random.uniform(robot, (3,), minval=-HALF, maxval=-HALF / 2),
            moved=jnp.zeros(3),
        )

    def step(self, state: KavousinejadState, action: jax.Array) -> KavousinejadState:
        """Let a tick pass: the robot moves, then the cell, then the biomarkers are drawn again around it."""
        chances = _chances(state)
        moved = within_a_step(action + _repulsion(state))
        cell = state.cell + WALK * normal(chances[:3])
        return state._replace(
            tick=state.tick + 1,
            cell=cell,
            markers=_markers(cell, chances[3:]),
            robot=state.robot + moved,
            moved=moved,
        )

    def observe(self, state: KavousinejadState) -> jax.Array:
        """Return what the robot senses."""
        sensed = concentration(state.markers, state.robot)
        touching = (_gaps(state) < TOUCH).any()
        return jnp.concatenate([jnp.stack([sensed, touching.astype(jnp.float32)]), state.moved])

    def reward(self, before: KavousinejadState, after: KavousinejadState) -> jax.Array:
        """Return the study's reward, which is of the place that the robot acted from."""
        away = distance(before)
        return jnp.where(away > NEAR, concentration(before.markers, before.robot), -away)

    def over(self, state: KavousinejadState) -> jax.Array:
        """Whether the cell is found."""
        return distance(state) < FOUND

    def success(self, state: KavousinejadState) -> jax.Array:
        """Whether the cell is found."""
        return self.over(state)

    def info(self, state: KavousinejadState) -> dict[str, jax.Array]:
        """Return the distance to the cell."""
        return {"distance": distance(state)}

    def place(self, state: KavousinejadState) -> jax.Array:
        """Return where the robot is."""
        return state.robot

    def picture(self, state: KavousinejadState, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the cube from above: biomarkers, obstacles, the cell, the robot and its path."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import
        from matplotlib.figure import Figure  # noqa: PLC0415

        figure = Figure(figsize=(_PIXELS / 100, _PIXELS / 100), dpi=100)
        canvas: Any = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.plot(*np.asarray(state.markers)[:, :2].T, "^", color="green", markersize=3, alpha=0.5)
        axes.plot(*np.asarray(state.obstacles)[:, :2].T, "o", color="black", markersize=4)
        axes.plot(*np.asarray(state.cell)[:2], "o", color="red", markersize=9)
        axes.plot(*path[:, :2].T, "-o", color="blue", linewidth=1, markersize=5, markevery=[-1])
        axes.axis((-1.2 * HALF, 1.2 * HALF, -1.2 * HALF, 1.2 * HALF))
        axes.set_axis_off()
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()

    def text(self, state: KavousinejadState) -> str:
        """Return the cube from above in letters: R the robot, C the cell, o obstacles."""
        rows = [["."] * _COLUMNS for _ in range(_ROWS)]
        spots = [(spot, "o") for spot in np.asarray(state.obstacles)]
        for spot, letter in (*spots, (np.asarray(state.cell), "C"), (np.asarray(state.robot), "R")):
            across, up = np.clip(spot[:2] / (2 * HALF) + 0.5, 0.0, 1.0)
            rows[_ROWS - 1 - round(float(up) * (_ROWS - 1))][round(float(across) * (_COLUMNS - 1))] = letter
        return "\n".join(
            [*map("".join, rows), f"tick {int(state.tick)}, {float(distance(state)):.1f} from the cell"]
        )


def within_a_step(move: jax.Array) -> jax.Array:
    """Return a move cut to a length of at most 0.5, its direction kept."""
    length = jnp.linalg.norm(move)
    return jnp.clip(move * jnp.minimum(1.0, STEP / jnp.maximum(length, 1e-9)), -STEP, STEP)


def _gaps(state: KavousinejadState) -> jax.Array:
    return jnp.asarray(jnp.linalg.norm(state.robot - state.obstacles, axis=1))


def _repulsion(state: KavousinejadState) -> jax.Array:
    """Return the sum of the unit vectors away from the obstacles that are too near."""
    gaps = _gaps(state)
    away = (state.robot - state.obstacles) / jnp.maximum(gaps, 1e-6)[:, None]
    return jnp.sum(jnp.where((gaps < TOUCH)[:, None], away, 0.0), axis=0)


def _chances(state: KavousinejadState) -> jax.Array:
    """Return the tick's random numbers, between 0 and 1, shape (3 + 150,); the key stays the episode's."""
    blocks = jnp.arange((4 + 3 * MARKERS) // 2, dtype=jnp.uint32)
    words = jnp.concatenate(threefry(key_of(state.key), blocks, state.tick.astype(jnp.uint32)))
    return fraction(words[: 3 + 3 * MARKERS])


def _markers(cell: jax.Array, chances: jax.Array) -> jax.Array:
    return cell + SPREAD * (2 * chances.reshape(MARKERS, 3) - 1)


class NanoKavousinejadEnv(JaxEnv):
    """A robot that seeks a wandering cancer cell by the concentration of its biomarkers.

    The cell begins anywhere in the cube of ±50, the robot in its part from -50 to -25 along each axis.
    In a tick the robot moves, then the cell by a normal step of 0.2 along each axis, then 50 biomarkers are
    drawn within ±5 of it along each axis. A robot nearer than 0.5 has found it; its time is 1,000 ticks.

    ============= ====== ============ ========================================================================
    observation   at     range        meaning
    ============= ====== ============ ========================================================================
    concentration 0      0 to 1       mean over the biomarkers of exp(-d² / 40²)
    contact       1      0, 1         whether an obstacle is nearer than 1.0
    moved         2 to 4 -0.5 to 0.5  the robot's own last move, as it really was
    ============= ====== ============ ========================================================================

    Observation: float32, shape (5,), of these parts; no state that a real robot could not sense is in it.

    Action: the displacement that is wanted, float32, shape (3,), within ±0.5; it is cut to a length of 0.5.

    Reward, by simulator truth: of the place that the robot acted from, the concentration if it is farther
    than 8.0 from the cell, else -1 times the distance. It pays for staying away: it is there for the
    published rule, not to be learned from. ``info`` has ``is_success`` and ``distance``.

    The order of a tick, the reward, and that nothing holds cell or robot inside the cube are as in a public
    script of the study. Chosen here: each of the ten obstacles that is nearer than 1.0 adds a unit vector
    away from it to the displacement wanted, before the cut (there, to what the rule aims at), and no move is
    longer than 0.5 (there, the rule's 0.5 / (d + 0.1) is for d below 0.9).

    Args:
        render_mode: "rgb_array", "ansi" or None.

    Raises:
        UnknownNameError: There is no such render mode.
    """

    def __init__(self, *, render_mode: str | None = None) -> None:
        super().__init__(KavousinejadRules(), render_mode)


class NanoKavousinejadVectorEnv(JaxVectorEnv):
    """Many such robots, each in a world of its own; see `NanoKavousinejadEnv`, with which each agrees.

    Args:
        num_envs: How many.
        kind: ``max_episode_steps``, ``autoreset_mode`` and ``render_mode``, as for `JaxVectorEnv`.
    """

    def __init__(self, num_envs: int = 1, **kind: Any) -> None:
        super().__init__(KavousinejadRules(), num_envs, **kind)

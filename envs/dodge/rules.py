"""The rules of a paddle under thrown balls; see `neuralbrain.envs.dodge.env.DodgeEnv`."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.randomness import key_of, series, uniforms

TICKS = 1000
"""When the time is up."""
BALLS = 4
"""In the air at once."""
STEP = 0.04
"""How far the paddle goes in a tick; the field is from -1 to 1 across, and from 0, the ground, to 1 up."""
REACH = 0.09
"""A ball that lands nearer to the paddle's middle than this hits it: half a paddle of 0.12, and a radius of
0.03."""
FLIGHT = (25.0, 45.0)
"""How long a ball flies, ticks."""
COLUMNS, COLUMN = 15, 0.1
"""Of the retina, and how far apart they are."""
PIXELS = 160
_CENTRES = tuple((i - COLUMNS // 2) * COLUMN for i in range(COLUMNS))
_FASTEST = (2.0 / FLIGHT[0], 1.0 / FLIGHT[0])
"""The greatest speed of a ball, across and down, a tick."""
_DELAY = 1.0
"""The first balls come from up to so far above the field, so that they do not land at once."""


class DodgeState(NamedTuple):
    """One world.

    Attributes:
        key: Its key for random numbers, and of the next world's.
        tick: int32.
        paddle: Where its middle is, -1 to 1.
        x: Where the balls are across, shape (4,).
        y: How high they are.
        vx: How far they fly across in a tick.
        vy: How far they come down.
    """

    key: jax.Array
    tick: jax.Array
    paddle: jax.Array
    x: jax.Array
    y: jax.Array
    vx: jax.Array
    vy: jax.Array


def retina(paddle: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    """Return how near the nearest ball in each column of the paddle's sight is, shape (15,), 0 to 1.

    A ball between the middles of two columns is seen in both, by its distance from each.
    """
    offset = x[:, None] - paddle - jnp.asarray(_CENTRES)
    share = jnp.maximum(0.0, 1.0 - jnp.abs(offset) / COLUMN)
    return jnp.max(share * jnp.clip(1.0 - y, 0.0, 1.0)[:, None], axis=0)


@dataclass(frozen=True)
class DodgeRules:
    """The rules; see `neuralbrain.batch.Rules`.

    Attributes:
        balls: Whether paddle and balls themselves are observed, in place of the retina.
        ticks: When the time is up.
        trail: Of how many ticks a picture shows the way.
    """

    balls: bool = False
    ticks: int = TICKS
    trail = 1

    def within(self, ticks: int) -> "DodgeRules":
        """Return the same rules, but that the time is up after so many ticks at most."""
        return DodgeRules(self.balls, min(ticks, self.ticks))

    @property
    def observations(self) -> spaces.Space[Any]:
        """Retina and place, or place and balls."""
        if self.balls:
            across, down = _FASTEST
            low = np.array([-1.0, *[-1.0 - across, -down, -across, 0.0] * BALLS], np.float32)
            high = np.array([1.0, *[1.0 + across, 1.0 + _DELAY, across, down] * BALLS], np.float32)
            return spaces.Box(low, high)
        low = np.array([0.0] * COLUMNS + [-1.0], np.float32)
        return spaces.Box(low, np.ones(COLUMNS + 1, np.float32))

    @property
    def actions(self) -> spaces.Space[Any]:
        """Left, stay, right."""
        return spaces.Discrete(3)

    @property
    def bins(self) -> tuple[tuple[int, tuple[float, ...]], ...]:
        """How a table tells observations apart: (entry, inner edges), ...; the middle of the retina."""
        if self.balls:
            return ()
        middle = COLUMNS // 2
        return tuple((entry, (0.4, 0.7)) for entry in range(middle - 2, middle + 3))

    @property
    def kinds(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """Which entries of an observation belong together, for who predicts them: the paddle, the balls."""
        if not self.balls:
            return ()
        return ((0,),), tuple(tuple(range(1 + 4 * i, 5 + 4 * i)) for i in range(BALLS))

    def view(self, seen: jax.Array) -> jax.Array:
        """Return what a controller gets of an observation: the retina and the paddle's place, shape (16,)."""
        if not self.balls:
            return seen
        each = seen[1:].reshape(BALLS, 4)
        return jnp.append(retina(seen[0], each[:, 0], each[:, 1]), seen[0])

    def reset(self, key: jax.Array) -> DodgeState:
        """Draw a world: the paddle in the middle, the balls above the field or in its upper half."""
        key, sub = jax.random.split(key)
        chances = series(key_of(sub), 4 * BALLS).reshape(4, BALLS)
        x, vx, vy = _thrown(chances[0], chances[1], chances[2])
        y = 0.5 + (0.5 + _DELAY) * chances[3]
        early = jnp.maximum(0.0, 1.0 - y) / vy
        return DodgeState(key, jnp.int32(0), jnp.float32(0.0), x + early * vx, y, vx, vy)

    def step(self, state: DodgeState, action: jax.Array) -> DodgeState:
        """Let a tick pass: what has landed is thrown anew, the others fly on, and the paddle moves."""
        chances = jnp.stack(uniforms(key_of(state.key), state.tick, 3 * BALLS)).reshape(3, BALLS)
        landed = state.y <= 0.0
        x, vx, vy = _thrown(*chances)
        drifting = jnp.where(state.y > 1.0, 0.0, state.vx)  # above the field a ball waits for its throw
        return DodgeState(
            key=state.key,
            tick=state.tick + 1,
            paddle=jnp.clip(state.paddle + STEP * (action.astype(jnp.float32) - 1.0), -1.0, 1.0),
            x=jnp.where(landed, x, state.x + drifting),
            y=jnp.where(landed, 1.0, state.y - state.vy),
            vx=jnp.where(landed, vx, state.vx),
            vy=jnp.where(landed, vy, state.vy),
        )

    def observe(self, state: DodgeState) -> jax.Array:
        """Return what is observed."""
        if not self.balls:
            return jnp.append(retina(state.paddle, state.x, state.y), state.paddle)
        each = jnp.stack([state.x, state.y, state.vx, state.vy], axis=1)
        return jnp.concatenate([state.paddle[None], each.ravel()])

    def reward(self, before: DodgeState, after: DodgeState) -> jax.Array:
        """Return 1 for a tick that is survived, else 0."""
        return 1.0 - self.over(after).astype(jnp.float32)

    def over(self, state: DodgeState) -> jax.Array:
        """Whether a ball has hit the paddle."""
        return ((state.y <= 0.0) & (jnp.abs(state.x - state.paddle) < REACH)).any()

    def success(self, state: DodgeState) -> jax.Array:
        """Whether no ball has hit it until the time was up."""
        return (state.tick >= self.ticks) & ~self.over(state)

    def info(self, state: DodgeState) -> dict[str, jax.Array]:
        """Return how far the lowest ball is from the ground."""
        return {"lowest": jnp.maximum(state.y.min(), 0.0)}

    def place(self, state: DodgeState) -> jax.Array:
        """Return where the paddle is."""
        return state.paddle

    def picture(self, state: DodgeState, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the field: balls red, the paddle blue; a ball that has hit is yellow."""
        across, up = _grid
        picture = np.full((PIXELS, PIXELS, 3), 24, np.uint8)
        paddle = float(state.paddle)
        for x, y in zip(np.asarray(state.x).tolist(), np.asarray(state.y).tolist(), strict=True):
            hit = y <= 0.0 and abs(x - paddle) < REACH
            round_ = (across - x) ** 2 + 4 * (up - max(y, 0.0)) ** 2 < 0.03**2
            picture[round_] = (240, 220, 60) if hit else (220, 70, 60)
        picture[(abs(across - paddle) < 0.06) & (up < 0.0)] = (80, 140, 240)
        return picture

    def text(self, state: DodgeState) -> str:
        """Return the field in letters: o balls, = the paddle."""
        rows = [["."] * 41 for _ in range(16)]
        for x, y in zip(np.asarray(state.x).tolist(), np.asarray(state.y).tolist(), strict=True):
            if y <= 1.0:
                rows[round(15 * (1 - max(y, 0.0)))][min(40, max(0, round(20 * (x + 1))))] = "o"
        for column in (-1, 0, 1):
            rows[15][min(40, max(0, round(20 * (float(state.paddle) + 1)) + column))] = "="
        return "\n".join([*map("".join, rows), f"tick {int(state.tick)}"])


def _thrown(start: jax.Array, goal: jax.Array, slow: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return where balls begin, how far across and how far down they go in a tick, from chances of 0 to 1."""
    begin, end = 2 * start - 1, 2 * goal - 1
    flight = FLIGHT[0] + (FLIGHT[1] - FLIGHT[0]) * slow
    return begin, (end - begin) / flight, 1.0 / flight


_grid = (
    np.linspace(-1.1, 1.1, PIXELS)[None, :] * np.ones((PIXELS, 1)),
    np.linspace(1.05, -0.05, PIXELS)[:, None] * np.ones((1, PIXELS)),
)
"""Where each pixel is, across and up."""

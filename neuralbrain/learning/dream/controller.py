"""Linear controllers, and how well they do: in a dream and in the real world, by the same code."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.batch import Rules
from neuralbrain.learning.dream.episodes import played
from neuralbrain.learning.dream.source import Floats, Source
from neuralbrain.profile import pinned_jax


@dataclass(frozen=True, eq=False)  # so compiled functions know it by its identity
class Linear:
    """From a view of an observation to an action, by one matrix.

    Of discrete actions that of the highest score is taken; the last one's score is 0. A Box's entries are
    hyperbolic tangents, brought to its bounds.

    Attributes:
        world: In which it acts.
        inputs: Entries of a view.
    """

    world: Source
    inputs: int

    @property
    def rows(self) -> int:
        """Scores, or entries of an action."""
        return self.world.done.size - isinstance(self.world.actions, spaces.Discrete)

    @property
    def size(self) -> int:
        """How many parameters it has."""
        return max(1, self.rows) * (self.inputs + 1)

    def act(self, parameters: jax.Array, seen: jax.Array) -> jax.Array:
        """Return the action after an observation's vector."""
        scores = parameters.reshape(-1, self.inputs + 1) @ jnp.append(self.world.view(seen), 1.0)
        space = self.world.actions
        if isinstance(space, spaces.Discrete):
            return jnp.argmax(jnp.append(scores, 0.0)[-int(space.n) :]).astype(jnp.int32) + int(space.start)
        assert isinstance(space, spaces.Box)
        low, high = jnp.asarray(space.low, jnp.float32), jnp.asarray(space.high, jnp.float32)
        return (low + (high - low) * (jnp.tanh(scores) + 1) / 2).astype(space.dtype)


def linear(world: Source) -> Linear:
    """Return the controller of a world, without parameters."""
    return Linear(world, jax.eval_shape(world.view, jnp.zeros(world.seen.size)).shape[0])


@pinned_jax()
def scores(
    rules: Rules | None, controller: Linear, parameters: NDArray[Any], seeds: list[int]
) -> tuple[Floats, Floats]:
    """Play an episode with each parameters from each seed.

    Args:
        rules: Of a dream, or the real world's; None: the real world's are not compiled.
        controller: What acts.
        parameters: Shape (n, size).
        seeds: Of the worlds, the same ones for all.

    Returns:
        Sums of rewards and numbers of ticks, each of shape (n, seeds).
    """
    given = jnp.asarray(parameters, jnp.float32)
    if rules is not None:
        keys = jax.vmap(jax.random.key)(jnp.asarray(seeds, jnp.uint32))
        return tuple(map(np.asarray, _play(rules, controller, given, keys)))  # type: ignore[return-value]
    act = jax.jit(jax.vmap(controller.act, (None, 0)))
    made = [
        played(controller.world, lambda seen, one=one: np.asarray(act(one, seen)), seeds)  # type: ignore[misc]
        for one in given
    ]
    return np.stack([one.returns for one in made]), np.stack([one.lengths for one in made])


@partial(jax.jit, static_argnums=(0, 1))
def _play(rules: Rules, controller: Linear, given: jax.Array, keys: jax.Array) -> tuple[jax.Array, jax.Array]:
    def one(parameters: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        def going(carry: Any) -> jax.Array:
            state, over, _ = carry
            return jnp.asarray(~over & (state.tick < rules.ticks))

        def on(carry: Any) -> Any:
            state, _, total = carry
            seen = controller.world.seen.encode(rules.observe(state)[None])[0]
            after = rules.step(state, controller.act(parameters, seen))
            return after, rules.over(after), total + rules.reward(state, after)

        state, _, total = jax.lax.while_loop(
            going, on, (rules.reset(key), jnp.zeros((), bool), jnp.float32(0.0))
        )
        return total, state.tick

    both: tuple[jax.Array, jax.Array] = jax.vmap(jax.vmap(one, (None, 0)), (0, None))(given, keys)
    return both

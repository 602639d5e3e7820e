"""Controllers, and how well they do: in a dream and in the real world, by the same code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.batch import Rules
from neuralbrain.errors import RecordError
from neuralbrain.learning import archive
from neuralbrain.learning.dream.episodes import AT_ONCE, Episodes, joined, played, together
from neuralbrain.learning.dream.source import Floats, Source
from neuralbrain.profile import pinned_jax

WHAT, FORMAT = "controller", 1


@dataclass(frozen=True)
class Controller:
    """From a view of an observation to an action, by one matrix, or by two with a layer of tanh between.

    Of discrete actions that of the highest score is taken; the last one's score is 0. A Box's entries are
    hyperbolic tangents, brought to its bounds.

    Attributes:
        world: In which it acts.
        layer: How many units the layer between has; 0: it is linear.
    """

    world: Source
    layer: int = 0

    @property
    def inputs(self) -> int:
        """Entries of a view."""
        return int(jax.eval_shape(self.world.view, jnp.zeros(self.world.seen.size)).shape[0])

    @property
    def rows(self) -> int:
        """Scores, or entries of an action."""
        return max(1, self.world.done.size - isinstance(self.world.actions, spaces.Discrete))

    @property
    def size(self) -> int:
        """How many parameters it has."""
        if not self.layer:
            return self.rows * (self.inputs + 1)
        return self.layer * (self.inputs + 1) + self.rows * (self.layer + 1)

    def act(self, parameters: jax.Array, seen: jax.Array) -> jax.Array:
        """Return the action after an observation's vector."""
        given = jnp.append(self.world.view(seen), 1.0)
        if self.layer:
            first = parameters[: self.layer * len(given)].reshape(self.layer, -1)
            parameters = parameters[first.size :]
            given = jnp.append(jnp.tanh(first @ given), 1.0)
        scores = parameters.reshape(self.rows, -1) @ given
        space = self.world.actions
        if isinstance(space, spaces.Discrete):
            return jnp.argmax(jnp.append(scores, 0.0)[-int(space.n) :]).astype(jnp.int32) + int(space.start)
        assert isinstance(space, spaces.Box)
        low, high = jnp.asarray(space.low, jnp.float32), jnp.asarray(space.high, jnp.float32)
        return (low + (high - low) * (jnp.tanh(scores) + 1) / 2).astype(space.dtype)


@pinned_jax()
def tried(controller: Controller, parameters: NDArray[Any], seeds: list[int]) -> Episodes:
    """Play real episodes with each parameters from each seed: n times all seeds.

    Args:
        controller: What acts.
        parameters: Shape (n, size).
        seeds: Of the worlds, the same ones for all.
    """
    act, world = _acting(controller), controller.world
    given = jnp.asarray(parameters, jnp.float32)
    if world.batch is None:
        return joined([played(world, partial(act, one[None]), seeds) for one in given])
    made, some = [], max(1, AT_ONCE // len(seeds))
    for first in range(0, len(given), some):
        each = jnp.repeat(given[first : first + some], len(seeds), axis=0)
        copies = len(each) // len(seeds) * list(seeds)
        made += together(world, partial(act, each), copies, world.batch.rules)
    return joined(made)


@cache
def _acting(controller: Controller) -> Callable[..., NDArray[Any]]:
    """Return what makes n actions of n parameters, or of one for all, and n observations."""

    @jax.jit
    def act(parameters: jax.Array, seen: jax.Array) -> jax.Array:
        each = jnp.broadcast_to(parameters, (len(seen), controller.size))
        return jax.vmap(controller.act)(each, seen)

    return lambda parameters, seen: np.asarray(act(parameters, jnp.asarray(seen)))


@pinned_jax()
def scores(
    rules: Rules | None, controller: Controller, parameters: NDArray[Any], seeds: list[int]
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
    made = tried(controller, parameters, seeds)
    form = (len(given), len(seeds))
    return made.returns.reshape(form), made.lengths.astype(np.float32).reshape(form)


@eqx.filter_jit
def _play(
    rules: Rules, controller: Controller, given: jax.Array, keys: jax.Array
) -> tuple[jax.Array, jax.Array]:
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


def save_controller(path: Path, controller: Controller, parameters: NDArray[Any], seed: int) -> None:
    """Write a controller's parameters, with what they fit.

    Raises:
        RecordError: It cannot be written.
    """
    archive.save(
        path,
        {"parameters": np.asarray(parameters, float)},
        {"what": WHAT, "format": FORMAT, "seed": seed, **_fitting(controller)},
    )


def load_controller(path: Path, world: Source) -> tuple[Controller, NDArray[np.float64]]:
    """Read what `save_controller` wrote.

    Args:
        path: The file.
        world: In which it is to act.

    Raises:
        RecordError: It cannot be read, or does not fit the world.
    """
    arrays, manifest = archive.load(path, WHAT, FORMAT)
    layer, found = manifest.get("layer"), arrays.get("parameters")
    controller = Controller(world, layer if isinstance(layer, int) and 0 <= layer <= 1024 else 0)
    for name, wanted in _fitting(controller).items():
        if manifest.get(name) != wanted:
            raise RecordError(
                f"{path} does not fit {world.env}: its {name} is {manifest.get(name)}, not {wanted}"
            )
    if found is None or found.shape != (controller.size,) or not np.isfinite(found).all():
        raise RecordError(
            f"{path} does not fit {world.env}: it takes {controller.size} parameters; train again"
        )
    return controller, found


def _fitting(controller: Controller) -> dict[str, Any]:
    world = controller.world
    return {
        "env": world.env,
        "layer": controller.layer,
        "observation_space": str(world.observations),
        "action_space": str(world.actions),
    }

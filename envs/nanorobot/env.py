"""The nanorobot tasks as Gymnasium environments: one world, and thousands at once."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot import render, world
from neuralbrain.envs.nanorobot.batch import JaxEnv, JaxVectorEnv
from neuralbrain.envs.nanorobot.tasks import find_task, gap
from neuralbrain.envs.nanorobot.tissue import Tissue

MOST = 25.0
"""The logarithm of one plus a count is below this."""


@dataclass(frozen=True)
class TissueRules:
    """The rules of a task in a tissue; see `neuralbrain.envs.nanorobot.batch.Rules`."""

    task: str
    tissue: Tissue

    @property
    def observations(self) -> spaces.Space[Any]:
        """What is sensed and remembered."""
        low, high = np.zeros(33, np.float32), np.full(33, MOST, np.float32)
        high[16] = 1.0
        high[17:] = world.ACTIONS - 1
        return spaces.Box(low, high)

    @property
    def actions(self) -> spaces.Space[Any]:
        """The moves."""
        return spaces.Discrete(world.ACTIONS)

    @property
    def ticks(self) -> int:
        """When the time is up."""
        return self.tissue.ticks

    def reset(self, key: jax.Array) -> world.State:
        """Draw a world."""
        return world.reset(self.tissue, key)

    def step(self, state: world.State, action: jax.Array) -> world.State:
        """Let a tick pass."""
        return world.step(self.tissue, state, action)

    def observe(self, state: world.State) -> jax.Array:
        """Return what the robot senses and remembers."""
        felt = state.contact[None].astype(jnp.float32)
        return jnp.concatenate([jnp.log1p(state.counts), felt, state.moves.astype(jnp.float32)])

    def reward(self, before: world.State, after: world.State) -> jax.Array:
        """Return the tick's reward."""
        return find_task(self.task).reward(self.tissue, before, after)

    def over(self, state: world.State) -> jax.Array:
        """Whether the task has come to its end."""
        return find_task(self.task).over(self.tissue, state)

    def success(self, state: world.State) -> jax.Array:
        """Whether it is solved."""
        return self.over(state)

    def info(self, state: world.State) -> dict[str, jax.Array]:
        """Return the gap between robot and cell, µm."""
        return {"gap": gap(self.tissue, state)}

    def picture(self, state: world.State, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the tissue from above."""
        return render.picture(self.tissue, state, path)

    def text(self, state: world.State) -> str:
        """Return it in letters."""
        return render.as_text(self.tissue, state)

    def place(self, state: world.State) -> jax.Array:
        """Return the robot's position, µm."""
        return state.robot


def _rules(task: str, settings: dict[str, Any]) -> TissueRules:
    return TissueRules(task, Tissue.of(**{**find_task(task).tissue, **settings}))


class NanoEnv(JaxEnv):
    """A robot in a tissue.

    ======== ======== ======= ==========================================================================
    part     entries  range   what it is
    ======== ======== ======= ==========================================================================
    counts   0 to 15  0 to 25 ln(1 + molecules caught in a tick), the newest tick first: a Poisson number
                              of mean 4 pi D a C dt (Smoluchowski 1917; Berg and Purcell 1977)
    contact  16       0, 1    whether it touches a healthy cell or the edge of the tissue
    moves    17 to 32 0 to 5  its own last actions, the newest first
    ======== ======== ======= ==========================================================================

    Observation: float32, shape (33,), of these parts; no state that a real robot could not sense is in it.

    Action: 0 run, 1 tumble, 2 to 5 steer left, right, up, down by ``turn`` rad and run.

    Reward, by simulator truth. "seek": what the robot has come nearer to the cancer cell, as a share of the
    tissue's edge, and 1 for touching it, which ends the episode. "track": 1 for each tick in which its
    surface is within 10 µm of the cell's. ``info`` has ``is_success`` and ``gap``, µm.

    Args:
        task: "seek" or "track".
        render_mode: "rgb_array", "ansi" or None.
        tissue: Parameters of `Tissue`.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: A parameter is not physical.
    """

    def __init__(self, task: str = "seek", *, render_mode: str | None = None, **tissue: Any) -> None:
        super().__init__(_rules(task, tissue), render_mode)


class NanoVectorEnv(JaxVectorEnv):
    """Thousands of robots, each in a world of its own; see `NanoEnv`, with which each agrees step for step.

    Args:
        num_envs: How many.
        task: "seek" or "track".
        render_mode: Taken because `gymnasium.make_vec` always gives one; only None is possible.
        tissue: Parameters of `Tissue`.
    """

    def __init__(
        self, num_envs: int = 1, task: str = "seek", *, render_mode: str | None = None, **tissue: Any
    ) -> None:
        super().__init__(_rules(task, tissue), num_envs)

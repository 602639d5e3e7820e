"""The nanorobot tasks as Gymnasium environments: one world, and thousands at once."""

from functools import cached_property
from typing import Any

from gymnasium.vector import AutoresetMode

from neuralbrain.batch import JaxEnv, JaxVectorEnv
from neuralbrain.envs.nanorobot.body import NanoBody
from neuralbrain.envs.nanorobot.moves import MEANINGS, MOVES
from neuralbrain.envs.nanorobot.rules import TissueRules
from neuralbrain.envs.nanorobot.tasks import find_task
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.errors import ConfigurationError

PARAMETERS = tuple(Tissue.model_fields)
"""What ``**tissue`` takes in the environments' constructors."""


def rules_of(task: str, settings: dict[str, Any], *, swarm: bool) -> TissueRules:
    """Return the rules of a task.

    Args:
        task: Its name.
        settings: Parameters of `Tissue`.
        swarm: Whether there is an axis of robots.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: A parameter is not physical, or one robot's environment is asked for more.
    """
    tissue = Tissue.of(**{**find_task(task).tissue, **settings})
    if tissue.robots > 1 and not swarm:
        raise ConfigurationError(
            f"robots is {tissue.robots}: this environment has one robot; make neuralbrain/NanoSwarm-v0"
        )
    return TissueRules(task, tissue, swarm)


def _meanings(rules: TissueRules) -> list[str]:
    return [*MEANINGS[: MOVES + (rules.tissue.portions > 0)]]


class _EmbodiedEnv(JaxEnv):
    """One world whose robots can also be driven by a brain.

    Args:
        rules: Of the world.
        render_mode: "rgb_array", "ansi" or None.
    """

    parameters = PARAMETERS
    rules: TissueRules

    @cached_property
    def body(self) -> NanoBody:
        """The robots as a body, with a world of its own: `reset` and `step` do not touch it."""
        return NanoBody(self.rules)

    def get_action_meanings(self) -> list[str]:
        """Return what the actions of a robot are called, in their order."""
        return _meanings(self.rules)


class NanoEnv(_EmbodiedEnv):
    """A robot in a tissue.

    ================ ======= ============= ================================================================
    entry            index   range         what it is
    ================ ======= ============= ================================================================
    count            0       0 to 25       ln(1 + molecules caught in a tick): a Poisson number of mean
                                           4 pi D a C dt (Smoluchowski 1917; Berg and Purcell 1977)
    quick change     1       -1000 to 1000 the running mean of counts over 0.2 s less that over 0.8 s, in
                                           standard deviations of a steady count's (Segall et al. 1986)
    slow change      2       -1000 to 1000 likewise, 0.8 s less 3.2 s
    contact          3       0, 1          whether it touches a cell, a barrier or the edge of the tissue
    last move        4       0 to 6        its own last action
    rise ahead,      5 to 7  -1000 to 1000 the gradient in its own axes, as it makes it out from its own turns
    to the left, up                        and what each tick ahead brought; standard deviations a tick
    rise             8       0 to 2000     the length of that vector
    bearing          9       0 to pi       the angle between it and the heading, rad
    better side      10      2 to 5        the steering action that turns towards it
    payload          11      0 to 1        what is left of it; only with ``portions``
    ================ ======= ============= ================================================================

    Observation: float32, of these entries; no state that a real robot could not sense is in it.

    Action: 0 run, 1 tumble, 2 to 5 steer left, right, up, down by ``turn`` rad and run; with a payload 6: let
    go of a portion.

    Reward, by simulator truth. "seek": what the robot has come nearer to the cancer cell by its own doing
    (Brownian motion is left out), in radii of a cell, and 1 for touching it, which ends the episode. "track":
    the way likewise, and for each tick in which its surface is within 10 µm of the cell's as much as for
    swimming towards it for a tick. "deliver": the way as in "seek", what the cancer cells got, in parts of
    the dose that kills, less what the healthy ones got, in parts of what they tolerate; it ends when all
    cancer cells are dead or the payload is used up. ``info`` has ``is_success``, ``gap`` in µm, and, with a
    payload, ``killed`` and ``harm``, the largest dose of a healthy cell.

    Args:
        task: "seek", "track" or "deliver".
        render_mode: "rgb_array", "ansi" or None.
        tissue: Parameters of `Tissue`.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: A parameter is not physical.
    """

    def __init__(
        self,
        task: str = "seek",
        *,
        render_mode: str | None = None,
        **tissue: Any,
    ) -> None:
        rules = rules_of(task, tissue, swarm=False)
        super().__init__(rules, render_mode)
        self.bins = rules.bins
        """How a table may tell observations apart: (entry, inner edges), ..."""


class NanoVectorEnv(JaxVectorEnv):
    """Thousands of robots, each in a world of its own; see `NanoEnv`, with which each agrees step for step.

    Args:
        num_envs: How many.
        task: "seek", "track" or "deliver".
        max_episode_steps: After how many ticks the time is up, if that is before ``ticks``.
        autoreset_mode: When a world that is over begins again: see `JaxVectorEnv`.
        render_mode: Only None.
        tissue: Parameters of `Tissue`.
    """

    parameters = PARAMETERS

    def __init__(
        self,
        num_envs: int = 1,
        task: str = "seek",
        *,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        **tissue: Any,
    ) -> None:
        rules = rules_of(task, tissue, swarm=False)
        super().__init__(
            rules,
            num_envs,
            max_episode_steps=max_episode_steps,
            autoreset_mode=autoreset_mode,
            render_mode=render_mode,
        )
        self.bins = rules.bins
        self._meanings = _meanings(rules)

    def get_action_meanings(self) -> list[str]:
        """Return what the actions are called, in their order."""
        return self._meanings


class NanoSwarmEnv(_EmbodiedEnv):
    """Many robots in one tissue: all seek, or all deliver.

    Observation: float32, shape (robots, entries), a row for each robot as in `NanoEnv`; with ``signal`` the
    entries "signal", ln(1 + molecules of the signal), and "signal change" are at the end. Action: one for
    each robot. Reward: the robots' mean. A robot that has found a cancer cell stays there, and calls, with
    ``signal``. ``info`` has ``found``, how many have; ``gap`` is the mean.

    Args:
        task: "seek", "track" or "deliver".
        render_mode: "rgb_array", "ansi" or None.
        tissue: Parameters of `Tissue`.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: A parameter is not physical.
    """

    def __init__(
        self,
        task: str = "seek",
        *,
        render_mode: str | None = None,
        **tissue: Any,
    ) -> None:
        super().__init__(rules_of(task, tissue, swarm=True), render_mode)


class NanoSwarmVectorEnv(JaxVectorEnv):
    """Many swarms, each in a world of its own; see `NanoSwarmEnv`.

    Args:
        num_envs: How many.
        task: "seek", "track" or "deliver".
        max_episode_steps: After how many ticks the time is up, if that is before ``ticks``.
        autoreset_mode: When a world that is over begins again: see `JaxVectorEnv`.
        render_mode: Only None.
        tissue: Parameters of `Tissue`.
    """

    parameters = PARAMETERS

    def __init__(
        self,
        num_envs: int = 1,
        task: str = "seek",
        *,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        **tissue: Any,
    ) -> None:
        super().__init__(
            rules_of(task, tissue, swarm=True),
            num_envs,
            max_episode_steps=max_episode_steps,
            autoreset_mode=autoreset_mode,
            render_mode=render_mode,
        )

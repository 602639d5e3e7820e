"""NanoSeek and NanoTrack over Péclet numbers: a learned table beside rules that sense as it does.

The Péclet number is that of the robot's speed. The rules are tuned for each Péclet number, on other worlds
than those in which they are judged; so the learned table has no better chances than they have. How good a
table comes to be depends on chance, so several are learned, each with a seed of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import neuralbrain  # noqa: F401 - registers the environments
from neuralbrain.agents.baselines.chemotaxis import (
    Policy,
    gradient_ascent,
    judge,
    learned,
    random_walk,
    run_and_tumble,
)
from neuralbrain.envs.nanorobot.rules import TissueRules
from neuralbrain.envs.nanorobot.tasks import find_task
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.learning.fused import FusedTraining
from neuralbrain.learning.setup import settings, training_setup

PECLET = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
WORLD: dict[str, Any] = {"size": 60.0, "healthy": 1, "secretion": 1e8, "diffusion": 1000.0, "ticks": 4000}
"""A tissue small enough for a slow robot to cross, and a strong scent: what a cell gives off of lactate."""
TUNING, JUDGING = 10_000_000, 20_000_000
"""The first seeds of the worlds in which rules are tuned, and in which all are judged."""
LEARNING = {"rule": "lambda", "alpha": "exponential:0.1:0.0003", "epsilon": "linear:0.5:0.05"}
GAMMA = {"seek": 0.98, "track": 0.99}
"""What a tick later is worth; to follow has no end to hurry to."""
_TRIALS = 64
"""Of each setting that is tuned."""


@dataclass(frozen=True)
class Score:
    """How a policy did.

    Attributes:
        peclet: The Péclet number.
        policy: Its name, and its setting if it was tuned.
        value: NanoSeek: mean ticks until it was found, the limit where it was not. NanoTrack: the share of
            ticks near the cell.
        error: Standard error, by the chance of worlds and of learning.
        found: NanoSeek: in how many trials it was found, for each table that was learned.
    """

    peclet: float
    policy: str
    value: float
    error: float
    found: tuple[int, ...]


def scores(
    task: str, *, steps: int, trials: int, tables: int, peclets: Sequence[float] = PECLET
) -> Iterator[Score]:
    """Yield how each policy does at each Péclet number.

    Args:
        task: "seek" or "track".
        steps: Robot-steps for which a table is learned.
        trials: Worlds in which each is judged, the same for all.
        tables: How many are learned, with the seeds from 0 on.
        peclets: The Péclet numbers.
    """
    for peclet in peclets:
        world = {**WORLD, **find_task(task).tissue, "speed": peclet * Tissue.of().brownian}
        if task == "track":
            world["drift"] = world["speed"] / 5  # it can be caught up with
        rules = TissueRules(task, Tissue.of(**world))
        for policies in _contenders(rules, world, steps, tables):
            outcomes = [judge(rules, policy, trials, JUDGING) for policy in policies]
            each = np.stack([one.solved / one.limit if task == "track" else one.ticks for one in outcomes])
            found = tuple(int(one.found.sum()) for one in outcomes)
            yield Score(peclet, policies[0].name, float(each.mean()), _error(each), found)


def _error(each: NDArray[Any]) -> float:
    """Return the standard error of the mean of what each table does in each world, shape (tables, trials)."""
    tables, trials = each.shape
    by_world = each.mean(axis=0).std(ddof=1) / np.sqrt(trials)
    by_table = each.mean(axis=1).std(ddof=1) / np.sqrt(tables) if tables > 1 else 0.0
    return float(np.hypot(by_world, by_table))


def _contenders(
    rules: TissueRules, world: dict[str, Any], steps: int, tables: int
) -> Iterator[Sequence[Policy]]:
    """Yield each way of acting: a rule, or all tables that are learned."""
    tick, turn = rules.tissue.tick_seconds, rules.tissue.turn
    yield [random_walk(1.0, tick)]
    grid = np.array(
        [(rate, gain, slow) for rate in (0.3, 1.0, 3.0) for gain in (0.5, 1.0, 2.0) for slow in (0, 1)]
    )
    rate, gain, slow = _best(rules, grid, lambda each: run_and_tumble(each[0], each[1], each[2] > 0, tick))
    policy = run_and_tumble(rate, gain, bool(slow), tick)
    sense = "slow" if slow else "quick"
    yield [Policy(f"{policy.name} ({rate:g}/s, gain {gain:g}, {sense})", policy.begin, policy.act)]
    keeps = np.array([(keep,) for keep in (0.6, 0.8, 0.9, 0.95, 0.98)])
    (keep,) = _best(rules, keeps, lambda each: gradient_ascent(turn, each[0]))
    policy = gradient_ascent(turn, float(keep))
    yield [Policy(f"{policy.name} (keeps {keep:g})", policy.begin, policy.act)]
    name = f"neuralbrain/Nano{rules.name.capitalize()}-v0"
    learning = settings(steps, gamma=GAMMA[rules.name], **LEARNING)
    found = []
    for seed in range(tables):
        training = FusedTraining(training_setup(name, learning, steps=steps, seed=seed, kwargs=world))
        while not training.done:
            training.advance()
        found.append(learned(training.table()))
    yield found


def _best(rules: TissueRules, grid: Any, policy: Callable[[Any], Policy]) -> Any:
    """Return the setting that does best: all at once, so many worlds for each."""
    outcome = judge(rules, policy(np.repeat(grid, _TRIALS, axis=0).T), len(grid) * _TRIALS, TUNING)
    score = outcome.solved if rules.name == "track" else -outcome.ticks
    return grid[score.reshape(len(grid), _TRIALS).mean(axis=1).argmax()]

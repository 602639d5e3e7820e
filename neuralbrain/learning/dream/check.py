"""How far a dream can be trusted, before any controller is trained in it."""

from dataclasses import asdict, dataclass
from typing import Any

import cma
import numpy as np
from scipy.stats import spearmanr

from neuralbrain.learning.dream.controller import Linear, linear, scores
from neuralbrain.learning.dream.episodes import Episodes, at_random, played
from neuralbrain.learning.dream.file import Dream
from neuralbrain.learning.dream.fit import base_rates, judge
from neuralbrain.learning.dream.rules import Settings
from neuralbrain.learning.worlds import world_seeds
from neuralbrain.profile import pinned_jax

POLICIES = 16
"""So many of first draws, and so many from the path of a search."""
SPREAD = 0.5
"""The standard deviation of first draws' parameters."""
BOUND = 0.6
"""A fidelity below it is no signal."""
RANDOM, JUDGED, SEARCHED = 10, 11, 12
"""What the seeds of worlds are for, beside those of collecting."""


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        fidelity: Spearman's rank correlation of 32 held-out policies' mean returns, real and dreamt; None
            where either are all the same.
        lives: Mean ticks of episodes of a random policy, real and dreamt.
        earns: Mean return, likewise.
        ending: The loss of the end in unseen real episodes, and that of who knows the base rate alone, nats.
        reward: The mean squared error of the reward, and its variance; likewise.
        surprise: The mixture's negative log likelihood a step and feature, likewise.
        real_steps: Steps of the real world that the check took.
        reasons: Why it carries no signal; empty if it does.
    """

    fidelity: float | None
    lives: tuple[float, float]
    earns: tuple[float, float]
    ending: tuple[float, float]
    reward: tuple[float, float]
    surprise: float
    real_steps: int
    reasons: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "carries_signal": not self.reasons}


@pinned_jax()
def check(
    dream: Dream, settings: Settings, *, seed: int = 0, episodes: int = 16, number: int = 128
) -> Checked:
    """Look how far a dream can be trusted.

    Args:
        dream: It.
        settings: How is dreamt.
        seed: Of all chance.
        episodes: With each held-out policy, in either world.
        number: Of a random policy's, in either world.
    """
    world, rules = dream.world, dream.rules(settings)
    controller = linear(world)
    policies, searched = held_out(controller, seed, episodes)
    seeds = world_seeds(seed, JUDGED, 0, episodes)
    real, lived = scores(world.batch and world.batch.rules, controller, policies, seeds)
    dreamt, _ = scores(rules, controller, policies, seeds)
    truth = played(world, at_random(world, seed), world_seeds(seed, RANDOM, 0, number))
    imagined = played(world, at_random(world, seed), world_seeds(seed, RANDOM, 0, number), rules)
    losses, base = judge(dream.model, world.view, truth), base_rates(truth)
    deviation = float(dream.model.rewards.deviation)
    fidelity = rank_correlation(real.mean(axis=1), dreamt.mean(axis=1))
    found = Checked(
        fidelity=fidelity,
        lives=(float(truth.lengths.mean()), float(imagined.lengths.mean())),
        earns=(float(truth.returns.mean()), float(imagined.returns.mean())),
        ending=(float(losses.ending), base["ending"]),
        reward=(float(losses.reward) * deviation**2, base["reward"]),
        surprise=float(losses.surprise),
        real_steps=int(lived.sum()) + searched + truth.steps,
        reasons=(),
    )
    return Checked(**{**vars(found), "reasons": tuple(_reasons(found, imagined))})


def _reasons(found: Checked, imagined: Episodes) -> list[str]:
    said = []
    if found.reward[1] > 0 and np.ptp(imagined.reward) < 1e-6:
        said.append("the imagined reward is constant, the real one is not")
    if found.ending[1] > 0 and found.ending[0] >= found.ending[1]:
        said.append(
            f"ends are foreseen no better ({found.ending[0]:.4f}) than their rate ({found.ending[1]:.4f})"
        )
    if found.fidelity is None:
        said.append("all held-out policies score the same, so nothing tells them apart")
    elif found.fidelity < BOUND:
        said.append(f"the fidelity is {found.fidelity:.2f}, below {BOUND}")
    return said


def rank_correlation(one: Any, other: Any) -> float | None:
    """Return Spearman's; None where one of them is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)


def held_out(controller: Linear, seed: int, episodes: int) -> tuple[Any, int]:
    """Return 32 policies, shape (32, size): 16 first draws, and 16 means of a search in the real world.

    Returns:
        They, and the real steps of the search.
    """
    generator = np.random.default_rng(np.random.SeedSequence([seed, SEARCHED]))
    first = generator.normal(0.0, SPREAD, (POLICIES, controller.size))
    options = {"seed": seed + 1, "popsize": POLICIES, "verbose": -9}
    search = cma.CMAEvolutionStrategy(controller.size * [0.0], SPREAD, options)
    path, steps, batch = [], 0, controller.world.batch
    for generation in range(POLICIES):
        asked = search.ask()
        seeds = world_seeds(seed, SEARCHED, generation * episodes, max(1, episodes // 4))
        returns, lengths = scores(batch and batch.rules, controller, np.array(asked), seeds)
        search.tell(asked, (-returns.mean(axis=1)).tolist())
        path.append(np.array(search.mean))
        steps += int(lengths.sum())
    return np.concatenate([first, path]), steps

"""How far a dream can be trusted, before any controller is trained in it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from neuralbrain.learning.dream.controller import Controller, scores
from neuralbrain.learning.dream.episodes import at_random, played
from neuralbrain.learning.dream.file import Dream
from neuralbrain.learning.dream.fit import base_rates, judge
from neuralbrain.learning.dream.rules import DreamRules, Settings
from neuralbrain.learning.dream.search import SPREAD, Search
from neuralbrain.learning.worlds import world_seeds
from neuralbrain.profile import pinned_jax

POLICIES = 16
"""So many of first draws, and so many from the path of a search."""
BOUND = 0.6
"""A fidelity below it is no signal."""
TIMES = 4
"""So many times the real episodes are dreamt: dreams cost no real step, and their chance should not count."""
RANDOM, JUDGED, SEARCHED, DREAMT = 10, 11, 12, 13
"""What the seeds of worlds are for, beside those of collecting."""


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        fidelity: Spearman's rank correlation of 32 held-out policies' mean returns, real and dreamt; None
            where either are all the same.
        agreement: That of their returns in one half of the real episodes and in the other: where it is low,
            so few episodes cannot tell the policies apart, and no dream would have a high fidelity.
        lives: Mean ticks of episodes of a random policy, real and dreamt.
        earns: Mean return, likewise.
        ending: The loss of the end in unseen real episodes, and that of who knows the base rate alone, nats.
        reward: The mean squared error of the reward, and its variance; likewise.
        surprise: The mixture's negative log likelihood a step and feature, likewise.
        real_steps: Steps of the real world that the check took.
        reasons: Why it carries no signal; empty if it does.
    """

    fidelity: float | None
    agreement: float | None
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
        episodes: With each held-out policy in the real world, each policy in the same worlds.
        number: Of a random policy's, in the real world.
    """
    world, rules = dream.world, dream.rules(settings)
    controller = Controller(world)
    policies, searched = held_out(controller, seed)
    real, lived = scores(
        world.batch and world.batch.rules, controller, policies, world_seeds(seed, JUDGED, 0, episodes)
    )
    seeds = world_seeds(seed, RANDOM, 0, number)
    truth = played(world, at_random(world, seed), seeds)
    dreams = world_seeds(seed, DREAMT, 0, TIMES * number)
    imagined = played(world, at_random(world, seed), dreams, rules)
    losses, base = judge(dream.model, world, truth), base_rates(truth)
    deviation = float(dream.model.rewards.deviation)
    ending = float(losses.ending), base["ending"]
    fidelity, reasons = signal(controller, policies, real, rules, ending, seed, BOUND)
    return Checked(
        fidelity=fidelity,
        agreement=rank_correlation(real[:, ::2].mean(axis=1), real[:, 1::2].mean(axis=1)),
        lives=(float(truth.lengths.mean()), float(imagined.lengths.mean())),
        earns=(float(truth.returns.mean()), float(imagined.returns.mean())),
        ending=ending,
        reward=(float(losses.reward) * deviation**2, base["reward"]),
        surprise=float(losses.surprise),
        real_steps=int(lived.sum()) + searched + truth.steps,
        reasons=reasons,
    )


def signal(
    controller: Controller,
    policies: NDArray[Any],
    real: NDArray[Any],
    rules: DreamRules,
    ending: tuple[float, float],
    seed: int,
    bound: float,
) -> tuple[float | None, tuple[str, ...]]:
    """Return a dream's fidelity, and why it carries no signal; nothing if it does.

    Args:
        controller: What acts.
        policies: Parameters that the model has seen nothing of, shape (n, size).
        real: Their returns in the real world, shape (n, episodes).
        rules: Of the dream.
        ending: The loss of the end in real episodes that the model has not seen, and that of its rate alone.
        seed: Of the dreams.
        bound: The least fidelity that is a signal.
    """
    dreams = world_seeds(seed, DREAMT, 0, TIMES * real.shape[1])
    dreamt, lived = scores(rules, controller, policies, dreams)
    fidelity = rank_correlation(real.mean(axis=1), dreamt.mean(axis=1))
    said = []
    if np.ptp(dreamt / lived) < 1e-6:
        said.append("the imagined reward is constant")
    if ending[1] > 0 and ending[0] >= ending[1]:
        said.append(f"ends are foreseen no better ({ending[0]:.4f}) than their rate ({ending[1]:.4f})")
    if fidelity is None:
        said.append("all held-out policies score the same, so nothing tells them apart")
    elif fidelity < bound:
        said.append(f"the fidelity is {fidelity:.2f}, below {bound}")
    return fidelity, tuple(said)


def rank_correlation(one: Any, other: Any) -> float | None:
    """Return Spearman's; None where one of them is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)


def held_out(controller: Controller, seed: int) -> tuple[NDArray[Any], int]:
    """Return 32 policies, shape (32, size): 16 first draws, and one of each generation of a real search.

    Returns:
        They, and the real steps of the search.
    """
    generator = np.random.default_rng(np.random.SeedSequence([seed, SEARCHED]))
    first = generator.normal(0.0, SPREAD, (POLICIES, controller.size))
    search = Search(controller.size, POLICIES, seed)
    path, steps, batch = [], 0, controller.world.batch
    for generation in range(POLICIES):
        asked = search.ask()
        seeds = world_seeds(seed, SEARCHED, 2 * generation, 2)
        returns, lengths = scores(batch and batch.rules, controller, asked, seeds)
        search.tell(asked, returns.mean(axis=1))
        path.append(asked[0])  # not the mean, which soon acts alike in every generation
        steps += int(lengths.sum())
    return np.concatenate([first, np.array(path)]), steps

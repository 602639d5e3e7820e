"""Training a controller in dreams, or in the real world directly; every real step is counted.

A round in dreams: the world model learns all episodes so far; policies that it knows nothing of are tried in
the real world, and say whether the dream carries a signal; only then does the search go on in the dream; and
where it then stands is judged in the real world. All these episodes belong to the next round's.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning import archive
from neuralbrain.learning.dream.check import signal
from neuralbrain.learning.dream.controller import Controller, scores, tried
from neuralbrain.learning.dream.episodes import Episodes, at_random, collected, joined, played
from neuralbrain.learning.dream.file import Dream, dream_of, weights_of, with_weights
from neuralbrain.learning.dream.fit import base_rates, fit, judge
from neuralbrain.learning.dream.model import new_model
from neuralbrain.learning.dream.rules import Settings
from neuralbrain.learning.dream.search import SPREAD, Search
from neuralbrain.learning.dream.source import source
from neuralbrain.learning.training import PolicyEvaluation
from neuralbrain.learning.worlds import EVALUATION, same_spaces, world_seeds
from neuralbrain.profile import pinned_jax

WHAT, FORMAT = "dream training checkpoint", 1
TRIED, DREAMING, JUDGING, DIRECT = 20, 21, 22, 23
"""What the seeds of worlds are for, beside those of a check."""
POLICIES = 32
"""So many policies are tried in a round: half near where the search stands, half first draws. More policies
tell more than more episodes with each, of as many real steps."""
SIGNAL = 0.3
"""A fidelity below it is no signal: of 32 policies chance reaches it once in twenty times (Spearman's)."""
DIRECT_ROUNDS = 10
"""A direct search is told of so many times in a run."""


class Plan(BaseModel):
    """What is trained, and how.

    Attributes:
        env: The world's Gymnasium id.
        kwargs: What it is made with.
        observation_space: Its, as text.
        action_space: Its, as text.
        seed: Of all chance.
        steps: Real steps; the round in which they are reached is ended.
        direct: Search in the real world, without dreams.
        layer: Units of the controller's layer; 0: it is linear.
        population: Candidates of a generation.
        generations: In each round.
        dreams: Episodes that each candidate dreams.
        horizon: A dream's longest, ticks.
        first: Real steps of a random policy before the first round.
        episodes: Real ones with each policy that is tried; with each candidate if direct.
        judged: Real episodes that judge a round's result.
        hidden: The size of an object's LSTM.
        components: Of each mixture.
        dropout: In training.
        updates: Of the weights in the first round; in each later one half as many.
        settings: How is dreamt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str = Field(max_length=10_000)
    kwargs: dict[str, Any] = {}
    observation_space: str
    action_space: str
    seed: int = Field(0, ge=0, le=HIGHEST_SEED)
    steps: int = Field(ge=1)
    direct: bool = False
    layer: int = Field(0, ge=0, le=1024)
    population: int = Field(16, ge=4, le=1024)
    generations: int = Field(30, ge=1)
    dreams: int = Field(32, ge=1, le=4096)
    horizon: int = Field(500, ge=1)
    first: int = Field(40_000, ge=1)
    episodes: int = Field(4, ge=1, le=4096)
    judged: int = Field(16, ge=1, le=4096)
    hidden: int = Field(16, ge=1, le=4096)
    components: int = Field(24, ge=1, le=64)
    dropout: float = Field(0.05, ge=0, lt=1)
    updates: int = Field(2500, ge=2)
    settings: Settings = Settings()


class Round(BaseModel):
    """What came of a round.

    Attributes:
        real_steps: Of the whole run so far.
        generations: Likewise.
        fidelity: Rank correlation over the tried policies; None if there is none.
        ending: The loss of the end in their episodes, and that of its rate alone, nats.
        refused: Why nothing was trained in the dream; empty if something was.
        dream_scores: Each generation's mean return, in the dream; of a direct search in the real world.
        real_score: Mean return of the round's result in the real world.
        real_error: Its standard error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    real_steps: int
    generations: int
    fidelity: float | None = None
    ending: tuple[float, float] | None = None
    refused: tuple[str, ...] = ()
    dream_scores: tuple[float, ...] = ()
    real_score: float
    real_error: float


@dataclass(frozen=True)
class Moment:
    """Where a run stands.

    Attributes:
        rounds: What came of each round.
        means: Where the search stood after each, shape (rounds, size).
        episodes: All real ones; None: the search is direct, or has not begun.
        dream: The newest; likewise.
    """

    rounds: tuple[Round, ...] = ()
    means: tuple[NDArray[np.float64], ...] = ()
    episodes: Episodes | None = None
    dream: Dream | None = None


class DreamTraining:
    """A training run, which goes on by rounds.

    Args:
        plan: What it is.

    Raises:
        ConfigurationError: The world cannot be made, or is no longer what it was.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.world = source(plan.env, plan.kwargs)
        same_spaces(
            plan.env,
            (plan.observation_space, plan.action_space),
            self.world.observations,
            self.world.actions,
        )
        self.controller = Controller(self.world, plan.layer)
        self._search = Search(self.controller.size, plan.population, plan.seed)
        self.moment = Moment()

    @property
    def steps(self) -> int:
        """Real steps so far."""
        return self.moment.rounds[-1].real_steps if self.moment.rounds else 0

    @property
    def done(self) -> bool:
        """Whether all of the plan's real steps are done."""
        return self.steps >= self.plan.steps

    @property
    def best(self) -> int | None:
        """The number of the round whose result is taken: the best one in the real world; if direct, the last.

        None: there is none, every dream was refused.
        """
        trained = [i for i, one in enumerate(self.moment.rounds) if not one.refused]
        if self.plan.direct or not trained:
            return trained[-1] if trained else None
        return max(trained, key=lambda i: self.moment.rounds[i].real_score)

    @pinned_jax()
    def advance(self) -> Round:
        """Do a round; return what came of it. An interrupted one has to be begun again, by `restore`."""
        self.moment = self._direct() if self.plan.direct else self._dreamt()
        return self.moment.rounds[-1]

    def _direct(self) -> Moment:
        plan, search, batch = self.plan, self._search, self.world.batch
        steps, means = self.steps, []
        last: NDArray[Any] = np.zeros(1)
        until = min(plan.steps, steps + max(1, plan.steps // DIRECT_ROUNDS))
        while steps < until:
            asked = search.ask()
            seeds = world_seeds(plan.seed, DIRECT, plan.episodes * search.generations, plan.episodes)
            last, lengths = scores(batch and batch.rules, self.controller, asked, seeds)
            search.tell(asked, last.mean(axis=1))
            means.append(float(last.mean()))
            steps += int(lengths.sum())
        return self._after(
            Round(
                real_steps=steps,
                generations=search.generations,
                dream_scores=tuple(means),
                real_score=means[-1],
                real_error=_error(last.ravel()),
            )
        )

    def _dreamt(self) -> Moment:
        plan, world, number = self.plan, self.world, len(self.moment.rounds)
        episodes = self.moment.episodes or collected(
            world, at_random(world, plan.seed), plan.first, plan.seed
        )
        before = self.moment.dream
        model = (
            before.model if before else new_model(world, episodes, plan.hidden, plan.components, plan.seed)
        )
        updates = plan.updates // 2 if before else plan.updates
        fitted = fit(
            model, world, episodes, updates=updates, dropout=plan.dropout, seed=plan.seed + number
        ).model
        total = updates + (before.manifest.updates if before else 0)
        dream = dream_of(world, fitted, episodes, dropout=plan.dropout, seed=plan.seed, updates=total)
        rules = dream.rules(plan.settings).within(plan.horizon)

        policies = self._policies(number)
        trial = tried(
            self.controller, policies, world_seeds(plan.seed, TRIED, number * plan.episodes, plan.episodes)
        )
        ending = float(judge(fitted, world, trial).ending), base_rates(trial)["ending"]
        real = trial.returns.reshape(POLICIES, plan.episodes)
        fidelity, refused = signal(self.controller, policies, real, rules, ending, plan.seed + number, SIGNAL)
        dreamt = () if refused else self._searched(rules)
        judging = world_seeds(plan.seed, JUDGING, number * plan.judged, plan.judged)
        seen, returns = joined([episodes, trial]), trial.returns
        if not refused:
            judged = tried(self.controller, self._search.mean[None], judging)
            seen, returns = joined([seen, judged]), judged.returns
        return self._after(
            Round(
                real_steps=seen.steps,
                generations=self._search.generations,
                fidelity=fidelity,
                ending=ending,
                refused=refused,
                dream_scores=dreamt,
                real_score=float(returns.mean()),
                real_error=_error(returns),
            ),
            seen,
            dream,
        )

    def _policies(self, number: int) -> NDArray[Any]:
        """Return the policies that a round tries, shape (32, size)."""
        generator = np.random.default_rng(np.random.SeedSequence([self.plan.seed, TRIED, number]))
        chances = generator.standard_normal((2, POLICIES // 2, self.controller.size))
        return np.concatenate([self._search.mean + self._search.spread * chances[0], SPREAD * chances[1]])

    def _searched(self, rules: Any) -> tuple[float, ...]:
        """Go on with the search in a dream; return each generation's mean score."""
        plan, search, means = self.plan, self._search, []
        for _ in range(plan.generations):
            asked = search.ask()
            seeds = world_seeds(plan.seed, DREAMING, plan.dreams * search.generations, plan.dreams)
            returns, _ = scores(rules, self.controller, asked, seeds)
            search.tell(asked, returns.mean(axis=1))
            means.append(float(returns.mean()))
        return tuple(means)

    def _after(self, one: Round, episodes: Episodes | None = None, dream: Dream | None = None) -> Moment:
        now = self.moment
        return Moment((*now.rounds, one), (*now.means, self._search.mean), episodes, dream)

    @property
    def parameters(self) -> NDArray[np.float64]:
        """Those of the controller that is taken, shape (size,).

        Raises:
            ConfigurationError: There is none.
        """
        best = self.best
        if best is None:
            why = "; ".join(self.moment.rounds[-1].refused) if self.moment.rounds else "nothing was done yet"
            raise ConfigurationError(
                f"no controller was trained, for no dream of {self.plan.env} carried a signal: {why}; "
                "give more --steps or --updates, or train --direct"
            )
        return self.moment.means[best]

    @pinned_jax()
    def evaluate(self, worlds: int) -> tuple[PolicyEvaluation, PolicyEvaluation]:
        """Return how the controller, and a random policy, do in the same fresh worlds; no step is counted."""
        seeds = world_seeds(self.plan.seed, EVALUATION, 0, worlds)
        trained = tried(self.controller, self.parameters[None], seeds)
        return _evaluation(trained), _evaluation(
            played(self.world, at_random(self.world, self.plan.seed + 1), seeds)
        )

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all: from it the run goes on as if it had never stopped.

        Raises:
            RecordError: It cannot be written.
        """
        now = self.moment
        arrays: dict[str, Any] = {"told": np.array(self._search.told), "means": np.array(now.means)}
        if now.episodes is not None and now.dream is not None:
            arrays |= {f"episodes_{name}": part for name, part in now.episodes.parts.items()}
            arrays |= weights_of(now.dream.model)
        archive.save(
            path,
            arrays,
            {
                "what": WHAT,
                "format": FORMAT,
                "plan": self.plan.model_dump(mode="json"),
                "rounds": [one.model_dump(mode="json") for one in now.rounds],
                "updates": now.dream.manifest.updates if now.dream else 0,
            },
        )

    @pinned_jax()
    def restore(self, path: Path) -> None:
        """Go on from a checkpoint of this plan.

        Raises:
            RecordError: It cannot be read, or does not fit.
        """
        arrays, manifest = archive.load(path, WHAT, FORMAT)
        plan = self.plan
        try:
            rounds = tuple(Round.model_validate(one) for one in manifest["rounds"])
            told, means = arrays.pop("told"), arrays.pop("means")
            parts = {n[9:]: arrays.pop(n) for n in sorted(arrays) if n.startswith("episodes_")}
            episodes = Episodes(**parts) if parts else None
            fits = means.shape == (len(rounds), self.controller.size) and len(told) == sum(
                len(one.dream_scores) for one in rounds
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"{path} is a damaged checkpoint: {error}; train again") from error
        if not fits:
            raise RecordError(f"{path} does not fit its own plan: train again")
        dream = None
        if episodes is not None:
            empty = new_model(self.world, episodes, plan.hidden, plan.components, 0)
            model = with_weights(path, empty, arrays)
            dream = dream_of(
                self.world, model, episodes, dropout=plan.dropout, seed=plan.seed, updates=manifest["updates"]
            )
        self._search = Search(self.controller.size, plan.population, plan.seed)
        self._search.again(told)
        self.moment = Moment(rounds, tuple(means), episodes, dream)


def planned(path: Path) -> Plan:
    """Return the plan of the run that a checkpoint belongs to.

    Raises:
        RecordError: It cannot be read.
    """
    _, manifest = archive.load(path, WHAT, FORMAT)
    try:
        return Plan.model_validate(manifest["plan"])
    except (KeyError, ValidationError) as error:
        raise RecordError(f"{path} is a damaged checkpoint: {error}; train again") from error


def _evaluation(episodes: Episodes) -> PolicyEvaluation:
    lengths = episodes.lengths
    return PolicyEvaluation.of(episodes.returns, lengths, None, np.ones(len(lengths), bool))


def _error(returns: NDArray[Any]) -> float:
    return float(np.std(returns, ddof=1)) / len(returns) ** 0.5 if len(returns) > 1 else 0.0

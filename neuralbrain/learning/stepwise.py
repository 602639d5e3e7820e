"""The same learner in any Gymnasium environment of few actions: one robot, one step at a time.

An environment's own state cannot be saved, so a run stands still at the ends of episodes only, and each
episode's world is drawn from a seed made of the run's seed and the episode's number.
"""

from typing import Any, NamedTuple

import jax
import numpy as np

from neuralbrain.learning.q_learning import Learner, begin
from neuralbrain.learning.setup import TrainingSetup
from neuralbrain.learning.single import OneRobot
from neuralbrain.learning.training import LONGEST, Moment, Point, PolicyEvaluation, Training
from neuralbrain.learning.worlds import (
    EVALUATION,
    TRAINING,
    same_spaces,
    scalar_environment,
    world_seeds,
)


class Carry(NamedTuple):
    """All that the next episode depends on, besides the steps done.

    Attributes:
        learner: What is learned.
        episode: How many episodes are over, int32.
    """

    learner: Learner
    episode: np.int32


class SteppedTraining(Training):
    """A training run of one robot; the episode in which the setup's steps are reached is finished.

    Args:
        setup: What it is; it has one robot.

    Raises:
        ConfigurationError: The environment cannot be made, or is not that of the setup.
    """

    def __init__(self, setup: TrainingSetup) -> None:
        super().__init__(setup)
        self._env = env = scalar_environment(setup.env, setup.kwargs)
        planned = (setup.observation_space, setup.action_space)
        same_spaces(setup.env, planned, env.observation_space, env.action_space)
        self._key = jax.random.key(setup.seed)

    def _begin(self) -> Carry:
        setup = self.setup
        return Carry(begin(setup.settings, setup.bins.states, setup.actions, 1), np.int32(0))

    def _advanced(self, moment: Moment, until: int) -> Moment:
        carry, settings = moment.carry, self.setup.settings
        robot = OneRobot(settings, carry.learner, self._key, moment.steps)
        first, returns = int(carry.episode), list[float]()
        successes = list[bool | None]()
        while robot.tick < until:
            total, success = self._episode(robot, first + len(returns))
            returns.append(total)
            successes.append(success)
        number = len(returns)
        point = Point(
            steps=robot.tick,
            began=number,
            episodes=number,
            returns=sum(returns),
            successes=None if None in successes else sum(map(bool, successes)),
            lengths=float(robot.tick - moment.steps),
            alpha=float(settings.alpha.at(robot.tick)),
            epsilon=float(settings.epsilon.at(robot.tick)),
        )
        return Moment(robot.tick, (*moment.curve, point), Carry(robot.learner(), np.int32(first + number)))

    def _episode(self, robot: OneRobot, number: int) -> tuple[float, bool | None]:
        """Let the robot live through an episode; return its return, and whether it was solved."""
        (seed,) = world_seeds(self.setup.seed, TRAINING, number, 1)
        seen, info = self._env.reset(seed=seed)
        state, total, over = self._state(seen), 0.0, False
        while not over:
            action = robot.choose(state)
            seen, reward, terminated, truncated, info = self._env.step(self.setup.first_action + action)
            total, over, after = total + float(reward), terminated or truncated, self._state(seen)
            robot.learn(state, action, float(reward), after, terminated, truncated)
            state = after
        return total, _solved(info)

    def _state(self, seen: Any) -> int:
        return int(self.setup.bins.state(np.asarray(seen)))

    def evaluate(self, worlds: int) -> PolicyEvaluation:
        """Let the greedy policy act in fresh worlds, the same for the same seed; nothing is learned."""
        table, rows = self.table(), []
        for seed in world_seeds(self.setup.seed, EVALUATION, 0, worlds):
            seen, info = self._env.reset(seed=seed)
            total, length, over = 0.0, 0, False
            while not over and length < LONGEST:
                seen, reward, terminated, truncated, info = self._env.step(int(table.greedy(seen)))
                total, length, over = total + float(reward), length + 1, terminated or truncated
            rows.append((total, length, _solved(info), over))
        returns, lengths, solved, finished = map(np.array, zip(*rows, strict=True))
        return PolicyEvaluation.of(returns, lengths, None if None in solved else solved, finished)


def _solved(info: dict[str, Any]) -> bool | None:
    """Whether an episode was solved, if its environment says so."""
    return bool(info["is_success"]) if "is_success" in info else None

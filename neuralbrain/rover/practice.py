"""A light world in which the rover's basal ganglia learn what to do when: flat, without a simulator.

It has the behaviours and the prospects of the real brain, and hardly any physics: the rover turns and drives
as it is told after a short delay, slides along what it meets, and a ball goes where the prongs hold it. What
is learned here is which behaviour suits which situation; how each is carried out is the same code in both.
"""

import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.arguments import run_seed
from neuralbrain.errors import ContractError
from neuralbrain.gym import Timed, render_mode_of, reset_options
from neuralbrain.rover.behaviours import SIDES, Behaviour, movement
from neuralbrain.rover.catalogue import BALL_RADIUS, PILLAR_RADIUS
from neuralbrain.rover.navigation_state import BINS, ENTRIES, GO, PUSH, NavigationState
from neuralbrain.rover.paths import Circle, Spot, ahead, heading, wrapped

TICKS, SECONDS = 3, 0.05
"""Ticks of a decision, and how long one is, s."""
LONGEST = 400
"""Decisions of an episode at most."""
HALF, GAP = 1.7, 0.45
"""Objects stand at most so far from the middle, and so far apart, m."""
FIELD = 0.70
"""What is less aside than this is seen, rad."""
RIM, CRADLE = 0.11, 0.163
"""Of the rover, and where a ball lies that it holds, m."""
CAUGHT = 0.2
"""A ball that is farther aside does not get between the prongs, rad."""
PRONGS = 0.8
"""How far aside the prongs keep a ball off, rad."""
TIME, TOUCH = 0.05, 0.3
"""What a decision costs, and meeting something."""
LAG = 0.5
"""By so much the movement comes nearer to what is commanded, a tick."""
AMID = 0.15
"""The share of episodes that begin with the bumper pressed; twice as many pushes with the ball held."""
PRESSED = 5
"""Decisions for which it is remembered that something was met."""


class PracticeEnv(Timed, gymnasium.Env[NDArray[np.float32], Any]):
    """Choose the rover's behaviours, to go to a pillar or to push a ball to one.

    Observation: what `neuralbrain.rover.navigation_state.NavigationState.row` tells a table, shape (8,):
    whether a push is asked for (0, 1); whether all is known (0, 1); how far aside the target is, 0 to pi rad;
    how much of the way is left, m, below 0: none; whether it is lined up (0, 1); the way (0 free, 1 blocked,
    left shorter, 2 right shorter); whether a ball is cradled (0, 1); whether something was met of late
    (0, 1).

    Action: one of the 9 behaviours, for 0.15 s.

    Reward: what the way has become shorter, m (the rover's; or the ball's and half of the rover's to behind
    the ball); 0.05 less for every decision, 0.3 less where something is met. `STOP` ends the episode: with 1
    where the way is done, with -2 elsewhere. It is cut after 400 decisions.
    """

    metadata = {"render_modes": []}
    bins = BINS
    max_episode_steps = LONGEST

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode_of(render_mode, ())
        high = np.array([1, 1, math.pi, 10, 1, 2, 1, 1], np.float32)
        low = np.array([0, 0, 0, -1, 0, 0, 0, 0], np.float32)
        assert len(high) == len(ENTRIES)
        self.observation_space = spaces.Box(low, high, dtype=np.float32)
        self.action_space = spaces.Discrete(len(Behaviour))
        self._decisions = -1  # no episode has begun

    def get_action_meanings(self) -> list[str]:
        """Return what the actions are called, in their order."""
        return [behaviour.name.lower().replace("_", " ") for behaviour in Behaviour]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Draw another arrangement."""
        reset_options(options)
        super().reset(seed=None if seed is None else run_seed(seed))
        rng = self.np_random
        self._asked = GO if rng.random() < 0.4 else PUSH
        self._objects: list[Circle] = []
        self._goal = self._placed(PILLAR_RADIUS).middle
        self._ball = self._placed(BALL_RADIUS).middle if self._asked == PUSH else None
        for _ in range(int(rng.integers(2, 7))):
            self._placed(float(rng.uniform(0.08, 0.22)))
        self._rover = self._placed(0.15).middle
        named = {self._goal, self._rover, self._ball}
        self._others = [obj for obj in self._objects if obj.middle not in named]
        self._facing = float(rng.uniform(-math.pi, math.pi))
        self._moving = (0.0, 0.0)
        self._known = bool(rng.random() < 0.8)
        self._side, self._decisions = 0, 0
        # Some episodes begin in the middle of objects, so that what is rare is learned, too.
        self._pressed = PRESSED if rng.random() < AMID else 0
        self._cradled = self._ball is not None and bool(rng.random() < 2 * AMID)
        if self._cradled:
            self._ball = ahead(self._rover, self._facing, CRADLE)
        return self._navigation_state().row(), {"is_success": False}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Do something for some ticks.

        Raises:
            ContractError: `reset` has not been called, or there is no such action.
        """
        if self._decisions < 0:
            raise ContractError("call reset() before step()")
        if not self.action_space.contains(action):
            raise ContractError(f"an action is one of {self.action_space}, not {action!r}")
        behaviour = Behaviour(int(action))
        self._decisions += 1
        if behaviour is Behaviour.STOP:
            done = self._known and self._navigation_state().left < 0.0
            return self._navigation_state().row(), 1.0 if done else -2.0, True, False, {"is_success": done}
        self._side = SIDES.get(behaviour, self._side) if self._blocked() else 0
        self._pressed = max(self._pressed - 1, 0)
        before = self._left()
        for _ in range(TICKS):
            self._move(*movement(behaviour, self._navigation_state()))
        now = self._navigation_state()
        reward = before - self._left() - TIME - TOUCH * (self._pressed == PRESSED)
        return now.row(), reward, False, self._decisions >= self.max_episode_steps, {"is_success": False}

    def _blocked(self) -> bool:
        now = self._navigation_state()
        return now.known and now.path.side != 0

    def _placed(self, radius: float) -> Circle:
        """Put something where there is room."""
        while True:
            x, y = (float(v) for v in self.np_random.uniform(-HALF, HALF, 2))
            if all(math.dist((x, y), t.middle) > radius + t.radius + GAP for t in self._objects):
                self._objects.append(Circle(x, y, radius))
                return self._objects[-1]

    def _navigation_state(self) -> NavigationState:
        return NavigationState(
            asked=self._asked,
            rover=self._rover,
            facing=self._facing,
            goal=self._goal if self._known else None,
            ball=self._ball,
            others=self._others,
            cradled=self._cradled,
            pressed=self._pressed > 0,
            side=self._side,
        )

    def _left(self) -> float:
        """Return how much of the way is left, m, whether the rover knows it or not."""
        if self._ball is None:
            return math.dist(self._rover, self._goal)
        ball = math.dist(self._ball, self._goal)
        if self._cradled:
            return ball
        behind = ahead(self._ball, heading(self._ball, self._goal), -CRADLE)
        return ball + 0.5 * math.dist(self._rover, behind)

    def _move(self, speed: float, rate: float) -> None:
        """Let a tick pass."""
        was, turned = self._moving
        self._moving = (was + LAG * (speed - was), turned + LAG * (rate - turned))
        self._facing = wrapped(self._facing + self._moving[1] * SECONDS)
        self._rover = ahead(self._rover, self._facing, self._moving[0] * SECONDS)
        if self._ball is not None:
            self._touch(self._ball)
        solid = [*self._others, Circle(*self._goal, PILLAR_RADIUS)]
        for obj in solid:
            inside = obj.radius + RIM - math.dist(self._rover, obj.middle)
            if inside > 0.0:
                self._rover = ahead(self._rover, heading(obj.middle, self._rover), inside)
                self._pressed = PRESSED
        seen = self._goal if self._ball is None or self._cradled else self._ball
        self._known |= abs(wrapped(heading(self._rover, seen) - self._facing)) < FIELD

    def _touch(self, ball: Spot) -> None:
        """Let the rover hold the ball, or roll it aside."""
        aside = wrapped(heading(self._rover, ball) - self._facing)
        far = math.dist(self._rover, ball)
        slips = abs(self._moving[1]) > 1.0 or self._moving[0] < -0.02
        if far < CRADLE + 0.01 and abs(aside) < CAUGHT and not slips:
            ball, self._cradled = ahead(self._rover, self._facing, CRADLE), True
        else:
            self._cradled = self._cradled and far < CRADLE + 0.01 and abs(aside) < CAUGHT
            reach = CRADLE if abs(aside) < PRONGS else BALL_RADIUS + RIM - 0.01
            if far < reach and not self._cradled:  # it is knocked away, which the bumper feels
                ball, self._pressed = ahead(self._rover, heading(self._rover, ball), reach), PRESSED
        for obj in (*self._others, Circle(*self._goal, PILLAR_RADIUS)):
            inside = obj.radius + BALL_RADIUS - math.dist(ball, obj.middle)
            if inside > 0.0:
                ball = ahead(ball, heading(obj.middle, ball), inside)
        self._ball = ball

"""Solves the rover's tasks by simulator truth and wheel commands alone, to show that they can be solved."""

import heapq
import math
from collections.abc import Iterator

from neuralbrain.envs.rover.body import RoverBody
from neuralbrain.envs.rover.datasheet import WHEELS
from neuralbrain.envs.rover.layout import HALF, ArenaObject

Spot = tuple[float, float]
CELL = 0.05
"""Of the grid on which ways are looked for, m."""
CLEAR = 0.17
"""What the rover's middle keeps from everything, m."""
SPEED, TURN = 0.40, 3.0
"""m/s, rad/s."""


class Oracle:
    """Drives one body through one episode."""

    def __init__(self, body: RoverBody) -> None:
        self.body = body
        self.objects = body.setting.layout.objects
        self._moves = self._pushing() if body.setting.ball else self._visiting()
        self._looked, self._corner = 0, (0.0, 0.0)
        self._spare: str | None = None

    def command(self) -> tuple[float, float]:
        """Return the wheels' speeds for the next tick, rad/s."""
        forward, turn = next(self._moves)
        turn = min(max(turn, -TURN), TURN)
        aside = turn * WHEELS.axle / 2
        return (forward - aside) / WHEELS.radius, (forward + aside) / WHEELS.radius

    def _visiting(self) -> Iterator[Spot]:
        for name in self.body.setting.pillars:
            while math.dist(self._at(name), self._at("rover")) > 0.36:
                yield self._towards(self._at(name), spare=name)
        while True:
            yield 0.0, 0.0

    def _pushing(self) -> Iterator[Spot]:
        setting = self.body.setting
        assert setting.ball is not None
        goal = self._at(setting.pillars[0])
        while True:
            ball = self._at(setting.ball)
            way = math.dist(ball, goal)
            if way < 0.25:
                yield 0.0, 0.0
                continue
            behind = tuple(b - 0.33 * (g - b) / way for b, g in zip(ball, goal, strict=True))
            if math.dist(self._at("rover"), behind) > 0.05:
                yield self._towards((behind[0], behind[1]))
                continue
            while abs(self._bearing(ball)) > 0.05:
                yield 0.0, 3.0 * self._bearing(ball)
            # Between the prongs the ball follows the rover, which need only steer for the goal.
            while abs(self._bearing(ball)) < 0.6 and math.dist(self._at("rover"), ball) < 0.45:
                if math.dist(ball, goal) < 0.25:
                    break
                held = math.dist(self._at("rover"), ball) < 0.20
                steer = self._bearing(goal) if held else self._bearing(ball)
                yield 0.20, min(max(1.5 * steer, -0.5), 0.5)
                ball = self._at(setting.ball)

    def _at(self, name: str) -> Spot:
        x, y, _ = self.body.truth()[name]
        return x, y

    def _bearing(self, spot: Spot) -> float:
        x, y, heading = self.body.truth()["rover"]
        away = math.atan2(spot[1] - y, spot[0] - x) - heading
        return math.atan2(math.sin(away), math.cos(away))

    def _towards(self, goal: Spot, spare: str | None = None) -> Spot:
        """Return speed and turn rate towards the next corner of a way around everything."""
        here = self._at("rover")
        if self._looked % 10 == 0 or spare != self._spare or math.dist(here, self._corner) < 0.1:
            self._spare = spare
            objects = [(obj, self._at(obj.name)) for obj in self.objects if obj.name != spare]
            self._corner = way(here, goal, objects)
        self._looked += 1
        bearing = self._bearing(self._corner)
        near = min(1.0, 0.3 + math.dist(here, goal) / 0.4)
        return (SPEED * near * max(math.cos(bearing), 0.0) ** 4, 4.0 * bearing)


def way(start: Spot, goal: Spot, objects: list[tuple[ArenaObject, Spot]]) -> Spot:
    """Return the farthest spot of the shortest way that can be reached in a straight line."""
    circles = [(spot, obj.radius + CLEAR) for obj, spot in objects]

    def free(spot: Spot) -> bool:
        inside = max(abs(spot[0]), abs(spot[1])) < HALF - CLEAR
        return inside and all(math.dist(spot, middle) > room for middle, room in circles)

    def straight(a: Spot, b: Spot) -> bool:
        steps = max(int(math.dist(a, b) / 0.03), 1)
        return all(
            free((a[0] + (b[0] - a[0]) * k / steps, a[1] + (b[1] - a[1]) * k / steps))
            for k in range(1, steps + 1)
        )

    if straight(start, goal):
        return goal
    first = (round(start[0] / CELL), round(start[1] / CELL))
    last = (round(goal[0] / CELL), round(goal[1] / CELL))
    came: dict[tuple[int, int], tuple[int, int] | None] = {}
    queue: list[tuple[float, float, tuple[int, int], tuple[int, int] | None]] = [(0.0, 0.0, first, None)]
    while queue:
        _, cost, cell, parent = heapq.heappop(queue)
        if cell in came:
            continue
        came[cell] = parent
        if cell == last:
            break
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)):
            after = (cell[0] + dx, cell[1] + dy)
            if after in came or not (free((after[0] * CELL, after[1] * CELL)) or after == last):
                continue
            total = cost + math.hypot(dx, dy)
            heapq.heappush(queue, (total + math.dist(after, last), total, after, cell))
    assert last in came, f"no way from {start} to {goal}"
    spots, at = [], last
    while at != first:
        spots.append((at[0] * CELL, at[1] * CELL))
        at = came[at] or first
    return next((spot for spot in spots if straight(start, spot)), spots[-1])


def solve(task: str, seed: int) -> tuple[bool, int, RoverBody]:
    """Play one episode; return whether it was solved, after how many ticks, and the body."""
    body = RoverBody(task)
    body.reset(seed)
    oracle = Oracle(body)
    for tick in range(body.max_ticks):
        if body.evaluate().success:
            return True, tick, body
        body.act(*oracle.command())
    return body.evaluate().success, body.max_ticks, body

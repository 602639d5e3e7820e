"""The world and the learner of `bench nanorobot`, written twice more, to be measured beside the JAX one.

`NumpySwarm` lays NumPy over all robots at once, as one would by hand; `loop` takes one robot after the
other, with small arrays, as published simulations do. Both have what `NanoSeek` has: several sources,
Brownian motion and turning, steering and tumbling, Poisson counts, three running means, contact, a Q-table
with its updates. They lack what the robot knows of the gradient, and swim along the heading with which a tick
ends, which is right only where a tick turns little; both makes them a little faster.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.rules import CHANGES
from neuralbrain.envs.nanorobot.tissue import Tissue

Array = NDArray[Any]
ALPHA, GAMMA, EPSILON = 0.1, 0.98, 0.1
_STATES, _MOVES = 5 * 5 * 2 * 6, 6


class NumpySwarm:
    """Robots in worlds of their own, all steps vectorised.

    Args:
        tissue: What the worlds are like; cells that stay, nothing that NanoSeek's default has not.
        robots: How many.
        seed: Of all random numbers.
    """

    def __init__(self, tissue: Tissue, robots: int, seed: int = 0) -> None:
        self.tissue, self.robots = tissue, robots
        self.random = np.random.default_rng(np.random.SFC64(seed))
        self.values = np.zeros((_STATES, _MOVES), np.float32)
        self.target = np.empty((robots, tissue.cancer, 3), np.float32)
        self.place = np.empty((robots, 3), np.float32)
        self.forward, self.left = np.empty((2, robots, 3), np.float32)
        self.means = np.empty((3, robots), np.float32)
        self.move, self.tick = np.zeros(robots, np.int64), np.zeros(robots, np.int64)
        self.contact = np.zeros(robots, bool)
        self._begin(np.arange(robots))
        self.state = self._state()

    def advance(self, ticks: int) -> None:
        """Let ticks pass."""
        for _ in range(ticks):
            self.step()

    def step(self) -> None:
        """Let a tick pass: act, move, sense, learn."""
        tissue, dt, random, n = self.tissue, np.float32(self.tissue.tick_seconds), self.random, self.robots
        action = self.values[self.state].argmax(axis=1)
        exploring = random.random(n, np.float32) < EPSILON
        action[exploring] = random.integers(_MOVES, size=exploring.sum())
        self._steer(action)
        noise = random.standard_normal((n, 3), np.float32)
        self._turn(noise * np.float32(np.sqrt(2 * tissue.tumbling * dt)))
        driven = np.where(action == 1, np.float32(0), np.float32(tissue.speed) * dt)
        before = np.sqrt(self._squared().min(axis=1))
        self.place += driven[:, None] * self.forward
        self.place += random.standard_normal((n, 3), np.float32) * np.float32(
            np.sqrt(2 * tissue.brownian * dt)
        )
        away = self.place[:, None] - self.target
        apart = np.sqrt((away * away).sum(axis=2))
        least = np.float32(tissue.cell_radius + tissue.robot_radius)
        touched = apart <= least
        found = touched.any(axis=1)
        self.contact = found
        np.clip(self.place, tissue.robot_radius, tissue.size - tissue.robot_radius, out=away[:, 0])
        self.contact = self.contact | (away[:, 0] != self.place).any(axis=1)
        self.place[:] = away[:, 0]
        self._remember(self._count())
        self.move, self.tick = action, self.tick + 1
        reward = (before - apart.min(axis=1)) / np.float32(tissue.size) + found
        after = self._state()
        ahead = np.where(found, np.float32(0), np.float32(GAMMA) * self.values[after].max(axis=1))
        error = reward + ahead - self.values[self.state, action]
        entry = self.state * _MOVES + action
        visits = np.bincount(entry, minlength=self.values.size).astype(np.float32)
        sums = np.bincount(entry, error, self.values.size).astype(np.float32)
        share = (1 - (1 - ALPHA) ** visits) / np.maximum(visits, 1)
        self.values += (share * sums).reshape(self.values.shape)
        self.state = after
        over = np.flatnonzero(found | (self.tick >= tissue.ticks))
        if len(over):
            self._begin(over)
            self.state = self._state()

    def _begin(self, who: Array) -> None:
        tissue, random, n = self.tissue, self.random, len(who)
        self.target[who] = random.uniform(16, tissue.size - 16, (n, tissue.cancer, 3))
        self.place[who] = random.uniform(1, tissue.size - 1, (n, 3))
        forward, side = random.standard_normal((2, n, 3), np.float32)
        forward /= np.linalg.norm(forward, axis=1)[:, None]
        left = np.cross(side, forward)
        self.forward[who], self.left[who] = forward, left / np.linalg.norm(left, axis=1)[:, None]
        self.tick[who] = self.move[who] = 0
        self.means[:, who] = self._count()[who]

    def _squared(self) -> Array:
        away = self.place[:, None] - self.target
        return np.asarray((away * away).sum(axis=2))

    def _count(self) -> Array:
        tissue = self.tissue
        apart = np.maximum(np.sqrt(self._squared()), np.float32(tissue.cell_radius))
        reach = np.float32(tissue.reach)
        shape = np.float32(
            tissue.secretion / (4 * np.pi * tissue.diffusion * (1 + tissue.cell_radius / reach))
        )
        here = (shape / apart * np.exp((np.float32(tissue.cell_radius) - apart) / reach)).sum(axis=1)
        mean = here * np.float32(4 * np.pi * tissue.diffusion * tissue.robot_radius * tissue.tick_seconds)
        count: Array = self.random.poisson(mean).astype(np.float32)
        return count

    def _remember(self, count: Array) -> None:
        shares = np.float32(self.tissue.tick_seconds) / np.array(self.tissue.memory, np.float32)
        self.means += (count - self.means) * shares[:, None]

    def _state(self) -> Array:
        quick, slow = (np.digitize(_change(self.tissue, self.means, i), CHANGES) for i in (0, 1))
        return ((quick * 5 + slow) * 2 + self.contact) * 6 + self.move

    def _steer(self, action: Array) -> None:
        sine, cosine = np.float32(np.sin(self.tissue.turn)), np.float32(np.cos(self.tissue.turn))
        up = np.cross(self.forward, self.left)
        for move, sign in ((2, 1), (3, -1)):
            who = action == move
            ahead, left = self.forward[who], self.left[who]
            self.forward[who] = cosine * ahead + sign * sine * left
            self.left[who] = cosine * left - sign * sine * ahead
        for move, sign in ((4, 1), (5, -1)):
            who = action == move
            self.forward[who] = cosine * self.forward[who] + sign * sine * up[who]
        who = np.flatnonzero(action == 1)
        new = self.random.standard_normal((2, len(who), 3), np.float32)
        new[0] /= np.linalg.norm(new[0], axis=1)[:, None]
        self.forward[who], self.left[who] = new[0], np.cross(new[1], new[0])

    def _turn(self, rotation: Array) -> None:
        angle = np.sqrt((rotation * rotation).sum(axis=1))[:, None] + np.float32(1e-9)
        axis, sine, cosine = rotation / angle, np.sin(angle), np.cos(angle)
        turned = []
        for one in (self.forward, self.left):
            along = (one * axis).sum(axis=1)[:, None] * (1 - cosine)
            turned.append(one * cosine + np.cross(axis, one) * sine + axis * along)
        forward = turned[0] / np.sqrt((turned[0] ** 2).sum(axis=1))[:, None]
        left = turned[1] - forward * (turned[1] * forward).sum(axis=1)[:, None]
        self.forward, self.left = forward, left / np.sqrt((left * left).sum(axis=1))[:, None]


def _change(tissue: Tissue, means: Array, quick: int) -> Array:
    s, t = tissue.memory[quick] / tissue.tick_seconds, tissue.memory[quick + 1] / tissue.tick_seconds
    variance = np.float32(1 / (2 * s - 1) + 1 / (2 * t - 1) - 2 / (s + t - 1))
    change: Array = (means[quick] - means[quick + 1]) / np.sqrt(
        variance * (means[quick + 1] + np.float32(1 / t))
    )
    return change


def loop(tissue: Tissue, steps: int, seed: int = 0) -> None:
    """Let one robot live for so many ticks, in plain Python with small arrays.

    Args:
        tissue: What its world is like.
        steps: Ticks.
        seed: Of all random numbers.
    """
    random = np.random.default_rng(seed)
    values = np.zeros((_STATES, _MOVES))
    dt, least = tissue.tick_seconds, tissue.cell_radius + tissue.robot_radius
    targets = [random.uniform(16, tissue.size - 16, 3) for _ in range(tissue.cancer)]
    place, forward, left = random.uniform(1, tissue.size - 1, 3), np.eye(3)[0], np.eye(3)[1]
    means, state, age = [0.0, 0.0, 0.0], 0, 0
    for _ in range(steps):
        action = int(random.integers(_MOVES)) if random.random() < EPSILON else int(values[state].argmax())
        before = min(float(np.linalg.norm(place - target)) for target in targets)
        up = np.cross(forward, left)
        sine, cosine = np.sin(tissue.turn), np.cos(tissue.turn)
        if action == 1:
            forward = random.standard_normal(3)
            left = np.cross(random.standard_normal(3), forward)
        elif action in (2, 3):
            sign = 1 if action == 2 else -1
            forward, left = cosine * forward + sign * sine * left, cosine * left - sign * sine * forward
        elif action in (4, 5):
            forward = cosine * forward + (1 if action == 4 else -1) * sine * up
        rotation = random.standard_normal(3) * np.sqrt(2 * tissue.tumbling * dt)
        angle = np.linalg.norm(rotation)
        axis = rotation / angle
        forward, left = (
            one * np.cos(angle)
            + np.cross(axis, one) * np.sin(angle)
            + axis * np.dot(axis, one) * (1 - np.cos(angle))
            for one in (forward, left)
        )
        forward = forward / np.linalg.norm(forward)
        left = left - forward * np.dot(left, forward)
        left = left / np.linalg.norm(left)
        if action != 1:
            place = place + tissue.speed * dt * forward
        place = place + random.standard_normal(3) * np.sqrt(2 * tissue.brownian * dt)
        inside = np.clip(place, tissue.robot_radius, tissue.size - tissue.robot_radius)
        contact, place = bool((inside != place).any()), inside
        here, nearest = 0.0, np.inf
        for target in targets:
            apart = max(float(np.linalg.norm(place - target)), tissue.cell_radius)
            nearest = min(nearest, apart)
            here += (
                tissue.secretion
                * np.exp((tissue.cell_radius - apart) / tissue.reach)
                / (4 * np.pi * tissue.diffusion * apart * (1 + tissue.cell_radius / tissue.reach))
            )
        found = bool(nearest <= least)
        contact = contact or found
        count = random.poisson(4 * np.pi * tissue.diffusion * tissue.robot_radius * here * dt)
        means = [
            mean + (count - mean) * dt / seconds for mean, seconds in zip(means, tissue.memory, strict=True)
        ]
        parts = [
            int(np.digitize(_change(tissue, np.array(means, np.float32), quick), CHANGES)) for quick in (0, 1)
        ]
        after = ((parts[0] * 5 + parts[1]) * 2 + contact) * 6 + action
        reward = (before - nearest) / tissue.size + found
        ahead = 0.0 if found else GAMMA * values[after].max()
        values[state, action] += ALPHA * (reward + ahead - values[state, action])
        state, age = after, age + 1
        if found or age >= tissue.ticks:
            targets = [random.uniform(16, tissue.size - 16, 3) for _ in range(tissue.cancer)]
            place, age = random.uniform(1, tissue.size - 1, 3), 0

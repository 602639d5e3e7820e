"""Q-learning as the books write it, robot by robot in plain Python floats."""

from typing import Any

import numpy as np


class Reference:
    """Many robots share tables; see `neuralbrain.learning.q_learning` for what it must agree with."""

    def __init__(self, settings: Any, states: int, actions: int, robots: int) -> None:
        self.settings, self.values = settings, np.zeros((settings.tables, states, actions))
        self.visits: list[list[dict[str, Any]]] = [[] for _ in range(robots)]

    def learn(self, batch: Any, alpha: float, coins: Any) -> None:
        told, before, due = self.settings, self.values.copy(), {}
        for robot, (s, a, r, after, terminated, truncated, valid) in enumerate(zip(*batch, strict=True)):
            table = int(told.tables == 2 and coins[robot] < 0.5)
            ahead = 0.0
            if not terminated:
                best = int(np.argmax(before[table, after]))
                ahead = before[told.tables - 1 - table, after, best]
            target = float(r) + told.gamma * ahead
            error = target - before[table, s, a]
            greedy = before[table, s, a] >= before[table, s].max()
            waiting = self.visits[robot]
            for age, visit in enumerate(waiting, 1):
                visit["open"] &= bool(greedy and valid)
                if visit["open"]:
                    visit["target"] += (told.gamma * told.decay) ** age * error
            waiting.insert(0, {"at": (table, s, a), "target": target, "valid": bool(valid), "open": True})
            if terminated or truncated or not valid:
                for visit in waiting:
                    visit["open"] = False
            if len(waiting) == told.reach:
                visit = waiting.pop()
                if visit["valid"]:
                    due.setdefault(visit["at"], []).append(visit["target"])
        for at, targets in due.items():
            share = 1 - (1 - alpha) ** len(targets)
            self.values[at] += share * (np.mean(targets) - before[at])

"""Whether what is made is freed: memory of one process over many worlds that nobody closes."""

import gc
import pickle
from pathlib import Path
from typing import Any

import gymnasium

import neuralbrain  # noqa: F401 - registers
from neuralbrain.agents.benchmarks.table import Cell, Count, Table

WORLDS: dict[str, dict[str, Any]] = {
    "neuralbrain/Tabletop-Place-v0": {"observations": "pixels"},
    "neuralbrain/Rover-Push-v0": {"observations": "pixels"},
    "neuralbrain/NanoSeek-v0": {"render_mode": "rgb_array"},
}
SHARES = (1 / 6, 1 / 3, 2 / 3, 1.0)
"""After which shares of the episodes memory is read."""
SLACK = 0.02
"""By such a share memory may grow from the first reading to the last."""


def measure(*, episodes: Count = 300, ticks: Count = 50) -> Table:
    """Make a world for every episode, act at random, copy it by pickle, act in the copy, and drop both.

    Args:
        episodes: Of each world, one after the other in this process.
        ticks: Of each episode, half of them in the copy.
    """
    marks = [max(1, round(share * episodes)) for share in SHARES]
    rows: list[list[Cell]] = []
    reached = {}
    for name, options in WORLDS.items():
        found: dict[int, float] = {}
        for episode in range(1, episodes + 1):
            _live(name, options, episode, ticks)
            if episode in marks:
                gc.collect()
                found[episode] = _resident()
        rows.append([name, *(round(found[mark], 1) for mark in marks)])
        first, last = found[marks[0]], found[marks[-1]]
        reached[f"{name}: grows by less than {SLACK:.0%} after the first reading"] = (
            last < (1 + SLACK) * first
        )
    return Table(
        title="Resident memory after so many episodes in one process, MB",
        columns=["world", *(str(mark) for mark in marks)],
        rows=rows,
        notes=[f"{ticks} ticks an episode; every world is made afresh, copied, and dropped without close()."],
        reached=reached,
    )


def _live(name: str, options: dict[str, Any], seed: int, ticks: int) -> None:
    """Let an episode pass."""
    env = gymnasium.make(name, **options)
    env.action_space.seed(seed)
    env.reset(seed=seed)
    for tick in range(ticks):
        if tick == ticks // 2:
            env = pickle.loads(pickle.dumps(env))
        env.step(env.action_space.sample())
    if env.render_mode and seed % 10 == 0:
        env.render()


def _resident() -> float:
    """Return this process's resident memory, MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1000

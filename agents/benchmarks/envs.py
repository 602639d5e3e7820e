"""Steps/s of the tabletop environment, beside panda-gym's PickAndPlace and beside bare PyBullet."""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium

import neuralbrain  # noqa: F401 - registers
from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.envs.tabletop.env import FORCE, STRIDE
from neuralbrain.envs.tabletop.panda import TOOL
from neuralbrain.errors import ConfigurationError

SUBSTEPS, SUBSTEP = 20, 1 / 500
_DOWN = (1.0, 0.0, 0.0, 0.0)
GOALS = {"ee": (1.15, 0.90), "joint": (1.25, 0.95)}
"""Action mode -> at least so many times panda-gym, and so much of bare PyBullet."""


def measure(*, steps: Count = 1000, repeats: Count = 7, panda_gym_python: str = "") -> Table:
    """Measure steps/s in a scene with one block, observing state, 20 substeps of 1/500 s, random actions.

    The candidates take turns, round by round; a ratio is the median of the rounds' ratios. "Bare" sends the
    very servo targets that our environment sent, once a step, and calls ``stepSimulation`` 20 times: it reads
    nothing, and solves no inverse kinematics. "Bare, reading" does what any environment must, with PyBullet's
    own calls: it also reads joints, tool and object, and with ee actions has PyBullet solve for the joints.

    Args:
        steps: A round's steps.
        repeats: Rounds.
        panda_gym_python: The Python of an environment with panda-gym (it needs numpy < 2); empty: none.

    Raises:
        ConfigurationError: That Python cannot run panda-gym.
    """
    rows: list[list[Cell]] = []
    reached: dict[str, bool] = {}
    for mode, (against_other, against_bare) in GOALS.items():
        ours = _Ours(mode, steps)
        contenders: dict[str, Callable[[], float]] = {
            "ours": ours.measure,
            "bare": ours.measure_bare,
            "reading": ours.measure_reading,
        }
        other = _PandaGym(panda_gym_python, mode, steps) if panda_gym_python else None
        if other is not None:
            contenders["panda-gym"] = other.measure
        for measure in contenders.values():
            measure()  # the first round warms up
        rounds = [{name: measure() for name, measure in contenders.items()} for _ in range(repeats)]
        if other is not None:
            other.close()
        ours.close()
        typical = {name: statistics.median(r[name] for r in rounds) for name in contenders}
        to_bare = statistics.median(r["ours"] / r["bare"] for r in rounds)
        to_reading = statistics.median(r["ours"] / r["reading"] for r in rounds)
        to_other = statistics.median(r["ours"] / r["panda-gym"] for r in rounds) if other else None
        rows.append(
            [
                mode,
                round(typical["ours"]),
                round(typical["bare"]),
                round(typical["reading"]),
                round(typical["panda-gym"]) if other else None,
                round(to_bare, 3),
                round(to_reading, 3),
                round(to_other, 3) if to_other else None,
            ]
        )
        reached[f"{mode}: at least {against_bare} of bare PyBullet"] = to_bare >= against_bare
        if to_other is not None:
            reached[f"{mode}: at least {against_other} times panda-gym"] = to_other >= against_other
    return Table(
        title="Environment steps/s: one block, state observations, 20 substeps of 1/500 s",
        columns=[
            "actions",
            "ours",
            "bare",
            "bare, reading",
            "panda-gym",
            "ours / bare",
            "ours / reading",
            "ours / panda-gym",
        ],
        rows=rows,
        notes=[
            f"Median of {repeats} rounds of {steps} steps, taking turns; wall time.",
            "panda-gym: PandaPickAndPlace-v3 and PandaPickAndPlaceJoints-v3, in an environment of its own."
            if panda_gym_python
            else "panda-gym was not compared: give --panda-gym-python, a Python that has it (numpy < 2).",
        ],
        reached=reached,
    )


class _Ours:
    def __init__(self, mode: str, steps: int) -> None:
        self._env: Any = gymnasium.make(
            "neuralbrain/Tabletop-Place-v0",
            task="lift",
            observations="state",
            actions=mode,
            substep=SUBSTEP,
            servo_steps=SUBSTEPS,
        ).unwrapped
        self._env.action_space.seed(0)
        self._mode = mode
        self._actions = [self._env.action_space.sample() for _ in range(steps)]
        self._commands = self._sent()

    def _sent(self) -> list[Any]:
        """Return the servo targets and widths that the actions come to."""
        self._env.reset(seed=0)
        sent = []
        for action in self._actions:
            self._env.step(action)
            joints, width, _ = self._env.body.get_state()["log"][-1]
            sent.append((joints[0].tolist(), width))
        return sent

    def measure(self) -> float:
        self._env.reset(seed=0)
        begun = time.perf_counter()
        for action in self._actions:
            self._env.step(action)
        return len(self._actions) / (time.perf_counter() - begun)

    def measure_bare(self) -> float:
        self._env.reset(seed=0)
        world = self._env.body.world
        command, step = world.panda.command, world.bullet.stepSimulation
        begun = time.perf_counter()
        for joints, width in self._commands:
            command(joints, width, FORCE)
            for _ in range(SUBSTEPS):
                step()
        return len(self._commands) / (time.perf_counter() - begun)

    def measure_reading(self) -> float:
        self._env.reset(seed=0)
        world = self._env.body.world
        bullet, arm, command = world.bullet, world.panda.id, world.panda.command
        block = next(iter(world.bodies.values()))
        tool = bullet.getLinkState(arm, TOOL)[0]
        joints_of = list(range(7))
        begun = time.perf_counter()
        for action, (joints, width) in zip(self._actions, self._commands, strict=True):
            if self._mode == "ee":
                goal = [at + STRIDE * by for at, by in zip(tool, action.tolist(), strict=False)]
                bullet.calculateInverseKinematics(arm, TOOL, goal, _DOWN)
            command(joints, width, FORCE)
            for _ in range(SUBSTEPS):
                bullet.stepSimulation()
            bullet.getJointStates(arm, joints_of)
            tool = bullet.getLinkState(arm, TOOL, computeLinkVelocity=True, computeForwardKinematics=True)[0]
            bullet.getBasePositionAndOrientation(block)
            bullet.getBaseVelocity(block)
        return len(self._commands) / (time.perf_counter() - begun)

    def close(self) -> None:
        self._env.close()


class _PandaGym:
    """The other side, in a process of its own that answers each line with a measurement."""

    def __init__(self, python: str, mode: str, steps: int) -> None:
        if shutil.which(python) is None:
            raise ConfigurationError(
                f"--panda-gym-python {python!r} is not a program; see the benchmark's help"
            )
        script = Path(sys.modules["neuralbrain.agents.benchmarks"].__path__[0]) / "panda_gym_side.py"
        self._process = subprocess.Popen(
            [python, str(script), {"ee": "ee", "joint": "joints"}[mode], str(steps)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        if not any(line.strip() == "ready" for line in self._process.stdout):
            raise ConfigurationError(
                f"{python} cannot run panda-gym: {python} -m pip install panda-gym 'numpy<2'"
            )

    def measure(self) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print("round", file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()

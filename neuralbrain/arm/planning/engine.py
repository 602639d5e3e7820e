"""The planning engine: Aries, a program that comes inside the wheel of up-aries.

It is run once for each problem and ends with it: no server, no port, nothing that outlives a plan.
Importing this module imports unified-planning, which takes a second.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from unified_planning.grpc.proto_writer import ProtobufWriter
from unified_planning.shortcuts import Problem, SequentialSimulator, get_environment
from up_aries.solver import Aries

from neuralbrain.errors import PlanError

STRATEGY = "causal"
"""One search strategy, in one thread. Measured: with the default set, which race each other, ten processes
gave up to seven different plans; with this one always the same."""

SOUND = {"ARIES_DETRIMENTAL_SUPPORTS": "false"}
"""Turns a pruning off that, measured with up-aries 0.5, loses plans: a pyramid whose third block must be
uncovered first had none. Without it the same plans are also found sooner."""

_STEP = re.compile(r"^\s*[\d.]+: \(([^)]*)\)", re.MULTILINE)
_FAULT = "The planning engine up-aries does not answer as expected ({}); reinstall up-aries, or tell us."


def solve(problem: Problem, timeout: float) -> list[list[str]] | None:
    """Solve a problem.

    Args:
        problem: A classical planning problem.
        timeout: A safety net, s of wall clock.

    Returns:
        The actions in order, each as its name and its arguments; None if there is no plan, or none was found
        in time.

    Raises:
        PlanError: The engine does not run.
    """
    get_environment().credits_stream = None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "problem"
        file.write_bytes(ProtobufWriter().convert(problem).SerializeToString())
        command = [Aries()._executable, "--log-level", "error", "solve", str(file)]
        command += ["--strategy", STRATEGY, "--timeout", str(timeout)]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ARIES_")}
        try:
            ran = subprocess.run(
                command,
                env=inherited | SOUND,
                capture_output=True,
                text=True,
                timeout=2 * timeout + 10,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PlanError(_FAULT.format(error)) from error
    if "NO PLAN" in ran.stdout:
        return None
    if ran.returncode != 0 or "PLAN FOUND" not in ran.stdout:
        raise PlanError(_FAULT.format(f"status {ran.returncode}: {ran.stderr.strip()[-200:]}"))
    found = ran.stdout[ran.stdout.index("SOLUTION FOUND") :]
    return _without_needless(problem, [match.split() for match in _STEP.findall(found)])


def _without_needless(problem: Problem, actions: list[list[str]]) -> list[list[str]]:
    """Drop actions without which the plan still works.

    Action elimination: H. Nakhost, M. Müller, "Action Elimination and Plan Neighborhood Graph Search", ICAPS
    2010: leave out one action and all that then cannot be done, and see whether the goal is still reached.
    """
    with SequentialSimulator(problem) as world:
        index = 0
        while index < len(actions):
            state = world.get_initial_state()
            kept: list[list[str]] = []
            for i, (name, *arguments) in enumerate(actions):
                objects: list[Any] = [problem.object(argument) for argument in arguments]
                following = None if i == index else world.apply(state, problem.action(name), objects)
                if following is not None:
                    state, kept = following, [*kept, actions[i]]
            if world.is_goal(state):
                actions = kept
            else:
                index += 1
    return actions

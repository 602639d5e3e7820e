"""How many robot-steps a second: world and learner together, and the environments by themselves.

What is compared takes turns, and of each the best is taken, so that a busy machine hurts all alike.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv, VectorEnv

import neuralbrain  # noqa: F401 - registers the environments
from neuralbrain.agents.benchmarks.numpy_world import NumpySwarm, loop
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.learning.fused import FusedTraining
from neuralbrain.learning.setup import AT_ONCE, POINTS, settings, training_setup

SEEK = "neuralbrain/NanoSeek-v0"
SOURCES: dict[str, Any] = {"cancer": 8, "healthy": 0}
"""Eight sources, as in the world that others were measured with."""
ROBOTS = (1, 10, 100, 1_000, 10_000, 100_000)


def learning_rates(robots: int, repeats: int) -> dict[str, float]:
    """Return robot-steps/s of world and learner together: ours, NumPy's, and a Python loop's.

    Args:
        robots: How many at once; the loop has one.
        repeats: How often each is measured.
    """
    tissue = Tissue.of(**SOURCES)
    ours, swarm = _ours(robots), NumpySwarm(tissue, robots)
    swarm.step()
    return best(
        {
            "ours": ours,
            "numpy": lambda: _timed(lambda: swarm.advance(10), 10 * robots),
            "loop": lambda: _timed(lambda: loop(tissue, 2000), 2000),
        },
        repeats,
    )


def growth(repeats: int) -> dict[int, float]:
    """Return robot-steps/s of our world and learner for swarms of 1 to 100,000."""
    return {robots: best({"": _ours(robots)}, repeats)[""] for robots in ROBOTS}


def environment_rates(number: int, repeats: int, processes: int = 0) -> dict[str, float]:
    """Return env-steps/s of the vector environment and of Gymnasium's over the scalar one.

    Args:
        number: Environments at once.
        repeats: How often each is measured.
        processes: Environments in Gymnasium's AsyncVectorEnv, a process for each; 0: it is not measured.
    """

    def one() -> Any:
        return gymnasium.make(SEEK, disable_env_checker=True)

    with tempfile.TemporaryDirectory() as cache, _compiling_into(cache):
        envs: dict[str, VectorEnv[Any, Any, Any]] = {
            "ours": gymnasium.make_vec(SEEK, number, vectorization_mode="vector_entry_point"),
            "sync": SyncVectorEnv([one] * number),
        }
        if processes:
            # Each process compiles the same rules: the first one does, the others read what it wrote.
            first = AsyncVectorEnv([one], context="spawn")
            first.reset(seed=0)
            first.step(np.zeros(1, np.int64))
            first.close()
            envs["async"] = AsyncVectorEnv([one] * processes, context="spawn")
        steps = {"ours": 200, "sync": 3, "async": 20}
        for env in envs.values():
            env.reset(seed=0)
        rates = best(
            {name: lambda name=name: _stepping(envs[name], steps[name]) for name in envs},  # type: ignore[misc]
            repeats,
        )
        for env in envs.values():
            env.close()
    return rates


@contextlib.contextmanager
def _compiling_into(folder: str) -> Iterator[None]:
    """Let processes that are started within keep what they compile in a folder."""
    wanted = {
        "JAX_COMPILATION_CACHE_DIR": folder,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def best(contenders: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Return each contender's best rate; they take turns. The first round only warms up."""
    found = dict.fromkeys(contenders, 0.0)
    for round_ in range(repeats + 1):
        for name, measure in contenders.items():
            rate = measure()
            found[name] = max(found[name], rate) if round_ else 0.0
    return found


def _ours(robots: int) -> Callable[[], float]:
    """Return what trains for a while and returns robot-steps/s."""
    learning = settings(1, alpha="0.1", epsilon="0.1", gamma=0.98)
    chunk = max(4000, min(200 * robots, AT_ONCE))
    training = FusedTraining(
        training_setup(SEEK, learning, steps=POINTS * chunk, robots=robots, kwargs=SOURCES)
    )

    def measure() -> float:
        before, begun = training.moment.steps, time.perf_counter()
        training.advance()
        return (training.moment.steps - before) / (time.perf_counter() - begun)

    return measure


def _timed(work: Callable[[], Any], steps: int) -> float:
    begun = time.perf_counter()
    work()
    return steps / (time.perf_counter() - begun)


def _stepping(env: "VectorEnv[Any, Any, Any]", steps: int) -> float:
    actions = np.random.default_rng(0).integers(0, 6, (steps, env.num_envs))
    return _timed(lambda: [env.step(action) for action in actions], steps * env.num_envs)

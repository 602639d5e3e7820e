"""A stand-in for a language model: a scripted server whose answers are good plans, for benches."""

from collections.abc import Iterator
from contextlib import contextmanager

import gymnasium

from neuralbrain.agents.oracle.server import ScriptedServer

ORACLE = "oracle"
"""The name of the model that it plays."""


@contextmanager
def oracle_server(env: str) -> Iterator[ScriptedServer]:
    """Serve good plans for a world of the arm.

    Args:
        env: Its id.
    """
    from neuralbrain.agents.oracle.planner import Oracle  # noqa: PLC0415 - brings the planner
    from neuralbrain.arm.messages import ArmSchema  # noqa: PLC0415

    world = gymnasium.make(env)
    try:
        world.reset(seed=0)
        schema = ArmSchema.of(world.unwrapped.body, 0, ORACLE)  # type: ignore[attr-defined]
    finally:
        world.close()
    with ScriptedServer(Oracle(schema), (ORACLE,)).running() as server:
        yield server

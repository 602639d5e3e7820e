"""A stand-in for a language model: a scripted server whose answers are good plans, for benches."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gymnasium

from neuralbrain.agents.oracle.server import Asked, Reply, ScriptedServer

ORACLE = "oracle"
"""The name of the model that it plays."""


@contextmanager
def oracle_server(env: str) -> Iterator[ScriptedServer]:
    """Serve good plans for a world of the arm, the rover or robots among cells.

    Args:
        env: Its id.
    """
    planned = _oracle(env)

    def answered(asked: Asked) -> Reply:
        form = asked.get("response_format", {}).get("json_schema", {}).get("schema", {})
        if set(form.get("properties", ())) == {"colour"}:  # the first question to a server, what it can do
            return Reply(text=json.dumps({"colour": form["properties"]["colour"]["enum"][0]}))
        return Reply(text="red") if asked.get("tools") else planned(asked)

    with ScriptedServer(answered, (ORACLE,)).running() as server:
        yield server


def _oracle(env: str) -> Callable[[Asked], Reply]:
    """Return who answers for the body of a world."""
    if env.startswith("neuralbrain/Rover"):
        from neuralbrain.agents.oracle import rover  # noqa: PLC0415 - only this world needs it

        return rover.answered
    if env.startswith("neuralbrain/Nano"):
        from neuralbrain.agents.oracle import cells  # noqa: PLC0415 - likewise

        return cells.answered
    from neuralbrain.agents.oracle.planner import Oracle  # noqa: PLC0415 - brings the planner
    from neuralbrain.arm.messages import ArmSchema  # noqa: PLC0415

    world = gymnasium.make(env)
    try:
        world.reset(seed=0)
        return Oracle(ArmSchema.of(world.unwrapped.body, 0, ORACLE))  # type: ignore[attr-defined]
    finally:
        world.close()

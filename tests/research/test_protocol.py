"""Other assistants use the same tools, and wait for the same person."""

import sys
from pathlib import Path
from typing import Any

import pytest

from neuralbrain.research.commands import Commands
from neuralbrain.research.protocol import OUTCOME, Desk
from neuralbrain.research.session import Session
from neuralbrain.research.workspace import Workspace
from tests.research.conftest import boxed


def test_what_waits_is_allowed_by_the_person_at_a_terminal(folder: Path) -> None:
    desk = Desk(folder)
    good, text = desk.use("add_idea", {"question": "Does mu lead?"})
    act = text.split()[0]
    assert good and "waits for the person" in text
    assert "is waiting" in desk.use(OUTCOME, {"act": act})[1]
    with Session(Workspace(folder)) as session:
        assert desk.use("list_ideas", {})[0] is False  # one session at a time
        assert Commands(session).take(f"/approve {act}").ok
    assert "is done: i1" in desk.use(OUTCOME, {"act": act})[1]
    assert "Does mu lead?" in desk.use("list_ideas", {})[1]
    for name, given in (("approve", {"act": act}), ("add_idea", {}), (OUTCOME, {"act": "a99"})):
        assert desk.use(name, given)[0] is False


@boxed
def test_variables_stay_from_call_to_call(folder: Path) -> None:
    with Session(Workspace(folder)) as session:
        session.set_autonomy("compute", "auto")
    desk = Desk(folder)
    try:
        assert desk.use("run_cell", {"code": "x = 41"})[0]
        assert desk.use("run_cell", {"code": "print(x + 1)"})[1].startswith("42")
    finally:
        desk.close()


def test_a_client_finds_and_uses_the_tools(folder: Path) -> None:
    pytest.importorskip("mcp")
    import anyio
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    words = ["-m", "neuralbrain", "mcp", "--workspace", str(folder)]

    async def talk() -> tuple[list[str], Any]:
        async with (
            stdio_client(StdioServerParameters(command=sys.executable, args=words)) as (reads, writes),
            ClientSession(reads, writes) as client,
        ):
            await client.initialize()
            listed = await client.list_tools()
            return [tool.name for tool in listed.tools], await client.call_tool("list_ideas", {})

    names, result = anyio.run(talk)
    assert {"run_cell", "run_episode", OUTCOME} <= set(names)
    assert result.content[0].text.startswith("no ideas yet")

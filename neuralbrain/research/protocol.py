"""The tools of a workspace for other assistants, by the Model Context Protocol over stdin and stdout.

The workspace is open only while a tool is used. So what has to be allowed waits there, and a person allows it
at their own terminal (``run.py assist``): no assistant, and no client, can answer for them.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from neuralbrain import __version__
from neuralbrain.errors import NeuralBrainError
from neuralbrain.research.box.kernel import Kernel
from neuralbrain.research.extras import needed
from neuralbrain.research.registry import tools
from neuralbrain.research.session import Session
from neuralbrain.research.workspace import Workspace
from neuralbrain.words import as_json

OUTCOME = "what_became_of"
"""The one tool that only this protocol has."""
ABOUT = "Say what became of an act that waited for the person, by its id."
TAKES = {"type": "object", "properties": {"act": {"type": "string"}}, "required": ["act"]}


class Desk:
    """Uses tools in a workspace that it opens for each use.

    Args:
        root: The workspace's folder.
        allow_unfenced: Whether code may run with no box, where the machine has none.
    """

    def __init__(self, root: Path, *, allow_unfenced: bool = False) -> None:
        self._root, self._allow_unfenced = root, allow_unfenced
        self._kernel: Kernel | None = None

    def use(self, name: str, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        """Use a tool.

        Returns:
            Whether it went well, and what came of it, or that it waits.
        """
        try:
            return self._use(name, arguments)
        except NeuralBrainError as error:
            return False, str(error)

    def close(self) -> None:
        """End the kernel, if one runs."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def _use(self, name: str, arguments: Mapping[str, Any]) -> tuple[bool, str]:
        held, self._kernel = self._kernel, None
        workspace = Workspace(self._root)
        with Session(workspace, allow_unfenced=self._allow_unfenced, through="mcp", kernel=held) as session:
            try:
                if name == OUTCOME:
                    act = session.acts[str(arguments.get("act", ""))]
                    return act.state not in ("failed", "denied"), f"{act.id} is {act.state}: {act.text}"
                act = session.ask_for("model", name, arguments)
                if act.state == "waiting":
                    return True, (
                        f"{act.id} waits for the person, who allows or denies it by `run.py assist "
                        f"--workspace {workspace.root}`; then {OUTCOME} tells what became of it"
                    )
                result = session.carry_out(act)
                cites = ", ".join([act.id, *result.cites])
                data = "" if result.data is None else f"\n{as_json(result.data)}"
                return result.ok, f"{result.text}\n(act {act.id}; cite {cites}){data}"
            finally:
                self._kernel = session.hand_over()


def serve(desk: Desk) -> None:
    """Serve the tools until the client goes.

    Args:
        desk: What uses them.

    Raises:
        ConfigurationError: What it needs is not installed.
    """
    needed("mcp", "mcp")
    from mcp.server.lowlevel import Server  # noqa: PLC0415 - an extra brings it
    from mcp.server.stdio import stdio_server  # noqa: PLC0415
    from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool  # noqa: PLC0415

    async def listed(_: Any, __: Any) -> Any:
        own = [Tool(name=OUTCOME, description=ABOUT, input_schema=TAKES)]
        ours = [
            Tool(
                name=one.name,
                description=f"{one.about} [{one.kind}]",
                input_schema=one.takes.model_json_schema(),
            )
            for one in tools().values()
        ]
        return ListToolsResult(tools=[*ours, *own])

    async def called(_: Any, params: Any) -> Any:
        loop = asyncio.get_running_loop()
        good, text = await loop.run_in_executor(thread, desk.use, params.name, params.arguments or {})
        return CallToolResult(content=[TextContent(type="text", text=text)], is_error=not good)

    async def main() -> None:
        server: Any = Server("neuralbrain", version=__version__, on_list_tools=listed, on_call_tool=called)
        async with stdio_server() as (reads, writes):
            await server.run(reads, writes, server.create_initialization_options())

    # One thread does it all: the box ends with the thread that has started it.
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            asyncio.run(main())
        finally:
            thread.submit(desk.close)

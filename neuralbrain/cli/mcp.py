"""``mcp``: the tools of a workspace for other assistants."""

from pathlib import Path
from typing import Annotated

import typer


def mcp(
    workspace: Annotated[Path, typer.Option(help="The folder of the workspace; made if it is new.")] = Path(
        "workspace"
    ),
    allow_unfenced: Annotated[
        bool, typer.Option("--allow-unfenced", help="Run code with no box, where the machine has none.")
    ] = False,
) -> None:
    """Serve a workspace's tools by the Model Context Protocol, over stdin and stdout.

    What has to be allowed waits, and a person allows it in `assist`.
    """
    from neuralbrain.research.protocol import Desk, serve
    from neuralbrain.research.workspace import Workspace

    Workspace(workspace).close()  # what is wrong with it is said before anybody asks
    serve(Desk(workspace, allow_unfenced=allow_unfenced))

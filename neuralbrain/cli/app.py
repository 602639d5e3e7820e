"""The commands, by group."""

from typing import Annotated

import typer

from neuralbrain.cli import (
    assist,
    bench,
    brain,
    doctor,
    dream,
    dreaming,
    eeg,
    envs,
    episode,
    mcp,
    runs,
    train,
)

app = typer.Typer(
    help="Run embodied brains: regions that exchange typed messages and drive simulated bodies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(wanted: bool) -> None:
    if wanted:
        import neuralbrain

        typer.echo(neuralbrain.__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; may be given anywhere.")
    ] = False,
) -> None:
    """Run embodied brains: regions that exchange typed messages and drive simulated bodies."""


app.command()(episode.episode)
app.command()(envs.envs)
train.app.command(name="dream")(dreaming.dream)
train.app.command(name="world-model")(dream.world_model)
app.add_typer(train.app, name="train")
app.add_typer(dream.app, name="dream")
app.add_typer(brain.app, name="brain")
app.command()(runs.report)
app.command()(runs.replay)
app.command()(runs.recall)
app.add_typer(bench.app, name="bench")
app.command()(assist.assist)
app.command()(mcp.mcp)
app.add_typer(eeg.app, name="eeg")
app.command()(doctor.doctor)

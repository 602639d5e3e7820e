"""``report``, ``replay`` and ``recall``: what to do with a run's record."""

from pathlib import Path
from typing import Annotated

import typer

from neuralbrain.cli.episode import AllowCode
from neuralbrain.words import counted

Run = Annotated[Path, typer.Argument(help="A run's folder.")]


def report(
    run: Run,
    movie: Annotated[bool, typer.Option(help="Make the video again, too.")] = True,
    allow_code: AllowCode = False,
) -> None:
    """Write a run's report again from its record, even if the run was interrupted or killed."""
    from neuralbrain.cli.episode import illustrate
    from neuralbrain.cli.train import report_training
    from neuralbrain.consent import is_path
    from neuralbrain.embodiment import environment_spec
    from neuralbrain.record.folder import EPISODE, LOG, REPORT, TRAINING, read_manifest
    from neuralbrain.record.log import is_whole
    from neuralbrain.record.manifest import DONE

    manifest = read_manifest(run, (EPISODE, TRAINING))
    if manifest["format"] == TRAINING:
        typer.echo(report_training(run, manifest, allow_code))
        return
    if manifest["status"] == DONE and (run / LOG).exists() and not is_whole(run / LOG):
        typer.echo(f"warning: {run / LOG} is cut short: the report tells what is left of it", err=True)
    if allow_code and is_path(manifest["env"]):
        environment_spec(manifest["env"])  # its module, without which there is no video
    illustrate(run, movie, quiet=False).settle()
    typer.echo(run / REPORT)


def replay(
    run: Run,
    runtime: Annotated[
        str | None, typer.Option(help="inline or ray; by default the one of the record.")
    ] = None,
    ray_address: Annotated[str | None, typer.Option(help="A Ray cluster (host:port).")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no live view.")] = False,
    allow_code: AllowCode = False,
) -> None:
    """Run an episode again from its manifest. Exit status 0 if the trace is the same, 1 if not."""
    from neuralbrain.agents.replay import replay_run
    from neuralbrain.cli.live import watch
    from neuralbrain.cli.terminal import results
    from neuralbrain.record.folder import read_manifest

    tick_seconds = read_manifest(run)["blueprint"]["tick_seconds"]
    with watch(f"replay of {run.name}", tick_seconds, quiet) as view:
        again = replay_run(
            run, runtime=runtime, address=ray_address, observers=(view,), allow_code=allow_code
        )
    console = results()
    for name, (then, now) in again.numbers.items():
        console.print(f"{name} was {then}, is {now}", soft_wrap=True, markup=False)
    for path in again.files:
        console.print(f"{path} has changed since", soft_wrap=True, markup=False)
    console.print(f"recorded {again.recorded}\nreplayed {again.replayed}", soft_wrap=True)
    if again.same:
        console.print(f"[green]the same trace[/], {counted(again.ticks, 'tick')}")
        return
    console.print("[red]another trace[/]")
    for name, (then, now) in again.versions.items():
        console.print(f"  {name} was {then}, is {now}")
    raise typer.Exit(1)


def recall(
    memories: Annotated[Path, typer.Argument(help="A run's folder, or a folder of lasting memories.")],
    question: Annotated[str, typer.Argument(help="What to recall, in words.")],
    number: Annotated[int, typer.Option("--number", "-n", help="How many to print at most.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask what was remembered: the episodes nearest to a question, best first."""
    import json

    from neuralbrain.cli.terminal import results
    from neuralbrain.errors import RecordError
    from neuralbrain.memory.recall import ask
    from neuralbrain.record.folder import MANIFEST, MEMORY, read_manifest

    stores = [memories]
    if (memories / MEMORY).is_dir():
        stores = [memories / MEMORY]
    elif (memories / MANIFEST).exists():
        settings = [region["config"] for region in read_manifest(memories)["blueprint"]["regions"]]
        stores = [Path(config["store"]) for config in settings if config.get("store")]
        if not stores:
            raise RecordError(f"{memories}: no region of this run remembers; give the folder of a memory")
    passages = [passage for store in stores for passage in ask(store, question, number)]
    if as_json:
        rows = [{"similarity": p.similarity, "text": p.text, **p.metadata} for p in passages]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    console = results()
    for passage in passages:
        console.print(f"[bold]{passage.similarity:.2f}[/]  ", end="")
        console.print(passage.text, markup=False)
    if not passages:
        console.print("nothing that is remembered has a word in common with that")

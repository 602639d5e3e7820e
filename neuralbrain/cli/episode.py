"""``episode``: the main command."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuralbrain.cli.model import (
    BaseUrl,
    CortexKind,
    MaxCalls,
    MaxCost,
    MaxOutput,
    MaxTokens,
    ModelName,
    ModelTimeout,
    Pictures,
    Price,
    RealTime,
    TrustModel,
)
from neuralbrain.errors import ConfigurationError
from neuralbrain.words import counted

if TYPE_CHECKING:
    from rich.text import Text

    from neuralbrain.agents.episode import EpisodeResult
    from neuralbrain.attempts import Attempts


AllowCode = Annotated[
    bool, typer.Option("--allow-code", help="Trust the file: load the code that it names by path.")
]


def episode(
    instruction: Annotated[
        str | None, typer.Argument(help="What to do, in English; by default the task's own sentence.")
    ] = None,
    env: Annotated[
        str | None, typer.Option(help="The world: an id or short name of `envs`; by default the brain's own.")
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(
            help="The brain: a name, or a blueprint file (*.yaml); by default the world's, as `envs` says."
        ),
    ] = None,
    scene: Annotated[
        Path | None,
        typer.Option(help="A YAML file of what lies on the table; the world is tabletop-free then."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the world, and all random numbers in the brain.")] = 0,
    episodes: Annotated[
        int, typer.Option(min=1, help="How many to run, with seeds from --seed upwards.")
    ] = 1,
    runtime: Annotated[
        str,
        typer.Option(help="ray: each group of regions has a process of its own; inline: all share this one."),
    ] = "ray",
    ray_address: Annotated[
        str | None, typer.Option(help="A Ray cluster (host:port); by default a local one is started.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder that holds the runs' folders.")] = Path("runs"),
    memory: Annotated[
        Path | None, typer.Option(help="A folder of lasting memories; by default one in the run's folder.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for each run, and nothing else.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no live view.")] = False,
    movie: Annotated[
        bool, typer.Option(help="Make the video at the end, where there is something to see.")
    ] = True,
    skill: Annotated[
        list[str] | None, typer.Option(help="Add a skill: my_module:Name or my_file.py:Name. Repeatable.")
    ] = None,
    interactive: Annotated[
        bool,
        typer.Option(
            "--interactive", help="Talk with the brain, sentence after sentence, in a world that stays."
        ),
    ] = False,
    view: Annotated[
        bool, typer.Option("--view", help="Show it on a page on this machine, in real time.")
    ] = False,
    allow_code: AllowCode = False,
    cortex: CortexKind = "embedded",
    model: ModelName = None,
    base_url: BaseUrl = None,
    max_model_calls: MaxCalls = "",
    max_tokens: MaxTokens = "",
    max_cost: MaxCost = "",
    max_output: MaxOutput = 1500,
    price: Price = "",
    trust_model: TrustModel = False,
    model_timeout: ModelTimeout = 60.0,
    real_time: RealTime = False,
    pictures: Pictures = False,
) -> None:
    """Let a brain do what a sentence asks. Exit status 0 only if each succeeds, or is believed to."""
    from neuralbrain.agents.episode import known, prepared, run_episode, usual_agent
    from neuralbrain.agents.spending import Spending
    from neuralbrain.arguments import run_seed
    from neuralbrain.cli.holding import Manner, held_episode, held_talk
    from neuralbrain.cli.model import chosen_model
    from neuralbrain.cli.terminal import busy, say, say_json

    if interactive and episodes > 1:
        raise ConfigurationError("--interactive is one talk: leave --episodes out")
    options: dict[str, Any] = {}
    if scene is not None:
        from neuralbrain.agents.scene import load_scene
        from neuralbrain.arm import FREE

        env, options = env or FREE, load_scene(scene).options()
    run_seed(seed + episodes - 1)
    agent = agent or usual_agent(env)
    spending = Spending(
        max_model_calls=max_model_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        price=price,
        max_output=max_output,
        model_timeout=model_timeout,
    )
    advice = chosen_model(cortex, model, base_url, spending, trust_model, real_time, pictures)
    known(memory)
    blueprint = prepared(  # what is wrong is said before Ray starts
        agent,
        env,
        seed,
        allow_code=allow_code,
        extensions=skill or (),
        instruction=instruction,
        env_options=options,
        stays=interactive,
        model=advice,
    )
    if advice is not None:
        with busy("looking for the model on its server", quiet):
            advice = advice.ready()
        if advice.warning:
            say(f"warning: {advice.warning}", err=True)
    full = str(blueprint.by_name[blueprint.body].config["env"])
    results = []
    with ExitStack() as stack:
        if runtime == "ray":
            with busy("starting Ray", quiet):
                from neuralbrain.runtime.cluster import session

                stack.enter_context(session(ray_address))  # one for all episodes
        for number in range(seed, seed + episodes):
            title = f"{blueprint.name} · {full} · seed {number} · {runtime}"
            run = partial(
                run_episode,
                agent,
                env,
                number,
                runtime=runtime,
                address=ray_address,
                env_options=options,
                out=out,
                memory=memory,
                allow_code=allow_code,
                extensions=skill or (),
                model=advice,
            )
            manner = Manner(
                title, blueprint.tick_seconds, tuple(blueprint.by_name), view, as_json, quiet, real_time
            )
            result = (held_talk if interactive else held_episode)(run, instruction, manner)
            results.append(result)
            advice = advice and advice.after(result.model)
            if as_json:  # first the result, then everything else
                say_json(result.as_dict())
            for warning in (*result.warnings, *illustrate(Path(result.run_dir), movie, quiet).warnings):
                say(f"warning: {warning}", err=True)
    if not as_json:
        _summary(results)
    if not all(result.success for result in results):
        raise typer.Exit(1)


def illustrate(folder: Path, movie: bool, quiet: bool) -> "Attempts":
    """Make the video and the report of a run, as far as they can be made."""
    from neuralbrain.attempts import Attempts
    from neuralbrain.cli.terminal import busy, progress

    attempts = Attempts()
    if movie:
        with attempts.trying("make the video"), busy("drawing the run", quiet):
            from neuralbrain.record.movie import write_movie

            if write_movie(folder) is None and not quiet:
                note = "no video: the brain took no pictures, and its motion cannot be shown again"
                progress().print(note, soft_wrap=True)
    with attempts.trying("write the report"), busy("writing the report", quiet):
        from neuralbrain.record.report import write_report

        write_report(folder)
    return attempts


def _summary(results: "list[EpisodeResult]") -> None:
    """Print what came of the episodes."""
    from rich.table import Table
    from rich.text import Text

    from neuralbrain.cli.terminal import results as stdout

    console = stdout()
    if len(results) == 1:
        (result,) = results
        sentences = [
            (_verdict(result), result.instruction),
            (Text("answer"), _answer(result)),
            (Text("took"), _took(result)),
            (Text("anomalies"), _anomalies(result)),
            *([(Text("model"), used)] if (used := _used([result])) else []),
        ]
        lines = [
            (Text("trace"), result.trace_sha256),
            (Text("numbers"), result.profile),
            *_files(Path(result.run_dir)),
        ]
        width = max(len(label) for label, _ in [*sentences, *lines]) + 2
        if console.is_terminal:  # they go on below themselves; a path or a hash must not be cut
            free = max(1, console.width - width)
            sentences = [
                (label if number == 0 else Text(), part.plain)
                for label, sentence in sentences
                for number, part in enumerate(Text(sentence).wrap(console, free))
            ]
        for label, line in [*sentences, *lines]:
            label.pad_right(width - len(label))
            console.print(label + Text(line), soft_wrap=True)
        return
    table = Table("", "seed", "instruction", "simulated", "wall time", "anomalies", "record")
    for result in results:
        simulated, wall = f"{result.sim_seconds:.1f} s", f"{result.waited_seconds:.1f} s"
        name = Text(Path(result.run_dir).name)
        table.add_row(
            _verdict(result),
            str(result.seed),
            Text(result.instruction),
            simulated,
            wall,
            _anomalies(result),
            name,
        )
    console.print(table)
    believed = sum(r.success and r.standing == "believed" for r in results)
    by_whom = f", {believed} of them as far as the brain believes" if believed else ""
    console.print(f"{sum(r.success for r in results)} of {len(results)} succeeded{by_whom}")
    if used := _used(results):
        console.print(f"model: {used}", soft_wrap=True)
    for profile in dict.fromkeys(r.profile for r in results):
        console.print(f"numbers: {profile}", soft_wrap=True)


def _used(results: "list[EpisodeResult]") -> str:
    """Say what language models were used, for what was said and before; empty where there are none."""
    from neuralbrain.language.budget import total

    probing, asked = total(result.probing for result in results), sum(r.model_questions for r in results)
    if not asked and not probing.calls:
        return ""
    parts = [str(total(result.model for result in results))]
    if asked:
        parts.append(f"{sum(result.model_taken for result in results)} of {counted(asked, 'answer')} taken")
    if probing.calls:
        parts.append(f"before it, to learn what the server can do: {probing}")
    return "; ".join(parts)


def _files(folder: Path) -> "list[tuple[Text, str]]":
    """Say where to read on: in the report, if it could be written."""
    from rich.text import Text

    from neuralbrain.record.folder import REPORT

    there = (folder / REPORT).exists()
    return [(Text("report"), str(folder / REPORT)) if there else (Text("record"), str(folder))]


_COLORS = {"believed": "yellow", "believed and true": "green", "believed but false": "red"}


def _verdict(result: "EpisodeResult") -> "Text":
    from rich.text import Text

    if result.judged_by == "brain" and result.standing:  # not more than it is
        return Text(result.standing, style=_COLORS[result.standing])
    if result.success:
        word = Text("success", style="green")
    else:
        color = "yellow" if result.outcome in ("asked", "halted") else "red"
        word = Text(result.outcome if result.outcome != "done" else "failed", style=color)
    return Text.assemble(word, " (says the brain)") if result.judged_by == "brain" else word


def _took(result: "EpisodeResult") -> str:
    waited, computed = f"{result.waited_seconds:.1f} s", f"{result.wall_seconds:.1f} s"
    return (
        f"{waited} of wall time, with start-up; {result.sim_seconds:.1f} s simulated, computed in {computed}"
    )


def _answer(result: "EpisodeResult") -> str:
    if result.choices:
        return f"{result.answer} (use --interactive to answer)"
    return result.answer or ("none" if result.outcome == "halted" else "none: the time was up")


def _anomalies(result: "EpisodeResult") -> str:
    return f"{result.anomalies}, {result.recovered} recovered" if result.anomalies else "none"

"""``train dream``: a controller is trained in dreams that are learned on the way, or directly."""

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.cli.episode import AllowCode

if TYPE_CHECKING:
    from neuralbrain.learning.dream.training import DreamTraining, Round

WORLDS = 256
"""So many fresh worlds evaluate a run, where nothing else is said."""


def dream(
    env: Annotated[
        str | None, typer.Option(help="An id or short name of `envs`, or any Gymnasium id.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Real steps, like 110_000.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=HIGHEST_SEED, help="The seed of all random numbers; 0.")
    ] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Search in the real world, without dreams.")
    ] = False,
    layer: Annotated[int | None, typer.Option(help="Units of the controller's layer; 0: linear.")] = None,
    first: Annotated[int | None, typer.Option(help="Real steps of a random policy at first; 40000.")] = None,
    updates: Annotated[int | None, typer.Option(help="Of the world model in the first round; 2500.")] = None,
    hidden: Annotated[int | None, typer.Option(help="The size of an object's LSTM; 16.")] = None,
    generations: Annotated[int | None, typer.Option(help="Of the search in each dream; 30.")] = None,
    population: Annotated[int | None, typer.Option(help="Candidates of a generation; 16.")] = None,
    mask: Annotated[str | None, typer.Option(help="Dropout in dreams: none, episode or step.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, a parameter of the environment.")
    ] = None,
    evaluate: Annotated[int, typer.Option(min=2, help="How many fresh worlds evaluate the result.")] = WORLDS,
    out: Annotated[Path, typer.Option(help="The folder that holds the runs' folders.")] = Path("runs"),
    resume: Annotated[
        Path | None, typer.Option(help="Continue the run in this folder, up to --steps if given.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
    allow_code: AllowCode = False,
) -> None:
    """Train a controller by CMA-ES in dreams, real steps counted; exit status 2: no dream had a signal."""
    from neuralbrain.environments import task_name
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.learning.dream.training import DreamTraining
    from neuralbrain.record.folder import new_folder

    given = {
        "env": env,
        "seed": seed,
        "direct": direct or None,
        "layer": layer,
        "first": first,
        "updates": updates,
        "hidden": hidden,
        "generations": generations,
        "population": population,
        "mask": mask,
        "set": settings,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    if resume is None:
        plan = _new(steps, wanted)
        training = DreamTraining(plan)
        folder = new_folder(out, f"dream-{task_name(plan.env)}", plan.seed, datetime.now())
    else:
        if wanted:
            said = ", ".join(f"--{name}" for name in wanted)
            raise ConfigurationError(f"a run goes on with its own settings: leave out {said}")
        folder, training = resume, _kept(resume, steps, allow_code)
    _run(folder, training, evaluate, quiet, as_json)


def report_dreaming(folder: Path, manifest: dict[str, Any], allow_code: bool = False) -> Path:
    """Write the report of a run again from its checkpoint; return its path.

    Raises:
        ConfigurationError: Its world is named by a module, and that is not allowed.
        RecordError: The checkpoint cannot be read, or a file cannot be written.
    """
    from neuralbrain.cli.terminal import busy
    from neuralbrain.record.dreaming import conclude
    from neuralbrain.record.folder import REPORT

    training, result = _kept(folder, None, allow_code), manifest["result"] or {}
    worlds = result["evaluation"]["worlds"] if "evaluation" in result else WORLDS
    with busy("evaluating, and writing the report"):
        conclude(folder, manifest, training, manifest["status"], worlds)
    return folder / REPORT


def _kept(folder: Path, steps: int | None, allow_code: bool) -> "DreamTraining":
    """Return the run that a folder keeps, to be gone on with up to so many steps if they are given."""
    from neuralbrain.consent import is_path, refuse_paths
    from neuralbrain.learning.dream.training import DreamTraining, planned
    from neuralbrain.record.training import CHECKPOINT

    plan = planned(folder / CHECKPOINT)
    if is_path(plan.env) and not allow_code:
        refuse_paths([("env", plan.env)], str(folder / CHECKPOINT))
    training = DreamTraining(plan if steps is None else plan.model_copy(update={"steps": steps}))
    training.restore(folder / CHECKPOINT)
    return training


def _new(steps: int | None, wanted: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from neuralbrain.cli.train import setting
    from neuralbrain.environments import find_environment
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.learning.dream.rules import Settings
    from neuralbrain.learning.dream.source import source
    from neuralbrain.learning.dream.training import Plan

    if "env" not in wanted or steps is None:
        raise ConfigurationError(
            "say of which world and for how long: --env Dodge --steps 110_000 (or --resume FOLDER)"
        )
    full = find_environment(wanted.pop("env"))
    kwargs = dict(map(setting, wanted.pop("set", ())))
    world = source(full, kwargs)
    dreamt = Settings(mask=wanted.pop("mask", "none")).checked()
    try:
        return Plan(
            env=full,
            kwargs=kwargs,
            observation_space=str(world.observations),
            action_space=str(world.actions),
            steps=steps,
            settings=dreamt,
            **wanted,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise ConfigurationError(f"--{wrong['loc'][0]} is {wrong['input']}: {wrong['msg']}") from error


def _run(folder: Path, training: "DreamTraining", worlds: int, quiet: bool, as_json: bool) -> None:
    """Train, evaluate, and write down what came of it."""
    from neuralbrain.cli.terminal import progress, results, say_json
    from neuralbrain.environments import task_name
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.record.dreaming import conclude
    from neuralbrain.record.folder import DREAMING, REPORT, RUNNING, write_manifest
    from neuralbrain.record.manifest import CRASHED, DONE, INTERRUPTED, ended_manifest, versions
    from neuralbrain.record.training import CHECKPOINT

    plan, console = training.plan, progress()
    manifest: dict[str, Any] = {
        "format": DREAMING,
        "status": RUNNING,
        "env": plan.env,
        "task": task_name(plan.env),
        "seed": plan.seed,
        "started": datetime.now().isoformat(timespec="seconds"),
        "versions": versions(),
        "plan": plan.model_dump(mode="json"),
        "result": None,
    }
    write_manifest(folder, manifest)
    began, at_first = time.monotonic(), training.steps
    try:
        while not training.done:
            one = training.advance()
            training.save(folder / CHECKPOINT)
            if not quiet:
                share = (one.real_steps - at_first) / max(1, plan.steps - at_first)
                left = max(0.0, (time.monotonic() - began) * (1 / share - 1))
                console.print(f"{_told(one)}; {timedelta(seconds=round(left))} left", soft_wrap=True)
        result = conclude(folder, manifest, training, DONE, worlds)
    except BaseException as error:
        status = INTERRUPTED if isinstance(error, KeyboardInterrupt) else CRASHED
        write_manifest(folder, ended_manifest(manifest, status, None))
        error.add_note(f"{training.steps} real steps are kept; go on with: train dream --resume {folder}")
        raise
    if training.best is None:
        _ = training.parameters  # says why there are none
        raise ConfigurationError("no controller was trained")
    if as_json:
        rounds = [one.model_dump(mode="json") for one in training.moment.rounds]
        say_json({"run_dir": str(folder), "env": plan.env, "seed": plan.seed, **result, "rounds": rounds})
        return
    for name, text in (
        ("trained", f"{training.steps:,} real steps in {plan.env}"),
        ("trained", _scored(result["evaluation"])),
        ("random", _scored(result["untrained"])),
        ("report", str(folder / REPORT)),
    ):
        results().print(f"{name:<9}{text}", soft_wrap=True)


def _told(one: "Round") -> str:
    """Say in a line what came of a round."""
    fidelity = "" if one.fidelity is None else f", fidelity {one.fidelity:.2f}"
    if one.refused:
        return f"{one.real_steps:,} real steps{fidelity}: the dream is refused: {'; '.join(one.refused)}"
    scored = f"{one.dream_scores[-1]:.4g} searching, {one.real_score:.4g} ± {one.real_error:.2g} in reality"
    return f"{one.real_steps:,} real steps{fidelity}: {scored}"


def _scored(judged: dict[str, Any]) -> str:
    return (
        f"mean return {judged['mean_return']:.4g} ± {judged['return_error']:.2g} "
        f"in {judged['worlds']} fresh worlds"
    )

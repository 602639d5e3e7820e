"""``train``: learn a policy from rewards."""

import contextlib
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.cli.episode import AllowCode
from neuralbrain.interruption import Postponed

if TYPE_CHECKING:
    from neuralbrain.learning.setup import TrainingSetup
    from neuralbrain.learning.training import Point, Training

SECONDS = 5.0
"""A checkpoint is written about so often, s."""
WORLDS = 256
"""In which a policy is evaluated, unless said otherwise."""
EPSILON = "linear:1:0.05"
ALPHA, ALPHA_OF_MANY = "exponential:0.5:0.02", "exponential:0.2:0.0005"
"""Many robots bring more to average over: the entries of their table should settle on the mean of more."""

app = typer.Typer(no_args_is_help=True, help="Learn a policy from rewards.")


@app.callback()
def _train() -> None:
    """Learn a policy from rewards."""


@app.command()
def q(
    env: Annotated[
        str | None, typer.Option(help="The world: an id or short name of `envs`, or any Gymnasium id.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="How many robot-steps to learn, like 100_000_000.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=HIGHEST_SEED, help="The seed of all random numbers; 0 by default."),
    ] = None,
    robots: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many learn at once; by default 4096 where JAX compiles the worlds, else 1."
        ),
    ] = None,
    rule: Annotated[str | None, typer.Option(help="q, double or lambda; q by default.")] = None,
    alpha: Annotated[
        str | None,
        typer.Option(
            help=f"Learning rate: 0.1, linear:FROM:TO or exponential:FROM:TO; {ALPHA}, "
            f"where JAX compiles the worlds {ALPHA_OF_MANY}."
        ),
    ] = None,
    epsilon: Annotated[
        str | None, typer.Option(help=f"Share of random actions, in the same forms; {EPSILON}.")
    ] = None,
    gamma: Annotated[
        float | None,
        typer.Option(help="The discount: what a reward one tick later is worth; 0.99 by default."),
    ] = None,
    decay: Annotated[float | None, typer.Option(help="The lambda of --rule lambda; 0.8 by default.")] = None,
    length: Annotated[int | None, typer.Option(help="How many ticks its traces last; 10 by default.")] = None,
    bins: Annotated[
        int | None,
        typer.Option(help="How many bins cut each entry of the observation; by default the environment's."),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", help="ENTRY=LOW:HIGH: the range to cut, where an entry has no bounds."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, a parameter of the environment.")
    ] = None,
    evaluate: Annotated[int, typer.Option(min=1, help="How many fresh worlds evaluate the result.")] = WORLDS,
    out: Annotated[Path, typer.Option(help="The folder that holds the runs' folders.")] = Path("runs"),
    resume: Annotated[
        Path | None, typer.Option(help="Continue the run in this folder, up to --steps if given.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
    allow_code: AllowCode = False,
) -> None:
    """Learn a table by Q-learning; leaves it in a run's folder, with curves and a report."""
    given = {
        "env": env,
        "seed": seed,
        "robots": robots,
        "rule": rule,
        "alpha": alpha,
        "epsilon": epsilon,
        "gamma": gamma,
        "decay": decay,
        "length": length,
        "bins": bins,
        "range": ranges,
        "set": settings,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    setup = _resumed(resume, steps, wanted, allow_code) if resume else _new(steps, wanted)
    training = _training(setup)
    folder = _resumable(training, resume) if resume else _begun(training, out)
    _run(folder, training, evaluate, quiet, as_json)


def _new(steps: int | None, wanted: dict[str, Any]) -> "TrainingSetup":
    """Plan a new run."""
    from neuralbrain.environments import find_environment
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.learning.setup import settings, training_setup
    from neuralbrain.learning.worlds import vector_environment

    if "env" not in wanted or steps is None:
        raise ConfigurationError(
            "say in which world and for how long: --env NanoSeek --steps 50_000_000 (or --resume FOLDER)"
        )
    full, seed = find_environment(wanted["env"]), wanted.get("seed", 0)
    kwargs = dict(map(setting, wanted.get("set", ())))
    usual = ALPHA if vector_environment(full, kwargs) is None else ALPHA_OF_MANY
    return training_setup(
        full,
        settings(
            steps,
            alpha=wanted.get("alpha", usual),
            epsilon=wanted.get("epsilon", EPSILON),
            **{name: wanted[name] for name in ("rule", "gamma", "decay", "length") if name in wanted},
        ),
        steps=steps,
        seed=seed,
        robots=wanted.get("robots"),
        kwargs=kwargs,
        bins=wanted.get("bins"),
        ranges=dict(map(_range, wanted.get("range", ()))),
    )


def _begun(training: "Training", out: Path) -> Path:
    """Make the folder of a new run, once its worlds have begun."""
    from neuralbrain.environments import task_name
    from neuralbrain.record.folder import new_folder

    _ = training.moment
    setup = training.setup
    return new_folder(out, f"train-{task_name(setup.env)}", setup.seed, datetime.now())


def _resumed(folder: Path, steps: int | None, wanted: dict[str, Any], allow_code: bool) -> "TrainingSetup":
    """Return the setup of a run that goes on."""
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.learning.setup import lengthened

    if wanted:
        raise ConfigurationError(
            f"a run goes on with its own settings: leave out {', '.join(f'--{name}' for name in wanted)}"
        )
    made = _kept(folder, allow_code)
    return made if steps is None else lengthened(made, steps)


def _resumable(training: "Training", folder: Path) -> Path:
    """Put a run where its checkpoint says; return its folder."""
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.record.training import CHECKPOINT, TABLE

    training.restore(folder / CHECKPOINT)
    if training.done and (folder / TABLE).exists():
        raise ConfigurationError(
            f"{folder} has done all of its {training.moment.steps} robot-steps: say how far it goes on, "
            f"with --steps {2 * training.moment.steps}"
        )
    return folder


def _kept(folder: Path, allow_code: bool) -> "TrainingSetup":
    """Return the setup in a run's folder; code that it names is not trusted by itself."""
    from neuralbrain.consent import is_path, refuse_paths
    from neuralbrain.learning.training import planned
    from neuralbrain.record.training import CHECKPOINT

    made = planned(folder / CHECKPOINT)
    if is_path(made.env) and not allow_code:
        refuse_paths([("env", made.env)], str(folder / CHECKPOINT))
    return made


def _run(folder: Path, training: "Training", worlds: int, quiet: bool, as_json: bool) -> None:
    """Train, evaluate, and write down what came of it."""
    from neuralbrain.attempts import Attempts
    from neuralbrain.cli.terminal import busy, results, say_json
    from neuralbrain.cli.training_view import summary
    from neuralbrain.environments import task_name
    from neuralbrain.record.folder import RUNNING, TRAINING, write_manifest
    from neuralbrain.record.manifest import CRASHED, DONE, INTERRUPTED, ended_manifest, versions
    from neuralbrain.record.training import CHECKPOINT, conclude

    setup = training.setup
    manifest: dict[str, Any] = {
        "format": TRAINING,
        "status": RUNNING,
        "env": setup.env,
        "task": task_name(setup.env),
        "seed": setup.seed,
        "started": datetime.now().isoformat(timespec="seconds"),
        "versions": versions(),
        "plan": setup.model_dump(mode="json"),
        "result": None,
    }
    write_manifest(folder, manifest)
    attempts = Attempts()
    try:
        _trained(training, folder / CHECKPOINT, quiet)
        with attempts.trying("keep what was learned"):
            training.save(folder / CHECKPOINT)
        with busy("evaluating, and writing the report", quiet):
            result, written = conclude(folder, manifest, training, DONE, worlds)
    except BaseException as error:
        status = INTERRUPTED if isinstance(error, KeyboardInterrupt) else CRASHED
        with attempts.trying("keep what was learned"):
            training.save(folder / CHECKPOINT)
            kept = f"{training.moment.steps} robot-steps are kept; go on with: train q --resume {folder}"
            error.add_note(kept)
        with attempts.trying("write down why"):
            write_manifest(folder, ended_manifest(manifest, status, None))
        for warning in attempts.warnings:
            error.add_note(warning)
        raise
    warnings = attempts.warnings + written.warnings
    outcome = {
        "run_dir": str(folder),
        "env": setup.env,
        "seed": setup.seed,
        **result,
        "warnings": warnings,
    }
    if as_json:
        say_json(outcome)
    else:
        summary(outcome, results())
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)


def report_training(folder: Path, manifest: dict[str, Any], allow_code: bool = False) -> Path:
    """Write the report of a training run again from its checkpoint; return its path.

    Raises:
        ConfigurationError: Its world is named by a module, and that is not allowed.
        RecordError: The checkpoint cannot be read, or a file cannot be written.
    """
    from neuralbrain.cli.terminal import busy
    from neuralbrain.errors import RecordError
    from neuralbrain.record.folder import REPORT
    from neuralbrain.record.training import CHECKPOINT, conclude

    training = _training(_kept(folder, allow_code))
    training.restore(folder / CHECKPOINT)
    if not training.moment.curve:
        raise RecordError(f"{folder} has learned nothing yet: train q --resume {folder}")
    result = manifest["result"]
    worlds = result["evaluation"]["worlds"] if result else WORLDS
    with busy("evaluating, and writing the report"):
        _, written = conclude(folder, manifest, training, manifest["status"], worlds)
    written.settle()
    return folder / REPORT


def _training(setup: "TrainingSetup") -> "Training":
    from neuralbrain.learning.fused import FusedTraining
    from neuralbrain.learning.stepwise import SteppedTraining

    return FusedTraining(setup) if setup.compiled else SteppedTraining(setup)


def _trained(training: "Training", checkpoint: Path, quiet: bool) -> None:
    """Advance to the end, with a checkpoint every few seconds."""
    from neuralbrain.errors import RecordError

    saved = time.monotonic()
    with _shown(training, quiet) as view:
        while not training.done:
            with Postponed():
                view.show(training.advance().steps, training.newest)
                if time.monotonic() - saved > SECONDS:
                    with contextlib.suppress(RecordError):  # the one before stands; the next may find room
                        training.save(checkpoint)
                    saved = time.monotonic()


class View(Protocol):
    """Shows how learning goes."""

    def show(self, steps: int, newest: "Point | None") -> None:
        """Show how many robot-steps are done, and the newest known point of the curve."""


@contextlib.contextmanager
def _shown(training: "Training", quiet: bool) -> Iterator[View]:
    from neuralbrain.cli.terminal import progress
    from neuralbrain.cli.training_view import Bar, Lines, Silence

    console = progress()
    if quiet:
        yield Silence()
    elif console.is_terminal:
        with Bar(training, console) as bar:
            yield bar
    else:
        yield Lines(training, console)


def setting(text: str) -> tuple[str, Any]:
    """Read KEY=VALUE; the value as JSON where it is JSON, else as text."""
    key, sign, value = text.partition("=")
    if not (key and sign):
        raise typer.BadParameter(f"--set takes KEY=VALUE, not {text!r}")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _range(text: str) -> tuple[int, tuple[float, float]]:
    """Read ENTRY=LOW:HIGH."""
    entry, _, bounds = text.partition("=")
    low, _, high = bounds.partition(":")
    try:
        return int(entry), (float(low), float(high))
    except ValueError as error:
        raise typer.BadParameter(f"--range takes ENTRY=LOW:HIGH, like 1=-3:3, not {text!r}") from error

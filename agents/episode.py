"""One episode: a brain, a world and a sentence, from the seed to the record."""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any

from neuralbrain import extension
from neuralbrain.agents.advice import Model
from neuralbrain.arguments import expect, run_seed
from neuralbrain.attempts import Attempts
from neuralbrain.blueprint import Blueprint
from neuralbrain.embodiment import agents, world_of
from neuralbrain.environments import find_environment, in_world, task_name
from neuralbrain.errors import ConfigurationError, RecordError, UnknownNameError
from neuralbrain.interruption import Postponed
from neuralbrain.language.budget import Used
from neuralbrain.messages import Outcome, Truth
from neuralbrain.record.folder import MEMORY, new_folder, write_manifest
from neuralbrain.record.manifest import CRASHED, DONE, INTERRUPTED, ended_manifest, new_manifest, numbers
from neuralbrain.record.recorder import Recorder
from neuralbrain.record.report import write_report
from neuralbrain.record.story import Story
from neuralbrain.region import MemoryConfig
from neuralbrain.region_types import region_class
from neuralbrain.regions.brainstem import BrainstemConfig
from neuralbrain.runtime import RUNTIMES, Observer, RunResult, spoken, watchers
from neuralbrain.simulation import Simulation

AGENT = "frankenbot"
RUNS = Path("runs")


@dataclass(frozen=True, kw_only=True)
class EpisodeResult:
    """What came of an episode; its fields are the keys of ``--json``.

    Attributes:
        success: Whether the task was solved; see ``judged_by``. It was not where the brain believes what is
            false by simulator truth.
        outcome: What became of the sentence, as the brain says: done, said (a question was answered), asked
            (it asks back, in ``answer``), refused, halted or failed.
        task: The task's short name ("tabletop-place").
        instruction: The sentence.
        seed: The seed of the run and of the world.
        ticks: How many ticks the brain ran.
        sim_seconds: Simulated time, s.
        wall_seconds: For how long the ticks were computed, s of wall time. Start-up and pacing are not in it.
        waited_seconds: How long a person waited for the result, s of wall time: from the call of
            `run_episode` on, with the start of the runtime and pacing; but not the time that they took
            themselves to think of the next sentence.
        model_calls: Requests to language models, for what was said.
        model_tokens: What they used, input and output; where a server does not say, what was set aside.
        model_cost: What they cost, in the currency of the prices that were given; None: unknown.
        model_questions: How often the brain has put a question to them, whether a request came of it or not.
        model_taken: How many answers were taken: a plan that passed every check, or words for the person.
        probe_calls: Requests before it, to learn what a server can do: of several episodes, before the first.
        probe_tokens: Likewise.
        probe_cost: Likewise.
        anomalies: How many anomalies were noticed.
        recovered: After how many of them the step, the plan or the task succeeded all the same.
        trace_sha256: The hash of the trace.
        profile: The numeric profile under which it holds, or "unpinned" and why: `neuralbrain.profile`.
        run_dir: The folder of the record.
        judged_by: "simulator": by simulator truth. "brain": by the brain itself, where the person gave a
            sentence of their own, or the world has no task that its simulator could judge.
        standing: How what the brain says stands, where it says that it has done it: "believed" (by it alone),
            "believed and true" or "believed but false" (by simulator truth as well); else empty.
        conditions: Of a sentence that the brain judges, what it believes to be so, as conditions on the scene
            -> whether it is, by simulator truth; None: nobody can say.
        answer: What the brain told the person at the end; empty if it said nothing.
        choices: Where it asks back: what can be answered.
        warnings: What a person should know, a line each: a model's server that does not keep to its limit;
            what could not be done once the result was there: memories or a file that could not be written, a
            region that could not be closed.
    """

    success: bool
    outcome: Outcome
    task: str
    instruction: str
    seed: int
    ticks: int
    sim_seconds: float
    wall_seconds: float
    waited_seconds: float
    model_calls: int
    model_tokens: int
    model_cost: float | None
    model_questions: int
    model_taken: int
    probe_calls: int
    probe_tokens: int
    probe_cost: float | None
    anomalies: int
    recovered: int
    trace_sha256: str
    profile: str
    run_dir: str
    judged_by: str
    standing: str
    conditions: Mapping[str, bool | None]
    answer: str
    choices: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def model(self) -> Used:
        """What language models were used for what was said."""
        return Used(calls=self.model_calls, tokens=self.model_tokens, cost=self.model_cost)

    @property
    def probing(self) -> Used:
        """What they were used before it."""
        return Used(calls=self.probe_calls, tokens=self.probe_tokens, cost=self.probe_cost)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields in order."""
        return asdict(self) | {"choices": list(self.choices), "warnings": list(self.warnings)}


def prepared(
    agent: str,
    env: str | None,
    seed: int,
    *,
    allow_code: bool = False,
    extensions: Iterable[str] = (),
    instruction: str | None = None,
    env_options: Mapping[str, Any] | None = None,
    stays: bool = False,
    model: Model | None = None,
) -> Blueprint:
    """Return an agent's blueprint, set up for one episode, and checked: all that can be before it begins.

    Args:
        agent: The name of a blueprint, or its file.
        env: An environment, by its id or a short name; None for the brain's own.
        seed: The seed of the run and of the world, from 0 to 2**32 - 1.
        allow_code: Whether paths to code that stand in the agent's file are loaded.
        extensions: Paths of code to add to the brain; what this process has added before comes along.
        instruction: What will be said to it; None: nothing of the person's own.
        env_options: Parameters of the world: what `gymnasium.make` takes.
        stays: Whether the world stays when the brain is done with a sentence: for a talk.
        model: A language model that its cortex asks; None: what the agent's file says.

    Raises:
        ConfigurationError: The agent, one of its settings, or what it is to do cannot be used.
    """
    seed, full = run_seed(seed), None if env is None else find_environment(env)
    extension.add(extensions)
    blueprint = Blueprint.load(agent, allow_code=allow_code).extended(extension.noted())
    blueprint = in_world(blueprint, full, seed, env_options or {}, str(agent))
    blueprint = blueprint if model is None else model.join(blueprint)
    if instruction is not None:
        spoken(blueprint, 0, instruction)  # or it is refused here
    elif not stays:
        _check_task(blueprint)
    return _staying(blueprint) if stays else blueprint


def usual_agent(env: str | None) -> str:
    """Return the agent of an environment, by its id or a short name: the default one where it has none.

    Raises:
        ConfigurationError: There is no such environment.
    """
    return (env and agents().get(find_environment(env))) or AGENT


def _check_task(blueprint: Blueprint) -> None:
    """Raise ConfigurationError if nobody would ask for anything."""
    env = blueprint.by_name[blueprint.body].config["env"]
    world = world_of(env)
    if world is not None and not world.has_task:
        raise ConfigurationError(
            f"{env} has no task of its own: say what to do, as in "
            f'`python run.py episode "put the red block in the blue bowl" --env {task_name(env)}`'
        )


def _remembering(blueprint: Blueprint, store: Path, known: int) -> Blueprint:
    """Return the blueprint with its memories kept in a folder.

    How much a region that remembers knows when the episode begins is fixed here: a replay knows no more.
    """
    for name, spec in blueprint.by_name.items():
        if issubclass(region_class(spec.type).Config, MemoryConfig):
            blueprint = blueprint.configured(name, store=str(store.absolute()), known=known)
    return blueprint


def known(memory: Path | None) -> int:
    """Return how many memories a folder of lasting ones holds.

    Raises:
        ConfigurationError: It is no folder, or could not become one.
        RecordError: It cannot be read.
    """
    if memory is None:
        return 0
    from neuralbrain.memory.store import count  # noqa: PLC0415 - only lasting memories need it here

    return count(memory)


def _staying(blueprint: Blueprint) -> Blueprint:
    """Return the blueprint with a world that stays when the brain is done with a sentence, for the next.

    Raises:
        ConfigurationError: The brain cannot be talked with.
    """
    spoken(blueprint, 0, "hello")  # it hears somebody
    region = blueprint.by_name[blueprint.body]
    if not issubclass(region_class(region.type).Config, BrainstemConfig):
        raise ConfigurationError(
            f"the world of {blueprint.name!r} ends with its first sentence: to talk, let the region "
            f"{region.name!r} be a neuralbrain.regions.brainstem.Brainstem"
        )
    return blueprint.configured(region.name, stays=True)


def _to_the_end(sim: Simulation) -> float:
    """Run an episode to its end; nobody thinks meanwhile."""
    sim.run_to_end()
    return 0.0


def run_episode(
    agent: str = AGENT,
    env: str | None = None,
    seed: int = 0,
    *,
    runtime: str = "inline",
    address: str | None = None,
    instruction: str | None = None,
    env_options: Mapping[str, Any] | None = None,
    out: str | Path = RUNS,
    memory: str | Path | None = None,
    observers: Sequence[Observer] = (),
    allow_code: bool = False,
    extensions: Sequence[str] = (),
    drive: Callable[[Simulation], float] = _to_the_end,
    stays: bool = False,
    model: Model | None = None,
) -> EpisodeResult:
    """Run one episode, or a talk, and record it.

    The report and the video are made apart, from the record; only a run that breaks off gets its
    report here.

    Args:
        agent: The name of a blueprint, or its file.
        env: An environment, by its id or a short name; None for the agent's own.
        seed: Of the run and of the world, from 0 to 2**32 - 1.
        runtime: "inline" or "ray".
        address: Of a Ray cluster; None starts a local one.
        instruction: A sentence of one's own; None for the task's.
        env_options: Parameters of the world: what `gymnasium.make` takes.
        out: The folder in which the run's folder is made.
        memory: A folder of memories that grows from episode to episode; None: one in the run's folder.
        observers: They watch the run.
        allow_code: Whether paths to code that stand in the agent's file are loaded.
        extensions: Paths of code to add to the brain, like a skill's ("my_skill.py:Shake").
        drive: What advances it, and returns how long a person thought meanwhile, s of wall time
            (`neuralbrain.agents.talk`). Where it returns is the end.
        stays: Whether the world stays when the brain is done with a sentence: for a talk.
        model: A language model that its cortex asks; None: what the agent's file says.

    Raises:
        ConfigurationError: A name, setting or argument that cannot be used. Nothing is written.
        RecordError: The record cannot be written while it runs, or the memories cannot be read. What cannot
            be written once there is a result stands in the result's warnings.
        NeuralBrainError: The run broke off; the record holds all until then.
        KeyboardInterrupt: Likewise.
    """
    begun = time.monotonic()
    if runtime not in RUNTIMES:
        raise UnknownNameError("runtime", runtime, RUNTIMES)
    expect("the folder of the run folders", out, (str, Path), "a folder")
    expect("the folder of memories", memory, (str, Path, NoneType), "a folder, or None")
    observers = watchers(observers)
    blueprint = prepared(
        agent,
        env,
        seed,
        allow_code=allow_code,
        extensions=extensions,
        instruction=instruction,
        env_options=env_options,
        stays=stays,
        model=model,
    )
    store = None if memory is None else Path(memory)
    past = known(store)
    env = str(blueprint.by_name[blueprint.body].config["env"])
    started, task = datetime.now().astimezone(), task_name(env)
    folder = new_folder(Path(out), task, seed, started)
    blueprint = _remembering(blueprint, store or folder / MEMORY, past)
    manifest = new_manifest(
        blueprint,
        agent=agent,
        env=env,
        task=task,
        seed=seed,
        runtime=runtime,
        started=started,
        instruction=instruction,
    )
    write_manifest(folder, manifest)
    story, attempts = Story(), Attempts()
    episode: EpisodeResult | None = None
    try:
        with (
            Recorder(folder, blueprint.tick_seconds) as recorder,
            Simulation(
                blueprint,
                seed=seed,
                runtime=runtime,
                address=address,
                observers=(recorder, story, *observers),
                history=0,
            ) as sim,
        ):
            if instruction is not None:
                sim.say(instruction)
            thought = drive(sim)
            result, ended = sim.result, None if sim.done else sim.tick
            figures = _figures(result, story, ended)
            waited, probing = time.monotonic() - begun - thought, Used() if model is None else model.probing
            episode = _result(blueprint, manifest, folder, story, result, waited, probing)
            with Postponed(), attempts.trying("write the result down"):
                ended_now = ended_manifest(manifest, DONE, episode.as_dict(), **figures)
                write_manifest(folder, ended_now, closed=False)
            with attempts.trying("let the regions keep what is to last"):
                sim.commit()
    except BaseException as error:
        if episode is None:
            _break_off(folder, manifest, story, error)
        if episode is None or not isinstance(error, Exception):
            error.add_note(f"record: {folder}")
            raise
        attempts.failed.append(("close everything", error))
    episode = replace(episode, warnings=(*story.model_warnings, *attempts.warnings))
    with contextlib.suppress(
        RecordError
    ):  # it stands there without the log's hash, or a warning says why not
        write_manifest(folder, ended_manifest(manifest, DONE, episode.as_dict(), **figures))
    return episode


def _figures(result: RunResult, story: Story, ended: int | None) -> dict[str, Any]:
    """Return what the manifest says of a run that has come to its end, beside the result."""
    return {
        "ended": ended,
        "dialogue": [line.as_dict() for line in story.dialogue],
        **numbers(result.profile, result.machines),
        "start_seconds": round(result.start_seconds, 3),
        "firings": dict(result.firings),
        "evaluation": dict(result.stop.evaluation) if result.stop else {},
        "reason": result.stop.reason if result.stop else "",
    }


def _result(
    blueprint: Blueprint,
    manifest: Mapping[str, Any],
    folder: Path,
    story: Story,
    result: RunResult,
    waited: float,
    probing: Used,
) -> EpisodeResult:
    stop, judge = result.stop, "simulator" if manifest["instruction"] is None else "brain"
    outcome = story.outcome
    done = story.done if outcome else None  # not what it said to the sentence before
    if stop is None:  # the person ended it
        judge, outcome = "brain", outcome or "halted"
    believed = outcome in ("done", "said")
    truth = story.truth or Truth(tick=result.ticks, source=blueprint.body)
    success = stop.success if stop else believed and not truth.false
    judge = str(stop.evaluation.get("judged_by", judge)) if stop else judge
    if judge == "simulator":
        standing, conditions = "believed and true" if success else "believed but false", {}
    else:
        standing, conditions = truth.standing, truth.by_condition
    return EpisodeResult(
        success=success,
        outcome=outcome or "failed",
        task=manifest["task"],
        instruction=story.instruction,
        seed=manifest["seed"],
        ticks=result.ticks,
        sim_seconds=round(result.ticks * blueprint.tick_seconds, 6),
        wall_seconds=round(result.wall_seconds, 3),
        waited_seconds=round(waited, 3),
        model_calls=story.thoughts.used.calls,
        model_tokens=story.thoughts.used.tokens,
        model_cost=story.thoughts.used.cost,
        model_questions=len(story.thoughts.questions),
        model_taken=story.thoughts.taken,
        probe_calls=probing.calls,
        probe_tokens=probing.tokens,
        probe_cost=probing.cost,
        anomalies=len(story.troubles),
        recovered=story.recovered,
        trace_sha256=result.trace,
        profile=str(result.profile),
        run_dir=str(folder),
        judged_by=judge,
        standing=standing if believed else "",
        conditions=conditions,
        answer=done.text if done else "",
        choices=done.choices if done else (),
    )


def _break_off(folder: Path, manifest: Mapping[str, Any], story: Story, error: BaseException) -> None:
    """Keep what is known of a run that broke off; its error stays the one that is told."""
    attempts = Attempts()
    known = {"ticks": story.until, "anomalies": len(story.troubles), "recovered": story.recovered}
    status = INTERRUPTED if isinstance(error, KeyboardInterrupt) else CRASHED
    with attempts.trying("write down why"):
        write_manifest(folder, ended_manifest(manifest, status, None, error=_line(error), so_far=known))
    if not attempts.failed:
        with attempts.trying("write the report"):
            write_report(folder)
    for warning in attempts.warnings:
        error.add_note(warning)


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")

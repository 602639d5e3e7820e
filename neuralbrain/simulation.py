"""A simulation: a brain in a world, driven from Python.

    with neuralbrain.Simulation("frankenbot", env="tabletop-place", seed=3) as sim:
        sim.say("put the red block in the blue bowl")
        print(sim.run_until_done().text)
        state = sim.snapshot()
        sim.say("take it out again")
        sim.run_for(seconds=5)
        sim.restore(state)
        print(len(sim.probe("visual_cortex.scene")))

It steps, takes messages in, shows what was sent, and can be kept and restored, the same on both runtimes.
What it does depends on brain, world, seed and what was injected, and not on how it was run up to there.
"""

import contextlib
import math
import warnings
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import gymnasium
from pydantic import ValidationError

from neuralbrain.arguments import expect, refused, run_seed, whole
from neuralbrain.blueprint import Blueprint
from neuralbrain.environments import set_up
from neuralbrain.errors import ConfigurationError, ContractError, UnknownNameError
from neuralbrain.messages import Done, Message
from neuralbrain.probes import Answers, History, Probe
from neuralbrain.region_types import region_class
from neuralbrain.runtime import (
    Injection,
    Observer,
    RunResult,
    Session,
    Snapshot,
    given,
    open_session,
    resume,
    spoken,
    watchers,
)
from neuralbrain.runtime.slices import slice_length

HISTORY = 1000
"""How many messages of each port are kept for probes, if nothing else is said."""


class Simulation:
    """A brain in a world, tick by tick. Use it in a ``with``, or `close` it.

    Args:
        brain: The name of a blueprint ("frankenbot"), its file (*.yaml), or a `Blueprint`.
        env: An environment, by its id or a short name ("place"), or one that Gymnasium has made, with its
            wrappers, which is made again from its ``spec``; None: the brain's own.
        seed: Of the run and of the world, from 0 to 2**32 - 1. A `Blueprint` for which neither ``env`` nor
            ``env_options`` is given is taken unchanged, with the seed of the world that is set in it.
        runtime: "inline" or "ray".
        env_options: Parameters of the world: what `gymnasium.make` takes.
        address: Of a Ray cluster; None starts a local one.
        stays: Whether the world stays when the brain is done with a sentence, for the next; else that is the
            end, as it is of an episode. A `Blueprint` that is taken unchanged says so itself.
        observers: They see everything sent, in order; see `neuralbrain.runtime.Observer`.
        trace: Whether to hash the trace.
        history: How many messages of each port are kept for probes, the newest; older ones are forgotten. 0
            keeps none, which is the fastest.
        allow_code: Whether paths to code that stand in the brain's file are loaded.

    Raises:
        ConfigurationError: A name, setting or argument that cannot be used.
        RuntimeUnavailableError: Ray cannot be started or reached.
        NeuralBrainError: A region or the body refused to begin.
    """

    _session: Session | None = None  # until it has begun, and for good where it could not

    def __init__(
        self,
        brain: Blueprint | str | Path,
        env: str | gymnasium.Env[Any, Any] | None = None,
        seed: int = 0,
        runtime: str = "inline",
        *,
        env_options: Mapping[str, Any] | None = None,
        address: str | None = None,
        stays: bool = True,
        observers: Sequence[Observer] = (),
        trace: bool = True,
        history: int = HISTORY,
        allow_code: bool = False,
    ) -> None:
        for name, value in (("stays", stays), ("trace", trace), ("allow_code", allow_code)):
            expect(f"`{name}`", value, bool, "True or False")
        seed, self._history, observers = run_seed(seed), History(history), watchers(observers)
        blueprint = set_up(brain, env, seed, env_options, stays=stays, allow_code=allow_code)
        self._answers = Answers(blueprint)
        self._session = open_session(
            blueprint,
            seed,
            runtime=runtime,
            address=address,
            observers=self._history.before((self._answers, *observers)),
            trace=trace,
        )

    @classmethod
    def from_snapshot(
        cls,
        state: Snapshot,
        runtime: str = "inline",
        *,
        groups: Mapping[str, str] | None = None,
        address: str | None = None,
        observers: Sequence[Observer] = (),
        history: int = HISTORY,
    ) -> Self:
        """Return a simulation that goes on from a snapshot, in any process, on either runtime.

        Args:
            state: What `snapshot` returned.
            runtime: "inline" or "ray", whichever took it.
            groups: Another grouping, region name -> group name; None: as it was.
            address: Of a Ray cluster; None starts a local one.
            observers: They see what is sent from there on.
            history: As for a new one; probes know only what is sent from there on.

        Raises:
            UnknownNameError: No such runtime, or no such region in the grouping.
            ConfigurationError: It is no snapshot, or was changed since it was taken, or has a format that
                this version does not read.
            NeuralBrainError: A region or the runtime refused to go on.
        """
        simulation = cls.__new__(cls)
        simulation._history = History(history)
        simulation._answers = Answers(given(state).brain(groups))
        simulation._session = resume(
            state,
            runtime=runtime,
            address=address,
            observers=simulation._history.before((simulation._answers, *watchers(observers))),
            groups=groups,
        )
        return simulation

    # ---- where it stands

    @property
    def session(self) -> Session:
        """The run that is held; see `neuralbrain.runtime.Session`."""
        if self._session is None:
            raise ContractError("this simulation could not begin: make a new one")
        return self._session

    @property
    def blueprint(self) -> Blueprint:
        """The brain, set into its world."""
        return self.session.blueprint

    @property
    def tick(self) -> int:
        """The first tick that has not been run."""
        return self.session.tick

    @property
    def seconds(self) -> float:
        """Simulated time that has passed, s."""
        return self.tick * self.blueprint.tick_seconds

    @property
    def done(self) -> bool:
        """Whether the body's region has stopped and everyone has halted."""
        return self.session.halted

    @property
    def result(self) -> RunResult:
        """What came of it so far: trace, evaluation, firings."""
        return self.session.finish(commit=False)

    @property
    def injections(self) -> list[Injection]:
        """All that came from outside, in order: `neuralbrain.runtime.run_brain` replays it."""
        return list(self.session.injections)

    # ---- to run it

    def step(self, ticks: int = 1) -> None:
        """Run so many ticks, or to the halt.

        Raises:
            ConfigurationError: Less than one tick.
            NeuralBrainError: A region or the body refused to go on.
        """
        self.session.advance(self.tick + whole("the number of ticks", ticks, 1))

    def run_for(self, seconds: float) -> None:
        """Run for so much simulated time, s, to the nearest tick; or to the halt."""
        self.step(self._ticks(seconds))

    def run_until_done(self, max_seconds: float | None = None) -> Done | None:
        """Run until the brain says something to the person, or everyone has halted.

        It says what became of a sentence, answers, or asks back (``outcome`` is "asked", and `say` answers).
        What it says to an earlier sentence, before it can have heard the last, does not count. It runs in
        slices, as the runtimes do, so it may stop some ticks after the answer: where a slice ends, which is
        the same tick however the run was cut up before.

        Args:
            max_seconds: Run no longer than this, simulated time, s; None: as long as it takes.

        Returns:
            What it says; None if it has said nothing new by then.
        """
        known = len(self._answers.said)
        last = None if max_seconds is None else self.tick + self._ticks(max_seconds)
        length = slice_length(self.blueprint)  # nobody runs further ahead of the person
        while not (self.done or self._answers.after(known)) and (last is None or self.tick < last):
            end = (self.tick // length + 1) * length
            self.session.advance(end if last is None else min(end, last))
        return self._answers.after(known)

    def run_to_end(self) -> RunResult:
        """Run until the body's region has stopped and everyone has halted; return what came of it."""
        self.session.advance()
        return self.result

    def commit(self) -> RunResult:
        """Let the regions make their lasting effects (memories), once; the simulation ends here.

        Raises:
            NeuralBrainError: A region could not.
        """
        return self.session.finish(commit=True)

    # ---- to say and see something

    def inject(self, port: str, message: Message | Mapping[str, Any], *, source: str = "person") -> None:
        """Deliver a message to an input of a region; it arrives at the present tick, before all else.

        Args:
            port: "region.port".
            message: The message, with the present tick; or its fields without tick and source.
            source: Who says it, where fields are given: a name that no region has.

        Raises:
            UnknownNameError: No such region or port.
            ContractError: It is not what this port takes, or everyone has halted.
        """
        region, name = self._named(port, "inputs")
        if isinstance(message, Mapping):
            kind = region_class(self.blueprint.by_name[region].type).inputs[name]
            odd = [
                str(field) for field in message if field not in kind.model_fields.keys() - {"tick", "source"}
            ]
            if odd:
                fields = ", ".join(sorted(kind.model_fields.keys() - {"tick", "source", "kind"}))
                raise ContractError(
                    f"{port} takes {kind.__name__}, whose fields to give are {fields}: not {odd[0]!r}"
                )
            try:
                message = kind.model_validate({**message, "tick": self.tick, "source": source})
            except ValidationError as error:
                fault = error.errors()[0]
                place = ".".join(map(str, fault["loc"]))
                raise ContractError(
                    f"{port} takes {kind.__name__}, and its field {place!r} is wrong: {fault['msg']}"
                ) from error
        self.session.inject(region, name, message)

    def say(self, text: str) -> None:
        """Say a sentence to the brain; it is heard at the present tick.

        Said before the first tick, it takes the place of the task's own sentence. A brain that is done with a
        sentence listens for the next as long as its world stays: make the simulation with ``stays``.

        Raises:
            ConfigurationError: There are no words in it, or the brain hears nobody.
            ContractError: Everyone has halted.
        """
        said = spoken(self.blueprint, self.tick, text)
        self.session.inject(said.region, said.port, said.message)
        self._answers.ask(self.tick)

    def probe(self, port: str) -> Probe:
        """Return what an output port has sent, as a sequence that grows as the simulation goes on.

        It knows the newest messages only, as many as ``history`` says, also of the time before it was made.

        Args:
            port: "region.port".

        Raises:
            UnknownNameError: No such region or port.
            ConfigurationError: This simulation keeps no history.
        """
        place = self._named(port, "outputs")
        if not self._history.kept:
            raise ConfigurationError(f"nothing is kept of {port}: make the simulation with a history above 0")
        return Probe(port, self._history.port(*place))

    # ---- to keep it

    def snapshot(self) -> Snapshot:
        """Return all that later ticks and the trace depend on: one value, which can be pickled."""
        return self.session.snapshot()

    def restore(self, state: Snapshot) -> None:
        """Go on from a snapshot of this simulation; what probes knew of later ticks is forgotten.

        Raises:
            ConfigurationError: It is of another brain, world or seed, and `from_snapshot` takes it; or it is
                no snapshot, or was changed since it was taken.
        """
        self.session.restore(state)
        self._history.forget(state.tick)
        self._answers.forget(state.tick)

    def close(self) -> None:
        """Release what the regions and the runtime hold. Once is enough."""
        if self._session is not None:
            self._session.close()

    def __enter__(self) -> Self:
        if self.session.closed:
            raise ContractError(f"{self!r} has been closed: make a new one")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.__exit__(kind, error, trace)

    def __del__(self) -> None:
        if self._session is not None and not self._session.closed:
            warnings.warn(
                f"{self!r} was left open: use it in a `with`, or close it", ResourceWarning, 2, self
            )
            with contextlib.suppress(Exception):
                self._session.close()

    def __repr__(self) -> str:
        if self._session is None:
            return "<Simulation that could not begin>"
        return f"<Simulation of {self.blueprint.name!r}, seed {self.session.seed}, at tick {self.tick}>"

    def _ticks(self, seconds: float) -> int:
        real = isinstance(seconds, Real) and not isinstance(seconds, bool)
        if not (real and 0 < seconds < math.inf):
            raise refused("the time to run, s,", seconds, "a number, more than 0")
        return max(1, round(seconds / self.blueprint.tick_seconds))

    def _named(self, port: str, side: str) -> tuple[str, str]:
        """Split "region.port", and look that there is such a one."""
        expect("the port", port, str, 'it as "region.port"')
        region, _, name = port.partition(".")
        if region not in self.blueprint.by_name:
            raise UnknownNameError("region", region, self.blueprint.by_name, "Give region.port.")
        ports = getattr(region_class(self.blueprint.by_name[region].type), side)
        if name not in ports:
            raise UnknownNameError(f"{side.removesuffix('s')} of {region}", name, ports)
        return region, name

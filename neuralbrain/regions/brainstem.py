"""The brainstem: the one region that owns a body. What all have in common: making it, hearing, ending."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

import gymnasium
from pydantic import Field, model_validator

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.body import Body, Evaluation, Truthful
from neuralbrain.consent import NamesCode
from neuralbrain.disturbance import Disturbance, Disturbed
from neuralbrain.embodiment import agents, check_options, environment_spec, making
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Done, Halt, Instruction, Message, Reward, Stop, TimeNotice, Truth
from neuralbrain.region import Inbox, Region, RegionConfig
from neuralbrain.regions.claims import held_against
from neuralbrain.wrappers import body_of

B = TypeVar("B", bound=Body)
AT_ONCE = ("refused", "asked", "halted")
"""Outcomes that end an episode even after the notice that its time is nearly up."""


class BrainstemConfig(RegionConfig):
    """Which body a region drives.

    Attributes:
        env: The environment whose body is driven: its Gymnasium id, or its spec as JSON, with its wrappers
            (`gymnasium.envs.registration.EnvSpec`).
        env_seed: The seed of its world.
        env_options: Keyword arguments for `gymnasium.make`.
        disturbances: What is wrong with the body's sensors and actuators.
        stays: Whether the world stays when the cortex is done, for what the person says next; its time is
            never up then.
        notice: So many of the body's ticks before the time is up the brain is told, half of the time at most:
            enough for a word of the cortex to come in time.
    """

    env: Annotated[str, NamesCode()] = ""
    env_seed: int = Field(default=0, ge=0, le=HIGHEST_SEED)
    env_options: dict[str, Any] = {}
    disturbances: tuple[Disturbance, ...] = ()
    stays: bool = False
    notice: int = Field(default=30, ge=0)

    @model_validator(mode="after")
    def _world_takes_options(self) -> Self:
        if self.env_options:
            try:
                spec = environment_spec(self.env)
            except ConfigurationError:  # a short name, or a wrong one: it is looked up when the brain is set
                return self  # into its world, and this is asked again
            check_options(spec, self.env_options)
        return self


class Brainstem(Region, Generic[B]):
    """A region that owns a body, made from its settings at first use."""

    protocol: ClassVar[type] = Body
    """What the body follows."""
    needed: ClassVar[tuple[str, ...]] = ()
    """Attributes by which such a body is told from other sorts."""
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        "task": Instruction,
        "notice": TimeNotice,
        "reward": Reward,
        "truth": Truth,
        "stop": Stop,
    }
    Config = BrainstemConfig
    config: BrainstemConfig

    def __init__(self, name: str, config: Any = None) -> None:
        super().__init__(name, config)
        self._env: Any = None
        self._body: B | None = None
        self._begin()

    def reset(self, seed: int) -> None:
        """Build the world from ``env_seed``; the region itself draws nothing."""
        self.body.reset(self.config.env_seed)
        self._begin()

    def _begin(self) -> None:
        """Begin an episode."""
        self._stopped = self._noticed = False
        self._sentence = ""  # the newest
        self._answer: Done | None = None  # what the cortex said last
        self._false = False  # whether that is not so, by simulator truth
        self._rewarded: tuple[float, bool] | None = None

    @property
    def body(self) -> B:
        """The body, made at first use.

        Raises:
            ConfigurationError: No environment is configured, or what it configures has no such body.
        """
        if self._body is None:
            self._body = self._made()
        return self._body

    def _made(self) -> B:
        """Make the environment and return its body."""
        if not self.config.env:
            raise ConfigurationError(
                f"region {self.name!r} has no body: set its `env` to the id of an environment; "
                "`python run.py envs` lists them"
            )
        spec = environment_spec(self.config.env)
        with making(spec.id):
            self._env = gymnasium.make(spec, **self.config.env_options)
        body: Any = body_of(self._env)
        wanted = f"{self.protocol.__module__}.{self.protocol.__name__}"
        if body is None:
            raise ConfigurationError(
                f"the environment {self.config.env!r} has no `body` for region {self.name!r} to drive: "
                f"give its unwrapped class an attribute `body` that follows {wanted}"
            )
        if not all(hasattr(body, name) for name in self.needed):
            fitting = agents().get(self.config.env)
            advice = f"--agent {fitting} does" if fitting else "choose another --env or another --agent"
            raise ConfigurationError(
                f"the body of {self.config.env!r} is no {self.protocol.__name__}, so region {self.name!r} "
                f"cannot drive it: {advice}, or let the body follow {wanted}"
            )
        made: Any = Disturbed(body, self.config.disturbances) if self.config.disturbances else body
        return made  # type: ignore[no-any-return]

    def firing_seconds(self) -> float:
        """Return the simulated time of one of the body's ticks, s: a firing is one."""
        return self.body.tick_seconds

    def _hear(self, inbox: Inbox) -> bool:
        """Take in what is said and what the cortex says to it; whether the person says: stop."""
        for sentence in inbox.of(Instruction):
            self._sentence = sentence.text
        return inbox.latest(Halt) is not None

    def _tell(self, tick: int, lived: int, inbox: Inbox) -> dict[str, Message]:
        """Say what any brainstem says: the task's sentence, that the time is nearly up, reward and end.

        Args:
            tick: This tick.
            lived: This tick of the body.
            inbox: What has arrived.
        """
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        body, out = self.body, dict[str, Message]()
        if tick == 0 and body.instruction:
            out["task"] = Instruction(**stamp, text=body.instruction)
        verdict = body.evaluate()
        if (verdict.reward, verdict.success) != self._rewarded:
            self._rewarded = verdict.reward, verdict.success
            out["reward"] = Reward(**stamp, reward=verdict.reward, success=verdict.success)
        answer = inbox.latest(Done)
        if answer is not None:
            self._answer, self._false = answer, False
            if answer.claim is not None and isinstance(body, Truthful):
                out["truth"] = truth = Truth(**stamp, **held_against(body, answer.claim))
                self._false = bool(truth.false)
        last = body.max_ticks
        nearly = lived >= last - min(self.config.notice, last // 2)
        if nearly and not (self._noticed or self._stopped or self.config.stays):
            self._noticed = True
            out["notice"] = TimeNotice(**stamp, left=(last - lived) * body.tick_seconds)
        reason = self._reason_to_stop(lived, inbox)
        if reason:
            self._stopped = True
            out["stop"] = self._end(stamp, reason, verdict)
        return out

    def _reason_to_stop(self, lived: int, inbox: Inbox) -> str:
        """Say why the episode ends at this tick; empty if it goes on or has been ended already.

        After the notice what the cortex says is its last word, which ends nothing before its time.
        """
        if self._stopped or self.config.stays:
            return ""
        done = inbox.latest(Done)
        if done is not None and (done.outcome in AT_ONCE or not self._noticed):
            return done.outcome
        if lived < self.body.max_ticks:
            return ""
        return (
            "done" if self._noticed and self._answer is not None and self._answer.success else "out of time"
        )

    def _end(self, stamp: dict[str, Any], reason: str, verdict: Evaluation) -> Stop:
        """Return the end, judged by simulator truth.

        The brain judges where the sentence is not the task's, and where the simulator cannot; what it
        believes and what is known to be false is no success.
        """
        if verdict.judged and self._sentence in ("", self.body.instruction):
            judged = {**verdict.info, "judged_by": "simulator"}
            return Stop(**stamp, reason=reason, success=verdict.success, evaluation=judged)
        believed = self._answer is not None and self._answer.success and not self._false
        return Stop(**stamp, reason=reason, success=believed, evaluation={"judged_by": "brain"})

    def get_state(self) -> dict[str, Any]:
        """Return the region's own state and the body's; None for a body that has not been made yet."""
        own = {k: v for k, v in self.__dict__.items() if k not in ("name", "config", "_env", "_body")}
        return {"own": deepcopy(own), "body": None if self._body is None else self._body.get_state()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        if state["body"] is None:
            self.close()
        else:
            self.body.set_state(state["body"])
        held = self._env, self._body
        super().set_state(state["own"])
        self._env, self._body = held

    def close(self) -> None:
        """Release the simulator."""
        body = self._body
        if body is not None:
            body.close()
        if self._env is not None:
            self._env.close()
        self._env = self._body = None

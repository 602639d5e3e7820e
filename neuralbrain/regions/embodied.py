"""What regions that own a body share: making it, ending the episode, being handed over."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import Field

from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Done
from neuralbrain.region import Inbox, Region, RegionConfig

B = TypeVar("B")


class EmbodiedConfig(RegionConfig):
    """Which body a region drives.

    Attributes:
        env: The Gymnasium id of the environment whose ``unwrapped.body`` is driven.
        env_seed: The seed of its world.
        env_options: Keyword arguments for `gymnasium.make`.
    """

    env: str = ""
    env_seed: int = Field(default=0, ge=0)
    env_options: dict[str, Any] = {}


class Embodied(Region, Generic[B]):
    """A region that owns a body, made from its settings at first use."""

    protocol: ClassVar[type]
    """What the body follows."""
    needed: ClassVar[tuple[str, ...]]
    """Attributes by which such a body is told from other sorts."""
    Config = EmbodiedConfig
    config: EmbodiedConfig

    def __init__(self, name: str, config: Any = None) -> None:
        super().__init__(name, config)
        self._env: Any = None
        self._body: B | None = None
        self._stopped = False

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
        import gymnasium  # noqa: PLC0415 - here, so that to check a blueprint stays cheap

        if not self.config.env:
            raise ConfigurationError(
                f"region {self.name!r} has no body: set its `env` to the id of an environment; "
                "`python run.py envs` lists them"
            )
        self._env = gymnasium.make(self.config.env, **self.config.env_options)
        body: B | None = getattr(self._env.unwrapped, "body", None)
        wanted = f"neuralbrain.body.{self.protocol.__name__}"
        if body is None:
            raise ConfigurationError(
                f"the environment {self.config.env!r} has no `body` for region {self.name!r} to drive: "
                f"give its unwrapped class an attribute `body` that follows {wanted}"
            )
        if not all(hasattr(body, name) for name in self.needed):
            raise ConfigurationError(
                f"the body of {self.config.env!r} is no {self.protocol.__name__}, so region {self.name!r} "
                f"cannot drive it: choose another --env or another --agent, or let the body follow {wanted}"
            )
        return body

    def _reason_to_stop(self, tick: int, inbox: Inbox, last: int) -> str:
        """Say why the episode ends at this tick; empty if it goes on or has been ended already.

        Args:
            tick: This tick.
            inbox: What has arrived.
            last: When the time is up.
        """
        if self._stopped:
            return ""
        done = inbox.latest(Done)
        if done is not None:
            return "refused" if done.refused else "done" if done.success else "gave up"
        return "out of time" if tick >= last else ""

    def get_state(self) -> dict[str, Any]:
        """Return the region's own state and the body's."""
        own = {k: v for k, v in self.__dict__.items() if k not in ("name", "config", "_env", "_body")}
        body: Any = self.body
        return {"own": deepcopy(own), "body": body.get_state()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        body: Any = self.body
        body.set_state(state["body"])
        self.__dict__.update(deepcopy(dict(state["own"])))

    def close(self) -> None:
        """Release the simulator."""
        body: Any = self._body
        if body is not None:
            body.close()
        if self._env is not None:
            self._env.close()
        self._env = self._body = None

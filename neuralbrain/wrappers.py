"""What may stand between a brain and its body: wrappers of the body, and what Gymnasium puts around a world.

A brain drives the environment that it was given. A wrapper of Gymnasium's that changes what is sensed or done
works on observations and actions, which a brain does not use; so it would be gone round in silence, and is
refused. What should change what a brain senses or does is a wrapper of the body.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import gymnasium
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, RecordEpisodeStatistics, TimeLimit

from neuralbrain.consent import load
from neuralbrain.errors import ConfigurationError

HARMLESS = (OrderEnforcing, PassiveEnvChecker, RecordEpisodeStatistics)
"""Wrappers that only check or count."""


class BodyWrapper:
    """A body around another: it does the same, but for what a subclass overrides.

    Args:
        body: The body inside.
    """

    def __init__(self, body: Any) -> None:
        self.body = body

    def __getattr__(self, name: str) -> Any:
        if name == "body":  # not made yet, as when it is copied
            raise AttributeError(name)
        return getattr(self.body, name)

    def get_state(self) -> dict[str, Any]:
        """Return its own state and that of the body inside."""
        own = {name: value for name, value in self.__dict__.items() if name != "body"}
        return {"own": deepcopy(own), "body": self.body.get_state()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there."""
        self.body.set_state(state["body"])
        self.__dict__.update(deepcopy(dict(state["own"])))


class OnBody(gymnasium.Wrapper[Any, Any, Any, Any], gymnasium.utils.RecordConstructorArgs):
    """Puts a wrapper of the body around an environment's body, for brains.

    Gymnasium's own interface stays as it is.

    Args:
        env: The environment.
        wrapper: A `BodyWrapper` class of a module, or its path ("package.module:Name"): as that it is written
            down, so that another process can make it again.
        options: Its further arguments.
    """

    def __init__(
        self, env: gymnasium.Env[Any, Any], wrapper: type[BodyWrapper] | str, **options: Any
    ) -> None:
        path = wrapper if isinstance(wrapper, str) else f"{wrapper.__module__}:{wrapper.__qualname__}"
        gymnasium.utils.RecordConstructorArgs.__init__(self, wrapper=path, **options)
        super().__init__(env)
        inside, _ = _found(env)
        self.body = load(path)(inside, **options)


class _TimeLimited(BodyWrapper):
    """A body whose time is up earlier."""

    def __init__(self, body: Any, ticks: int) -> None:
        super().__init__(body)
        self.max_ticks = min(ticks, body.max_ticks)


def body_of(env: gymnasium.Env[Any, Any]) -> Any:
    """Return the body that a brain drives in an environment; None if it has none.

    Raises:
        ConfigurationError: There is a wrapper around it that would be gone round.
    """
    body, limit = _found(env)
    return body if body is None or limit is None else _TimeLimited(body, limit)


def _found(env: gymnasium.Env[Any, Any]) -> tuple[Any, int | None]:
    """Return the body, and after how many ticks a wrapper cuts the episode off."""
    limit: int | None = None
    layer: Any = env
    while True:
        if "body" in vars(layer) or not isinstance(layer, gymnasium.Wrapper):
            return getattr(layer, "body", None), limit
        if isinstance(layer, TimeLimit):
            limit = layer._max_episode_steps if limit is None else min(limit, layer._max_episode_steps)
        elif not isinstance(layer, HARMLESS):
            raise ConfigurationError(
                f"the wrapper {type(layer).__name__} around {env.unwrapped} changes "
                "observations, actions or rewards, and a brain uses none of these: it would have no effect. "
                "Leave it out, or write it as a neuralbrain.wrappers.BodyWrapper and put it on with OnBody"
            )
        layer = layer.env

"""Delay, noise and failure of sensors and actuators: a wrapper of the body, told by settings.

After dm_control's ``Observable``, which has a delay, a corruptor and a buffer for each sensor.
"""

import inspect
from collections.abc import Sequence
from dataclasses import is_dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuralbrain.errors import ConfigurationError
from neuralbrain.wrappers import BodyWrapper


class Disturbance(BaseModel):
    """What is wrong with a sensor, a camera or an actuator.

    Attributes:
        of: "sensor": a field of what the body senses; "camera": a camera; "actuator": an argument of the
            body's ``act``.
        name: Its name.
        noise: Standard deviation of what is added, in the unit of the value; not for cameras.
        delay: So many ticks later than it is true; not for cameras.
        failure: Share of the ticks in which it fails, 0 to 1: a sensor and an actuator repeat their last
            value, a picture shows nothing.
        shows: What a camera shows that fails: a "dark" picture, a "bright" one, one "grey" all over, or one
            with "no depth".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: Literal["sensor", "camera", "actuator"]
    name: str
    noise: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    delay: int = Field(default=0, ge=0)
    failure: float = Field(default=0.0, ge=0, le=1)
    shows: Literal["dark", "bright", "grey", "no depth"] = "dark"

    @model_validator(mode="after")
    def _cameras_only_fail(self) -> Self:
        if self.of == "camera" and (self.noise or self.delay):
            raise ValueError(f"camera {self.name!r} takes no noise and no delay here, only failure")
        return self


class Disturbed(BodyWrapper):
    """A body whose sensors and actuators are not what they should be. What is drawn depends on seed and tick.

    Args:
        body: The body inside.
        disturbances: What is wrong, in order.

    Raises:
        ConfigurationError: It has no such camera or actuator; what it senses is known at the first `sense`.
    """

    def __init__(self, body: Any, disturbances: Sequence[Disturbance]) -> None:
        super().__init__(body)
        self._disturbances = tuple(disturbances)
        known = {
            "camera": tuple(getattr(body, "cameras", ())),
            "actuator": tuple(inspect.signature(body.act).parameters),
        }
        for one in disturbances:
            if one.of in known and one.name not in known[one.of]:
                raise ConfigurationError(
                    f"disturbances: the body has no {one.of} {one.name!r}; it has {', '.join(known[one.of])}"
                )

    def reset(self, seed: int) -> None:
        """Build the world; nothing has been sensed or done yet."""
        self.body.reset(seed)
        self._seed, self._tick = seed, 0
        self._past: dict[int, list[Any]] = {}  # of each disturbance, its true values, oldest first
        self._last: dict[int, Any] = {}

    def sense(self) -> Any:
        """Return what the body senses, disturbed."""
        state = self.body.sense()
        changes: dict[str, Any] = {}
        for number, one in enumerate(self._disturbances):
            if one.of == "sensor":
                if not is_dataclass(state) or not hasattr(state, one.name):
                    raise ConfigurationError(
                        f"disturbances: the body senses no {one.name!r}; it senses {', '.join(vars(state))}"
                    )
                changes[one.name] = self._disturbed(
                    number, one, changes.get(one.name, getattr(state, one.name))
                )
        return replace(state, **changes) if changes else state

    def look(self, camera: str) -> Any:
        """Take a picture; it shows nothing where the camera fails."""
        picture = self.body.look(camera)
        for number, one in enumerate(self._disturbances):
            if one.of == "camera" and one.name == camera and self._fails(number, one):
                return _failing(picture, one.shows)
        return picture

    def act(self, *arguments: Any) -> None:
        """Run one tick with what the actuators make of it."""
        names = list(inspect.signature(self.body.act).parameters)
        values = list(arguments)
        for number, one in enumerate(self._disturbances):
            if one.of == "actuator":
                place = names.index(one.name)
                values[place] = self._disturbed(number, one, values[place])
        self.body.act(*values)
        self._tick += 1

    def _disturbed(self, number: int, one: Disturbance, value: Any) -> Any:
        """Return what comes of a true value."""
        past = self._past.setdefault(number, [])
        past.append(value)
        del past[: -one.delay - 1]
        seen = past[0]
        if number in self._last and self._fails(number, one):
            return self._last[number]
        if one.noise:
            drawn = one.noise * self._draw(number, 1).normal(size=np.shape(seen))
            noisy = np.asarray(seen) + drawn
            seen = float(noisy) if np.ndim(seen) == 0 else noisy.astype(np.asarray(seen).dtype)
        self._last[number] = seen
        return seen

    def _fails(self, number: int, one: Disturbance) -> bool:
        return one.failure > 0 and bool(self._draw(number, 0).random() < one.failure)

    def _draw(self, number: int, which: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, self._tick, number, which])


def _failing(picture: Any, shows: str) -> Any:
    """Return what a camera that fails makes of a picture."""
    if shows == "no depth":
        return replace(picture, depth=np.full_like(picture.depth, np.nan))
    level = {"dark": 0, "grey": 128, "bright": 255}[shows]
    depth = np.zeros_like(picture.depth) if shows == "dark" else picture.depth
    return replace(picture, rgb=np.full_like(picture.rgb, level), depth=depth)

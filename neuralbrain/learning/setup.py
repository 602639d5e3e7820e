"""What a training run is: everything that decides its table."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from gymnasium import spaces
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import neuralbrain
from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.bins import Discretisation, discretisation
from neuralbrain.learning.q_learning import LARGEST, Settings
from neuralbrain.learning.schedule import MOST, Schedule
from neuralbrain.learning.worlds import scalar_environment, vector_environment

ROBOTS = 4096
"""Robots that learn at once, where the environment is compiled."""
POINTS = 60
"""A learning curve has about so many points."""
AT_ONCE = 2**20
"""At most so many robot-steps lie between two points, so that an interruption loses about a second."""


class TrainingSetup(BaseModel):
    """A training run.

    Attributes:
        env: A Gymnasium id.
        kwargs: What the environment is made with.
        settings: The learning rule and its schedules.
        bins: Which state of the table an observation is.
        actions: How many actions there are.
        first_action: The number of the first.
        action_names: What each is called; empty where the environment does not say.
        robots: How many learn at once.
        seed: Of all random numbers.
        steps: Robot-steps until it ends.
        chunk: Robot-steps between two points of the learning curve.
        compiled: Whether the worlds are compiled together with the learner.
        observation_space: Of one world, as text.
        action_space: As text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str
    kwargs: dict[str, Any]
    settings: Settings
    bins: Discretisation = Field(discriminator="kind")
    actions: int = Field(ge=1)
    first_action: int = 0
    action_names: tuple[str, ...] = ()
    robots: int = Field(ge=1, le=2**22)
    seed: int = Field(ge=0, le=HIGHEST_SEED)
    steps: int = Field(ge=1, le=MOST)
    chunk: int = Field(ge=1)
    compiled: bool
    observation_space: str
    action_space: str


def _named(env: Any, actions: int) -> tuple[str, ...]:
    """Return what an environment calls its actions, by the method that Atari's have; empty if it has none."""
    meanings = getattr(env, "get_action_meanings", None)
    names = tuple(map(str, meanings())) if callable(meanings) else ()
    return names if len(names) == actions else ()


def training_setup(
    env: str,
    settings: Settings,
    *,
    steps: int,
    seed: int = 0,
    robots: int | None = None,
    kwargs: Mapping[str, Any] | None = None,
    bins: int | None = None,
    ranges: Mapping[int, tuple[float, float]] | None = None,
) -> TrainingSetup:
    """Return the setup of a training run.

    Args:
        env: A Gymnasium id.
        settings: The learning rule and its schedules.
        steps: Robot-steps; every tick of every robot is one.
        seed: Of all random numbers.
        robots: How many learn at once; None: 4096 if the worlds are compiled, else 1.
        kwargs: What the environment is made with.
        bins: Cut each entry of the observation into so many bins; None: as the environment recommends.
        ranges: Entry -> the range that is cut, where there are no bounds.

    Raises:
        ConfigurationError: It cannot be; the message says what to change.
    """
    given = dict(kwargs or {})
    vector = vector_environment(env, given)
    made = vector or scalar_environment(env, given).unwrapped
    observations, actions = made.observation_space, made.action_space
    if vector is not None:
        observations, actions = vector.single_observation_space, vector.single_action_space
    if not isinstance(actions, spaces.Discrete):
        raise ConfigurationError(
            f"{env} takes actions of {actions}; a Q-table needs a choice among a few (Discrete)"
        )
    if vector is None and robots not in (None, 1):
        raise ConfigurationError(
            f"robots is {robots}, but the worlds of {env} are not compiled by JAX: one learns at a time, "
            "leave --robots out"
        )
    robots = (ROBOTS if vector is not None else 1) if robots is None else robots
    cut = discretisation(observations, getattr(made, "bins", None), bins, ranges)
    size = settings.tables * cut.states * int(actions.n)
    if size > LARGEST:
        raise ConfigurationError(
            f"a table of {cut.states} states and {actions.n} actions has {size} entries, more than "
            f"{LARGEST}: use fewer bins (--bins)"
        )
    try:
        return TrainingSetup(
            env=env,
            kwargs=given,
            settings=settings,
            bins=cut,
            actions=int(actions.n),
            first_action=int(actions.start),
            action_names=_named(made, int(actions.n)),
            robots=robots,
            seed=seed,
            steps=steps,
            chunk=max(1, min(AT_ONCE, -(-steps // POINTS))),
            compiled=vector is not None,
            observation_space=str(observations),
            action_space=str(actions),
        )
    except ValidationError as error:
        raise fault(error) from error


def settings(steps: int, *, alpha: str, epsilon: str, **more: Any) -> Settings:
    """Return a learner's settings, with the schedules as they are written on a command line.

    Args:
        steps: The run's robot-steps.
        alpha: The learning rate, as `Schedule.parse` reads it.
        epsilon: The share of random actions, likewise.
        more: Other fields of `Settings`.

    Raises:
        ConfigurationError: A value is not permitted.
    """
    schedules = {
        "alpha": Schedule.parse("alpha", alpha, steps),
        "epsilon": Schedule.parse("epsilon", epsilon, steps),
    }
    try:
        return Settings(**schedules, **more)
    except ValidationError as error:
        raise fault(error) from error


def lengthened(setup: TrainingSetup, steps: int) -> TrainingSetup:
    """Return the setup of the same run that ends after so many robot-steps.

    Raises:
        ConfigurationError: They are too many.
    """
    try:
        return TrainingSetup.model_validate({**setup.model_dump(), "steps": steps})
    except ValidationError as error:
        raise fault(error) from error


def fault(error: ValidationError) -> ConfigurationError:
    """Return the first fault of a model as an error of ours: the parameter and its permitted range."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    text = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return ConfigurationError(f"{name} is {first['input']!r}: it {text}" if name else text)


def versions() -> dict[str, str]:
    """Return the versions on which a table depends."""
    found = {name: version(name) for name in ("gymnasium", "jax", "jaxlib", "numpy")}
    return {"neuralbrain": neuralbrain.__version__, **found}

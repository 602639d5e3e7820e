"""Everything that is registered keeps its contract: blueprints, the regions of each, environments, skills.

The regions are tested out of their brain. One episode of each blueprint is run; then every region is fed
alone what had arrived for it, half-way handed over to a new object by its pickled state, and must say what it
said before.
"""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import gymnasium
import numpy as np
import pytest
import yaml

from neuralbrain.arm.body import ArmBody
from neuralbrain.arm.motor.skills import SKILLS, SkillError, skill_class
from neuralbrain.blueprint import Blueprint
from neuralbrain.clock import next_firing, region_seed
from neuralbrain.embodiment import world_of
from neuralbrain.messages import Message
from neuralbrain.nanorobots.body import SwarmBody
from neuralbrain.region import Inbox, Region, RegionConfig
from neuralbrain.region_types import region_class, region_types
from neuralbrain.runtime import Emission, run_brain, spoken
from neuralbrain.runtime.trace import canonical, row
from tests.nanorobots.worlds import WORLDS as NANO
from tests.runtime.toys import fast_ring, slow_star

SEED = 2
BLUEPRINTS = files("neuralbrain.agents").joinpath("blueprints")
AGENTS = sorted(
    file.name.removesuffix(".yaml") for file in BLUEPRINTS.iterdir() if file.name.endswith(".yaml")
)
WORLD: dict[str, tuple[str, dict[str, Any]]] = {
    "frankenbot": ("neuralbrain/Tabletop-Restore-v0", {}),
    "rover": ("neuralbrain/Rover-Free-v0", {}),
    **NANO,
}
"""Where each agent is tried: a task that needs all of its regions, and the world's parameters."""
SENTENCE = {
    "frankenbot": "put the orange block in the orange bowl, then put everything back as it was",
    "rover": "go to the red pillar, then return to the start",
}
"""What is said to an agent in the place of the task's sentence."""
TOYS = {"toy ring": fast_ring, "toy star": slow_star}


@dataclass
class Episode:
    """What was sent in one episode, and for how long it ran."""

    ticks: int
    sent: list[Emission]

    def observe(self, until: int, emissions: Any) -> None:
        self.ticks = until
        self.sent += emissions


@cache
def episode(brain: str) -> tuple[Blueprint, Episode]:
    if brain in TOYS:
        blueprint = TOYS[brain]()
    else:
        blueprint = Blueprint.load(brain)
        env, options = WORLD[brain]
        blueprint = blueprint.configured(blueprint.body, env=env, env_seed=SEED, env_options=options)
    seen = Episode(0, [])
    own = [spoken(blueprint, 0, SENTENCE[brain])] if brain in SENTENCE else []
    run_brain(blueprint, SEED, observers=[seen], commit=False, injections=own)
    return blueprint, seen


def arrivals(blueprint: Blueprint, seen: Episode, region: str) -> dict[int, list[tuple[Any, ...]]]:
    """Return what each firing of a region finds in its inbox, by the rules in docs/architecture.md."""
    spec = blueprint.by_name[region]
    firings: dict[int, list[tuple[Any, ...]]] = {}
    if spec.period is not None:
        firings = {t: [] for t in range(seen.ticks) if t % spec.period == spec.phase}
    for number, emission in enumerate(seen.sent):
        target, _, port = emission.port.partition(".")
        if port and target == region:  # it came from outside, before all else
            due = next_firing(emission.tick, spec.period, spec.phase)
            entry = (emission.tick, -1, number, port, emission.message)
            firings.setdefault(due, []).append(entry)
    for rank, projection in enumerate(blueprint.ordered_projections):
        if projection.target_region != region:
            continue
        for number, emission in enumerate(seen.sent):
            if f"{emission.region}.{emission.port}" == projection.source:
                arrival = emission.tick + projection.delay
                due = next_firing(arrival, spec.period, spec.phase)
                entry = (arrival, rank, number, projection.target_port, emission.message)
                firings.setdefault(due, []).append(entry)
    return {tick: sorted(firings[tick]) for tick in sorted(firings) if tick < seen.ticks}


def said(out: Mapping[str, Any]) -> list[tuple[str, Message]]:
    return [(port, one) for port, sent in out.items() for one in (sent if isinstance(sent, list) else [sent])]


def regions() -> list[tuple[str, str]]:
    """Return blueprint and region of every region. Nothing is built, so that collecting tests is quick."""
    found = [(toy, name) for toy, build in TOYS.items() for name in build().by_name]
    for agent in AGENTS:
        plain = yaml.safe_load((BLUEPRINTS / f"{agent}.yaml").read_text(encoding="utf-8"))
        found += [(agent, region["name"]) for region in plain["regions"]]
    return found


@pytest.mark.parametrize(("brain", "name"), regions())
def test_a_region_alone_says_what_it_said_in_the_brain(brain: str, name: str) -> None:
    blueprint, seen = episode(brain)
    spec = blueprint.by_name[name]
    firings = list(arrivals(blueprint, seen, name).items())
    assert firings, "it never fired: the episode shows nothing about it"
    before = {
        tick: [(e.port, e.message) for e in group]
        for tick, group in groupby((e for e in seen.sent if e.region == name), key=lambda e: e.tick)
    }
    assert before, "it said nothing: the episode shows nothing about it"
    region: Region = spec.build()
    region.fed = blueprint.fed(name)
    region.reset(region_seed(SEED, name))
    handover = len(firings) // 2
    for number, (tick, entries) in enumerate(firings):
        if number == handover:
            state = pickle.dumps(region.get_state())
            region.close()
            region = spec.build()
            region.fed = blueprint.fed(name)
            region.set_state(pickle.loads(state))  # without a reset
        elif number == handover + 1:
            state = pickle.dumps(region.get_state())
            region.reset(region_seed(SEED + 1, name))  # whatever it was before, the state replaces it
            region.step(firings[0][0], Inbox(firings[0][1]))
            region.set_state(pickle.loads(state))
        now = said(region.step(tick, Inbox(entries)))
        assert canonical([row(tick, now)]) == canonical([row(tick, before.get(tick, []))]), f"tick {tick}"
    region.close()


@pytest.mark.parametrize(("brain", "name"), regions())
def test_a_region_can_be_kept_before_its_reset(brain: str, name: str) -> None:
    blueprint, seen = episode(brain)
    tick, entries = next(iter(arrivals(blueprint, seen, name).items()))
    fresh, used = blueprint.by_name[name].build(), blueprint.by_name[name].build()
    used.reset(region_seed(SEED + 1, name))
    used.step(tick, Inbox(entries))
    used.set_state(pickle.loads(pickle.dumps(fresh.get_state())))
    used.reset(region_seed(SEED, name))
    now = said(used.step(tick, Inbox(entries)))
    before = [(e.port, e.message) for e in seen.sent if e.region == name and e.tick == tick]
    assert canonical([row(tick, now)]) == canonical([row(tick, before)])
    used.close()
    fresh.close()


@pytest.mark.parametrize("kind", sorted(region_types()))
def test_a_region_type_declares_itself(kind: str) -> None:
    found = region_class(kind)
    assert found.__doc__
    assert found.reset.__doc__ is not None
    assert found.outputs
    for ports in (found.inputs, found.outputs):
        assert all(issubclass(message, Message) and message is not Message for message in ports.values())
    assert found.optional_inputs <= set(found.inputs)
    assert issubclass(found.Config, RegionConfig)
    if found.Config is not RegionConfig:
        documented = " ".join(base.__doc__ or "" for base in found.Config.__mro__)
        assert [name for name in found.Config.model_fields if f"{name}:" not in documented] == []
    assert found("name").config == found.Config(), "it works with its settings left as they are"


@pytest.mark.parametrize("name", AGENTS)
def test_a_blueprint_survives_being_written_down(name: str) -> None:
    blueprint = Blueprint.load(name)
    again = Blueprint.from_mapping(blueprint.model_dump(mode="json", by_alias=True))
    assert again == blueprint
    again.check()
    assert blueprint.name == name
    assert blueprint.description
    assert all(spec.structure for spec in blueprint.regions)
    assert all(projection.structure for projection in blueprint.projections)


WORLDS = sorted(
    name for name in gymnasium.registry if name.startswith("neuralbrain/") and "Dream" not in name
)
"""All but the dream, which is one only with a model's file."""


def same(one: Any, other: Any) -> bool:
    """Whether two observations, states or pictures are equal to the last bit."""
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if is_dataclass(one):
        return same(vars(one), vars(other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)


def test_there_are_ten_tabletop_tasks_three_of_them_for_learners_too_and_a_free_table() -> None:
    tabletop = [name for name in WORLDS if name.startswith("neuralbrain/Tabletop-")]
    assert len(tabletop) == 14 and sum(name.endswith("Goal-v0") for name in tabletop) == 3


@pytest.mark.parametrize("world", WORLDS)
def test_an_environment_gives_what_it_declares_and_the_same_for_the_same_seed(world: str) -> None:
    spec = gymnasium.spec(world)
    assert gymnasium.envs.registration.EnvSpec.from_json(spec.to_json()) == spec
    traces = []
    for _ in range(2):
        env = gymnasium.make(world)
        assert (env.unwrapped.__class__.__doc__ or "").count("\n") > 5, "it describes what is observed"
        observation, info = env.reset(seed=SEED)
        env.action_space.seed(SEED)
        trace = [observation]
        for _ in range(3):
            assert env.observation_space.contains(observation)
            observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
            assert isinstance(info["is_success"], bool)
            trace += [observation, {"reward": reward, "over": (terminated, truncated)}]
        traces.append(trace)
        env.close()
    assert all(same(one, other) for one, other in zip(*traces, strict=True))


@pytest.mark.parametrize("agent", NANO)
def test_a_swarm_body_goes_on_from_its_state(agent: str) -> None:
    world, options = NANO[agent]
    body: SwarmBody = gymnasium.make(world, **options).unwrapped.body  # type: ignore[attr-defined]
    other: SwarmBody = gymnasium.make(world, **options).unwrapped.body  # type: ignore[attr-defined]
    rng = np.random.default_rng(SEED)

    def act(*bodies: SwarmBody) -> None:
        actions = rng.integers(0, body.actions, body.robots).astype(np.int32)
        for one in bodies:
            one.act(actions)

    body.reset(SEED)
    other.reset(SEED + 1)
    assert body.instruction
    assert len(body.sense().molecules) == body.robots
    for _ in range(8):
        act(body)
    other.set_state(pickle.loads(pickle.dumps(body.get_state())))
    assert same(body.evaluate(), other.evaluate())
    for _ in range(8):
        act(body, other)
        assert same(body.sense(), other.sense())
    assert same(body.places(), other.places())
    assert same(body.evaluate(), other.evaluate())
    body.close()
    other.close()


def test_every_nanorobot_world_of_robots_has_a_body() -> None:
    for name in ("Seek", "Track", "Deliver", "Swarm"):
        body: SwarmBody = gymnasium.make(f"neuralbrain/Nano{name}-v0").unwrapped.body  # type: ignore[attr-defined]
        assert body.instruction.startswith(("Find", "Follow"))


@pytest.mark.parametrize("world", [name for name in WORLDS if name.startswith("neuralbrain/Tabletop-")])
def test_a_body_goes_on_from_its_state(world: str) -> None:
    env = gymnasium.make(world)
    body: ArmBody = env.unwrapped.body  # type: ignore[attr-defined]
    other: ArmBody = gymnasium.make(world).unwrapped.body  # type: ignore[attr-defined]
    rng = np.random.default_rng(SEED)

    def act(*bodies: ArmBody) -> None:
        here = body.sense().joint_positions
        reach = body.limits.speed * body.tick_seconds * rng.uniform(-1, 1, 7)
        rows = here + np.linspace(0, 1, body.servo_steps + 1)[1:, None] * reach
        for one in bodies:
            one.act(np.clip(rows, body.limits.lower, body.limits.upper), 0.04, 20.0)

    body.reset(SEED)
    other.reset(SEED + 1)
    of = world_of(world)
    assert bool(body.instruction) == (of is not None and of.has_task)
    assert len(body.sense().joint_positions) == 7
    body.look(next(iter(body.cameras)))
    for _ in range(8):
        act(body)
    other.set_state(pickle.loads(pickle.dumps(body.get_state())))
    assert other.instruction == body.instruction
    for _ in range(4):
        act(body, other)
        assert same(body.sense(), other.sense())
    for camera in body.cameras:
        assert same(body.look(camera), other.look(camera))
    assert same(body.evaluate(), other.evaluate())
    body.close()
    other.close()


@pytest.mark.parametrize("name", SKILLS)
def test_a_skill_declares_itself(name: str) -> None:
    skill = skill_class(name)
    assert skill.__doc__
    assert all(f"``{argument}``" in skill.__doc__ for argument in skill.arguments), (
        "it documents its arguments"
    )
    args = dict.fromkeys(skill.arguments, "red_block")
    for missing in set(skill.arguments) - skill.optional:
        with pytest.raises(SkillError, match=missing):
            skill({key: value for key, value in args.items() if key != missing}, None)
    fresh = skill(args, None)
    assert callable(getattr(fresh, fresh.phase))
    assert vars(pickle.loads(pickle.dumps(fresh))) == vars(fresh)

"""A rover whose cortex asks a model."""

import json

import pytest

from neuralbrain.agents.advised import advised
from neuralbrain.agents.episode import prepared
from neuralbrain.agents.oracle import oracle_server
from neuralbrain.deliberation.deliberation import Advice, Deliberation
from neuralbrain.deliberation.situation import Situation
from neuralbrain.language.budget import Limits
from neuralbrain.language.server import Abilities, Server
from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.rover.planning.domain import DOMAIN, ROVER
from neuralbrain.simulation import Simulation
from tests.deliberation.asking import answer, goal, plan, stage


def thing(name: str, x: float, y: float) -> SceneObject:
    color, _, category = name.partition("_")
    return SceneObject(
        id=name, category=category or name, color=color if category else "", position=(x, y, 0.0), yaw=0.0,
        size=(0.1, 0.1, 0.1), confidence=1.0, seen_tick=0, is_body=name == ROVER,
    )  # fmt: skip


SEEN = (thing("blue_pillar", 2, 0), thing("red_pillar", 0, 2), thing("green_ball", 1, 1), thing(ROVER, 0, 0))
ARENA = Scene(tick=0, source="eye", camera="front", request="r", frame_tick=0, relations=(), objects=SEEN)


def advice(text: str, *goals: Goal) -> Advice:
    now = Situation(sentence="do it", scene=ARENA, goals=goals, places=DOMAIN.places(ARENA, None, ()))
    return Deliberation(now, DOMAIN, None).hear(answer(text), DOMAIN)


def test_the_prompt_tells_where_the_rover_is() -> None:
    now = Situation(sentence="do it", scene=ARENA, places=DOMAIN.places(ARENA, None, ()))
    told = json.loads(Deliberation(now, DOMAIN, None).turns[1].text)
    assert told["robot_at_cm"] == [0.0, 0.0, 0.0]
    assert ROVER not in {one["name"] for one in told["objects"]}


@pytest.mark.parametrize(
    ("steps", "wanted", "right"),
    [
        (["go_to red_pillar"], "near red_pillar", True),
        (["look_around", "go_to red_pillar"], "near red_pillar", True),
        (["push green_ball red_pillar"], "at green_ball red_pillar", True),
        (["go_to blue_pillar", "go_to red_pillar"], "near red_pillar", False),
        (["go_to blue_pillar"], "near red_pillar", False),
        (["push green_ball blue_pillar", "go_to red_pillar"], "near red_pillar", False),
        (["push green_ball blue_pillar", "push green_ball red_pillar"], "at green_ball red_pillar", False),
        (["push red_pillar blue_pillar"], "near red_pillar", False),
        (["go_to rover"], "near red_pillar", False),
    ],
)
def test_it_goes_and_pushes_as_it_was_told_and_no_more(steps: list[str], wanted: str, right: bool) -> None:
    found = advice(plan(stage(*steps)), goal(wanted))
    assert found.verdict == ("plan" if right else "repair"), found.reason


def test_only_balls_are_at_anything() -> None:
    found = advice(plan(stage("go_to red_pillar"), goals=["at red_pillar blue_pillar"]))
    assert "no sense" in found.reason


def test_an_episode_with_good_plans_ends_well() -> None:
    with oracle_server("neuralbrain/Rover-Reach-v0") as server:
        told = Server(base_url=server.url, model="oracle", abilities=Abilities(form="schema"))
        brain = advised(prepared("rover", "rover-reach", 3), told, limits=Limits())
        with Simulation(brain, seed=3, trace=False, history=0) as sim:
            stop = sim.run_to_end().stop
        assert stop is not None
        assert stop.success
        assert len(server.asked) == 1

"""What a model is told says what its words mean, from the tables that declare them."""

import re

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.motor.skills import known_skills
from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.arm.predicates import WORD
from neuralbrain.deliberation.prompt import opening
from neuralbrain.deliberation.situation import Situation
from neuralbrain.messages import Scene
from neuralbrain.planning.domain import Domain
from neuralbrain.rover.planning import domain as arena
from tests.deliberation.asking import TABLE


def rules(domain: Domain, scene: Scene = TABLE) -> str:
    ways = {"left": (0.0, -1.0), "front": (1.0, 0.0)}
    return opening(Situation(sentence="x", scene=scene, directions=ways), domain, 0)[0].text


def test_each_sort_and_each_need_of_an_arm_is_explained() -> None:
    told = rules(DOMAIN)
    for skill in known_skills().values():
        for sort in (sort for sorts in skill.arguments.values() for sort in sorts.split()):
            assert sort in (*SHAPES, WORD, "any") or re.search(rf"[:;] {sort}: \w", told), sort
        for need in (statement.split()[0] for statement in skill.before):
            assert f"{need}(" in told or re.search(rf"[:;] {need}: \w", told), need


def test_where_positions_are_told_from_and_which_way_is_which() -> None:
    assert "in cm from the foot of the arm" in rules(DOMAIN) and '"front" is nearer' in rules(DOMAIN)


def test_how_near_is_near_to_a_rover() -> None:
    told = rules(arena.DOMAIN)
    assert f"near(a): I am near to the a, its middle {100 * arena.NEAR:g} cm away at most" in told
    assert f"at(a, b): the a is at the b, its middle {100 * arena.AT:g} cm away at most" in told

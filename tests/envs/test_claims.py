"""What a brain says of a table, held against the table."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from neuralbrain.body import Thing, meant
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.envs.tabletop.panda import HOME
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.envs.tabletop.tasks.free import free_task

RED, GREEN = Thing(category="block", color="red"), Thing(category="block", color="green")
BOWL, DRAWER = Thing(category="bowl", color="blue"), Thing(category="drawer", color="purple")
TABLE, ZONE = Thing(category="table"), Thing(category="zone", color="yellow")


@pytest.fixture(scope="module")
def body() -> Iterator[TabletopBody]:
    told: dict[str, Any] = {
        "things": ["red block", "green block", "orange block", "blue bowl", "purple drawer", "yellow zone"],
        "placed": ["on(green block, red block)", "in(orange block, blue bowl)"],
    }
    made = TabletopBody(free_task(Scene.of(**told)))
    made.reset(0)
    made.act(HOME[None], 0.08, 20.0)
    yield made
    made.close()


def spot(body: TabletopBody, name: str, off: float = 0.0, yaw: float | None = None) -> Thing:
    x, y, z = body.truth.position(name).tolist()
    return Thing(category="location", position=(x + off, y, z), yaw=yaw)


@pytest.mark.parametrize(
    ("predicate", "things", "truth"),
    [
        ("on", (GREEN, RED), True),
        ("on", (RED, GREEN), False),
        ("on", (RED, TABLE), True),
        ("on", (GREEN, TABLE), False),
        ("in", (Thing(category="block", color="orange"), BOWL), True),
        ("in", (RED, BOWL), False),
        ("in", (RED, DRAWER), False),
        ("in_zone", (RED, ZONE), False),
        ("closed", (DRAWER,), True),
        ("open", (DRAWER,), False),
        ("clear", (RED,), False),
        ("clear", (GREEN,), True),
        ("holding", (RED,), False),
        ("hand_empty", (), True),
        ("on", (RED, Thing(category="block", color="pink")), None),
        ("visible", (RED,), None),
        ("shaken", (RED,), None),
    ],
)
def test_what_is_said_is_true_or_not_or_cannot_be_told(
    body: TabletopBody, predicate: str, things: tuple[Thing, ...], truth: bool | None
) -> None:
    assert body.truth_of(predicate, things) is truth


def test_a_thing_is_where_it_should_be_and_turned_as_it_should(body: TabletopBody) -> None:
    yaw = body.truth.yaw("red_block")
    for off, turned, truth in ((0.0, None, True), (0.02, None, True), (0.03, None, False), (0.0, yaw, True)):
        assert body.truth_of("at", (RED, spot(body, "red_block", off, turned))) is truth
    quarter = spot(body, "red_block", yaw=yaw - math.pi / 2)
    assert body.truth_of("at", (RED, quarter)) is True, "a block looks the same after a quarter of a turn"
    assert body.truth_of("at", (RED, spot(body, "red_block", yaw=yaw + 0.2))) is False
    x, y, _ = body.truth.position("blue_bowl").tolist()
    middle = Thing(category="location", position=(x, y, 0.0275))
    assert body.truth_of("at", (BOWL, middle)) is True, "where its centre is, and not its foot"


def test_of_two_alike_the_nearer_one_is_meant() -> None:
    named = {
        "red_block": Thing(category="block", color="red", position=(0.4, 0.0, 0.0)),
        "red_block_2": Thing(category="block", color="red", position=(0.6, 0.0, 0.0)),
        "blue_block": Thing(category="block", color="blue", position=(0.5, 0.0, 0.0)),
    }
    believed = Thing(category="block", color="red", position=(0.52, 0.0, 0.0))
    assert meant(believed, named) == "red_block_2"
    assert meant(Thing(category="bowl", color="red"), named) is None

"""A scene that is told in words: right, or refused in one line; and the table that it becomes."""

import itertools
import math
import pickle
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neuralbrain  # noqa: F401 - registers
from neuralbrain.arm.catalogue import COLORS, GRASPABLE, SHAPES
from neuralbrain.arm.motor.grasp import wrist_yaw
from neuralbrain.arm.motor.kinematics import downward, solve
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.envs.tabletop.free import FreeTabletopEnv
from neuralbrain.envs.tabletop.panda import HOME
from neuralbrain.envs.tabletop.scene import CARRIED, IN, ON, Scene
from neuralbrain.envs.tabletop.tasks.free import free_task
from neuralbrain.errors import ConfigurationError
from tests.arm.motor.harness import PANDA

ROWS = HOME[None]
SCENES: dict[str, dict[str, Any]] = {
    "blocks and bowls": {
        "things": ["red block", "green block", "yellow block", "red ball", "blue bowl", "purple bowl"]
    },
    "a drawer": {"things": ["red block", "green block", "orange ball", "drawer"]},
    "two alike": {"things": ["red block", "red block", "blue block", "red bowl", "blue bowl"]},
    "a box and zones": {"things": ["orange box", "red zone", "green zone", "blue block"]},
    "a tower": {
        "things": ["red block", "green block", "blue block"],
        "placed": ["on(green block, red block)", "on(blue block, green block)"],
    },
    "a full bowl": {
        "things": ["blue cylinder", "blue ball", "blue bowl", "yellow block"],
        "placed": ["in(yellow block, blue bowl)", "in(blue cylinder, blue bowl)", "in(blue ball, blue bowl)"],
    },
    "a full drawer": {
        "things": ["yellow drawer", "red block", "red block"],
        "placed": ["in(red block, yellow drawer)", "in(red block 2, yellow drawer)"],
    },
    "a box in a zone": {
        "things": ["red box", "green zone", "blue block", "red block"],
        "placed": ["in(red box, green zone)", "on(blue block, red box)", "on(red block, red box)"],
    },
    "nothing": {"things": []},
}


def body_of(told: dict[str, Any]) -> TabletopBody:
    return TabletopBody(free_task(Scene.of(**told)))


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_lies_on_the_table_and_stays(name: str) -> None:
    told, body = SCENES[name], body_of(SCENES[name])
    for seed in range(2):
        body.reset(seed)
        for _ in range(5):
            body.act(ROWS, 0.08, 20.0)
        start = body.truth.moment(0.0)
        for _ in range(20):
            body.act(ROWS, 0.08, 20.0)
        now = body.truth.moment(1.0)
        assert len(now.pieces) == len(told["things"])
        for thing in now.pieces:
            assert math.dist(start.pieces[thing].position, now.pieces[thing].position) < 0.002, thing
        for one in Scene.of(**told).placed:
            upper, lower = one.upper.replace(" ", "_"), one.lower.replace(" ", "_")
            lower = next(thing for thing in now.pieces if thing.endswith(lower))
            rests = (upper, lower) in now.rests
            assert rests or now.pieces[lower].category == "zone", one
    body.close()


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_room_and_is_the_seeds(name: str) -> None:
    told = SCENES[name]
    task = free_task(Scene.of(**told))
    drawn = [task.draw(np.random.default_rng(seed)) for seed in range(20)]
    assert drawn == [task.draw(np.random.default_rng(seed)) for seed in range(20)]
    assert len({setting.objects for setting in drawn}) == (20 if told["things"] else 1)
    above = {one.upper.replace(" ", "_") for one in Scene.of(**told).placed}
    for setting in drawn:
        assert setting.sentence == ""
        standing = [obj for obj in setting.objects if obj.name not in above]
        for one, other in itertools.combinations(standing, 2):
            radii = sum(max(SHAPES[obj.category].size[:2]) / 2 for obj in (one, other))
            assert math.dist(one.position[:2], other.position[:2]) > radii - 0.02
        for obj in setting.objects:
            assert 0.3 < obj.position[0] < 0.72 and abs(obj.position[1]) < 0.35


def test_all_is_seen_and_in_reach() -> None:
    """The hand gets down to each thing that it can grasp, and the fixed camera has all in its picture."""
    body = body_of(SCENES["nothing"])
    body.reset(0)
    picture = body.snapshot("fixed")
    height, width = picture.rgb.shape[:2]
    focal, _, column, row = picture.intrinsics
    body.close()
    for told in SCENES.values():
        task = free_task(Scene.of(**told))
        for seed in range(4):
            for obj in task.draw(np.random.default_rng(seed)).objects:
                right, down, ahead = picture.pose[:3, :3].T @ (np.array(obj.position) - picture.pose[:3, 3])
                assert 10 < column + focal * right / ahead < width - 10, obj
                assert 10 < row + focal * down / ahead < height - 10, obj
                if obj.category in GRASPABLE:
                    x, y, z = obj.position
                    hand = downward((x, y, max(z, 0.02)), wrist_yaw(x, y, obj.yaw))
                    assert solve(PANDA, hand, HOME).reached, obj


def test_a_layout_says_where_things_lie() -> None:
    told = {
        "things": ["red block", "red block", "blue bowl"],
        "layout": {"red block 2": [0.5, -0.1, 30], "blue bowl": [0.45, 0.2]},
    }
    body = body_of(told)
    body.reset(3)
    assert np.allclose(body.truth.position("red_block_2"), [0.5, -0.1, 0.02], atol=1e-3)
    assert abs(body.truth.yaw("red_block_2") - math.radians(30)) < 1e-3
    assert np.allclose(body.truth.position("blue_bowl"), [0.45, 0.2, 0.0], atol=1e-3)
    assert Scene.of(**Scene.of(**told).options()) == Scene.of(**told)
    body.close()


def test_a_placed_scene_is_kept_and_goes_on_from_there() -> None:
    body, other = body_of(SCENES["a full bowl"]), body_of(SCENES["a full bowl"])
    body.reset(1)
    for _ in range(3):
        body.act(ROWS, 0.08, 20.0)
    other.set_state(pickle.loads(pickle.dumps(body.get_state())))
    for each in (body, other):
        each.act(ROWS, 0.02, 20.0)
    assert body.world.floats() == other.world.floats()
    body.close()
    other.close()


def test_the_environment_asks_for_nothing() -> None:
    env = gymnasium.make("neuralbrain/Tabletop-Free-v0", things=["red block", "drawer"], observations="state")
    env.reset(seed=0)
    _, reward, terminated, truncated, info = env.step(env.action_space.sample())
    assert (reward, terminated, truncated, info["is_success"]) == (0.0, False, False, False)
    body = env.unwrapped.body
    assert body.instruction == "" and not body.evaluate().judged
    assert len(body.setting.objects) == 2
    env.close()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"things": ["red block"] * 13}, "12 at most"),
        ({"things": ["red bowl"] * 9}, "no room on the table"),
        ({"things": ["drawer", "red drawer"]}, "one drawer"),
        ({"things": ["block"]}, "'block' has no colour"),
        ({"things": ["mauve block"]}, "no colour 'mauve'"),
        ({"things": ["red blok"]}, "no thing 'blok'.*Did you mean 'block'"),
        ({"things": "red block"}, "the list of things"),
        ({"things": [3]}, "one of the things is 3"),
        ({"things": ["red block"], "placed": ["upon(red block, red block)"]}, "placed things"),
        ({"things": ["red block"], "placed": ["on(red block, red block)"]}, "on itself"),
        ({"things": ["red block"], "placed": ["on(red block, blue block)"]}, "no thing 'blue block'"),
        ({"things": ["red block", "red ball"], "placed": ["on(red block, red ball)"]}, "cannot be"),
        ({"things": ["red box", "red bowl"], "placed": ["in(red box, red bowl)"]}, "no room"),
        (
            {
                "things": ["red block", "green block", "blue block"],
                "placed": ["on(green block, red block)"] * 2,
            },
            "placed twice",
        ),
        (
            {
                "things": ["red block", "green block", "blue block"],
                "placed": ["on(green block, red block)", "on(blue block, red block)"],
            },
            "no room",
        ),
        ({"things": ["red block"], "layout": {"red block": [0.5]}}, "x, y"),
        ({"things": ["red block"], "layout": {"red block": [0.9, 0.0]}}, "0.72"),
        ({"things": ["red block"], "layout": {"red block": [0.5, math.nan]}}, "x, y"),
        ({"things": ["red block"], "layout": {"blue block": [0.5, 0.1]}}, "no thing 'blue block'"),
        ({"things": ["red block"], "layout": [1]}, "the layout"),
        (
            {
                "things": ["red block", "red ball"],
                "layout": {"red block": [0.5, 0.0], "red ball": [0.51, 0.0]},
            },
            "does not stay",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(told: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as error:
        reset(told)
    assert "\n" not in str(error.value)


def reset(told: dict[str, Any]) -> None:
    env = FreeTabletopEnv(**told)
    try:
        env.reset(seed=0)
    finally:
        env.close()


def test_a_yaml_list_without_quotes_says_the_same() -> None:
    whole = Scene.of(["red block", "green block"], ["on(green block, red block)"])
    assert Scene.of(["red block", "green block"], ["on(green block", "red block)"]) == whole


@st.composite
def scenes(draw: st.DrawFn) -> dict[str, Any]:
    """Things, and one placed on or in another where that can be."""
    named = st.builds(lambda c, k: f"{c} {k}", st.sampled_from([*COLORS]), st.sampled_from([*SHAPES]))
    things = draw(st.lists(named.filter(lambda name: "drawer" not in name), max_size=6, unique=True))
    uppers = [name for name in things if name.split()[1] in CARRIED]
    lowers = [name for name in things if name.split()[1] in (*ON, *IN)]
    placed = []
    if uppers and lowers:
        upper, lower = draw(st.sampled_from(uppers)), draw(st.sampled_from(lowers))
        if upper != lower:
            placed.append(f"{'on' if lower.split()[1] in ON else 'in'}({upper}, {lower})")
    return {"things": things, "placed": placed}


@settings(max_examples=50)
@given(scenes())
def test_what_is_told_is_told_again_alike(told: dict[str, Any]) -> None:
    scene = Scene.of(**told)
    assert Scene.of(**scene.options()) == scene


leaves = st.none() | st.integers() | st.text(max_size=8)
anything = leaves | st.lists(leaves, max_size=3) | st.dictionaries(st.text(max_size=8), leaves, max_size=3)


@settings(max_examples=50)
@given(anything)
def test_whatever_else_is_told_is_refused(data: Any) -> None:
    for told in (data, {"things": data}, {"things": ["red block"], "placed": data}):
        try:
            Scene.from_mapping(told)
        except ConfigurationError as error:
            assert "\n" not in str(error)

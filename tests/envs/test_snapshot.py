"""A state leads to the same future to the last bit: in a fresh process, in mid-grasp, across an anchor.

Exact is what both the run and the state build from the same anchor; right is that the world which they build
is the one there was. The two are tested apart, because each passes where the other is broken.
"""

import hashlib
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import neuralbrain.envs.tabletop.body as tabletop
from neuralbrain.envs.tabletop.body import ANCHOR_EVERY, TabletopBody
from neuralbrain.envs.tabletop.cameras import CAMERAS, look
from neuralbrain.envs.tabletop.panda import HOME
from neuralbrain.envs.tabletop.world import World
from neuralbrain.messages import Condition, Step
from tests.arm.motor.harness import Table

FUTURE = 200
"""Ticks that are compared."""
LOOK_EVERY = 40
"""Ticks from picture to picture: they are in the digests, and their noise is numbered."""
MOMENTS = {
    "before the first anchor": ANCHOR_EVERY - 150,
    "one tick before an anchor": ANCHOR_EVERY - 1,
    "at an anchor": ANCHOR_EVERY,
    "one tick after an anchor": ANCHOR_EVERY + 1,
    "past an anchor": ANCHOR_EVERY + 100,
    "before a second anchor": 2 * ANCHOR_EVERY - 20,
}


def everything(body: TabletopBody) -> list[Any]:
    """Return each body's base, base velocity and joints (with their forces), and every contact's numbers."""
    bullet = body.world.bullet
    seen: list[Any] = [bullet.getContactPoints()]
    for number in range(bullet.getNumBodies()):
        joints = range(bullet.getNumJoints(number))
        seen += [bullet.getBasePositionAndOrientation(number), bullet.getBaseVelocity(number)]
        seen += [bullet.getJointStates(number, joints)] if joints else []
    return seen


def digest(body: TabletopBody, tick: int) -> str:
    """Return a digest of all that there is after a tick, and at some ticks of a picture."""
    whole = hashlib.sha256(repr([everything(body), body.evaluate()]).encode())
    if tick % LOOK_EVERY == 0:
        picture = body.look(list(CAMERAS)[tick // LOOK_EVERY % 2])
        whole.update(picture.rgb.tobytes() + picture.depth.tobytes())
    return whole.hexdigest()


def futures(task: str, moments: list[tuple[dict[str, Any], int, list[Any]]]) -> list[list[str]]:
    """Go on from states, each in a body of its own; a fresh process calls this, too."""
    found: list[list[str]] = []
    for state, start, commands in moments:
        body = TabletopBody(task)
        body.set_state(state)
        found.append([])
        for tick, command in enumerate(commands, start):
            body.act(*command)
            found[-1].append(digest(body, tick))
        body.close()
    return found


@dataclass
class Story:
    """What was done on a table, and what was seen of it."""

    task: str
    commands: list[tuple[Any, ...]] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    states: dict[int, bytes] = field(default_factory=dict)
    touching: set[frozenset[str]] = field(default_factory=set)
    """Pairs of objects that touch when the first anchor comes."""


def _steps(task: str, roles: Any) -> list[Step]:
    obj, into = roles["object"], roles["bowl" if task == "place" else "drawer"]

    def step(skill: str, *seen: str, **args: str) -> Step:
        post = (Condition(predicate=seen[0], args=seen[1:]),) if seen else ()
        return Step(id=skill, skill=skill, args=args, postconditions=post, retries=0)

    both = [step("pick", object=obj), step("place", "in", obj, into, object=obj, target=into)]
    if task == "place":
        return both
    return [step("open", "open", into, drawer=into), *both, step("close", "closed", into, drawer=into)]


@cache
def story(task: str, when: int) -> Story:
    """Let the brain's motor regions work with a perfect eye, so late that it has come so far at an anchor.

    Args:
        task: "place" or "drawer".
        when: The tick of its work that should fall on the first anchor.
    """
    told, table = Story(task), Table(task, 0)
    body, act = table.body, table.body.act
    names = {body.world.panda.id: "arm"} | {number: name for name, number in body.world.bodies.items()}

    def acting(*command: Any) -> None:
        tick = len(told.commands)
        if tick in MOMENTS.values():
            told.states[tick] = pickle.dumps(body.get_state())
        if tick == ANCHOR_EVERY:
            pairs = body.world.bullet.getContactPoints()
            told.touching = {frozenset(names.get(one, "table") for one in pair[1:3]) for pair in pairs}
        act(*command)
        told.digests.append(digest(body, tick))
        told.commands.append((command[0].copy(), *command[1:]))

    body.act = acting  # type: ignore[method-assign]
    while len(told.commands) < ANCHOR_EVERY - when:
        table.advance()
    assert table.do(_steps(task, body.setting.roles)).succeeded
    while len(told.commands) < max(MOMENTS.values()) + FUTURE:
        table.advance()
    table.close()
    return told


STORIES: dict[str, tuple[str, int, Callable[[Any], set[frozenset[str]]]]] = {
    "a block held in a bowl": ("place", 103, lambda r: {frozenset({"arm", r["object"]})}),
    "a drawer being opened": ("drawer", 62, lambda r: {frozenset({"arm", r["drawer"]})}),
    "a drawer being closed, with a block": (
        "drawer",
        353,
        lambda r: {frozenset({"arm", r["drawer"]}), frozenset({r["object"], r["drawer"]})},
    ),
}
"""Name -> task, when the anchor comes, and what must touch then: a test that grasps nothing shows nothing."""


@cache
def restored(task: str, when: int) -> list[list[str]]:
    """Return the futures of a story's states as another process finds them."""
    told = story(task, when)
    moments = [
        (pickle.loads(told.states[tick]), tick, told.commands[tick : tick + FUTURE])
        for tick in MOMENTS.values()
    ]
    program = """
import json, pickle, sys
from tests.envs.test_snapshot import futures
print(json.dumps(futures(*pickle.load(sys.stdin.buffer))))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps((task, moments)), capture_output=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout.decode().splitlines()[-1])
    return found


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", STORIES)
def test_the_future_from_a_state_is_the_same_in_a_fresh_process(name: str, moment: str) -> None:
    task, when, _ = STORIES[name]
    tick = MOMENTS[moment]
    future = restored(task, when)[list(MOMENTS).index(moment)]
    lived = story(task, when).digests[tick : tick + FUTURE]
    assert len(set(lived)) > FUTURE / 2, "something happens"
    assert [number for number, pair in enumerate(zip(lived, future, strict=True)) if len(set(pair)) > 1] == []


@pytest.mark.parametrize("name", STORIES)
def test_something_is_touched_while_the_world_is_built_again(name: str) -> None:
    task, when, touch = STORIES[name]
    body = TabletopBody(task)
    body.reset(0)
    assert touch(body.setting.roles) <= story(task, when).touching
    body.close()


@contextmanager
def at_the_anchor(name: str) -> Iterator[tuple[TabletopBody, World]]:
    """Give a body just before it builds its world again, and the world that it will build."""
    task, when, _ = STORIES[name]
    body = TabletopBody(task)
    body.set_state(pickle.loads(story(task, when).states[ANCHOR_EVERY]))
    again = World(body.setting.objects)
    again.put(body.world.floats())
    yield body, again
    again.close()
    body.close()


@pytest.mark.parametrize("name", STORIES)
def test_the_world_that_is_built_is_the_one_there_was(name: str) -> None:
    with at_the_anchor(name) as (body, again):
        for number in range(body.world.bullet.getNumBodies()):
            for read in ("getBasePositionAndOrientation", "getBaseVelocity"):
                was, now = (
                    np.concatenate(getattr(b, read)(number)) for b in (body.world.bullet, again.bullet)
                )
                assert np.abs(was - now).max() < 1e-12
            for joint in range(body.world.bullet.getNumJoints(number)):
                was, now = (b.getJointState(number, joint)[:2] for b in (body.world.bullet, again.bullet))
                assert was == now
            for link in range(-1, body.world.bullet.getNumJoints(number)):
                was, now = (b.getDynamicsInfo(number, link) for b in (body.world.bullet, again.bullet))
                assert was == now


@pytest.mark.parametrize("name", STORIES)
def test_the_world_that_is_built_looks_like_the_one_there_was(name: str) -> None:
    with at_the_anchor(name) as (body, again):
        for camera in CAMERAS:
            was, now = body.snapshot(camera), look(again.bullet, again.panda.id, camera, None)
            assert (was.rgb != now.rgb).any(axis=2).mean() < 1e-3
            assert np.abs(was.depth - now.depth).mean() < 1e-5


@pytest.mark.parametrize("name", STORIES)
def test_nothing_jumps_when_the_world_is_built_again(name: str) -> None:
    """A tick of the world that was built beside the same tick of the one there was.

    What is held may shift between the fingers: a new world finds one contact a finger, where the old one has
    gathered up to four.
    """
    joints, width, force = story(*STORIES[name][:2]).commands[ANCHOR_EVERY]
    with at_the_anchor(name) as (body, again):
        for row in joints.tolist():
            for world in (body.world, again):
                world.advance(row, width, force, body.servo_steps // len(joints))
        was, now = (np.reshape(world.motions(), (-1, 13)) for world in (body.world, again))
        assert np.abs(was[:, :3] - now[:, :3]).max() < 2e-3
        was, now = (np.array(world.panda.read().tool) for world in (body.world, again))
        assert np.abs(was - now).max() < 1e-4


def test_a_state_stays_small_and_judges_see_the_world_that_is_there() -> None:
    body = TabletopBody("drawer")
    body.reset(1)
    truth, drawer = body.truth, body.setting.roles["drawer"]
    for _ in range(2 * ANCHOR_EVERY + 5):
        body.act(HOME[None], 0.08, 20.0)
    state = body.get_state()
    assert state["anchor"].tick == 2 * ANCHOR_EVERY
    assert len(state["log"]) == 5
    assert truth.extension(drawer) == body.world.bullet.getJointState(body.world.bodies[drawer], 0)[0]
    body.close()


def test_a_milestone_is_looked_at_every_tenth_tick_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pictures are taken between; and a state that was taken later knows of it."""
    monkeypatch.setattr(tabletop, "ANCHOR_EVERY", 40)
    body, other = TabletopBody("restore"), TabletopBody("restore")
    ticks, asked = 0, []

    def third_time(*_: Any) -> bool:
        asked.append(ticks)
        return len(asked) == 3

    monkeypatch.setattr(body, "_task", replace(body._task, milestone=third_time))
    body.reset(0)
    for ticks in range(1, 56):
        body.act(HOME[None], 0.08, 20.0)
        for _ in range(ticks % 3):
            body.look("fixed")
    assert asked == [10, 20, 30]
    assert body.evaluate().success, "nothing was moved, and the milestone was reached"
    other.set_state(pickle.loads(pickle.dumps(body.get_state())))
    assert other.evaluate() == body.evaluate()
    body.close()
    other.close()

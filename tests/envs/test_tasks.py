"""The ten tasks: their tables fit, their sentences vary, and their judges are not fooled."""

import itertools
import math

import numpy as np
import pytest

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.envs.tabletop.panda import HOME
from neuralbrain.envs.tabletop.tasks import TASKS, Setting, find_task
from neuralbrain.envs.tabletop.world import TableObject
from neuralbrain.errors import UnknownNameError

ROWS = np.tile(HOME, (1, 1))


def draw(task: str, seed: int) -> Setting:
    return TASKS[task].draw(np.random.default_rng([seed, 0x7AB1E]))


def radius(obj: TableObject) -> float:
    return max(SHAPES[obj.category].size[:2]) / 2


@pytest.mark.parametrize("task", TASKS)
def test_every_table_fits(task: str) -> None:
    for seed in range(100):
        setting = draw(task, seed)
        names = [obj.name for obj in setting.objects]
        assert len(set(names)) == len(names) <= 12
        for one, other in itertools.combinations(setting.objects, 2):
            apart = math.dist(one.position[:2], other.position[:2])
            stacked = apart < 1e-9 and (one.position[2] != other.position[2])
            pair = (one.category, other.category, one.color == other.color)
            inside = task == "sort" and pair == ("bowl", "block", True) and 0.0149 < apart < 0.0251
            assert stacked or inside or apart > radius(one) + radius(other) - 0.02, (seed, one, other)
        for obj in setting.objects:
            assert 0.3 < obj.position[0] < 0.7 and abs(obj.position[1]) < 0.35, (seed, obj)
        assert setting.sentence.isascii() and len(setting.sentence) <= 400


@pytest.mark.parametrize("task", TASKS)
def test_sentences_and_tables_vary_and_are_the_seeds(task: str) -> None:
    settings = [draw(task, seed) for seed in range(60)]
    assert settings == [draw(task, seed) for seed in range(60)]
    assert len({setting.sentence for setting in settings}) >= 6
    assert len({setting.objects for setting in settings}) == 60
    assert len({setting.depth_noise for setting in settings}) == 60


def test_a_block_lies_in_the_bowl_of_its_colour_before_sorting() -> None:
    body = TabletopBody("sort")
    for seed in range(3):
        body.reset(seed)
        settle(body)
        bowls = {t.color: t.name for t in body.setting.objects if t.category == "bowl"}
        blocks = [t for t in body.setting.objects if t.category == "block"]
        assert sum(body.truth.in_bowl(block.name, bowls[block.color]) for block in blocks) == 1
        assert not body.evaluate().success
    body.close()


@pytest.mark.parametrize("task", TASKS)
def test_nothing_is_solved_by_waiting(task: str) -> None:
    body = TabletopBody(task)
    for seed in range(2):
        body.reset(seed)
        settle(body)
        assert not body.evaluate().success
        assert 0.0 <= body.evaluate().reward < 1.0
        start = {t.name: t.position for t in body.setting.objects if t.category != "ball"}
        for name, place in start.items():
            assert math.dist(body.truth.position(name), place) < 0.01, "a table that is laid stays as it is"
    body.close()


def put(body: TabletopBody, name: str, where: np.ndarray) -> None:
    bullet, obj = body.world.bullet, body.world.bodies[name]
    bullet.resetBasePositionAndOrientation(obj, where.tolist(), (0, 0, 0, 1))
    bullet.resetBaseVelocity(obj, (0, 0, 0), (0, 0, 0))


def settle(body: TabletopBody, ticks: int = 15) -> None:
    for _ in range(ticks):
        body.act(ROWS, 0.08, 20.0)


def above(body: TabletopBody, name: str, height: float) -> np.ndarray:
    return body.truth.position(name) + [0.0, 0.0, height]


def solve(body: TabletopBody, task: str, roles: dict) -> None:
    """Put objects where the task wants them, by the hand of God."""
    truth = body.truth
    if task == "place":
        put(body, roles["object"], above(body, roles["bowl"], 0.03))
    elif task == "stack":
        for lower, upper in itertools.pairwise(roles["order"]):
            put(body, upper, above(body, lower, 0.041))
            settle(body)
    elif task == "push":
        put(body, roles["box"], above(body, roles["zone"], 0.031))
    elif task == "swap":
        a, b = roles["a"], roles["b"]
        put(body, a, truth.start(b))
        put(body, b, truth.start(a))
    elif task == "pyramid":
        left, right, top = (roles[k] for k in ("left", "right", "top"))
        for name, spot in ((left, (0.5, 0.022, 0.02)), (right, (0.5, -0.022, 0.02)), (top, (0.5, 0, 0.061))):
            put(body, name, np.array(spot))
    elif task == "row":
        for k, name in enumerate(roles["order"]):
            put(body, name, np.array([0.33, 0.08 * k - 0.16, 0.02]))
    elif task == "drawer":
        put(body, roles["object"], above(body, roles["drawer"], 0.03))
    elif task == "restore":
        put(body, roles["object"], above(body, roles["bowl"], 0.03))
        settle(body)
        put(body, roles["object"], truth.start(roles["object"]))
    elif task == "sort":
        bowls = {t.color: t.name for t in body.setting.objects if t.category == "bowl"}
        for obj in body.setting.objects:
            if obj.category == "block" and not truth.in_bowl(obj.name, bowls[obj.color]):
                side = 0.028 if obj.name.endswith("_2") else -0.028
                put(body, obj.name, above(body, bowls[obj.color], 0.03) + [0.0, side, 0.0])
    elif task == "two_step":
        for part in ("first", "second"):
            solve(body, *roles[part])


@pytest.mark.parametrize("task", TASKS)
def test_the_judge_says_yes_when_it_is_done(task: str) -> None:
    body = TabletopBody(task)
    for seed in range(3):
        body.reset(seed)
        settle(body, 5)
        for obj in body.setting.objects:  # what no sentence names must not be in the way
            if obj.category in ("ball", "cylinder"):
                put(body, obj.name, np.array([0.1, 0.5, 0.05]))
        solve(body, task, body.setting.roles)
        settle(body)
        judged = body.evaluate()
        assert judged.success and judged.reward == 1.0, (seed, body.instruction, judged)
    body.close()


def test_restoring_what_was_never_moved_is_no_success() -> None:
    body = TabletopBody("restore")
    body.reset(0)
    settle(body)
    assert not body.evaluate().success
    body.close()


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(UnknownNameError, match="juggle"):
        find_task("juggle")

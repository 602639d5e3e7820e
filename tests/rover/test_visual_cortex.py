"""What the rover sees, beside what is there."""

import math

import numpy as np
import pytest

from neuralbrain.envs.rover.body import RoverBody
from neuralbrain.messages import CameraFrame, Scene
from neuralbrain.palette import GREY
from neuralbrain.rover.vision.color import PALETTE
from neuralbrain.rover.vision.recognise import View, recognise
from neuralbrain.rover.visual_cortex import VisualCortex
from tests.envs.rover.oracle import Oracle
from tests.firing import said
from tests.rover.harness import frame, placed, pose

EVERY = 24
"""Ticks between two pictures of a drive."""


def fresh() -> VisualCortex:
    region = VisualCortex("visual_cortex")
    region.reset(0)
    return region


def turned(body: RoverBody, region: VisualCortex, pictures: int = 8, rate: float = 2.0) -> Scene:
    """Turn the rover on the spot once, show it pictures with true poses in the world's frame."""
    for number in range(pictures):
        for _ in range(round(2 * math.pi / pictures / rate / 0.05)):
            body.act(-rate * 0.065 / 0.035, rate * 0.065 / 0.035)
        x, y, heading = body.truth()["rover"]
        shown = frame(body, f"r{number}", tick=number)
        (scene,) = said(region, number + 11, pose(number, x, y, heading), shown)["scene"]
    return scene


def test_colours_are_told_by_hue_in_light_and_in_shade() -> None:
    from neuralbrain.rover.catalogue import COLORS, FLOOR, OBSTACLE, WALL

    for share in (1.0, 0.4):
        rgb = np.array([[*COLORS.values(), FLOOR, OBSTACLE, WALL]]) * 255 * share
        labels = PALETTE.label(rgb.astype(np.uint8), 0.35, 0.08)[0].tolist()
        assert labels == [*range(len(PALETTE.words)), GREY, GREY, GREY]


@pytest.mark.parametrize(("task", "seed"), [("visit", 0), ("visit", 7), ("push", 4), ("push", 11)])
def test_objects_are_where_the_pictures_of_a_drive_show_them(task: str, seed: int) -> None:
    body = RoverBody(task)
    body.reset(seed)
    oracle, seen = Oracle(body), 0
    for tick in range(10 * EVERY):
        if tick % EVERY == 0:
            truth = body.truth()
            for sighting in recognise(View(frame(body)), 0.35, 0.08, 6):
                spot, seen = placed(truth, sighting.x, sighting.y), seen + 1
                if sighting.category == "obstacle":
                    assert min(math.dist(spot, t[:2]) for n, t in truth.items() if "obstacle" in n) < 0.25
                else:
                    there = truth[f"{sighting.color}_{sighting.category}"]
                    assert math.dist(spot, there[:2]) < 0.045
        body.act(*oracle.command())
    assert seen > 10
    body.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_whole_turn_shows_all_that_is_not_hidden(seed: int) -> None:
    body = RoverBody("push")
    body.reset(seed)
    truth, scene = body.truth(), turned(body, fresh())
    names = {obj.id for obj in scene.objects}
    pillars = {name for name in truth if name.endswith("pillar")}
    assert len(pillars - names) <= 1
    assert all(name in truth or "obstacle" in name for name in names), "nothing that is not there"
    for obj in scene.objects:
        if obj.category in ("pillar", "ball"):
            assert math.dist(obj.position[:2], truth[obj.id][:2]) < 0.05
            assert obj.size[2] == (0.5 if obj.category == "pillar" else 0.12)
        elif obj.category == "obstacle":
            off = min(math.dist(obj.position[:2], t[:2]) for n, t in truth.items() if "obstacle" in n)
            assert off < 0.2
    body.close()


def test_a_ball_is_where_it_was_seen_last_and_what_is_gone_is_forgotten() -> None:
    body = RoverBody("push")
    body.reset(3)
    truth, region = body.truth(), fresh()
    (x, y, _), (bx, by, _) = truth["rover"], truth["green_ball"]
    heading = math.atan2(by - y, bx - x)
    body.world.rover.set_floats(facing(body, heading))
    before = look(region, body, 0)
    ball = before.find("green_ball")
    assert ball is not None
    assert math.dist(ball.position[:2], (bx, by)) < 0.03
    moved = (bx + 0.2 * math.sin(heading), by - 0.2 * math.cos(heading))
    bullet, own = body.world.bullet, body.world.bodies["green_ball"]
    bullet.resetBasePositionAndOrientation(own, (*moved, 0.06), (0, 0, 0, 1))
    after = look(region, body, 1).find("green_ball")
    assert after is not None
    assert math.dist(after.position[:2], moved) < 0.03
    bullet.resetBasePositionAndOrientation(own, (5.0, 5.0, 0.06), (0, 0, 0, 1))
    once = look(region, body, 2).find("green_ball")
    assert once is not None
    assert once.confidence < 1.0, "one picture without it is a reason to doubt"
    assert look(region, body, 3).find("green_ball") is None
    body.close()


def facing(body: RoverBody, heading: float) -> list[float]:
    """Return the rover's floats where it is, turned."""
    values = body.world.rover.floats()
    x, y, was = body.truth()["rover"]
    dx, dy = values[0] - x, values[1] - y
    c, s = math.cos(heading - was), math.sin(heading - was)
    values[0:2] = [x + c * dx - s * dy, y + s * dx + c * dy]
    values[3:7] = [0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)]
    return values


def look(region: VisualCortex, body: RoverBody, tick: int) -> Scene:
    x, y, heading = body.truth()["rover"]
    (scene,) = said(region, tick + 11, pose(tick, x, y, heading), frame(body, f"r{tick}", tick))["scene"]
    return scene


def test_the_rover_itself_is_in_the_scene_and_a_picture_waits_for_its_pose() -> None:
    body, region = RoverBody("free"), fresh()
    body.reset(1)
    shown: CameraFrame = frame(body, "r", tick=4)
    assert said(region, 15, pose(3), shown) == {}
    (scene,) = said(region, 16, pose(4, 0.5, -0.25, 7.0))["scene"]
    rover = scene.find("rover")
    assert rover is not None
    assert rover.position == (0.5, -0.25, 0.0)
    assert rover.yaw == pytest.approx(7.0 - 2 * math.pi)
    assert (scene.request, scene.frame_tick) == ("r", 4)
    body.close()

"""Directions and boxes lie in pictures where they lie in the world."""

import math

import numpy as np
import pytest

from neuralbrain.arm import EMBODIMENT
from neuralbrain.arm.planning.references import AXES
from neuralbrain.messages import CameraFrame, Scene, SceneObject
from neuralbrain.record.overlay import overlay
from neuralbrain.record.sights import Arrow, compass, outlines

DOWN = np.array([[0.0, 1, 0, 0], [1, 0, 0, 0], [0, 0, -1, 1.0], [0, 0, 0, 1]])
"""Of a camera 1 m above the origin: right in its picture is +y, and down is +x."""


def frame(pose=DOWN):
    return CameraFrame(
        tick=7,
        source="thalamus",
        camera="fixed",
        request="r",
        rgb=np.zeros((240, 320, 3), np.uint8),
        depth=np.ones((240, 320), np.float32),
        intrinsics=np.array([300.0, 300.0, 160.0, 120.0]),
        pose=pose,
    )


def thing(name="red_block", at=(0.0, 0.0, 0.0), size=(0.2, 0.1, 0.0), yaw=0.0, tick=7, **more):
    return SceneObject(
        id=name, category="block", color="red", position=at, yaw=yaw, size=size, confidence=1.0,
        seen_tick=tick, **more,
    )  # fmt: skip


def scene(*objects):
    return Scene(tick=8, source="v", camera="fixed", request="r", frame_tick=7, objects=objects, relations=())


def extent(outline):
    """Return the columns and rows between which it lies, in pixels."""
    columns, rows = zip(*(end for edge in outline.edges for end in edge), strict=True)
    bounds = (min(columns) * 320, max(columns) * 320, min(rows) * 240, max(rows) * 240)
    return [round(bound, 6) for bound in bounds]


def test_the_words_are_those_that_the_cortex_goes_by():
    names = {"in front": "front"}
    assert {names.get(word, word): way for word, way in EMBODIMENT.directions.items()} == AXES


@pytest.mark.parametrize("turned", [0.0, 0.7, math.pi])
def test_arrows_run_as_the_directions_do(turned):
    c, s = math.cos(turned), math.sin(turned)
    pose = DOWN.copy()
    pose[:3, 0], pose[:3, 1] = c * DOWN[:3, 0] + s * DOWN[:3, 1], c * DOWN[:3, 1] - s * DOWN[:3, 0]
    arrows = {arrow.word: arrow for arrow in compass(frame(pose), EMBODIMENT.directions)}
    for word, (x, y) in EMBODIMENT.directions.items():
        (x1, y1), (x2, y2) = arrows[word].start, arrows[word].end
        across, down = (x2 - x1) * 320, (y2 - y1) * 240
        length = math.hypot(across, down)
        assert across / length == pytest.approx(c * y + s * x)
        assert down / length == pytest.approx(c * x - s * y)
    assert compass(frame(), {}) == ()


def test_a_box_is_where_its_object_is():
    (flat,) = outlines(frame(), scene(thing()))
    assert flat.name == "red block"
    assert extent(flat) == [145, 175, 90, 150]  # 0.1 m along +y, 0.2 m along +x, at 300 pixels a metre
    (turned,) = outlines(frame(), scene(thing(yaw=math.pi / 2, at=(0.1, 0.2, 0.0))))
    assert extent(turned) == [190, 250, 135, 165]


def test_what_was_not_seen_in_the_picture_has_no_box():
    behind = DOWN.copy()
    behind[2, 2] = 1.0
    assert outlines(frame(behind), scene(thing())) == []
    assert outlines(frame(), scene(thing(tick=6), thing(at=(9.0, 0.0, 0.0)))) == []


def test_a_camera_is_carried_by_a_body_that_is_in_the_scene():
    body = thing("rover", at=(5.0, 3.0, 0.0), yaw=math.pi / 2, size=(0.0, 0.0, 0.0), is_body=True)
    (seen,) = outlines(frame(), scene(body, thing(at=(5.0, 3.1, 0.0))))  # 0.1 m ahead of the body
    assert extent(seen) == [130, 190, 135, 165]


def test_names_keep_clear_of_each_other_and_are_text():
    boxes = outlines(frame(), scene(thing("<b>"), thing("a_b", at=(0.0, 0.01, 0.0))))
    drawn = overlay((240, 320), boxes, (Arrow("left", (0.5, 0.5), (0.4, 0.5)),))
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn
    rows = [part.split('y="')[1].split('"')[0] for part in drawn.split("<text")[1:3]]
    assert len(set(rows)) == 2

"""What is believed over several pictures: names that last, and objects that are out of sight."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.vision.belief import Belief, Known
from neuralbrain.arm.vision.color import PALETTE
from neuralbrain.arm.vision.evidence import Evidence, examine, surface
from neuralbrain.arm.vision.geometry import View
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.recognise import recognise
from tests.arm.vision.frames import FIXED, Solid, beside, block, obj, picture

OPTIONS = VisionOptions()


class Watcher:
    """Sees one picture after the other, a tick apart."""

    def __init__(self) -> None:
        self.belief, self.tick = Belief(), 0

    def see(
        self, *objects: list[Solid], camera: Any = FIXED, name: str = "fixed", noise: float = 0.0
    ) -> dict[str, Known]:
        """Take in a picture and return what is known after it."""
        solids = [solid for one in objects for solid in one]
        frame = picture(solids, camera, noise=noise, seed=self.tick)
        view = View(frame.model_copy(update={"camera": name}))
        found, labels = recognise(view, OPTIONS, self.belief.cabinets())
        self.tick += 1
        self.belief.update(view, labels, found, self.tick, OPTIONS)
        return dict(self.belief.known)


def places(known: dict[str, Known]) -> dict[str, tuple[int, int]]:
    """Return where each is, x and y, in whole centimetres."""
    return {name: tuple(int(v) for v in np.rint(100 * k.center[:2])) for name, k in known.items()}  # type: ignore[misc]


def wall(x: float, y: float) -> list[Solid]:
    """Return two boxes on each other, which hide what stands right behind from the fixed camera."""
    return obj("box", "green", x + 0.085, y) + obj("box", "blue", x + 0.085, y, base=0.06)


def test_what_is_seen_is_known_by_colour_category_and_number() -> None:
    known = Watcher().see(
        block("red", 0.4, 0.1),
        block("red", 0.4, -0.1),
        block("blue", 0.5, 0.1),
        obj("bowl", "red", 0.6, -0.2),
    )
    assert places(known) == {
        "red_block": (40, 10),
        "red_block_2": (40, -10),
        "blue_block": (50, 10),
        "red_bowl": (60, -20),
    }
    assert all(name == one.id for name, one in known.items())
    assert all(one.seen_tick == 1 and one.seen_by == "fixed" for one in known.values())
    assert known["red_block"].met == {"red_block_2"}
    assert known["blue_block"].met == frozenset()


def test_what_leaves_the_picture_is_kept_as_it_was() -> None:
    watcher = Watcher()
    far, near = block("red", 0.4, 0.25), block("blue", 0.5, -0.2)
    before = watcher.see(far, near)
    after = watcher.see(far, near, camera=beside(0.5, -0.2, 0.0), name="wrist")
    assert after["red_block"] == before["red_block"]
    assert (after["red_block"].seen_tick, after["red_block"].seen_by) == (1, "fixed")
    assert (after["blue_block"].seen_tick, after["blue_block"].seen_by) == (2, "wrist")


@pytest.mark.parametrize("category", ["block", "cylinder", "ball", "bowl", "box", "zone"])
def test_what_was_taken_away_is_gone(category: str) -> None:
    watcher = Watcher()
    assert list(watcher.see(obj(category, "red", 0.5, 0.1, 0.4))) == [f"red_{category}"]
    assert watcher.see() == {}


@pytest.mark.parametrize("category", ["block", "cylinder", "ball", "bowl", "box", "zone"])
def test_the_name_follows_what_was_moved(category: str) -> None:
    watcher = Watcher()
    watcher.see(obj(category, "red", 0.5, 0.2, 0.4))
    assert places(watcher.see(obj(category, "red", 0.45, -0.15, 0.7))) == {f"red_{category}": (45, -15)}


def test_the_name_follows_what_was_moved_once_its_old_place_is_seen_to_be_empty() -> None:
    watcher = Watcher()
    watcher.see(block("red", 0.4, 0.25))
    moved = block("red", 0.5, -0.2)
    unsure = watcher.see(moved, camera=beside(0.5, -0.2, 0.0))
    assert places(unsure) == {"red_block": (40, 25), "red_block_2": (50, -20)}, "there may be two"
    assert places(watcher.see(moved)) == {"red_block": (50, -20)}


def test_no_name_goes_to_an_object_that_was_seen_beside_its_owner() -> None:
    watcher = Watcher()
    left, right = block("red", 0.4, 0.2), block("red", 0.4, -0.2)
    watcher.see(left, right)
    assert places(watcher.see(right)) == {"red_block_2": (40, -20)}


def test_what_the_hand_has_taken_keeps_its_name_though_its_old_place_is_out_of_sight() -> None:
    watcher = Watcher()
    watcher.see(block("red", 0.4, 0.25))
    watcher.belief.moved["red_block"] = None
    there = watcher.see(block("red", 0.5, -0.2), camera=beside(0.5, -0.2, 0.0))
    assert places(there) == {"red_block": (50, -20)}
    assert watcher.belief.moved == {}


def test_what_the_hand_has_taken_is_kept_while_no_picture_shows_its_place() -> None:
    watcher = Watcher()
    before = watcher.see(block("red", 0.4, 0.25))
    watcher.belief.moved["red_block"] = None
    assert watcher.see(camera=beside(0.5, -0.2, 0.0)) == before
    assert watcher.see() == {}
    assert watcher.belief.moved == {}


@pytest.mark.parametrize("noise", [0.0, 0.0015])
def test_what_was_hidden_and_is_not_contradicted_is_kept(noise: float) -> None:
    watcher = Watcher()
    target = block("red", 0.42, 0.0, 0.3)
    before = watcher.see(target, noise=noise)
    after = watcher.see(target, wall(0.42, 0.0), noise=noise)
    assert after["red_block"] == before["red_block"]
    behind_it = watcher.see(wall(0.42, 0.0), noise=noise)
    assert "red_block" in behind_it, "no picture has shown that it is gone"
    assert "red_block" not in watcher.see(noise=noise)


def test_what_the_fixed_camera_cannot_see_is_seen_from_above() -> None:
    watcher = Watcher()
    target = block("red", 0.42, 0.0, 0.3)
    assert sorted(watcher.see(target, wall(0.42, 0.0))) == ["blue_box", "green_box"]
    known = watcher.see(target, wall(0.42, 0.0), camera=beside(0.42, 0.0, np.pi), name="wrist")
    assert places(known)["red_block"] == (42, 0)
    assert known["red_block"].seen_by == "wrist"
    assert "red_block" in watcher.see(target, wall(0.42, 0.0))


def test_another_colour_in_its_place_contradicts_an_object() -> None:
    watcher = Watcher()
    watcher.see(block("red", 0.5, 0.0))
    assert list(watcher.see(block("blue", 0.5, 0.0))) == ["blue_block"]


def test_a_covered_block_is_kept() -> None:
    watcher = Watcher()
    before = watcher.see(block("red", 0.5, 0.0), block("blue", 0.4, 0.2))
    after = watcher.see(block("red", 0.5, 0.0), block("blue", 0.5, 0.0, 0.2, base=0.04))
    assert np.linalg.norm(after["red_block"].center - before["red_block"].center) < 0.001
    assert np.linalg.norm(after["blue_block"].center - [0.5, 0.0, 0.06]) < 0.001


SPOTS = [(x, y) for x in (0.38, 0.50, 0.62) for y in (-0.24, -0.12, 0.0, 0.12, 0.24)]
"""None is so near to another that one object hides the other."""
layouts = st.permutations(SPOTS).map(lambda spots: spots[:3])


@settings(max_examples=8)
@given(st.lists(layouts, min_size=3, max_size=3))
def test_names_last_while_all_objects_move(rounds: list[list[tuple[float, float]]]) -> None:
    watcher = Watcher()
    for yaw, (red, blue, drum) in enumerate(rounds):
        known = watcher.see(
            block("red", *red, yaw), block("blue", *blue, yaw), obj("cylinder", "green", *drum)
        )
        assert sorted(known) == ["blue_block", "green_cylinder", "red_block"]
        for name, place in (("red_block", red), ("blue_block", blue), ("green_cylinder", drum)):
            assert np.linalg.norm(known[name].center[:2] - place) < 0.002


@settings(max_examples=8)
@given(st.permutations(SPOTS), st.lists(st.integers(0, 1), min_size=4, max_size=4))
def test_two_blocks_of_one_colour_keep_their_names_while_one_at_a_time_moves(
    spots: list[tuple[float, float]], movers: list[int]
) -> None:
    watcher = Watcher()
    at = spots[:2]
    known = watcher.see(*(block("green", *place) for place in at))
    names = [nearest(known, place) for place in at]
    for mover, place in zip(movers, spots[2:], strict=False):
        at[mover] = place
        known = watcher.see(*(block("green", *place) for place in at))
        assert sorted(known) == ["green_block", "green_block_2"]
        assert [nearest(known, place) for place in at] == names


@pytest.mark.parametrize("mover", [0, 1])
def test_two_blocks_of_one_colour_keep_their_names_when_one_is_put_on_the_other(mover: int) -> None:
    watcher, at = Watcher(), [(0.46, -0.06), (0.37, 0.2)]
    known = watcher.see(*(block("red", *place) for place in at))
    names = [nearest(known, place) for place in at]
    below = at[1 - mover]
    for _ in range(2):
        known = watcher.see(block("red", *below), block("red", *below, base=0.0398))
    assert sorted(known) == ["red_block", "red_block_2"]
    assert known[names[mover]].center[2] > known[names[1 - mover]].center[2] + 0.03


def nearest(known: dict[str, Known], place: tuple[float, float]) -> str:
    """Return the name of what is within 2 mm of a place."""
    (name,) = [name for name, one in known.items() if np.hypot(*(one.center[:2] - place)) < 0.002]
    return name


@pytest.mark.parametrize("nudge", [0.01, 0.03])
def test_two_blocks_of_one_colour_keep_their_names_when_both_are_nudged(nudge: float) -> None:
    watcher = Watcher()
    known = watcher.see(block("green", 0.5, 0.06), block("green", 0.5, -0.06))
    for step in range(1, 4):
        known = watcher.see(
            block("green", 0.5 + nudge * step, 0.06), block("green", 0.5 - nudge * step, -0.06)
        )
    assert places(known) == {
        "green_block": (round(50 + 300 * nudge), 6),
        "green_block_2": (round(50 - 300 * nudge), -6),
    }


def test_an_object_in_the_air_is_the_one_that_was_taken() -> None:
    watcher = Watcher()
    watcher.see(block("red", 0.45, 0.1), block("blue", 0.5, -0.1))
    up = watcher.see(block("red", 0.45, 0.1, base=0.2), block("blue", 0.5, -0.1))
    assert sorted(up) == ["blue_block", "red_block"]
    assert np.linalg.norm(up["red_block"].center - [0.45, 0.1, 0.22]) < 0.002
    down = watcher.see(block("red", 0.45, -0.25), block("blue", 0.5, -0.1))
    assert places(down) == {"red_block": (45, -25), "blue_block": (50, -10)}


def test_an_object_in_the_air_was_taken_from_where_no_picture_shows() -> None:
    watcher = Watcher()
    watcher.see(block("red", 0.4, 0.25))
    up = watcher.see(block("red", 0.5, -0.2, base=0.15), camera=beside(0.5, -0.2, 0.0))
    assert list(up) == ["red_block"]
    assert up["red_block"].bottom == pytest.approx(0.15, abs=0.002)


def test_what_lies_in_a_drawer_moves_with_it() -> None:
    watcher = Watcher()
    x, y, yaw = 0.62, 0.1, 3.0
    way = np.array([np.cos(yaw), np.sin(yaw)])
    pull = [0.12, 0.05, 0.0, 0.08, 0.13]
    for tick, out in enumerate(pull):
        place = [x, y] + (0.04 + out) * way
        content = block("blue", *place, 0.3, base=0.009)
        known = watcher.see(obj("drawer", "red", x, y, yaw, out=out), content, block("green", 0.4, -0.15))
        assert sorted(known) == ["blue_block", "green_block", "red_drawer"], tick
        assert known["red_drawer"].extension == pytest.approx(out, abs=0.003)
        assert np.linalg.norm(known["blue_block"].center[:2] - place) < 0.003
        assert places(known)["green_block"] == (40, -15)
    assert watcher.belief.known["blue_block"].seen_tick == 5
    assert watcher.belief.cabinets()[0].center == pytest.approx([x, y], abs=0.002)


def test_a_drawer_is_never_forgotten() -> None:
    watcher = Watcher()
    before = watcher.see(obj("drawer", "red", 0.62, 0.1, np.pi, out=0.05))
    assert watcher.see() == before


def test_a_drawer_that_opens_is_the_same_drawer() -> None:
    watcher = Watcher()
    for out in (0.0, 0.14, 0.02):
        known = watcher.see(obj("drawer", "red", 0.62, -0.1, 3.0, out=out))
        assert list(known) == ["red_drawer"]
        assert known["red_drawer"].extension == pytest.approx(out, abs=0.003)


def screen(shown: float) -> list[Solid]:
    """Return a grey screen before a block at (0.42, 0), which shows about so much of its width, m."""
    return [Solid((0.47, -0.08 - shown, 0.1), (0.01, 0.2, 0.2))]


@pytest.mark.parametrize("shown", [0.004, 0.010, 0.012, 0.016, 0.020, 0.024])
def test_a_glimpse_changes_nothing_but_when_it_was_seen(shown: float) -> None:
    watcher = Watcher()
    target = block("red", 0.42, 0.0)
    before = watcher.see(target)["red_block"]
    seen = recognise(View(picture([*target, *screen(shown)])), OPTIONS)[0]
    known = watcher.see(target, screen(shown), name="wrist")
    assert list(known) == ["red_block"]
    after = known["red_block"]
    assert after.seen_tick == (2 if seen else 1)
    assert np.array_equal(after.center, before.center)
    assert (after.yaw, after.confidence, after.seen_by) == (before.yaw, before.confidence, "fixed")


def test_more_than_a_glimpse_says_anew_where_an_object_is() -> None:
    watcher = Watcher()
    before = watcher.see(block("red", 0.42, 0.0))["red_block"]
    after = watcher.see(block("red", 0.42, 0.012), screen(0.018))["red_block"]
    assert OPTIONS.glimpse * before.confidence < after.confidence < before.confidence
    assert abs(after.center[1] - 0.012) < 0.004


def test_a_glimpse_where_nothing_is_known_is_an_object() -> None:
    watcher = Watcher()
    target = block("red", 0.42, 0.0, 0.4)
    before = watcher.see(target, screen(0.012))["red_block"]
    assert before.confidence < 0.5
    after = watcher.see(target)["red_block"]
    assert after.confidence > 1.5 * before.confidence
    assert np.linalg.norm(after.center - [0.42, 0.0, 0.02]) < 0.001


def test_a_cylinder_that_looks_like_a_block_from_above_stays_a_cylinder() -> None:
    watcher = Watcher()
    watcher.see(obj("cylinder", "red", 0.5, 0.0))
    for away in (0.0, 0.01, 0.03, 0.1):
        known = watcher.see(obj("cylinder", "red", 0.5, 0.0), camera=beside(0.5, 0.0, 0.0, away + 0.001))
        assert list(known) == ["red_cylinder"]


def test_a_nudged_cylinder_that_looks_like_a_block_from_above_stays_a_cylinder() -> None:
    watcher = Watcher()
    watcher.see(obj("cylinder", "red", 0.5, 0.0))
    nudged, above = obj("cylinder", "red", 0.512, 0.0), beside(0.512, 0.0, 0.0, 0.001)
    assert [d.category for d in recognise(View(picture(nudged, above)), OPTIONS)[0]] == ["block"]
    assert list(watcher.see(nudged, camera=above)) == ["red_cylinder"]
    assert list(watcher.see(nudged)) == ["red_cylinder"]


def test_a_bowl_of_which_too_little_is_seen_to_tell_is_kept() -> None:
    watcher = Watcher()
    bowl = obj("bowl", "red", 0.42, 0.0)
    before = watcher.see(bowl)
    curtain = [Solid((0.52, -0.1 + 0.04, 0.1), (0.01, 0.2, 0.2))]
    assert recognise(View(picture([*bowl, *curtain])), OPTIONS)[0] == []
    after = watcher.see(bowl, curtain)
    assert after == before


def test_still_objects_are_believed_the_same_picture_after_picture() -> None:
    watcher = Watcher()
    still = [
        block("red", 0.4, 0.1),
        block("red", 0.4, -0.1),
        obj("bowl", "blue", 0.55, 0.0),
        obj("ball", "green", 0.6, 0.2),
    ]
    pictures = [watcher.see(*still, noise=0.0015) for _ in range(5)]
    for before, after in pairwise(pictures):
        assert before.keys() == after.keys()
        assert all(np.linalg.norm(after[name].center - before[name].center) < 0.003 for name in before)


def look_for(view: View, center: tuple[float, float, float], color: str = "red") -> Evidence:
    points = surface("block", np.array(center), np.full(3, 0.04), 0.0, view.eye)
    labels = PALETTE.label(view.frame.rgb, OPTIONS.min_saturation, OPTIONS.min_value)
    return examine(view, labels, PALETTE.words.index(color), points, OPTIONS.tolerance)


def test_evidence_tells_what_became_of_a_place() -> None:
    view = View(picture([*block("red", 0.42, 0.0), *block("red", 0.42, 0.2), *wall(0.42, 0.2)]))
    seen, other = look_for(view, (0.42, 0.0, 0.02)), look_for(view, (0.42, 0.0, 0.02), "green")
    empty, hidden = look_for(view, (0.42, -0.2, 0.02)), look_for(view, (0.42, 0.2, 0.02))
    outside = look_for(view, (0.42, -0.9, 0.02))
    assert seen.seen > 0.9 and other.other > 0.9 and empty.through > 0.5
    assert hidden.hidden > 0.9 and outside.outside == 1.0
    assert [one.gone for one in (seen, other, empty, hidden, outside)] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("category", "share"), [("bowl", 0.7), ("cylinder", 0.9), ("ball", 0.9), ("box", 0.9), ("zone", 0.9)]
)
def test_what_is_expected_of_each_shape_is_what_is_seen_of_it(category: str, share: float) -> None:
    view = View(picture(obj(category, "red", 0.45, 0.05, 0.3)))
    size = np.array(SHAPES[category].size)
    points = surface(category, np.array([0.45, 0.05, size[2] / 2]), size, 0.3, view.eye)
    labels = PALETTE.label(view.frame.rgb, OPTIONS.min_saturation, OPTIONS.min_value)
    assert examine(view, labels, PALETTE.words.index("red"), points, OPTIONS.tolerance).seen > share


@given(st.floats(0.2, 0.8), st.floats(-0.6, 0.6), st.floats(0.0, 0.3))
@settings(max_examples=30)
def test_evidence_adds_up_to_one(x: float, y: float, z: float) -> None:
    found = look_for(CLUTTER, (x, y, z))
    assert sum(vars(found).values()) == pytest.approx(1.0)
    assert min(vars(found).values()) > -1e-9


CLUTTER = View(picture([*block("red", 0.45, 0.0), *wall(0.42, 0.2), *obj("bowl", "red", 0.5, -0.2)]))

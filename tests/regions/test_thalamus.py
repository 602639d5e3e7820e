import pickle

import numpy as np
import pytest

from neuralbrain.errors import SensorError
from neuralbrain.messages import CameraFrame
from neuralbrain.regions.thalamus import Thalamus
from tests.arm.vision.frames import bare_table
from tests.firing import said


@pytest.fixture
def thalamus() -> Thalamus:
    region = Thalamus("thalamus")
    region.reset(0)
    return region


def relay(thalamus: Thalamus, *frames: CameraFrame, tick: int = 17) -> list[CameraFrame]:
    return said(thalamus, tick, *frames).get("frame", [])


def test_a_good_frame_passes_unchanged_but_for_its_stamp(thalamus: Thalamus) -> None:
    frame = bare_table(tick=7)
    (relayed,) = relay(thalamus, frame, tick=17)
    assert (relayed.tick, relayed.source, relayed.taken_tick) == (17, "thalamus", 7)
    assert np.array_equal(relayed.depth, frame.depth)
    assert np.array_equal(relayed.rgb, frame.rgb)


def _one_colour(level: int) -> np.ndarray:
    return np.full((60, 80, 3), level, np.uint8)


def _step() -> np.ndarray:
    """The depth of two surfaces, the one 5 cm nearer than the other."""
    return np.where(np.arange(80) < 50, 0.50, 0.45).astype(np.float32)[None].repeat(60, axis=0)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, ""),
        ({"rgb": _one_colour(0), "depth": np.zeros((60, 80), np.float32)}, "the picture is dark"),
        ({"rgb": _one_colour(30)}, "the picture is dark"),
        ({"rgb": _one_colour(255)}, "the picture is too bright"),
        ({"depth": np.zeros((60, 80), np.float32)}, "the picture has no depth"),
        ({"rgb": _one_colour(128), "depth": _step()}, "the picture has one colour all over"),
        ({"rgb": _one_colour(128), "depth": np.full((60, 80), 0.5, np.float32)}, ""),
        ({"rgb": _one_colour(128) + np.eye(60, 80, dtype=np.uint8)[:, :, None], "depth": _step()}, ""),
    ],
)
def test_a_picture_that_shows_nothing_passes_and_says_why(
    thalamus: Thalamus, fields: dict[str, np.ndarray], fault: str
) -> None:
    (relayed,) = relay(thalamus, _spoilt(**fields))
    assert relayed.fault == fault


def test_a_request_is_answered_once(thalamus: Thalamus) -> None:
    first, again, other = bare_table(), bare_table(), bare_table(request="r2")
    assert [f.request for f in relay(thalamus, first, again, other)] == ["r1", "r2"]
    assert relay(thalamus, bare_table(tick=30), tick=40) == []


def test_a_new_episode_forgets_the_requests(thalamus: Thalamus) -> None:
    relay(thalamus, bare_table())
    thalamus.reset(1)
    assert len(relay(thalamus, bare_table())) == 1


def test_the_requests_travel_with_the_state(thalamus: Thalamus) -> None:
    relay(thalamus, bare_table())
    other = Thalamus("thalamus")
    other.set_state(thalamus.get_state())
    assert relay(other, bare_table()) == []


def _spoilt(**fields: np.ndarray) -> CameraFrame:
    """A frame that escaped the message's own checks, as a careless body might build it."""
    return bare_table().model_copy(update=fields)


@pytest.mark.parametrize(
    ("frame", "word"),
    [
        (_spoilt(depth=np.full((60, 80), -1.0, np.float32)), "leaves"),
        (_spoilt(depth=np.full((60, 80), 90.0, np.float32)), "leaves"),
        (_spoilt(depth=np.ones((30, 80), np.float32)), "rows and columns"),
        (_spoilt(intrinsics=np.array([0.0, 70.0, 40.0, 30.0])), "focal"),
        (_spoilt(pose=2 * np.eye(4)), "rigid"),
        (_spoilt(pose=np.diag([1.0, 1.0, -1.0, 1.0])), "rigid"),
    ],
)
def test_a_bad_frame_is_refused_by_camera_and_tick(thalamus: Thalamus, frame: CameraFrame, word: str) -> None:
    with pytest.raises(SensorError, match=f"'fixed'.*tick 7.*{word}"):
        relay(thalamus, frame)


def test_old_requests_are_forgotten(thalamus: Thalamus) -> None:
    sizes = []
    for number in range(200):
        relay(thalamus, bare_table(request=f"r{number:03}"))
        sizes.append(len(pickle.dumps(thalamus.get_state())))
    assert sizes[199] == sizes[100]

"""The rover's brainstem: relay, limits, reflex, and the end."""

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from neuralbrain.envs.rover.datasheet import WHEELS
from neuralbrain.errors import ConfigurationError, SensorError
from neuralbrain.messages import Claim, Condition, Done, Location, LookRequest
from neuralbrain.rover.brainstem import BACK, FRONT, LEFT, RoverBrainstem
from neuralbrain.rover.messages import Drive
from tests.firing import inbox, said
from tests.rover.harness import brainstem, schema


def drive(left: float, right: float, ticks: int = 5) -> Drive:
    return Drive(tick=0, source="basal_ganglia", left=left, right=right, ticks=ticks)


def pressing(stem: RoverBrainstem, *quarters: int) -> None:
    """Let the bumper be pressed from now on, whatever is there."""
    sense = type(stem.body).sense
    pressed = np.isin(np.arange(4), quarters)
    stem.body.sense = lambda: replace(sense(stem.body), bumper=pressed)  # type: ignore[method-assign]


def test_it_tells_what_the_body_is_once() -> None:
    stem = brainstem()
    first, second = (said(stem, tick) for tick in range(2))
    assert first["schema"][0].model_dump() == schema().model_dump()
    assert first["task"][0].text == stem.body.instruction
    assert {"schema", "task"}.isdisjoint(second)
    assert len(second["proprioception"][0].ranges) == 8
    stem.close()


def test_a_command_holds_as_long_as_it_says() -> None:
    stem = brainstem()
    reports = [said(stem, t, *([drive(3.0, 4.0, 3)] if t == 2 else []))["report"][0] for t in range(7)]
    assert [(r.left, r.right, r.held) for r in reports[1:6]] == [
        (0.0, 0.0, True),
        *[(3.0, 4.0, False)] * 3,
        (0.0, 0.0, True),
    ]
    assert not any(report.clamped for report in reports)
    stem.close()


def test_speeds_stay_within_what_the_wheels_can() -> None:
    stem = brainstem()
    report = said(stem, 0, drive(-50.0, 2.0))["report"][0]
    assert (report.left, report.right, report.clamped) == (-WHEELS.max_speed, 2.0, ("speed",))
    stem.close()


@pytest.mark.parametrize(
    ("quarters", "way"), [((FRONT,), -1), ((LEFT,), -1), ((BACK,), 1), ((FRONT, BACK), -1)]
)
def test_the_reflex_withdraws_and_heeds_nothing_meanwhile(quarters: tuple[int, ...], way: int) -> None:
    stem = brainstem(withdrawal=4)
    said(stem, 0, drive(5.0, 5.0, 50))
    pressing(stem, *quarters)
    reports = [said(stem, 1)["report"][0]]
    pressing(stem)
    reports += [said(stem, tick, drive(5.0, 5.0, 50))["report"][0] for tick in range(2, 5)]
    assert all(report.left == report.right and report.left * way > 0 for report in reports)
    assert [report.clamped for report in reports] == [("reflex",), (), (), ()]
    assert said(stem, 5)["report"][0].held, "what was commanded before is forgotten"
    assert said(stem, 6, drive(5.0, 5.0))["report"][0].left == 5.0
    stem.close()


def test_a_picture_is_taken_when_it_is_asked_for() -> None:
    stem = brainstem()
    assert "frame" not in said(stem, 0)
    look = LookRequest(tick=0, source="basal_ganglia", camera="front", request="plan_1/look/1/1")
    (frame,) = said(stem, 1, look)["frame"]
    assert (frame.request, frame.rgb.shape, frame.depth.shape) == (look.request, (120, 160, 3), (120, 160))
    with pytest.raises(ConfigurationError, match="no camera 'rear'.*front"):
        stem.step(2, inbox(look.model_copy(update={"camera": "rear"})))
    stem.close()


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({"ranges": np.array([1.0, np.nan])}, "ranges"),
        ({"wheel_angles": np.zeros(3)}, "wheel_angles"),
        ({"bumper": np.zeros(4)}, "bumper"),
        ({"heading_rate": np.inf}, "heading_rate"),
    ],
)
def test_what_no_sensor_may_say_is_named(broken: dict[str, Any], what: str) -> None:
    stem = brainstem()
    state = replace(stem.body.sense(), **broken)
    stem.body.sense = lambda: state  # type: ignore[method-assign]
    with pytest.raises(SensorError, match=f"{what}.* at tick 3"):
        stem.step(3, inbox())
    stem.close()


def test_a_broken_picture_is_named() -> None:
    stem = brainstem()
    picture = replace(stem.body.look("front"), pose=np.eye(3))
    stem.body.look = lambda camera: picture  # type: ignore[method-assign]
    look = LookRequest(tick=0, source="basal_ganglia", camera="front", request="r")
    with pytest.raises(SensorError, match="pose"):
        stem.step(0, inbox(look))
    stem.close()


def test_it_ends_when_the_cortex_is_done_and_when_time_is_up() -> None:
    stem = brainstem()
    done = Done(tick=0, source="cortex", outcome="done", text="Done.")
    (stop,) = said(stem, 3, done)["stop"]
    assert (stop.reason, stop.success, stop.evaluation) == ("done", True, {"judged_by": "brain"})
    assert "stop" not in said(stem, 4, done)
    stem.close()
    stem = brainstem("neuralbrain/Rover-Reach-v0")
    (stop,) = said(stem, stem.body.max_ticks)["stop"]
    assert (stop.reason, stop.success, stop.evaluation["judged_by"]) == ("out of time", False, "simulator")
    stem.close()


@pytest.mark.parametrize(("where", "near"), [(0.0, True), (1.0, False)])
def test_what_the_brain_believes_is_held_against_the_truth_for_the_record(where: float, near: bool) -> None:
    stem = brainstem()
    spot = Location(id="spot", position=(where, 0.0, 0.0))
    here = Condition(predicate="near", args=("spot",))
    claim = Claim(conditions=(here,), locations=(spot,))
    told = said(stem, 3, Done(tick=0, source="cortex", outcome="done", text="Done.", claim=claim))
    (truth,), (stop,) = told["truth"], told["stop"]
    assert (truth.true, truth.false) == (((here,), ()) if near else ((), (here,)))
    assert (stop.success, stop.evaluation) == (near, {"judged_by": "brain"})
    stem.close()


def test_it_goes_on_from_its_state_in_another_object() -> None:
    one, other = brainstem(), brainstem(seed=5)
    for tick in range(30):
        said(one, tick, *([drive(6.0, 8.0, 40)] if tick == 0 else []))
    other.set_state(pickle.loads(pickle.dumps(one.get_state())))
    for tick in range(30, 45):
        mine, theirs = said(one, tick)["proprioception"][0], said(other, tick)["proprioception"][0]
        assert mine.wheel_angles.tolist() == theirs.wheel_angles.tolist()
    one.close()
    other.close()

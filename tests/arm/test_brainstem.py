"""The brainstem over an arm that obeys at once: what it feels, limits and sends, and when it ends."""

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from neuralbrain.arm.body import ArmLimits, ArmState
from neuralbrain.arm.brainstem import ArmBrainstem, ArmBrainstemConfig
from neuralbrain.arm.messages import ArmSchema, MotorCommand, MotorReport, Proprioception
from neuralbrain.arm.motor.kinematics import Arm as Kinematics
from neuralbrain.body import Evaluation, Floats, Picture
from neuralbrain.envs.tabletop.cameras import CAMERAS
from neuralbrain.envs.tabletop.panda import LINKS
from neuralbrain.errors import ConfigurationError, ContractError, NeuralBrainError, PlanError, SensorError
from neuralbrain.messages import (
    CameraFrame,
    Done,
    Instruction,
    LookRequest,
    Message,
    Outcome,
    Reward,
    Stop,
    TimeNotice,
)
from tests.arm.motor.harness import PANDA
from tests.firing import said

ENV = "tests/Arm-v0"
REST = np.array([0.0, -0.55, 0.0, -2.35, 0.0, 1.80, 0.785])
REACH = 2.0 * 0.05
"""What a joint of the arm may turn in a tick, rad."""


class Arm:
    """A body without physics; it is where it was last told to be, and it writes down what is done to it."""

    cameras = CAMERAS
    links = LINKS
    tick_seconds, servo_steps, max_ticks = 0.05, 4, 1000
    limits = ArmLimits(
        joints=tuple("abcdefg"),
        lower=np.full(7, -3.0),
        upper=np.full(7, 3.0),
        speed=np.full(7, 2.0),
        gripper_width=0.08,
        gripper_force=40.0,
    )

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.targets: list[Floats] = []
        self.grips: list[tuple[float, float]] = []
        self.faults: dict[str, Any] = {}
        self.between = 0.0
        """Width of what is between the fingers, m."""
        self.pressed = 0.0
        self.obeys = True
        self.closed = False

    def reset(self, seed: int) -> None:
        self.instruction = f"wave {seed} times"
        self.joints, self.width, self.squeeze = REST.copy(), 0.08, 0.0

    def sense(self) -> ArmState:
        self.calls.append("sense")
        pose = PANDA.forward(self.joints)
        felt = {
            "joint_positions": self.joints.copy(),
            "joint_velocities": np.zeros(7),
            "gripper_width": self.width,
            "tool_position": pose.position,
            "tool_rotation": pose.rotation,
            "contact_force": np.full(2, self.squeeze),
            "arm_force": self.pressed,
        }
        return ArmState(**{**felt, **self.faults})

    def look(self, camera: str) -> Picture:
        self.calls.append(f"look {camera}")
        seen = {
            "rgb": np.full((2, 3, 3), len(self.targets), np.uint8),
            "depth": np.ones((2, 3), np.float32),
            "intrinsics": np.ones(4),
            "pose": np.eye(4),
        }
        return Picture(**{**seen, **self.faults})

    def act(self, joints: Floats, gripper_width: float, gripper_force: float) -> None:
        self.calls.append("act")
        self.targets.append(joints)
        self.grips.append((gripper_width, gripper_force))
        if self.obeys:
            self.joints = joints[-1]
        self.width = max(gripper_width, self.between)
        self.squeeze = gripper_force / 2 if gripper_width < self.between else 0.0

    def evaluate(self) -> Evaluation:
        self.calls.append("evaluate")
        return Evaluation(success=True, reward=1.0, info={"acts": len(self.targets)})

    def get_state(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)

    def close(self) -> None:
        self.closed = True


class ArmEnv(gymnasium.Env[Any, Any]):
    observation_space = action_space = gymnasium.spaces.Discrete(1)
    closed = False

    def __init__(self, body: type[Arm] | None = Arm) -> None:
        if body is not None:
            self.body = body()

    def close(self) -> None:
        self.closed = True


@contextmanager
def registered() -> Iterator[None]:
    gymnasium.register(ENV, entry_point=ArmEnv)
    yield
    del gymnasium.registry[ENV]


@pytest.fixture(scope="module", autouse=True)
def arm_env() -> Iterator[None]:
    with registered():
        yield


def stem(**settings: Any) -> tuple[ArmBrainstem, Arm]:
    region = ArmBrainstem("brainstem", ArmBrainstemConfig(env=ENV, env_seed=7, **settings))
    region.reset(0)
    assert isinstance(region.body, Arm)
    return region, region.body


def fire(region: ArmBrainstem, tick: int, *messages: Message) -> dict[type[Message], list[Any]]:
    """Return what one firing sends, by type."""
    sent = [message for group in said(region, tick, *messages).values() for message in group]
    kinds = (Instruction, Proprioception, MotorReport, CameraFrame, TimeNotice, Reward, Stop)
    return {kind: [message for message in sent if type(message) is kind] for kind in kinds}


def report(region: ArmBrainstem, tick: int, *messages: Message) -> MotorReport:
    (sent,) = fire(region, tick, *messages)[MotorReport]
    assert isinstance(sent, MotorReport)
    return sent


def command(
    start: int, *rows: Floats, tick: int | None = None, width: float = 0.05, force: float = 20.0
) -> MotorCommand:
    """Return a command that was sent the tick before it starts, unless said otherwise."""
    return MotorCommand(
        tick=max(start - 1, 0) if tick is None else tick,
        source="cerebellum",
        start=start,
        joints=np.array(rows, dtype=np.float64).reshape(-1, 7),
        gripper_width=width,
        gripper_force=force,
    )


def look(camera: str = "fixed", request: str = "r1") -> LookRequest:
    return LookRequest(tick=0, source="cerebellum", camera=camera, request=request)


def done(outcome: Outcome = "done") -> Done:
    return Done(tick=0, source="cortex", outcome=outcome, text="")


def ramp(count: int, step: float = 0.02) -> list[Floats]:
    return [REST + step * (number + 1) for number in range(count)]


# ---- the order of a tick


def test_rule_4_sense_then_read_then_clamp_then_physics() -> None:
    region, body = stem()
    fire(region, 0, command(0, *ramp(9)))
    body.calls.clear()
    before = body.joints.copy()
    sent = fire(region, 1, look(), done(), command(1, REST - 0.05))
    assert body.calls == ["sense", "look fixed", "evaluate", "act"]
    (proprioception,), (moved,), (frame,), (stop,) = (
        sent[k] for k in (Proprioception, MotorReport, CameraFrame, Stop)
    )
    assert np.array_equal(proprioception.joint_positions, before), "what is felt is felt before the physics"
    assert (frame.rgb == 1).all(), "and so is what is seen"
    assert stop.evaluation == {"acts": 1, "judged_by": "simulator"}, "and judged"
    assert np.array_equal(body.joints, moved.joints)
    assert np.allclose(moved.joints, REST - 0.05), "a command is obeyed at the tick at which it arrives"


def test_a_body_that_lags_is_sent_on_from_the_last_target() -> None:
    region, body = stem()
    body.obeys = False
    rows = ramp(3)
    report(region, 0, command(0, *rows))
    report(region, 1)
    assert np.allclose(body.targets[1], rows[0] + np.outer([0.25, 0.5, 0.75, 1.0], rows[1] - rows[0]))


def test_a_tick_is_divided_evenly_among_the_servo_steps() -> None:
    region, body = stem()
    turned = REST + np.array([0.08, 0.0, -0.04, 0.0, 0.0, 0.02, 0.0])
    fire(region, 0, command(0, turned))
    (rows,) = body.targets
    assert rows.shape == (4, 7)
    assert np.allclose(np.diff(np.vstack([REST, rows]), axis=0), (turned - REST) / 4)
    assert np.allclose(rows[-1], turned)


def test_the_sentence_is_said_once() -> None:
    region, _ = stem()
    heard = [fire(region, tick)[Instruction] for tick in range(3)]
    assert [[one.text for one in sent] for sent in heard] == [["wave 7 times"], [], []]


def test_the_body_says_what_it_is_once() -> None:
    region, body = stem()
    first, second = (said(region, tick).get("schema", []) for tick in range(2))
    assert second == []
    (first,) = first
    assert (first.tick_seconds, first.joints, first.cameras) == (0.05, tuple("abcdefg"), body.cameras)
    assert np.array_equal(first.speed, body.limits.speed)
    assert np.array_equal(first.chain, LINKS.chain)
    assert first.headline() == "a body of 7 joints; cameras: fixed, wrist"


def test_a_body_that_does_not_know_how_it_is_built_says_so() -> None:
    region, body = stem()
    body.links = None
    (schema,) = said(region, 0)["schema"]
    with pytest.raises(PlanError, match="does not say how it is built"):
        Kinematics(schema).forward(REST)


def test_a_schema_says_as_much_of_each_joint() -> None:
    fields = dict(PANDA.schema)
    with pytest.raises(ValidationError, match="lower: 7 values for 6 joints"):
        ArmSchema(**{**fields, "joints": tuple("abcdef")})
    with pytest.raises(ValidationError, match="chain: 7 rows for 7 joints and a tool"):
        ArmSchema(**{**fields, "chain": LINKS.chain[1:]})


def test_a_command_for_another_arm_is_refused() -> None:
    region, _ = stem()
    other = command(0).model_copy(update={"joints": np.zeros((3, 6))})
    with pytest.raises(ContractError, match="'cerebellum' commands 6 joints at tick 0; the body has 7"):
        fire(region, 0, other)


# ---- limits


@pytest.mark.parametrize(
    ("row", "grip", "clamped"),
    [
        (REST + 0.05, (0.05, 20.0), ()),
        (REST + 0.3, (0.05, 20.0), ("speed",)),
        (np.full(7, 9.0), (0.05, 20.0), ("position", "speed")),
        (REST, (0.09, 20.0), ("force",)),
        (REST, (-0.01, 20.0), ("force",)),
        (REST, (0.05, 41.0), ("force",)),
        (REST, (0.05, -1.0), ("force",)),
        (REST + 0.3, (0.05, 1e9), ("speed", "force")),
    ],
)
def test_what_changes_a_command_is_named(
    row: Floats, grip: tuple[float, float], clamped: tuple[str, ...]
) -> None:
    region, _ = stem()
    assert report(region, 0, command(0, row, width=grip[0], force=grip[1])).clamped == clamped


def test_a_joint_stops_at_its_limit_and_the_others_go_on() -> None:
    region, _ = stem()
    beyond = REST.copy()
    beyond[5] = 3.2
    reports = [report(region, tick, command(tick, beyond + 0.001 * tick)) for tick in range(14)]
    assert reports[-1].clamped == ("position",)
    assert reports[-1].joints[5] == 3.0
    assert np.allclose(np.delete(reports[-1].joints - REST, 5), 0.013)


orders = st.builds(
    lambda rows, shift, width, force: (np.array(rows).reshape(-1, 7), shift, width, force),
    st.lists(st.lists(st.floats(-1e6, 1e6) | st.floats(-4.0, 4.0), min_size=7, max_size=7), max_size=4),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.lists(st.none() | orders, min_size=1, max_size=8), st.integers(-1, 7), st.booleans())
def test_whatever_is_commanded_the_body_is_sent_what_it_may_be_and_the_report_says_it(
    commands: list[tuple[Floats, int, float, float] | None], pressed_at: int, obeys: bool
) -> None:
    region, body = stem(withdrawal=2)
    body.obeys = obeys
    body.limits = replace(Arm.limits, lower=REST - 0.25, upper=REST + 0.15)
    last = REST
    for tick, order in enumerate(commands):
        body.pressed = 99.0 if tick == pressed_at else 0.0
        sent = []
        if order is not None:
            rows, shift, width, force = order
            sent = [command(tick + shift, *rows, tick=max(tick - 1, 0), width=width, force=force)]
        told = report(region, tick, *sent)
        targets = body.targets[-1]
        assert (targets >= body.limits.lower - 1e-12).all()
        assert (targets <= body.limits.upper + 1e-12).all()
        steps = np.diff(np.vstack([last, targets]), axis=0)
        assert (np.abs(steps) <= REACH / body.servo_steps + 1e-9).all()
        assert (np.abs(targets[-1] - last) <= REACH + 1e-9).all()
        assert np.allclose(targets[-1], told.joints, atol=1e-12)
        assert body.grips[-1] == (told.gripper_width, told.gripper_force)
        assert 0.0 <= told.gripper_width <= 0.08
        assert 0.0 <= told.gripper_force <= 40.0
        last = told.joints


# ---- commands come, run out, and are replaced


def test_rows_are_for_ticks_and_then_the_arm_holds() -> None:
    region, _ = stem()
    rows = ramp(3)
    late = command(0, *rows)
    reports = [report(region, 0), report(region, 1, late), *(report(region, t) for t in range(2, 6))]
    assert [one.held for one in reports] == [True, False, False, True, True, True]
    assert np.array_equal(reports[0].joints, REST), "nothing was commanded yet"
    for tick, row in ((1, rows[1]), (2, rows[2]), (3, rows[2]), (5, rows[2])):
        assert np.allclose(reports[tick].joints, row), tick


def test_the_grip_stays_as_it_was_felt_and_then_as_it_was_told() -> None:
    region, body = stem()
    body.width = 0.063
    assert report(region, 0).gripper_width == 0.063
    assert report(region, 1, command(1, REST, width=0.02, force=11.0)).gripper_width == 0.02
    stale = [report(region, tick) for tick in range(2, 5)]
    assert {(one.gripper_width, one.gripper_force) for one in stale} == {(0.02, 11.0)}


def test_a_command_for_later_is_awaited_at_rest() -> None:
    region, _ = stem()
    rows = ramp(2)
    reports = [report(region, 0, command(3, *rows, tick=0)), *(report(region, tick) for tick in range(1, 5))]
    assert [one.held for one in reports] == [True, True, True, False, False]
    assert np.array_equal(reports[2].joints, REST)
    assert np.allclose(reports[4].joints, rows[1])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_command_that_is_no_number_cannot_be_made(value: float) -> None:
    for fault in ({"width": value}, {"force": value}):
        with pytest.raises(ValidationError, match="finite number"):
            command(0, REST, **fault)
    with pytest.raises(ValidationError, match="NaN or an infinity"):
        command(0, np.full(7, value))


def test_the_newest_command_counts() -> None:
    region, _ = stem()
    first, second = command(0, REST + 0.05), command(0, REST - 0.05)
    assert np.allclose(report(region, 0, first, second).joints, REST - 0.05)


# ---- the reflex


def pressed(withdrawal: int = 4, ticks: int = 6) -> tuple[ArmBrainstem, Arm, list[Floats]]:
    """Return a brainstem whose arm has moved for some ticks and now presses against something."""
    region, body = stem(withdrawal=withdrawal, reflex_force=30.0)
    rows = [REST + 0.02 * np.array([tick + 1, 0, 0, (-1) ** tick, 0, 0, 0]) for tick in range(ticks)]
    fire(region, 0, command(0, *rows, *rows[::-1]))
    for tick in range(1, ticks):
        fire(region, tick)
    body.pressed = 31.0
    return region, body, [REST, *rows]


def test_the_reflex_goes_back_the_way_it_came() -> None:
    region, body, way = pressed()
    reports = [report(region, 6)]
    body.pressed = 0.0
    reports += [report(region, tick) for tick in range(7, 12)]
    assert [one.clamped for one in reports] == [("reflex",)] + [()] * 5
    assert all(one.held for one in reports)
    assert [one.withdrawing for one in reports] == [True] * 4 + [False] * 2
    for told, spot in zip(reports, [way[5], way[4], way[3], way[2], way[2], way[2]], strict=True):
        assert np.allclose(told.joints, spot)


def test_a_gentle_touch_is_no_reflex() -> None:
    region, body, _ = pressed()
    body.pressed = 30.0
    assert report(region, 6).clamped == ()


def test_the_reflex_goes_back_no_farther_than_it_came() -> None:
    region, body, _ = pressed(withdrawal=10, ticks=3)
    reports = [report(region, 3)]
    body.pressed = 0.0
    reports += [report(region, tick) for tick in range(4, 16)]
    assert np.allclose(reports[2].joints, REST)
    assert np.allclose(reports[-1].joints, REST)


def test_who_still_presses_after_the_reflex_goes_back_on() -> None:
    region, _, way = pressed(withdrawal=2)
    reports = [report(region, tick) for tick in range(6, 10)]
    assert [one.clamped for one in reports] == [("reflex",), (), ("reflex",), ()]
    assert np.allclose(reports[-1].joints, way[2])


def test_no_command_sent_during_the_reflex_is_heeded() -> None:
    region, body, way = pressed()
    away = [REST - 0.05] * 40
    report(region, 6, command(6, *away))
    body.pressed = 0.0
    for tick in range(7, 10):
        assert report(region, tick, command(tick, *away)).held
    late = report(region, 10, command(9, *away, tick=9))
    assert late.held, "what was sent before the reflex was over knew nothing of it"
    assert np.allclose(late.joints, way[2])
    assert not report(region, 11, command(11, way[1], tick=10)).held


# ---- pictures


def test_a_picture_is_taken_when_its_request_arrives() -> None:
    region, _ = stem()
    assert fire(region, 0)[CameraFrame] == []
    fire(region, 1)
    frames = fire(region, 2, look("wrist", "a"), look("fixed", "b"))[CameraFrame]
    assert [(frame.camera, frame.request, frame.taken_tick) for frame in frames] == [
        ("wrist", "a", 2),
        ("fixed", "b", 2),
    ]
    assert all((frame.rgb == 2).all() for frame in frames)
    assert fire(region, 3)[CameraFrame] == []


def test_an_unknown_camera_is_named_with_those_there_are() -> None:
    region, _ = stem()
    with pytest.raises(ConfigurationError, match=r"tick 0.*'chest'.*'r9'.*fixed, wrist"):
        fire(region, 0, look("chest", "r9"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("joint_positions", np.full(7, np.nan), "NaN or infinite"),
        ("joint_positions", np.zeros(6), r"\(6,\).*expected float64 \(7,\)"),
        ("joint_positions", REST.astype(np.float32), r"float32 \(7,\).*expected float64 \(7,\)"),
        ("joint_velocities", np.full(7, np.inf), "NaN or infinite"),
        ("gripper_width", float("nan"), "NaN or infinite"),
        ("gripper_width", np.zeros(2), r"\(2,\).*expected float64 \(\)"),
        ("tool_position", np.zeros(2), r"\(2,\).*expected float64 \(3,\)"),
        ("tool_rotation", np.eye(4), r"\(4, 4\).*expected float64 \(3, 3\)"),
        ("contact_force", np.array([0.0, np.nan]), "NaN or infinite"),
        ("arm_force", float("inf"), "NaN or infinite"),
    ],
)
def test_a_broken_joint_is_named_with_its_tick(name: str, value: Any, words: str) -> None:
    region, body = stem()
    fire(region, 0)
    body.faults[name] = value
    with pytest.raises(SensorError, match=rf"sense\(\) gave {name} .*tick 1.*"):
        fire(region, 1)
    with pytest.raises(SensorError, match=words):
        fire(region, 1)
    assert len(body.targets) == 1, "nothing moves on a broken sense"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("depth", np.ones((2, 3)), r"float64.*expected float32"),
        ("depth", np.ones((2, 3, 1), np.float32), r"\(2, 3, 1\)"),
        ("rgb", np.zeros((2, 3, 4), np.uint8), r"\(2, 3, 4\)"),
        ("rgb", np.zeros((2, 3, 3), np.float32), r"float32.*expected uint8"),
        ("intrinsics", np.ones(3), r"\(3,\)"),
        ("intrinsics", np.array([1.0, 1.0, np.inf, 1.0]), "NaN or infinite"),
        ("pose", np.eye(3), r"\(3, 3\).*\(4, 4\)"),
        ("pose", np.full((4, 4), np.nan), "NaN or infinite"),
    ],
)
def test_a_broken_picture_is_named_with_its_camera_and_tick(name: str, value: Any, words: str) -> None:
    region, body = stem()
    fire(region, 0)
    body.faults[name] = value
    with pytest.raises(SensorError, match=rf"look\('wrist'\) gave {name} .*tick 1"):
        _look_only(region, body, 1)
    with pytest.raises(SensorError, match=words):
        _look_only(region, body, 1)


def test_what_a_camera_cannot_range_is_zero_however_it_says_so() -> None:
    region, body = stem()
    fire(region, 0)
    body.faults["depth"] = np.array([[1.0, np.nan, np.inf], [2.0, -np.inf, 0.0]], np.float32)
    (frame,) = _look_only(region, body, 1)[CameraFrame]
    assert frame.depth.tolist() == [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]


def _look_only(region: ArmBrainstem, body: Arm, tick: int) -> dict[type[Message], list[Any]]:
    """Fire with sound joints, but with a camera that may be broken."""
    broken, sense = dict(body.faults), body.sense

    def sound() -> ArmState:
        body.faults.clear()
        state = sense()
        body.faults.update(broken)
        return state

    body.sense = sound  # type: ignore[method-assign]
    return fire(region, tick, look("wrist"))


# ---- the end


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (done(), "done"),
        (done("failed"), "failed"),
        (done("refused"), "refused"),
    ],
)
def test_the_end_is_said_once_and_judged_by_the_body(said: Done, reason: str) -> None:
    region, body = stem()
    assert fire(region, 0)[Stop] == []
    (stop,) = fire(region, 1, said)[Stop]
    assert (stop.reason, stop.success, stop.evaluation) == (
        reason,
        True,
        {"acts": 1, "judged_by": "simulator"},
    )
    body.max_ticks = 3
    assert [fire(region, tick, said)[Stop] for tick in range(2, 6)] == [[]] * 4
    assert len(body.targets) == 6, "the body is moved until everybody has halted"


def test_time_is_up_once() -> None:
    region, body = stem()
    body.max_ticks = 3
    stops = [fire(region, tick)[Stop] for tick in range(6)]
    assert [len(sent) for sent in stops] == [0, 0, 0, 1, 0, 0]
    assert stops[3][0].reason == "out of time"


def test_the_brain_is_told_once_that_the_time_is_nearly_up_and_its_last_word_ends_nothing() -> None:
    region, body = stem()
    body.max_ticks = 100
    sent = [fire(region, tick, *([done("failed")] if tick == 90 else [])) for tick in range(103)]
    notices = [(tick, one.left) for tick, out in enumerate(sent) for one in out[TimeNotice]]
    assert notices == [(70, pytest.approx(1.5))]
    stops = [(tick, stop.reason) for tick, out in enumerate(sent) for stop in out[Stop]]
    assert stops == [(100, "out of time")]


def test_who_is_done_at_the_last_tick_is_done() -> None:
    region, body = stem()
    body.max_ticks = 0
    assert fire(region, 0, done())[Stop][0].reason == "done"


# ---- the body itself


def test_no_body_is_a_clear_error() -> None:
    with pytest.raises(ConfigurationError, match=r"'stem' has no body: set its `env`.*run\.py envs"):
        ArmBrainstem("stem").reset(0)


def test_an_environment_without_a_body_is_a_clear_error() -> None:
    config = ArmBrainstemConfig(env=ENV, env_options={"body": None})
    with pytest.raises(ConfigurationError, match=rf"'{ENV}' has no `body` for region 'stem'.*ArmBody"):
        ArmBrainstem("stem", config).reset(0)


def test_what_is_refused_here_is_all_of_one_family() -> None:
    assert issubclass(SensorError, NeuralBrainError)
    assert issubclass(ConfigurationError, NeuralBrainError)


def test_it_closes_its_body_and_its_environment_once() -> None:
    region, body = stem()
    env = region._env.unwrapped
    region.close()
    region.close()
    assert body.closed
    assert env.closed


def test_a_new_episode_knows_nothing_of_the_last() -> None:
    region, body, _ = pressed()
    report(region, 6, done())
    body.pressed = 0.0
    region.reset(0)
    sent = fire(region, 0, command(0, REST + 0.05))
    assert np.allclose(sent[MotorReport][0].joints, REST + 0.05)
    assert fire(region, 1, done())[Stop][0].reason == "done"


@pytest.mark.parametrize("handover", range(5, 13))
def test_its_state_carries_over_before_during_and_after_a_reflex(handover: int) -> None:
    def go_on(
        region: ArmBrainstem, body: Arm, first: int, last: int
    ) -> list[tuple[Proprioception, MotorReport]]:
        sent = []
        for tick in range(first, last):
            body.pressed = 31.0 if tick == 6 else 0.0
            out = fire(region, tick, command(tick, REST + 0.05, tick=tick - 1))
            sent.append((out[Proprioception][0], out[MotorReport][0]))
        return sent

    region, body, _ = pressed(ticks=5)
    go_on(region, body, 5, handover)
    state = pickle.loads(pickle.dumps(region.get_state()))
    other, twin = stem(withdrawal=4, reflex_force=30.0)
    other.set_state(state)
    before, after = go_on(region, body, handover, 16), go_on(other, twin, handover, 16)
    for (felt, told), (felt_there, told_there) in zip(before, after, strict=True):
        assert np.array_equal(felt.joint_positions, felt_there.joint_positions)
        assert np.array_equal(told.joints, told_there.joints)
        assert (told.clamped, told.held) == (told_there.clamped, told_there.held)

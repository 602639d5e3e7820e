"""A region that fails is named, with the tick and what it was doing, alike on both runtimes."""

import pickle
from enum import StrEnum
from typing import Any

import pytest
from pydantic import ValidationError

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.errors import AmbiguityError, ConfigurationError, NeuralBrainError
from neuralbrain.runtime import open_session, run_brain
from neuralbrain.runtime.trace import canonical, row
from tests.runtime.faulty import Anything, Flat, Watch, brain

BOTH = pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
FAULTS = {
    "reset": "region 'bad0' failed at tick 0 in reset: RuntimeError: a bug",
    "step": "region 'bad0' failed at tick 3: RuntimeError: a bug",
    "step and close": "region 'bad0' failed at tick 3: RuntimeError: a bug",
    "exit": "region 'bad0' failed at tick 3: SystemExit: 0",
    "endless": "region 'bad0' failed at tick 3: RecursionError",
    "unpicklable error": "oddly",
    "no reason": "region 'bad0' failed at tick 3: AssertionError: raised in line ",
    "mute error": "region 'bad0' failed at tick 3: MuteError: raised in line ",
    "None": "region 'bad0' returned a NoneType from step at tick 3",
    "list": "region 'bad0' returned a list from step at tick 3",
    "message": "region 'bad0' returned a Flat from step at tick 3",
    "port of None": "region 'bad0' sent a NoneType by port 'up'",
    "port of tuple": "region 'bad0' sent a tuple by port 'flat'",
    "port of class": "region 'bad0' sent a ModelMetaclass by port 'flat'",
    "port 3": "region 'bad0' sent by port 3",
    "set": "region 'bad0', tick 3, port 'any': a set in a message has no order",
    "set by default": "region 'bad0', tick 3, port 'unset': a set in a message has no order",
    "set in an array": "region 'bad0', tick 3, port 'any': a ndarray in a message has no order",
    "lambda": "region 'bad0', tick 3, port 'any': a function in a message has no order",
    "keys without order": "region 'bad0', tick 3, port 'any': '<' not supported",
    "nested": "region 'bad0' failed at tick 3: RecursionError",
}


def told(runtime: str, *faults: str) -> NeuralBrainError:
    with (
        pytest.raises(NeuralBrainError) as caught,
        open_session(brain(*faults), 0, runtime=runtime, observers=[Watch()]) as session,
    ):
        session.advance()
    return caught.value


@pytest.mark.parametrize("fault", FAULTS)
def test_a_region_that_fails_is_named(fault: str) -> None:
    error = told("inline", fault)
    assert FAULTS[fault] in str(error)
    assert error.place is not None
    assert error.place[1] == "bad0"
    assert "region 'bad0'" in str(error) + "".join(getattr(error, "__notes__", ()))


@pytest.mark.ray
@pytest.mark.parametrize("faults", [("reset", "reset"), ("unpicklable error", "exit")])
def test_on_ray_it_is_named_alike(ray_session: None, faults: tuple[str, ...]) -> None:
    here, there = told("inline", *faults), told("ray", *faults)
    assert FAULTS[faults[0]] in str(here)
    assert (str(there), there.place) == (str(here), here.place)
    assert {*getattr(there, "__notes__", ())} >= {*getattr(here, "__notes__", ())}


@BOTH
def test_a_region_that_fails_at_the_end_is_named(ray_session: None, runtime: str) -> None:
    session = open_session(brain("late", "late"), 0, runtime=runtime)
    session.advance(5)
    with pytest.raises(NeuralBrainError, match=r"'bad0' failed at tick 5 in get_state: TypeError: cannot"):
        session.snapshot()
    session.advance()
    for doing, work in (("commit", lambda: session.finish(commit=True)), ("close", session.close)):
        with pytest.raises(NeuralBrainError, match=f"'bad0' failed at tick 11 in {doing}: R") as caught:
            work()
        assert caught.value.__notes__ == [
            f"then region 'bad1' failed at tick 11 in {doing}: RuntimeError: a bug"
        ]


def test_the_first_error_stays_the_one_that_is_told() -> None:
    error = told("inline", "step and close")
    assert error.__notes__ == ["then region 'bad0' failed at tick 3 in close: RuntimeError: a bug"]


def test_a_region_that_cannot_be_made_is_named() -> None:
    with pytest.raises(NeuralBrainError, match="region 'bad0'.*RuntimeError: a bug"):
        brain("make")


def test_a_message_is_validated_however_it_is_made() -> None:
    message = Flat(tick=0, source="a", value=1)
    assert message.model_copy(update={"value": 2}) == Flat(tick=0, source="a", value=2)
    assert Flat.model_construct(tick=0, source="a") == Flat(tick=0, source="a")
    for wrong in (
        lambda: message.model_copy(update={"value": {1, 2}}),
        lambda: Flat.model_construct(tick=0, source="a", value={1, 2}),
    ):
        with pytest.raises(ValidationError):
            wrong()


def test_a_word_of_a_kind_of_its_own_is_hashed_as_the_word() -> None:
    class Colour(StrEnum):
        RED = "red"

    rows = [row(0, [("p", Anything(tick=0, source="a", data=data))]) for data in (Colour.RED, "red")]
    assert canonical(rows[:1]) == canonical(rows[1:])


def test_an_error_keeps_its_place_in_another_process() -> None:
    error = AmbiguityError("Which?", "it", ["a", "b"])
    error.place = 3, "cortex"
    error.add_note("a note")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.choices, again.place, again.__notes__) == (
        "Which?",
        ("a", "b"),
        (3, "cortex"),
        ["a note"],
    )


@pytest.mark.parametrize("seed", [HIGHEST_SEED + 1, 2**64, 10**30, -1, 1.0, True, "3", None])
def test_a_seed_that_cannot_be_is_refused_before_anything_starts(seed: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"the seed is .*: give a whole number from 0 to 4294967295"):
        run_brain(brain(), seed)


def test_the_highest_seed_can_be() -> None:
    assert run_brain(brain(), HIGHEST_SEED).ticks == 11

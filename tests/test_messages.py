"""Messages: frozen, told apart by kind, arrays checked and read-only."""

import operator
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import BaseModel, Field, ValidationError

from neuralbrain.arm.messages import MotorCommand, Proprioception
from neuralbrain.errors import UnknownNameError
from neuralbrain.messages import CameraFrame, Condition, Instruction, Message, Part, message_type
from neuralbrain.runtime.trace import plain


def command(joints: object) -> MotorCommand:
    return MotorCommand(
        tick=0,
        source="a",
        start=0,
        joints=joints,
        gripper_width=0.04,
        gripper_force=20.0,  # type: ignore[arg-type]
    )


def test_frozen_and_strict_about_names() -> None:
    message = Instruction(tick=0, source="brainstem", text="hello")
    with pytest.raises(ValidationError):
        message.text = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Condition(predicate="on", args=("a", "b"), colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        Instruction(tick=0, source="a", text=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("joints", "words"),
    [
        (np.zeros((2, 7, 1)), "shape"),
        (np.zeros(7), "shape"),
        (np.zeros((2, 7), dtype=np.float32), "dtype"),
        ([[0.0] * 7], "numpy array"),
        (np.full((1, 7), np.nan), "NaN"),
        (np.full((1, 7), np.inf), "infinity"),
    ],
)
def test_arrays_are_checked(joints: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        command(joints)


@given(arrays("float64", (3, 7), elements=st.floats(-3, 3)))
def test_arrays_are_read_only_and_survive_json(joints: np.ndarray) -> None:
    message = command(joints)
    assert not message.joints.flags.writeable
    again = np.array(message.model_dump(mode="json")["joints"])
    np.testing.assert_array_equal(again, joints)


def test_transposed_views_are_stored_in_c_order() -> None:
    view = np.arange(21.0).reshape(7, 3).T
    assert command(view).joints.flags.c_contiguous


def test_kinds_are_unique_and_found() -> None:
    assert message_type("arm_proprioception") is Proprioception
    with pytest.raises(UnknownNameError, match="Did you mean 'arm_proprioception'"):
        message_type("arm_propriocepton")
    with pytest.raises(TypeError, match="needs `kind"):
        type("Nameless", (Message,), {"__module__": __name__})
    from typing import Literal

    with pytest.raises(TypeError, match="both have the kind 'instruction'"):
        type(
            "Double",
            (Message,),
            {
                "__module__": __name__,
                "kind": "instruction",
                "__annotations__": {"kind": Literal["instruction"]},
            },
        )


def test_every_kind_has_a_json_schema() -> None:
    for kind, cls in Message.registry.items():
        schema = cls.model_json_schema()
        assert schema["type"] == "object", kind
    depth = CameraFrame.model_json_schema()["properties"]["depth"]
    assert depth["type"] == "array"
    assert "float32" in depth["description"]


class Within(Part):
    rows: list[dict[str, int]]


class Nested(Message):
    kind: Literal["test_nested"] = "test_nested"
    table: dict[str, list[float]]
    named: Mapping[str, int]
    part: Within
    anything: Any = None
    usual: list[int] = []
    made: list[int] = Field(default_factory=lambda: [1])


def changes(value: Any) -> Iterator[Callable[[], object]]:
    """Yield ways to change a value, and what it holds."""
    match value:
        case BaseModel():
            for part in vars(value).values():
                yield from changes(part)
        case dict():
            yield from (lambda: value.update(x=1), value.clear, lambda: value.__setitem__("x", 1))
            yield lambda: operator.ior(value, {})
            for part in value.values():
                yield from changes(part)
        case list() | tuple():
            if isinstance(value, list):
                yield from (lambda: value.append(1), value.sort, lambda: value.__setitem__(slice(0), [1]))
                yield lambda: operator.iadd(value, [1])
            for part in value:
                yield from changes(part)
        case np.ndarray():
            yield lambda: operator.iadd(value, 1)


@given(
    st.recursive(
        st.integers(-9, 9) | st.builds(np.ones, st.integers(0, 3)),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part) | st.tuples(part, part),
        max_leaves=8,
    )
)
def test_nothing_in_a_message_can_be_changed(anything: Any) -> None:
    sent = Nested(
        tick=0,
        source="a",
        table={"x": [1.0]},
        named={"y": 1},
        part=Within(rows=[{"z": 1}]),
        anything=anything,
    )
    for message in (sent, pickle.loads(pickle.dumps(sent, pickle.HIGHEST_PROTOCOL))):
        before = plain(message)
        ways = list(changes(message))
        assert len(ways) >= 28
        for change in ways:
            with pytest.raises((TypeError, ValueError)):
                change()
        assert plain(message) == before == plain(sent)
    assert sent.usual == [] and sent.made == [1] and sent.table == {"x": [1.0]}


def test_a_message_holds_no_model_that_can_be_changed() -> None:
    class Loose(BaseModel):
        value: int = 0

    with pytest.raises(TypeError, match="derive that from `Part`"):

        class Wrong(Message):
            kind: Literal["test_wrong"] = "test_wrong"
            loose: tuple[Loose, ...]


def test_half_a_surrogate_is_no_text() -> None:
    for wrong in ({"text": "\ud800"}, {"text": "", "source": "\ud800"}):
        with pytest.raises(ValidationError, match="unicode string"):
            Instruction(**{"tick": 0, "source": "a", **wrong})

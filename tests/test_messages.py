"""Messages: frozen, told apart by kind, arrays checked and read-only."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from neuralbrain.arm.messages import MotorCommand, Proprioception
from neuralbrain.errors import UnknownNameError
from neuralbrain.messages import CameraFrame, Condition, Instruction, Message, message_type


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

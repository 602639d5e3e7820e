"""What a sentence names is found in a scene, and stays what it was when the sentence was said."""

from dataclasses import replace

import pytest

from neuralbrain.arm.planning.commands import Put
from neuralbrain.arm.planning.interpreter import Commands
from neuralbrain.arm.planning.references import Reference, Selection, fitting, one, settled, several
from neuralbrain.errors import AmbiguityError, InstructionError
from tests.arm.planning.toy import obj, scene

BLOCK, BOWL = Reference(category="block"), Reference("blue", "bowl")
SEEN = scene(
    obj("red_block", 0.5, -0.2),
    obj("red_block_2", 0.5, 0.0),
    obj("green_block", 0.4, 0.2),
    obj("blue_bowl", 0.5, 0.3),
)


@pytest.mark.parametrize(
    ("ref", "meant"),
    [
        (replace(BLOCK, selection=Selection("left")), ["red_block"]),
        (replace(BLOCK, selection=Selection("right")), ["green_block"]),
        (replace(BLOCK, selection=Selection("right", rank=2)), ["red_block_2"]),
        (replace(BLOCK, selection=Selection("front")), ["red_block"]),
        (replace(BLOCK, selection=Selection("behind")), ["green_block"]),
        (replace(BLOCK, selection=Selection("nearest", BOWL)), ["green_block"]),
        (replace(BLOCK, selection=Selection("farthest", BOWL)), ["red_block"]),
        (replace(BLOCK, but=(Reference("red"),)), ["green_block"]),
        (Reference("red", "block"), ["red_block", "red_block_2"]),
        (Reference("pink", "block"), []),
    ],
)
def test_what_is_said_of_it_tells_which_is_meant(ref: Reference, meant: list[str]) -> None:
    assert [found.id for found in fitting(ref, SEEN)] == meant


def test_quantities() -> None:
    assert len(several(replace(BLOCK, quantity="all"), SEEN)) == 3
    assert len(several(replace(BLOCK, quantity=2), SEEN)) == 2
    assert len(several(replace(BLOCK, quantity="any"), SEEN)) == 1
    with pytest.raises(InstructionError, match="I see only three"):
        several(replace(BLOCK, quantity=4), SEEN)
    with pytest.raises(InstructionError, match="Only one object"):
        one(replace(BLOCK, quantity="all"), SEEN)


def test_twins_are_told_apart_by_where_they_are() -> None:
    with pytest.raises(AmbiguityError) as caught:
        one(Reference("red", "block"), SEEN)
    assert caught.value.choices == ("the red block on the left", "the red block on the right")


def test_what_was_the_leftmost_stays_so_when_it_is_carried_to_the_right() -> None:
    left = replace(BLOCK, selection=Selection("left"))
    intention = Commands((Put(left, "at", BOWL),)).settled(SEEN)
    moved = scene(*(obj("red_block", 0.5, 0.3) if o.id == "red_block" else o for o in SEEN.objects))
    (command,) = intention.commands
    assert isinstance(command, Put)
    assert [found.id for found in fitting(command.obj, moved)] == ["red_block"]
    assert str(command) == "put the block on the left in the blue bowl"
    assert settled(BLOCK, SEEN) == BLOCK, "what has no place is found anew"

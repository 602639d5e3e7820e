"""Every wording of every task is understood as what it says; so are its relatives."""

import math
from dataclasses import replace

import numpy as np
import pytest

from neuralbrain.arm.planning.commands import (
    Aside,
    Close,
    Hold,
    Home,
    If,
    Keep,
    Nothing,
    Open,
    Premise,
    Push,
    Put,
    Pyramid,
    Restore,
    Row,
    Shift,
    Sort,
    Swap,
    Tower,
    Turn,
)
from neuralbrain.arm.planning.grammar import parse
from neuralbrain.arm.planning.references import TABLE, Reference, Selection
from neuralbrain.envs.tabletop.sentences import WORDINGS, phrase
from neuralbrain.errors import AmbiguityError, InstructionError

RED, GREEN, BLUE, YELLOW = (Reference(color, "block") for color in ("red", "green", "blue", "yellow"))
BOWL, ZONE, BOX, DRAWER = (
    Reference("blue", "bowl"),
    Reference("green", "zone"),
    Reference("red", "box"),
    Reference(category="drawer"),
)
BLOCK, LEFT = Reference(category="block"), Selection("left")

PUT = ({"object": "red block", "bowl": "blue bowl"}, (Put(RED, "at", BOWL),))
TWO = ({"order": ["yellow block", "green block"]},)
PUSH = ({"box": "red box", "zone": "green zone"}, (Push(BOX, ZONE),))
CASES = {
    "place": [PUT],
    "stack": [
        ({"order": ["red block", "green block"]}, ((Put(GREEN, "at", RED),), (Tower((RED, GREEN)),))),
        ({"order": ["red block", "green block", "blue block"]}, (Tower((RED, GREEN, BLUE)),)),
        (
            {"order": ["yellow block", "red block", "green block", "blue block"]},
            (Tower((YELLOW, RED, GREEN, BLUE)),),
        ),
    ],
    "sort": [({}, (Sort(),))],
    "swap": [({"a": "red block", "b": "green block"}, (Swap(RED, GREEN),))],
    "pyramid": [
        ({"left": "red block", "right": "green block", "top": "blue block"}, (Pyramid(RED, GREEN, BLUE),))
    ],
    "row": [({"order": ["red block", "green block", "blue block"]}, (Row((RED, GREEN, BLUE)),))],
    "push": [PUSH],
    "drawer": [({"object": "red block"}, (Put(RED, "at", DRAWER), Close(DRAWER)))],
    "restore": [(PUT[0], ((*PUT[1], Restore()), (*PUT[1], Restore(undo=True))))],
    "two_step": [
        (
            {"first": ("place", PUT[0]), "second": ("stack", {"order": ["yellow block", "green block"]})},
            (
                (*PUT[1], Put(GREEN, "at", YELLOW)),
                (*PUT[1], Tower((YELLOW, GREEN))),
            ),
        ),
        (
            {"first": ("swap", {"a": "red block", "b": "green block"}), "second": ("place", PUT[0])},
            ((Swap(RED, GREEN), *PUT[1]), (Swap(GREEN, RED), *PUT[1])),
        ),
        ({"first": ("push", PUSH[0]), "second": ("place", PUT[0])}, (*PUSH[1], *PUT[1])),
        ({"first": ("place", PUT[0]), "second": ("push", PUSH[0])}, (*PUT[1], *PUSH[1])),
        (
            {"first": ("stack", {"order": ["green block", "yellow block"]}), "second": ("place", PUT[0])},
            ((Put(YELLOW, "at", GREEN), *PUT[1]), (Tower((GREEN, YELLOW)), *PUT[1])),
        ),
    ],
}
"""Task -> slots and what they mean (or the tuple of meanings that are right)."""


@pytest.mark.parametrize("task", sorted(CASES))
def test_every_wording_is_understood(task: str) -> None:
    for slots, meaning in CASES[task]:
        meanings = meaning if isinstance(meaning[0], tuple) else (meaning,)
        sentences = {phrase(task, np.random.default_rng(seed), **slots) for seed in range(40)}
        assert len(sentences) > 15
        for sentence in sorted(sentences):
            understood = parse(sentence)
            if task == "drawer" and understood[0] == Open(DRAWER):
                understood = understood[1:]
            assert understood in meanings, sentence


def test_six_wordings_and_more_for_each_task() -> None:
    assert all(len(set(wordings)) >= 6 for wordings in WORDINGS.values())


def test_the_same_seed_says_the_same() -> None:
    said = [phrase("row", np.random.default_rng(5), order=["red block", "blue block"]) for _ in range(2)]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        ("PUT THE RED CUBE INTO THE BLUE BOWL", (Put(RED, "at", BOWL),)),
        ("drop the red block in the blue dish, please", (Put(RED, "at", BOWL),)),
        ("Would you kindly set the red brick on top of the green cube?", (Put(RED, "at", GREEN),)),
        (
            "put the red block in the blue bowl and then stack the green block on the yellow block",
            (Put(RED, "at", BOWL), Put(GREEN, "at", YELLOW)),
        ),
        (
            "put the green block on the red block and then the blue block on the green block",
            (Put(GREEN, "at", RED), Put(BLUE, "at", GREEN)),
        ),
        ("put the red and green blocks in the blue bowl", (Put(RED, "at", BOWL), Put(GREEN, "at", BOWL))),
        (
            "put the red block and the green block in the blue bowl",
            (Put(RED, "at", BOWL), Put(GREEN, "at", BOWL)),
        ),
        ("put the red one on the table", (Put(Reference("red", one=True), "at", TABLE),)),
        (
            "take the red block out of the blue bowl",
            (Put(replace(RED, selection=Selection("in", BOWL)), "at", TABLE),),
        ),
        ("open the drawer", (Open(DRAWER),)),
        ("close the drawer again", (Close(DRAWER),)),
        ("push it shut", None),
        ("put the red block left of the blue block", (Put(RED, "left", BLUE),)),
        ("put the red block to the right of the blue block", (Put(RED, "right", BLUE),)),
        ("place the red block next to the blue block", (Put(RED, "beside", BLUE),)),
        ("place the red block behind the blue block", (Put(RED, "behind", BLUE),)),
        ("go home", (Home(),)),
        ("pick up the green block", (Hold(GREEN),)),
        ("pick the green block up and put it on the red block", (Put(GREEN, "at", RED),)),
        ("push the red box onto the green area", (Push(BOX, ZONE),)),
        ("sort the blocks", (Sort(),)),
        ("sort the blocks by colour", (Sort(),)),
        ("Stack the red, green and blue blocks.", (Tower((RED, GREEN, BLUE)),)),
        ("line up the red, green, and blue blocks from right to left", (Row((BLUE, GREEN, RED)),)),
        ("swap the red and green blocks", (Swap(RED, GREEN),)),
        (
            "first open the drawer, then put the red block in it, then close it",
            (Open(DRAWER), Put(RED, "at", DRAWER), Close(DRAWER)),
        ),
        ("Put the red block in the drawer.", (Put(RED, "at", DRAWER),)),
        ("undo everything", (Restore(undo=True),)),
    ],
)
def test_free_sentences(sentence: str, meaning: tuple[object, ...] | None) -> None:
    if meaning is None:
        with pytest.raises(InstructionError):
            parse(sentence)
    else:
        assert parse(sentence) == meaning


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("make me a sandwich", "'sandwich'"),
        ("put the pink elephant in the blue bowl", "'pink' and 'elephant'"),
        ("", "says nothing"),
        ("put the red block put the", "from 'put' on"),
        ("Lege den roten Block in die blaue Schale", "plain English only"),
    ],
)
def test_what_it_cannot_understand_is_refused_with_what_it_can(sentence: str, said: str) -> None:
    with pytest.raises(InstructionError) as caught:
        parse(sentence)
    text = str(caught.value)
    assert said in text
    assert "I can pick up, put, stack" in text
    assert "\n" not in text


def test_objects_alone_are_no_wish() -> None:
    with pytest.raises(InstructionError, match="does not say what to do"):
        parse("the red block")


@pytest.mark.parametrize(
    ("sentence", "said", "choices"),
    [
        ("put the red block", "Where should the red block go", ()),
        ("put it in the blue bowl", 'What do you mean by "it"', ()),
        ("tidy up", "Where should everything go", ()),
        ("move the red block to the left", "How far", ()),
        ("move the red block", "Where should the red block go", ()),
        (
            "put teh red blok in the bleu bowl",
            'Did you mean "put the red block in the blue bowl"',
            ("yes", "no"),
        ),
        ("red block purple bowl", "Did you mean: put the red block in the purple bowl", ("yes", "no")),
    ],
)
def test_what_may_mean_several_things_is_asked(sentence: str, said: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguityError) as caught:
        parse(sentence)
    assert said in str(caught.value)
    assert caught.value.choices == choices


GREEN_ONE = replace(GREEN, one=True)
ALL, ANY = replace(BLOCK, quantity="all"), replace(BLOCK, quantity="any")


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        ("put all the blocks in the blue bowl", (Put(ALL, "at", BOWL),)),
        ("put the blocks in the blue bowl", (Put(ALL, "at", BOWL),)),
        ("put every block in the blue bowl", (Put(ALL, "at", BOWL),)),
        ("put two blocks in the blue bowl", (Put(replace(BLOCK, quantity=2), "at", BOWL),)),
        ("put a block in the blue bowl", (Put(ANY, "at", BOWL),)),
        ("put one of the blocks in the blue bowl", (Put(ANY, "at", BOWL),)),
        ("put everything red in the blue bowl", (Put(Reference("red", quantity="all"), "at", BOWL),)),
        (
            "put all blocks except the red one in the blue bowl",
            (Put(replace(ALL, but=(Reference("red", one=True),)), "at", BOWL),),
        ),
        (
            "put the red block in the bowl that is not blue",
            (Put(RED, "at", Reference(category="bowl", but=(Reference("blue"),))),),
        ),
        ("put one block in every bowl", (Put(ANY, "at", Reference(category="bowl", quantity="all")),)),
        ("put the leftmost block in the blue bowl", (Put(replace(BLOCK, selection=LEFT), "at", BOWL),)),
        (
            "put the block nearest to the blue bowl into it",
            (Put(replace(BLOCK, selection=Selection("nearest", BOWL)), "at", BOWL),),
        ),
        (
            "put the red block in the green bowl, no wait, in the blue one",
            (Put(RED, "at", replace(BOWL, one=True)),),
        ),
        ("do not put the red block in the blue bowl", (Nothing((Put(RED, "at", BOWL),)),)),
        ("never mind", (Nothing(),)),
        (
            "do not touch the green block, put the red block in the blue bowl",
            (Keep(GREEN), Put(RED, "at", BOWL)),
        ),
        ("move the red block five centimetres to the left", (Shift(RED, "left", 0.05),)),
        ("move the red block 5cm away from me", (Shift(RED, "behind", 0.05),)),
        ("put the red block to your left of the blue block", (Put(RED, "right", BLUE),)),
        ("turn the red block by 45 degrees", (Turn(RED, math.radians(45.0)),)),
        (
            "if the blue bowl is empty put the red block in it",
            (If(Premise("empty", BOWL), (Put(RED, "at", BOWL),)),),
        ),
        ("close the drawer if it is open", (If(Premise("open", DRAWER), (Close(DRAWER),)),)),
        ("stack all the blocks", (Tower((ALL,)),)),
        ("make two towers of two blocks", (Tower((ALL,), 2, 2),)),
        (
            "put the red block in the blue bowl or in the green one",
            (Put(RED, "at", Reference(quantity="any", either=(BOWL, Reference("green", "bowl", one=True)))),),
        ),
        ("RED BLOCK -> BLUE BOWL", (Put(RED, "at", BOWL),)),
        (
            "could you kindly drop the red cube in the violet dish?",
            (Put(RED, "at", Reference("purple", "bowl")),),
        ),
        (
            "put the red block in the blue bowl and the green block on the yellow block",
            (Put(RED, "at", BOWL), Put(GREEN, "at", YELLOW)),
        ),
        (
            "move the red block, put the green one in its place",
            (Aside(RED, bare=True), Put(GREEN_ONE, "instead", RED)),
        ),
        (
            "put the red block in the blue bowl, then put all the blocks in the blue bowl",
            (Put(RED, "at", BOWL), Put(ALL, "at", BOWL)),
        ),
    ],
)
def test_quantities_exceptions_conditions_and_directions(sentence: str, meaning: tuple[object, ...]) -> None:
    assert parse(sentence) == meaning


def test_one_stands_for_what_was_said_before_in_the_same_role() -> None:
    _, second = parse("the red block on the right goes in the red bowl, the one on the left in the blue bowl")
    assert isinstance(second, Put)
    assert (second.obj.color, second.obj.category, second.obj.selection) == ("red", "block", LEFT)


def test_no_clause_is_cut_in_two_and_no_word_is_left_out() -> None:
    for sentence in (
        "put the red block in the blue bowl put the green block on the yellow block",
        "put the red block in the blue bowl halfway",
        "put the red block not in the blue bowl",
        "put no block in the blue bowl",
        "put none of the blocks in the blue bowl",
        "put the red block in neither bowl",
        "pick up the red block without a hand",
    ):
        with pytest.raises(InstructionError):
            parse(sentence)

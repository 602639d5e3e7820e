"""Every wording of every task is understood as what it says; so are its relatives."""

import numpy as np
import pytest

from neuralbrain.arm.planning.commands import (
    TABLE,
    Close,
    Hold,
    Home,
    Open,
    Push,
    Put,
    Pyramid,
    Restore,
    Row,
    Sort,
    Swap,
    Tower,
)
from neuralbrain.arm.planning.grammar import parse
from neuralbrain.envs.tabletop.sentences import WORDINGS, phrase
from neuralbrain.errors import InstructionError
from neuralbrain.arm.planning.references import Reference

RED, GREEN, BLUE, YELLOW = (Reference(color, "block") for color in ("red", "green", "blue", "yellow"))
BOWL, ZONE, BOX, DRAWER = (
    Reference("blue", "bowl"),
    Reference("green", "zone"),
    Reference("red", "box"),
    Reference(category="drawer"),
)

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
    "restore": [(PUT[0], (*PUT[1], Restore()))],
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
        ("put the red one on the table", (Put(Reference("red"), "at", TABLE),)),
        ("take the red block out of the blue bowl", (Put(RED, "at", TABLE),)),
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
        ("swap the red and green blocks", None),
        (
            "first open the drawer, then put the red block in it, then close it",
            (Open(DRAWER), Put(RED, "at", DRAWER), Close(DRAWER)),
        ),
        ("Put the red block in the drawer.", (Put(RED, "at", DRAWER),)),
        ("undo everything", (Restore(),)),
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
        ("make me a sandwich", "'me'"),
        ("put the pink elephant in the blue bowl", "'pink'"),
        ("put the red block", "too early"),
        ("the red block", "too early"),
        ("", "too early"),
        ("put it in the blue bowl", '"it"'),
        ("put the red block put the", "put"),
        ("stack the red block and the red block", "different"),
    ],
)
def test_what_it_cannot_understand_is_refused_with_what_it_can(sentence: str, said: str) -> None:
    with pytest.raises(InstructionError) as caught:
        parse(sentence)
    text = str(caught.value)
    assert said in text
    assert "I can put" in text
    assert "OpenAI-compatible" in text
    assert "docs/write-a-planner.md" in text
    assert "\n" not in text

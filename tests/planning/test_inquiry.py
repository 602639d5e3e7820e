"""Questions: their forms, whole; what is asked of which objects."""

import pytest

from neuralbrain.planning.inquiry import understood

DIRECTIONS = {"left": (0.0, -1.0), "right": (0.0, 1.0)}


@pytest.mark.parametrize(
    ("question", "topic", "obj", "other", "how"),
    [
        ("how many things are on the table altogether?", "number", "things", "", "in"),
        ("how many blocks aren't in the bowl?", "number", "blocks", "bowl", "in"),
        ("are there more red blocks than blue ones?", "comparison", "red blocks", "blue ones", "more"),
        ("is the box already in the green zone?", "relation", "box", "green zone", "in"),
        ("is the red block to the left of the ball?", "relation", "red block", "ball", "left"),
        ("what is on top of the red block?", "contents", "", "red block", "on"),
        ("tell me the colours of the blocks", "color", "blocks", "", "in"),
        ("which blocks are in the bowl?", "which", "blocks", "bowl", "in"),
        ("how far is the ball from the bowl?", "apart", "ball", "bowl", "in"),
        ("are you holding anything right now?", "hand", "", "", "in"),
        ("thanks, that's all for today", "farewell", "", "", "in"),
        ("is the ball red?", "state", "ball", "", "red"),
    ],
)
def test_what_is_asked(question: str, topic: str, obj: str, other: str, how: str) -> None:
    found = understood(question, directions=DIRECTIONS)
    assert found is not None
    assert (found.topic, found.obj, found.other, found.how) == (topic, obj, other, how)


@pytest.mark.parametrize(
    "sentence",
    [
        "put the red block in the blue bowl",
        "what a mess",
        "how many blocks do you like",
        "is the red block happy",
    ],
)
def test_what_is_no_question_of_these_is_left_to_others(sentence: str) -> None:
    assert understood(sentence) is None

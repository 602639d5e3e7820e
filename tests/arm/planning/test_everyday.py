"""What is said around a request is left out; what tells something never is."""

import pytest

from neuralbrain.arm.planning.grammar import parse
from neuralbrain.arm.planning.interpreter import GrammarInterpreter
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.planning.inquiry import understood


def said(sentence: str, before: str = "") -> str:
    return "; ".join(map(str, parse(sentence, parse(before) if before else ())))


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        (
            "Would you mind terribly placing the yellow cube in the blue bowl? Thank you so much!",
            "put the yellow block in the blue bowl",
        ),
        (
            "uh, so, like, the yellow one, yeah, stick it in the blue bowl",
            "put the yellow object in the blue bowl",
        ),
        ("yeah hang on mum... ok robot, red block in the blue bowl", "put the red block in the blue bowl"),
        ("put the red block in the blue bowl because I need the space", "put the red block in the blue bowl"),
        ("the yellow block needs moving to the blue bowl", "put the yellow block in the blue bowl"),
        (
            "lay the yellow block gently in the blue bowl, it is fragile",
            "put the yellow block in the blue bowl",
        ),
        ("you take ball, you put in bowl purple, ok?", "put the ball in the purple bowl"),
        (
            "put one block that is not red in the blue bowl",
            "put a block except the red object in the blue bowl",
        ),
        (
            "set the right-hand red block on top of the left-hand one",
            "put the red block on the right on the red block on the left",
        ),
        ("take the red block and put it on the blue one", "put the red block on the blue block"),
        ("take the ball and put it in the purple one", "put the ball in or on the purple object"),
        ("red on blue. No, the other way round", "put the blue object in or on the red object"),
        (
            "all but one of the blocks should go in the blue bowl",
            "put all but one of the blocks in the blue bowl",
        ),
        ("give the green block a quarter turn", "turn the green block by 90 degrees"),
        (
            "shut the drawer once you've put the ball in",
            "put the ball in the drawer; close the drawer",
        ),
        (
            "gosh, put the red block, I mean, the green block in the blue bowl",
            "put the green block in the blue bowl",
        ),
        (
            "gosh, the red block, sorry, the green block in the blue bowl",
            "put the green block in the blue bowl",
        ),
        ("neither of the red blocks should move", "leave all red blocks alone"),
    ],
)
def test_what_is_only_said_around_a_request_is_left_out(sentence: str, meaning: str) -> None:
    assert said(sentence) == meaning


@pytest.mark.parametrize(
    "sentence",
    [
        "did you put the red block in the blue bowl",
        "I put the red block in the blue bowl",
        "I will put the red block in the blue bowl",
        "the red block was put in the blue bowl",
        "thanks for putting the red block in the blue bowl",
        "are you putting the red block in the blue bowl",
        "why did you put the red block in the blue bowl",
        "what should I put in the blue bowl",
        "it would be bad if you put the red block in the blue bowl",
        "you don't have to put the red block in the blue bowl",
        "I don't think you should put the red block in the blue bowl",
        "nothing should be put in the blue bowl",
        "no block should be left in the blue bowl",
        "the red block should not be put in the blue bowl",
        "put the red block in the blue bowl halfway",
        "put the red block in the blue bowl and feed the cat",
        "put the red block in the blue bowl if it rains",
    ],
)
def test_what_tells_something_is_never_left_out(sentence: str) -> None:
    with pytest.raises(InstructionError):
        parse(sentence)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("wait, I changed my mind, the purple one please", "put the red block in the purple bowl"),
        ("no, put it back where you got it", "put the red block back as it was"),
        ("actually no, leave it, do the green one instead", "put the green block in the blue bowl"),
    ],
)
def test_what_was_said_before_is_corrected(answer: str, meaning: str) -> None:
    assert said(answer, "put the red block in the blue bowl") == meaning


@pytest.mark.parametrize(
    ("sentence", "topic"),
    [
        ("thanks love, you're a star", "thanks"),
        ("is there more than one red block?", "count"),
        ("which are there more of, blue things or red things?", "comparison"),
        ("has the box reached the red zone yet?", "relation"),
        ("which block is in the bowl and which is not?", "which"),
    ],
)
def test_questions_and_remarks_are_known_in_any_words(sentence: str, topic: str) -> None:
    asked = understood(GrammarInterpreter().plain(sentence))
    assert asked is not None
    assert asked.topic == topic


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("slowly put the red block in the blue bowl", True),
        ("put the red block in the blue bowl as fast as you can", True),
        ("put the red block in the blue bowl by lunch", True),
        ("carefully put the red block in the blue bowl", False),
    ],
)
def test_who_is_asked_for_another_pace_says_that_there_is_one(sentence: str, told: bool) -> None:
    interpreter = GrammarInterpreter()
    interpreter.load()
    (meant,) = interpreter.interpret(sentence)
    assert str(meant) == "put the red block in the blue bowl" + " (at my own pace)" * told


@pytest.mark.parametrize(
    ("before", "question", "sentence", "meaning"),
    [
        ("put the red block in a bowl", "where is the cylinder?", "put it behind the red bowl",
         "put the cylinder behind the red bowl"),
        ("put the red block in the blue bowl", "is there a drawer?", "open it", "open the drawer"),
        ("put the red block in the blue bowl", "what do you see?", "take it out again",
         "put the red block on the table"),
        ("put the red block in the blue bowl", "where is the green block?", "no, in the purple bowl",
         "put the red block in the purple bowl"),
        ("put the red block in the blue bowl", "what is next to the green block?", "put it on the ball", ""),
    ],
)  # fmt: skip
def test_it_is_what_was_asked_about_last(before: str, question: str, sentence: str, meaning: str) -> None:
    interpreter = GrammarInterpreter()
    interpreter.load()
    asked = understood(question.rstrip("?"), interpreter.abilities(), interpreter.directions)
    assert asked is not None
    about = (*interpreter.interpret(before), asked)
    if meaning:
        assert "; ".join(map(str, interpreter.interpret(sentence, about))) == meaning
    else:
        with pytest.raises(AmbiguityError, match='What do you mean by "it"'):
            interpreter.interpret(sentence, about)

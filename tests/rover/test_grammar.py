"""What a rover understands, and what it refuses rather than misunderstand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.envs.rover.sentences import WORDINGS
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.planning.phrases import ObjectPhrase, vocabulary
from neuralbrain.rover.planning import grammar
from neuralbrain.rover.planning.commands import Command, Find, GoTo, Push, Return
from neuralbrain.rover.planning.grammar import parse
from neuralbrain.rover.planning.interpreter import GrammarInterpreter

RED, BLUE, GREEN = (ObjectPhrase(color, "pillar") for color in ("red", "blue", "green"))
BALL = ObjectPhrase("", "ball")
ONES = (ObjectPhrase("blue"), ObjectPhrase("green"))
NAMES = {"a": "the red pillar", "b": "the blue pillar", "c": "the green pillar", "ball": "the ball"}


@pytest.mark.parametrize("task", WORDINGS)
def test_it_understands_every_sentence_of_the_tasks(task: str) -> None:
    for wording in WORDINGS[task]:
        asked = parse(wording.format(**NAMES))
        objects = [command.target for command in asked if isinstance(command, GoTo | Push)]
        wanted = [GREEN, BLUE, RED][-wording.count("{a}") - wording.count("{b}") - wording.count("{c}") :][
            ::-1
        ]
        assert sorted(map(str, objects)) == sorted(map(str, wanted))
        assert any(isinstance(command, Push) for command in asked) is ("{ball}" in wording)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Rover, could you please go to the red pillar?", [GoTo(RED)]),
        ("visit the red pillar, the blue one, and finally the green one", [GoTo(RED), *map(GoTo, ONES)]),
        ("go to the ball and push it to the red pillar", [GoTo(BALL), Push(BALL, RED)]),
        ("push the ball to the red pillar and then to the blue one", [Push(BALL, RED), Push(BALL, ONES[0])]),
        ("find the blue pillar", [Find(BLUE)]),
        ("find the blue pillar and approach it", [Find(BLUE), GoTo(BLUE)]),
        ("Go to the red pillar and come back to the start.", [GoTo(RED), Return()]),
        ("go home", [Return()]),
        ("drive the ball to the green post", [Push(BALL, GREEN)]),
        ("visit the red pillar and then the ball, one after the other", [GoTo(RED), GoTo(BALL)]),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, asked: list[Command]) -> None:
    assert list(parse(text)) == asked


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("don't go to the red pillar", "'dont'"),
        ("do not push the ball to the red pillar", "'do'"),
        ("go to the red pillar twice", "'twice'"),
        ("go to 2 pillars", "'2'"),
        ("visit all pillars", "'all'"),
        ("go to the red pillar without touching the ball", "'without'"),
        ("go to the red pillar quickly", "'quickly'"),
        ("go to the turquoise pillar", "'turquoise'"),
        ("go to the other pillar", "from 'other' on"),
        ("go", "ends too early"),
        ("", "ends too early"),
        ("go to it", 'what is "it"'),
        ("push it to the red pillar", 'what is "it"'),
        ("push the ball to the red pillar, then go to it", 'what is "it"'),
        ("push the ball to the red pillar, then the blue one", "what about the blue object"),
        ("go to the start then the red pillar", "from 'start' on"),
        ("push the ball", "ends too early"),
        ("to the red pillar", "what about"),
    ],
)
def test_what_is_not_understood_as_a_whole_is_refused(text: str, why: str) -> None:
    with pytest.raises(InstructionError, match="I do not understand") as refused:
        parse(text)
    assert why in str(refused.value)
    assert "I can go to a pillar" in str(refused.value)


SENTENCES = sorted(wording.format(**NAMES) for wordings in WORDINGS.values() for wording in wordings)
OTHER = ("not", "never", "twice", "two", "3", "except", "slowly", "nearest", "every", "unless", "or", "near")


@given(st.sampled_from(SENTENCES), st.sampled_from(OTHER), st.data())
def test_no_word_is_passed_over(sentence: str, word: str, data: st.DataObject) -> None:
    words = sentence.split()
    words.insert(data.draw(st.integers(0, len(words))), word)
    with pytest.raises(InstructionError):
        parse(" ".join(words))


@given(st.lists(st.sampled_from(sorted(vocabulary(grammar._parser()))), max_size=9))
def test_any_words_are_understood_or_refused(words: list[str]) -> None:
    try:
        asked = parse(" ".join(words))
    except InstructionError:
        return
    named = {word for word in words if word in grammar.COLORS}
    assert asked
    assert {t.color for command in asked for t in command.objects if t.color} <= named
    assert len([w for w in words if w in ("push", "shove", "nudge")]) <= sum(
        isinstance(c, Push) for c in asked
    )


def test_the_interpreter_is_the_grammar() -> None:
    interpreter = GrammarInterpreter()
    interpreter.load()
    assert interpreter.interpret("go to the red pillar") == (GoTo(RED),)


def test_it_may_be_what_was_asked_for_before() -> None:
    before = parse("push the orange ball to the red pillar")
    assert parse("now push it to the blue pillar", before) == (Push(ObjectPhrase("orange", "ball"), BLUE),)
    with pytest.raises(InstructionError, match='what is "it"'):
        parse("go to it", before)


@pytest.mark.parametrize("answer", ["the red one", "red", "red pillar", "I mean the red one, please"])
def test_an_answer_says_which_is_meant(answer: str) -> None:
    interpreter = GrammarInterpreter()
    asked = interpreter.interpret("go to the pillar, then push the ball to the blue pillar")
    question = AmbiguityError("Which?", "the pillar", ["the red pillar", "the blue pillar"])
    assert interpreter.resolve(asked, question, answer) == (GoTo(RED), *asked[1:])
    with pytest.raises(AmbiguityError, match="It can only be the red pillar or the blue pillar"):
        interpreter.resolve(asked, question, "the green one")
    assert interpreter.resolve(asked, question, "go to the blue pillar") is None

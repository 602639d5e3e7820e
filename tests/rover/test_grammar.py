"""What a rover understands, and what it refuses rather than misunderstand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.envs.rover.sentences import WORDINGS
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.planning.readings import vocabulary
from neuralbrain.rover.planning import grammar
from neuralbrain.rover.planning.commands import GoTo, Push
from neuralbrain.rover.planning.grammar import parse
from neuralbrain.rover.planning.interpreter import GrammarInterpreter

RED, BLUE, GREEN = (ObjectPhrase(color, "pillar") for color in ("red", "blue", "green"))
BALL = ObjectPhrase("", "ball")
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
        ("Rover, could you please go to the red pillar?", ["go to the red pillar"]),
        ("Would you drive over to the red column, please!", ["go to the red pillar"]),
        ("head towards the RED pillar now", ["go to the red pillar"]),
        (
            "visit the red pillar, the blue one, and finally the green one",
            ["go to the red pillar", "go to the blue object", "go to the green object"],
        ),
        (
            "go to the ball and push it to the red pillar",
            ["go to the ball", "push the ball to the red pillar"],
        ),
        (
            "push the ball to the red pillar and then to the blue one",
            ["push the ball to the red pillar", "push the ball to the blue object"],
        ),
        ("find the blue pillar", ["find the blue pillar"]),
        ("find the blue pillar and approach it", ["find the blue pillar", "go to the blue pillar"]),
        (
            "Go to the red pillar and come back to the start.",
            ["go to the red pillar", "go back to the start"],
        ),
        ("go home", ["go back to the start"]),
        ("return to where you started", ["go back to the start"]),
        ("drive the sphere to the green post", ["push the ball to the green pillar"]),
        (
            "visit the red pillar and then the ball, one after the other",
            ["go to the red pillar", "go to the ball"],
        ),
        ("visit all the pillars", ["go to all the pillars"]),
        ("visit the pillars", ["go to all the pillars"]),
        ("go to each pillar", ["go to all the pillars"]),
        ("visit every one of the pillars", ["go to all the pillars"]),
        ("visit everything", ["go to all the objects"]),
        ("visit both pillars", ["go to the 2 pillars"]),
        ("visit the three balls", ["go to the 3 balls"]),
        ("go to all 3 pillars", ["go to the 3 pillars"]),
        ("go to two pillars", ["go to 2 pillars"]),
        ("go to a couple of pillars", ["go to 2 pillars"]),
        ("go to 2 of the red pillars", ["go to 2 red pillars"]),
        ("go to any pillar", ["go to any pillar"]),
        ("go to one of the balls", ["go to any ball"]),
        ("visit every pillar but the red one", ["go to all the pillars but the red pillar"]),
        (
            "visit all pillars except for the red one and the blue one",
            ["go to all the pillars but the red pillar and the blue pillar"],
        ),
        (
            "visit all the pillars, but do not visit the red one",
            ["go to all the pillars but the red pillar", "not go to the red object"],
        ),
        (
            "visit all the pillars but not the red one",
            ["go to all the pillars but the red pillar", "not go to the red object"],
        ),
        ("push both balls to the red pillar", ["push the 2 balls to the red pillar"]),
        ("push the balls to the red pillar", ["push all the balls to the red pillar"]),
        (
            "push the red ball and the blue ball to the green pillar",
            ["push the red ball and the blue ball to the green pillar"],
        ),
        ("visit the red and the blue pillar", ["go to the red pillar and the blue pillar"]),
        ("find all the balls", ["find all the balls"]),
        ("go to the nearest ball", ["go to the nearest ball"]),
        ("go to the closest red thing", ["go to the nearest red object"]),
        ("go to the pillar on your left", ["go to the pillar on the left"]),
        ("go to the right pillar", ["go to the pillar on the right"]),
        (
            "go to the red pillar, then push the ball to the other pillar",
            ["go to the red pillar", "push the ball to the other pillar"],
        ),
        ("don't go to the red pillar", ["not go to the red pillar"]),
        ("never push the ball to the red pillar", ["not push the ball to the red pillar"]),
        ("do not go to the red pillar or the ball", ["not go to the red pillar", "not go to the ball"]),
        (
            "don't go to the red pillar, go to the blue pillar",
            ["not go to the red pillar", "go to the blue pillar"],
        ),
        (
            "go to the red pillar but don't push the ball to it",
            ["go to the red pillar", "not push the ball to the red pillar"],
        ),
        ("go to the red pillar, no, the blue one", ["go to the blue object"]),
        ("go to the red pillar... I mean to the blue pillar", ["go to the blue pillar"]),
        ("push the ball to the red pillar, sorry, to the blue one", ["push the ball to the blue object"]),
        ("go to the red pillar, wait, push the ball to it", ["push the ball to the red pillar"]),
        ("never mind", ["do nothing"]),
    ],
)
def test_what_is_meant(text: str, asked: list[str]) -> None:
    assert list(map(str, parse(text))) == asked


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("go to 2.5 pillars", "'2.5'"),
        ("go to -2 pillars", "'-'"),
        ("go to 0 pillars", "'0'"),
        ("go to the turquoise pillar", "'turquoise'"),
        ("visit the red pillar before the blue one", "'before'"),
        ("if the ball is red push it to the blue pillar", "'if'"),
        ("go to the red pillar or the blue one", "Which of them?"),
        ("do not go to the red pillar and push the ball to the blue one", "from 'push' on"),
        ("go to the red pillar and do not go to the red pillar", "asks for something and forbids it"),
        ("go", "something is missing"),
        ("", "says nothing"),
        ("go to it", 'What is "it"'),
        ("push it to the red pillar", 'What is "it"'),
        ("push the ball to the red pillar, then go to it", 'What is "it": the ball or the red pillar?'),
        ("find them", 'Who are "they"'),
        ("go to the other pillar", "Other than which?"),
        ("push the ball to the red pillar, then the blue one", "What about the blue object"),
        ("to the red pillar", "What about"),
        ("visit all pillars but the red one, then the blue one", "an exception, too?"),
        ("go to the ball, then go to the nearest pillar", "depends on where I am then"),
        ("push the ball", "to what"),
        ("push the balls", "to what"),
        ("turn left", "not by directions"),
        ("go straight ahead", "not by directions"),
        ("pick up the ball", "nothing to hold with"),
        ("lift both balls up", "nothing to hold with"),
        ("go behind the red pillar", "not to a side of it"),
        ("go to the red pillar without touching the ball", "cannot promise a way"),
        ("stay away from the ball", "cannot promise a way"),
        ("go to the red pillar twice", "I do it once"),
        ("go to the red pillar 3 times", "I do it once"),
        ("go to the red pillar quickly", "at a speed of my own"),
        ("make me a coffee", "'make', 'me' and 'coffee'"),
    ],
)
def test_what_is_not_understood_as_a_whole_or_cannot_be_done_is_refused(text: str, why: str) -> None:
    with pytest.raises(InstructionError) as refused:
        parse(text)
    assert why in str(refused.value)


def test_a_slip_is_asked_about() -> None:
    interpreter = GrammarInterpreter()
    with pytest.raises(AmbiguityError, match='Did you mean "go to the red pillar"') as asked:
        interpreter.interpret("go to teh red piller")
    assert interpreter.resolve((), asked.value, "yes please") == (GoTo(RED),)
    assert list(map(str, interpreter.resolve((), asked.value, "no") or ())) == ["do nothing"]
    assert interpreter.resolve((), asked.value, "go home") is None


SENTENCES = sorted(wording.format(**NAMES) for wordings in WORDINGS.values() for wording in wordings)
OTHER = (
    *("not", "never", "don't", "no", "except", "but", "without", "other", "all", "every", "both"),
    *("twice", "two", "3", "-1", "2.5", "slowly", "nearest", "left", "unless", "or", "near", "zebra"),
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SENTENCES), st.sampled_from(OTHER), st.data())
def test_no_word_is_passed_over(sentence: str, word: str, data: st.DataObject) -> None:
    words = sentence.split()
    words.insert(data.draw(st.integers(0, len(words))), word)
    try:
        asked = parse(" ".join(words))
    except InstructionError:
        return
    assert asked != parse(sentence)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(vocabulary(grammar._parser()))), max_size=9))
def test_any_words_are_understood_or_refused(words: list[str]) -> None:
    try:
        asked = parse(" ".join(words))
    except InstructionError:
        return
    named = {word for word in words if word in grammar.COLORS}
    said = " ".join(map(str, asked)).split()
    assert {word for word in said if word in grammar.COLORS} <= named


def test_the_interpreter_is_the_grammar() -> None:
    interpreter = GrammarInterpreter()
    interpreter.load()
    assert interpreter.interpret("go to the red pillar") == (GoTo(RED),)


def test_it_may_be_what_was_asked_for_before() -> None:
    before = parse("push the orange ball to the red pillar")
    assert parse("now push it to the blue pillar", before) == (Push(ObjectPhrase("orange", "ball"), BLUE),)
    with pytest.raises(InstructionError, match='What is "it"'):
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

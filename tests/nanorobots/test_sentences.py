"""What robots among cells understand, and what they refuse rather than misunderstand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.nanorobots.planning import grammar
from neuralbrain.nanorobots.planning.errands import Errand
from neuralbrain.nanorobots.planning.grammar import parse
from neuralbrain.nanorobots.planning.questions import Question
from neuralbrain.planning.readings import vocabulary
from neuralbrain.planning.seams import find_interpreter

ALL = "treat the cancer cells"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Find the cancer cells and treat them.", [ALL]),
        ("Find the cancer cell and treat it.", ["treat a cancer cell"]),
        ("Find the cancer cell.", ["find a cancer cell"]),
        ("Find the cancer cells.", ["find the cancer cells"]),
        ("Follow the cancer cell.", ["follow a cancer cell"]),
        ("Kill all tumour cells!", ["treat all the cancer cells"]),
        ("search for the CANCER", ["find a cancer cell"]),
        ("treat the cancer", [ALL]),
        ("Stay with the cell", ["follow a cancer cell"]),
        ("Robots, could you please locate a malignant cell?", ["find a cancer cell"]),
        ("find and treat the cancer cells", [ALL]),
        ("find the cells, then treat them", [ALL]),
        ("find a cell and follow it", ["follow a cancer cell"]),
        ("deliver the drug to the cancer cells", [ALL]),
        ("release your payload at the cancer cells", [ALL]),
        ("destroy each of the cancer cells", ["treat all the cancer cells"]),
        ("treat every single cancer cell", ["treat all the cancer cells"]),
        ("find the cancer cells and kill all of them", ["treat all the cancer cells"]),
        ("treat two cells", ["treat 2 cancer cells"]),
        ("treat 2 of the cancer cells", ["treat 2 cancer cells"]),
        ("treat exactly three cancer cells", ["treat 3 cancer cells"]),
        ("treat both cancer cells", ["treat 2 cancer cells"]),
        ("treat a couple of cancer cells", ["treat 2 cancer cells"]),
        ("only treat one cell", ["treat a cancer cell"]),
        ("treat one of the cancer cells", ["treat a cancer cell"]),
        ("find the cancer cells and treat one of them", ["treat a cancer cell"]),
        ("find the cancer cells and treat two", ["treat 2 cancer cells"]),
        ("find two cells", ["find 2 cancer cells"]),
        ("treat a cell, then another one", ["treat a cancer cell", "treat a cancer cell"]),
        ("treat two cells and then follow another", ["treat 2 cancer cells", "follow a cancer cell"]),
        ("find a cancer cell with three robots", ["find a cancer cell with 3 robots"]),
        ("let two robots treat the cancer cells", [f"{ALL} with 2 robots"]),
        ("use one of the robots to follow a cell", ["follow a cancer cell with 1 robot"]),
        ("treat the cancer cells with all robots", [ALL]),
        ("treat the cancer cells, no, follow one", ["follow a cancer cell"]),
        ("treat two cells, I mean three", ["treat 3 cancer cells"]),
        ("do not treat the healthy cells", ["not treat healthy cells"]),
        ("spare the healthy cells", ["not treat healthy cells"]),
        ("treat the cancer cells but not the healthy ones", ["not treat healthy cells", ALL]),
        ("treat all cells except the healthy ones", ["treat all the cancer cells"]),
        ("leave the healthy cells alone and treat the cancer cells", ["not treat healthy cells", ALL]),
        ("don't treat the cancer cells", ["not treat the cancer cells"]),
        ("never follow a cell", ["not follow a cancer cell"]),
        ("find a cancer cell but don't treat it", ["not treat a cancer cell", "find a cancer cell"]),
        ("find a cancer cell without treating it", ["not treat a cancer cell", "find a cancer cell"]),
        ("don't follow the cells, treat them", ["not follow the cancer cells", ALL]),
        ("never mind", ["do nothing"]),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, asked: list[str]) -> None:
    assert list(map(str, parse(text))) == asked


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Where are you?", "self_place"),
        ("where are the cancer cells?", "cell_place"),
        ("where's the nearest cell?", "cell_place"),
        ("How many cells are there?", "cell_number"),
        ("how many cancer cells are left?", "cell_number"),
        ("how many cells have you killed?", "treated"),
        ("are they all dead?", "treated"),
        ("have you found a cancer cell?", "found"),
        ("how many robots are there?", "robots_number"),
        ("how many portions do you have left?", "payload"),
        ("do you sense anything?", "sensed"),
        ("What are you doing?", "state"),
        ("are you done?", "state"),
    ],
)
def test_what_is_asked(text: str, topic: str) -> None:
    assert [one.topic for one in parse(text) if isinstance(one, Question)] == [topic]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kill the healthy cells", "Healthy cells secrete nothing"),
        ("kill the cancer cells and the healthy cells", "Healthy cells secrete nothing"),
        ("treat the healthy and the cancer cells", "Healthy cells secrete nothing"),
        ("treat everything", "Healthy cells secrete nothing"),
        ("follow a healthy cell", "Healthy cells secrete nothing"),
        ("treat all cells", "All cells, healthy ones too?"),
        ("treat the nearest cell", "One cancer cell is like another to me"),
        ("treat the cell on the left", "'on'"),
        ("treat all the cancer cells except one", "I cannot leave one out"),
        ("find a cell, then treat another", "I cannot tell another living one from it"),
        ("follow a cell and treat it", "has no end"),
        ("treat the cells, then follow one", "nothing secretes any more"),
        ("treat the cancer cells and don't treat them", "asks for something and forbids it"),
        ("treat the cells but don't find them", "asks for something and forbids it"),
        ("do not treat all the cells", "How many, then?"),
        ("do not treat two cells", "How many, then?"),
        ("treat not the cancer cells", "Which cells?"),
        ("treat", "Which cells?"),
        ("treat it", 'What is "it"'),
        ("find the cancer cells and treat it", 'What is "it"? Named before: find the cancer cells'),
        ("treat 2.5 cells", "'2.5'"),
        ("treat -2 cells", "'-'"),
        ("treat half of the cells", "'half'"),
        ("treat 50% of the cells", "'%'"),
        ("follow the cell for 10 seconds", "I keep no time"),
        ("treat the cancer cells if there are any", "'if'"),
        ("give every cancer cell two portions", "as many portions as it takes"),
        ("treat the cells or follow them", "Which of them?"),
        ("treat the cancer cells quickly", "as fast as I can"),
        ("treat the cancer cells twice", "I do it once"),
        ("find a cell without touching it", "I find a cell by touching it"),
        ("follow a cell, do not touch it", "I find a cell by touching it"),
        ("don't touch the healthy cells and treat the cancer cells", "leave some untreated"),
        ("treat some cells", "How many?"),
        ("find some cancer cells and follow them", "How many?"),
        ("swim left", "not by directions"),
        ("go home", "I do not know where I began"),
        ("cancer", "What should I do with them?"),
        ("put the red block in the bowl", "'put', 'block' and 'bowl'"),
        ("make tea", "'make' and 'tea'"),
        ("", "says nothing"),
    ],
)
def test_what_is_not_understood_as_a_whole_or_cannot_be_done_is_refused(text: str, why: str) -> None:
    with pytest.raises(InstructionError) as refused:
        parse(text)
    assert why in str(refused.value)
    assert not isinstance(refused.value, AmbiguityError)


def test_a_slip_is_asked_about() -> None:
    interpreter = find_interpreter("nanorobots.grammar")
    with pytest.raises(AmbiguityError, match='Did you mean "treat the cancer cells"') as asked:
        interpreter.interpret("treat the canser cells")
    assert interpreter.resolve((), asked.value, "Yes.") == (Errand("treat"),)
    assert list(map(str, interpreter.resolve((), asked.value, "no") or ())) == ["do nothing"]
    assert interpreter.resolve((), asked.value, "treat a cell") is None


def test_it_may_be_what_was_asked_for_before() -> None:
    assert parse("now treat them", [Errand("find")]) == (Errand("treat"),)
    with pytest.raises(InstructionError, match='What is "it"'):
        parse("treat it", [Errand("find")])


SENTENCES = (
    "find the cancer cells and treat them",
    "find a cancer cell",
    "treat the cancer cells",
    "kill three cancer cells",
    "follow the cancer cell",
    "treat two cells and then follow a cell",
)
OTHER = (
    *("not", "don't", "never", "no", "except", "but", "without", "healthy", "all", "every", "another"),
    *("2", "three", "-1", "2.5", "both", "half", "nearest", "twice", "unless", "or", "slowly", "zebra"),
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
@given(st.lists(st.sampled_from(sorted(vocabulary(grammar._parser()))), max_size=8))
def test_any_words_are_understood_or_refused(words: list[str]) -> None:
    try:
        asked = parse(" ".join(words))
    except InstructionError:
        return
    assert asked
    errands = [one for one in asked if isinstance(one, Errand)]
    assert len(errands) <= len(words)
    assert not errands or "healthy" not in words or any(w in words for w in ("not", "never", "except", "but"))

"""What the person is asked because of a model, and what their answer does."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from neuralbrain.deliberation.unread import assent
from tests.deliberation.asking import plan, put, stage
from tests.deliberation.talking import talking

ON_GREEN = ["on(yellow block, green block)"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((text, "yes") for text in ("yes", "Yes please!", "OK", "sure, go ahead", "do it", "that is right")),
        *((text, "no") for text in ("no", "No, thanks.", "don't", "please do not do that", "wrong")),
        *((text, "") for text in ("", "the right one", "yes, but the blue one", "no, the red block")),
        *((text, "") for text in ("yes no", "okay robot put it back", "ja", "是", "do the dishes")),
    ],
)  # fmt: skip
def test_only_a_yes_is_a_yes(text: str, word: str) -> None:
    assert assent(text) == word


class Script:
    """Answers by what the sentence says, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []

    def __call__(self, told: Mapping[str, Any]) -> str:
        self.told.append(told)
        sentence = told["sentence"]
        if "cosy" in sentence and "(asked" not in sentence:
            return said("question", "Which bowl?", ["blue", "purple"])
        if "again" in sentence:
            return said("question", "What?")
        if "joke" in sentence:
            return said("say", "A robot walks\ninto a [bold]bar[/]\x1b[31m.")
        if "fly" in sentence:
            return said("cannot", "I have no wings.")
        if "base" in sentence:  # the yellow block stands on the green one
            moved = (*put("yellow_block", "free_1"), *put("green_block", "blue_bowl"))
            return plan(stage(*moved), goals=["in green_block blue_bowl"])
        return plan(stage(*put("red_block", "purple_bowl")), goals=["in red_block purple_bowl"])


def said(kind: str, text: str, choices: list[str] | None = None) -> str:
    told: dict[str, Any] = {"kind": kind, "text": text}
    return json.dumps({"reply": told | ({"choices": choices or []} if kind == "question" else {})})


def test_a_talk_about_what_only_a_model_understands() -> None:
    script = Script()
    with talking(script, placed=ON_GREEN) as talk:
        start = talk.where()
        # its question reaches the person, and the answer goes back to it
        done = talk.say("make it cosy, dude")
        assert (done.outcome, done.text, done.choices) == ("asked", "Which bowl?", ("blue", "purple"))
        done = talk.say("in that violet thingy")
        assert (
            script.told[-1]["sentence"] == "make it cosy, dude (asked 'Which bowl?': in that violet thingy)"
        )
        assert (done.outcome, done.choices) == ("asked", ("yes", "no"))
        assert done.text == "Do you mean that I should see to it that the red block is in the purple bowl?"
        # more than a yes or no is a sentence, and the model hears what it was said to
        done = talk.say("the right one, dude")
        assert "(asked 'Do you mean" in script.told[-1]["sentence"]
        assert done.outcome == "asked"
        assert talk.say("please do not do that").outcome == "halted"
        assert not talk.moved_since(start)
        # its words
        assert (
            talk.say("tell me a joke, dude").text
            == "The model says: A robot walks into a [bold]bar[/]\ufffd[31m."
        )
        done = talk.say("fly away, dude")
        assert (done.outcome, done.text) == (
            "refused",
            "The model says that it cannot be done: I have no wings.",
        )
        # it does not ask for ever
        outcomes = [talk.say("again and again, dude").outcome for _ in range(3)]
        assert outcomes == ["asked", "asked", "refused"]
        # the person is told what else will be moved
        done = talk.say("the base goes to the dish, dude")
        assert (
            "the green block is in the blue bowl? Then also the yellow block is on a free spot" in done.text
        )
        assert not talk.moved_since(start)
        assert talk.say("no, thank you").outcome == "said"
        # yes
        assert talk.say("yeet the cube, dude").outcome == "asked"
        before = talk.where()
        assert talk.say("yes please").outcome == "done"
        assert talk.moved_since(before) == {"red_block"}
        # it is so already
        before = talk.where()
        asked = talk.say("yeet the cube, dude")
        assert (asked.outcome, asked.text.endswith("That is so already.")) == ("asked", True)
        done = talk.say("yes")
        assert (done.outcome, done.text.partition(":")[0]) == ("done", "Already so")
        assert not talk.moved_since(before)


def test_who_answers_with_an_offered_choice_is_not_scolded() -> None:
    """The grammar makes nothing of "blue", and whoever says it has only said what was offered."""
    asks = lambda told: said("question", "Which cosy bowl?", ["blue", "purple"])  # noqa: E731
    with talking(asks) as talk:
        text = talk.say("put it somewhere cosy, dear").text
        for _ in range(2):
            text = talk.say("blue").text
    assert text.startswith("I have asked, and still do not know what you mean. And the model gave no plan")


def test_who_trusts_a_model_is_not_asked() -> None:
    with talking(Script(), trust=True) as talk:
        before = talk.where()
        assert talk.say("yeet the cube, dude").outcome == "done"
        assert talk.moved_since(before) == {"red_block"}
        assert [told.verdict for told in talk.deliberated] == ["accepted"]


def test_nobody_is_asked_where_nothing_is_to_be_planned() -> None:
    with talking(Script()) as talk:
        assert talk.say("go home").outcome == "done"
        assert talk.say("what do you see?").outcome == "said"
        assert not talk.calls


def test_a_question_stands_where_neither_grammar_nor_model_understands_the_answer() -> None:
    with talking(lambda told: "I would rather not.") as talk:
        first = talk.say("put the red block in the bowl")
        again = talk.say("the violet-ish one, dude")
        assert (again.outcome, again.choices) == ("asked", first.choices)
        assert again.text.endswith(first.text)
        assert talk.say("the blue one").outcome == "done"


def test_an_answer_that_the_grammar_does_not_understand_goes_to_the_model() -> None:
    script = Script()
    with talking(script) as talk:
        assert talk.say("put the red block in the bowl").outcome == "asked"
        assert not script.told
        assert talk.say("the violet-ish one, dude").choices == ("yes", "no")
        assert script.told[-1]["sentence"].startswith(
            'put the red block in the bowl (asked "Which do you mean'
        )
        assert talk.say("stop").outcome == "halted"
        assert not script.told[1:]

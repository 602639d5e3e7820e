"""`bench ask`: its sentences, and one of them."""

import pytest

from neuralbrain.agents.benchmarks.ask import FILE, Job, trial
from neuralbrain.agents.language.layouts import laid_out
from neuralbrain.agents.language.rows import load_sentences

SENTENCES = load_sentences(FILE)


def test_some_sentences_leave_something_open_and_some_say_all() -> None:
    unsure = [row for row in SENTENCES.rows if row.reply]
    assert len(unsure) >= 40
    assert all(row.ask and row.do for row in unsure)
    assert all(row.do and row.ask is None for row in SENTENCES.rows if not row.reply)


@pytest.mark.parametrize(("say", "kind", "asked"), [("put the red ball into the bowl", "asked", 1)])
def test_a_question_is_answered(say: str, kind: str, asked: int) -> None:
    row = next(row for row in SENTENCES.rows if row.say == say)
    seed, scene = laid_out(SENTENCES.scenes[row.scene], 1)[0]
    found = trial(Job("frankenbot", None, row, 0, seed, scene))
    assert (found["kind"], found["success"], len(found["questions"])) == (kind, True, asked)

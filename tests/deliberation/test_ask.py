"""`bench ask`: its sentences, and one of them."""

from neuralbrain.agents.benchmarks.ask import FILE, Job, trial
from neuralbrain.agents.benchmarks.asked import asked_models
from neuralbrain.agents.language.layouts import laid_out
from neuralbrain.agents.language.rows import load_sentences
from neuralbrain.agents.oracle import ORACLE
from neuralbrain.agents.spending import Spending

SENTENCES = load_sentences(FILE)


def test_some_sentences_leave_something_open_and_some_say_all() -> None:
    unsure = [row for row in SENTENCES.rows if row.reply]
    assert len(unsure) >= 40
    assert all(row.ask and row.do for row in unsure)
    assert all(row.do and row.ask is None for row in SENTENCES.rows if not row.reply)


def test_a_question_is_answered() -> None:
    row = next(row for row in SENTENCES.rows if row.say == "hand me that")
    seed, scene = laid_out(SENTENCES.scenes[row.scene], 1)[0]
    found = trial(Job("frankenbot", asked_models([ORACLE], "", Spending())[ORACLE], row, 0, seed, scene))
    asked = "What should I take? Name it, as in: pick up the red block."
    assert (found["kind"], found["success"], found["questions"]) == ("asked", True, [asked])

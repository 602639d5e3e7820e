"""A call to stop is told from all else."""

import pytest

from neuralbrain.regions.auditory_cortex import is_call_to_stop

CALLS = (
    "stop",
    "Stop!!",
    "stop stop",
    "stop now, please",
    "please stop the arm",
    "oh no, stop!",
    "emergency stop",
    "stop putting the block in the bowl",
    "hold on",
    "don't",
    "no",
    "wait",
    "whoa whoa, hold on a second",
    "STOOOP",
    "e-stop!",
    "DON'T MOVE",
    "I said stop",
    "no no no",
    "ouch, my finger",
    "stay where you are",
    "that's enough now",
    "hang on a minute",
    "watch out!",
    "not another inch",
)
SENTENCES = (
    "put the red block in the bowl",
    "do not stop",
    "please",
    "",
    "the arm",
    "go to the red pillar",
    "ok",
    "never stop",
    "no, the other bowl!",
    "hold on to the red block",
    "hold it up",
    "never mind",
    "what are you doing?",
    "wait, not the red one, the blue one",
    "thanks, that's enough for today",
)


@pytest.mark.parametrize("text", CALLS)
def test_these_mean_stop(text: str) -> None:
    assert is_call_to_stop(text)


@pytest.mark.parametrize("text", SENTENCES)
def test_these_do_not(text: str) -> None:
    assert not is_call_to_stop(text)

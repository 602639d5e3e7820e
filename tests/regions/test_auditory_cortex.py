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
)
SENTENCES = (
    "put the red block in the bowl",
    "do not stop",
    "please",
    "",
    "the arm",
    "go to the red pillar",
    "ok",
)


@pytest.mark.parametrize("text", CALLS)
def test_these_mean_stop(text: str) -> None:
    assert is_call_to_stop(text)


@pytest.mark.parametrize("text", SENTENCES)
def test_these_do_not(text: str) -> None:
    assert not is_call_to_stop(text)

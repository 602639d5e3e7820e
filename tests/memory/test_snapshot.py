from copy import deepcopy

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.memory.embedding import embed, share_a_word
from neuralbrain.memory.snapshot import Passage, Snapshot

WORDS = ["red", "blue", "block", "bowl", "stack", "drawer", "failed"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), max_size=12)


def snapshot(said: list[str], order: list[int]) -> Snapshot:
    return Snapshot(
        passages=tuple(Passage(id=f"{row:02}", text=said[row], metadata={}) for row in order),
        vectors=embed([said[row] for row in order]),
    )


@given(texts, st.sampled_from(["red block", "stack", "a failed drawer"]), st.integers(1, 6), st.randoms())
def test_the_order_of_the_rows_does_not_matter(said: list[str], question: str, n: int, rng: object) -> None:
    rows = list(range(len(said)))
    straight = snapshot(said, rows).near(question, n)
    rng.shuffle(rows)  # type: ignore[attr-defined]
    assert snapshot(said, rows).near(question, n) == straight
    assert list(straight) == sorted(straight, key=lambda passage: (-passage.similarity, passage.id))
    assert len(straight) <= n
    assert all(share_a_word(question, passage.text) for passage in straight)


@given(texts)
def test_what_is_remembered_word_for_word_is_nearest(said: list[str]) -> None:
    said = [text for text in said if np.any(embed([text]))]
    whole = snapshot(said, list(range(len(said))))
    for text in said:
        (first, *_) = whole.near(text, 3)
        assert first.similarity == 1.0
        assert embed([first.text]).tobytes() == embed([text]).tobytes()


def test_what_has_nothing_in_common_with_the_question_is_not_near() -> None:
    whole = snapshot(["stacked the red block in the bowl", "the drawer is open"], [0, 1])
    assert [passage.id for passage in whole.near("did you stack something?", 5)] == ["00"]
    for question in ("make me a coffee", "penguin swimming in Antarctica", "who won the football match?"):
        assert whole.near(question, 5) == ()


def test_a_copy_is_the_snapshot_itself() -> None:
    whole = snapshot(["red", "blue"], [0, 1])
    assert deepcopy({"past": whole})["past"] is whole

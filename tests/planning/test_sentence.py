"""What is done to the words of a sentence before a grammar sees them: nothing that counts is dropped."""

import pytest

from neuralbrain.planning.sentence import near_misses, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Could you please GO to it?", "go to it"),
        ("don't; isnt: can't", "do not , is not , could not"),
        ("two of twelve", "2 of 12"),
        ("1,000 cells, 2.5 m", "1000 cells , 2.5 m"),
        ("-2 cells", "- 2 cells"),
        ("50% of them", "50 % of them"),
        ("3/4 of it", "3 / 4 of it"),
        ("well-known red_block & co", "well known red block and co"),
        ("a zebra!", "a quagga"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert " ".join(words_of(text, {"zebra": "quagga"})) == words


def test_slips_of_one_letter_or_two_neighbours() -> None:
    known = {"pillar", "red", "on"}
    assert near_misses(["piller", "rde", "oon", "xyz"], known) == {"piller": "pillar", "rde": "red"}

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.memory.terms import stem, terms


@pytest.mark.parametrize(
    "alike",
    [
        ("13 guests", "thirteen guests", "Thirteen guest"),
        ("21", "twenty-one", "twenty one"),
        ("253", "two hundred and fifty-three", "two hundred fifty three"),
        ("1204", "1,204", "one thousand two hundred and four", "1204.0"),
        ("100000", "a hundred thousand", "100,000"),
        ("0.5", "0.50"),
        ("1 2 3", "one, two, three"),
        ("7 20", "seven twenty", "007 20"),
        ("stack block", "stacked blocks", "stacking the block", "he stacks a block", "STACKED! the block's"),
        ("move", "moved", "moving", "moves"),
        ("put", "putting", "puts"),
        ("box", "boxes"),
        ("glass", "glasses"),
        ("battery", "batteries", "the battery’s"),
        ("try", "tries", "tried", "trying"),
        ("bus", "buses"),
    ],
)
def test_alike(alike: tuple[str, ...]) -> None:
    assert len({tuple(terms(text)) for text in alike}) == 1
    assert terms(alike[0])


@pytest.mark.parametrize(
    "apart",
    [
        ("star", "start"),
        ("quantum", "quantity"),
        ("10", "0.10"),
        ("sing", "s"),
        ("red", "r"),
        ("need", "ne"),
        ("thirteen", "thirty"),
        ("three", "thirteen", "3.5"),
        ("zero five", "five"),
    ],
)
def test_apart(apart: tuple[str, ...]) -> None:
    assert len({tuple(terms(text)) for text in apart}) == len(apart)


@pytest.mark.parametrize("empty", ["", " ", "the", "???", "What did you do with it?"])
def test_nothing_to_look_for(empty: str) -> None:
    assert terms(empty) == []


@given(st.integers(0, 999_999))
def test_numbers_are_read_as_they_are_said(number: int) -> None:
    assert terms(spoken(number)) == terms(f"{number:,}") == [str(number)]


@given(st.text(max_size=40))
def test_any_text_has_terms_and_its_case_does_not_matter(text: str) -> None:
    assert all(terms(text))
    assert terms(text.casefold()) == terms(text)


@given(st.text("abdegilnosy", min_size=4, max_size=8))
def test_a_plural_is_known_again(word: str) -> None:
    if not word.endswith("s"):
        assert stem(word) == stem(f"{word}s") or word.endswith(("u", "i"))


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def spoken(number: int) -> str:
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" and {spoken(number % size)}" if number % size else ""
            return f"{spoken(number // size)} {name}{rest}"
    if number < 20:
        return ONES[number]
    return TENS[number // 10 - 2] + (f"-{ONES[number % 10]}" if number % 10 else "")

"""The file of sentences: read within bounds, each fault one line with its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.agents.language.rows import load_sentences
from neuralbrain.agents.language.statements import PREDICATES, Term, parse_statement
from neuralbrain.arm.catalogue import COLORS, SHAPES
from neuralbrain.errors import ConfigurationError, NeuralBrainError

GOOD = """
format: 1
scenes:
  A: {things: [red block, red block, blue bowl], placed: [on(red block 2, red block)]}
sentences:
  - {in: A, say: "go", do: ["in(1st red block, blue bowl)"], during: ["held(2nd red block)"],
     ask: [[red], [two, "2"]]}
  - {in: A, say: "no", answer: [], not: ["yes"]}
  - {in: A, say: "stop", at: "in mid-carry of: put it there", halt: true}
"""


def load(folder: Path, text: str):
    file = folder / "sentences.yaml"
    file.write_text(text, encoding="utf-8")
    return load_sentences(file)


def test_a_file_is_read(tmp_path: Path) -> None:
    sentences = load(tmp_path, GOOD)
    first, second, third = sentences.rows
    assert [thing.name for thing in sentences.scenes["A"].things] == ["red block", "red block 2", "blue bowl"]
    assert first.expected == ("do", "ask") and first.ask == (("red",), ("two", "2"))
    assert second.expected == ("answer",) and second.without == ("yes",)
    assert third.halt and third.after == "put it there" and third.number == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format: 1", "format: 2", "format"),
        ("format: 1", "format: 1\nmore: 1", "more"),
        ('in: A, say: "no"', 'in: B, say: "no"', "sentence 2.*'B'.*Known: A"),
        ("answer: []", "answers: []", "sentence 2.*answers"),
        ('answer: [], not: ["yes"]', 'not: ["yes"]', "sentence 2.*at least one"),
        ("in mid-carry of: put it there", "later", "sentence 3.*mid-carry"),
        ("halt: true", "halt: 1", "sentence 3.*halt"),
        ("in(1st red block", "within(1st red block", "sentence 1.*cannot be read"),
        ("1st red block", "1st mauve block", "sentence 1.*cannot be read.*mauve"),
        ('do: ["in(1st red block, blue bowl)"], ', "", "sentence 1.*during goes with do"),
        ("blue bowl]", "blue pot]", "scene A.*pot.*bowl"),
        ("in(1st red block", "in(3rd red block", "sentence 1.*no 3rd red block"),
        ("in(1st red block", "in(red block", "sentence 1.*could be red_block or red_block_2"),
        ("answer: []", "answer: &x [*x]", "alias"),
    ],
)
def test_a_fault_is_one_line_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(NeuralBrainError, match=said) as error:
        load(tmp_path, GOOD.replace(old, new))
    assert "\n" not in str(error.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for text in (
        "",
        "- 1",
        "format: 1\nscenes: {}\nsentences: []",
        "\x00",
        "format: 1\nscenes: [",
        "a" * 2**20 + "b",
    ):
        with pytest.raises(NeuralBrainError):
            load(tmp_path, text)
    with pytest.raises(NeuralBrainError):
        load_sentences(tmp_path)


nouns = st.builds(
    lambda color, category: f"{color} {category}".strip(),
    st.sampled_from(["", *COLORS]),
    st.sampled_from([*SHAPES, "thing"]),
)
terms = st.one_of(
    nouns,
    st.builds(lambda q, noun: f"{q} {noun}", st.sampled_from(["all", "any", "other"]), nouns),
    st.builds(
        lambda k, noun: f"{k} {noun}",
        st.sampled_from(["1st", "2nd", "3rd", "12th", "leftmost", "nearest"]),
        nouns,
    ),
    st.builds(lambda one, other: f"{one} nearest to {other}", nouns, nouns),
)
ARGUMENTS = {
    "t": terms,
    "d": st.sampled_from(["left", "right", "nearer", "farther"]),
    "n": st.sampled_from(["2", "0.05", "45"]),
}


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    name = draw(st.sampled_from([*PREDICATES]))
    form = PREDICATES[name]
    kinds = form.rstrip("+") + ("t" * draw(st.integers(0, 3)) if form.endswith("+") else "")
    return name, kinds, [draw(ARGUMENTS[kind]) for kind in kinds]


@given(statements())
def test_what_is_written_is_read(statement: tuple[str, str, list[str]]) -> None:
    name, kinds, arguments = statement
    found = parse_statement(f"{name}({', '.join(arguments)})")
    assert found.predicate == name and found.times is None
    for kind, text, argument in zip(kinds, arguments, found.arguments, strict=True):
        if kind == "t":
            assert isinstance(argument, Term) and argument.text == text
        else:
            assert argument == (float(text) if kind == "n" else text)
    counted = parse_statement(f"count({name}({','.join(arguments)})) = 3") if "t" in kinds else None
    assert counted is None or (counted.times, counted.arguments) == (3, found.arguments)


@given(st.text(alphabet="in(allred block,)=123 countmoved.\n\\[]{}'\"", max_size=60))
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    try:
        parse_statement(text)
    except ConfigurationError as error:
        assert "\n" not in str(error)

"""The form of an answer: what is read, and that nothing but an objection comes of anything else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.wire import WirePlan, form, read
from tests.deliberation.asking import plan, put, stage

PAGE = Path(__file__).parents[2] / "docs" / "deliberation.md"
GOOD = plan(stage(*put("red_block", "red_bowl")), goals=["in red_block red_bowl"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_the_page_shows_a_plan() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert isinstance(read(block), WirePlan)


@given(st.text() | VALUES.map(json.dumps))
def test_anything_else_is_an_objection(text: str) -> None:
    with pytest.raises(ObjectionError) as caught:
        read(text)
    assert caught.value.stage == "form"
    assert caught.value.reason


@given(
    st.lists(st.sampled_from(["reply", "stages", 0, 1, "steps", "goals", "kind", "skill"]), max_size=5),
    VALUES,
)
def test_a_good_plan_with_anything_in_it_is_read_or_an_objection(path: list[Any], value: Any) -> None:
    data = here = json.loads(GOOD)
    for key in path:
        inside = here[key : key + 1] if isinstance(key, int) and isinstance(here, list) else ()
        if not (inside or (isinstance(here, dict) and key in here)):
            continue
        here, last, spot = here[key], here, key
    if path and here is not data:
        last[spot] = value
    try:
        read(json.dumps(data))
    except ObjectionError as error:
        assert error.stage == "form"


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('"goals"', '"goals": [], "goals"', 1),
        GOOD.replace('"pick"', "NaN"),
        GOOD.replace('"pick"', "9" * 5000),
        GOOD.replace("red_block", "\\ud800", 1).replace('"skill"', '"purpose": 1, "skill"', 1),
        "[" * 60_000,
        '{"a":' * 10_000,
        GOOD + " " * 70_000,
        "{" * 60_000,
        "",
        "\udcff\udcfe",
    ],
)
def test_what_readers_differ_about_is_refused(text: str) -> None:
    with pytest.raises(ObjectionError):
        read(text)


SAY = '{"reply": {"kind": "say", "text": "A"}}'
OTHER = SAY.replace("A", "B")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SAY[:-1] + ', "x": NaN}', "NaN is no number in JSON"),
        (SAY[:-1] + ', "reply": {"kind": "say", "text": "B"}, "x": NaN}', "NaN|stands twice"),
        ('{"reply": {"kind": "cannot", "text": "no", "x": NaN, "y": {"kind": "say", "text": "A"}}}', "NaN"),
        (SAY[:-1], "does not hold"),
        (f'{{"bad": {SAY}, oops}}', "does not hold"),
        (f"{SAY} {OTHER}", "more than one reply"),
        ('{"a": 1} and that is all', "no JSON object with your reply"),
        ('{"reply": {"kind": "say", "text": 7}}', r"^reply\.say\.text: Input should be a valid string$"),
    ],
)
def test_nothing_is_taken_out_of_what_does_not_hold(text: str, why: str) -> None:
    with pytest.raises(ObjectionError) as caught:
        read(text)
    assert re.search(why, caught.value.reason)


def test_what_a_model_thinks_aloud_is_not_its_answer() -> None:
    assert read(f"<think>maybe {OTHER} but no</think>{SAY}") == read(f"{SAY} As I said: {SAY}") == read(SAY)


@pytest.mark.parametrize(
    "around",
    ["{}", "```json\n{}\n```", "Sure, {{it}}!\n{}\nIs that right?", "<think>a {{ b</think>{}"],
)
def test_words_around_it_are_passed_over(around: str) -> None:
    assert isinstance(read(around.replace("{}", GOOD).replace("{{", "{").replace("it}}", "it}")), WirePlan)


def test_the_schema_is_closed_and_within_the_strict_subset() -> None:
    schema = json.loads(form(DOMAIN, ["red_block", "free_1"]))
    found = list(_objects(schema))
    assert found
    for one in found:
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    assert schema["$defs"]["thing"]["enum"] == ["red_block", "free_1"]
    assert "table" in schema["$defs"]["name"]["enum"]
    assert not re.search(r'"(oneOf|prefixItems|allOf|not|if)":', json.dumps(schema))


def _objects(data: Any) -> list[dict[str, Any]]:
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    below = [one for part in parts for one in _objects(part)]
    return [data, *below] if isinstance(data, dict) and data.get("type") == "object" else below

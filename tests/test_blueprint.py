"""Wrong blueprints name the place and what would be right."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import BlueprintError, ConfigurationError, UnknownNameError
from neuralbrain.region_types import region_class
from tests.runtime.toys import HERE

GOOD: dict[str, Any] = {
    "name": "good",
    "body": "pacer",
    "regions": [
        {"name": "pacer", "type": f"{HERE}:Pacer"},
        {"name": "ear", "type": "tests.test_blueprint:Ear", "group": "other"},
    ],
    "projections": [{"from": "pacer.up", "to": "ear.left", "delay": 3}],
}

from tests.runtime.toys import Chatter  # noqa: E402


class Ear(Chatter):
    """Needs its left input."""

    optional_inputs = frozenset({"right"})


def changed(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def projection(**changes: Any) -> dict[str, Any]:
    return changed(projections=[{**GOOD["projections"][0], **changes}])


def region(**changes: Any) -> dict[str, Any]:
    return changed(regions=[GOOD["regions"][0], {**GOOD["regions"][1], **changes}])


WRONG = {
    "unknown region type": (region(type="cortx"), r"region 'ear'.*no region type 'cortx'.*mean 'cortex'"),
    "type not importable": (region(type="nowhere.at_all:X"), r"cannot be imported"),
    "type not a region": (region(type="pathlib:Path"), r"not a subclass"),
    "unknown setting": (region(config={"chanse": 1}), r"region 'ear', config: chanse"),
    "wrong setting": (
        region(config={"probability": "often"}),
        r"region 'ear', config: probability.*number.*'often'",
    ),
    "unknown source region": (
        projection(**{"from": "pacr.up"}),
        r"pacr.up -> ear.left.*Did you mean 'pacer'",
    ),
    "unknown target region": (projection(to="eer.left"), r"no region 'eer'. Did you mean 'ear'"),
    "unknown output": (projection(**{"from": "pacer.upp"}), r"no output of pacer 'upp'. Did you mean 'up'"),
    "unknown input": (projection(to="ear.lft"), r"no input of ear 'lft'. Did you mean 'left'.*left, right"),
    "no port": (projection(to="ear"), r"projections\[0\]\.to"),
    "delay 0": (projection(delay=0), r"projections\[0\]\.delay.*greater than or equal to 1.*0"),
    "delay missing": (
        changed(projections=[{"from": "pacer.up", "to": "ear.left"}]),
        r"delay: Field required",
    ),
    "wrong type": (projection(**{"from": "pacer.stop"}), r"sends Stop, but the input takes Spike.*pacer\.up"),
    "unfed input": (changed(projections=[]), r"nobody feeds the input ear\.left.*pacer\.up"),
    "same name": (region(name="pacer"), r"2 regions are named 'pacer'"),
    "unknown body": (changed(body="spine"), r"body: There is no region 'spine'"),
    "body cannot stop": (changed(body="ear"), r"'ear' has no output of type Stop"),
    "no regions": (changed(regions=[]), r"regions"),
    "phase": (region(phase=2, period=2), r"phase 2 must be below period 2"),
    "period": (region(period=0), r"regions\[1\]\.period"),
    "stop delay": (changed(stop_delay=0), r"stop_delay"),
    "unknown key": (changed(colour="red"), r"colour: Extra inputs"),
    "not a mapping": ([1, 2], r"expected a mapping"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_blueprints_name_the_place(case: str) -> None:
    data, words = WRONG[case]
    with pytest.raises(BlueprintError, match=words) as caught:
        Blueprint.from_mapping(data, "mine.yaml")
    assert "mine.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_good_one_passes_and_round_trips(tmp_path: Path) -> None:
    blueprint = Blueprint.from_mapping(GOOD)
    assert blueprint.groups == {"brain": ("pacer",), "other": ("ear",)}
    path = tmp_path / "good.yaml"
    path.write_text(yaml.safe_dump(blueprint.model_dump(by_alias=True, mode="json")))
    assert Blueprint.load(path, allow_code=True) == blueprint
    with pytest.raises(ConfigurationError, match=r"good.yaml, region 'pacer', type: it names the code"):
        Blueprint.load(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "not valid YAML"),
        ("name: a\nname: b\n", "the key 'name' occurs twice"),
        ("", "expected a mapping"),
        ("just words", "expected a mapping"),
    ],
)
def test_malformed_files(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(BlueprintError, match=words):
        Blueprint.load(path)


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match="cannot be read"):
        Blueprint.load(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BlueprintError, match="cannot be read|not valid YAML"):
        Blueprint.load(tmp_path / "bytes.yaml")
    with pytest.raises(UnknownNameError, match="Did you mean 'frankenbot'"):
        Blueprint.load("frankenbott")


def test_configured_and_grouped_leave_the_original_alone() -> None:
    blueprint = Blueprint.from_mapping(GOOD)
    other = blueprint.configured("ear", probability=0.1).grouped({"ear": "brain"})
    assert other.by_name["ear"].config == {"probability": 0.1}
    assert other.groups == {"brain": ("ear", "pacer")}
    assert blueprint.by_name["ear"].config == {}
    assert len(blueprint.groups) == 2
    with pytest.raises(UnknownNameError):
        blueprint.configured("nose", x=1)
    with pytest.raises(UnknownNameError, match="no region 'eer'. Did you mean 'ear'"):
        blueprint.grouped({"eer": "brain"})
    with pytest.raises(ConfigurationError, match="one of the groups is 5: give a name"):
        blueprint.grouped({"ear": 5})  # type: ignore[dict-item]
    with pytest.raises(ConfigurationError, match="the brain is 5: give the name of a blueprint"):
        Blueprint.load(5)  # type: ignore[arg-type]


def test_region_types_by_path_and_name() -> None:
    assert region_class("tests.test_blueprint:Ear") is Ear
    with pytest.raises(UnknownNameError, match="dotted path"):
        region_class("nothing")


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "body", "regions", "projections", "type", "from", "to", "delay"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(json_like)
def test_any_data_is_refused_with_our_error(data: object) -> None:
    try:
        Blueprint.from_mapping(data)
    except ConfigurationError as error:
        assert "\n" not in str(error)

"""Descriptors of embodiments: names that are free, and packages that are broken."""

import logging
from dataclasses import replace

import pytest

from neuralbrain import consent, embodiment
from neuralbrain.arm.motor.skills import known_skills
from neuralbrain.embodiment import embodiments, find_embodiment, register
from neuralbrain.errors import ConfigurationError


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"agent": "other"}, "there is an embodiment 'arm' already"),
        ({"name": "Bad Name"}, "the embodiment's name is 'Bad Name'"),
        ({"name": "arm2"}, "'arm2' names a world 'neuralbrain/Tabletop-.*', which 'arm' has already"),
    ],
)
def test_an_embodiment_takes_no_name_of_another(changed: dict[str, str], says: str) -> None:
    before = embodiments()
    with pytest.raises(ConfigurationError, match=says):
        register(replace(find_embodiment("arm"), **changed))
    assert embodiments() == before


def test_what_is_no_embodiment_is_refused_and_the_same_once_more_is_not() -> None:
    with pytest.raises(ConfigurationError, match="the embodiment is 'hello'"):
        register("hello")  # type: ignore[arg-type]
    register(find_embodiment("arm"))


@pytest.mark.parametrize("group", [embodiment.GROUP, "neuralbrain.skills"])
@pytest.mark.parametrize("path", ["nowhere_at_all:THING", "json:loads"])
def test_a_broken_package_is_left_out_and_named(
    group: str, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known = {embodiment.GROUP: embodiments, "neuralbrain.skills": known_skills}[group]
    before = known()
    monkeypatch.setattr(consent, "registered", lambda of: {"guest": path} if of == group else {})
    monkeypatch.setattr(consent, "_TRIED", set())
    with caplog.at_level(logging.WARNING, "neuralbrain"):
        assert known() == known() == before
    (said,) = (record.message for record in caplog.records)
    assert said.startswith(f"guest, which an installed package registers in {group}, is left out: ")

"""Numbers that no record can hold, and no arithmetic survives, are refused when they are sent."""

import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import BlueprintError, ContractError
from neuralbrain.messages import Message, Part, Stop
from neuralbrain.messages.base import LEAST, MOST
from neuralbrain.region import Region
from neuralbrain.runtime import run_brain


class Inner(Part):
    share: float
    count: int


class Figures(Message):
    kind: Literal["figures_of_a_test"] = "figures_of_a_test"
    value: float = 0.0
    number: int = 0
    inner: tuple[Inner, ...] = ()
    table: dict[str, float | int | bool | str] = {}


class Sender(Region):
    outputs = {"figures": Figures, "stop": Stop}
    wrong: dict = {}

    def reset(self, seed):
        pass

    def step(self, tick, inbox):
        if tick < 3:
            return {"figures": Figures(tick=tick, source=self.name, value=1.0)}
        return {"figures": Figures(tick=tick, source=self.name, **self.wrong)}


class Changer(Sender):
    def step(self, tick, inbox):
        good = Figures(tick=tick, source=self.name)
        return {"figures": good.model_copy(update=self.wrong if tick == 3 else {"value": 2.0})}


WRONG = [
    ({"value": math.nan}, "value"),
    ({"value": math.inf}, "value"),
    ({"number": 10**6001}, "number"),
    ({"table": {"a": -math.inf}}, "table.a"),
    ({"table": {"a": 10**6001}}, "table.a"),
    ({"inner": [{"share": math.nan, "count": 0}]}, r"inner\[0\].share"),
    ({"inner": [{"share": 0.0, "count": 2**63}]}, r"inner\[0\].count"),
]


def brain(kind):
    return Blueprint.from_mapping(
        {"name": "numbers", "body": "a", "regions": [{"name": "a", "type": f"tests.test_numbers:{kind}"}]}
    )


@pytest.mark.parametrize("kind", ["Sender", "Changer"])
@pytest.mark.parametrize(("wrong", "place"), WRONG)
def test_what_cannot_be_sent_names_region_tick_and_port(monkeypatch, kind, wrong, place):
    monkeypatch.setattr(Sender, "wrong", wrong)
    says = (
        f"^region 'a' failed at tick 3 before sending by port 'figures': a Figures cannot be: {place}[^\n]*$"
    )
    with pytest.raises(ContractError, match=says):
        run_brain(brain(kind), 0)


@pytest.mark.ray
@pytest.mark.usefixtures("ray_session")
def test_on_ray_likewise(monkeypatch):
    with pytest.raises(ContractError, match=r"region 'a' failed at tick 0 before sending by port 'figures'"):
        run_brain(brain("Never"), 0, runtime="ray")


class Never(Sender):
    def step(self, tick, inbox):
        return {"figures": Figures(tick=tick, source=self.name, value=math.nan)}


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(LEAST, MOST))
def test_every_other_number_is_sent_as_it_is(value, number):
    table = {"a": value, "b": number, "c": True}
    figures = Figures(tick=0, source="a", value=value, number=number, table=table)
    assert (figures.value, figures.number) == (value, number)
    assert list(map(repr, figures.table.values())) == list(map(repr, table.values()))
    assert Figures.model_validate_json(figures.model_dump_json()) == figures


def test_an_integer_beyond_64_bits_is_none():
    for number in (LEAST - 1, MOST + 1):
        with pytest.raises(ValidationError):
            Figures(tick=0, source="a", number=number)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"stop_delay": 10**30}, "stop_delay"),
        ({"tick_seconds": math.nan}, "tick_seconds"),
        ({"projections": [{"from": "a.b", "to": "a.c", "delay": 10**30}]}, r"projections\[0\].delay"),
        ({"regions": [{"name": "a", "type": "cortex", "period": 10**30}]}, r"regions\[0\].period"),
        ({"format": 10**6001}, "format"),
    ],
)
def test_a_blueprint_has_no_such_number_either(change, place):
    with pytest.raises(BlueprintError, match=f"blueprint: {place}: "):
        Blueprint.from_mapping(
            {"name": "a", "body": "a", "regions": [{"name": "a", "type": "cortex"}]} | change
        )

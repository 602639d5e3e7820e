"""The options that choose a model come to what they say, or are refused in one line."""

from dataclasses import fields
from typing import Any

import pytest

from neuralbrain.agents.advice import Model
from neuralbrain.agents.episode import prepared
from neuralbrain.agents.spending import Spending
from neuralbrain.cli.model import chosen_model
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Limits, Prices, Used


def chosen(**options: Any) -> Model | None:
    given = {
        "cortex": "model", "name": "m", "base_url": "http://127.0.0.1:9/v1", "trust": False,
        "real_time": False, "pictures": False,
    }  # fmt: skip
    limits = dict(zip(("max_model_calls", "max_tokens", "max_cost"), options.pop("limits", ()), strict=False))
    rest = {field.name: options.pop(field.name) for field in fields(Spending) if field.name in options}
    return chosen_model(**{**given, **options}, spending=Spending(**limits, **rest))


@pytest.mark.parametrize(
    ("given", "each", "whole"),
    [
        (("", "", ""), Limits(), Limits()),
        (("40", "", ""), Limits(), Limits(calls=40)),
        (("5/40", "9000", ""), Limits(calls=5), Limits(calls=40, tokens=9000)),
        (("0", "1/", "0.5/2"), Limits(tokens=1, cost=0.5), Limits(calls=0, cost=2)),
    ],
)
def test_limits_are_in_all_or_an_episode_s_and_in_all(given: Any, each: Limits, whole: Limits) -> None:
    model = chosen(limits=given, price="0.4,1.6")
    assert model is not None and (model.each, model.all) == (each, whole)
    assert model.prices == Prices(input=0.4, output=1.6)


@pytest.mark.parametrize("given", ["-1", "x", "/", "/5", "1.5", "nan", "inf", "1/2/3", "5/x", "1e300"])
def test_what_is_no_limit_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--max-model-calls .*give a number, or two like 5/40"):
        chosen(limits=(given,))


@pytest.mark.parametrize("price", ["1", "1,2,3", "a,b", "-1,2", "nan,1", ","])
def test_what_is_no_price_is_refused(price: str) -> None:
    with pytest.raises(ConfigurationError, match="--price"):
        chosen(price=price)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cortex": "other"}, "there are embedded and model"),
        ({"cortex": "embedded"}, "give --cortex model, too"),
        ({"name": None}, "which model to ask"),
        ({"base_url": "localhost"}, "looks like http"),
        ({"limits": ("", "", "1")}, "needs prices"),
        ({"limits": ("", "", "1/")}, "needs prices"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        chosen(**options)


def test_an_episode_has_what_is_left() -> None:
    model = chosen(limits=("3/10", "9000"), real_time=True, max_output=99, model_timeout=7.0)
    assert model is not None
    brain = prepared("frankenbot", None, 0, model=model.after(Used(calls=8, tokens=100, cost=None)))
    region = brain.by_name["language_model"]
    assert region.period == 1
    assert {name: region.config[name] for name in ("waits", "max_output", "timeout")} == {
        "waits": "clock", "max_output": 99, "timeout": 7.0,
    }  # fmt: skip
    assert region.config["limits"] == {"calls": 2, "tokens": 8900, "cost": None}
    assert chosen(cortex="embedded", name=None) is None

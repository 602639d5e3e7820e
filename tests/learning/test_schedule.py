"""Schedules: what they are when, and how they are written."""

import pytest

from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.schedule import Schedule


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.2", [0.2, 0.2, 0.2, 0.2]),
        ("linear:1:0", [1.0, 0.5, 0.0, 0.0]),
        ("linear:0:1:50", [0.0, 1.0, 1.0, 1.0]),
        ("exponential:1:0.01", [1.0, 0.1, 0.01, 0.01]),
    ],
)
def test_values(text, values):
    schedule = Schedule.parse("alpha", text, 100)
    assert [float(schedule.at(step)) for step in (0, 50, 100, 1000)] == pytest.approx(values)


@pytest.mark.parametrize(
    "text", ["", "x", "1.5", "-0.1", "nan", "linear:1", "cosine:1:0", "exponential:1:0", "linear:1:0:0"]
)
def test_what_cannot_be_read_says_what_can(text):
    with pytest.raises(ConfigurationError, match="epsilon is .*; give values from 0 to 1 .* linear:1:0.05"):
        Schedule.parse("epsilon", text, 100)

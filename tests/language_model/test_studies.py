"""Studies with models: the same options as an episode, and limits that hold for all episodes together."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

import pytest
from typer.core import TyperCommand

from neuralbrain.agents.advice import Model
from neuralbrain.agents.benchmarks.asked import asked_models, kept, remarks
from neuralbrain.agents.benchmarks.study import part, until_interrupted
from neuralbrain.agents.benchmarks.table import Table
from neuralbrain.agents.oracle import ORACLE
from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.agents.spending import Spending
from neuralbrain.cli import SWALLOWED
from neuralbrain.cli.bench import PACKAGE, command
from neuralbrain.cli.model import SPENDING
from neuralbrain.errors import ConfigurationError


class Job(NamedTuple):
    model: Model | None


def spends(job: Job) -> dict[str, Any]:
    """Use all that an episode may, three calls at most."""
    assert job.model is not None
    left = job.model.all.left(job.model.used)
    calls = min(3, left.within(job.model.each).calls or 0)
    return {"success": True, "used": {"calls": calls, "tokens": 10 * calls, "cost": None}}


@pytest.mark.parametrize("name", ["ask", "cortex", "language"])
def test_each_takes_the_options_of_an_episode(name: str) -> None:
    made = command(name, import_module(f"{PACKAGE}.{name}").measure)
    assert isinstance(made, TyperCommand)
    options = {option for parameter in made.params for option in parameter.opts}
    assert {f"--{part.replace('_', '-')}" for part in SPENDING} <= options


@pytest.mark.parametrize("name", [ORACLE, "m"])
def test_a_limit_in_all_holds_for_all_episodes_and_for_scripted_models_too(name: str) -> None:
    with ScriptedServer(lambda asked: Reply(text='{"colour": "teal"}'), ("m",)).running() as server:
        models = asked_models([name], server.url, Spending(max_model_calls="3/7"))
        first = len(server.asked)
    found = list(kept(spends, [Job(models[name])] * 4, 0))
    assert sum(one["used"]["calls"] for one in found) + first == 7
    assert [one["used"]["calls"] for one in found][-1] == 0
    told = " ".join(remarks([*models.values()]))
    assert "One episode at a time" in told and (f"{first} calls" in told) == (name == "m")


def test_a_price_that_is_missing_is_said_before_anything_is_measured() -> None:
    with pytest.raises(ConfigurationError, match="needs prices"):
        asked_models([ORACLE], "", Spending(max_cost="1"))


def test_who_interrupts_a_study_has_what_it_has_measured() -> None:
    def measured(number: int) -> Iterator[dict[str, Any]]:
        yield from ({"success": True, "row": row} for row in range(number))
        raise KeyboardInterrupt

    assert [one["row"] for one in until_interrupted(measured(2))] == [0, 1]
    with pytest.raises(KeyboardInterrupt):
        until_interrupted(measured(0))


def test_a_part_of_a_study_reaches_nothing_and_ends_as_interrupted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def measure() -> Table:
        some = part([{}], [1, 2])
        return Table(title="t", columns=["a"], rows=[[1]], reached={"all": True}, interrupted=some)

    assert command("some", measure).main([], standalone_mode=False) == SWALLOWED  # main raises it again
    told = capsys.readouterr().out
    assert "Interrupted: 1 of 2" in told and "reached all" not in told
    assert (measure().as_json()["interrupted"], measure().as_json()["reached"]) == ("1 of 2", {})

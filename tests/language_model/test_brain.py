"""The whole brain with a language model on loopback: it plans, is recorded, and is replayed without it."""

import re
import time
from pathlib import Path

import pytest

from neuralbrain.agents.advice import Model
from neuralbrain.agents.episode import prepared, run_episode
from neuralbrain.agents.oracle import oracle_server
from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.agents.replay import replay_run
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.language.budget import Limits, Prices
from neuralbrain.language.key import KEY
from neuralbrain.language.server import Abilities, Server
from neuralbrain.record.check import check_record
from neuralbrain.record.log import read_log
from neuralbrain.simulation import Simulation
from tests.test_blueprint import GOOD

PLACE = "neuralbrain/Tabletop-Place-v0"
SECRET = "sk-very-secret-0123456789"


def model(url: str, **settings) -> Model:
    return Model(
        server=Server(base_url=url, model="scripted", abilities=Abilities(form="schema")), **settings
    )


def told(folder: str, *kinds: str) -> list:
    return [emission.message for emission in read_log(Path(folder) / "episode.mcap", kinds)]


def until(condition) -> None:
    """Wait until something is so: a thread needs time of the clock."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A run with a model, whose server is gone by now."""
    with oracle_server(PLACE) as server:
        return run_episode(
            env=PLACE, seed=3, out=tmp_path_factory.mktemp("runs"),
            model=model(server.url, prices=Prices(input=1, output=2)),
        )  # fmt: skip


def test_a_model_plans_in_one_call(recorded):
    assert (recorded.success, recorded.outcome, recorded.model_calls) == (True, "done", 1)
    assert recorded.model_tokens > 100
    assert recorded.model_cost == pytest.approx(told(recorded.run_dir, "model_call")[0].cost)
    (deliberated,) = told(recorded.run_dir, "deliberated")
    assert deliberated.verdict == "accepted"
    (request,) = told(recorded.run_dir, "model_request")
    assert recorded.instruction in request.turns[1].text
    trees = told(recorded.run_dir, "execution_tree")
    assert list(re.findall(r"'skill': '(\w+)'", str(trees[-1].model_dump())))[:2] == [
        "pick",
        "place",
    ]


def test_a_replay_needs_no_server(recorded):
    assert replay_run(recorded.run_dir).same
    assert check_record(Path(recorded.run_dir)) == recorded.trace_sha256


@pytest.mark.ray
def test_a_replay_needs_no_server_on_ray(recorded, ray_session):
    assert replay_run(recorded.run_dir, runtime="ray").same


def test_a_replay_that_asks_something_else_says_at_which_tick(recorded, monkeypatch):
    monkeypatch.setattr("neuralbrain.deliberation.prompt.RULES", "Be quick.")
    with pytest.raises(RecordError, match=r"at tick \d+ 'cortex' asks the model something else"):
        replay_run(recorded.run_dir)


def test_the_trace_does_not_depend_on_how_long_the_model_thinks(recorded, tmp_path):
    with oracle_server(PLACE) as server:
        good = server._script
        server._script = lambda body: Reply(**{**vars(good(body)), "hang": 0.5})
        slow = run_episode(env=PLACE, seed=3, out=tmp_path, model=model(server.url))
    # its address is a setting, and settings are in no message
    assert slow.trace_sha256 == recorded.trace_sha256
    assert told(slow.run_dir, "model_call")[0].seconds > 0.5


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [({"calls": 0}, "fallback"), ({"tokens": 10}, "fallback"), ({"cost": 0.0}, "fallback")],
)
def test_without_a_budget_the_brain_goes_on_by_itself_and_replays(limits, verdict, tmp_path):
    with oracle_server(PLACE) as server:
        chosen = model(server.url, each=Limits(**limits), prices=Prices(input=1, output=1))
        result = run_episode(env=PLACE, seed=3, out=tmp_path, model=chosen)
        assert not server.asked
    assert (result.success, result.model_calls) == (True, 0)
    (deliberated,) = told(result.run_dir, "deliberated")
    assert (deliberated.verdict, deliberated.stage) == (verdict, "budget")
    assert replay_run(result.run_dir).same


@pytest.mark.parametrize(
    "bad",
    [
        Reply(status=401, error=f"bad key {SECRET}"),
        Reply(text=f"my key is {SECRET}"),
        Reply(text="{}", cut=True),
    ],
)
def test_a_bad_server_costs_nothing_but_the_plan_and_the_key_stays_secret(bad, tmp_path, monkeypatch):
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.setattr("neuralbrain.language.client.random.uniform", lambda *_: 0.0)
    with ScriptedServer(lambda _: bad).running() as server:
        result = run_episode(env=PLACE, seed=3, out=tmp_path, model=model(server.url))
    assert result.success
    assert told(result.run_dir, "deliberated")[-1].verdict == "fallback"
    for file in Path(result.run_dir).rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()
    assert SECRET not in repr(
        [message.model_dump() for message in told(result.run_dir, "model_call", "model_reply")]
    )


def test_a_brain_that_cannot_ask_is_refused():
    with pytest.raises(ConfigurationError, match="can ask a language model"):
        model("http://127.0.0.1:9/v1").join(Blueprint.from_mapping(GOOD))


def test_while_a_model_thinks_the_body_holds_and_a_stop_is_heard(tmp_path):
    with oracle_server(PLACE) as server:
        good = server._script
        server._script = lambda body: Reply(**{**vars(good(body)), "hang": 30.0})
        blueprint = prepared("frankenbot", PLACE, 3, stays=True, model=model(server.url, clock=True))
        with Simulation(blueprint, seed=3) as sim:
            until(lambda: sim.step(20) or server.asked)
            sim.run_for(seconds=5)
            assert [report.message.held for report in sim.probe("brainstem.report")][-20:] == [True] * 20
            assert not sim.probe("cortex.done")
            sim.say("stop")
            assert sim.run_until_done(3).outcome == "halted"


def test_an_answer_that_comes_late_is_taken_when_it_comes_and_replayed_at_that_tick(tmp_path):
    def paced(sim):
        while not sim.done:
            sim.step(5)
            time.sleep(0.01)
        return 0.0

    with oracle_server(PLACE) as server:
        good = server._script
        server._script = lambda body: Reply(**{**vars(good(body)), "hang": 0.3})
        result = run_episode(
            env=PLACE, seed=3, out=tmp_path, model=model(server.url, clock=True), drive=paced
        )
    assert result.success
    (request,), (reply,) = told(result.run_dir, "model_request"), told(result.run_dir, "model_reply")
    assert reply.tick > request.tick + 20  # the time that it took the question to the model
    assert reply.late >= 5
    assert replay_run(result.run_dir).same

"""A budget is kept: nothing is sent that could pass it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.agents.advice import Model
from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget, Limits, Prices, Used
from neuralbrain.language.client import Client
from neuralbrain.language.server import Abilities, Server
from neuralbrain.language.transport import Connection, Response
from tests.language_model.conftest import asking, question

PRICES = Prices(input=0.4, output=1.6)


class Counting:
    """A server that counts; some of its answers fail, and of some it does not say how long they are."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used = Used()

    def send(self, server: Server, request: object, **more: object) -> Response:
        fault = self.random.choice(["", "", "", "server", "timeout", "cut", "form", "busy", "network"])
        refused = fault in ("form", "busy")
        words = sum(len(turn.text.encode()) + 8 for turn in request.turns)  # type: ignore[attr-defined]
        given = 0 if refused else self.random.randint(1, words)
        taken = 0 if refused else self.random.randint(0, 50)
        self.used = self.used.plus(Used(calls=1, tokens=given + taken, cost=PRICES.of(given, taken)))
        told = not fault and self.random.random() < 0.8
        return Response(
            fault=fault, seconds=0, text="x", reason=fault, kept_limit=True,  # type: ignore[arg-type]
            input_tokens=given if told else None, output_tokens=taken if told else None,
        )  # fmt: skip


def test_a_thousand_runs_with_random_limits_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seeded loop: each run asks until its budget is spent, and the server counts."""
    draw = random.Random(11)
    spent = 0
    for run in range(1000):
        counting = Counting(run)
        monkeypatch.setattr(Connection, "send", counting.send)
        limits = Limits(
            calls=draw.choice([None, draw.randint(0, 12)]),
            tokens=draw.choice([None, draw.randint(0, 9000)]),
            cost=draw.choice([None, draw.uniform(0, 0.005)]),
        )
        budget = Budget(limits, PRICES)
        server = Server(base_url="http://127.0.0.1:9/v1", model="m", abilities=Abilities(form="schema"))
        client = Client(server, budget, max_output=50, timeout=1, sleep=lambda s: None, keep=False)
        for number in range(8):
            reply, calls = client.ask(question("a" * draw.randint(0, 2000)), number, "model")
            spent += reply.outcome == "spent"
            assert all(call.tokens <= call.reserved_tokens for call in calls)
        used = counting.used
        assert used.calls == budget.used.calls
        assert used.tokens <= budget.used.tokens and (used.cost or 0) <= (budget.used.cost or 0) + 1e-12
        assert limits.calls is None or used.calls <= limits.calls
        assert limits.tokens is None or budget.used.tokens <= limits.tokens
        assert limits.cost is None or (budget.used.cost or 0) <= limits.cost + 1e-12
    assert spent > 1000


def test_no_request_reaches_the_server_once_it_is_spent() -> None:
    with asking(lambda asked: Reply(status=500, error="no"), limits=Limits(calls=3)) as (client, server, _):
        said, calls = client.ask(question(), 0, "model")
        assert (said.outcome, len(calls), len(server.asked)) == ("spent", 3, 3)
        assert said.reason.startswith("the budget allows 3 calls, and no more (")
        client.ask(question(), 0, "model")
        assert len(server.asked) == 3


def test_a_call_that_might_need_more_than_is_left_is_not_made() -> None:
    with asking(lambda asked: Reply(text="{}")) as (client, server, _):
        client.budget.limits = Limits(tokens=2 * 101 + sum(client.reservation(question())) - 1)
        outcomes = [client.ask(question(), 0, "model")[0].outcome for _ in range(3)]
        # Each uses 101 tokens; the third could need one more than is left.
        assert (outcomes, len(server.asked)) == (["answered", "answered", "spent"], 2)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.booleans()), max_size=20),
    st.integers(0, 3000),
)
def test_settling_counts_what_was_used(calls: list[tuple[int, int, bool]], most: int) -> None:
    budget, sums = Budget(Limits(tokens=most), PRICES), 0
    for given_, taken, told in calls:
        if budget.reserve(given_, taken):
            assert sums + given_ + taken > most
            continue
        tokens, cost = budget.settle((given_, taken), given_ // 2 if told else None, taken)
        assert tokens == (given_ // 2 if told else given_) + taken
        assert cost == pytest.approx(PRICES.of(tokens - taken, taken))
        sums += tokens
    assert budget.used.tokens == sums <= most


def test_unknown_cost_is_unknown_and_not_nothing() -> None:
    budget = Budget(Limits(), None)
    assert str(budget.used) == "0 calls, 0 tokens, cost 0"
    budget.reserve(10, 5)
    assert budget.settle((10, 5), 7, 5) == (12, None)
    assert str(budget.used) == "1 call, 12 tokens, cost unknown"
    assert str(Used().plus(Used(calls=2, tokens=9, cost=0.5))) == "2 calls, 9 tokens, cost 0.5"
    assert Used(calls=1, cost=None).plus(Used(calls=1, cost=1.0)).cost is None
    with pytest.raises(ConfigurationError, match="--price"):
        Budget(Limits(cost=1), None)


def test_what_was_used_after_a_snapshot_stays_used() -> None:
    budget = Budget(Limits(calls=2), None)
    budget.reserve(1, 1)
    state = budget.get_state()
    budget.reserve(1, 1)
    budget.set_state(state)
    assert budget.reserve(1, 1) and budget.used.calls == 2
    fresh = Budget(Limits(calls=2), None)
    fresh.set_state(state)
    assert fresh.used.calls == 1


def test_a_study_counts_the_probe_and_an_episode_has_a_limit_of_its_own() -> None:
    with ScriptedServer(lambda asked: Reply(text='{"colour": "teal"}')).running() as server:
        model = Model(
            server=Server(base_url=server.url, model="scripted"), each=Limits(calls=3), all=Limits(calls=7)
        ).ready()
        assert model.used.calls == len(server.asked) == 2
    assert model.each.within(model.all.left(model.used)).calls == 3
    after = model.after(Used(calls=3, tokens=9, cost=None))
    assert after.each.within(after.all.left(after.used)).calls == 2
    assert Limits(cost=1).left(after.used).cost == 0  # nobody knows what is left of it


def test_no_call_allowed_means_none_is_made() -> None:
    with ScriptedServer(lambda asked: Reply(text="{}")).running() as server:
        model = Model(server=Server(base_url=server.url, model="scripted"), all=Limits(calls=0)).ready()
        assert server.asked == [] and model.used.calls == 0
        Model(server=Server(base_url=server.url, model="scripted")).ready()  # nothing false was remembered
        assert server.asked

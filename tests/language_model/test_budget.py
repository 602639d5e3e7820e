"""A budget is never overspent, whatever the server does."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget, Limits, Prices, Used
from neuralbrain.language.client import Client
from neuralbrain.language.server import Abilities, Server
from tests.language_model.test_client import request


def test_a_limit_of_cost_needs_prices():
    with pytest.raises(ConfigurationError, match="prices"):
        Budget(Limits(cost=1.0), None)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 500), st.integers(0, 500), st.none() | st.floats(0, 1), st.none() | st.floats(0, 1)
        )
    ),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(0, 3000),
    st.none() | st.floats(0, 0.01),
)
def test_what_is_used_never_exceeds_what_is_allowed(calls, most_calls, most_tokens, most_cost):
    budget = Budget(Limits(calls=most_calls, tokens=most_tokens, cost=most_cost), Prices(input=3, output=7))
    for given_in, given_out, used_in, used_out in calls:
        if budget.reserve(given_in, given_out):
            continue
        budget.settle(
            (given_in, given_out),
            None if used_in is None else int(used_in * given_in),
            None if used_out is None else int(used_out * given_out),
        )
        used = budget.used
        assert most_calls is None or used.calls <= most_calls
        assert most_tokens is None or used.tokens <= most_tokens
        assert most_cost is None or (used.cost or 0.0) <= most_cost * (1 + 1e-9)


def test_an_unknown_cost_stays_unknown():
    budget = Budget(Limits(), None)
    assert budget.used.cost == 0.0  # nothing was used yet
    assert budget.reserve(10, 10) == ""
    assert budget.settle((10, 10), 5, 5) == (10, None)
    assert budget.used.cost is None
    assert Used().plus(budget.used).plus(Used()).cost is None
    assert Limits(cost=1.0).left(budget.used).cost == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_a_server_counts_no_call_more_than_was_allowed(seed):
    """A quarter of the thousand runs of the slow test, each with caps of its own."""
    _runs(60, seed)


@pytest.mark.slow
def test_a_thousand_runs_stay_within_their_budgets():
    _runs(1000, 99)


def _runs(number: int, seed: int) -> None:
    chance = random.Random(seed)
    replies = [
        Reply(text="{}"), Reply(text="{}", usage=False), Reply(status=500, error="x"), Reply(text="y" * 999),
        Reply(status=429, error="z"), Reply(raw=b""), Reply(text="{}", finish="length"),
    ]  # fmt: skip
    server = ScriptedServer(lambda _: chance.choice(replies))
    with server.running():
        at = Server(base_url=server.url, model="m", abilities=Abilities(form="schema"))
        for _ in range(number):
            limits = Limits(
                calls=chance.choice([None, 0, 1, 2, 5]),
                tokens=chance.choice([None, 0, 300, 1000, 4000]),
                cost=chance.choice([None, 0.0, 0.0005, 0.01]),
            )
            budget = Budget(limits, Prices(input=1, output=1))
            client = Client(at, budget, max_output=50, timeout=5, sleep=lambda _: None)
            before, reserved = len(server.asked), 0
            for _ in range(chance.randrange(1, 5)):
                _, calls = client.ask(request("q" * chance.randrange(1, 400)), 0, "m")
                reserved += sum(call.reserved_tokens for call in calls)
            client.close()
            sent = len(server.asked) - before
            assert budget.used.calls == sent
            assert limits.calls is None or sent <= limits.calls
            assert budget.used.tokens <= reserved
            assert limits.tokens is None or budget.used.tokens <= limits.tokens
            assert limits.cost is None or (budget.used.cost or 0.0) <= limits.cost

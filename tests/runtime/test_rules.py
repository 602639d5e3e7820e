"""The eight rules on which the trace rests: each test fails when its rule is broken."""

import os
import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from neuralbrain.blueprint import Blueprint
from neuralbrain.clock import next_firing, region_seed
from neuralbrain.errors import ContractError
from neuralbrain.messages import Instruction, Message, Stop
from neuralbrain.region import Inbox, Outbox
from neuralbrain.runtime import run_brain
from neuralbrain.runtime.group import Group
from neuralbrain.runtime.trace import FOLD_EVERY, Chain, canonical, join, row
from tests.runtime.orders import run_in_any_order
from tests.runtime.toys import Anything, Chatter, Pacer, Spike, fast_ring, slow_star, toy

HERE = "tests.runtime.test_rules"


def spike(tick: int, source: str, value: float = 0.0, pattern: Any = (1.0,)) -> Spike:
    return Spike(tick=tick, source=source, value=value, pattern=np.array(pattern))


class Teller(Pacer):
    """Sends three numbered spikes at each firing, in order."""

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        sent: dict[str, Any] = {"up": [spike(tick, self.name, i) for i in range(3)]}
        if tick == self.config.stop_at:
            sent["stop"] = Stop(tick=tick, source=self.name, reason="", success=False, evaluation={})
        return sent


class Listener(Chatter):
    """Keeps what it was given and at which ticks; sends nothing."""

    def reset(self, seed: int) -> None:
        self.heard: list[tuple[int, list[tuple[str, int, float]]]] = []

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        self.heard.append((tick, [(m.source, m.tick, getattr(m, "value", -1.0)) for m in inbox]))
        return {}


def listening(delays: dict[str, int], period: int | None, phase: int, ticks: int) -> Listener:
    """Run tellers with these delays to one listener, and return it."""
    regions: list[dict[str, Any]] = [
        {"name": name, "type": f"{HERE}:Teller", "period": 1 + i} for i, name in enumerate(delays)
    ]
    regions.append({"name": "ear", "type": f"{HERE}:Listener", "period": period, "phase": phase})
    projections = [{"from": f"{name}.up", "to": "ear.left", "delay": d} for name, d in delays.items()]
    blueprint = toy(regions, projections, stop_at=-1, stop_delay=1)
    group = Group(blueprint, blueprint.by_name, 0)
    for start in range(0, ticks, 3):  # slices of 3: their borders must not matter
        group.advance(start, min(start + 3, ticks))
    ear = group.region("ear")
    assert isinstance(ear, Listener)
    return ear


@pytest.mark.parametrize(("period", "phase"), [(1, 0), (4, 3), (5, 0), (7, 2)])
def test_rule_1_fires_at_absolute_ticks_and_starts_in_silence(period: int, phase: int) -> None:
    ear = listening({"a": 1}, period, phase, 30)
    assert [tick for tick, _ in ear.heard] == [t for t in range(30) if t % period == phase]
    first_tick, first = ear.heard[0]
    assert first if first_tick else not first  # at tick 0 nothing can have arrived
    assert all(next_firing(t, period, phase) % period == phase for t in range(40))


def test_rule_1_on_arrival_fires_only_then() -> None:
    ear = listening({"a": 4, "b": 2}, None, 0, 12)
    assert [tick for tick, _ in ear.heard][:4] == [2, 4, 5, 6]
    assert all(given for _, given in ear.heard)


def test_rule_2_inbox_is_sorted_by_arrival_source_projection_sequence() -> None:
    ear = listening({"zoe": 1, "abe": 3, "mia": 2}, 4, 3, 24)
    delay = {"zoe": 1, "abe": 3, "mia": 2}
    for tick, given in ear.heard:
        keys = [(sent + delay[source], source, value) for source, sent, value in given]
        assert keys == sorted(keys)
        assert all(tick - 4 < arrival <= tick for arrival, _, _ in keys)
    total = sum(len(given) for _, given in ear.heard)
    assert total == 3 * sum(
        len([t for t in range(0, 24, 1 + i) if t + d <= 23]) for i, d in enumerate(delay.values())
    ), "every message is delivered once"


def test_rule_2_two_projections_from_one_source_have_a_fixed_order() -> None:
    regions = [{"name": "mouth", "type": f"{HERE}:Teller"}, {"name": "ear", "type": f"{HERE}:Listener"}]
    one = {"from": "mouth.up", "to": "ear.left", "delay": 2}
    two = {"from": "mouth.up", "to": "ear.right", "delay": 2}
    heard = []
    for projections in ([one, two], [two, one]):  # the order in the file is of no account
        blueprint = toy(regions, projections, stop_at=5, stop_delay=1)
        group = Group(blueprint, blueprint.by_name, 0)
        group.advance(0, 6)
        heard.append(group.region("ear").heard)  # type: ignore[attr-defined]
    assert heard[0] == heard[1]


def test_rule_3_a_region_does_not_notice_a_stranger() -> None:
    ring = fast_ring()
    stranger = Blueprint.from_mapping(
        {
            **ring.model_dump(by_alias=True),
            "regions": [
                *ring.model_dump()["regions"],
                {"name": "aaron", "type": "tests.runtime.toys:Chatter", "group": "one"},
            ],
        }
    )
    groups = [Group(b, b.by_name, 3) for b in (ring, stranger)]
    for group in groups:
        group.advance(0, 60)
    alone, beside = (group.digests() for group in groups)
    assert alone == {name: digest for name, digest in beside.items() if name != "aaron"}


def test_rule_3_seeds_come_from_run_and_name() -> None:
    seeds = {region_seed(seed, name) for seed in range(50) for name in ("a", "b", "a1")}
    assert len(seeds) == 150
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert region_seed(7, "cortex") == region_seed(7, "cortex")


def written(port: str, message: Message) -> bytes:
    return canonical([row(0, [(port, message)])])


def test_rule_5_silence_arrays_and_ports_enter_the_hash() -> None:
    base = written("up", spike(3, "a", 1.0, [1.0, 2.0]))
    assert base == written("up", spike(3, "a", 1.0, [1.0, 2.0]))
    others = [
        written("down", spike(3, "a", 1.0, [1.0, 2.0])),
        written("up", spike(4, "a", 1.0, [1.0, 2.0])),
        written("up", spike(3, "b", 1.0, [1.0, 2.0])),
        written("up", spike(3, "a", 1.0, [2.0, 1.0])),
        written("up", spike(3, "a", np.nextafter(1.0, 2.0), [1.0, 2.0])),
    ]
    assert len({base, *others}) == 6
    silent, absent = Chain(), Chain()
    silent.add(0, [])
    assert silent.digest() != absent.digest()


def test_rule_5_dtype_and_shape_enter_even_with_equal_bytes() -> None:
    zeros = [np.zeros(4, "float64"), np.zeros((2, 2), "float64"), np.zeros(4, "int64")]
    assert len({written("p", Anything(tick=0, source="a", data=z)) for z in zeros}) == 3
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert written("p", Anything(tick=0, source="a", data=fortran)) == written(
        "p", Anything(tick=0, source="a", data=np.ascontiguousarray(fortran))
    )


def test_rule_5_chains_depend_on_order_and_fold_by_firings() -> None:
    def digest(order: list[Message]) -> bytes:
        chain = Chain()
        for message in order:
            chain.add(0, [("p", message)])
        return chain.digest()

    many = [Anything(tick=i, source="a", data=i % 251) for i in range(3 * FOLD_EVERY + 1)]
    assert digest(many) == digest(many) != digest([*many[:5], many[6], many[5], *many[7:]])
    assert join({"a": b"1", "b": b"2"}) == join({"b": b"2", "a": b"1"}) != join({"a": b"2", "b": b"1"})


@pytest.mark.parametrize("stop_at", [0, 1, 4, 5, 9, 63, 64])
def test_rule_6_everyone_halts_at_the_stop_plus_its_delay(stop_at: int) -> None:
    for build in (fast_ring, slow_star):
        blueprint = build(stop_at)
        result = run_brain(blueprint, 1)
        assert result.ticks == stop_at + blueprint.stop_delay
        assert result.stop is not None
        assert result.stop.tick == stop_at
        for order in range(3):
            trace, ticks, emissions = run_in_any_order(blueprint, 1, random.Random(order))
            assert (trace, ticks) == (result.trace, result.ticks)
            assert all(e.tick < ticks for e in emissions)


class Failing(Chatter):
    """Would leave something lasting behind, but another region fails."""

    committed: list[str] = []

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        if tick == 20:
            raise RuntimeError("a bug")
        return {}

    def commit(self) -> None:
        self.committed.append(self.name)


def test_rule_7_nothing_is_committed_unless_everyone_passed() -> None:
    regions = [{"name": "pacer"}, {"name": "bad", "type": f"{HERE}:Failing"}]

    class Watch:
        until = 0

        def observe(self, until: int, emissions: Any) -> None:
            self.until = until

    watch = Watch()
    with pytest.raises(ContractError, match=r"'bad' failed at tick 20: RuntimeError: a bug"):
        run_brain(toy(regions, [], stop_at=40, stop_delay=5), 0, observers=[watch])
    assert Failing.committed == []
    assert watch.until == 20, "what was passed before is with the observers"
    run_brain(toy(regions, [], stop_at=9, stop_delay=5), 0)
    assert Failing.committed == ["bad"]
    run_brain(toy(regions, [], stop_at=9, stop_delay=5), 0, commit=False)
    assert Failing.committed == ["bad"]


def test_rule_8_hash_seed_does_not_matter() -> None:
    code = (
        "from neuralbrain.runtime import run_brain; from tests.runtime.toys import *; "
        "print(run_brain(slow_star(), 2).trace)"
    )
    traces = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(traces) == 1


def test_rule_8_sets_and_objects_are_refused() -> None:
    for data in ({1, 2}, frozenset("a"), object()):
        with pytest.raises(ContractError, match="no order of its own"):
            written("p", Anything(tick=0, source="a", data=data))
    assert written("p", Anything(tick=0, source="a", data={"b": 1, "a": 2})) == written(
        "p", Anything(tick=0, source="a", data={"a": 2, "b": 1})
    )


class Vandal(Listener):
    """Tries to change what it is sent."""

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        for message in inbox.of(Spike):
            with pytest.raises(ValueError, match="read-only"):
                message.pattern[0] = 9.0
        return {}


@pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_rule_8_arrays_are_read_only_in_both_runtimes(runtime: str, ray_session: None) -> None:
    regions = [
        {"name": "mouth", "type": f"{HERE}:Teller", "group": "a"},
        {"name": "vandal", "type": f"{HERE}:Vandal", "group": "b"},
    ]
    blueprint = toy(regions, [{"from": "mouth.up", "to": "vandal.left", "delay": 1}], 4, 1)
    assert run_brain(blueprint, 0, runtime=runtime).ticks == 5


def test_rule_8_a_sender_cannot_change_what_it_sent() -> None:
    mine = np.array([1.0, 2.0])
    sent = Spike(tick=0, source="a", value=0.0, pattern=mine)
    mine[0] = 5.0
    assert sent.pattern[0] == 1.0


def test_rule_8_threads_are_pinned() -> None:
    from threadpoolctl import threadpool_info

    run_brain(fast_ring(), 0)
    assert all(pool["num_threads"] == 1 for pool in threadpool_info())


class Liar(Teller):
    """Breaks the contract in the way that its setting says."""

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        faults: list[Outbox] = [
            {"sideways": spike(tick, self.name)},
            {"up": Instruction(tick=tick, source=self.name, text="")},
            {"up": spike(tick + 1, self.name)},
            {"up": spike(tick, "somebody")},
        ]
        return faults[self.config.stop_at]


@pytest.mark.parametrize(
    ("fault", "words"),
    [(0, "by port 'sideways'"), (1, "declared to carry Spike"), (2, "stamped"), (3, "stamped")],
)
def test_a_region_that_breaks_its_declaration_is_named(fault: int, words: str) -> None:
    with pytest.raises(ContractError, match=f"'liar'.*{words}"):
        run_brain(toy([{"name": "liar", "type": f"{HERE}:Liar"}], [], fault, 1), 0)


def test_only_the_body_may_stop() -> None:
    regions = [{"name": "pacer"}, {"name": "usurper", "type": "tests.runtime.toys:Pacer"}]
    blueprint = toy(regions, [], 9, 1).configured("usurper", stop_at=3)
    with pytest.raises(ContractError, match=r"'usurper' sent Stop; only the body's region 'pacer'"):
        run_brain(blueprint, 0)

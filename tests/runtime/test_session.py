"""Sessions: however a run is cut up, kept, handed over and restored, its trace is the undisturbed one's."""

import pickle
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError, ContractError, NeuralBrainError, UnknownNameError
from neuralbrain.messages import Instruction
from neuralbrain.region import Inbox, Outbox
from neuralbrain.runtime import Injection, RunResult, Session, Snapshot, open_session, resume, run_brain
from tests.runtime.graphs import graphs
from tests.runtime.orders import AnyOrderSession, Seen
from tests.runtime.toys import Chatter, Spike, fast_ring, slow_star, toy

HERE = "tests.runtime.test_session"


def spike(tick: int, value: float = 1.5, source: str = "person") -> Spike:
    return Spike(tick=tick, source=source, value=value, pattern=np.array([value]))


def any_grouping(blueprint: Blueprint, choose: random.Random) -> dict[str, str]:
    return {name: f"g{choose.randrange(3)}" for name in blueprint.by_name}


def any_injections(blueprint: Blueprint, ticks: int, choose: random.Random) -> list[Injection]:
    found = []
    for tick in sorted(choose.randrange(ticks) for _ in range(choose.randrange(6))):
        region, port = choose.choice(list(blueprint.by_name)), choose.choice(["left", "right"])
        found.append(Injection(tick, region, port, spike(tick, choose.random())))
    return found


def played(
    session: Session, injections: Sequence[Injection], until: int | None, choose: random.Random
) -> None:
    """Advance by random pieces, injecting what has not been yet, up to a tick."""
    for injection in injections[len(session.injections) :]:
        if until is not None and injection.tick >= until:
            break
        while session.tick < injection.tick:
            session.advance(choose.randint(session.tick, injection.tick))
        session.inject(injection.region, injection.port, injection.message)
    while not session.halted and (until is None or session.tick < until):
        session.advance(session.tick + choose.randint(0, 20) if until is None else until)


def same(one: RunResult, other: RunResult) -> bool:
    return (one.trace, one.ticks, one.firings, one.stop) == (
        other.trace,
        other.ticks,
        other.firings,
        other.stop,
    )


def check_session(blueprint: Blueprint, seed: int, probability: int) -> None:
    choose = random.Random(probability)
    plain = run_brain(blueprint, seed)
    injections = any_injections(blueprint, plain.ticks, choose)
    seen = Seen()
    straight = run_brain(blueprint, seed, observers=[seen], injections=injections)
    assert (straight.trace == plain.trace) == (not injections)
    kept = choose.randint(0, straight.ticks)
    back = choose.randint(kept, straight.ticks)
    grouped = blueprint.grouped(any_grouping(blueprint, choose))
    first = Seen()

    def opened(snapshot: Snapshot | None, observers: list[Seen]) -> Session:
        if choose.random() < 0.5:
            return AnyOrderSession(grouped, seed, choose, observers, snapshot)
        return open_session(blueprint, seed, observers=observers, snapshot=snapshot)

    with opened(None, [first]) as session:
        played(session, injections, kept, choose)
        snapshot = pickle.loads(pickle.dumps(session.snapshot()))
        assert session.tick == snapshot.tick == kept
        assert first.marks == [mark for mark in seen.marks if mark[0] < kept]
        played(session, injections, back, choose)
        second = session.snapshot()  # of the future; it is left for the past, and come back to
        session._observers = ()
        session.restore(snapshot)
        assert session.injections == snapshot.injections
        played(session, injections, None, choose)
        assert same(session.finish(commit=False), straight)
        session.restore(second)
        played(session, injections, None, choose)
        assert same(session.finish(commit=False), straight)
        assert session.injections == injections
    rest = Seen(kept)
    with opened(snapshot, [rest]) as session:
        played(session, injections, None, choose)
        assert same(session.finish(commit=True), straight)
    assert [mark for mark in first.marks if mark[0] < kept] + rest.marks == seen.marks


CASES = given(graphs(), st.integers(0, HIGHEST_SEED), st.integers(0, 2**32))


@CASES
@settings(max_examples=60)
def test_any_session_has_the_undisturbed_trace(blueprint: Blueprint, seed: int, probability: int) -> None:
    check_session(blueprint, seed, probability)


@pytest.mark.slow
@CASES
@settings(max_examples=1000)
def test_any_of_many_sessions_has_it(blueprint: Blueprint, seed: int, probability: int) -> None:
    check_session(blueprint, seed, probability)


@pytest.mark.ray
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("build", [fast_ring, slow_star], ids=["ring", "star"])
def test_ray_too_and_from_one_runtime_to_the_other(ray_session: None, build: Any, seed: int) -> None:
    blueprint: Blueprint = build()
    choose = random.Random(seed)
    injections = any_injections(blueprint, 90, choose)
    seen, ray_seen = Seen(), Seen()
    straight = run_brain(blueprint, seed, observers=[seen], injections=injections)
    with open_session(blueprint, seed, runtime="ray", observers=[ray_seen]) as session:
        played(session, injections, 17, choose)
        early = session.snapshot()
        played(session, injections, 61, choose)
        late = session.snapshot()
        played(session, injections, None, choose)
        assert same(session.finish(commit=False), straight)
        assert ray_seen.marks == seen.marks
        session._observers = ()
        session.restore(early)
        played(session, injections, None, choose)
        assert same(session.finish(commit=False), straight)
    with resume(late) as session:  # Ray's goes on inline
        played(session, injections, 70, choose)
        kept = session.snapshot()
        played(session, injections, None, choose)
        assert same(session.finish(commit=False), straight)
    with resume(kept, runtime="ray", groups=any_grouping(blueprint, choose)) as session:  # and back
        played(session, injections, None, choose)
        assert same(session.finish(commit=True), straight)


def test_a_snapshot_goes_on_in_a_fresh_process(tmp_path: Path) -> None:
    straight = run_brain(slow_star(), 3)
    with open_session(slow_star(), 3) as session:
        session.advance(77)
        (tmp_path / "kept").write_bytes(pickle.dumps(session.snapshot()))
    code = (
        "import pickle, sys; from neuralbrain.runtime import resume\n"
        "with resume(pickle.load(open(sys.argv[1], 'rb'))) as session:\n"
        "    session.advance()\n"
        "    print(session.finish(commit=True).trace)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kept")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == straight.trace


class Reader(Chatter):
    """Keeps what came, with the tick at which it fired."""

    def reset(self, seed: int) -> None:
        self.heard: list[tuple[int, list[str]]] = []

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        assert not any(m.pattern.flags.writeable for m in inbox.of(Spike))
        self.heard.append((tick, [f"{m.source}@{m.tick}" for m in inbox]))
        return {}


def test_an_injection_arrives_at_once_and_first_and_is_shown() -> None:
    ear = {"name": "ear", "type": f"{HERE}:Reader", "period": None}
    blueprint = toy([{"name": "pacer"}, ear], [{"from": "pacer.up", "to": "ear.left", "delay": 2}], 40, 3)
    seen = Seen()
    with open_session(blueprint, 0, observers=[seen]) as session:
        session.advance(1)  # nothing can have reached the ear yet
        session.inject("ear", "right", spike(1))
        session.inject("ear", "left", spike(1, source="another"))
        snapshot = pickle.loads(pickle.dumps(session.snapshot(), protocol=2))
        assert [e.region for e in seen.emissions if "." in e.port] == []
        session.advance(2)
        region = session._group.region("ear")  # type: ignore[attr-defined]
        assert region.heard == [(1, ["person@1", "another@1"])]
    shown = [(e.tick, e.region, e.port) for e in seen.emissions if "." in e.port]
    assert shown == [(1, "person", "ear.right"), (1, "another", "ear.left")]
    again = Seen(1)
    with resume(snapshot, observers=[again]) as session:
        session.advance(30)
        region = session._group.region("ear")  # type: ignore[attr-defined]
        assert region.heard[0] == (1, ["person@1", "another@1"])
    assert [mark for mark in again.marks if "." in mark[2]] == shown


@pytest.mark.parametrize(
    ("place", "message", "error", "words"),
    [
        (("bet", "left"), spike(5), UnknownNameError, "no region 'bet'. Did you mean 'beta'"),
        (("beta", "up"), spike(5), UnknownNameError, "no input of beta 'up'.*Known: left, right"),
        (
            ("beta", "left"),
            Instruction(tick=5, source="person", text=""),
            ContractError,
            "takes Spike, not Instruction",
        ),
        (("beta", "left"), spike(4), ContractError, "stamped with tick 4.*stamp it with 5"),
        (("beta", "left"), spike(5, source="alpha"), ContractError, "no region has"),
        (("beta", "left"), spike(5, source="Some One"), ContractError, "no region has"),
    ],
)
def test_what_cannot_be_injected_is_refused(
    place: tuple[str, str], message: Any, error: Any, words: str
) -> None:
    with open_session(fast_ring(), 0) as session:
        session.advance(5)
        with pytest.raises(error, match=words):
            session.inject(*place, message)
        assert session.injections == []
        session.advance()
        with pytest.raises(ContractError, match="everyone has halted at tick 102"):
            session.inject("beta", "left", spike(102))
        assert session.finish(commit=True).trace == run_brain(fast_ring(), 0).trace


def taken(blueprint: Blueprint, seed: int, trace: bool = True) -> Snapshot:
    with open_session(blueprint, seed, trace=trace) as session:
        session.advance(20)
        return session.snapshot()


def test_a_snapshot_that_was_changed_is_not_gone_on_from() -> None:
    kept = taken(fast_ring(), 1)
    other = taken(fast_ring(90), 1)
    changes: dict[str, Any] = {
        "blueprint": other.blueprint,
        "seed": 2,
        "tick": 21,
        "halt": 40,
        "stop": "done",
        "trace": False,
        "sent": kept.sent + 1,
        "regions": {**kept.regions, "alpha": kept.regions["beta"]},
        "injected": kept.injected + b"x",
        "checksum": other.checksum,
    }
    assert {*changes, "format"} == {field.name for field in fields(Snapshot)}
    with open_session(fast_ring(), 1) as session:
        for name, value in changes.items():
            changed = pickle.loads(pickle.dumps(replace(kept, **{name: value})))
            for go_on in (session.restore, resume):
                with pytest.raises(ConfigurationError, match="was changed or damaged since it was taken"):
                    go_on(changed)
        session.restore(pickle.loads(pickle.dumps(kept)))
        assert session.tick == 20


def test_a_grouping_names_regions_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match="no region 'alpa'. Did you mean 'alpha'"):
        resume(taken(fast_ring(), 1), groups={"alpa": "mind"})


def test_a_snapshot_of_something_else_is_refused() -> None:
    with open_session(fast_ring(), 1) as session:
        kept = session.snapshot()
        for wrong, words in [
            (replace(kept, format=0), "format 0, and this version of NeuralBrain reads format 3"),
            (taken(fast_ring(), 2), "seed 2, and this simulation has seed 1"),
            (
                taken(slow_star(), 1),
                "the brain 'toy', which differs .*: only the simulation has a region 'alpha'",
            ),
            (taken(fast_ring(90), 1), "the setting stop_at of region 'alpha' was 90 and is 97"),
            (taken(fast_ring(), 1, trace=False), "without a trace"),
        ]:
            with pytest.raises(ConfigurationError, match=words):
                session.restore(wrong)
        session.advance()
        session.finish(commit=True)
        with pytest.raises(ContractError, match="it has been committed"):
            session.restore(kept)
    with pytest.raises(ContractError, match="it is closed"):
        session.advance()
    with pytest.raises(ConfigurationError, match="format 0"):
        resume(replace(kept, format=0))


class Unruly(Chatter):
    """Fails where its setting ``chance`` says; see `FAULTS`."""

    def reset(self, seed: int) -> None:
        if self.config.probability == 0.0:
            raise OSError("no such table")
        super().reset(seed)

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        faults: dict[float, Any] = {0.1: None, 0.2: [1], 0.3: lambda: 1 / 0, 0.4: {"up": 3}}
        fault = faults.get(self.config.probability, {}) if tick == 13 else {}
        return fault() if callable(fault) else fault  # type: ignore[no-any-return]

    def get_state(self) -> dict[str, Any]:
        return {"lambda": lambda: None} if self.config.probability == 0.5 else super().get_state()

    def commit(self) -> None:
        if self.config.probability == 0.6:
            raise OSError("the disk is full")

    def close(self) -> None:
        if self.config.probability >= 0.7 or self.config.probability == 0.3:
            raise OSError("the simulator is gone")


FAULTS = {
    0.0: "region 'unruly' failed at tick 0 in reset: OSError: no such table",
    0.1: "region 'unruly' returned a NoneType from step at tick 13: return a mapping",
    0.2: "region 'unruly' returned a list from step at tick 13",
    0.3: "region 'unruly' failed at tick 13: ZeroDivisionError",  # and then it fails to close
    0.4: "region 'unruly' sent a int by port 'up'",
    0.5: "region 'unruly' failed at tick 5 in get_state: ",
    0.6: "region 'unruly' failed at tick 33 in commit: OSError: the disk is full",
    0.7: "region 'unruly' failed at tick 33 in close: OSError: the simulator is gone",
}


def lived(blueprint: Blueprint, runtime: str) -> None:
    with open_session(blueprint, 0, runtime=runtime) as session:
        session.advance(5)
        session.snapshot()
        session.advance()
        session.finish(commit=True)


@pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_a_region_that_fails_is_named_alike_in_both_runtimes(runtime: str, ray_session: None) -> None:
    for probability, words in FAULTS.items():
        regions = [
            {"name": "pacer", "group": "a"},
            {"name": "unruly", "type": f"{HERE}:Unruly", "group": "b"},
        ]
        blueprint = toy(regions, [], 30, 3).configured("unruly", probability=probability)
        with pytest.raises(ContractError, match=words) as caught:
            lived(blueprint, runtime)
        notes = getattr(caught.value, "__notes__", [])
        assert len(notes) == (probability == 0.3)
        assert all("failed at tick 13 in close" in note for note in notes)


class Late(Chatter):
    """Fails at the tick ``stop_at``."""

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        if tick == self.config.stop_at:
            raise UnknownNameError("table", "nanosek", ["nanoseek"])
        return super().step(tick, inbox)


@pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_of_several_failures_the_first_is_told_and_a_restore_heals(runtime: str, ray_session: None) -> None:
    regions = [
        {"name": "pacer", "group": "c"},
        {"name": "late", "type": f"{HERE}:Late", "group": "a"},
        {"name": "soon", "type": f"{HERE}:Late", "group": "b"},
    ]
    blueprint = toy(regions, [], 60, 10).configured("late", stop_at=27).configured("soon", stop_at=23)
    seen = Seen()
    with open_session(blueprint, 0, runtime=runtime, observers=[seen]) as session:
        session.advance(19)
        kept = session.snapshot()
        for _ in range(2):
            with pytest.raises(UnknownNameError, match="Did you mean 'nanoseek'") as caught:
                session.advance()
            assert caught.value.__notes__ == ["region 'soon', tick 23"]
            assert seen.until == session.tick == 19
            for forbidden in (session.advance, session.snapshot, lambda: session.finish(commit=True)):
                with pytest.raises(ContractError, match="at tick 19: it failed.*restore a snapshot"):
                    forbidden()
            session.restore(kept)
        session.advance(23)
        assert seen.until == session.tick == 23


def test_all_are_closed_though_one_fails_and_what_was_begun_is_closed_too() -> None:
    closed: list[str] = []

    def close(region: Chatter) -> None:
        closed.append(region.name)
        if region.name == "b":
            raise OSError("gone")

    names = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    Chatter.close = close  # type: ignore[method-assign]
    try:
        session = open_session(toy(names, [], 9, 1), 0)
        session.advance(4)
        with pytest.raises(ContractError, match="region 'b' failed at tick 4 in close"):
            session.close()
        session.close()
        assert closed == ["a", "b", "c"]
        regions = [*names, {"name": "unruly", "type": f"{HERE}:Unruly"}]
        with pytest.raises(NeuralBrainError, match="'unruly' failed at tick 0 in reset"):
            open_session(toy(regions, [], 9, 1).configured("unruly", probability=0.0), 0)
        assert closed == ["a", "b", "c"] * 2
    finally:
        del Chatter.close


def test_a_run_may_be_looked_at_before_its_end() -> None:
    with open_session(fast_ring(), 0) as session:
        session.advance(50)
        early = session.finish(commit=False)
        assert (early.ticks, early.stop, session.halt) == (50, None, None)
        session.advance(98)
        assert (session.halt, session.halted, session.stop is not None) == (102, False, True)
        session.advance(30)  # has been
        assert session.tick == 98
        session.advance(1000)
        assert session.tick == 102
        assert same(session.finish(commit=True), run_brain(fast_ring(), 0))
        assert early.trace != run_brain(fast_ring(), 0).trace

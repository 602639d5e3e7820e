"""The handle on a simulation: it runs, listens, shows, is kept and restored, and says what is wrong."""

import json
import math
import pickle
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neuralbrain
from neuralbrain.agents.episode import prepared
from neuralbrain.agents.replay import recorded_injections
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError, ContractError, RecordError, UnknownNameError
from neuralbrain.messages import Instruction
from neuralbrain.record.folder import LOG
from neuralbrain.record.recorder import Recorder
from neuralbrain.runtime import RunResult, run_brain
from neuralbrain.simulation import Simulation
from neuralbrain.words import legible
from tests.nanorobots.worlds import WORLDS
from tests.runtime.orders import Seen
from tests.runtime.toys import fast_ring, slow_star

WORLD: dict[str, tuple[str, dict[str, Any]]] = {"frankenbot": ("place", {}), **WORLDS}
SEED = 2


@cache
def straight(agent: str) -> RunResult:
    """Return what comes of an agent's episode that nobody disturbs."""
    with opened(agent) as sim:
        return sim.run_to_end()


def opened(agent: str, **options: Any) -> Simulation:
    env, parameters = WORLD[agent]
    return Simulation(agent, env, SEED, env_options=parameters, stays=False, **options)


FRESH = """
import json, pickle, sys
from neuralbrain import Simulation
for line in sys.stdin:
    with Simulation.from_snapshot(pickle.load(open(line.strip(), "rb"))) as sim:
        print(json.dumps([sim.tick, sim.run_to_end().trace]))
"""


@pytest.mark.parametrize(
    ("agent", "moments"),
    [
        ("frankenbot", 4),
        ("nanorobot", 4),
        *(pytest.param(agent, 20, marks=pytest.mark.slow) for agent in WORLD),
    ],
)
def test_a_brain_goes_on_in_a_fresh_process(agent: str, moments: int, tmp_path: Path) -> None:
    choose = random.Random(SEED)
    ticks = sorted(choose.sample(range(straight(agent).ticks), moments))
    with opened(agent) as sim:
        for tick in ticks:
            sim.session.advance(tick)
            (tmp_path / str(tick)).write_bytes(pickle.dumps(sim.snapshot()))
        assert sim.run_to_end().trace == straight(agent).trace
    done = subprocess.run(
        [sys.executable, "-c", FRESH],
        input="\n".join(str(tmp_path / str(tick)) for tick in ticks),
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert found == [[tick, straight(agent).trace] for tick in ticks]


@pytest.mark.ray
def test_a_brain_goes_from_inline_to_ray_and_back(ray_session: None) -> None:
    with opened("frankenbot") as sim:
        sim.run_for(seconds=3.35)
        state = sim.snapshot()
    with Simulation.from_snapshot(state, "ray", groups={"cortex": "memory"}) as sim:
        assert sim.tick == 67
        sim.step(51)
        later = sim.snapshot()
        assert sim.run_to_end().trace == straight("frankenbot").trace
        assert sim.probe("visual_cortex.scene")
    with Simulation.from_snapshot(later) as sim:
        assert sim.run_to_end().trace == straight("frankenbot").trace


def test_it_is_what_an_episode_runs() -> None:
    blueprint = prepared("frankenbot", "neuralbrain/Tabletop-Place-v0", SEED)
    with opened("frankenbot") as sim, Simulation(blueprint, seed=SEED) as other:
        assert sim.blueprint == other.blueprint.configured(blueprint.body, stays=False)
        assert other.blueprint == blueprint


def test_a_message_is_put_into_a_region_by_hand() -> None:
    with opened("frankenbot") as sim:
        sim.step()
        sim.inject("cortex.instruction", {"text": "Do a somersault."})  # before the task's own sentence comes
        result = sim.run_to_end()
        done = sim.probe("cortex.done")[0].message
        assert done.outcome == "refused"  # type: ignore[attr-defined]
        assert result.stop is not None
        assert result.stop.reason == "refused"
        injections = sim.injections
        assert [(i.tick, i.region, i.port, i.message.source) for i in injections] == [
            (1, "cortex", "instruction", "person")
        ]
    assert (
        run_brain(sim.blueprint, SEED, injections=injections).trace
        == result.trace
        != straight("frankenbot").trace
    )


def test_time_passes_as_told_and_probes_show_what_was_sent() -> None:
    seen = Seen()
    with Simulation(slow_star(), seed=3, observers=[seen], history=20) as sim:
        assert (sim.tick, sim.seconds, sim.done) == (0, 0.0, False)
        early = sim.probe("hub.up")
        assert list(early) == []
        sim.step()
        sim.run_for(seconds=0.5)
        assert (sim.tick, sim.seconds) == (11, pytest.approx(0.55))
        state = sim.snapshot()
        mine = [e for e in seen.emissions if (e.region, e.port) == ("hub", "up")]
        assert list(early) == early[:] == mine
        assert early[-1] is mine[-1]
        assert sim.run_until_done(max_seconds=1.0) is None
        assert sim.tick == 31
        result = sim.run_to_end()
        assert sim.done
        assert result == sim.result
        assert result.trace == run_brain(slow_star(), 3).trace
        assert len(early) == len(sim.probe("hub.up")) == 20
        assert [e.message for e in sim.probe("hub.stop")] == [result.stop]
        sim.step(3)
        assert sim.tick == result.ticks
    with Simulation.from_snapshot(state, history=20) as sim:
        late = sim.probe("hub.up")
        assert not late
        sim.run_for(seconds=1.0)
        kept = list(late)
        sim.restore(state)
        assert not late
        sim.run_for(seconds=1.0)
        assert [(e.tick, e.message.tick) for e in late] == [(e.tick, e.message.tick) for e in kept]
        assert repr(late) == f"<Probe of hub.up, {len(kept)} messages>"
        assert sim.run_to_end().trace == sim.commit().trace == result.trace
        with pytest.raises(ContractError, match="it has been committed"):
            sim.step()


def test_where_it_stands_when_done_does_not_depend_on_the_pauses_before() -> None:
    ends = set()
    for pause in (0, 7):
        with Simulation("nanorobot", seed=SEED) as sim:
            if pause:
                sim.step(pause)
            assert sim.run_until_done() is not None
            ends.add(sim.tick)
    assert len(ends) == 1


def test_a_session_with_a_person_is_replayed_from_its_record(tmp_path: Path) -> None:
    with Recorder(tmp_path, 0.05) as recorder, Simulation(slow_star(), seed=1, observers=[recorder]) as sim:
        for tick, port in [(7, "hub.left"), (7, "satellite3.left"), (60, "satellite4.right")]:
            sim.session.advance(tick)
            sim.inject(port, {"value": 0.1 * tick, "pattern": np.array([1 / 3, tick])})
        result = sim.run_to_end()
    injections = recorded_injections(tmp_path / LOG)
    assert [(i.tick, f"{i.region}.{i.port}") for i in injections] == [
        (7, "hub.left"),
        (7, "satellite3.left"),
        (60, "satellite4.right"),
    ]
    assert (
        run_brain(slow_star(), 1, injections=injections).trace
        == result.trace
        != run_brain(slow_star(), 1).trace
    )
    with pytest.raises(RecordError, match="is gone: without it nobody knows what was said"):
        recorded_injections(tmp_path / "none")


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(UnknownNameError, match="no agent 'frankenbt'. Did you mean 'frankenbot'"):
        Simulation("frankenbt")
    with pytest.raises(UnknownNameError, match="no environment"):
        Simulation("frankenbot", "tabletop-juggle")
    with pytest.raises(UnknownNameError, match="no runtime 'spark'"):
        Simulation(fast_ring(), runtime="spark")
    with pytest.raises(ConfigurationError, match="the seed is -1"):
        Simulation(fast_ring(), seed=-1)
    with pytest.raises(ConfigurationError, match="takes no environment"):
        Simulation(fast_ring(), "place")
    with pytest.raises(ConfigurationError, match="the history is -1: give a whole number, 0 or more"):
        Simulation(fast_ring(), history=-1)
    with Simulation(fast_ring(), history=0) as sim, Simulation(slow_star()) as other:
        for call, error, words in [
            (lambda: sim.step(0), ConfigurationError, "give a whole number, 1 or more"),
            (lambda: sim.run_for(-1), ConfigurationError, "give a number, more than 0"),
            (lambda: sim.probe("alpha.up"), ConfigurationError, "a history above 0"),
            (lambda: other.probe(3), ConfigurationError, 'the port is 3: give it as "region.port"'),  # type: ignore[arg-type]
            (lambda: other.probe("hub.up")[-1], IndexError, "no message -1: nothing that hub.up has sent"),
            (lambda: sim.restore(None), ConfigurationError, "the snapshot is None: give what"),  # type: ignore[arg-type]
            (lambda: sim.inject("x", object()), UnknownNameError, "no region 'x'"),  # type: ignore[arg-type]
            (lambda: sim.inject("alpha.left", object()), ContractError, "takes Spike, not object"),  # type: ignore[arg-type]
            (lambda: sim.inject("alpha.left", {1: 2}), ContractError, "to give are .*: not '1'"),  # type: ignore[dict-item]
            (lambda: other.probe("hub"), UnknownNameError, "no output of hub ''.*Known: down, stop, up"),
            (lambda: other.probe("hubb.up"), UnknownNameError, "Did you mean 'hub'"),
            (lambda: sim.inject("alpha.left", {"value": "x"}), ContractError, "its field 'value' is wrong"),
            (lambda: sim.inject("alpha.up", {}), UnknownNameError, "no input of alpha 'up'"),
            (
                lambda: sim.inject("alpha.left", Instruction(tick=0, source="me", text="")),
                ContractError,
                "not Instruction",
            ),
            (lambda: sim.restore(other.snapshot()), ConfigurationError, "Make a new simulation"),
        ]:
            with pytest.raises(error, match=words):
                call()
        sim.inject("alpha.left", {"value": 1.0, "pattern": np.ones(2)}, source="probe_7")
        assert sim.injections[0].message.source == "probe_7"
    with pytest.raises(ContractError, match="it is closed"):
        sim.step()
    with pytest.raises(ContractError, match="has been closed"), sim:
        pass


WRONG: dict[str, tuple[Any, str]] = {
    "brain": (lambda: Simulation(5), "the brain is 5: give the name of a blueprint"),  # type: ignore[arg-type]
    "env": (lambda: Simulation("frankenbot", env=5), "the environment is 5: give a name"),  # type: ignore[arg-type]
    "seed": (lambda: Simulation(fast_ring(), seed=1.5), "the seed is 1.5: give a whole"),  # type: ignore[arg-type]
    "env_options": (
        lambda: Simulation("frankenbot", env_options=["seed"]),  # type: ignore[arg-type]
        "env_options is .'seed'.: give a mapping",
    ),
    "unknown parameter": (
        lambda: Simulation("frankenbot", env_options={"taks": "stack"}),
        "no parameter of neuralbrain/Tabletop-Place-v0 'taks'. Did you mean 'task'",
    ),
    "unknown parameter of many": (
        lambda: Simulation("nanoswarm", env_options={"cancr": 2}),
        "no parameter of neuralbrain/NanoSwarm-v0 'cancr'. Did you mean 'cancer'",
    ),
    "observers": (
        lambda: Simulation(fast_ring(), observers=[print]),  # type: ignore[list-item]
        "one of the observers is .*: give an object with a method observe",
    ),
    "no observers": (lambda: Simulation(fast_ring(), observers=5), "the list of observers is 5"),  # type: ignore[arg-type]
    "runtime": (lambda: Simulation(fast_ring(), runtime=5), "There is no runtime 5"),  # type: ignore[arg-type]
    "address": (lambda: Simulation(fast_ring(), address=5), "the address of Ray is 5"),  # type: ignore[arg-type]
    "snapshot": (lambda: Simulation.from_snapshot({}), "the snapshot is {}: give what"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_of_no_use_is_refused_before_anything_begins(case: str) -> None:
    call, words = WRONG[case]
    with pytest.raises(ConfigurationError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_file_names_code_only_where_it_is_trusted(tmp_path: Path) -> None:
    path, kind = tmp_path / "mine.yaml", "neuralbrain.regions.thalamus:Thalamus"
    mine = Blueprint.load("frankenbot").replaced("thalamus", kind)
    path.write_text(json.dumps(mine.model_dump(by_alias=True, mode="json")))
    with pytest.raises(ConfigurationError, match="it names the code"):
        Simulation(path)
    with Simulation(path, allow_code=True) as sim:
        assert sim.blueprint.by_name["thalamus"].type == kind


def test_what_is_left_open_is_told() -> None:
    sim = Simulation(fast_ring())
    assert repr(sim) == "<Simulation of 'toy', seed 0, at tick 0>"
    session = sim.session
    with pytest.warns(ResourceWarning, match="Simulation of 'toy', seed 0, at tick 0> was left open"):
        del sim
    assert session.closed


def test_it_is_found_at_the_top_and_loaded_when_it_is_asked_for() -> None:
    assert neuralbrain.Simulation is Simulation
    with pytest.raises(AttributeError, match="has no attribute 'Simulator'"):
        neuralbrain.Simulator  # noqa: B018
    code = "import sys, neuralbrain; print('neuralbrain.simulation' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (5, "is a sentence, not int"),
        ("put \ud800 there", "is no text"),
        ("put \x1b[31m there", "is no text"),
        ("and then " * 300, "2700 characters: say at most 2000"),
    ],
)
def test_what_is_no_sentence_is_not_heard(said: Any, why: str) -> None:
    with (
        Simulation("frankenbot", env="tabletop-place", seed=3) as sim,
        pytest.raises(ConfigurationError, match=why),
    ):
        sim.say(said)
    assert (
        legible("ein \udcff L\x07ffel\n") == "ein \N{REPLACEMENT CHARACTER} L\N{REPLACEMENT CHARACTER}ffel\n"
    )


@pytest.mark.parametrize("wrong", [0, -1, 1.5, math.nan, "3", None, True])
def test_a_number_that_is_none_runs_nothing(wrong: Any) -> None:
    with Simulation("frankenbot", env="tabletop-place", seed=3) as sim:
        for run in (sim.step, sim.run_for if wrong != 1.5 else sim.step):
            with pytest.raises(ConfigurationError, match="give a"):
                run(wrong)
        assert sim.tick == 0

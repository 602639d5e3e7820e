"""A talk: who says what when, and what is kept of it."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from neuralbrain.agents.episode import EpisodeResult, run_episode
from neuralbrain.agents.replay import replay_run
from neuralbrain.agents.talk import Person, talk
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Done
from neuralbrain.record.folder import read_manifest
from neuralbrain.record.report import write_report
from neuralbrain.simulation import Simulation

ENV, SEED = "tabletop-place", 3  # a table with two bowls, three blocks and no blue block


def talked(out: Path, person: Person, *, runtime: str = "inline", **options: Any) -> EpisodeResult:
    def drive(sim: Simulation) -> float:
        return talk(sim, person, paced=False)

    options = {"agent": "frankenbot", "env": ENV, "seed": SEED, "out": out, **options}
    return run_episode(**options, runtime=runtime, drive=drive, stays=True)


def test_a_talk_is_recorded_told_and_replayed(tmp_path: Path) -> None:
    lines = ["put the red block in the bowl", "the yellow one", "what did you do?", "quit", "go home"]
    result = talked(tmp_path, Person(script=iter(lines)))
    assert (result.success, result.outcome, result.judged_by) == (True, "said", "brain")
    assert result.wall_seconds < result.waited_seconds
    manifest = read_manifest(Path(result.run_dir))
    assert manifest["status"] == "done"
    assert manifest["ended"] == result.ticks
    said = [(line["who"], line.get("outcome")) for line in manifest["dialogue"]]
    assert said == [("person", None), ("brain", "asked")] + [("person", None), ("brain", "done")] + [
        ("person", None),
        ("brain", "said"),
    ]
    assert manifest["dialogue"][1]["choices"] == ["the red bowl", "the yellow bowl"]
    assert replay_run(result.run_dir).same
    report = write_report(Path(result.run_dir)).read_text()
    assert "<h2>Dialogue</h2>" in report
    assert report.index("the yellow one") < report.index("<h2>Timeline</h2>")


@pytest.mark.ray
@pytest.mark.usefixtures("ray_session")
def test_a_talk_on_ray_is_the_inline_one(tmp_path: Path) -> None:
    lines = ["put the block in the bowl", "green", "red"]
    here = talked(tmp_path, Person(script=iter(lines)))
    there = talked(tmp_path, Person(script=iter(lines)), runtime="ray")
    assert (there.trace_sha256, there.outcome) == (here.trace_sha256, "done")
    assert replay_run(there.run_dir, runtime="inline").same


def test_a_person_breaks_in_and_leaves_in_the_middle(tmp_path: Path) -> None:
    person = Person(first="put the red block in the red bowl")

    class Hasty:
        """Stops it at 4.2 s, says another object when it has, and leaves 2 s later."""

        left = 0

        def observe(self, until: int, emissions: Any) -> None:
            if until == 84:
                person.say("  ")  # to say nothing while it acts means nothing
                assert person.call()
            if any(isinstance(emission.message, Done) for emission in emissions):
                person.say("put the green block in the red bowl")
                self.left = until + 40
            if until == self.left:
                person.leave()

    def drive(sim: Simulation) -> float:
        return talk(sim, person, paced=True)

    result = run_episode("frankenbot", ENV, SEED, out=tmp_path, drive=drive, stays=True, observers=[Hasty()])
    manifest = read_manifest(Path(result.run_dir))
    lines = [(line["text"], line.get("outcome")) for line in manifest["dialogue"]]
    assert lines[:3] == [
        ("put the red block in the red bowl", None),
        ("stop", None),
        ("I have stopped.", "halted"),
    ]
    assert lines[3:] == [("put the green block in the red bowl", None)]
    assert (result.success, result.outcome, result.answer) == (False, "halted", "")
    assert result.ticks > 100
    assert replay_run(result.run_dir).same


def test_nothing_is_said(tmp_path: Path) -> None:
    result = talked(tmp_path, Person(script=iter([])))
    assert (result.outcome, result.ticks) == ("halted", 0)
    assert replay_run(result.run_dir).same


def test_it_is_paced_and_the_persons_own_time_is_told_apart() -> None:
    person = Person()
    threading.Timer(0.5, person.say, ["go home"]).start()
    with Simulation("frankenbot", ENV, SEED) as sim:
        begun = time.monotonic()
        threading.Timer(6.0, person.leave).start()
        thought = talk(sim, person, paced=True)
        took = time.monotonic() - begun - thought
    assert thought > 0.5
    assert took > 0.9 * sim.tick * 0.05


def test_a_second_call_ends_the_talk() -> None:
    person = Person()
    assert not person.call()  # nothing to stop
    assert not person.call()
    assert person.next() is None


def test_who_cannot_talk_is_refused(toy_agent: Path, toy_env: str, tmp_path: Path) -> None:
    rest = [line for line in toy_agent.read_text().splitlines() if not line.startswith("hears:")]
    toy_agent.write_text("\n".join(rest))
    with pytest.raises(ConfigurationError, match="hears nobody"):
        talked(tmp_path / "runs", Person(), agent=str(toy_agent), env=toy_env, allow_code=True)
    toy_agent.write_text("\n".join([*rest, "hears: mind.instruction"]))
    with pytest.raises(ConfigurationError, match="ends with its first sentence"):
        talked(tmp_path / "runs", Person(), agent=str(toy_agent), env=toy_env, allow_code=True)
    assert not (tmp_path / "runs").exists()


def test_a_swarm_of_one_goes_from_mission_to_mission(tmp_path: Path) -> None:
    lines = ["find a cancer cell", "make tea", "stop", "find the cancer cells and treat them"]
    result = talked(tmp_path, Person(script=iter(lines)), agent="nanorobot", env=None)
    dialogue = read_manifest(Path(result.run_dir))["dialogue"]
    assert [line["outcome"] for line in dialogue if line["who"] == "brain"] == [
        "done",
        "refused",
        "halted",
        "done",
    ]
    assert replay_run(result.run_dir).same

"""A run with a model is replayed without it, on either runtime; where it cannot be, the tick is said."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuralbrain.agents.episode import EpisodeResult
from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.agents.replay import replay_run
from neuralbrain.cli import main
from neuralbrain.errors import RecordError
from neuralbrain.language.cassette import Cassette
from neuralbrain.messages import ModelReply
from neuralbrain.record.check import check_record, told_otherwise
from neuralbrain.record.folder import read_manifest, write_manifest
from neuralbrain.record.log import read_log
from tests.language_model.brains import ANSWER, NONE, RIDDLE, SAYS, episode, simulation
from tests.language_model.conftest import in_turn, question

BROKEN = Reply(status=401, error="no")


def sent(run: EpisodeResult) -> list[object]:
    kinds = {"model_reply", "model_call", "deliberated"}
    return [emission.message for emission in read_log(Path(run.run_dir) / "episode.mcap", kinds=kinds)]


@pytest.mark.ray
def test_a_run_on_ray_is_that_of_one_process_and_is_replayed_there(tmp_path: Path, ray_session: None) -> None:
    with ScriptedServer(lambda asked: SAYS).running() as server:
        here, there = (episode(server.url, tmp_path, runtime=runtime) for runtime in ("inline", "ray"))
    assert here.trace_sha256 == there.trace_sha256 and len(server.asked) == 2
    assert replay_run(there.run_dir, runtime="inline").same


@pytest.mark.parametrize("kind", ["answered", "spent", "failed"])
def test_whatever_came_of_the_question_is_replayed(kind: str, tmp_path: Path) -> None:
    script = BROKEN if kind == "failed" else SAYS
    with ScriptedServer(lambda asked: script).running() as server:
        run = episode(server.url, tmp_path, **({"each": NONE} if kind == "spent" else {}))
        asked = len(server.asked)
    assert asked == run.model_calls == (0 if kind == "spent" else 1)
    (reply,) = (one for one in sent(run) if isinstance(one, ModelReply))
    assert reply.outcome == kind and (run.outcome, run.answer.endswith(ANSWER)) == (
        ("said", True) if kind == "answered" else ("refused", False)
    )
    assert run.model_cost == (0 if kind == "spent" else None)
    assert (run.model_questions, run.model_taken) == (1, int(kind == "answered"))
    assert replay_run(run.run_dir).same
    check_record(Path(run.run_dir))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda manifest: manifest.update(instruction="stack them"), "its instruction 'stack them' was said"),
        (lambda manifest: manifest["dialogue"][0].update(text="stack them"), "its dialogue "),
        (lambda manifest: manifest["dialogue"].pop(), "its dialogue "),
        (lambda manifest: manifest["result"].update(answer="Done."), "its result.answer 'Done.' was said"),
    ],
)
def test_a_manifest_that_tells_of_other_words_than_its_log_is_another(
    change: Callable[[Any], object], told: str, said_run: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever changes it can renew its checksum."""
    manifest = read_manifest(said_run)
    kept = json.dumps(manifest)
    change(manifest)
    write_manifest(said_run, manifest)
    try:
        (line,) = told_otherwise(said_run, read_manifest(said_run))
        assert told in line and ", by the log " in line
        with pytest.raises(RecordError, match="is not of this log: by its "):
            check_record(said_run)
        if "instruction" in told:  # a replay takes longer
            with pytest.raises(SystemExit) as ended:
                main(["replay", str(said_run), "--quiet"])
            words = " ".join(capfd.readouterr().out.split())
            assert ended.value.code == 1 and told in words and "the same trace, and another record" in words
    finally:
        write_manifest(said_run, json.loads(kept))


@pytest.fixture(scope="module")
def said_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with ScriptedServer(lambda asked: SAYS).running() as server:
        return Path(episode(server.url, tmp_path_factory.mktemp("said")).run_dir)


def test_another_prompt_is_said_with_its_tick(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with ScriptedServer(lambda asked: SAYS).running() as server:
        run = Path(episode(server.url, tmp_path).run_dir)
    manifest = read_manifest(run)
    for region in manifest["blueprint"]["regions"]:
        if "env_seed" in region["config"]:
            region["config"]["env_seed"] = 4
    write_manifest(run, manifest)
    with pytest.raises(SystemExit) as ended:
        main(["replay", str(run), "--quiet"])
    said = capfd.readouterr().err.strip()
    assert ended.value.code == 2 and "\n" not in said
    (asked,) = read_log(run / "episode.mcap", {"model_request"})
    assert f"at tick {asked.tick} 'cortex' asks the model something else ('q_1')" in said


def test_a_prompt_that_was_never_asked_is_said_with_its_tick() -> None:
    with pytest.raises(RecordError, match="at tick 3 'cortex' asks the model 'q_9', which was not asked in"):
        Cassette(asked={"q_1": ""}, replies=()).reply(question(name="q_9"), 7, late=False)


def test_an_answer_is_paid_once_and_what_is_used_stays_used() -> None:
    with ScriptedServer(in_turn(SAYS, Reply(text="{}"))).running() as server, simulation(server.url) as sim:
        state = sim.snapshot()
        answers = []
        for _ in range(2):
            sim.say(RIDDLE)
            done = sim.run_until_done()
            assert done is not None
            answers.append((sim.tick, done.text))
            sim.restore(state)
        assert answers[0] == answers[1] and answers[0][1].endswith(ANSWER) and len(server.asked) == 1

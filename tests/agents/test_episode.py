"""The episode loop: figures, manifest, replay, and what is left of runs that break off."""

import json

import pytest

from neuralbrain.agents.episode import prepared, run_episode, usual_agent
from neuralbrain.agents.replay import replay_run
from neuralbrain.environments import environment_ids, find_environment, task_name
from neuralbrain.errors import (
    BlueprintError,
    ConfigurationError,
    ContractError,
    RecordError,
    UnknownNameError,
)
from neuralbrain.profile import profile
from neuralbrain.record.folder import read_manifest, write_manifest
from neuralbrain.record.log import read_log
from neuralbrain.record.report import write_report


def test_the_figures_of_an_episode(toy_agent, toy_env, tmp_path):
    result = run_episode(str(toy_agent), "toy-task", 4, out=tmp_path / "runs", allow_code=True)
    assert list(result.as_dict()) == [
        "success",
        "outcome",
        "task",
        "instruction",
        "seed",
        "ticks",
        "sim_seconds",
        "wall_seconds",
        "waited_seconds",
        "model_calls",
        "model_tokens",
        "model_cost",
        "model_questions",
        "model_taken",
        "probe_calls",
        "probe_tokens",
        "probe_cost",
        "anomalies",
        "recovered",
        "trace_sha256",
        "profile",
        "run_dir",
        "judged_by",
        "standing",
        "conditions",
        "answer",
        "choices",
        "warnings",
    ]
    assert result.success
    assert (result.task, result.seed, result.judged_by) == ("toy-task", 4, "simulator")
    assert (result.standing, result.conditions) == ("believed and true", {})
    assert result.instruction == "put the red block in the blue bowl"
    assert result.sim_seconds == pytest.approx(result.ticks * 0.05)
    assert (result.anomalies, result.recovered, result.model_calls) == (1, 1, 0)
    manifest = read_manifest(tmp_path / "runs" / result.run_dir)
    assert manifest["status"] == "done"
    assert manifest["result"] == json.loads(json.dumps(result.as_dict()))
    assert manifest["evaluation"] == {"lifted": True, "error": 0.01}
    assert manifest["profile"] == {"name": result.profile, "holds": True, "reasons": []}
    assert manifest["machines"][0]["c_library"].startswith("glibc")
    assert manifest["firings"] == {"body": result.ticks, "ear": 1, "mind": result.ticks}


def test_simulator_truth_judges_the_task_and_the_brain_a_sentence_of_ones_own(toy_agent, toy_env, tmp_path):
    odd = run_episode(
        str(toy_agent), toy_env, 3, out=tmp_path, allow_code=True
    )  # by the toy's truth, an odd seed fails
    own = run_episode(str(toy_agent), toy_env, 3, out=tmp_path, instruction="dance", allow_code=True)
    assert (odd.success, odd.judged_by, odd.standing) == (False, "simulator", "believed but false")
    assert (own.success, own.judged_by, own.instruction) == (True, "brain", "dance")
    assert own.standing == "believed", "this world cannot say"


def test_a_replay_is_the_same_and_a_changed_one_is_not(toy_agent, toy_env, tmp_path):
    folder = tmp_path / run_episode(str(toy_agent), toy_env, 4, out=tmp_path, allow_code=True).run_dir
    before = sorted(path.name for path in tmp_path.rglob("*"))
    again = replay_run(folder, allow_code=True)
    assert again.same
    assert again.versions == again.numbers == again.files == {}
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    manifest = read_manifest(folder)
    manifest["seed"] += 1
    manifest["versions"]["numpy"] = "0.1"
    (code,) = manifest["files"]
    manifest["files"] = {code: "0" * 64, "gone.npy": "1" * 64}
    manifest["profile"] = {"name": "unpinned", "holds": False, "reasons": ["a GPU"]}
    write_manifest(folder, manifest)
    other = replay_run(folder, allow_code=True)
    assert not other.same
    assert other.versions["numpy"][0] == "0.1"
    assert {path: then for path, (then, _) in other.files.items()} == manifest["files"]
    assert code.endswith(".py")
    assert other.numbers["profile"] == ("unpinned: a GPU", str(profile()))


@pytest.mark.ray
@pytest.mark.usefixtures("ray_session")
def test_an_episode_on_ray_is_the_inline_one(toy_agent, toy_env, tmp_path):
    here = run_episode(str(toy_agent), toy_env, 4, out=tmp_path, allow_code=True)
    there = run_episode(str(toy_agent), toy_env, 4, out=tmp_path, runtime="ray", allow_code=True)
    assert there.trace_sha256 == here.trace_sha256
    # Other tests may have used JAX in this process, under a flag that is part of the profile's name.
    assert there.profile == here.profile.partition("+")[0]
    sent = [list(read_log(tmp_path / run.run_dir / "episode.mcap")) for run in (here, there)]
    assert [(e.tick, e.region, e.port) for e in sent[0]] == [(e.tick, e.region, e.port) for e in sent[1]]
    assert replay_run(tmp_path / here.run_dir, runtime="ray", allow_code=True).same


def test_what_breaks_off_leaves_a_record(toy_agent, toy_env, tmp_path):
    toy_agent.write_text(toy_agent.read_text().replace("last_tick: 60", "broken_at: 20"))
    with pytest.raises(ContractError, match="the arm came off") as caught:
        run_episode(str(toy_agent), toy_env, 4, out=tmp_path / "runs", allow_code=True)
    (folder,) = (tmp_path / "runs").iterdir()
    assert f"record: {folder}" in caught.value.__notes__
    manifest = read_manifest(folder)
    assert manifest["status"] == "crashed"
    assert "the arm came off" in manifest["error"]
    assert manifest["result"] is None
    assert max(e.tick for e in read_log(folder / "episode.mcap")) >= 10
    assert "the arm came off" in write_report(folder).read_text()
    with pytest.raises(RecordError, match="this run is 'crashed'"):
        replay_run(folder, allow_code=True)


def test_an_interrupt_leaves_a_record(toy_agent, toy_env, tmp_path):
    class Impatient:
        def observe(self, until, emissions):
            if until >= 20:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_episode(
            str(toy_agent), toy_env, 4, out=tmp_path / "runs", observers=[Impatient()], allow_code=True
        )
    (folder,) = (tmp_path / "runs").iterdir()
    manifest = read_manifest(folder)
    assert manifest["status"] == "interrupted"
    assert manifest["so_far"]["ticks"] == 20
    assert max(e.tick for e in read_log(folder / "episode.mcap")) == 19


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"env": "nowhere"}, UnknownNameError, "no environment 'nowhere'"),
        ({"agent": "nobody"}, UnknownNameError, "no agent 'nobody'"),
        ({"seed": -1}, ConfigurationError, "the seed is -1: give a whole number from 0 to 4294967295"),
        ({"instruction": "  "}, ConfigurationError, "the instruction is empty"),
        ({"runtime": "abacus"}, UnknownNameError, "no runtime 'abacus'"),
    ],
)
def test_wrong_use_writes_nothing(toy_agent, toy_env, tmp_path, change, error, message):
    wanted = {
        "agent": str(toy_agent),
        "env": toy_env,
        "seed": 0,
        "out": tmp_path / "runs",
        **change,
    }
    with pytest.raises(error, match=message):
        run_episode(**wanted, allow_code=True)
    assert not (tmp_path / "runs").exists()


def test_a_body_that_takes_no_world_is_refused(toy_agent, toy_env, tmp_path):
    toy_agent.write_text(toy_agent.read_text().replace("toys:ToyBody", "toys:ToyMind"))
    with pytest.raises(BlueprintError):
        run_episode(str(toy_agent), toy_env, 0, out=tmp_path / "runs", allow_code=True)


def test_names_of_environments(toy_env):
    assert toy_env in environment_ids()
    for name in (toy_env, "Toy-Task-v0", "toy-task", "TASK", "task"):
        assert find_environment(name) == toy_env
    assert task_name(toy_env) == "toy-task"
    for name in ("", "oy-task", "toy"):
        with pytest.raises(UnknownNameError):
            find_environment(name)


def test_a_world_without_a_task_wants_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match="Tabletop-Free-v0 has no task of its own: say what to do"):
        prepared("frankenbot", "tabletop-free", 0)
    prepared("frankenbot", "tabletop-free", 0, instruction="put the red block in the blue bowl")
    prepared("frankenbot", "tabletop-free", 0, stays=True)


@pytest.mark.parametrize(
    ("env", "agent"),
    [(None, "frankenbot"), ("place", "frankenbot"), ("rover-reach", "rover"), ("NanoSeek", "nanorobot")],
)
def test_a_world_has_its_agent(env: str | None, agent: str) -> None:
    assert usual_agent(env) == agent

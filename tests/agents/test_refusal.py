"""What cannot begin is refused before anything starts: Ray, a folder, an episode."""

import json
from pathlib import Path

import pytest

from neuralbrain.agents.episode import prepared
from neuralbrain.agents.replay import replay_run
from neuralbrain.embodiment import agents
from neuralbrain.environments import find_environment
from neuralbrain.errors import ConfigurationError, UnknownNameError
from neuralbrain.region_types import region_class
from neuralbrain.runtime import cluster
from tests.cli.conftest import cli  # noqa: F401


@pytest.mark.parametrize(("env", "agent"), agents().items())
def test_the_agent_of_a_world_fits_it_and_where_none_is_named_none_fits(env, agent):
    if agent:
        ready = prepared(agent, env, 0, instruction="hello")  # some worlds ask for nothing themselves
        assert ready.by_name["brainstem"].config["env"] == env
        return
    for other in sorted({*agents().values()} - {""}):
        with pytest.raises(
            ConfigurationError, match="has no `body` for region 'brainstem' to drive|needs a world model"
        ):
            prepared(other, env, 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--env", "rover-reach", "--agent", "frankenbot"],
            "is no ArmBody, so region 'brainstem' cannot drive it: --agent rover does",
        ),
        (["--env", "Taxi-v4"], "the environment 'Taxi-v4' has no `body` for region 'brainstem'"),
        (["--env", "Taxi-v3"], "Please use `Taxi-v4` instead"),
        (["--env", "ALE/Pong-v5"], "Have you installed the proper package for ALE?"),
        (["--env", "my_module:My-v0"], "the module of the environment 'my_module:My-v0' cannot be imported"),
        (["--env", "nowhere"], "There is no environment 'nowhere'"),
        (["--agent", "nobody"], "There is no agent 'nobody'"),
        (["--seed", "4294967296"], "the seed is 4294967296: give a whole number from 0 to 4294967295"),
        (["--seed", "4294967295", "--episodes", "2"], "the seed is 4294967296"),
        (["--memory", "/dev/null"], "/dev/null"),
    ],
)
def test_an_episode_that_cannot_begin_starts_nothing(cli, monkeypatch, words, says):  # noqa: F811
    monkeypatch.setattr(cluster, "session", lambda address: pytest.fail("Ray started"))
    done = cli("episode", *words)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("error: ") and says in done.err
    assert not list(Path().iterdir())


def test_training_that_cannot_begin_makes_no_folder(cli):  # noqa: F811
    for words, says in (
        (["--env", "Taxi-v3"], "use `Taxi-v4`"),
        (["--env", "rover-push"], "actions"),
        (["--seed", "4294967296", "--env", "Taxi-v4"], "--seed"),
    ):
        done = cli("train", "q", "--steps", 100, *words)
        assert (done.status, done.err.count("\n"), says in done.err) == (2, 1, True), done.err
    assert not list(Path().iterdir())


def test_a_replay_of_a_brain_that_does_not_fit_starts_nothing(tmp_path):
    blueprint = prepared("frankenbot", None, 0)
    changed = blueprint.configured("brainstem", env="neuralbrain/Rover-Reach-v0")
    result = {
        "success": True,
        "outcome": "done",
        "ticks": 1,
        "sim_seconds": 0.05,
        "wall_seconds": 0.1,
        "model_calls": 0,
        "judged_by": "simulator",
        "trace_sha256": "0" * 64,
    }
    manifest = {
        "format": 2,
        "status": "done",
        "seed": 0,
        "env": "x",
        "task": "x",
        "instruction": None,
        "started": "2026-01-01T00:00:00+00:00",
        "runtime": "ray",
        "versions": {},
        "result": result,
        "blueprint": changed.model_dump(mode="json", by_alias=True),
    }
    (tmp_path / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(ConfigurationError, match="--agent rover does"):
        replay_run(tmp_path)


def test_gymnasiums_own_advice_is_passed_on():
    assert find_environment("Taxi-v4") == "Taxi-v4"
    assert find_environment("gymnasium:CartPole-v1") == "gymnasium:CartPole-v1"
    with pytest.raises(ConfigurationError, match="`NanoSeek`"):
        find_environment("neuralbrain/NanoSeeker-v0")


def test_an_embodiment_that_is_not_installed_is_told_from_a_wrong_name():
    with pytest.raises(UnknownNameError, match=r"'quadruped' registers it .* neuralbrain\.embodiments"):
        region_class("quadruped.brainstem")
    with pytest.raises(UnknownNameError, match=r"entry point group neuralbrain\.regions"):
        region_class("arm.brainstemm")

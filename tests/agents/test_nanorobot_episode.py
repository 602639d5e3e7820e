"""Episodes of the nanorobot brains: one robot and many, one trace in both runtimes, and the whole record."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from neuralbrain.agents.advice import Model
from neuralbrain.agents.episode import prepared, run_episode
from neuralbrain.agents.oracle import oracle_server
from neuralbrain.agents.replay import replay_run
from neuralbrain.blueprint import Blueprint
from neuralbrain.environments import own_world
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.server import Abilities, Server
from neuralbrain.messages import Deliberated
from neuralbrain.nanorobots.messages import Phase
from neuralbrain.record.folder import read_manifest, write_manifest
from neuralbrain.record.log import read_log
from neuralbrain.record.movie import write_movie
from neuralbrain.record.report import retell, write_report
from neuralbrain.runtime import run_brain
from tests.nanorobots.worlds import WORLDS, brain


@pytest.fixture
def agents(tmp_path: Path) -> dict[str, str]:
    """The brains as files, each in its small world."""
    files = {}
    for name in WORLDS:
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(brain(name, 0).model_dump(mode="json", by_alias=True)))
        files[name] = str(path)
    return files


@pytest.mark.ray  # first: Ray forks when it starts, and a process in which JAX runs should not be forked
@pytest.mark.parametrize(("grouped", "seed"), [(False, 0), (True, 1)])
def test_ray_gives_the_inline_trace(ray_session: None, grouped: bool, seed: int) -> None:
    blueprint = brain("nanorobot", seed)
    straight = run_brain(blueprint, seed)
    assert straight.stop is not None
    if grouped:
        blueprint = blueprint.grouped(dict.fromkeys(blueprint.by_name, "one"))
    result = run_brain(blueprint, seed, runtime="ray")
    assert (result.trace, result.ticks) == (straight.trace, straight.ticks)
    assert result.stop == straight.stop
    assert result.firings == straight.firings


def test_a_robot_finds_the_cell_and_treats_it(agents: dict[str, str], tmp_path: Path) -> None:
    result = run_episode(agents["nanorobot"], seed=3, out=tmp_path / "runs")
    assert result.success
    assert (result.task, result.judged_by) == ("nanodeliver", "simulator")
    assert result.instruction == "Find the cancer cell and treat it."
    assert result.answer.startswith("I treated 1 cancer cell")
    folder = Path(result.run_dir)
    manifest = read_manifest(folder)
    assert manifest["env"] == "neuralbrain/NanoDeliver-v0"
    assert manifest["evaluation"]["killed"] == 1
    assert replay_run(folder).same
    story, *_ = retell(folder)
    tried = [(attempt.step, attempt.state) for attempt in story.attempts]
    assert tried[:2] == [("find", "succeeded"), ("treat", "succeeded")]
    assert any("mission: the robot: deliver" in text for _, _, text in story.news)
    with Image.open(write_movie(folder) or "") as film:
        assert film.n_frames > 10
    text = write_report(folder).read_text()
    assert "data:image/gif" in text
    assert "find cancer cells" in text


@pytest.mark.parametrize(
    ("agent", "text", "said"),
    [
        ("nanorobot", "treat a cancer cell", "I treated 1 cancer cell with"),
        ("nanoswarm", "find a cancer cell with two robots", "2 robots have found a cancer cell."),
    ],
)
def test_it_goes_by_a_models_plan_and_is_replayed_without_the_model(
    agents: dict[str, str], tmp_path: Path, agent: str, text: str, said: str
) -> None:
    with oracle_server("neuralbrain/NanoSeek-v0") as server:
        told = Server(base_url=server.url, model="oracle", abilities=Abilities(form="schema"))
        result = run_episode(
            agents[agent], seed=3, out=tmp_path / "runs", model=Model(server=told), instruction=text
        )
    assert (result.outcome, result.model_calls) == ("done", 1)
    assert result.answer.startswith(said)
    folder = Path(result.run_dir)
    (deliberated,) = (sent.message for sent in read_log(folder / "episode.mcap", kinds={"deliberated"}))
    assert isinstance(deliberated, Deliberated) and deliberated.verdict == "accepted"
    assert replay_run(folder).same


def test_what_is_not_the_same_again_is_not_shown(agents: dict[str, str], tmp_path: Path) -> None:
    result = run_episode(agents["nanorobot"], seed=3, out=tmp_path / "runs")
    folder = Path(result.run_dir)
    manifest = read_manifest(folder)
    (spec,) = [r for r in manifest["blueprint"]["regions"] if r["name"] == "brainstem"]
    spec["config"]["env_seed"] = 4
    write_manifest(folder, manifest)
    assert write_movie(folder) is None
    assert "<img" not in write_report(folder).read_text()


def test_a_swarm_is_one_body_and_its_log_comes_back_as_it_was_sent(
    agents: dict[str, str], tmp_path: Path
) -> None:
    sent: list[Any] = []

    class Watch:
        def observe(self, until: int, emissions: Any) -> None:
            sent.extend(emissions)

    result = run_episode(agents["nanoswarm"], seed=1, out=tmp_path / "runs", observers=[Watch()])
    assert result.success
    assert result.answer == "All 70 robots have found a cancer cell."
    logged = list(read_log(Path(result.run_dir) / "episode.mcap"))
    assert [(e.tick, e.region, e.port) for e in logged] == [(e.tick, e.region, e.port) for e in sent]
    for here, there in zip(sent, logged, strict=True):
        for (name, one), (_, two) in zip(here.message.arrays(), there.message.arrays(), strict=True):
            assert one.dtype == two.dtype and np.array_equal(one, two), (here.port, name)
    missions = [e.message for e in logged if e.port == "mission"]
    assert missions[0].phases.tolist() == [Phase.SEEK] * 70
    assert missions[-1].phases.tolist() == [Phase.STAY] * 70
    assert write_report(Path(result.run_dir)).exists()


@pytest.mark.parametrize("seeds", [range(2), pytest.param(range(2, 12), marks=pytest.mark.slow)])
def test_every_swarm_settles_and_the_brain_and_the_world_agree_that_it_has(seeds: range) -> None:
    said = []

    class Watch:
        def observe(self, until: int, emissions: Any) -> None:
            said.extend(e.message.text for e in emissions if e.port == "done")

    results = [run_brain(brain("nanoswarm", seed), seed, observers=[Watch()]) for seed in seeds]
    assert [(r.stop.reason, r.stop.success) for r in results if r.stop] == [("done", True)] * len(seeds)
    assert said == ["All 70 robots have found a cancer cell."] * len(seeds)
    assert max(result.ticks for result in results) < 1500, "long before the time is up"


@pytest.mark.parametrize("secretion", [7e4, 1e4])
def test_what_a_cell_secretes_is_the_bodys_business(secretion: float) -> None:
    for seed in range(3):
        blueprint = brain("nanorobot", seed)
        options = {**blueprint.by_name[blueprint.body].config["env_options"], "secretion": secretion}
        result = run_brain(blueprint.configured(blueprint.body, env_options=options), seed)
        assert result.stop and (result.stop.reason, result.stop.success) == ("done", True), seed


def test_a_brain_whose_time_is_up_says_what_it_did(agents: dict[str, str], tmp_path: Path) -> None:
    path = Path(agents["nanoswarm"])
    path.write_text(path.read_text().replace("ticks: 1500", "ticks: 150"))
    result = run_episode(str(path), seed=1, out=tmp_path / "runs")
    assert not result.success
    assert re.fullmatch(
        r"The time is up: [1-9]\d* of 70 robots ha(ve|s) found a cancer cell\.", result.answer
    )
    assert read_manifest(Path(result.run_dir))["reason"] == "out of time"


def test_a_sentence_of_ones_own(agents: dict[str, str], tmp_path: Path) -> None:
    found = run_episode(
        agents["nanorobot"], seed=3, instruction="search for the tumour", out=tmp_path / "runs"
    )
    assert (found.success, found.judged_by) == (True, "brain")
    assert found.answer == "The robot has found a cancer cell."
    odd = run_episode(agents["nanorobot"], seed=3, instruction="make tea", out=tmp_path / "runs")
    assert not odd.success
    assert "not 'make' and 'tea'" in odd.answer
    assert odd.ticks < 60
    harm = run_episode(
        agents["nanorobot"], seed=3, instruction="kill the healthy cells", out=tmp_path / "runs"
    )
    assert (harm.outcome, harm.success) == ("refused", False)
    said = {emission.message.kind for emission in read_log(Path(harm.run_dir) / "episode.mcap")}
    assert "done" in said and "mission" not in said


@pytest.mark.parametrize(
    ("agent", "world"),
    [
        ("frankenbot", "neuralbrain/Tabletop-Place-v0"),
        ("nanorobot", "neuralbrain/NanoDeliver-v0"),
        ("nanoswarm", "neuralbrain/NanoSwarm-v0"),
    ],
)
def test_each_brain_has_a_world_of_its_own(agent: str, world: str) -> None:
    assert own_world(Blueprint.load(agent)) == world
    assert prepared(agent, None, 0) == prepared(agent, world, 0)


def test_a_worlds_parameters_hold_for_that_world_only() -> None:
    def options(env: str | None) -> dict[str, Any]:
        blueprint = prepared("nanorobot", env, 5)
        assert blueprint.by_name["brainstem"].config["env_seed"] == 5
        return dict(blueprint.by_name["brainstem"].config["env_options"])

    own = options(None)
    assert own["cancer"] == 3
    assert options("neuralbrain/NanoSeek-v0") == {}


def test_a_brain_without_a_world_asks_for_one(tmp_path: Path) -> None:
    data = Blueprint.load("nanorobot").model_dump(mode="json", by_alias=True)
    (spec,) = [r for r in data["regions"] if r["name"] == "brainstem"]
    spec["config"] = {}
    (tmp_path / "homeless.yaml").write_text(yaml.safe_dump(data))
    with pytest.raises(ConfigurationError, match="has no world of its own: name one with --env"):
        run_episode(str(tmp_path / "homeless.yaml"), out=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()

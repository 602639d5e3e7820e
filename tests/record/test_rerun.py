"""The second body that makes the video."""

import gymnasium
import numpy as np
import pytest
import yaml
from PIL import Image

from neuralbrain.agents.episode import run_episode
from neuralbrain.record.folder import read_manifest
from neuralbrain.record.log import read_log
from neuralbrain.record.movie import write_movie
from neuralbrain.record.rerun import rerun
from tests.agents.arm import ENV, waving_brain


@pytest.fixture
def folder(tmp_path, monkeypatch):
    spec = gymnasium.envs.registration.EnvSpec(ENV, entry_point="tests.agents.arm:ToyArmEnv")
    monkeypatch.setitem(gymnasium.registry, ENV, spec)
    agent = tmp_path / "waver.yaml"
    agent.write_text(yaml.safe_dump(waving_brain().model_dump(mode="json", by_alias=True)))
    return tmp_path / run_episode(str(agent), ENV, 3, out=tmp_path, allow_code=True).run_dir


def column(rgb):
    return int(rgb[5, :, 0].argmax())


def test_a_rerun_shows_what_the_first_body_did(folder):
    felt = {e.tick: e.message for e in read_log(folder / "episode.mcap", {"arm_proprioception"})}
    forces = {e.tick: e.message.gripper_force for e in read_log(folder / "episode.mcap", {"motor_report"})}
    seen = rerun(folder, read_manifest(folder), 1000)
    assert [tick for tick, _ in seen[:-1]] == list(range(0, max(felt) + 1, 2))
    for tick, sight in seen[:-1]:
        assert column(sight.rgb) == round(32 + 10 * felt[tick].joint_positions[0])
        assert sight.rgb[0, 0, 0] == round(forces.get(tick - 1, 0))
    assert len({column(sight.rgb) for _, sight in seen}) > 5
    assert len(set(forces.values())) > 2
    assert len(rerun(folder, read_manifest(folder), 5)) <= 6


def test_a_body_that_does_not_do_the_same_is_not_shown(folder):
    manifest = read_manifest(folder)
    (brainstem,) = [r for r in manifest["blueprint"]["regions"] if r["name"] == "brainstem"]
    brainstem["config"]["env_options"] = {"lag": 0.4}
    assert rerun(folder, manifest, 1000) == []


def test_the_film_has_all_of_it(folder):
    columns = set()
    with Image.open(write_movie(folder)) as film:
        assert film.n_frames > 15
        for number in range(film.n_frames):
            film.seek(number)
            columns.add(column(np.array(film.convert("RGB"))))
        assert film.info["duration"] > 1000  # the end stands a while
    assert len(columns) > 5

"""A module in the present folder is found by every command that is told its name, and by no file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import gymnasium
import pytest

ROOT = Path(__file__).parents[2]
WORLD = """
import gymnasium
from gymnasium.spaces import Discrete


class Row(gymnasium.Env):
    observation_space, action_space = Discrete(5), Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = int(self.np_random.integers(4))
        return self.place, {}

    def step(self, action):
        self.place = min(max(self.place + (1 if action else -1), 0), 4)
        return self.place, float(self.place == 4), self.place == 4, False, {}


gymnasium.register("Row-v0", entry_point="my_row:Row", max_episode_steps=50)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_row.py").write_text(WORLD)
    (tmp_path / "my_broken.py").write_text("raise RuntimeError('not today')")
    return tmp_path


@pytest.fixture
def here(cli, folder, monkeypatch):
    """Run a command in this process, in that folder; afterwards nothing of its modules is left."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    known, registered = set(sys.modules), set(gymnasium.registry)
    yield cli
    for name in set(sys.modules) - known:
        if name.startswith("my_"):
            del sys.modules[name]
    for name in set(gymnasium.registry) - registered:
        del gymnasium.registry[name]


def command(folder, *words, script=True):
    """Run a command in a process of its own: by run.py, or as it is when installed."""
    installed = "import sys; sys.path.remove(''); from neuralbrain.cli import main; main()"
    begin = [str(ROOT / "run.py")] if script else ["-c", installed]
    return subprocess.run(
        [sys.executable, *begin, *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("script", [True, False])
def test_a_world_of_ones_own_is_found_in_the_present_folder(folder, script):
    words = ("train", "q", "--env", "my_row:Row-v0", "--steps", 100, "--evaluate", 2, "--json", "--quiet")
    done = command(folder, *words, script=script)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["env"] == "my_row:Row-v0"


STRANGERS = (
    "sksparse",
    "scikits",
    "interegular",
    "regex",
    "jax_plugins",
    "yaml",
    "numpy",
    "gymnasium",
    "mcap",
)
"""Modules that libraries look for, installed or not."""


@pytest.mark.parametrize(
    "words",
    [
        [str(ROOT / "run.py"), "brain", "check", "frankenbot"],
        ["-m", "neuralbrain", "brain", "check", "nanorobot"],
    ],
)
def test_nothing_is_run_because_it_lies_in_the_present_folder(words, tmp_path):
    for name in STRANGERS:
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').write(__file__)")
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.ray
def test_workers_run_nothing_because_it_lies_in_the_present_folder(tmp_path):
    for name in STRANGERS:
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').write(__file__)")
    words = (
        "episode",
        "turn left",
        "--env",
        "rover-free",
        "--agent",
        "rover",
        "--quiet",
        "--json",
        "--no-movie",
    )
    done = command(tmp_path, *words)
    assert (done.returncode, done.stderr) == (1, ""), "it is refused"
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_is_gone_is_told(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"cd {gone} && rmdir {gone} && {sys.executable} {ROOT / 'run.py'} envs"
    done = subprocess.run(["bash", "-c", line], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "error: the present folder is gone: change to another (cd)\n",
    )


def test_a_record_does_not_have_code_loaded(folder, here):
    words = ("--env", "my_row:Row-v0", "--steps", 100, "--evaluate", 2, "--json", "--quiet")
    run = json.loads(command(folder, "train", "q", *words).stdout)["run_dir"]
    told = (("report", run), ("train", "q", "--resume", run, "--steps", 200))
    for words in told:
        refused = here(*words)
        assert refused.status == 2
        assert "it names the code 'my_row:Row-v0'" in refused.err
        assert "my_row" not in sys.modules
    for words in told:
        assert here(*words, "--allow-code").status == 0
    assert "my_row" in sys.modules


def test_what_lies_in_the_present_folder_is_not_an_installed_package(folder):
    info = folder / "guest-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: guest\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[neuralbrain.embodiments]\nguest = my_broken:EMBODIMENT\n")
    done = command(folder, "envs", "--json")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ("my_row:Nope-v0", "Gymnasium does not know 'Nope-v0'"),
        ("nowhere:Row-v0", "cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("my_broken:Row-v0", "cannot be imported: RuntimeError: not today"),
    ],
)
def test_what_is_wrong_with_it_is_said_in_a_line(here, env, says):
    done = here("train", "q", "--env", env, "--steps", 9)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert says in done.err

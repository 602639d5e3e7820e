"""Nothing that stands in a file has code loaded: an adversary's folder, seen by each command that reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from neuralbrain.agents.episode import run_episode
from neuralbrain.blueprint import Blueprint
from neuralbrain.memory.store import Entry, write
from neuralbrain.record.folder import read_manifest, write_manifest

ROOT = Path(__file__).parents[1]
EVIL = """
from pathlib import Path
(Path(__file__).parent / "RAN").touch()
class Evil: pass
"""
SPEC = json.dumps({"id": "E-v0", "entry_point": "evil:Evil", "kwargs": {}})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("consent")
    return Path(run_episode("rover", "rover-free", 1, instruction="turn left", out=out).run_dir)


def in_body(**settings):
    return lambda blueprint: next(spec for spec in blueprint["regions"] if spec["name"] == blueprint["body"])[
        "config"
    ].update(settings)


def in_cortex(**settings):
    return lambda blueprint: next(spec for spec in blueprint["regions"] if spec["type"] == "cortex")[
        "config"
    ].update(settings)


def in_type(kind):
    return lambda blueprint: blueprint["regions"][0].update(type=kind)


WAYS = {
    "a region's type": in_type("evil:Evil"),
    "a file as a region's type": in_type("evil.py:Evil"),
    "a world": in_body(env="evil:Evil-v0"),
    "a world's spec": in_body(env=SPEC),
    "a world of worlds": in_body(env="json:evil:Evil-v0"),
    "an option of a world": in_body(env_options={"entry_point": "evil:Evil"}),
    "wrappers": in_body(env_options={"additional_wrappers": ["evil:Evil"]}),
    "an interpreter": in_cortex(interpreter="evil:Evil"),
    "a planner": in_cortex(planner="evil.py:Evil"),
    "an extension": lambda blueprint: blueprint.update(extensions=["evil.py:Evil"]),
    "a module as a name": in_type("evil"),
}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "evil.py").write_text(EVIL)
    (tmp_path / ".env").write_text("CHROMA_PRODUCT_TELEMETRY_IMPL=evil.Evil\nCHROMA_API_IMPL=evil.Evil\n")
    return tmp_path


def commands(place, *commands):
    """Run commands in one process in a folder; none runs its code, or meets what it does not expect."""
    lines = "import json, sys\nfrom neuralbrain.cli import main\nfor words in json.loads(sys.argv[1]):\n"
    lines += "    try: main(words)\n    except SystemExit as end: print('status', end.code, flush=True)\n"
    done = subprocess.run(
        [sys.executable, "-c", lines, json.dumps([[*map(str, words)] for words in commands])],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert not (place / "RAN").exists()
    assert "a bug" not in done.stderr
    return done


def test_no_command_loads_what_a_file_names(place, run):
    words = []
    for number, change in enumerate(WAYS.values()):
        folder = place / f"run{number}"
        folder.mkdir()
        (folder / "episode.mcap").write_bytes((run / "episode.mcap").read_bytes())
        manifest = read_manifest(run)
        change(manifest["blueprint"])
        write_manifest(folder, manifest)
        brain = place / f"brain{number}.yaml"
        brain.write_text(yaml.safe_dump(manifest["blueprint"]))
        words += [
            ("report", folder, "--no-movie"),
            ("report", folder),
            ("replay", folder, "--runtime", "inline", "--quiet"),
            ("replay", folder, "--check"),
            ("recall", folder, "block"),
            ("brain", "check", brain),
            ("brain", "show", brain),
            ("episode", "--agent", brain, "--runtime", "inline", "--quiet", "turn left"),
        ]
    done = commands(place, *words)
    assert done.stderr.count("a file is not trusted to do that") >= 3 * 8


TAGS = ("!!python/object/apply:os.system", "!!python/name:evil.Evil", "!!python/module:evil")


def test_no_file_is_a_pickle_or_makes_objects(place):
    class Pickled:
        def __reduce__(self):
            return exec, (EVIL.replace("__file__", repr(str(place / "evil.py"))),)

    objects = np.array([Pickled()], dtype=object)
    np.save(place / "signal.npy", objects, allow_pickle=True)
    np.savez(place / "checkpoint.npz", leaf0=objects, manifest=np.array("{}"))
    data = Blueprint.load("rover").model_dump(mode="json", by_alias=True)
    config = {"file": str(place / "signal.npy")}
    data["regions"].append({"name": "source", "type": "signal_source", "config": config})
    (place / "signal.yaml").write_text(yaml.safe_dump(data))
    for number, tag in enumerate(TAGS):
        (place / f"tag{number}.yaml").write_text(f"name: {tag} [touch RAN]\n")
    write(place / "memory", [Entry(text="the red block", metadata={"a": 1})])
    done = commands(
        place,
        ("episode", "--agent", "signal.yaml", "--runtime", "inline", "--quiet", "turn left"),
        ("train", "q", "--resume", place),
        *(("brain", "check", f"tag{number}.yaml") for number in range(len(TAGS))),
        ("recall", "memory", "red block"),  # Chroma reads the .env beside it, unless it is told not to
    )
    assert "is no NumPy array" in done.stderr
    assert "damaged, or no training checkpoint" in done.stderr
    assert done.stderr.count("could not determine a constructor") == len(TAGS)
    assert "the red block" in done.stdout

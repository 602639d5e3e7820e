"""The wheel holds everything that a brain needs at run time, though three of its packages are links."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINKED = ("agents", "envs", "memory")
DATA = {".yaml", ".lark", ".j2", ".urdf", ".obj", ".stl", ".npz", ".typed"}
"""Files that are read at run time."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel of a copy of the checkout: setuptools writes into the tree that it builds."""
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs", "tests", "*.egg-info")
    shutil.copytree(ROOT, folder / "source", symlinks=True, ignore=ignored)
    options = ["--no-build-isolation", "--no-deps", "--no-index", "-q", "-w", folder, folder / "source"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *map(str, options)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def files() -> set[str]:
    """Return what the wheel should hold, by its path there."""
    found = set()
    for home in (ROOT / "neuralbrain", *(ROOT / name for name in LINKED)):
        for path in home.rglob("*"):
            if path.is_file() and (path.suffix in DATA or path.suffix == ".py"):
                below = path.relative_to(ROOT)
                found.add((below if home.name == "neuralbrain" else Path("neuralbrain") / below).as_posix())
    return found


def test_the_wheel_holds_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    wanted = files()
    assert {"neuralbrain/py.typed", "neuralbrain/agents/blueprints/frankenbot.yaml"} <= wanted
    assert all(f"neuralbrain/{name}/__init__.py" in wanted for name in LINKED)
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert wanted - held == set()
    assert {name.split("/")[0] for name in held} == {"neuralbrain"}


def test_the_wheel_carries_licence_notice_and_command(wheel: zipfile.ZipFile) -> None:
    info = {name.partition(".dist-info/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert {"licenses/LICENSE", "licenses/NOTICE"} <= info.keys()
    metadata = wheel.read(info["METADATA"]).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "neuralbrain = neuralbrain.cli:main" in wheel.read(info["entry_points.txt"]).decode()


def test_a_wheel_installs_from_a_file_and_runs_anywhere(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "packages", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = ["-m", "pip", "install", "--no-deps", "--no-index", "-q", "--target", place, wheel.filename]
    subprocess.run([sys.executable, *map(str, install)], check=True, capture_output=True)
    done = subprocess.run(
        [place / "bin" / "neuralbrain", "episode", "--runtime", "inline", "--json", "--quiet", "--no-movie"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(place)},
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout)
    assert (result["success"], result["warnings"]) == (True, [])
    assert (elsewhere / result["run_dir"] / "report.html").exists()
    code = "import neuralbrain; print(neuralbrain.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(place)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(place / "neuralbrain" / "__init__.py")


@pytest.mark.parametrize("name", LINKED)
def test_a_linked_package_has_one_name_only(name: str) -> None:
    """Imported from the repository's top it would be a second copy with classes of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert f"import it as neuralbrain.{name}" in done.stderr
    assert (ROOT / "neuralbrain" / name).resolve() == ROOT / name


@pytest.mark.parametrize("start", [["run.py"], ["-m", "neuralbrain"]])
def test_another_python_is_refused_in_one_line(start: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.version_info = (3, 12, 0)")
    done = subprocess.run(
        [sys.executable, *start],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "NeuralBrain runs on Python 3.11, for which PyBullet has wheels" in done.stderr


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "neuralbrain", "--help"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Usage: python -m neuralbrain" in done.stdout

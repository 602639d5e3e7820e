"""Every example runs from start to end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SAID = {
    "ask_the_memory.py": "Asked: sing me a song about the sea",
    "gymnasium_loop.py": "success: True",
    "shake_skill.py": "Done: shake the red block.",
    "scripted_cortex.py": "believed success: True",
    "thermostat.py": "success: True",
}
"""Each example, and something that it prints when all is well."""


def test_all_examples_are_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_it_runs(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert SAID[name] in done.stdout

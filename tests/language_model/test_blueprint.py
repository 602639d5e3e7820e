"""A blueprint that has the region itself asks the model that the environment names, also in Python."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from neuralbrain import Simulation
from neuralbrain.agents.oracle.server import ScriptedServer
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.key import KEY, URL
from tests.language_model.brains import ANSWER, RIDDLE, SAYS

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    """The default brain with what the page says of a file."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    more = yaml.safe_load(block)
    brain = yaml.safe_load(files("neuralbrain.agents").joinpath("blueprints/frankenbot.yaml").read_text())
    brain["regions"] += more["regions"]
    brain["projections"] += more["projections"]
    file = tmp_path / "advised.yaml"
    file.write_text(yaml.safe_dump(brain))
    return file


def test_the_region_of_a_file_asks_the_server_of_the_environment(
    agent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "sk-secret-secret")
    with ScriptedServer(lambda asked: SAYS).running() as server:
        monkeypatch.setenv(URL, server.url)
        with Simulation(agent, env="tabletop-place", seed=3) as sim:
            sim.say(RIDDLE)
            done = sim.run_until_done()
            assert done is not None and done.text.endswith(ANSWER)
    assert server.asked[0]["model"] == "qwen2.5" and "response_format" not in server.asked[0]
    assert server.headers[0]["authorization"] == "Bearer sk-secret-secret"


def test_without_a_key_it_does_not_begin(agent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "")
    with pytest.raises(ConfigurationError, match=f"needs a key: set {KEY}"):
        Simulation(agent, env="tabletop-place", seed=3)

"""A toy brain in a file, and a toy environment that is registered while a test runs."""

import gymnasium
import pytest

from tests.agents.toys import YAML


@pytest.fixture
def toy_agent(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_text(YAML)
    return path


@pytest.fixture
def toy_env():
    name = "neuralbrain/Toy-Task-v0"
    gymnasium.register(name, entry_point="tests.agents.toys:YAML")
    yield name
    del gymnasium.registry[name]

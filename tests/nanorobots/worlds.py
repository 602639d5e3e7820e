"""Small nanorobot worlds that the tests share: what JAX has compiled for one test, the next finds again."""

from typing import Any

from neuralbrain.blueprint import Blueprint

WORLDS: dict[str, tuple[str, dict[str, Any]]] = {
    "nanorobot": (
        "neuralbrain/NanoDeliver-v0",
        {"size": 90.0, "cancer": 1, "healthy": 0, "portions": 8, "ticks": 1500},
    ),
    "nanoswarm": (
        "neuralbrain/NanoSwarm-v0",
        {"size": 90.0, "cancer": 1, "healthy": 0, "robots": 70, "ticks": 1500},
    ),
}
"""Blueprint -> the environment that it names, and parameters that make it small."""


def brain(agent: str, seed: int) -> Blueprint:
    """Return a nanorobot brain in its small world."""
    _, options = WORLDS[agent]
    blueprint = Blueprint.load(agent)
    return blueprint.configured(blueprint.body, env_seed=seed, env_options=options)

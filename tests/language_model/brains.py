"""Whole brains with a scripted model, for the tests: what it answers, and how such an episode is run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuralbrain import Simulation
from neuralbrain.agents.advice import Model
from neuralbrain.agents.episode import EpisodeResult, prepared, run_episode
from neuralbrain.agents.oracle.server import Reply
from neuralbrain.language.budget import Limits
from neuralbrain.language.server import Abilities, Server
from neuralbrain.runtime import Observer

RIDDLE = "tell me a riddle about robots, dear friend"
"""A sentence that the grammar does not understand, so that only the model has an answer."""
ANSWER = "What has hands and cannot clap?"
SAYS = Reply(text=json.dumps({"reply": {"kind": "say", "text": ANSWER}}))


def scripted(url: str, **settings: Any) -> Model:
    server = Server(base_url=url, model="scripted", abilities=Abilities(form="schema"))
    return Model(server=server, **settings)


def episode(url: str, out: Path, **settings: Any) -> EpisodeResult:
    """Run an episode in which the riddle is asked, or what else is said."""
    model = {
        name: settings.pop(name)
        for name in ("each", "prices", "clock", "timeout", "trust")
        if name in settings
    }
    told = {"env": "tabletop-place", "seed": 3, "instruction": RIDDLE, **settings}
    return run_episode(out=out, model=scripted(url, **model), **told)


def simulation(url: str, observers: Sequence[Observer] = (), **settings: Any) -> Simulation:
    """Return a brain that listens, and asks the model."""
    brain = prepared("frankenbot", "tabletop-place", 3, stays=True, model=scripted(url, **settings))
    return Simulation(brain, seed=3, observers=observers)


NONE = Limits(calls=0)

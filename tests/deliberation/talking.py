"""Talks with a whole brain whose model is scripted, on a table that is watched by simulator truth."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from neuralbrain.agents.advised import advised
from neuralbrain.agents.episode import prepared
from neuralbrain.agents.oracle.server import Asked, Reply, ScriptedServer
from neuralbrain.language.budget import Limits
from neuralbrain.language.server import Abilities, Server
from neuralbrain.messages import Deliberated, Done, Message, ModelCall, StepStatus
from neuralbrain.runtime import Emission
from neuralbrain.simulation import Simulation

MOVED = 0.005
"""What moves by more than this has moved, m."""
LIMIT = 240.0
"""Simulated time for a sentence, s."""
THINGS = ["red block", "green block", "yellow block", "red ball", "blue bowl", "purple bowl"]


class Talk:
    """A simulation with a person, a brain and a model.

    Attributes:
        deliberated: What became of its answers.
        calls: To it.
        tries: Steps whose try has begun, by id.
        clamped: What of the commands to the body was outside its limits.
    """

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.deliberated: list[Deliberated] = []
        self.calls: list[ModelCall] = []
        self.tries: list[str] = []
        self.clamped: set[str] = set()

    def observe(self, _: int, batch: Sequence[Emission]) -> None:
        """Take in what was sent."""
        for message in (emission.message for emission in batch):
            self._take_in(message)

    def _take_in(self, message: Message) -> None:
        if isinstance(message, Deliberated):
            self.deliberated.append(message)
        elif isinstance(message, ModelCall):
            self.calls.append(message)
        elif isinstance(message, StepStatus):
            self.tries += [message.step] if message.state == "started" else []
        else:
            self.clamped |= set(getattr(message, "clamped", ()))

    def say(self, text: str) -> Done:
        """Say something, and wait for the answer."""
        self.sim.say(text)
        done = self.sim.run_until_done(LIMIT)
        assert done is not None, f"no answer to {text!r}"
        return done

    def where(self) -> dict[str, tuple[float, ...]]:
        """Return where everything is by simulator truth, m."""
        body = self.sim.session.region(self.sim.blueprint.body).body  # type: ignore[attr-defined]
        pieces = body.truth.moment(self.sim.seconds).pieces
        return {name: (*piece.position, piece.extension) for name, piece in pieces.items()}

    def moved_since(self, before: Mapping[str, tuple[float, ...]]) -> set[str]:
        """Return what is not where it was."""
        return {name for name, now in self.where().items() if math.dist(now, before[name]) > MOVED}


@contextmanager
def talking(
    script: Callable[[Mapping[str, Any]], str],
    *,
    things: Sequence[str] = THINGS,
    seed: int = 0,
    trust: bool = False,
    placed: Sequence[str] = (),
    change: Callable[[Any], Any] = lambda blueprint: blueprint,
) -> Iterator[Talk]:
    """Begin a talk.

    Args:
        script: What the model is told, as data -> its answer.
        things: What lies on the table.
        seed: Of the run and of the world.
        trust: Whether what only the model understands is done without asking.
        placed: What stands on or lies in what.
        change: Changes the brain.
    """

    def answered(body: Asked) -> Reply:
        return Reply(text=script(json.loads(body["messages"][1]["content"])))

    options = {"things": list(things), "placed": list(placed)}
    brain = prepared("frankenbot", "tabletop-free", seed, stays=True, env_options=options)
    with ScriptedServer(answered).running() as server:
        told = Server(base_url=server.url, model="scripted", abilities=Abilities(form="schema"))
        brain = change(advised(brain, told, limits=Limits(), trust=trust))
        watched: list[Talk] = []

        class Watch:
            def observe(self, tick: int, batch: Sequence[Emission]) -> None:
                watched[0].observe(tick, batch)

        with Simulation(brain, seed=seed, observers=[Watch()], trace=False, history=0) as sim:
            watched.append(Talk(sim))
            yield watched[0]

"""The brainstem of robots that swim: it alone touches their body, moves it, senses, and ends the episode."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from neuralbrain.errors import ContractError
from neuralbrain.messages import Done, Instruction, Message
from neuralbrain.nanorobots.body import Move, SwarmBody
from neuralbrain.nanorobots.messages import Chemosense, Moves, MovesReport, SwarmTraits
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.brainstem import Brainstem
from neuralbrain.regions.sensing import check_reading

_FIELDS: Mapping[str, str] = {
    "molecules": "int32",
    "quick_change": "float32",
    "slow_change": "float32",
    "contact": "bool",
    "rise_ahead": "float32",
    "rise_left": "float32",
    "rise_up": "float32",
    "portions": "int32",
    "signal": "int32",
    "signal_change": "float32",
}
"""What a body senses -> its dtype."""


class SwarmBrainstem(Brainstem[SwarmBody]):
    """Moves the robots and senses; each firing in the order read inbox, act, sense.

    From firing to firing the body lives one tick of its own, in which it does what was decided on what it
    sensed at the last one: so the loop through the basal ganglia is closed as that of a Gymnasium environment
    is, and a table that was learned there finds the same world here. The region's period must leave the
    answer time to come: two ticks, with delays of one.

    A robot runs straight on where nothing was commanded, and where its body cannot do what was: an unknown
    action, a release without a payload.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "moves": Moves,
        "done": Done,
        "heard": Instruction,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset(inputs)
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        **Brainstem.outputs,
        "chemosense": Chemosense,
        "report": MovesReport,
        "traits": SwarmTraits,
    }
    protocol = SwarmBody
    needed = ("robots", "actions", "portions", "surface")

    def reset(self, seed: int) -> None:
        """Draw the world of ``env_seed``; the region itself draws nothing."""
        super().reset(seed)
        self._lived = 0  # ticks of the body's

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Run one tick of the body; at tick 0 it only senses, and tells what the body is like.

        Raises:
            SensorError: The body reports what no sensor may report.
            ContractError: What was commanded is not one move for each robot.
        """
        body = self.body
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        out: dict[str, Message | list[Any]] = {}
        if tick == 0:
            out["traits"] = SwarmTraits(
                **stamp,
                surface=body.surface,
                stride=body.stride,
                turn=body.turn,
                rotation=body.rotation,
                body_tick=body.tick_seconds,
            )
        else:
            out["report"] = self._act(tick, inbox.latest(Moves))
            self._lived += 1
        state = body.sense()
        check_reading(
            state, {name: (dtype, (body.robots,)) for name, dtype in _FIELDS.items()}, "sense()", tick
        )
        out["chemosense"] = Chemosense(**stamp, **{name: getattr(state, name) for name in _FIELDS})
        self._hear(inbox)
        out |= self._tell(tick, self._lived, inbox)
        return out

    def _act(self, tick: int, moves: Moves | None) -> MovesReport:
        """Let the robots do what they were told, as far as they can."""
        body = self.body
        actions = np.full(body.robots, Move.RUN, np.int32)
        refused = 0
        if moves is not None:
            if moves.actions.shape != actions.shape:
                raise ContractError(
                    f"tick {tick}: {moves.source!r} commands {len(moves.actions)} robots, the body has "
                    f"{body.robots}: send one move for each"
                )
            known = (moves.actions >= 0) & (moves.actions < body.actions)
            actions = np.where(known, moves.actions, actions)
            refused = int(np.count_nonzero(~known))
        body.act(actions)
        return MovesReport(tick=tick, source=self.name, actions=actions, refused=refused, held=moves is None)

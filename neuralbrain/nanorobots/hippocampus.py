"""The hippocampus of robots that swim: where they have been, as far as they can know it."""

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.messages import Message
from neuralbrain.nanorobots.body import Move
from neuralbrain.nanorobots.messages import (
    Chemosense,
    Encounter,
    Mission,
    MovesReport,
    PathMemory,
    Phase,
    SwarmTraits,
)
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

Floats = NDArray[np.float64]
STILL = (Move.TUMBLE, Move.RELEASE)
"""Moves in which a robot is not driven."""


class PathIntegrationConfig(RegionConfig):
    """Settings.

    Attributes:
        window: Over how many readings a level is averaged.
    """

    window: int = Field(default=5, ge=1)


class PathIntegration(Region):
    """Integrates the robots' own moves, and remembers the best level of each search and each dosed cell.

    The best place is kept as a vector in the robot's own frame (ahead, left, up), turned and shifted by each
    reported move: path integration, as the hippocampal formation does it from self-motion cues
    (B. McNaughton et al., Nature Reviews Neuroscience 7 (2006), 663-678). Brownian rotation makes it forget:
    the expected cosine between a remembered direction and the true one decays as exp(-2 D_r t) (H. Berg,
    "Random Walks in Biology" (1993), chapter 6), within 1/(2 D_r) = 2 s, and a tumble ends it at once.
    Brownian translation, flow and obstacles are not felt, so they are not in it.

    A new search begins whenever the mission lets a robot seek again.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "traits": SwarmTraits,
        "chemosense": Chemosense,
        "report": MovesReport,
        "mission": Mission,
    }
    optional_inputs = frozenset({"report", "mission"})
    outputs: ClassVar[Mapping[str, type[Message]]] = {"memory": PathMemory}
    Config = PathIntegrationConfig
    config: PathIntegrationConfig

    def reset(self, seed: int) -> None:
        """Remember nothing; nothing here is random."""
        self._robots = 0  # not known before the first reading
        self._traits: SwarmTraits | None = None

    def _begin(self, sense: Chemosense) -> None:
        """Begin with what is sensed first."""
        self._robots = len(sense.molecules)
        self._level = sense.molecules.astype(np.float64)
        self._best = self._level.copy()
        self._best_tick = np.full(self._robots, sense.tick, np.int32)
        self._offset: Floats = np.zeros((3, self._robots))  # of the best place: ahead, left, up; µm
        self._trust = np.ones(self._robots)
        self._phases = np.full(self._robots, Phase.SEEK, np.int32)
        self._portions = sense.portions
        self._met = np.zeros(self._robots)  # the highest level of the present encounter
        self._held = sense.portions  # portions when it began
        self._encounters = np.zeros(self._robots, np.int32)
        self._given = np.zeros(self._robots, np.int32)

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in the moves, then what was sensed after them; tell what is remembered."""
        senses = inbox.of(Chemosense)
        self._traits = inbox.latest(SwarmTraits) or self._traits
        if not senses or self._traits is None:
            return {}
        if not self._robots:
            self._begin(senses[0])
        reports = {report.tick: report for report in inbox.of(MovesReport)}
        missions = inbox.of(Mission)
        ended: list[Encounter] = []
        for sense in senses:
            if sense.tick in reports:
                self._move(reports[sense.tick].actions, self._traits)
            self._sense(sense)
        for mission in missions:
            ended += self._turn_to(mission, senses[-1].tick)
        memory = PathMemory(
            tick=tick,
            source=self.name,
            best=self._best.astype(np.float32),
            best_tick=self._best_tick,
            distance=np.sqrt((self._offset**2).sum(axis=0)).astype(np.float32),
            trust=self._trust.astype(np.float32),
            encounters=self._encounters,
            given=self._given,
            ended=tuple(ended),
        )
        return {"memory": memory}

    def _move(self, actions: NDArray[np.int32], traits: SwarmTraits) -> None:
        """Turn and shift the remembered place by the robots' own moves."""
        ahead, left, up = self._offset
        aside = (actions == Move.LEFT) * 1.0 - (actions == Move.RIGHT)
        ahead, left = _turned(ahead, left, aside, traits.turn)
        upwards = (actions == Move.UP) * 1.0 - (actions == Move.DOWN)
        ahead, up = _turned(ahead, up, upwards, traits.turn)
        driven = ~np.isin(actions, STILL)
        self._offset = np.stack([ahead - traits.stride * driven, left, up])
        decay = math.exp(-2 * traits.rotation * traits.body_tick)
        self._trust = np.where(actions == Move.TUMBLE, 0.0, self._trust * decay)

    def _sense(self, sense: Chemosense) -> None:
        """Keep the level, and the place if none was better."""
        self._level += (sense.molecules - self._level) / self.config.window
        better = self._level > self._best
        self._best = np.where(better, self._level, self._best)
        self._best_tick = np.where(better, sense.tick, self._best_tick).astype(np.int32)
        self._offset = np.where(better, 0.0, self._offset)
        self._trust = np.where(better, 1.0, self._trust)
        self._given = (self._given + np.maximum(self._portions - sense.portions, 0)).astype(np.int32)
        self._portions = sense.portions
        self._met = np.maximum(self._met, self._level)

    def _turn_to(self, mission: Mission, tick: int) -> list[Encounter]:
        """Close encounters and begin searches, as the mission's phases change; return what has ended."""
        before, now = self._phases, mission.phases
        begins = (now == Phase.DELIVER) & (before != Phase.DELIVER)
        self._held = np.where(begins, self._portions, self._held).astype(np.int32)
        self._met = np.where(begins, self._level, self._met)
        doses = self._held - self._portions
        over = (before == Phase.DELIVER) & (now != Phase.DELIVER) & (doses > 0)
        self._encounters = (self._encounters + over).astype(np.int32)
        seeks = (now == Phase.SEEK) & (before != Phase.SEEK)
        self._best = np.where(seeks, self._level, self._best)
        self._best_tick = np.where(seeks, tick, self._best_tick).astype(np.int32)
        self._offset = np.where(seeks, 0.0, self._offset)
        self._trust = np.where(seeks, 1.0, self._trust)
        self._phases = now
        return [
            Encounter(robot=int(i), tick=tick, level=float(self._met[i]), given=int(doses[i]))
            for i in np.flatnonzero(over)
        ]


def _turned(ahead: Floats, aside: Floats, way: Floats, angle: float) -> tuple[Floats, Floats]:
    """Return the parts of fixed vectors along two axes that have turned from the first to the second.

    Args:
        ahead: Along the first, shape (robots,).
        aside: Along the second.
        way: Which way each has turned its axes: 1, or -1 for back, or 0 for not at all.
        angle: By how much, rad.
    """
    sine, cosine = way * math.sin(angle), np.where(way != 0, math.cos(angle), 1.0)
    return ahead * cosine + aside * sine, aside * cosine - ahead * sine

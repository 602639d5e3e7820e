"""How far each robot of many is with its errand, told from touch and counts. All arrays are over robots."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from neuralbrain.nanorobots.messages import Chemosense, Phase
from neuralbrain.nanorobots.planning.errands import Errand

Flags = NDArray[np.bool_]
KILLED = 0.6
"""A cell is dead when the count beside it has fallen below this share of what it was."""
ENOUGH = 3
"""The first so many readings after a portion decide whether it has."""
DECIDING = 20_000
"""So many molecules decide whether a robot that stays is with a cancer cell: their number errs by 0.7 %."""
CERTAIN, LOST = 0.98, 0.95
"""It is if they are at least this share of what the surface gives; one that was is not below the second."""


class Bounds(BaseModel):
    """What decides: settings of the cortex.

    Attributes:
        touch: The share of the count at a cancer cell's surface that, with contact, tells one: a robot that
            touches one counts all of it, plus or minus 3 % of chance where it is 1000. One that touches
            something else is farther off: behind a healthy cell, which stands at least two radii away, it
            counts less than half.
        resting: For so long after a touch the count alone may tell it, ticks.
        dose: How many portions a cell is given at first. Then one at a time, until it is seen to be dead.
        most: How many portions one cell gets at most.
        leaving: How long a robot moves away from a cell that is done with, ticks.
        holding: How long it may take to bring a dose in before the cell counts as lost, ticks.
        settling: How long what was ordered before may still be done and be told of, ticks: the way to the
            basal ganglia and back, the firing after it, and the readings that decide.
        patience: After so long without a better level a robot moves away, to seek elsewhere, ticks.
        silence: After so long without a single molecule in any robot no cancer cell lives, ticks. So long it
            also waits, when all is used up, before it gives up.
    """

    model_config = ConfigDict(frozen=True)

    touch: float = Field(default=0.95, gt=0, le=1)
    resting: int = Field(default=30, ge=1)
    dose: int = Field(default=3, ge=1)
    most: int = Field(default=6, ge=1)
    leaving: int = Field(default=60, ge=1)
    holding: int = Field(default=200, ge=1)
    settling: int = Field(default=40, ge=1)
    patience: int = Field(default=2000, ge=1)
    silence: int = Field(default=100, ge=1)


class Crew:
    """The robots of one mission.

    Attributes:
        errand: What they are to do.
        active: Which robots take part; the others stay where they are.
        phases: A `Phase` for each robot, int32.
        keep: How many portions each should keep, int32.
        portions: What each has left; 0 for those that take no part.
        payload: What each began with, likewise.
        found: Whether each stays with a cancer cell.
        settled: Whether that is certain.
        treated: How many cells each has seen die.

    Args:
        sense: What they sense first.
        surface: How many molecules a tick of the body's tell the surface of a living cancer cell.
        errand: What they are to do.
    """

    def __init__(self, sense: Chemosense, surface: float, errand: Errand) -> None:
        number = len(sense.molecules)
        self.surface = surface
        self.errand = errand
        self.active = np.arange(number) < (errand.robots or number)
        self.payload = self.portions = self._of_active(sense.portions)
        self.phases = np.where(self.active, Phase.SEEK, Phase.STAY).astype(np.int32)
        self.keep = sense.portions.copy()
        self.found, self.settled = np.zeros(number, np.bool_), np.zeros(number, np.bool_)
        self.treated = np.zeros(number, np.int32)
        self._until = np.zeros(number, np.int64)  # when each ends what it is about, at the latest
        self._touched = np.full(number, -(10**9), np.int64)  # when each touched something last
        self._sought = np.zeros(number, np.int64)  # since when each has had its chance to seek
        self._withdrawn = np.zeros(number, np.bool_)  # whether each was told to let go of no more
        self._held = self.portions.copy()  # portions when the present cell was met
        self._level = np.zeros(number)  # the count beside it then
        self._sum = np.zeros(number)  # of the counts that decide about it
        self._seen = np.zeros(number, np.int32)  # how many they are

    def take_in(self, senses: Sequence[Chemosense]) -> None:
        """Add up the counts that decide: the first after a portion, and those of robots that stay."""
        delivers, stays = self.phases == Phase.DELIVER, (self.phases == Phase.STAY) & self.found
        for sense in senses:
            portions = self._of_active(sense.portions)
            self._forget(portions < self.portions)
            self.portions = portions
            tells = stays | (delivers & (self.portions < self._held) & (self._seen < ENOUGH))
            self._sum += np.where(tells, sense.molecules, 0)
            self._seen += tells

    def decide(self, tick: int, senses: Sequence[Chemosense], bounds: Bounds) -> None:
        """Turn each robot to what comes next for it.

        Args:
            tick: Now.
            senses: What has been sensed since the last time, and taken in.
            bounds: What decides.
        """
        seeks, delivers, leaves, stays = (self.phases == phase for phase in Phase)
        treats = self.errand.verb == "treat"
        if self.errand.verb != "follow":
            self._meet(tick, senses, seeks, bounds)
        self._deliver(tick, delivers, bounds)
        self._watch(stays & self.found)
        self._set(leaves & (tick >= self._until), Phase.SEEK)
        if treats:
            idle = (self.portions == 0) & np.isin(self.phases, (Phase.SEEK, Phase.LEAVE))
            self._set(idle, Phase.STAY)

    def move_on(self, tick: int, best_tick: NDArray[np.int32], bounds: Bounds) -> None:
        """Let the robots make off that have long been seeking without a better level.

        Args:
            tick: Now.
            best_tick: When each met the best level of its search.
            bounds: What decides.
        """
        since = np.maximum(best_tick, self._sought)
        self._leave(tick, (self.phases == Phase.SEEK) & (tick - since > bounds.patience), bounds)

    @property
    def enough(self) -> bool:
        """Whether as many cells have been treated as were to be."""
        return self.errand.number is not None and int(self.treated.sum()) >= self.errand.number

    def _meet(self, tick: int, senses: Sequence[Chemosense], seeks: Flags, bounds: Bounds) -> None:
        """Turn the robots that touch a cancer cell to it."""
        treats = self.errand.verb == "treat"
        levels = np.stack([sense.molecules for sense in senses]).astype(np.float64)
        touched = np.stack([sense.contact for sense in senses])
        enough = max(bounds.touch * self.surface, 1.0)
        told = touched & (levels >= enough)
        # A touch may last for a single reading, whose count is random; then those after it tell.
        self._touched = np.where(touched.any(axis=0), tick, self._touched)
        rests = (tick - self._touched <= bounds.resting) & (levels.mean(axis=0) >= enough)
        met = seeks & (told.any(axis=0) | rests)
        if treats and self.errand.number is not None:
            met = self._in_turn(met)
        self._forget(met)
        delivers = met & (self.portions > 0) & treats
        self.found |= met & ~delivers
        self._set(met & ~delivers, Phase.STAY)
        self._set(delivers, Phase.DELIVER)
        here = np.where(told.any(axis=0), levels.max(axis=0, where=told, initial=0.0), levels.mean(axis=0))
        self._level = np.where(delivers, here, self._level)
        self._held = np.where(delivers, self.portions, self._held).astype(np.int32)
        self._order(tick, delivers, np.maximum(self.portions - bounds.dose, 0), bounds)

    def _in_turn(self, met: Flags) -> Flags:
        """Let one robot at a time treat a cell, so that each death is counted once, and none too many."""
        if (self.phases == Phase.DELIVER).any():
            return np.zeros_like(met)
        first: Flags = met & (np.cumsum(met) == 1)
        return first

    def _deliver(self, tick: int, delivers: Flags, bounds: Bounds) -> None:
        """See what came of what was let go: the cell is dead, needs more, or is lost."""
        told = delivers & (self._seen >= ENOUGH)
        dead = told & (self._sum < KILLED * self._level * self._seen)
        self.treated = (self.treated + dead).astype(np.int32)
        given = told & ~dead & ~self._withdrawn & (self.portions <= self.keep)
        spent = (self._held - self.portions >= bounds.most) | (self.portions == 0)
        self._leave(tick, dead | (given & spent), bounds)
        late = delivers & ~dead & ~given & (tick >= self._until)
        self._set(late & self._withdrawn, Phase.SEEK)
        self._withdraw(tick, late & ~self._withdrawn, bounds)
        self._order(tick, given & ~spent, self.portions - 1, bounds)

    def _watch(self, stays: Flags) -> None:
        """Send robots to seek on that are not with a cancer cell after all."""
        expected = self.surface * self._seen
        told = stays & (expected >= DECIDING)
        sure = told & (self._sum >= np.where(self.settled, LOST, CERTAIN) * expected)
        self.settled = (self.settled | sure) & self.found & ~(told & ~sure)
        self.found &= ~(told & ~sure)
        self._set(told & ~sure, Phase.SEEK)
        self._forget(told)

    def _of_active(self, portions: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.where(self.active, portions, 0).astype(np.int32)

    def _order(self, tick: int, chosen: Flags, keep: NDArray[np.int32], bounds: Bounds) -> None:
        """Order that robots let go of all portions but some."""
        self.keep = np.where(chosen, keep, self.keep).astype(np.int32)
        self._until = np.where(chosen, tick + bounds.holding, self._until)
        self._withdrawn &= ~chosen
        self._forget(chosen)

    def _withdraw(self, tick: int, chosen: Flags, bounds: Bounds) -> None:
        """Take back an order to let go of portions; one that is on its way may still kill the cell."""
        self.keep = np.where(chosen, self.portions, self.keep).astype(np.int32)
        self._until = np.where(chosen, tick + bounds.settling, self._until)
        self._withdrawn |= chosen

    def _leave(self, tick: int, chosen: Flags, bounds: Bounds) -> None:
        self._set(chosen, Phase.LEAVE)
        self._until = np.where(chosen, tick + bounds.leaving, self._until)
        self._sought = np.where(chosen, tick + bounds.leaving, self._sought)

    def _forget(self, chosen: Flags) -> None:
        self._sum, self._seen = np.where(chosen, 0.0, self._sum), np.where(chosen, 0, self._seen)

    def _set(self, chosen: Flags, phase: Phase) -> None:
        self.phases = np.where(chosen, np.int32(phase), self.phases).astype(np.int32)

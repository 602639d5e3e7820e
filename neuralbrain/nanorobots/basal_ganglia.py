"""The region that chooses each robot's next move: by a learned table, or by what the mission asks."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.learning.table import TableForm, load_table
from neuralbrain.nanorobots.body import Move
from neuralbrain.nanorobots.messages import Chemosense, Mission, Moves, MovesReport, Phase
from neuralbrain.portable import mapped
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

ROW = (
    "count",
    "quick change",
    "slow change",
    "contact",
    "last move",
    "rise ahead",
    "rise to the left",
    "rise upwards",
    "rise",
    "bearing",
    "better side",
)
"""What a table may tell states apart by: the first entries of a nanorobot's observation, in their order."""
DONE_WITHOUT = {Move.RELEASE: Move.TUMBLE}
"""A table that was learned without a payload takes a release for a tumble: in both the robot stays."""
TABLE = TableForm(entries=ROW, actions=(len(Move) - 1, len(Move)), env="NanoSeek")
"""What it needs of a table: learned without a payload, or with one."""


class BasalGangliaConfig(RegionConfig):
    """Settings of the basal ganglia.

    Attributes:
        table: The learned table: the name of one that we bring, or its file (*.npz).
        near: The share of a cancer cell's surface's count that says that it is beside the robot.
        grip: For so many decisions after its last touch a robot keeps still beside the cell.
        reach: For so many it lets go of its payload there: farther off less of it would reach the cell.
    """

    table: str = "nanoseek"
    near: float = Field(default=0.85, gt=0, le=1)
    grip: int = Field(default=30, ge=1)
    reach: int = Field(default=4, ge=1)

    def files(self) -> tuple[Path, ...]:
        """Return the table's file, if it is not one that we bring: the version tells of those."""
        return (Path(self.table),) if Path(self.table).suffix else ()


class BasalGanglia(Region):
    """Chooses by the phase that the mission gives a robot, at every reading.

    * seek: the best action of the table; beside the cell it keeps still, until the cortex has decided.
    * deliver: as in seek, and beside the cell it lets go of the portions that it should not keep.
    * leave: a new direction, then straight on; another where it touches something.
    * stay: it keeps still.

    A robot keeps still by tumbling, which turns it and does not drive it. Before the first mission all do.
    """

    inputs = {"chemosense": Chemosense, "report": MovesReport, "mission": Mission}
    optional_inputs = frozenset({"report"})
    outputs = {"moves": Moves}
    Config = BasalGangliaConfig
    config: BasalGangliaConfig

    def reset(self, seed: int) -> None:
        """Load the table; nothing here is random.

        Raises:
            UnknownNameError: There is no table of that name.
            RecordError: It cannot be read.
            ConfigurationError: It is damaged, or
            BlueprintError: was learned from other observations than a nanorobot's.
        """
        self._table = load_table(self.name, self.config.table, TABLE)
        self._mission: Mission | None = None
        self._last: NDArray[np.int32] | None = None
        self._touched: NDArray[np.int32] | None = None  # decisions since the last touch
        self._leaving: NDArray[np.bool_] | None = None  # whether it left at the last decision already

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Choose, if something has been sensed."""
        self._mission = inbox.latest(Mission) or self._mission
        report, sense = inbox.latest(MovesReport), inbox.latest(Chemosense)
        if sense is None:
            return {}
        robots = len(sense.molecules)
        if self._last is None or self._touched is None or self._leaving is None:
            self._last = np.zeros(robots, np.int32)
            self._touched = np.full(robots, self.config.grip, np.int32)
            self._leaving = np.zeros(robots, np.bool_)
        if report is not None:
            self._last = report.actions
        self._touched = np.where(sense.contact, 0, self._touched + 1).astype(np.int32)
        actions = self._chosen(sense, self._last, self._touched, self._leaving)
        if self._mission is not None:
            self._leaving = self._mission.phases == Phase.LEAVE
        return {"moves": Moves(tick=tick, source=self.name, actions=actions)}

    def _chosen(
        self,
        sense: Chemosense,
        last: NDArray[np.int32],
        touched: NDArray[np.int32],
        leaving: NDArray[np.bool_],
    ) -> NDArray[np.int32]:
        """Return each robot's next move."""
        still = np.full(len(last), Move.TUMBLE, np.int32)
        mission = self._mission
        if mission is None:
            return still
        beside = (touched < self.config.grip) & (sense.molecules >= self.config.near * mission.surface)
        actions = np.where(beside, still, self._table.greedy(row(sense, last)))
        delivers = mission.phases == Phase.DELIVER
        gives = delivers & beside & (touched < self.config.reach) & (sense.portions > mission.keep)
        actions = np.where(gives, np.int32(Move.RELEASE), actions)
        given = delivers & (sense.portions <= mission.keep)
        actions = np.where(given | (mission.phases == Phase.STAY), still, actions)
        leaves = mission.phases == Phase.LEAVE
        turns = sense.contact | ~leaving
        away = np.where(turns, np.int32(Move.TUMBLE), np.int32(Move.RUN))
        return np.where(leaves, away, actions).astype(np.int32)

    def get_state(self) -> dict[str, Any]:
        """Return all but the table, which is a setting."""
        state = super().get_state()
        state.pop("_table", None)  # before the reset there is none
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned, with the table of the settings."""
        super().set_state(state)
        self._table = load_table(self.name, self.config.table, TABLE)


def row(sense: Chemosense, last: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return the robots' observations as a table knows them, in the order of `ROW`.

    Args:
        sense: What they sense.
        last: What each did last, shape (robots,).

    Returns:
        Shape (robots, 11): ln(1 + molecules), the changes, contact as 0 or 1, the number of the last move,
        the rises, their length, the angle between it and the heading, rad, and the move that steers there.
    """
    known = last.copy()
    for move, taken in DONE_WITHOUT.items():
        known[last == move] = taken
    count = mapped(math.log1p, sense.molecules)
    left, up = sense.rise_left, sense.rise_up
    sides = np.stack([left, -left, up, -up])
    entries = (
        count,
        sense.quick_change,
        sense.slow_change,
        sense.contact,
        known,
        sense.rise_ahead,
        left,
        up,
        np.sqrt(sense.rise_ahead**2 + left**2 + up**2),
        mapped(math.atan2, np.sqrt(left**2 + up**2), sense.rise_ahead),
        sides.argmax(axis=0) + Move.LEFT,
    )
    return np.stack([entry.astype(np.float32) for entry in entries], axis=-1)

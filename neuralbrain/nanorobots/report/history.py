"""What happened in a nanorobot's world, by simulator truth: for people, after the run.

The record holds what the robots sensed and did, not where they were. A second body of the same seed is given
the recorded moves, as for the video, and is watched. Where it does not feel what was recorded, it
lives in another world, and there is no history.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.nanorobots.rerun import moments
from neuralbrain.record.rerun import body_of, motion_of, world_of

if TYPE_CHECKING:
    from neuralbrain.envs.nanorobot.tissue import Tissue
    from neuralbrain.envs.nanorobot.world import NanoState

PATHS = 100
"""At most so many robots' paths are kept, evenly spread over the swarm."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """What happened in a tissue, at n moments.

    Attributes:
        tissue: What it is like.
        last: The world at the end, a batch of one.
        seconds: Simulated time, s, shape (n,).
        paths: Where the robots were that are shown, µm, shape (n, at most `PATHS`, 3).
        arrived: Which of them have touched a living cancer cell, shape (at most `PATHS`,).
        cancer: Where the cancer cells were, µm, shape (n, cancer cells, 3).
        healthy: Where the healthy cells are, µm, shape (at most ``tissue.healthy``, 3).
        touched: How many robots have touched a living cancer cell by then, shape (n,).
        found: When each cancer cell was first touched, s, shape (cancer cells,); infinite: never.
        killed: When each died, s, shape (cancer cells,); infinite: never.
        doses: What each cancer cell got of the payload in the end, molecules s/µm³, shape (cancer cells,).
        released: When a portion was let go, s, shape (portions,).
        places: Where, µm, shape (portions, 3).
    """

    tissue: "Tissue"
    last: "NanoState"
    seconds: Floats
    paths: Floats
    arrived: NDArray[np.bool_]
    cancer: Floats
    healthy: Floats
    touched: NDArray[np.int64]
    found: Floats
    killed: Floats
    doses: Floats
    released: Floats
    places: Floats

    @property
    def gap(self) -> Floats:
        """From the first robot's surface to the nearest living cancer cell's, µm, (n,); NaN: none lives."""
        apart = np.linalg.norm(self.paths[:, :1] - self.cancer, axis=2)
        apart[self.seconds[:, None] >= self.killed] = np.inf
        least = apart.min(axis=1) - self.tissue.cell_radius - self.tissue.robot_radius
        return np.where(np.isfinite(least), least, np.nan)


def relive(folder: Path, manifest: Mapping[str, Any]) -> History | None:
    """Return the history of a nanorobot's run, however far its record goes.

    Args:
        folder: The run's folder.
        manifest: Its manifest.

    Returns:
        None if the body cannot be made here or does not feel again what was recorded.

    Raises:
        RecordError: The record cannot be read.
    """
    from neuralbrain.envs.nanorobot.rules import TissueRules  # noqa: PLC0415 - it loads JAX

    spec = body_of(manifest)
    with world_of(spec["config"]) as env:
        rules = getattr(env, "rules", None)
        if not isinstance(rules, TissueRules):
            return None
        body = env.body
        watch = _Watch(rules.tissue)
        for sense, report in moments(motion_of(folder, str(spec["name"]))):
            if report is not None:
                body.act(report.actions)
            if not np.array_equal(body.sense().molecules, sense.molecules):
                return None
            watch.see(sense.tick * float(manifest["blueprint"]["tick_seconds"]), body.state, body.places())
        return watch.history(body.state)


def biomarker(history: History, x: Floats, y: Floats, z: float) -> Any:
    """Return the biomarker's concentration in a level plane, molecules/µm³, while all cancer cells live.

    Args:
        history: What happened.
        x: Of the points, µm, any shape.
        y: Likewise.
        z: The plane's height, µm.

    Returns:
        A masked array of the points' shape: where there is none, or a solid, it is masked.
    """
    from neuralbrain.envs.nanorobot.barriers import distance  # noqa: PLC0415 - they load JAX
    from neuralbrain.envs.nanorobot.world import Cells, concentration  # noqa: PLC0415

    tissue, cells = history.tissue, history.last.cells
    single = Cells(
        places=tuple((place[0][0], place[1][0], place[2][0]) for place in cells.places[: tissue.cancer]),
        bearings=(),
        sites=tuple(site[0] for site in cells.sites),
        doses=(),
    )
    point: Any = tuple(np.asarray(part, np.float32) for part in (x, y, np.full_like(x, z)))
    living: Any = [True] * tissue.cancer
    field = np.asarray(concentration(tissue, single, living, point), np.float64)
    solid = distance(tissue.barriers, tissue.vessel, tissue.size, point) < 0
    return np.ma.masked_array(field, solid | (field <= 0))


class _Watch:
    """Notes what happens from tick to tick; it keeps no more of a swarm than is shown.

    Args:
        tissue: What the world is like.
    """

    def __init__(self, tissue: "Tissue") -> None:
        self._tissue = tissue
        shown = min(PATHS, tissue.robots)
        self._shown = np.linspace(0, tissue.robots - 1, shown).round().astype(int)
        self._rows: list[tuple[float, Floats, Floats, int]] = []
        self._releases: list[tuple[float, Floats]] = []
        self._ever = self._touching = np.zeros(tissue.robots, bool)
        self._portions = np.full(tissue.robots, tissue.portions)
        self._found = np.full(tissue.cancer, np.inf)
        self._killed = np.full(tissue.cancer, np.inf)
        self._cancer: Floats | None = None

    def see(self, seconds: float, state: "NanoState", places: NDArray[np.float32]) -> None:
        """Note how the world stands."""
        tissue, robots = self._tissue, state.robots
        if self._cancer is None or tissue.drift > 0:
            self._cancer = _centres(state, 0, tissue.cancer)
        touching = np.asarray(robots.found)[0]
        new = places[touching & ~self._touching].astype(np.float64)
        nearest = np.linalg.norm(new[:, None] - self._cancer, axis=2).argmin(axis=1)
        self._found[nearest] = np.minimum(self._found[nearest], seconds)
        self._touching, self._ever = touching, self._ever | touching
        if tissue.portions:
            portions = np.asarray(robots.portions)[0]
            gone = portions < self._portions
            self._releases += [(seconds, place) for place in places[gone].astype(np.float64)]
            self._portions = portions
            dead = _doses(tissue, state) >= tissue.lethal
            self._killed[dead] = np.minimum(self._killed[dead], seconds)
        path = places[self._shown].astype(np.float64)
        self._rows.append((seconds, path, self._cancer, int(self._ever.sum())))

    def history(self, last: "NanoState") -> History:
        """Return all of it; ``last`` is the world at the end."""
        tissue = self._tissue
        seconds, paths, cancer, touched = zip(*self._rows, strict=True)
        healthy = _centres(last, tissue.cancer, len(last.cells.places))
        return History(
            tissue=tissue,
            last=last,
            seconds=np.array(seconds),
            paths=np.stack(paths),
            arrived=self._ever[self._shown],
            cancer=np.stack(cancer),
            healthy=healthy[np.isfinite(healthy).all(axis=1)],
            touched=np.array(touched),
            found=self._found,
            killed=self._killed,
            doses=_doses(tissue, last),
            released=np.array([at for at, _ in self._releases]),
            places=np.array([place for _, place in self._releases]).reshape(-1, 3),
        )


def _centres(state: "NanoState", first: int, end: int) -> Floats:
    """Return the centres of some of the cells of a batch of one, µm."""
    places = [[float(np.asarray(part)[0]) for part in centre] for centre in state.cells.places[first:end]]
    return np.array(places).reshape(-1, 3)


def _doses(tissue: "Tissue", state: "NanoState") -> Floats:
    """Return what each cancer cell of a batch of one has got, molecules s/µm³; 0 without a payload."""
    doses = state.cells.doses[: tissue.cancer]
    return np.array([float(np.asarray(dose)[0]) for dose in doses]) if doses else np.zeros(tissue.cancer)

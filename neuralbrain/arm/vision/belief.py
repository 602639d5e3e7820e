"""What is believed to be on the table, picture after picture.

An object that a picture does not show is kept unless the picture contradicts it: unless the camera looks
through the place where it should be, or sees a surface of another colour there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from neuralbrain.arm.catalogue import GRASPABLE, SHAPES
from neuralbrain.arm.vision.bowls import Ring, shell
from neuralbrain.arm.vision.color import PALETTE
from neuralbrain.arm.vision.drawers import CLOSED, Cabinet, inside
from neuralbrain.arm.vision.evidence import Evidence, examine, surface
from neuralbrain.arm.vision.geometry import Floats, View
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.recognise import Detection
from neuralbrain.arm.vision.solids import cuboid_distance, error_of
from neuralbrain.portable import length, lengths, unit

T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """One object as it is believed to be.

    Attributes:
        id: Its name, stable over the episode.
        category: A category of the catalogue.
        color: A colour word.
        center: World frame, m, shape (3,).
        yaw: rad.
        extension: Of a drawer: how far it is pulled out, m.
        confidence: 0 to 1.
        seen_tick: When it was seen last.
        seen_by: The camera that saw it well last.
        met: The objects of its kind that were ever seen in one picture with it: these are surely others.
    """

    id: str
    category: str
    color: str
    center: Floats
    yaw: float
    extension: float
    confidence: float
    seen_tick: int
    seen_by: str
    met: frozenset[str] = frozenset()

    @property
    def size(self) -> Floats:
        """Extents, m, shape (3,)."""
        return np.array(SHAPES[self.category].size)

    @property
    def bottom(self) -> float:
        """Height of its underside, m."""
        return float(self.center[2] - self.size[2] / 2)


@dataclass
class Belief:
    """The objects known, by id.

    Attributes:
        known: They.
        moved: The ids of those that the hand has taken and that have not been seen since: they are somewhere
            else now, even if nothing seen contradicts that they are where they were.
    """

    known: dict[str, Known] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)

    def cabinets(self) -> tuple[Cabinet, ...]:
        """Return where the known drawers slide, in order of id."""
        found = []
        for obj in sorted(self.known.values(), key=lambda obj: obj.id):
            if obj.category == "drawer":
                center = obj.center[:2] - (CLOSED + obj.extension) * unit(obj.yaw)
                found.append(Cabinet(center, obj.yaw, PALETTE.words.index(obj.color)))
        return tuple(found)

    def update(
        self,
        view: View,
        labels: NDArray[np.int8],
        seen: Sequence[Detection],
        tick: int,
        options: VisionOptions,
    ) -> None:
        """Merge one picture into the belief.

        Args:
            view: The picture.
            labels: Its colour labels.
            seen: What was recognised in it.
            tick: When it was taken.
            options: The parameters of seeing.
        """
        before = dict(self.known)
        rest, glimpsed = self._absorb(seen, tick, options)
        kinds = {(d.category, d.color) for d in rest} | {(k.category, k.color) for k in before.values()}
        # Drawers first: what lies in them moves with them.
        for kind in sorted(kinds, key=lambda kind: (kind[0] != "drawer", kind)):
            self._update_kind(
                view,
                labels,
                kind,
                [d for d in rest if (d.category, d.color) == kind],
                glimpsed,
                tick,
                options,
            )
            if kind[0] == "drawer":
                self._carry(before)

    def _absorb(
        self, seen: Sequence[Detection], tick: int, options: VisionOptions
    ) -> tuple[list[Detection], set[str]]:
        """Drop glimpses that a known object explains: a corner of it tells nothing new about where it is.

        Returns:
            The other detections, and the ids of what was glimpsed.
        """
        rest: list[Detection] = []
        glimpsed: set[str] = set()
        for detection in seen:
            owners = [
                obj
                for obj in self.known.values()
                if obj.color == detection.color
                and (_explains(obj, detection, options) or _mistaken(obj, detection))
            ]
            if not owners:
                rest.append(detection)
            for owner in owners[:1]:
                self.known[owner.id] = replace(owner, seen_tick=tick)
                glimpsed.add(owner.id)
        return rest, glimpsed

    def _update_kind(
        self,
        view: View,
        labels: NDArray[np.int8],
        kind: tuple[str, str],
        seen: list[Detection],
        glimpsed: set[str],
        tick: int,
        options: VisionOptions,
    ) -> None:
        """Merge the detections of one category and colour."""
        olds = [k for k in self.known.values() if (k.category, k.color) == kind]
        news = sorted(seen, key=lambda d: (-round(d.center[1], 3), round(d.center[0], 3)))
        # Two solids of a kind cannot stand nearer to each other than they are wide.
        width = max(options.same_place, 0.9 * min(SHAPES[kind[0]].size[:2]))
        # ... nor can one stand on the other by less than it is high.
        height = 0.9 * SHAPES[kind[0]].size[2] if kind[0] in GRASPABLE else options.same_place
        pairs = _match(olds, news, width, min(height, options.same_place))
        old_left, new_left = _left(olds, pairs, 0), _left(news, pairs, 1)
        slides = kind[0] == "drawer"
        unseen = [k for k in old_left if k.id not in glimpsed]
        absent = {k.id: k for k in unseen if not slides and self.evidence(view, labels, k, options).gone}
        gone = [k for k in unseen if slides or k.id in self.moved or k.id in absent]
        pairs += _match(gone, new_left)
        new_left = _left(new_left, pairs, 1)
        hidden = [k for k in unseen if all(k is not g for g in gone) and all(k is not p[0] for p in pairs)]
        # What is in the air was taken from somewhere: the place may not be in the picture.
        aloft = [d for d in new_left if d.center[2] - SHAPES[d.category].size[2] / 2 > options.aloft]
        lifted = _match(hidden, aloft)
        pairs += lifted
        new_left = _left(new_left, lifted, 1)
        camera = view.frame.camera
        names = [self._refresh(old, new, tick, camera) for old, new in pairs]
        for lost in _left(list(absent.values()), pairs, 0):
            del self.known[lost.id]
            self.moved.pop(lost.id, None)
            self._take_over(lost, kind)
        for detection in new_left:
            names.append(self._add(detection, tick, camera))
        for name in names:
            if name in self.known:
                met = self.known[name].met | (frozenset(names) - {name})
                self.known[name] = replace(self.known[name], met=met)

    def evidence(self, view: View, labels: NDArray[np.int8], obj: Known, options: VisionOptions) -> Evidence:
        """Look at the place where an object is believed to be."""
        points = surface(obj.category, obj.center, obj.size, obj.yaw, view.eye)
        return examine(view, labels, PALETTE.words.index(obj.color), points, options.tolerance)

    def _refresh(self, old: Known, new: Detection, tick: int, camera: str) -> str:
        """Take over what is newly seen of a known object."""
        self.moved.pop(old.id, None)
        self.known[old.id] = replace(
            old,
            center=new.center,
            yaw=new.yaw,
            extension=new.extension,
            confidence=new.confidence,
            seen_tick=tick,
            seen_by=camera,
        )
        return old.id

    def _add(self, new: Detection, tick: int, camera: str) -> str:
        """Give an object that is new the first free name of its kind."""
        stem = f"{new.color}_{new.category}"
        number = 1
        while (name := stem if number == 1 else f"{stem}_{number}") in self.known:
            number += 1
        self.known[name] = Known(
            id=name,
            category=new.category,
            color=new.color,
            center=new.center,
            yaw=new.yaw,
            extension=new.extension,
            confidence=new.confidence,
            seen_tick=tick,
            seen_by=camera,
        )
        return name

    def _take_over(self, lost: Known, kind: tuple[str, str]) -> None:
        """Give the name back to an object that was taken for new while this place was out of sight."""
        for other in sorted(self.known.values(), key=lambda k: k.id):
            if (other.category, other.color) == kind and other.id not in lost.met:
                del self.known[other.id]
                self.known[lost.id] = replace(other, id=lost.id)
                return

    def _carry(self, before: dict[str, Known]) -> None:
        """Move what lies in a drawer as far as the drawer has moved."""
        for drawer in [k for k in self.known.values() if k.category == "drawer" and k.id in before]:
            old = before[drawer.id]
            shift = drawer.center - old.center
            for obj in list(self.known.values()):
                within = inside(obj.center[None, :], old.center, old.yaw)[0]
                if obj.id in before and obj.id != drawer.id and within:
                    self.known[obj.id] = replace(obj, center=obj.center + shift)


def _explains(obj: Known, seen: Detection, options: VisionOptions) -> bool:
    """Whether what is seen is but a part of an object where it is believed to be.

    A good sight of an object as it is believed to be is more than that: it says again where it is.
    """
    if obj.category == "drawer":
        return False  # its own points have been set apart already
    if obj.category == seen.category and seen.confidence >= options.glimpse * obj.confidence:
        return False
    if obj.category == "bowl":
        return bool(shell(Ring(obj.center[:2], 1.0), seen.points, options.tolerance).mean() > 0.9)
    distance, _ = cuboid_distance(seen.points, obj.center, obj.yaw, obj.size / 2)
    return error_of(distance) < options.max_error


def _mistaken(obj: Known, seen: Detection) -> bool:
    """Whether a known small object was taken for one of another kind."""
    if obj.category == seen.category or not {obj.category, seen.category} <= set(GRASPABLE):
        return False
    return length(obj.center - seen.center) < SHAPES["block"].size[0] / 2


def _match(
    olds: Sequence[Known], news: Sequence[Detection], across: float = np.inf, up: float = np.inf
) -> list[tuple[Known, Detection]]:
    """Pair known and seen objects with the least sum of distances, each at most so far across and up, m."""
    if not olds or not news:
        return []
    apart = np.array([k.center for k in olds])[:, None] - np.array([d.center for d in news])
    near = (np.hypot(apart[..., 0], apart[..., 1]) <= across) & (np.abs(apart[..., 2]) <= up)
    cost = np.where(near, lengths(apart), 1e3)
    rows, columns = linear_sum_assignment(cost)
    return [(olds[i], news[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if near[i, j]]


def _left(objects: Sequence[T], pairs: Sequence[tuple[Known, Detection]], side: int) -> list[T]:
    """Return the objects that no pair has."""
    return [obj for obj in objects if all(pair[side] is not obj for pair in pairs)]

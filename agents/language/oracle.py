"""An oracle: it sees simulator truth, and does what a row expects with the arm's own skills.

It shows that a layout lets a row be done, by doing it: in the same physics, with the same hand, and judged by
the same judge. It understands no sentence; it reads what should be true.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

from neuralbrain.agents.language.hand import Hand
from neuralbrain.agents.language.judge import Reply, Verdict, is_true, judge
from neuralbrain.agents.language.predicates import DIRECTIONS, PREDICATES, Course, carriers, on_table, towers
from neuralbrain.agents.language.rows import Row
from neuralbrain.agents.language.statements import Statement
from neuralbrain.agents.language.terms import Bound, bindings
from neuralbrain.arm.catalogue import GRASPABLE, SHAPES, TRAY_FLOOR
from neuralbrain.envs.tabletop.moment import FEET, TABLE, Moment, Piece
from neuralbrain.errors import NeuralBrainError
from neuralbrain.messages import Location, Step

EVERY: Final = 4
"""So many ticks lie between two looks at the truth."""
ROUNDS, TRIES = 3, 4
"""So often all statements are gone through, and so many spots are tried for a thing."""
GRID: Final = 0.01
"""Between the spots that are considered, m."""
SURE: Final = 0.004
"""A spot is good if what is wanted would be true this far around it, too, m."""
REACH: Final = ((0.34, 0.68), (-0.32, 0.32))
"""Where a spot is looked for, x and y, m; whether the arm reaches it there its skills find out."""
DEEP, WIDE = 0.028, 0.042
"""How far from the middle of an open tray things are put down, along the drawer and across, m: the hand has
room for four."""
PITCH: Final = 0.09
"""Between neighbours in a row, m."""

Spot = tuple[float, float]


class StuckError(Exception):
    """The oracle does not get on."""


class Oracle:
    """Acts on one table.

    Args:
        hand: The arm at the table, with a perfect eye.

    Attributes:
        moments: What was true, from the start on.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        hand.advance()  # before the first tick nothing touches anything
        self.moments = [self._now()]
        self._steps = 0

    def show(self, row: Row) -> Verdict:
        """Do what a row expects, and judge it."""
        try:
            for statement in row.during:
                self._reach([statement])
            self._reach(row.do or ())
        except (StuckError, NeuralBrainError) as error:
            return Verdict("failed", str(error))
        for _ in range(20):
            self._tick()
        self.moments.append(self._now())
        return judge(row, Reply(outcome="done", text="", moments=self.moments))

    # ---- what there is

    @property
    def _start(self) -> Moment:
        return self.moments[0]

    def _now(self) -> Moment:
        return self._hand.body.truth.moment(self._hand.tick * self._hand.body.tick_seconds)

    def _course(self, now: Moment | None = None) -> Course:
        return Course([self._start, now or self._now()])

    # ---- what should be true

    def _reach(self, statements: Sequence[Statement]) -> None:
        """Make all of some statements true."""
        for _ in range(ROUNDS):
            unmet = [one for one in statements if not is_true(one, self._course())]
            if not unmet:
                return
            for statement in unmet:
                self._make(statement)
        raise StuckError(f"not reached: {'; '.join(one.text for one in unmet)}")

    def _make(self, statement: Statement) -> None:
        """Make one statement true."""
        match statement.predicate:
            case "tower":
                self._build(int(statement.arguments[0]), statement.times or 1)  # type: ignore[arg-type]
            case "row":
                self._line_up([str(name) for name in bindings(statement, self._start)[0]])
            case _:
                for bound in self._chosen(statement):
                    self._make_one(statement.predicate, bound)

    def _chosen(self, statement: Statement) -> list[Bound]:
        """Return for which of its things a statement should be made true; some are taken out first."""
        bound = bindings(statement, self._start)
        true = [one for one in bound if self._holds(statement.predicate, one)]
        rest = [one for one in bound if one not in true]
        if statement.times is None:
            return rest[:1] if any(term.quantifier == "any" for term in statement.terms) else rest
        for one in true[statement.times :]:
            self._move(str(one[0]), self._spots(str(one[0]), "on_table", one[:1]))
        rest.sort(key=lambda one: not on_table(self._course(), str(one[0])))  # elsewhere it may be of use
        return rest[: max(0, statement.times - len(true))]

    def _holds(self, predicate: str, bound: Bound, now: Moment | None = None) -> bool:
        return bool(PREDICATES[predicate](self._course(now), *bound))

    def _make_one(self, predicate: str, bound: Bound) -> None:
        name, *others = map(str, bound)
        pieces = self._start.pieces
        match predicate:
            case "in" | "on":
                self._into(name, others[0])
            case "held":
                self._clear(name)
                self._do(Step(id=self._id(), skill="pick", args={"object": name}))
            case "open" | "closed":
                skill = "open" if predicate == "open" else "close"
                self._do(Step(id=self._id(), skill=skill, args={"drawer": name}))
            case "was" | "place_of":
                there = pieces[others[0] if others else name]
                self._evict(name, there)
                self._move(name, iter([there]))
            case "moved":
                piece, (x, y) = pieces[name], DIRECTIONS[others[0]]
                far = float(bound[2])
                spot = (piece.position[0] + x * far, piece.position[1] + y * far)
                self._move(name, iter([_at(piece, spot)]))
            case "turned":
                turned = replace(pieces[name], yaw=pieces[name].yaw + math.radians(float(bound[1])))
                self._move(name, iter([turned]))
            case "unmoved":
                raise StuckError(f"{name} has been moved")
            case _:
                self._move(name, self._spots(name, predicate, bound))

    # ---- where

    def _spots(self, name: str, predicate: str, bound: Bound) -> Iterator[Piece]:
        """Yield where a thing could be put so that a predicate is true, the roomiest spot first."""
        now = self._now()
        piece = now.pieces[name]
        found: list[tuple[float, Piece]] = []
        for x, y in product(*(_steps(*ends) for ends in REACH)):
            there = _at(piece, (x, y))
            clearance = _clearance(now, name, (x, y))
            if clearance < 0.0:
                continue
            around = [(x + dx, y + dy) for dx, dy in ((SURE, 0), (-SURE, 0), (0, SURE), (0, -SURE))]
            if all(self._holds(predicate, bound, _with(now, name, _at(piece, spot))) for spot in around):
                found.append((clearance, there))
        found.sort(key=lambda pair: -pair[0])
        apart: list[Piece] = []
        for _, there in found:
            if all(math.dist(there.position[:2], one.position[:2]) > 0.03 for one in apart):
                apart.append(there)
                yield there

    def _in_tray(self, name: str, drawer: str) -> Iterator[Piece]:
        """Yield where a thing could be put down in an open drawer, the roomiest spot first."""
        now = self._now()
        around, thing = now.pieces[drawer], now.pieces[name]
        middle = SHAPES["drawer"].size[0] / 2 + around.extension / 2
        c, s = math.cos(around.yaw), math.sin(around.yaw)
        x, y, _ = around.position
        spots = [
            (x + c * (middle + ahead) - s * aside, y + s * (middle + ahead) + c * aside)
            for ahead, aside in product((-DEEP, DEEP), (-WIDE, WIDE))
        ]
        inside = [piece for other, piece in now.pieces.items() if drawer in carriers(now, other)]
        spots.sort(key=lambda spot: -min((math.dist(spot, one.position[:2]) for one in inside), default=0.0))
        z = TRAY_FLOOR + SHAPES[thing.category].size[2] / 2
        for spot in spots:
            yield replace(thing, position=(*spot, z), yaw=around.yaw)

    def _line_up(self, names: list[str]) -> None:
        """Put things in a row, from the viewer's left to right, where nothing is."""
        now = self._now()
        reach = PITCH * (len(names) - 1)
        lines = [
            (min(_clearance(now, "", spot) for spot in spots), spots)
            for x, y in product(_steps(*REACH[0]), _steps(REACH[1][0], REACH[1][1] - reach))
            for spots in [[(x, y + PITCH * k) for k in range(len(names))]]
        ]
        room, spots = max(lines)
        if room < 0.0:
            raise StuckError("no room for a row")
        for name, spot in zip(names, spots, strict=True):
            self._move(name, iter([_at(now.pieces[name], spot)]))

    def _build(self, height: int, count: int) -> None:
        """Build towers of blocks."""
        for _ in range(count):
            now = self._now()
            built = [tower for tower in towers(now) if len(tower) < height]
            done = [name for tower in towers(now) if len(tower) == height for name in tower]
            if len(done) >= height * count:
                return
            base = max(built, key=len)
            spare = [name for tower in built if tower != base for name in reversed(tower)]
            for below, name in zip([base[-1], *spare], spare[: height - len(base)], strict=False):
                self._into(name, below)

    # ---- by hand

    def _into(self, name: str, place: str) -> None:
        """Put a thing into or onto another."""
        category = self._start.pieces[place].category
        if category == "drawer":
            if not self._holds("open", (place,)):
                self._do(Step(id=self._id(), skill="open", args={"drawer": place}))
            self._move(name, self._in_tray(name, place))
            return
        if category in GRASPABLE:
            self._clear(place)
        if self._start.pieces[name].category == "box":
            self._do(Step(id=self._id(), skill="push", args={"object": name, "target": place}))
            return
        self._clear(name)
        put = "stack" if category in GRASPABLE else "place"
        self._do(
            Step(id=self._id(), skill="pick", args={"object": name}),
            Step(id=self._id(), skill=put, args={"object": name, "target": place}),
        )

    def _move(self, name: str, spots: Iterator[Piece]) -> None:
        """Put a thing on the table at the first of some spots at which that works."""
        self._clear(name)
        fault = "there is no such spot"
        for _, there in zip(range(TRIES), spots, strict=False):
            half = SHAPES[there.category].size[2] / 2 if there.category in GRASPABLE else 0.0
            foot = there.position[2] - half if there.category in GRASPABLE else 0.0
            category = self._start.pieces[name].category
            z = foot + SHAPES[category].size[2] / 2
            location = Location(id=self._id(), position=(*there.position[:2], z), yaw=there.yaw)
            args = {"object": name, "target": location.id}
            steps = [Step(id=self._id(), skill="push" if category == "box" else "place", args=args)]
            if category != "box":
                steps.insert(0, Step(id=self._id(), skill="pick", args={"object": name}))
            try:
                self._do(*steps, locations=(location,))
            except StuckError as error:
                fault = str(error)
                continue
            return
        raise StuckError(f"{name} cannot be put there: {fault}")

    def _clear(self, name: str) -> None:
        """Take off what stands on a thing."""
        now = self._now()
        if now.pieces[name].category in FEET:
            return
        for upper in [one for one in now.pieces if name in carriers(now, one)]:
            self._move(upper, self._spots(upper, "on_table", (upper,)))

    def _evict(self, name: str, there: Piece) -> None:
        """Take away what stands where a thing is to stand."""
        now = self._now()
        for other, piece in now.pieces.items():
            near = math.dist(piece.position[:2], there.position[:2]) < 0.06
            if other != name and near and piece.category in GRASPABLE and on_table(self._course(now), other):
                self._move(other, self._spots(other, "on_table", (other,)))

    def _do(self, *steps: Step, locations: tuple[Location, ...] = ()) -> None:
        """Do some steps, looking at the truth now and then."""
        status = None
        self._hand.begin(steps, locations)
        while status is None:
            status = self._tick()
        if not status.succeeded:
            raise StuckError(f"{steps[-1].skill} {dict(steps[-1].args)}: {status.reason}")

    def _tick(self) -> Any:
        status = self._hand.advance()
        if self._hand.tick % EVERY == 0:
            self.moments.append(self._now())
        return status

    def _id(self) -> str:
        self._steps += 1
        return f"s{self._steps}"


def _at(piece: Piece, spot: Spot) -> Piece:
    """Return a thing as it would be on the table at a spot."""
    half = 0.0 if piece.category in FEET else SHAPES[piece.category].size[2] / 2
    return replace(piece, position=(*spot, half))


def _with(now: Moment, name: str, piece: Piece) -> Moment:
    """Return a moment in which a thing stands on the table elsewhere."""
    rests = {pair for pair in now.rests if pair[0] != name} | {(name, TABLE)}
    return replace(now, pieces={**now.pieces, name: piece}, rests=frozenset(rests), gripped=frozenset())


def _clearance(now: Moment, name: str, spot: Spot) -> float:
    """Return how far the circle around a spot, for a small thing, stays from those of all others, m."""
    small = SHAPES["block"].size[0] / 2 * math.sqrt(2)
    far = [
        math.dist(spot, piece.position[:2]) - small - _radius(piece)
        for other, piece in now.pieces.items()
        if other != name and piece.category != "zone"
    ]
    return min(far, default=1.0)


def _radius(piece: Piece) -> float:
    return SHAPES[piece.category].size[0] / 2 * (math.sqrt(2) if piece.category in ("block", "box") else 1.0)


def _steps(low: float, high: float) -> list[float]:
    return [low + GRID * k for k in range(int((high - low) / GRID) + 1)]

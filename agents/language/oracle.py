"""An oracle: it sees simulator truth, and does what a row expects with the arm's own skills.

It shows that a layout lets a row be done, by doing it: in the same physics, with the same hand, and judged by
the same judge. It understands no sentence; it reads what should be true.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from neuralbrain.agents.language.course import DIRECTIONS, Course, carriers
from neuralbrain.agents.language.hand import Hand
from neuralbrain.agents.language.judge import Reply, Verdict, is_true, judge
from neuralbrain.agents.language.predicates import PREDICATES, on_table, towers
from neuralbrain.agents.language.rows import Row
from neuralbrain.agents.language.spots import at, spots, spots_in_line, spots_in_tray
from neuralbrain.agents.language.statements import Statement
from neuralbrain.agents.language.terms import Bound, bindings
from neuralbrain.arm.catalogue import GRASPABLE, SHAPES
from neuralbrain.envs.tabletop.moment import FEET, Moment, Piece
from neuralbrain.errors import NeuralBrainError
from neuralbrain.messages import Location, PlanStatus, Step

EVERY: Final = 4
"""So many ticks lie between two looks at the truth."""
ROUNDS, TRIES = 3, 4
"""So often all statements are gone through, and so many spots are tried for a thing."""
LONGEST: Final = 2400
"""So many ticks some steps take at most."""
AFTER: Final = 20
"""So many ticks after the last step the end is looked at."""
NEAR: Final = 0.06
"""What is nearer than this to where something is to stand is in the way, m."""


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
        for _ in range(AFTER):
            self._tick()
        self.moments.append(self._now())
        return judge(row, Reply(outcome="done", text="", moments=self.moments))

    # ---- what there is

    @property
    def _start(self) -> Moment:
        return self.moments[0]

    def _now(self) -> Moment:
        return self._hand.body.truth.moment(self._hand.tick * self._hand.body.tick_seconds)

    def _course(self) -> Course:
        return Course([self._start, self._now()])

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
            self._move(str(one[0]), self._spots("on_table", one[:1]))
        rest.sort(key=lambda one: not on_table(self._course(), str(one[0])))  # elsewhere it may be of use
        return rest[: max(0, statement.times - len(true))]

    def _holds(self, predicate: str, bound: Bound) -> bool:
        return bool(PREDICATES[predicate](self._course(), *bound))

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
                self._move(name, iter([at(piece, spot)]))
            case "turned":
                turned = replace(pieces[name], yaw=pieces[name].yaw + math.radians(float(bound[1])))
                self._move(name, iter([turned]))
            case "unmoved":
                raise StuckError(f"{name} has been moved")
            case _:
                self._move(name, self._spots(predicate, bound))

    def _spots(self, predicate: str, bound: Bound) -> Iterator[Piece]:
        """Yield where a thing could be put so that a predicate is true of it."""
        name, holds = str(bound[0]), PREDICATES[predicate]
        return spots(self._start, self._now(), name, lambda course: bool(holds(course, *bound)))

    def _line_up(self, names: list[str]) -> None:
        """Put things in a row, from the viewer's left to right."""
        now = self._now()
        line = spots_in_line(now, len(names))
        if not line:
            raise StuckError("there is no room for a row")
        for name, spot in zip(names, line, strict=True):
            self._move(name, iter([at(now.pieces[name], spot)]))

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
            self._move(name, spots_in_tray(self._now(), name, place))
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
            category = self._start.pieces[name].category
            z = there.foot + SHAPES[category].size[2] / 2
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
            self._move(upper, self._spots("on_table", (upper,)))

    def _evict(self, name: str, there: Piece) -> None:
        """Take away what stands where a thing is to stand."""
        now = self._now()
        for other, piece in now.pieces.items():
            near = math.dist(piece.position[:2], there.position[:2]) < NEAR
            if other != name and near and piece.category in GRASPABLE and on_table(self._course(), other):
                self._move(other, self._spots("on_table", (other,)))

    def _do(self, *steps: Step, locations: tuple[Location, ...] = ()) -> None:
        """Do some steps, looking at the truth now and then."""
        self._hand.begin(steps, locations)
        status = next(filter(None, (self._tick() for _ in range(LONGEST))), None)
        if status is None or not status.succeeded:
            why = "it takes too long" if status is None else status.reason
            raise StuckError(f"{steps[-1].skill} {dict(steps[-1].args)}: {why}")

    def _tick(self) -> PlanStatus | None:
        status = self._hand.advance()
        if self._hand.tick % EVERY == 0:
            self.moments.append(self._now())
        return status

    def _id(self) -> str:
        self._steps += 1
        return f"s{self._steps}"

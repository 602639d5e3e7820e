"""What robots among cells can be told to do by a plan, and what can be said of what has come of it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Location, Scene, Step
from neuralbrain.nanorobots.planning.errands import ALL, REACHED, Errand, Verb
from neuralbrain.planning.domain import Domain, SkillForm
from neuralbrain.words import counted

TEXTS: Mapping[Verb, str] = {
    "find": "Each robot seeks a cancer cell and stays with it; found(robots) is true then. It cannot tell "
    "one cell from another. Nothing is seen from afar: that no cell is sensed yet is no reason against it.",
    "treat": "The robots seek cancer cells and let portions go there until these are dead, without a find "
    "before it: so many `cells` in all, or null for all that there are; treated(robots, cells) is true then. "
    "With null nothing is left that could be found or followed after it.",
    "follow": "Each robot keeps near a cancer cell, without end, so nothing comes after it; near(robots) is "
    "true then.",
}
"""What each skill does. `robots` is how many of the robots do it, null for all."""
ROBOTS = '`robots` is how many of the robots do it, null for all; conditions say a whole number, or "all".'
SOME = "some"
"""How many cells a step alone is known to have treated; how many that makes is counted over the plan."""


@dataclass
class CellState:
    """What a plan has come to, in symbols.

    Attributes:
        robots: How many there are.
        portions: What is left, all together.
        treated: Which robots -> how many cells they have treated.
        where: What is true of which robots: that they have found a cell, or are near one.
        ended: Why nothing more can be done; empty if it can.
    """

    robots: int
    portions: int
    treated: Counter[str] = field(default_factory=Counter)
    every: str = ""  # which robots have treated all
    where: tuple[str, str] = ("", "")
    ended: str = ""

    def knows(self, name: str) -> bool:
        """Whether a name is one of those that are always there."""
        return name == ALL

    def satisfies(self, condition: Condition) -> bool:
        """Whether a condition is true; false if it makes no sense."""
        predicate, (who, *cells) = condition.predicate, condition.args
        who = team(who, self.robots)
        if predicate != REACHED["treat"]:
            truth = self.where == (predicate, who)
        elif cells == [SOME]:
            truth = self.every == who or self.treated[who] > 0
        elif cells == [ALL]:
            truth = self.every == who
        else:
            truth = self.every != who and str(self.treated[who]) == cells[0]
        return truth is not condition.negated

    def apply(self, step: Step) -> None:
        """Do what a step does when it succeeds.

        Raises:
            PlanError: It cannot be done in this state; the message says why.
        """
        errand = errand_of(step)
        trouble = self.ended or errand.trouble(self.robots, self.portions)
        if trouble:
            raise PlanError(trouble.rstrip("."))
        who = team(str(errand.robots or ALL), self.robots)
        self.where = (REACHED[errand.verb], who) if errand.verb != "treat" else ("", "")
        if errand.verb == "treat" and errand.number is None:
            self.every, self.portions = who, 0
        elif errand.verb == "treat":
            self.treated[who] += errand.number or 0
            self.portions -= errand.number or 0
        if not errand.ends:
            self.ended = f"to {errand} has no end, so nothing can be done after it"
        elif not errand.leaves:
            self.ended = "all cancer cells are treated before it, and nothing secretes any more"


@dataclass(frozen=True)
class CellDomain(Domain):
    """Finding, treating and following cancer cells, with what the body has now.

    Attributes:
        robots: How many there are.
        portions: What they have left, all together; 0: they cannot treat.
    """

    robots: int
    portions: int = 0
    constants = frozenset({ALL})

    @property
    def greatest(self) -> int:
        """The greatest number of robots, or of cells that the payload could treat."""
        return max(self.robots, self.portions)

    @property
    def predicates(self) -> Mapping[str, int]:
        """Predicate -> how much it is about: robots, and cells."""
        return {REACHED[verb]: 2 if verb == "treat" else 1 for verb in self._verbs}

    @property
    def skills(self) -> Mapping[str, SkillForm]:
        """Skill -> its arguments, which may all be left out."""
        return {verb: self._skill(verb) for verb in self._verbs}

    @property
    def _verbs(self) -> tuple[Verb, ...]:
        return tuple(verb for verb in get_args(Verb) if verb != "treat" or self.portions)

    def _skill(self, verb: Verb) -> SkillForm:
        numbers = {"robots": (1, self.robots)}
        numbers |= {"cells": (1, self.portions)} if verb == "treat" else {}
        return SkillForm(may=frozenset(numbers), numbers=numbers, text=f"{TEXTS[verb]} {ROBOTS}")

    def step(self, name: str, skill: str, args: Mapping[str, str], scene: Scene, retries: int) -> Step:
        """Return a step with what is true after it."""
        who = team(args.get("robots", ALL), self.robots)
        after = Condition(
            predicate=REACHED[cast(Verb, skill)], args=(who, SOME) if skill == "treat" else (who,)
        )
        return Step(id=name, skill=skill, args=dict(args), postconditions=(after,), retries=retries)

    def suited(self, condition: Condition, scene: Scene) -> Condition | None:
        """Return a condition of others' as it is counted; None for what is not, and for too many robots."""
        who, *cells = condition.args
        if condition.negated or (who != ALL and int(who) > self.robots):
            return None
        return condition.model_copy(update={"args": (team(who, self.robots), *cells)})

    def meaning(self, predicate: str) -> str:
        """Say what a predicate states, of some robots and cells."""
        return self._meaning(predicate, (ALL, "2"))

    def words(self, condition: Condition) -> str:
        """Say a condition in words, as after "that"."""
        who, *cells = condition.args
        robots = counted(self.robots if who == ALL else int(who), "robot")
        one = (self.robots if who == ALL else int(who)) == 1
        if cells:
            what = "all cancer cells" if cells[0] == ALL else counted(int(cells[0]), "cancer cell")
            if who == ALL:
                return f"{what} {'is' if cells[0] == '1' else 'are'} dead"
            return f"{robots} {'has' if one else 'have'} treated {what}"
        each = "the robot" if one else "each robot"
        where = "with a cancer cell"
        if condition.predicate == REACHED["follow"]:
            where = "near a cancer cell until the time is up"
        return f"{each if who == ALL else robots} {'is' if one or who == ALL else 'are'} {where}"

    def example(self, scene: Scene) -> str:
        """Return an example of a stage: cells are found."""
        return EXAMPLE

    def state(self, scene: Scene, locations: Iterable[Location], holding: str | None) -> CellState:
        """Return what the body has, and nothing done yet."""
        return CellState(self.robots, self.portions)

    def holds(
        self, condition: Condition, scene: Scene, locations: Iterable[Location], holding: str | None
    ) -> bool:
        """Whether a condition is true before anything is done: it never is."""
        return CellState(self.robots, self.portions).satisfies(condition)


def errand_of(step: Step) -> Errand:
    """Return what a plan's step asks for."""
    cells, robots = (step.args.get(name) for name in ("cells", "robots"))
    number = 1 if step.skill != "treat" else None if cells is None else int(cells)
    return Errand(cast(Verb, step.skill), number, robots=None if robots is None else int(robots))


def team(who: str, robots: int) -> str:
    """Return how many robots are meant; as many as there are, or more, are all."""
    return ALL if who != ALL and int(who) >= robots else who


EXAMPLE = json.dumps(
    {
        "purpose": "find a cancer cell",
        "needs": [],
        "steps": [{"skill": "find", "robots": None}],
        "brings": [{"predicate": "found", "args": [ALL], "negated": False}],
        "handlers": [],
    }
)

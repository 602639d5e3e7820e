"""What an embodiment can do and say about the world, in symbols: its skills, its predicates, their truth."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from neuralbrain.consent import load
from neuralbrain.embodiment import find_embodiment
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import BodySchema, Condition, Location, Scene, Step
from neuralbrain.planning.goal import Goal


@dataclass(frozen=True, kw_only=True)
class SkillForm:
    """What may be known of a skill without carrying it out.

    Attributes:
        needs: The arguments that it must have.
        may: Those that it may have.
        words: Those of them that are words, and not the ids of objects or locations.
        numbers: Those of them that are whole numbers -> the least and the greatest that is possible now.
        text: What it does, takes, needs and brings about, in words, for people and language models.
    """

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    numbers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    text: str = ""

    def names(self, argument: str) -> bool:
        """Whether an argument is the id of an object or a location."""
        return argument not in self.words and argument not in self.numbers


class DomainState(Protocol):
    """The world in symbols, in which a plan can be tried out."""

    def knows(self, name: str) -> bool:
        """Whether a name is an object that is seen, a location, or something that is always there."""

    def satisfies(self, condition: Condition) -> bool:
        """Whether a condition is true; false if it names something unknown."""

    def apply(self, step: Step) -> None:
        """Do what a step does when it succeeds.

        Raises:
            PlanError: It cannot be done in this state; the message says why.
        """


class Domain(ABC):
    """An embodiment's skills and predicates."""

    constants: frozenset[str] = frozenset()
    """Names that conditions may use besides objects and locations ("table")."""

    @property
    def greatest(self) -> int:
        """The greatest whole number that conditions may name; 0: they name none."""
        return 0

    @property
    @abstractmethod
    def skills(self) -> Mapping[str, SkillForm]:
        """Skill -> its arguments."""

    @property
    @abstractmethod
    def predicates(self) -> Mapping[str, int]:
        """Predicate -> how many objects it is about."""

    def felt(self, condition: Condition) -> bool:
        """Whether a condition is believed once the step that brings it about has succeeded.

        No scene shows such a condition ("shaken"), so nobody looks for it, and `holds` is not asked.
        """
        return False

    def step(self, name: str, skill: str, args: Mapping[str, str], scene: Scene, retries: int) -> Step:
        """Return a step with the conditions that its skill declares.

        Args:
            name: Its id.
            skill: One of `skills`.
            args: Its arguments.
            scene: Says of what category each object is.
            retries: How often it may be tried again.
        """
        return Step(id=name, skill=skill, args=dict(args), retries=retries)

    def words_for(self, skill: str, argument: str) -> tuple[str, ...]:
        """Return the words that an argument may be, where it is one of a few; none where any will do."""
        return ()

    def suited(self, condition: Condition, scene: Scene) -> Condition | None:
        """Return a condition of others' as scenes show it ("in" for a bowl); None if it makes no sense."""
        return condition

    def places(
        self, scene: Scene, body: BodySchema | None, taken: Iterable[Location]
    ) -> tuple[Location, ...]:
        """Return locations that a plan of others may use besides objects, away from those that are taken."""
        return ()

    def placed(
        self, locations: tuple[Location, ...], steps: Iterable[Step], scene: Scene
    ) -> tuple[Location, ...]:
        """Return locations as they suit what steps put there."""
        return locations

    def out_of_reach(
        self, name: str, scene: Scene, locations: Iterable[Location], body: BodySchema | None
    ) -> str:
        """Say why the body cannot act on an object or a location where it is; empty if it can."""
        return ""

    def words(self, condition: Condition) -> str:
        """Say a condition in words, as after "that"."""
        first, *others = (f"the {name.replace('_', ' ')}" for name in condition.args or ("",))
        verb = "is not" if condition.negated else "is"
        return " ".join([first, verb, condition.predicate.replace("_", " "), *others])

    def meaning(self, predicate: str) -> str:
        """Say what a predicate states, for a model: "on(a, b): the a is on the b"."""
        return self._meaning(predicate, ("a", "b", "c"))

    def _meaning(self, predicate: str, things: tuple[str, ...]) -> str:
        args = things[: self.predicates[predicate]]
        return f"{predicate}({', '.join(args)}): {self.words(Condition(predicate=predicate, args=args))}"

    origin: str = ""
    """From where positions are told, in words; empty where there are none."""

    def terms(self) -> str:
        """Say what its declarations speak of besides predicates, for a model; empty for nothing."""
        return ""

    def example(self, scene: Scene) -> str:
        """Return an example of a plan's stage, as JSON text, for a model that has never seen one."""
        return ""

    @abstractmethod
    def state(self, scene: Scene, locations: Iterable[Location], holding: str | None) -> DomainState:
        """Return a scene in symbols."""

    @abstractmethod
    def holds(
        self, condition: Condition, scene: Scene, locations: Iterable[Location], holding: str | None
    ) -> bool:
        """Whether a condition is seen to be true in a scene.

        A statement about an object that the scene does not contain is false, and so is its negation.
        """

    def held_by(self, goal: Goal) -> str | None:
        """Return what is held when a goal is reached."""
        return None

    def unseen(self, goal: Goal, scene: Scene) -> tuple[str, ...]:
        """Return the ids that a goal is about and a scene does not contain, each once, in order."""
        known = {*self.constants, *(p.id for p in goal.locations), *(obj.id for obj in scene.objects)}
        names = (name for condition in goal.conditions for name in condition.args)
        return tuple(dict.fromkeys(name for name in names if name not in known))


def find_domain(embodiment: str) -> Domain:
    """Return the domain of an embodiment.

    Raises:
        UnknownNameError: There is no such embodiment.
        ConfigurationError: It has none.
    """
    path = find_embodiment(embodiment).domain
    if not path:
        raise ConfigurationError(f"the embodiment {embodiment!r} has no skills to plan with")
    found: Domain = load(path)
    return found

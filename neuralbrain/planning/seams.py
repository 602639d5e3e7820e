"""The two parts of a cortex that can be replaced: what a sentence means, and how a goal is reached.

Both are found by name ("arm.grammar"), by the entry points ``neuralbrain.interpreters`` and
``neuralbrain.planners``, or by path. Whoever made a plan, the cortex has it checked before anything moves.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from neuralbrain.consent import find
from neuralbrain.embodiment import parts
from neuralbrain.errors import AmbiguityError
from neuralbrain.messages import BodySchema, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.history import PastGoal

Since = Literal["", "start", "sentence", "undo"]
"""Never; the first scene; when the sentence was said; before what was done last."""


class Intention(ABC):
    """One thing that a sentence asks for; its text says it in words. It can be pickled."""

    since: Since = ""
    """From when its goal needs to know how everything was."""
    chooses: bool = False
    """Whether its goal chooses locations by itself, so that they can be chosen again when they prove bad."""

    by_looking: bool = False
    """Whether it is done by looking alone, so that nothing is left to do once its goal is true."""

    @abstractmethod
    def __str__(self) -> str:
        """Say it in words, as after "to"."""

    @abstractmethod
    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done.

        Args:
            scene: What is where now; nothing indispensable is missing in it.
            start: Where everything was then; empty unless `since` says when.
            kept: What earlier intentions of the sentence have reached, to be kept where it is not undone.

        Raises:
            InstructionError: It makes no sense for these objects, or several could be meant.
            PlanError: There is no room for it.
        """

    def settled(self, scene: Scene) -> "Intention":
        """Return the same, about the objects that it is about in this scene, wherever they will be later."""
        return self

    def parts(self, scene: Scene) -> "tuple[Intention, ...]":
        """Return what it consists of, settled; each part is worked for by itself, and consists of itself."""
        return (self.settled(scene),)

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str | None:
        """Return what to say where there is nothing to do but to say it; None where there is.

        Args:
            scene: What is seen.
            history: What the brain has worked for, and what became of it.
            holding: What is held, or None.
        """
        return None

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Return what it is about and what is not seen, in words.

        Raises:
            InstructionError: A name fits several objects.
        """
        return ()

    def indispensable(self, scene: Scene) -> tuple[str, ...]:
        """Return that part of `missing` without which nothing can be done."""
        return self.missing(scene)


class Embodied:
    """A part that may ask what its body is.

    Attributes:
        body: What the body says of itself, once the cortex has been told.
    """

    body: BodySchema | None = None


class Interpreter(Embodied, ABC):
    """Understands sentences.

    Attributes:
        directions: The viewer's words for directions -> unit vectors in the world, x and y, if it has any.
    """

    directions: Mapping[str, tuple[float, float]] = MappingProxyType({})

    def load(self) -> None:
        """Load what takes long, before the episode begins."""

    @abstractmethod
    def interpret(self, text: str, before: tuple[Intention, ...] = ()) -> tuple[Intention, ...]:
        """Return what a sentence asks for, in order, at least one intention.

        Args:
            text: The sentence.
            before: What was asked for last, to which "it" and the like may refer.

        Raises:
            InstructionError: It is not understood as a whole; the message says why, and what can be said.
        """

    def plain(self, text: str) -> str:
        """Return a sentence with the words that scenes use in the place of their synonyms, in lower case."""
        return text.lower()

    def abilities(self) -> str:
        """Say what can be asked for, in a sentence without its full stop."""
        return "I understand what this brain was made for"

    def resolve(
        self, intentions: tuple[Intention, ...], question: AmbiguityError, answer: str
    ) -> tuple[Intention, ...] | None:
        """Return intentions in which a phrase that could mean several things means what the person answers.

        Args:
            intentions: What was asked for.
            question: What the person was asked, and between what to choose.
            answer: What the person said.

        Returns:
            None if this is no answer to it, but a sentence of its own.

        Raises:
            AmbiguityError: It names none of the choices, or still more than one: it is asked again.
        """
        return None


class Planner(Embodied, ABC):
    """Finds out how to reach a goal, and where to look for what is not seen."""

    def load(self) -> None:
        """Load what takes long, before the episode begins."""

    @abstractmethod
    def plan(self, scene: Scene, goal: Goal, holding: str | None, timeout: float) -> Plan | None:
        """Return a plan; None if the goal's conditions are true already.

        Args:
            scene: What is believed to be where.
            goal: What should be true.
            holding: What is held, or None.
            timeout: A safety net, s of wall clock.

        Raises:
            PlanError: There is none, or none was found in time.
        """

    @abstractmethod
    def look(self, location: Location | None) -> Plan:
        """Return a plan that only looks: at everything, or at a location."""

    def viewpoints(self, scene: Scene) -> tuple[Location, ...]:
        """Return the locations to look at for what is not seen, the most promising first."""
        return ()


def find_interpreter(name: str) -> Interpreter:
    """Make an interpreter.

    Raises:
        UnknownNameError: There is none of that name.
        ConfigurationError: It cannot be imported.
    """
    known = parts(lambda embodiment: embodiment.interpreters)
    found: Interpreter = find("interpreter", name, known, "neuralbrain.interpreters")()
    return found


def find_planner(name: str) -> Planner:
    """Make a planner.

    Raises:
        UnknownNameError: There is none of that name.
        ConfigurationError: It cannot be imported.
    """
    known = parts(lambda embodiment: embodiment.planners)
    found: Planner = find("planner", name, known, "neuralbrain.planners")()
    return found

"""What a model is told, and what its answer is held against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from neuralbrain.messages import Location, Scene
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.phrases import named


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A sentence, and how things stand when it is thought about.

    Attributes:
        sentence: As it was said.
        scene: What is believed to be where.
        places: Locations that a plan may use besides objects.
        holding: What is held, or None.
        goals: What the sentence means, goal after goal, as far as the grammar understands it; empty if it
            does not.
        partial: Whether the sentence means more, which is not known before these goals are reached.
        memories: What is remembered of the sort, in words.
        blind: Whether the model is told nothing of the scene, to see what it guesses.
        directions: The viewer's words for directions -> unit vectors in the world, x and y, if it has any.
        known: What a body that sees no objects knows instead, as data.
        picture: What a camera saw, with names drawn in, as PNG in base64; empty for none.
    """

    sentence: str
    scene: Scene
    places: tuple[Location, ...] = ()
    holding: str | None = None
    goals: tuple[Goal, ...] = ()
    partial: bool = False
    memories: tuple[str, ...] = ()
    directions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    picture: str = ""
    blind: bool = False

    @property
    def locations(self) -> tuple[Location, ...]:
        """All locations: those of the goals, and the places; of one id the first counts."""
        each = (*(spot for goal in self.goals for spot in goal.locations), *self.places)
        return tuple({spot.id: spot for spot in reversed(each)}.values())[::-1]

    def names(self) -> tuple[str, ...]:
        """Return the names that a plan may use: objects that are seen, and locations, each by its own."""
        names = [obj.id for obj in self.scene.objects] + [spot.id for spot in self.locations]
        bodies = {obj.id for obj in self.scene.objects if obj.is_body}
        return tuple(name for name in names if names.count(name) == 1 and name not in bodies)

    def told(self, name: str) -> str:
        """Return what a person would call something."""
        obj = self.scene.find(name)
        return name.replace("_", " ") if obj is None else named(obj)

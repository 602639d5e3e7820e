"""What can be said of objects on a table, and what types of objects there are to say it of."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE, SHAPES
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Condition

TABLE = "table"
LOCATION = "location"
"""The kind of what is a location and no object; the table's is its name."""
WORD = "word"
"""The sort of an argument that is a word, and not the id of an object or a location."""

PREDICATES: Final = MappingProxyType(
    {
        "on": ("any", "any"),
        "in": ("any", "any"),
        "at": ("any", "any"),
        "in_zone": ("any", "any"),
        "holding": ("any",),
        "hand_empty": (),
        "clear": ("any",),
        "open": ("drawer",),
        "closed": ("drawer",),
        "visible": ("any",),
    }
)
"""Predicate -> what type each of its arguments is. These are looked for in the scene, or felt by the hand at
every tick; any other that a skill declares is felt once, when the skill has succeeded, and believed."""

RELATIONS: Final = ("at", "in", "on", "in_zone")
"""Predicates that say where an object is; which one suits depends on what is there."""

TYPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "graspable": GRASPABLE,
        "container": CONTAINERS,
        **{category: (category,) for category in SHAPES},
        LOCATION: (LOCATION,),
        "anywhere": (*GRASPABLE, *CONTAINERS, "zone", LOCATION),
        "any": (*SHAPES, LOCATION, TABLE),
    }
)
"""Sort -> the kinds of objects that are of it: categories of the catalogue, a location, the table. Carried
objects may be "anywhere"."""


def kinds(types: str) -> tuple[str, ...]:
    """Return the kinds of objects that are of one of some types.

    Args:
        types: One or more, with spaces between them: "container zone place".

    Raises:
        ConfigurationError: There is no such type.
    """
    unknown = [sort for sort in types.split() if sort not in TYPES]
    if unknown:
        raise ConfigurationError(f"there is no type of objects {unknown[0]!r}; there are {', '.join(TYPES)}")
    return tuple(dict.fromkeys(kind for sort in types.split() for kind in TYPES[sort]))


def is_felt(predicate: str) -> bool:
    """Whether a predicate is believed once the step that brings it about has succeeded, and never seen."""
    return predicate not in PREDICATES


def bound(statement: str, names: Mapping[str, str]) -> Condition:
    """Return a statement about arguments as a condition on what they are.

    Args:
        statement: Like "holding object" or "not closed drawer".
        names: Argument -> object or location; a word that is no argument stands for itself ("table").
    """
    words = statement.split()
    negated = words[0] == "not"
    predicate, *args = words[negated:]
    return Condition(predicate=predicate, args=tuple(names.get(word, word) for word in args), negated=negated)


def suited(condition: Condition, kind: str) -> Condition:
    """Return a condition that says where an object is with the predicate that suits what is there."""
    if condition.predicate not in RELATIONS:
        return condition
    predicate = {LOCATION: "at", "zone": "in_zone", **dict.fromkeys(CONTAINERS, "in")}.get(kind, "on")
    return condition.model_copy(update={"predicate": predicate})

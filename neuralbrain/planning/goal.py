"""What shall be true, and a plan that makes it so."""

from dataclasses import dataclass

from neuralbrain.messages import Condition, Place, TreeNode


@dataclass(frozen=True)
class Goal:
    """What shall be true.

    Attributes:
        text: In words.
        conditions: All of them; empty where only a movement is asked for.
        places: The places that they refer to.
    """

    text: str
    conditions: tuple[Condition, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What shall be done.

    Attributes:
        root: The tree.
        places: What its steps and conditions refer to.
        shown_by: The beginning of the ids of the steps whose picture shows what came of it; empty where it is
            felt and needs no picture.
    """

    root: TreeNode
    places: tuple[Place, ...] = ()
    shown_by: str = ""

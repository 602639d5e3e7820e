"""What should be true, and a plan that reaches it."""

from dataclasses import dataclass

from neuralbrain.messages import Condition, Location, TreeNode


@dataclass(frozen=True)
class Goal:
    """What should be true.

    Attributes:
        text: In words.
        conditions: All of them; empty where only a movement is asked for.
        locations: The locations that they refer to.
        fixed: The ids of objects that must stay where they are meanwhile.
    """

    text: str
    conditions: tuple[Condition, ...]
    locations: tuple[Location, ...] = ()
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What should be done.

    Attributes:
        root: The tree.
        locations: What its steps and conditions refer to.
        shown_by: The beginning of the ids of the steps whose picture shows what came of it; empty where it is
            felt and needs no picture.
    """

    root: TreeNode
    locations: tuple[Location, ...] = ()
    shown_by: str = ""

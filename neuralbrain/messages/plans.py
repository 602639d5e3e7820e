"""Plans, what becomes of them, and what is remembered."""

from typing import Annotated, Literal

from pydantic import Field

from neuralbrain.messages.base import Message, Part
from neuralbrain.messages.senses import SceneObject


class Condition(Part):
    """A symbolic statement about the scene, like at(ball, place_1), or its negation.

    Attributes:
        predicate: One of the embodiment's (`neuralbrain.planning.domain.Domain`).
        args: What it is about: ids of objects or of locations of the tree, or constants of the domain.
        negated: Whether it says that this is not so.
    """

    predicate: str
    args: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{'not ' if self.negated else ''}{self.predicate}({', '.join(self.args)})"


class Location(Part):
    """A named spot that is not an object: where the centre of what is put there should be.

    Attributes:
        id: Unique in the tree.
        position: Centre of the object once placed, world frame, m.
        yaw: rad.
        turned: Whether what is put there must have that yaw; else any that it can be grasped by will do.
    """

    id: str
    position: tuple[float, float, float]
    yaw: float = 0.0
    turned: bool = False


class Step(Part):
    """A leaf of the execution tree: one skill with its arguments; as text like "place red block → blue bowl".

    Attributes:
        id: Unique in the tree.
        skill: One of the embodiment's.
        args: By name: ids of objects or locations, or words (the name of a camera).
        preconditions: What must be true before: by the check of the whole plan, and, when the step begins, by
            what is seen and held then; else the step fails before anything moves.
        postconditions: What must be seen to be true after.
        retries: How often the cerebellum may try again before the tree's handler is asked.
    """

    node: Literal["step"] = "step"
    id: str
    skill: str
    args: dict[str, str]
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()
    retries: Annotated[int, Field(ge=0)] = 1

    def __str__(self) -> str:
        return f"{self.skill} {' → '.join(self.args.values())}".replace("_", " ").strip()


class Sequence(Part):
    """Children one after the other; it fails with the first that fails."""

    node: Literal["sequence"] = "sequence"
    id: str
    children: tuple["TreeNode", ...]


class Fallback(Part):
    """Children until one succeeds: the first is the plan, the others are its anomaly handlers."""

    node: Literal["fallback"] = "fallback"
    id: str
    children: tuple["TreeNode", ...]


TreeNode = Annotated[Step | Sequence | Fallback, Field(discriminator="node")]


def steps(node: Step | Sequence | Fallback) -> tuple[Step, ...]:
    """Return the steps below a node, left to right."""
    if isinstance(node, Step):
        return (node,)
    return tuple(step for child in node.children for step in steps(child))


class ExecutionTree(Message):
    """What the cortex wants done. A new one replaces the one before.

    Attributes:
        plan: An identifier, unique in the episode.
        goal: The goal in words, for people.
        root: The tree.
        locations: The places that its steps and conditions refer to.
    """

    kind: Literal["execution_tree"] = "execution_tree"
    plan: str
    goal: str
    root: TreeNode
    locations: tuple[Location, ...] = ()

    def location(self, place_id: str) -> Location | None:
        """Return the location of that id, or None."""
        return next((p for p in self.locations if p.id == place_id), None)

    def headline(self) -> str:
        """Say what is planned."""
        return f"plan {self.plan}: {self.goal}"


class StepStatus(Message):
    """Whoever carries out a plan says how a step goes.

    Attributes:
        plan: The plan it belongs to.
        step: The step's id.
        skill: The step's skill.
        state: "started"; "claimed" (done as far as touch can tell, to be checked by eye after the picture
            named by ``request``); "succeeded"; "failed".
        attempt: 1 for the first try.
        request: The look that will show the result; empty where none is needed.
        reason: Why it failed; else empty.
        holding: What is held by now, as far as it is felt: an object's id; empty for nothing.
    """

    kind: Literal["step_status"] = "step_status"
    plan: str
    step: str
    skill: str
    state: Literal["started", "claimed", "succeeded", "failed"]
    attempt: int
    request: str = ""
    reason: str = ""
    holding: str = ""


class PlanStatus(Message):
    """Whoever carries out a plan says that a whole tree has ended.

    Attributes:
        plan: The plan.
        succeeded: Whether its root succeeded.
        reason: Why it failed; else empty.
    """

    kind: Literal["plan_status"] = "plan_status"
    plan: str
    succeeded: bool
    reason: str = ""

    def headline(self) -> str:
        """Say how it ended."""
        return f"plan {self.plan} " + ("succeeded" if self.succeeded else f"failed: {self.reason}")


class Verdict(Message):
    """The anomaly monitor's answer to a claimed step: does the scene confirm it?

    Attributes:
        plan: The plan.
        step: The step's id.
        holds: Whether every postcondition was seen to be true.
        unmet: Those that were not.
    """

    kind: Literal["verdict"] = "verdict"
    plan: str
    step: str
    holds: bool
    unmet: tuple[Condition, ...] = ()


class Anomaly(Message):
    """Something is not as it should be, and the level that deals with it.

    Attributes:
        level: "reflex" (brainstem), "retry" (whoever carries out the plan), "handler" (the tree's own),
            "replan" (cortex).
        what: What was wrong, in words.
        plan: The plan it belongs to; empty for none.
        step: The step; empty for none.
    """

    kind: Literal["anomaly"] = "anomaly"
    level: Literal["reflex", "retry", "handler", "replan"]
    what: str
    plan: str = ""
    step: str = ""

    def headline(self) -> str:
        """Say what is wrong."""
        return f"anomaly ({self.level}): {self.what}"


class TimeNotice(Message):
    """The time is nearly up: who has something to tell the person says it now, as `Done`.

    Attributes:
        left: Simulated time that is left, s.
    """

    kind: Literal["time_notice"] = "time_notice"
    left: float


class MemoryQuery(Message):
    """Asks the hippocampus.

    Attributes:
        query: An identifier that comes back with the answer.
        about: "start": the first scene of this episode; "text": past episodes near to ``text`` in meaning.
        text: What to look for, in words.
    """

    kind: Literal["memory_query"] = "memory_query"
    query: str
    about: Literal["start", "text"]
    text: str = ""


class Recall(Message):
    """What the hippocampus remembers.

    Attributes:
        query: The identifier of the question.
        objects: For "start": where everything was in the first scene.
        passages: For "text": remembered episodes in words, best first; none if nothing is about it.
    """

    kind: Literal["recall"] = "recall"
    query: str
    objects: tuple[SceneObject, ...] = ()
    passages: tuple[str, ...] = ()

"""The region that understands the instruction, plans, and decides when it is done."""

from typing import Literal

from pydantic import Field

from neuralbrain.errors import InstructionError, PlanError
from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Instruction,
    MemoryQuery,
    Place,
    PlanStatus,
    Recall,
    Scene,
    SceneObject,
)
from neuralbrain.planning import grammar, planner, trees
from neuralbrain.planning.check import check
from neuralbrain.planning.commands import Command, Put, Pyramid, Restore, Row, Sort
from neuralbrain.planning.goals import Goal, combined, ground, lost, merged, missing
from neuralbrain.planning.grammar import parse
from neuralbrain.planning.places import lookouts
from neuralbrain.planning.planner import plan
from neuralbrain.planning.symbols import holds
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

CHOSEN = (Put, Pyramid, Row)
"""Commands whose places are chosen on free table, so that they can be chosen anew."""


class CortexConfig(RegionConfig):
    """Settings.

    Attributes:
        max_replans: How often one goal is planned anew after a failure.
        planner_timeout: A safety net, s of wall clock; a plan takes about 0.2.
    """

    max_replans: int = Field(default=4, ge=0)
    planner_timeout: float = Field(default=20.0, gt=0)


class Cortex(Region):
    """Turns a sentence into goals, each goal into a checked tree, and failures into new plans.

    It looks first; looks from the wrist for what the sentence names and the fixed camera does not show; then
    takes the goals one after the other. It decides by identifiers: only the status of the tree it sent last
    counts, and only together with a scene made from a picture that this tree asked for.
    """

    inputs = {
        "instruction": Instruction,
        "scene": Scene,
        "plan_status": PlanStatus,
        "recall": Recall,
        "anomaly": Anomaly,
    }
    optional_inputs = frozenset({"anomaly", "recall"})
    outputs = {"tree": ExecutionTree, "done": Done, "query": MemoryQuery}
    Config = CortexConfig
    config: CortexConfig

    def reset(self, seed: int) -> None:
        """Begin an episode; nothing here is random."""
        grammar.load()  # now, and not in the middle of the episode
        planner.load()
        self._phase: Literal["idle", "look", "act", "recall", "done"] = "idle"
        self._scene: Scene | None = None
        self._pictured: dict[str, None] = {}  # the requests of which a scene has come
        # the sentence
        self._groups: tuple[tuple[Command, ...], ...] = ()
        self._index = 0
        self._goal: Goal | None = None
        self._kept = Goal("", ())  # what earlier goals reached
        self._start: tuple[SceneObject, ...] | None = None
        self._holding: str | None = None
        # the tree that was sent last
        self._plans = 0
        self._plan = ""
        self._awaited = ""  # beginning of a request that shows what came of it; empty for none
        self._status: PlanStatus | None = None
        # trouble
        self._lookouts: tuple[Place, ...] | None = None  # where to look yet; None before a search
        self._replans = 0
        self._unplannable = 0
        self._anomaly = ""
        self._moved = False

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what came, and go on if what was awaited is there."""
        self._take_in(inbox)
        instruction, recall = inbox.latest(Instruction), inbox.latest(Recall)
        try:
            if self._phase == "idle" and instruction is not None:
                self._groups = merged(parse(instruction.text))
                return self._look(tick, "look at the table")
            if self._phase == "recall" and recall is not None and recall.query == self._awaited:
                self._start = recall.objects
                return self._pursue(tick)
            if self._phase in ("look", "act") and self._is_over():
                return self._judge(tick)
        except InstructionError as error:
            return self._done(tick, False, str(error), refused=not self._moved)
        except PlanError as error:
            return self._cannot_plan(tick, str(error))
        return {}

    def _take_in(self, inbox: Inbox) -> None:
        for scene in inbox.of(Scene):
            self._pictured[scene.request] = None
            if self._scene is None or scene.frame_tick >= self._scene.frame_tick:
                self._scene = scene
        for status in inbox.of(PlanStatus):
            if status.plan == self._plan:
                self._status = status
        for anomaly in inbox.of(Anomaly):
            if anomaly.plan == self._plan:
                self._anomaly = anomaly.what

    def _is_over(self) -> bool:
        """Whether the last tree has ended and, if it succeeded, a picture shows what came of it."""
        if self._status is None:
            return False
        if not self._status.succeeded or not self._awaited:
            return True
        return any(request.startswith(self._awaited) for request in self._pictured)

    # ---- sending

    def _next_plan(self) -> str:
        self._plans += 1
        self._plan, self._status, self._anomaly = f"plan_{self._plans}", None, ""
        return self._plan

    def _look(self, tick: int, why: str, place: Place | None = None) -> Outbox:
        self._phase = "look"
        tree = trees.look(self._next_plan(), why, place, tick=tick, source=self.name)
        self._awaited = f"{tree.plan}/"
        return {"tree": tree}

    def _act(self, tick: int, scene: Scene, goal: Goal) -> Outbox:
        """Plan, check, and send the tree."""
        actions, places = plan(scene, goal, self._holding, self.config.planner_timeout)
        if goal.conditions and not actions:
            return self._next_goal(tick, goal)
        tree = trees.act(self._next_plan(), goal, actions, places, scene, tick=tick, source=self.name)
        check(tree, scene, goal.conditions, self._holding)
        self._unplannable = 0
        self._phase, self._moved = "act", True
        shown = actions and actions[-1].skill != "pick"  # taking a thing is felt, not seen
        self._awaited = f"{tree.plan}/{trees.last_step(actions)}" if shown else ""
        return {"tree": tree}

    def _done(self, tick: int, success: bool, text: str, refused: bool = False) -> Outbox:
        self._phase = "done"
        return {"done": Done(tick=tick, source=self.name, success=success, text=text, refused=refused)}

    # ---- deciding

    def _judge(self, tick: int) -> Outbox:
        """The last tree is over: see what came of it."""
        status, goal, scene = self._status, self._goal, self._scene
        if self._phase == "look" or status is None or goal is None or scene is None:
            return self._pursue(tick)
        if not status.succeeded:
            self._holding = None  # the cerebellum puts down what it holds
            return self._again(tick, self._anomaly or status.reason or "a step failed")
        held = [c.args[0] for c in goal.conditions if c.predicate == "holding"]
        self._holding = held[0] if held else None
        unmet = [c for c in goal.conditions if not holds(c, scene, goal.places, self._holding)]
        if unmet:
            return self._again(tick, f"not seen to be true: {', '.join(map(str, unmet))}")
        return self._next_goal(tick, goal)

    def _next_goal(self, tick: int, reached: Goal) -> Outbox:
        self._kept, self._goal = reached, None
        self._index += 1
        self._replans = 0
        if self._index == len(self._groups):
            commands = [command for group in self._groups for command in group]
            return self._done(tick, True, f"Done: {', then '.join(map(str, commands))}.")
        return self._pursue(tick)

    def _pursue(self, tick: int) -> Outbox:
        """Work for the present goal: look for what it lacks, else ground, plan and act."""
        scene = self._scene
        if scene is None:
            return self._again(tick, "no picture has come")
        to_come = [command for group in self._groups[self._index :] for command in group]
        gone = lost(self._goal, scene) if self._goal else ()
        unseen = [*map(str, missing(to_come, scene)), *(name for name in gone if name != self._holding)]
        if unseen:
            if self._lookouts is None:
                self._lookouts = lookouts(scene)
            if self._lookouts:
                spot, *others = self._lookouts
                self._lookouts = tuple(others)
                return self._look(tick, f"look for {' and '.join(unseen)}", spot)
            named = missing([command for command in to_come if not isinstance(command, Sort)], scene)
            if named:
                words = " or ".join(map(str, named))
                return self._done(
                    tick, False, f"I cannot find {words}: neither from the fixed camera nor from the wrist."
                )
            self._goal = None  # as far as it can be seen, then
        group = self._groups[self._index]
        if self._goal is None:
            if self._start is None and any(isinstance(command, Restore) for command in group):
                return self._remember(tick)
            self._goal = combined(self._kept, ground(group, scene, self._start or ()), group, scene)
        return self._act(tick, scene, self._goal)

    def _remember(self, tick: int) -> Outbox:
        self._phase, self._awaited = "recall", f"start_{self._index}"
        return {"query": MemoryQuery(tick=tick, source=self.name, query=self._awaited, about="start")}

    # ---- trouble

    def _again(self, tick: int, why: str) -> Outbox:
        """Look anew and plan from there, a bounded number of times."""
        if self._replans >= self.config.max_replans:
            tried = f"I gave up after {self._replans + 1} plans"
            return self._done(tick, False, f"{tried} to {_words(self._groups[self._index])}: {why}.")
        self._replans += 1
        self._lookouts = None
        return self._look(tick, f"look again: {why}")

    def _cannot_plan(self, tick: int, why: str) -> Outbox:
        """Look once more, in case the scene was mistaken; a second time it is hopeless."""
        self._unplannable += 1
        if self._unplannable > 1:
            return self._done(tick, False, why)
        if all(isinstance(command, CHOSEN) for command in self._groups[self._index]):
            self._goal = None
        return self._again(tick, why)


def _words(group: tuple[Command, ...]) -> str:
    return ", then ".join(map(str, group))

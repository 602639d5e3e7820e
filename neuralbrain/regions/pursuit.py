"""What a cortex does for a sentence: look, plan, act, see what came of it, and plan again."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from neuralbrain.errors import AmbiguityError, InstructionError, PlanError
from neuralbrain.messages import (
    Anomaly,
    BodySchema,
    CameraFrame,
    Claim,
    Condition,
    Done,
    ExecutionTree,
    Location,
    MemoryQuery,
    Outcome,
    PlanStatus,
    Scene,
    SceneObject,
    StepStatus,
    steps,
)
from neuralbrain.planning.check import check_tree
from neuralbrain.planning.domain import Domain
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.history import Ending, PastGoal, summary
from neuralbrain.planning.inquiry import Inquiry
from neuralbrain.planning.phrases import named
from neuralbrain.planning.seams import Intention, Interpreter, Planner
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.regions.claims import claim_of
from neuralbrain.words import listed

BUSY = ("look", "act", "recall", "recollect", "think")
"""Phases in which it works for a sentence."""


Phase = Literal["idle", "look", "act", "recall", "recollect", "think", "ask"]


class PursuitConfig(RegionConfig):
    """Settings.

    Attributes:
        max_replans: How often one goal is planned again after a failure.
        planner_timeout: A safety net, s of wall clock; a plan takes about 0.2.
    """

    max_replans: int = Field(default=4, ge=0)
    planner_timeout: float = Field(default=20.0, gt=0)


class Pursuit(Region):
    """Takes the goals of a sentence one after the other, each by a checked plan; failures become new plans.

    It looks first; looks more closely for what the sentence names and the first look does not show. It
    decides by identifiers: only the status of the tree it sent last counts, and only together with a scene
    made from a picture that this tree asked for.
    """

    config: PursuitConfig
    _interpreter: Interpreter
    _planner: Planner
    _domain: Domain

    # ---- where advice may be had

    @abstractmethod
    def _needs_advice(self, scene: Scene) -> bool:
        """Whether somebody is to be asked before there is a goal, or before it is planned for."""

    @abstractmethod
    def _consult(self, tick: int, scene: Scene) -> Outbox:
        """Ask for advice."""

    @abstractmethod
    def _advice(self, tick: int, scene: Scene, goal: Goal) -> tuple[Plan | None, Outbox]:
        """Return what was advised for a goal, and what is to be said about it; None: nothing that serves."""

    # ---- state

    def reset(self, seed: int) -> None:
        """Begin an episode; nothing here is random."""
        self._body: BodySchema | None = None  # what it says of itself
        self._phase: Phase = "idle"
        self._scene: Scene | None = None
        self._frame: CameraFrame | None = None  # the newest picture, where a model is shown pictures
        self._unseen = "no picture has come"  # why there is no scene
        self._pictured: dict[str, None] = {}  # the requests of which a scene has come
        self._start: tuple[SceneObject, ...] | None = None  # as it was in the first scene
        self._first: tuple[SceneObject, ...] | None = None  # the same, as it has seen it itself
        self._undone: tuple[SceneObject, ...] | None = None  # as it was before what was done last
        self._holding: str | None = None
        self._felt = ""  # what is held, as it was said last while a plan was carried out
        self._given_up = ""  # the plan that a person ended; what it left in the hand is said later
        self._history: tuple[PastGoal, ...] = ()  # what it has worked for
        self._question: AmbiguityError | None = None  # what the person was asked
        self._begin(())
        # the tree that was sent last
        self._plans = 0
        self._plan = ""
        self._changes: dict[str, str] = {}  # its steps that change something -> them in words
        self._awaited = ""  # beginning of a request that shows what came of it; empty for none
        self._status: PlanStatus | None = None

    def _begin(self, intentions: tuple[Intention, ...]) -> None:
        """Begin with what a sentence asks for."""
        self._intentions, self._index = intentions, 0
        self._goal: Goal | None = None
        self._kept = Goal("", ())  # what earlier goals reached
        self._wanted: tuple[Condition, ...] = ()  # the conditions of the present goal, as it was set
        self._passed: tuple[Condition, ...] = ()  # those of the goals that were reached
        self._told: tuple[str, ...] = ()  # of intentions for which nothing is to be done
        # what has been done for the present intention
        self._acted = False
        self._steps: tuple[str, ...] = ()
        # trouble
        self._viewpoints: tuple[Location, ...] | None = None  # where to look yet; None before a search
        self._replans = 0
        self._unplannable = 0
        self._anomaly = ""
        self._moved = False
        self._said: tuple[SceneObject, ...] | None = None  # how everything was when it was said

    def _take_in(self, inbox: Inbox) -> None:
        for frame in inbox.of(CameraFrame):
            self._frame = self._frame if frame.fault else frame
        for schema in inbox.of(BodySchema):
            self._body = self._interpreter.body = self._planner.body = schema
        for scene in inbox.of(Scene):
            if scene.fault:
                self._unseen = scene.headline()
                continue
            self._pictured[scene.request] = None
            if self._scene is None or scene.frame_tick >= self._scene.frame_tick:
                self._scene = scene
        for status in inbox.of(PlanStatus):
            if status.plan == self._plan:
                self._status = status
        for step in inbox.of(StepStatus):
            self._felt = step.holding
            if step.plan == self._plan and step.state in ("started", "succeeded"):
                self._anomaly = ""  # what was amiss before is overcome, and no reason of a later failure
            if step.plan == self._plan and step.state == "succeeded" and step.step in self._changes:
                self._steps = (*self._steps, self._changes[step.step])
            if step.plan == self._given_up:
                self._holding = self._felt or None
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

    def _send(self, tick: int, goal: str, plan: Plan) -> ExecutionTree:
        """Make the message of a plan, and wait for what comes of it."""
        self._plans += 1
        self._plan, self._status, self._anomaly = f"plan_{self._plans}", None, ""
        self._changes = {step.id: str(step) for step in steps(plan.root) if step.postconditions}
        self._awaited = f"{self._plan}/{plan.shown_by}" if plan.shown_by else ""
        return ExecutionTree(
            tick=tick, source=self.name, plan=self._plan, goal=goal, root=plan.root, locations=plan.locations
        )

    def _look(self, tick: int, why: str, location: Location | None = None) -> Outbox:
        self._phase = "look"
        return {"tree": self._send(tick, why, self._planner.look(location))}

    def _act(self, tick: int, scene: Scene, goal: Goal) -> Outbox:
        """Plan, check, and send the tree."""
        plan, out = (None, {}) if self._replans else self._advice(tick, scene, goal)
        plan = plan or self._planner.plan(scene, goal, self._holding, self.config.planner_timeout)
        if plan is None:
            unseen = [
                condition
                for condition in goal.conditions
                if not self._domain.felt(condition)
                and not self._domain.holds(condition, scene, goal.locations, self._holding)
            ]
            if unseen:
                raise PlanError(
                    f"the planner has no plan, but it is not seen that {', '.join(map(str, unseen))}"
                )
            return {**out, **self._next_goal(tick, goal)}
        tree = self._send(tick, goal.text, plan)
        check_tree(tree, self._domain, scene, goal.conditions, self._holding)
        self._unplannable = 0
        self._undone = self._undone if self._moved else self._said
        self._phase, self._moved, self._acted = "act", True, True
        return {**out, "tree": tree}

    def _done(
        self,
        tick: int,
        outcome: Outcome,
        text: str,
        choices: tuple[str, ...] = (),
        claim: Claim | None = None,
    ) -> Outbox:
        if outcome in ("halted", "failed"):
            self._note("stopped" if outcome == "halted" else "failed")
        self._phase = "ask" if outcome == "asked" else "idle"
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        return {"done": Done(**stamp, outcome=outcome, text=text, choices=choices, claim=claim)}

    def _note(self, ending: Ending) -> None:
        """Keep in mind what has become of the intention at work, if there is one."""
        if self._phase not in BUSY or isinstance(self._intentions[self._index], Inquiry):
            return
        words, finished = str(self._intentions[self._index]), ending in ("done", "already")
        self._history = (*self._history, PastGoal(words, ending, () if finished else self._steps))

    def _unfinished(self) -> str:
        """Say what has been done and what has not, when the time is up."""
        to_do = ", then ".join(map(str, self._intentions[self._index :]))
        return f"The time is up before I could {to_do}. {summary(self._reached())}".rstrip()

    def _reached(self) -> tuple[PastGoal, ...]:
        """Return what has become of the intentions of the sentence that are reached."""
        return self._history[len(self._history) - self._index + len(self._told) :]

    # ---- deciding

    def _guarded(self, tick: int, go_on: Callable[[], Outbox]) -> Outbox:
        """Go on; where that needs the person, or cannot be, say so."""
        try:
            return go_on()
        except AmbiguityError as error:
            self._question = error
            return self._done(tick, "asked", str(error), error.choices)
        except InstructionError as error:
            return self._done(tick, "failed" if self._moved else "refused", str(error))
        except PlanError as error:
            return self._cannot_plan(tick, str(error))

    def _judge(self, tick: int) -> Outbox:
        """The last tree is over: see what came of it."""
        status, goal, scene = self._status, self._goal, self._scene
        if self._phase == "look" or status is None or goal is None or scene is None:
            return self._pursue(tick)
        if not status.succeeded:
            self._holding = None  # who carries plans out lays down what is held when one has failed
            return self._again(tick, self._anomaly or status.reason or "a step failed")
        self._holding = self._domain.held_by(goal)
        seen = tuple(condition for condition in goal.conditions if not self._domain.felt(condition))
        goal = self._goal = replace(goal, conditions=seen)  # the rest is believed from now on
        unmet = [
            condition
            for condition in goal.conditions
            if not self._domain.holds(condition, scene, goal.locations, self._holding)
        ]
        if unmet:
            return self._again(tick, f"not seen to be true: {', '.join(map(str, unmet))}")
        return self._next_goal(tick, goal)

    def _next_goal(self, tick: int, reached: Goal) -> Outbox:
        if self._goal is not None:  # else nothing was to be done
            self._note("done" if self._acted or self._intentions[self._index].by_looking else "already")
            self._passed += self._wanted
        self._kept, self._goal = reached, None
        self._acted, self._steps = False, ()
        self._index += 1
        self._replans = 0
        if self._index == len(self._intentions):
            past = self._reached()
            text = " ".join((*self._told, summary(past))).strip()
            claim = claim_of(self._kept, self._passed, self._scene) if past and self._scene else None
            return self._done(tick, "done" if past else "said", text, claim=claim)
        return self._pursue(tick)

    def _pursue(self, tick: int) -> Outbox:
        """Work for the present goal: look for what it lacks, else ground, plan and act."""
        scene = self._scene
        if scene is None:
            return self._again(tick, self._unseen)
        self._first = self._first or scene.objects
        self._said = self._said or scene.objects
        self._intentions = tuple(part for whole in self._intentions for part in whole.parts(scene))
        to_come = self._intentions[self._index :]
        gone = self._domain.unseen(self._goal, scene) if self._goal else ()
        unseen = [name for intention in to_come for name in intention.missing(scene)]
        unseen = list(dict.fromkeys([*unseen, *(name for name in gone if name != self._holding)]))
        if unseen:
            if out := self._search(tick, scene, unseen):
                return out
            needed = [name for intention in to_come for name in intention.indispensable(scene)]
            if needed:
                words = " or ".join(dict.fromkeys(needed))
                why = f"I cannot find {words}: I have looked from everywhere I can."
                alike = [named(obj) for obj in scene.seen if obj.category in words]
                seen = f" I see {listed(alike)}." if alike else ""
                return self._done(tick, "failed" if self._moved else "refused", f"{why}{seen}")
            self._goal = None  # as far as it can be seen, then
        intention = self._intentions[self._index]
        if self._goal is None and self._needs_advice(scene):
            return self._consult(tick, scene)
        if self._goal is None:
            reply = intention.reply(scene, self._history, self._holding)
            if reply is not None:
                return self._say(tick, reply)
            if self._start is None and intention.since == "start":
                return self._remember(tick)
            before = {"start": self._start, "sentence": self._said, "undo": self._undone or self._said}
            self._goal = intention.goal(scene, before.get(intention.since) or (), self._kept)
            self._wanted = self._goal.conditions
        if self._needs_advice(scene):
            return self._consult(tick, scene)
        about = {name for condition in self._goal.conditions for name in condition.args}
        held = self._holding  # has to be laid down first, if the goal is about something else
        lost = about and held and held not in about and scene.find(held) is None
        if lost and held and (out := self._search(tick, scene, [held])):
            return out  # nothing can be planned for what is not seen
        return self._act(tick, scene, self._goal)

    def _is_so(self, goal: Goal, scene: Scene) -> bool:
        """Whether a goal is seen to be reached; one of a mere movement has nothing to reach."""
        return all(
            not self._domain.felt(c) and self._domain.holds(c, scene, goal.locations, self._holding)
            for c in goal.conditions
        )

    def _search(self, tick: int, scene: Scene, names: list[str]) -> Outbox:
        """Look for something from the next viewpoint; empty when it has looked from all of them."""
        if self._viewpoints is None:
            self._viewpoints = self._planner.viewpoints(scene)
        if not self._viewpoints:
            return {}
        spot, *others = self._viewpoints
        self._viewpoints = tuple(others)
        return self._look(tick, f"look for {' and '.join(names)}", spot)

    def _say(self, tick: int, text: str) -> Outbox:
        """Say what an intention comes to where nothing is to be done; go on if there are more."""
        if len(self._intentions) == 1:
            return self._done(tick, "said", text)
        self._told = (*self._told, text)
        return self._next_goal(tick, self._kept)

    def _remember(self, tick: int) -> Outbox:
        """Ask the hippocampus how everything was, if there is one."""
        if "recall" not in self.fed:
            self._start = self._first
            return self._pursue(tick)
        self._phase, self._awaited = "recall", f"start_{self._index}"
        return {"query": MemoryQuery(tick=tick, source=self.name, query=self._awaited, about="start")}

    # ---- trouble

    def _again(self, tick: int, why: str) -> Outbox:
        """Look again and plan from there, a bounded number of times."""
        if self._replans >= self.config.max_replans:
            tried = f"I gave up after {self._replans + 1} plans"
            return self._done(tick, "failed", f"{tried} to {self._intentions[self._index]}: {why}.")
        self._replans += 1
        self._viewpoints = None
        return self._look(tick, f"look again: {why}")

    def _cannot_plan(self, tick: int, why: str) -> Outbox:
        """Look once more, in case the scene was mistaken; a second time it is hopeless."""
        self._unplannable += 1
        if self._unplannable > 1:
            return self._done(tick, "failed", why)
        if self._intentions[self._index].chooses:
            self._goal = None
        return self._again(tick, why)

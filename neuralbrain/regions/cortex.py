"""The region that understands the instruction, plans, and decides when it is done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from neuralbrain.consent import NamesCode
from neuralbrain.deliberation.adviser import Adviser, Decision
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.picture import drawn
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.unread import Stated, Unread, assent
from neuralbrain.embodiment import find_embodiment
from neuralbrain.errors import AmbiguityError, ConfigurationError, InstructionError, PlanError
from neuralbrain.messages import (
    Anomaly,
    BodySchema,
    CameraFrame,
    Claim,
    Condition,
    Deliberated,
    Done,
    ExecutionTree,
    Halt,
    Instruction,
    Location,
    MemoryQuery,
    Message,
    ModelReply,
    ModelRequest,
    Outcome,
    PlanStatus,
    Recall,
    Scene,
    SceneObject,
    StepStatus,
    TimeNotice,
    steps,
)
from neuralbrain.planning.check import check_tree
from neuralbrain.planning.domain import find_domain
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.history import Ending, PastGoal, summary
from neuralbrain.planning.inquiry import Inquiry, understood
from neuralbrain.planning.phrases import named
from neuralbrain.planning.seams import Intention, find_interpreter, find_planner
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.regions.claims import claim_of
from neuralbrain.words import listed

BUSY = ("look", "act", "recall", "recollect", "think")
"""Phases in which it works for a sentence."""


Phase = Literal["idle", "look", "act", "recall", "recollect", "think", "ask"]


class CortexConfig(RegionConfig):
    """Settings.

    Attributes:
        embodiment: Whose skills and predicates it thinks in.
        interpreter: What understands sentences; empty: the embodiment's own.
        planner: What finds out how to reach a goal; empty: the embodiment's own.
        trust_model: Whether what only a language model understands is done without asking the person first.
        blind_model: Whether the model is told nothing of the scene: for benches, to see what it guesses.
        max_replans: How often one goal is planned again after a failure.
        planner_timeout: A safety net, s of wall clock; a plan takes about 0.2.
    """

    embodiment: str = ""
    interpreter: Annotated[str, NamesCode()] = ""
    planner: Annotated[str, NamesCode()] = ""
    trust_model: bool = False
    blind_model: bool = False
    max_replans: int = Field(default=4, ge=0)
    planner_timeout: float = Field(default=20.0, gt=0)


class Cortex(Region):
    """Turns a sentence into goals, each goal into a checked tree, and failures into new plans.

    It looks first; looks more closely for what the sentence names and the first look does not show; then
    takes the goals one after the other. It decides by identifiers: only the status of the tree it sent last
    counts, and only together with a scene made from a picture that this tree asked for.

    When it is done with a sentence it listens for the next, which may say "it" for what the last one was
    about. A new sentence replaces the one at work. Where it must choose it asks, and goes on with the answer.
    """

    inputs = {
        "schema": BodySchema,
        "instruction": Instruction,
        "halt": Halt,
        "step_status": StepStatus,
        "scene": Scene,
        "plan_status": PlanStatus,
        "recall": Recall,
        "anomaly": Anomaly,
        "notice": TimeNotice,
        "reply": ModelReply,
        "frame": CameraFrame,
    }
    optional_inputs = frozenset(
        {"anomaly", "frame", "halt", "notice", "recall", "reply", "schema", "step_status"}
    )
    outputs = {
        "tree": ExecutionTree,
        "done": Done,
        "query": MemoryQuery,
        "request": ModelRequest,
        "deliberated": Deliberated,
    }
    Config = CortexConfig
    config: CortexConfig

    def reset(self, seed: int) -> None:
        """Begin an episode; nothing here is random.

        Raises:
            ConfigurationError: No embodiment is named, or a part cannot be found.
        """
        self._body: BodySchema | None = None  # what it says of itself
        self._find_parts()
        self._interpreter.load()  # now, and not in the middle of the episode
        self._planner.load()
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
        self._about: tuple[Intention, ...] = ()  # what was asked for last, to which "it" refers
        self._question: AmbiguityError | None = None  # what the person was asked
        self._adviser = Adviser()
        self._sentence = ""
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

    def _find_parts(self) -> None:
        """Find interpreter, planner and domain."""
        config = self.config
        if not config.embodiment:
            raise ConfigurationError(
                f"region {self.name!r} does not know what its body can do: set its `embodiment` (arm, ...)"
            )
        embodiment = find_embodiment(config.embodiment)
        self._domain = find_domain(config.embodiment)
        usual = {"interpreter": embodiment.interpreters, "planner": embodiment.planners}
        names = {part: f"{embodiment.name}.{next(iter(known))}" for part, known in usual.items() if known}
        self._interpreter = find_interpreter(config.interpreter or names.get("interpreter", ""))
        self._planner = find_planner(config.planner or names.get("planner", ""))
        self._interpreter.body = self._planner.body = self._body

    def get_state(self) -> dict[str, Any]:
        """Return all but the parts, which the settings name."""
        state = super().get_state()
        for part in ("_domain", "_interpreter", "_planner"):
            state.pop(part, None)
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        super().set_state(state)
        if state:  # else it is as before any reset
            self._find_parts()

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Go on; where the time is nearly up, say first what is still to be done."""
        busy = self._phase in BUSY
        out = self._go_on(tick, inbox)
        if busy and inbox.of(Instruction) and not {"tree", "query"} & set(out) and not inbox.of(Halt):
            # What is refused or asked about replaces what is at work, too: it does not go on in silence.
            out = {"tree": self._send(tick, "look around", self._planner.look(None)), **out}
        if not busy or inbox.latest(TimeNotice) is None or "done" in out:
            return out
        word = Done(tick=tick, source=self.name, outcome="failed", text=self._unfinished())
        return {**out, "done": word}

    def _go_on(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what came, and go on if what was awaited is there."""
        self._take_in(inbox)
        halts, instruction, recall = inbox.of(Halt), inbox.latest(Instruction), inbox.latest(Recall)
        reply = inbox.latest(ModelReply)
        if halts:
            return self._stop(tick, len(halts))
        if instruction is not None:
            return self._guarded(tick, lambda: self._hear(tick, instruction.text))
        if self._phase == "recall" and recall is not None and recall.query == self._awaited:
            self._start = recall.objects
            return self._guarded(tick, lambda: self._pursue(tick))
        if self._phase == "recollect" and recall is not None and recall.query == self._awaited:
            self._adviser.memories = recall.passages
            return self._guarded(tick, lambda: self._pursue(tick))
        if self._phase == "think" and reply is not None and reply.request == self._adviser.request:
            return self._advised(tick, reply)
        if self._phase in ("look", "act") and self._is_over():
            return self._guarded(tick, lambda: self._judge(tick))
        return {}

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

    def _stop(self, tick: int, calls: int) -> Outbox:
        """Give up what is at work, and say so to each call: who carries plans out waits for that."""
        self._holding, self._given_up = self._felt or None, self._plan
        done = self._done(tick, "halted", "I have stopped.")["done"]
        return {"done": [done] * calls}

    def _hear(self, tick: int, text: str) -> Outbox:
        """Understand a sentence, or the answer to a question; then look."""
        question, asked = self._question if self._phase == "ask" else None, self._intentions
        self._question = None
        if question is not None:
            resolved = self._interpreter.resolve(asked, question, text)
            if resolved is not None:
                self._intentions = resolved
                return self._pursue(tick)
        if self._phase == "ask" and (meant := self._adviser.to_confirm) and (word := assent(text)):
            return self._confirmed(tick, meant, word)
        self._note("stopped")
        if self._phase in BUSY:  # its plan is broken off; what that left in the hand is said later
            self._holding, self._given_up = self._felt or None, self._plan
        self._begin(())  # what is not understood has moved nothing
        whole = self._adviser.with_answer(self._sentence, text, question) if self._phase == "ask" else text
        self._sentence = text
        self._adviser.forget()
        inquiry = understood(
            self._interpreter.plain(text), self._interpreter.abilities(), self._interpreter.directions
        )
        try:
            self._begin((inquiry,) if inquiry else self._interpreter.interpret(text, self._about))
        except AmbiguityError:
            raise
        except InstructionError as error:
            if "reply" in self.fed:
                self._sentence = whole
                self._begin((Unread(whole, str(error)),))
                return self._look(tick, "look around")
            if question is None:
                raise
            self._intentions, self._question = asked, question  # it stands
            return self._done(tick, "asked", f"{error} {question}", question.choices)
        self._about = self._about if inquiry else self._intentions
        return self._look(tick, "look around")

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
        out: dict[str, Message] = {}
        plan: Plan | None = None
        if not self._replans and self._adviser.consulted:
            advised = self._adviser.plan(goal, scene, self._holding, self._domain, self._planner.look(None))
            if isinstance(advised, ObjectionError):
                out["deliberated"] = self._adviser.told(tick, self.name, Decision.fallback(advised))
            else:
                plan = advised
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
        if isinstance(intention, Unread) and not self._adviser.consulted:
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
        if "reply" in self.fed and not self._adviser.consulted and not self._is_so(self._goal, scene):
            return self._consult(tick, scene)
        about = {name for condition in self._goal.conditions for name in condition.args}
        held = self._holding  # has to be laid down first, if the goal is about something else
        lost = about and held and held not in about and scene.find(held) is None
        if lost and held and (out := self._search(tick, scene, [held])):
            return out  # nothing can be planned for what is not seen
        return self._act(tick, scene, self._goal)

    # ---- a language model, where there is one

    def _consult(self, tick: int, scene: Scene) -> Outbox:
        """Ask the model, once it is known what is remembered of the sort."""
        if self._adviser.memories is None and "recall" in self.fed:
            self._phase, self._awaited = "recollect", f"about_{self._plans}"
            query = MemoryQuery(
                tick=tick, source=self.name, query=self._awaited, about="text", text=self._sentence
            )
            return {"query": query}
        goals = self._understood(scene)
        taken = [spot for goal in goals for spot in goal.locations]
        now = Situation(
            sentence=self._sentence,
            scene=scene,
            places=self._domain.places(scene, self._body, taken),
            holding=self._holding,
            goals=goals,
            partial=bool(goals) and len(goals) < len(self._intentions) - self._index,
            memories=self._adviser.memories or (),
            picture="" if self._frame is None else drawn(self._frame, scene),
            blind=self.config.blind_model,
        )
        self._phase = "think"
        return {"request": self._adviser.ask(now, self._domain, self._body, tick, self.name)}

    def _understood(self, scene: Scene) -> tuple[Goal, ...]:
        """Return the goals of the sentence, as far as they can be told before anything is done."""
        if self._goal is None:
            return ()
        goals, start = [self._goal], {"start": self._start, "sentence": self._said}
        for intention in self._intentions[self._index + 1 :]:
            before = start.get(intention.since) or ()
            if intention.since and not before:
                break
            try:
                goals.append(intention.goal(scene, before, goals[-1]))
            except (InstructionError, PlanError):
                break  # it is known when its turn comes
        return tuple(goals)

    def _advised(self, tick: int, reply: ModelReply) -> Outbox:
        """Make of the model's answer what can be made of it."""
        unread = self._intentions[self._index]
        decision = self._adviser.decide(
            reply, unread if isinstance(unread, Unread) else None, self._domain, self.config.trust_model
        )
        out: dict[str, Any] = {"deliberated": self._adviser.told(tick, self.name, decision)}
        if decision.verdict == "repair":
            return {**out, "request": self._adviser.again(tick, self.name)}
        if decision.outcome is not None:
            return {**out, **self._done(tick, decision.outcome, decision.text, decision.choices)}
        if decision.meant is not None:
            self._intentions = self._about = (decision.meant,)
        return {**out, **self._guarded(tick, lambda: self._pursue(tick))}

    def _confirmed(self, tick: int, meant: Stated, word: str) -> Outbox:
        """Do what a model says that the sentence means, or leave it."""
        self._adviser.settle()
        if word == "no":
            return self._done(tick, "said", "I leave it as it is.")
        self._intentions = self._about = (meant,)
        return self._pursue(tick)

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

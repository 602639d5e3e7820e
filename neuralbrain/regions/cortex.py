"""The region that understands the instruction, and hears what a language model makes of it."""

from collections.abc import Mapping
from typing import Annotated, Any

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
    Deliberated,
    Done,
    ExecutionTree,
    Halt,
    Instruction,
    MemoryQuery,
    ModelReply,
    ModelRequest,
    PlanStatus,
    Recall,
    Scene,
    StepStatus,
    TimeNotice,
)
from neuralbrain.planning.domain import find_domain
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.inquiry import Inquiry, understood
from neuralbrain.planning.seams import Intention, find_interpreter, find_planner
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.pursuit import BUSY, Pursuit, PursuitConfig


class CortexConfig(PursuitConfig):
    """Settings.

    Attributes:
        embodiment: Whose skills and predicates it thinks in.
        interpreter: What understands sentences; empty: the embodiment's own.
        planner: What finds out how to reach a goal; empty: the embodiment's own.
        trust_model: Whether what only a language model understands is done without asking the person first.
        blind_model: Whether the model is told nothing of the scene: for benches, to see what it guesses.
    """

    embodiment: str = ""
    interpreter: Annotated[str, NamesCode()] = ""
    planner: Annotated[str, NamesCode()] = ""
    trust_model: bool = False
    blind_model: bool = False


class Cortex(Pursuit):
    """Turns a sentence into goals, and works for them; says what came of it.

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
        super().reset(seed)
        self._find_parts()
        self._interpreter.load()  # now, and not in the middle of the episode
        self._planner.load()
        self._about: tuple[Intention, ...] = ()  # what was asked for last, to which "it" refers
        self._adviser = Adviser()
        self._sentence = ""
        # what was asked for and the grammar's question about it, while a model is asked what the answer means
        self._stands: tuple[tuple[Intention, ...], AmbiguityError] | None = None

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
            # Of the present episode, too; but what is at work is no memory yet.
            self._adviser.memories = tuple(text for text in recall.passages if "\nResult: " in text)
            return self._guarded(tick, lambda: self._pursue(tick))
        if self._phase == "think" and reply is not None and reply.request == self._adviser.request:
            return self._advised(tick, reply)
        if self._phase in ("look", "act") and self._is_over():
            return self._guarded(tick, lambda: self._judge(tick))
        return {}

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
                self._intentions, self._phase = resolved, "look"  # at work again: what it comes to is noted
                return self._pursue(tick)
        if self._phase == "ask" and (meant := self._adviser.to_confirm) and (word := assent(text)):
            return self._confirmed(tick, meant, word)
        self._note("stopped")
        if self._phase in BUSY:  # its plan is broken off; what that left in the hand is said later
            self._holding, self._given_up = self._felt or None, self._plan
        self._begin(())  # what is not understood has moved nothing
        whole = self._adviser.with_answer(self._sentence, text, question) if self._phase == "ask" else text
        self._sentence, self._stands = text, None
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
                self._stands = (asked, question) if question is not None else None
                self._begin((Unread(whole, str(error)),))
                return self._look(tick, "look around")
            if question is None:
                raise
            return self._ask_again(tick, asked, question, str(error))
        if inquiry:  # "where is the ball?" "put it in the bowl"
            self._about = (*(one for one in self._about if not isinstance(one, Inquiry)), inquiry)
        else:
            self._about = self._intentions
        return self._look(tick, "look around")

    def _ask_again(
        self, tick: int, asked: tuple[Intention, ...], question: AmbiguityError, why: str
    ) -> Outbox:
        """Ask once more what an answer has left open."""
        self._intentions, self._question = asked, question
        return self._done(tick, "asked", f"{why} {question}", question.choices)

    # ---- a language model, where there is one

    def _needs_advice(self, scene: Scene) -> bool:
        if self._adviser.consulted:
            return False
        if self._goal is None:
            return isinstance(self._intentions[self._index], Unread)
        return "reply" in self.fed and not self._is_so(self._goal, scene)

    def _advice(self, tick: int, scene: Scene, goal: Goal) -> tuple[Plan | None, Outbox]:
        if not self._adviser.consulted:
            return None, {}
        advised = self._adviser.plan(goal, scene, self._holding, self._domain, self._planner.look(None))
        if isinstance(advised, ObjectionError):
            return None, {"deliberated": self._adviser.told(tick, self.name, Decision.fallback(advised))}
        return advised, {}

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
            directions=self._interpreter.directions,
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
        if decision.verdict == "held" and self._stands is not None:
            return {**out, **self._ask_again(tick, *self._stands, decision.text)}
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
        self._phase = "look"
        return self._pursue(tick)

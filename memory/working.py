"""Working memory: what an episode has been so far, and how it is told in words."""

from dataclasses import dataclass, field

from neuralbrain.memory.entry import Entry
from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Instruction,
    Message,
    Scene,
    SceneObject,
    Step,
    StepStatus,
    steps,
)


@dataclass(slots=True)
class _DoneStep:
    """One step of one plan, as it last stood."""

    words: str
    state: str = "started"
    attempt: int = 1
    reason: str = ""

    def __str__(self) -> str:
        tries = f" at attempt {self.attempt}" if self.attempt > 1 else ""
        why = f" ({self.reason})" if self.reason else ""
        ended = self.state if self.state in ("succeeded", "failed") else "did not end"
        return f"{self.words}: {ended}{tries}{why}"


@dataclass(slots=True)
class WorkingMemory:
    """Takes in an episode's messages, in the order in which they arrive.

    Attributes:
        instruction: What was asked; empty until it is heard.
        start: The newest scene whose picture was taken before anything was manipulated.
        now: The newest scene.
        begun: The tick at which the first skill that moves objects began.
        steps: By plan and step, in the order in which they began.
        anomalies: What was wrong, in order.
        done: What the cortex said at the end.
        last_tick: The newest tick of any message.
    """

    instruction: str = ""
    start: Scene | None = None
    now: Scene | None = None
    begun: int | None = None
    goals: list[str] = field(default_factory=list)
    steps: dict[tuple[str, str], _DoneStep] = field(default_factory=dict)
    anomalies: list[Anomaly] = field(default_factory=list)
    done: Done | None = None
    last_tick: int = 0
    _plans: dict[str, ExecutionTree] = field(default_factory=dict)

    def take_in(self, message: Message) -> None:
        """Take in one message; a kind that is not worth keeping changes nothing."""
        self.last_tick = max(self.last_tick, message.tick)
        match message:
            case Instruction():
                self.instruction = message.text
            case Scene(fault=""):
                self._see(message)
            case ExecutionTree():
                self._plans[message.plan] = message
                if message.goal not in self.goals:
                    self.goals.append(message.goal)
            case StepStatus():
                self._follow(message)
            case Anomaly():
                self.anomalies.append(message)
            case Done():
                self.done = message

    def _see(self, scene: Scene) -> None:
        if self.now is None or scene.frame_tick >= self.now.frame_tick:
            self.now = scene
        untouched = self.begun is None or scene.frame_tick <= self.begun
        if untouched and (self.start is None or scene.frame_tick >= self.start.frame_tick):
            self.start = scene

    def _follow(self, status: StepStatus) -> None:
        step = self._step_of(status)
        changes = step is None or bool(step.postconditions)  # a step that brings nothing about only moves
        if status.state == "started" and changes and self.begun is None:
            self.begun = status.tick
        key = status.plan, status.step
        if key not in self.steps:
            self.steps[key] = _DoneStep(_step(step) if step else status.skill)
        step_done = self.steps[key]
        step_done.state, step_done.attempt, step_done.reason = status.state, status.attempt, status.reason

    def _step_of(self, status: StepStatus) -> Step | None:
        tree = self._plans.get(status.plan)
        return next((step for step in steps(tree.root) if step.id == status.step), None) if tree else None

    def story(self) -> str:
        """Tell the episode so far in words: what was asked, what was there, what was done, how it went."""
        parts = [f"Asked: {self.instruction}" if self.instruction else ""]
        if self.start is not None:
            parts.append(f"There at the start: {_objects(self.start) or 'nothing'}.")
        if self.goals:
            parts.append(f"Goals: {'; '.join(self.goals)}.")
        if self.steps:
            parts.append(f"Steps: {'; '.join(map(str, self.steps.values()))}.")
        if self.anomalies:
            parts.append(f"Anomalies: {'; '.join(f'{a.what} ({a.level})' for a in self.anomalies)}.")
        if self.now is not None and self.now is not self.start:
            parts.append(f"There at the end: {_objects(self.now) or 'nothing'}.")
        if self.done is not None:
            parts.append(f"Result: {self.done.outcome}. {self.done.text}".rstrip())
        return "\n".join(part for part in parts if part)

    def entry(self, seed: int) -> Entry:
        """Return the episode as a memory to keep.

        Args:
            seed: The seed of the region that remembers.
        """
        done = self.done
        text = self.story() + ("" if done else "\nResult: it broke off before it was done.")
        return Entry(
            text=text,
            metadata={
                "instruction": self.instruction,
                "success": bool(done and done.success),
                "outcome": done.outcome if done else "failed",
                "ticks": self.last_tick,
                "steps": len(self.steps),
                "anomalies": len(self.anomalies),
                "region_seed": seed,
            },
        )


def _name(obj: str) -> str:
    return obj.replace("_", " ")


def _step(step: Step) -> str:
    obj = step.args.get("object", "")
    others = ", ".join(_name(f"{name} {value}") for name, value in step.args.items() if name != "object")
    return " ".join(filter(None, (step.skill, _name(obj), f"({others})" if others else "")))


def _objects(scene: Scene) -> str:
    return ", ".join(_object(scene, obj) for obj in scene.objects)


def _object(scene: Scene, obj: SceneObject) -> str:
    support = scene.support(obj.id)
    place = f" {support.predicate} {_name(support.object)}" if support else ""
    return f"{_name(obj.id)}{place} ({obj.position[0]:.2f} {obj.position[1]:.2f})"

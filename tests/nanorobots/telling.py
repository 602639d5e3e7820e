"""A cortex of robots among cells, without the rest of the brain, for the tests."""

from typing import Any

from neuralbrain.messages import Instruction, ModelReply, ModelRequest, TimeNotice
from neuralbrain.nanorobots.cortex import MissionConfig, MissionCortex
from tests import firing
from tests.nanorobots.swimmers import chemosense, traits

TREAT = "Find the cancer cells and treat them."
SURFACE = 1018


class Told:
    """A cortex that is fed readings, a firing every ten ticks, and what it last said."""

    def __init__(
        self, text: str = TREAT, surface: float = SURFACE, model: bool = False, **settings: Any
    ) -> None:
        self.traits = traits(surface)
        self.region = MissionCortex("cortex", MissionConfig(**settings))
        self.region.fed = frozenset(self.region.inputs if model else {*self.region.inputs} - {"reply"})
        self.region.reset(0)
        self.tick, self.text, self.spoken = 0, text, True
        self.mission: Any = None
        self.done: Any = None
        self.steps: list[tuple[str, str, int]] = []
        self.requests: list[ModelRequest] = []
        self.verdicts: list[tuple[str, str]] = []
        self.reply = ""  # the model's to its last question

    def feel(
        self, molecules: list[int], *, times: int = 5, memory: Any = None, late: bool = False, **more: Any
    ) -> "Told":
        """Let it feel the same for some readings, two ticks apart."""
        instruction = Instruction(tick=0, source="brainstem", text=self.text)
        heard: list[Any] = [] if self.tick else [self.traits]
        heard += [instruction] * self.spoken
        self.spoken = False
        heard += [TimeNotice(tick=self.tick, source="brainstem", left=3.0)] if late else []
        if self.reply:
            heard += [self._reply()]
        senses = [chemosense(self.tick + 2 * i, molecules, **more) for i in range(times)]
        self.tick += 10
        told = [memory(self.tick)] if memory else []
        out = firing.said(self.region, self.tick, *heard, *senses, *told)
        self.mission = out.get("mission", [self.mission])[-1]
        self.done = out.get("done", [self.done])[-1]
        self.steps += [(s.step, s.state, s.attempt) for s in out.get("step_status", [])]
        self.requests += out.get("request", [])
        self.verdicts += [(one.verdict, one.stage) for one in out.get("deliberated", [])]
        return self

    def answer(self, text: str) -> "Told":
        """Let the model answer its last question; it arrives together with what is felt next."""
        self.reply = text
        return self

    def _reply(self) -> ModelReply:
        text, self.reply = self.reply, ""
        told = {"request": self.requests[-1].request, "prompt_sha256": "0" * 64, "outcome": "answered"}
        return ModelReply.model_validate(
            {"tick": self.tick, "source": "language_model", "text": text, **told}
        )

    def say(self, text: str) -> "Told":
        """Let it hear a sentence together with what it feels next."""
        self.text, self.spoken = text, True
        return self

    @property
    def phases(self) -> list[int]:
        return list(self.mission.phases.tolist())

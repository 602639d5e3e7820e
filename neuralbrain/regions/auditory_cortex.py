"""The region that hears sentences: the task's own, and a person's."""

import re

from neuralbrain.messages import Halt, Instruction
from neuralbrain.region import Inbox, Outbox, Region

STOP = frozenset(
    {"stop", "halt", "freeze", "abort", "stop it", "stop now", "stop that", "stop moving", "stop please"}
    | {"please stop", "hold still", "stand still", "dont move", "wait", "cancel"}
)
"""Sentences that, whole, mean: stop. They go the short way, past the cortex."""


class AuditoryCortex(Region):
    """Hears, and tells a call to stop from all else.

    A person's word counts more than the task's sentence: once a person has spoken, that is not passed on any
    more. A call to stop goes to the brainstem at once, as a startle does; whatever else it means is for the
    cortex to find out.
    """

    inputs = {"speech": Instruction, "task": Instruction}
    optional_inputs = frozenset(inputs)
    outputs = {"instruction": Instruction, "halt": Halt}

    def reset(self, seed: int) -> None:
        """Begin an episode in which nobody has spoken; nothing here is random."""
        self._spoken = False

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Pass on what was heard."""
        heard = [message.text for message in inbox.on("speech") if isinstance(message, Instruction)]
        self._spoken = self._spoken or bool(heard)
        if not self._spoken:
            heard = [message.text for message in inbox.on("task") if isinstance(message, Instruction)]
        calls = [text for text in heard if is_call_to_stop(text)]
        stamp = {"tick": tick, "source": self.name}
        return {
            "halt": [Halt(**stamp, text=text) for text in calls],
            "instruction": [Instruction(**stamp, text=text) for text in heard if text not in calls],
        }


def is_call_to_stop(text: str) -> bool:
    """Whether a sentence, whole, means that everything should stop."""
    return " ".join(re.findall(r"[a-z]+", text.lower().replace("'", ""))) in STOP

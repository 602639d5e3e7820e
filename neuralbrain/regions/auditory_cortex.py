"""The region that hears sentences: the task's own, and a person's."""

import re

from neuralbrain.messages import Halt, Instruction
from neuralbrain.region import Inbox, Outbox, Region

STOP = frozenset({"stop", "halt", "freeze", "abort"})
"""What begins with one of these means: stop. It goes the short way, past the cortex."""
ALONE = STOP | {
    "wait",
    "cancel",
    "no",
    "dont",
    "hold on",
    "hang on",
    "whoa",
    "enough",
    "hold it",
    "hold still",
    "stand still",
    "dont move",
}
"""These mean it, too, when there is nothing else in the sentence but some of `FILLERS`."""
FILLERS = frozenset({"please", "now", "oh", "ok", "okay", "hey", "the", "robot", "arm", "emergency"})


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
    """Whether a sentence means that everything should stop: halting once too often does no harm."""
    said = re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", ""))
    words = [word for word in said if word not in FILLERS]
    alone = rf"(?:(?:{'|'.join(sorted(ALONE))})(?: |$))+"
    return bool(words) and (words[0] in STOP or re.fullmatch(alone, " ".join(words)) is not None)

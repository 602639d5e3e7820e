"""The region that hears sentences: the task's own, and a person's."""

import re

from neuralbrain.messages import Halt, Instruction
from neuralbrain.region import Inbox, Outbox, Region

_STOP = "stop halt freeze abort cease emergency estop danger whoa woah stopp sotp stpo halting ouch basta"
STOP = frozenset(_STOP.split())
"""What begins with one of these means: stop. It goes the short way, past the cortex."""
PHRASES = (
    "wait", "cancel", "no", "nope", "dont", "never", "hold on", "hang on", "hold up", "enough", "hold it",
    "hold still", "hold your horses", "(?:stand|stay|keep|be) (?:still|back|there|put|where you are)", "stay",
    "(?:dont|do not) (?:move|do (?:that|it|this|anything)|touch (?:it|that|anything)|go on|continue)",
    "(?:not|no) (?:further|farther|more|another (?:inch|step|move))", "pause", "quit", "break off",
    "knock it off", "cut it out", "(?:watch|look) (?:out|it)", "careful",
    "(?:switch|turn|shut|power) (?:it |yourself )?(?:off|down)",
    "kill (?:it|the power)", "hands off", "let go of me", "you are hurting me", "my (?:hand|finger|arm)s?",
    "thats enough", "that is enough", "enough of that", "easy", "one moment", "ow", "ah+", "oh no", "uh oh",
    "cancel (?:that|it|everything|this)", "call it off", "not (?:that|so fast|yet)",
)  # fmt: skip
"""These mean it, too, when there is nothing else in the sentence but more of them and some of `FILLERS`."""
_FILLERS = (
    "please pls now oh ok okay hey the a an robot arm right immediately at once there here you i we it "
    "that this everything all what whatever are is am be do doing did can could would will should must "
    "have has need want to just said say told tell me my your for of god gods heaven heavens sake s "
    "second sec moment minute bit time and but so then well really very quick quickly fast man dude "
    "mate buddy sir stop stopping moving movement motion motions machine thing make let us get hello no "
    "yes not any more anymore longer"
)
FILLERS = frozenset(_FILLERS.split())
"""Words of which a call to stop may have any number."""


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
    """Whether a sentence means that everything should stop: halting once too often does no harm.

    Letters that are drawn out ("stooop") count once.
    """
    said = re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", "").replace("e-stop", "estop"))
    words = [word if word in STOP else re.sub(r"(.)\1{2,}", r"\1", word) for word in said]
    spoken = " ".join(words)
    if re.search(r"\b(?:dont|do not|not to|never|without) (?:stop|halt|freez|abort|ceas|paus|quit)", spoken):
        return False
    first = next((word for word in words if word not in FILLERS or word in STOP), "")
    if first in STOP:
        return True
    kept = re.sub(r"\b(?:{})\b".format("|".join(sorted(PHRASES, key=len, reverse=True))), " ", spoken)
    return kept != spoken and all(word in FILLERS | STOP for word in kept.split())

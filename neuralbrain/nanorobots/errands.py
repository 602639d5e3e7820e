"""What a sentence asks of robots that swim among cells."""

import re

from neuralbrain.errors import InstructionError

VERBS = {
    "find": r"find|seek|search|locate|look for|reach",
    "treat": r"treat|kill|deliver|dose|destroy|release",
    "follow": r"follow|track|chase|stay with",
}
"""What can be asked, in the order in which it is done -> the words that ask for it."""
CELLS = r"cancer|tumou?r|cells?"


def understood(text: str) -> tuple[str, ...]:
    """Return what a sentence asks for: ("find",), ("find", "treat") or ("follow",).

    Raises:
        InstructionError: It asks for nothing that these robots can do.
    """
    words = text.lower()
    goals = [goal for goal, verbs in VERBS.items() if re.search(rf"\b({verbs})\b", words)]
    if not goals or not re.search(rf"\b({CELLS})\b", words):
        raise InstructionError(
            f"I do not understand {text!r}: I can find cancer cells, treat them, or follow one. "
            'Say for example "Find the cancer cells and treat them."'
        )
    if "follow" in goals:
        return ("follow",)
    return ("find", "treat") if "treat" in goals else ("find",)

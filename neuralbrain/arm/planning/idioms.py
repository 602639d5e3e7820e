"""Other ways to say the same: words and turns of speech (idioms.txt) -> those that the grammar has.

What is dropped here says nothing of what should be done, where, how many or whether.
"""

import re
from importlib.resources import files
from typing import Final

from neuralbrain.arm.planning.everyday import VERBS

_SECTION: Final = re.compile(r"^\[(.+)\]$")
_COLORS: Final = "red|orange|yellow|green|blue|purple"
_NOUNS: Final = "block|bowl|ball|box|zone|cylinder|drawer|thing|object|container"
_LIKED: Final = (
    r"(?:that |which )?(?:you|u) (?:like|want|prefer|please|wish|choose|fancy|care to)(?: best| most)?"
)


def _read() -> dict[str, list[str]]:
    """Return the lines of idioms.txt by section."""
    found: dict[str, list[str]] = {"": []}
    section = ""
    text = (files("neuralbrain.arm.planning") / "idioms.txt").read_text(encoding="utf-8")
    for line in text.split("\n"):
        if match := _SECTION.match(line):
            section = match[1]
            found[section] = []
        elif line:
            whole = line.replace("END", r"(?= ,|$)").replace("COLORS", _COLORS).replace("LIKED", _LIKED)
            whole = whole.replace("NOUN", _NOUNS)
            found[section].append(whole)
    return found


_READ: Final = _read()
_SLIP: Final = "|".join(_READ["slip"])
_SLIP_AFTER_COMMA: Final = "|".join((*_READ["slip after a comma"], _SLIP))
_AFTER: Final = "|".join(_READ["after a slip"])
_RANKED: Final = re.compile(
    r"^(?P<what>(?=.*\b(?:line|row|arrange|order|stack|pile|tower|put)\b).*?) , (?:with )?"
    rf"(?P<order>(?:the )?(?:{_COLORS})(?: (?:{_NOUNS}|one))? first\b"
    rf"(?: ,| and| then| next| finally| last| lastly| after that| the| (?:{_COLORS})| (?:{_NOUNS})| one)*)$"
)
"""What is named by its place in an order: "blue first, then green, red last"."""


def _turns(section: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what is said, and for what it stands."""
    told = (line.split(" =>", 1) for line in _READ[section])
    return tuple((re.compile(wrong), f" {right.strip()} ") for wrong, right in told)


_BEFORE_SLIPS: Final = _turns("before slips")
_IDIOMS: Final = (
    (re.compile(rf"\b(?:{'|'.join(_READ['remarks'])})\b"), ""),
    *_turns("idioms"),
)
SYNONYMS: Final = VERBS | {
    other: word for word, others in (line.split(":") for line in _READ["words"]) for other in others.split()
}
"""Other words for the same."""

_ANY: Final = re.compile(
    rf"(?: ,)? (?:{'|'.join(_READ['which'])})(?: ,(?= (?:in|into|on|onto|to)\b))?"
    r"(?= ,|$| (?:in|into|on|to|and|then|but)\b)"
)
_CHOSEN: Final = re.compile(r"\b(?:one|any|a|an|either|some|[2-9])\b")
_CORRECTED: Final = re.compile(
    rf"(?<=\w)(?:(?: , (?:(?:uh|um|er|hmm|oh|well) ?,? ?)*(?:{_SLIP_AFTER_COMMA})\b)"
    rf"| (?:(?:no|wait|oh|uh|um|er) )?(?:{_SLIP})\b)(?: ?,? ?\b(?:{_AFTER})\b)*(?: ,)?(?= \w)"
)
_LED: Final = re.compile(
    r"^\W*(?:please |now |ok(?:ay)? |now then )*"
    r"(?:(?:sort|arrange|distribute|organi[sz]e|place|put|tidy|move)"
    r"(?: up| out| away)?"
    r"(?: (?:these|those|them|this|everything|the (?:things|objects|items)|all of (?:these|it|them)))?"
    r"(?: (?:as follows|like (?:this|so|that)|this way|in this way))?"
    r"|(?:here is|this is) (?:what|how) i (?:want|need|would like)(?: it| you to do)?"
    r"|(?:i want |do )?the following"
    r"|(?:your|the) (?:task|job|order|plan|mission)|do (?:this|as follows)"
    r"|listen|attention|instructions?)\s*:"
)


def led_in(text: str) -> str:
    """Leave out what only says that something is to come: "sort these: ..."."""
    rest = text[match.end() :] if (match := _LED.match(text)) else text
    return rest if re.search(r"\b(?:in|into|on|onto|to|goes|put|push|stack)\b", rest) else text


def plain(said: str) -> str:
    """Return a sentence with turns of speech in the words of the grammar.

    Args:
        said: Its words, in lower case, with a comma for each mark that parts clauses, all apart by spaces.
    """
    for wrong, right in _BEFORE_SLIPS:
        said = " ".join(wrong.sub(right, said).split())
    said = _CORRECTED.sub(" , no ,", said)
    if match := _ANY.search(said):
        chosen = _CHOSEN.search(said[: match.start()])
        said = _ANY.sub("", said) + ("" if chosen else " , any one will do")
    said = _RANKED.sub(_in_order, said)
    for wrong, right in _IDIOMS:
        said = " ".join(wrong.sub(right, said).split())
    said = re.sub(r"(?:^|(?<= ))(?:, )+(?=,|$)", "", said)
    return re.sub(r"^, |(?: ,)+$", "", said)


def _in_order(said: re.Match[str]) -> str:
    """Return what is told one after the other as a list."""
    if re.search(rf"(?:{_COLORS}|{_NOUNS}|one) last (?=.*[a-z])", said["order"]):
        return said[0]  # what comes after the last is in between
    listed = re.sub(r"\b(?:first|then|next|finally|lastly|last|and|after that)\b|,", " , ", said["order"])
    named = [" ".join(name.split()) for name in listed.split(",") if name.strip()]
    what = re.sub(r"^line (.*) up$", r"line up \1", said["what"])
    return f"{what} , in this order , {' , '.join(named)}"


def words() -> frozenset[str]:
    """Return the words that idioms are made of, so that they are not taken for misspelt."""
    patterns = " ".join((*(line for lines in _READ.values() for line in lines), _LED.pattern))
    patterns += " " + re.sub(r"[a-z]\?", "", patterns)  # "blocks?" is two words
    return frozenset(re.findall(r"[a-z]{2,}", re.sub(r"\\[bswd1-9]|\w*\[.*?\]\w*", " ", patterns)))

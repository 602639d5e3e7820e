"""The words of sentences about a table: spelling, numbers, other words for the same, what is only polite."""

import re
from functools import cache
from typing import Final

from neuralbrain.arm.planning import idioms
from neuralbrain.arm.planning.everyday import GERUNDS
from neuralbrain.planning import sentence

_PARTS: Final = {
    "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10, "twelfth": 12,
}  # fmt: skip
"""Fractions of a turn, by what they divide it."""
_MANY: Final = {"a": 1, "an": 1, "one": 1, "1": 1, "two": 2, "2": 2, "three": 3, "3": 3}
_SPELT: Final = (
    (r"[’`]", "'"),
    (r"(?<=[0-9])\s*\"", " inches "),
    (r"\b(do|does|did|is|are|was|were|has|have|should|would|could|must)n't\b", r"\1 not"),
    (r"\b(i|you|we|they|he|it|that)'d\b", r"\1 would"),
    (r"\bgimme\b", "give me"),
    (r"\blet'?s\b", "let us"),
    (r"\blemme\b", "let me"),
    (r"\b(gonna|gotta|wanna)\b", lambda m: {"gon": "going to", "got": "have to", "wan": "want to"}[m[1][:3]]),
    (r"\bain't\b", "is not"),
    (r"\b(you|i|we|they)'ve\b", r"\1 have"),
    (r"\by'?all\b", "you"),
    (r"\bi'm\b", "i am"),
    (r"\b(you|they|we)'re\b", r"\1 are"),
    (r"\b(i|you|they|we)'ll\b", r"\1 will"),
    (r"\b(it|that|what|where|there|which|who|whatever|how)'s\b", r"\1 is"),
    (
        r"(?<=[a-z])'s (?=(?:empty|full|open|closed|shut|not|already|red|blue|green|yellow|orange|purple)\b)",
        " is ",
    ),
    (r"(?<=[a-z])-(?=[a-z])", " "),
    (r"\b(left|right|top|bottom)[- ]?most\b", r"\1most"),
    (r"\b(furthest|farthest)[- ](left|right)\b", r"\2most"),
    (r"\bfar (left|right)\b", r"\1most"),
    (r"\bback into\b", "into"),
    (r"\bin between\b", "between"),
    (r"\bin to\b", "into"),
    (r"\bon to\b(?! the (?:left|right))", "on"),
    (r"([0-9])(cm|mm|m|inches|inch|in|cms)\b", r"\1 \2"),
    (r"\b(centi|milli)met(?:er|re)s?\b|\b(c|m)ms\b", lambda m: {"c": "cm", "m": "mm"}[(m[1] or m[2])[0]]),
    (r"\bmet(?:er|re)s?\b", "m"),
    (r"\binch\b", "inches"),
    (r"\bdegrees?\b", "degrees"),
    (r"\b(an?|1|one) (cm|mm|m|inches)\b", r"1 \2"),
    (r"\bhalf an inches\b", "0.5 inches"),
    (r"\b(?:an? )?right angle\b", "90 degrees"),
    (
        r"\b(?:(?P<many>an?|one|two|three|[123]) )?(?P<part>thirds?|quarters?|fourths?|fifths?|sixths?"
        r"|eighths?|tenths?|twelfths?) (?:of )?(?:(?:an?|one|the) )?(?:full |whole )?"
        r"(?:turn|rotation|circle|revolution)\b",
        lambda m: f"{_MANY[m['many'] or 'a'] * 360 // _PARTS[m['part'].rstrip('s')]} degrees",
    ),
    (r"\b(?:(an?|one) half|half an?) (?:turn|rotation|circle)\b", "180 degrees"),
    (r"\b(an?|one) (?:full|whole|complete) (?:turn|rotation|circle)\b", "360 degrees"),
    (
        r"\b(get|take|grab|fetch|collect|bring|pick up)((?: (?!and|is)[a-z]+){1,6}?) (?:onto|upon) ",
        r"put\2 on ",
    ),
    (r"\ba (?:couple|pair) of\b|\ba couple\b|\ba pair\b", "2"),
    (r"'s (?=own|spot|place|position|left|right)", " s "),
    (r"'", ""),
)
"""Spellings and contractions -> one spelling."""
_UNITS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS: Final = {
    **{word: number for number, word in enumerate(_UNITS[1:], start=2)},
    **{word: number for number, word in enumerate(_TEENS, start=10)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    **{
        f"{ten} {unit}": 10 * tens + units
        for tens, ten in enumerate(_TENS, start=2)
        for units, unit in enumerate(_UNITS, start=1)
    },
}
_COUNTED: Final = re.compile(rf"\b({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b")
_POLITE: Final = (
    r"(?:could|can|would|will) (?:the|this) (?:robot|arm)"
    r"|(?:would|is|could) it (?:be )?(?:ok|okay|fine|all right|alright) (?:to|if you|for you to)"
    r"|please|kindly|pls|plz|hey|hi|okay|ok|now|just|simply|carefully|gently|for me|thank you|thanks|try to"
    r"|(?:could|can|would|will) you(?: be able to)?|i (?:want|need|would (?:like|love)) you to"
    r"|you (?:should|must|can(?! (?:see|find|spot|not|have))|could(?! (?:see|find|spot|not|have))"
    r"|may|need to|have to)|go ahead and|go and"
    r"|be so (?:kind|good) as to|let us"
    r"|(?:dear )?robot|if (?:you (?:could|can|would|will|like|do not mind|please)|possible)(?= ?[,?.!]| ?$)"
    r"|(?:do you think|i was wondering if|i wonder if) you (?:could|can)|do you mind|would you mind"
    r"|(?:could|can|may) i (?:ask|get|have) you to|is it possible to|(?:would|could) it be possible to"
    r"|when you (?:are ready|can|get a chance|have a (?:moment|minute|second))"
    r"|for (?:a|one) (?:second|moment|bit)"
    r"|in advance|as well|too|also|exactly|quickly|straight(?= (?:in|on|into|to|back))|this time"
    r"|your job is to"
    r"|(?:is there )?any (?:chance|way|possibility)(?: that)? (?:you|we) (?:could|can|might)"
    r"|(?:can|could|shall) we"
    r"|how about you|why do not you|i think|maybe you could|perhaps you could|the thing is"
)
_COURTESIES: Final = re.compile(rf"\b(?:{_POLITE})\b")
_OPENING: Final = re.compile(
    r"^(?:[, ]|(?:and|but|then"
    r"|so|well|right|alright|all right|um+|uh+|er+m?|hm+|oh|yes|yeah|listen|good|great|cool"
    r"|would you|next|hello|good (?:morning|day|evening|afternoon)|sorry|excuse me)\b)*(?=.*\w.*\w)"
)
_EMPHASIS: Final = re.compile(
    r"(?:(?<!the )(?<!my )(?<!your )(?<!to )(?<!from )\bright"
    r"|\b(?:directly|immediately|very|really|all the way)) "
    r"(?=next to|beside|in|on|into|behind|between|top|bottom|back|over|to the (?:left|right) of|left|near|at)"
)
_INVITED: Final = re.compile(r"^(?:how about|what about|mind|i suggest|start by|begin by) (?P<verb>\w+ing)\b")
_CAN: Final = re.compile(
    r"(?<!\bthe )(?<!\ba )(?<!\bred )(?<!\borange )(?<!\byellow )(?<!\bgreen )(?<!\bblue )(?<!\bpurple )"
    r"(?<!\bmy )(?<!\bthis )(?<!\bviolet )(?<!\bany )(?<!\bevery )(?<!\beach )(?<!\bother )(?<!\bone )\bcan\b"
)
"""A verb; after an article or a colour it is a cylinder."""
_WHEN: Final = re.compile(r"\b(after|before|without|(?:to |do )?not forget(?:ting)?(?: about)?) (\w+ing)\b")
_LIKEWISE: Final = re.compile(
    r"^(?:and |now |then |, )*(?:(?:do )?(?:exactly )?the same (?:thing )?(?:with|for|to)"
    r"|same (?:with|for|goes for)|likewise) (?P<a>.+)$"
    r"|^(?:and |now |then |, )*(?P<b>(?:the|both|all|my|that)\b"
    r"(?![^,]*\b(?:should|must|goes?|belongs?|in|on|into|to|onto)\b)[^,]*?) (?:too|as well|also|likewise)\W*$"
)
"""The same is asked for, of something else."""
_PERMITTED: Final = re.compile(
    r"[,;.]? *\b(?:and |but )?(?:you (?:may|can|could)|feel free to|you are (?:free|allowed) to) (?:also )?"
    r"(?:move|touch|use|shift|push) (?:those|them|these|the others?|anything|everything|whatever)\b"
    r"(?: (?:else|as well|too|also|around|for that|aside|if (?:you )?"
    r"(?:need|have|must|want|like|wish)(?: to)?"
    r"|you (?:need|have|must|want|like)(?: to)?))*(?=[,;.!]|$)"
)
"""What may be moved besides asks for nothing."""
_EXPECTED: Final = re.compile(r"\b(would|could) it be possible for (?P<who>.+?) to (?=go|be)")


def spelt(text: str) -> str:
    """Return a sentence in lower case with one spelling of each word, its words and marks apart by spaces."""
    text = text.lower()
    for wrong, right in _SPELT:
        text = re.sub(wrong, right, text)
    text = _COUNTED.sub(lambda number: str(_NUMBERS[number[0]]), text)
    return sentence.spelt(text)


def words_of(text: str, courtesies: bool = False) -> list[str]:
    """Return a sentence's words in those of scenes; see `neuralbrain.planning.sentence.words_of`."""
    text = text.lower() if courtesies else idioms.led_in(text.lower())
    for wrong, right in _SPELT:
        text = re.sub(wrong, right, text)
    text = _COUNTED.sub(lambda number: str(_NUMBERS[number[0]]), text)
    if not courtesies:
        if again := _LIKEWISE.match(text.strip()):
            text = f"likewise {again['a'] or again['b']}"
        text = _plain(text)
    text = _CAN.sub("could", text)
    text = _WHEN.sub(_told_of, text)
    words = sentence.words_of(text, idioms.SYNONYMS, courtesies)
    return words if courtesies else idioms.plain(" ".join(words)).split()


def _told_of(said: re.Match[str]) -> str:
    """Return "after putting" as "after you put", and "without putting" as what is forbidden."""
    verb = GERUNDS.get(said[2], said[2])
    if "forget" in said[1]:
        return verb
    return f", do not {verb}" if said[1] == "without" else f"{said[1]} you {verb}"


def _plain(text: str) -> str:
    """Leave out what is only said to be polite, or to stress something, and what may be done besides."""
    text = _PERMITTED.sub("", text)
    text = _EXPECTED.sub(r"\g<who> should ", text)
    text = _OPENING.sub("", re.sub(r" +", " ", _COURTESIES.sub(" ", text)))
    text = _EMPHASIS.sub("", text)
    if invited := _INVITED.match(text):
        verb = invited["verb"]
        text = f"{GERUNDS.get(verb, verb)}{text[invited.end() :]}"
    first, *others = text.split(" ", 1) or [""]
    return " ".join([GERUNDS.get(first, first), *others])


@cache
def known() -> frozenset[str]:
    """Return the words that mean something, or nothing, before a grammar sees a sentence."""
    patterns = " ".join((_POLITE, _OPENING.pattern, _EMPHASIS.pattern, _INVITED.pattern))
    patterns += " ".join(str(wrong) for wrong, _ in _SPELT)
    plain = re.findall(r"[a-z]{2,}", re.sub(r"\\[bswd]|\[.*?\]|\?P<\w+>", " ", patterns))
    return frozenset(
        {*idioms.words(), *sentence.POLITE, *_NUMBERS, *_PARTS, *GERUNDS, *plain, "a", "i", "s", "u"}
    )

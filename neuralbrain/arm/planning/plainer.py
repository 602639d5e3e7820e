"""What is only said around a request is left out, where a sentence is not understood with it.

Most of everyday speech that a grammar does not know says nothing of what should be done: adverbs of manner,
interjections, remarks about the speaker, reasons. Their words stand in everyday.txt by kind, as classes of
words that are closed or nearly so. A word that says what, where, how many, which, whether or in which order
is in none of them and is never left out, and nor is one that nobody knows.
"""

import re
from collections.abc import Iterator
from typing import Final

from neuralbrain.arm.catalogue import COLORS, SHAPES
from neuralbrain.arm.planning.everyday import (
    BASES,
    BEFORE_A_GERUND,
    BEFORE_A_VERB,
    DETERMINERS,
    EXACT,
    GERUNDS,
    GREETINGS,
    LOOKS,
    MANNER,
    NEVER_LEAD,
    NOUNS,
    PARTICIPLES,
    PRAISE,
    SMALL_TALK,
    TELLS,
    WISHES,
)

_START: Final = "(?:(?<=^)|(?<=, )|(?<=and ))"
"""The beginning of a clause."""
_REASON: Final = re.compile(
    r"(?:^| ,| )(?: ?(?:and|but))? ?(?:(?:because|cos|coz|cause|given that|seeing (?:as|that)) "
    r"(?P<why>[^,]+?)"
    r"|since (?P<since>(?:i|we|it|they|he|she|this|that|there|my|our|the) [^,]+?)"
    r"|(?:so(?: that)?|as) (?P<so>(?:i|we|he|she|my|our|everyone|everybody|people|nobody) [^,]+?))(?= ,|$)"
)
_REMARK: Final = re.compile(
    r"(?:it|that|this|they|these|those|the robot) (?:is|are|was|were|looks?|feels?|will be)"
    r"(?: (?!(?:to|in|on|at|off|supposed|meant|wrong|incorrect|false|bad|forbidden|taboo|enough|mistaken)\b)"
    r"[a-z]+){1,4}"
)
"""How something is, where that is no colour and no place: "it is fragile"."""
_LIKENESS: Final = re.compile(
    r"(?: , (?:just )?(?:as|like)| like) (?P<like>(?:a|an|the|some|in|my)\b[^,]*?"
    r"|(?<= , as )[^,]+|(?<= , like )[^,]+)(?= ,|$)"
)
_POSSIBLE: Final = re.compile(
    r"^(?:and |but )?(?:(?:i (?:was|am) |just )*(?:wondering|wonder|asking) |do you think "
    r"|could you tell me )?"
    r"(?:(?:if|whether) it (?:would|could|might|is)(?: be)? (?:possible|all right|ok)"
    r"|(?:is it|would it be) possible)"
    r"(?: for you)? to "
)
_TAKEN_UP: Final = re.compile(r"\b(?:and|then|but|or|if|unless|without|not|never|except|only|no|[0-9]+)\b")
_POSTPOSED: Final = re.compile(
    rf"\b(?:the )?({'|'.join(SHAPES)}) ({'|'.join(COLORS)})(?= ,|$"
    r"| (?:in|on|to|into|and|next|behind|put|beside)\b)"
)
_GOES: Final = re.compile(rf"\b(goes|go) (?=(?:the )?(?:(?:{'|'.join(COLORS)}) )?(?:bowl|drawer)\b)")
"""A preposition is left out: "ball goes purple bowl"."""
_BEHIND: Final = re.compile(
    rf"{_START}((?:the |my |a )?(?:(?:{'|'.join(COLORS)}) )?(?:{'|'.join(SHAPES)}))"
    r" (in|into|inside|onto|on)(?= ,|$| put)"
)
_PARTICIPLE: Final = "|".join(sorted(PARTICIPLES, key=len, reverse=True))
_THING: Final = (
    r"(?:(?:the|this|that|these|those|my|both|all|every|each|any|a|one|it|them|everything|[2-9])"
    r"(?: (?!to\b|in\b|on\b|i\b|you\b|not\b)[a-z]+){0,8}?)"
)
_PASSIVE: Final = re.compile(
    rf"(?:(?<=^)|(?<=, )|(?<=and )|(?<=then ))(?P<what>{_THING})"
    r" (?:should|must|has to|have to|needs? to|is to|are to|ought to|gets?"
    rf"|may|can|could|shall|will|would)"
    rf" (?:(?:please|then|also|all|both) )?(?:be |get )?(?P<verb>{_PARTICIPLE})\b(?! there)"
)
_NEEDING: Final = re.compile(
    rf"{_START}(?P<what>{_THING}) (?:needs?|wants?|requires?|could do with|deserves?)"
    rf" (?P<verb>{'|'.join(GERUNDS)})\b"
)
_CAUSED: Final = re.compile(
    rf"\b(?:i|we) (?:want|need|would (?:like|love|prefer)|wish)(?: to (?:see|have|get))? (?P<what>{_THING}) "
    rf"(?:to be |being |to get |getting )?(?P<verb>{_PARTICIPLE})\b"
    rf"|{_START}(?:have|get|see) (?P<it>{_THING}) (?P<done>{_PARTICIPLE})\b"
)
_AFTER_HAVING: Final = re.compile(
    rf"\b(?:you have|having|you are done|you are finished) (?P<verb>{_PARTICIPLE}|{'|'.join(GERUNDS)})\b"
)


def plainer(said: str) -> Iterator[str]:
    """Yield ever plainer ways to say the same, none of them twice.

    Args:
        said: Words in lower case, apart by spaces; a comma or a colon for each mark that parts clauses.
    """
    given = last = " ".join(said.split())
    for step in (_without_talk, _active, _without_reasons, _in_english_order):
        given = " ".join(step(given).split())
        given = re.sub(
            r"^(?:[,:] ?)+|(?:(?:^| )[,:])+$", "", re.sub(r"([,:])(?: [,:])+", r"\1", given)
        ).strip()
        if given and given != last:
            last = given
            yield given


def courtesy(said: str) -> str:
    """Return "thank you" or "hello" where that is all that a sentence says, however; else nothing."""
    clauses = re.split(r" ?[,:] ?", said)
    given = {word for clause in clauses for word in clause.split()}
    if not given or not all(_is_small_talk(clause) for clause in clauses):
        return ""
    return "thank you" if given & PRAISE else "hello" if given & GREETINGS else ""


def _without_talk(said: str) -> str:
    """Leave out fillers, remarks that name nothing, and what comes before a verb."""
    clauses = re.split(r" ?([,:]) ?", said)
    parts, marks = clauses[::2], clauses[1::2]
    kept: list[str] = []
    for number, clause in enumerate(parts):
        if number < len(marks) and marks[number] == ":" and not _says_something(clause):
            continue  # it only says that something is to come
        if not _is_small_talk(clause):
            kept.append(_clause(clause))
    return " , ".join(clause for clause in kept if clause)


def _says_something(clause: str) -> bool:
    return bool(set(clause.split()) & (TELLS - {"all", "then"}) or re.search("[0-9]", clause))


def _is_small_talk(clause: str) -> bool:
    """Whether it is about who speaks, or only polite: each word is, or it names nothing of the scene."""
    said = clause.split()
    if not said:
        return True
    pronouns = DETERMINERS | {"it", "him", "they", "them", "and", "but", "so"}
    if said[0] not in ("to", "in", "on", "at", "from", "with", "by") and set(said) <= SMALL_TALK:
        return not set(said) <= pronouns
    if said[0] in ("and", "but", "so"):
        said = said[1:]
    if _REMARK.fullmatch(clause) and not set(said) & (TELLS | BASES | PARTICIPLES.keys()):
        return True
    about_me = said[:1] and said[0] in ("i", "we", "my", "our", "he", "she", "they")
    verbs = BASES | PARTICIPLES.keys() | GERUNDS.keys() | WISHES | {"must", "should"}
    return bool(
        about_me and len(said) > 2 and not set(said) & (TELLS | verbs) and not re.search("[0-9]", clause)
    )


def _clause(clause: str) -> str:
    """Leave out fillers, and what comes before a verb."""
    said = _POSSIBLE.sub("", clause).split()
    kept = [
        word
        for place, word in enumerate(said)
        if not (word in MANNER or (word.endswith("ly") and word not in EXACT and len(word) > 4))
        and not (word in LOOKS and _is_adjective(said, place))
    ]
    return " ".join(_verb_first(kept))


def _is_adjective(said: list[str], place: int) -> bool:
    """Whether a word stands between an article or the like and a noun or a colour."""
    before, after = said[:place], said[place + 1 :]
    while before and before[-1] in LOOKS:
        before.pop()
    while after and after[0] in LOOKS:
        after.pop(0)
    led = (
        not before
        or before[-1] in DETERMINERS | COLORS.keys() | TELLS
        or before[-1] in BASES
        or before[-1].isdigit()
    )
    return led and bool(after) and (after[0] in COLORS or after[0] in NOUNS)


def _verb_first(said: list[str]) -> list[str]:
    """Leave out what asks for something before it is said: "I was wondering if you could ..."."""
    for place, word in enumerate(said):
        run, last = said[:place], said[place - 1] if place else ""
        if word in BASES and (not run or last in BEFORE_A_VERB) and _leads(run):
            return [*([run[0]] if run[:1] in (["and"], ["then"]) else []), *said[place:]]
        asked = last in BEFORE_A_GERUND or (last == "you" and set(run) & WISHES)
        if word in BASES and last == "is" and "do" in run and set(run) & {"what", "all", "thing"}:
            return said[place:]  # "what I would like you to do is put ..."
        if word in GERUNDS and (not run or asked) and _leads(run):
            return [GERUNDS[word], *said[place + 1 :]]
        if word not in SMALL_TALK | {"if", "whether", "up", "then", "there", "chance", "ahead", "how"}:
            break
    return said


def _leads(run: list[str]) -> bool:
    """Whether words before a verb only ask for it: not those that tell what somebody did, or does."""
    wished = bool(set(run) & (WISHES | {"wondering"}))
    if set(run) & (NEVER_LEAD - ({"was", "were"} if wished else set())):
        return False
    if (set(run) & {"what", "which", "who", "whom"} and not wished) or ("how" in run and "about" not in run):
        return False
    if "if" in run and not re.search(r"\bif (?:you|u) (?:could|can|would|will|might)\b", " ".join(run)):
        return False
    return "i" not in run or "you" in run or wished


def _active(said: str) -> str:
    """Say what is to be done where it is said what should become of a thing."""
    said = _AFTER_HAVING.sub(lambda m: f"you have {PARTICIPLES.get(m['verb']) or GERUNDS[m['verb']]}", said)
    said = _CAUSED.sub(lambda m: f"{PARTICIPLES[m['verb'] or m['done']]} {m['what'] or m['it']}", said)
    said = _NEEDING.sub(lambda m: f"{GERUNDS[m['verb']]} {m['what']}", said)
    return _PASSIVE.sub(lambda m: f"{PARTICIPLES[m['verb']]} {m['what']}", said)


def _without_reasons(said: str) -> str:
    """Leave out why something should be done, where that is no condition, number or further request."""
    said = _LIKENESS.sub(
        lambda m: m[0] if _TAKEN_UP.search(m["like"]) or set(m["like"].split()) & TELLS else "", said
    )
    return _REASON.sub(lambda m: m[0] if _is_taken_up(m) else "", said)


def _is_taken_up(reason: re.Match[str]) -> bool:
    """Whether what seems to be a reason may ask for something: a purpose that is about the scene does."""
    why = reason["why"] or reason["since"] or reason["so"]
    return bool(_TAKEN_UP.search(why) or (reason["so"] and set(why.split()) & TELLS))


def _in_english_order(said: str) -> str:
    """Put a colour before its noun, and a verb at the head of its clause: "you put in bowl purple"."""
    said = re.sub(
        r"(?:(?<=^)|(?<=, )|(?<=and ))(?:you|u|robot|arm) (?=(?:" + "|".join(sorted(BASES)) + r")\b)",
        "",
        said,
    )
    said = _GOES.sub(r"\1 in ", said)
    return _BEHIND.sub(r"\2 \1", _POSTPOSED.sub(r"\2 \1", said))

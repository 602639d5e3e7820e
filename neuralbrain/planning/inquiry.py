"""Questions that any brain can answer: what it sees, where something is, what it holds, what it has done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from neuralbrain.messages import Scene
from neuralbrain.planning import answers
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal, account
from neuralbrain.planning.seams import Intention

Topic = Literal[
    "scene",
    "location",
    "hand",
    "actions",
    "number",
    "comparison",
    "count",
    "color",
    "contents",
    "presence",
    "state",
    "relation",
    "which",
    "nearest",
    "apart",
    "abilities",
    "greeting",
    "thanks",
    "farewell",
    "identity",
    "self",
    "tower",
    "side",
    "holder",
]

_FILLERS = re.compile(
    r"\b(?:please|right now|now|already|currently|at the moment|at present|altogether|"
    r"in total|in all|in there"
    r"|yet|over there|over here|still|actually|really|exactly|then|here|so|okay|ok|hey|robot|for me|at all|these days|just)\b"
)
_ASKED = re.compile(
    r"^(?:(?:(?:could|would|will) you )?(?:please )?(?:tell me|say|let me know|show me)|do you know"
    r"|(?:could|can) you see(?= (?:what|where|how|which|if|whether))|i (?:want|would "
    r"like) to know|i wonder"
    r"|(?:could|can|would|will) you(?: please)?(?= (?:count|describe|name|list))"
    r"|any idea|what about|and|but|so|well|um|oh)\b[ ,]*(?:if |whether )?"
)
"""What comes before a question."""
_SAME = {
    **dict.fromkeys(("inside", "inside of"), "in"),
    "on top of": "on",
    **dict.fromkeys(("underneath", "below"), "under"),
    "in front of": "front",
    **dict.fromkeys(("next to", "beside", "close to", "by"), "near"),
    **dict.fromkeys(("closest", "closer", "nearer"), "nearest"),
    "furthest": "farthest",
    "less": "fewer",
}
"""Other words for the same."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ARTICLE = r"(?:(?:one|any|either|some) of (?:the |your |my )?|the |a |an |any |some |all |all the |all of the |every |my |your |each )?"
_NOUN = r"(?!(?:{0})\b)[a-z]+(?: (?!(?:{0})\b)[a-z]+){{0,3}}".format(
    "is|are|was|were|have|has|in|inside|on|not|to|than|of|from|and|or|do|does|did|you|that|next|which|what"
    "|how|behind|under|put|near"
    "|altogether|there|here|table|already|now|currently|still|yet"
)
"""Up to four words of which none is a verb, a preposition or the like."""
_OBJECT = rf"{_ARTICLE}(?P<object>{_NOUN})"
_OTHER = rf"{_ARTICLE}(?P<other>{_NOUN})"
_HOW = (
    r"(?P<how>in|inside|inside of|on|on top of|under|underneath|below|next to|beside|"
    r"near|close to|by|in front of|behind"
    r"|(?:to the |on the )?(?:left|right) (?:hand side |side )?of)"
)
_NOT = r"(?P<negated>not )?"
_SEE = (
    r"(?:do|could|did) you (?:see|find|spot|notice)|is there|are there|have you got|do "
    r"you have|have we got|do we have"
)
_ON_TABLE = r"(?: (?:on|in front of|around) (?:the table|you|me))?"
_SEEN = (
    rf"(?: (?:are there|is there|are|is|do you see|could you (?:see|count|find|spot)|do (?:we|you) have|have you got|do"
    rf" you count|are "
    rf"visible|there are))?{_ON_TABLE}"
)
_COMPARED = (
    r"(?:(?P<how>more than|fewer than|less than|at least|at most|exactly|only|just) )?"
    r"(?P<number>[0-9]+|one(?= )|two|three|four|five|six|seven|eight|nine|ten) "
)
_CLOSE = r"(?P<how>nearest|closest|nearer|closer|farthest|furthest)"
_ANYTHING = r"(?:anything|something|any things?|any objects?|nothing|any|some)"
_SAID: tuple[tuple[Topic, str], ...] = (
    (
        "greeting",
        r"(?:hello|hi|hey|good (?:morning|day|evening|afternoon))(?: there| robot)?(?: how "
        r"are you)?|how are you.*",
    ),
    (
        "thanks",
        r"(?:(?:thanks|thank you|well done|(?:very )?(?:good|great|nice|fine)(?: job| work| one|"
        r" robot| boy| girl)?"
        r"|perfect|excellent|awesome|brilliant|cheers|wonderful|super|lovely|cool|bravo"
        r"|congratulations|i like (?:it|that)"
        r"|that (?:is|was) (?:very )?(?:good|great|nice|perfect|right|correct|fine|lovely|wonderful))"
        r"(?: a lot| very much| so much| for (?:that|your help|the help)| done| robot)?(?: |$))+",
    ),
    (
        "farewell",
        r"(?:thanks |thank you )?(?:bye|goodbye|bye bye|see you(?: later| tomorrow| soon)?|"
        r"good night"
        r"|(?:that is|that will be|that was) (?:all|it|enough)(?: for (?:today|now))?|we "
        r"are done(?: for today| here)?"
        r"|i am (?:done|finished)|no more)(?: thanks| thank you)?",
    ),
    ("self", r"where are you(?: now| standing)?"),
    (
        "identity",
        r"(?:who|what) are you|what is your name|what are you called|are you (?:a )?(?:robot|"
        r"human|person)",
    ),
    (
        "abilities",
        r"what (?:could|are) you (?:do|able to do|capable of)|what else could you do|what "
        r"do you know|help(?: me)?",
    ),
    (
        "tower",
        r"(?:which|what) (?:blocks|things|objects|pieces|ones|is|are)(?: are)?(?: used)? "
        r"(?:make up|makes up|form|forms|in|part of|belong to|make|are in|stacked in|is in) (?:the"
        r"|that|this|your) (?:tower|stack|pile)",
    ),
    (
        "tower",
        r"(?:what|which blocks) (?:is|are) (?:the|that|this) (?:tower|stack|pile) (?:made|built"
        r"|composed) (?:up )?(?:of|from|out of)"
        r"|how (?:high|tall|big) is (?:the|that|this) (?:tower|stack|pile)"
        r"|(?:how many|count)(?: the)? (?:blocks|things|objects|pieces|levels|floors)(?: are| is|"
        r" make)?(?: there)?(?: up)?"
        r" (?:in|of|on|has|does|part of)? ?(?:the|that|this) (?:tower|stack|pile)(?: have)?"
        r"|(?:is there|are there|do you see|could you see|have we got) (?:a |any )?(?:towers?"
        r"|stacks?|piles?)(?: here| on the table)?"
        r"|(?:describe|where is) (?:the|that) (?:tower|stack|pile)"
        r"|(?:is|are) (?:any|some|all|one|a|there any|the)(?: of the)? (?:blocks?|things?"
        r"|objects?)(?: of them)? (?:standing |lying |sitting |stacked )?"
        r"(?:on(?: top of)? (?:another|each other|one another|other blocks|any other|another (?:one"
        r"|block))|stacked)"
        r"|(?:which|what)(?: block| one| thing| color)? is (?:the |at the |on the |on )?(?:top"
        r"|bottom|middle|highest|lowest)"
        r"(?: block| one| thing)?(?: (?:of|in|on) (?:the|that) (?:tower|stack|pile))?",
    ),
    (
        "side",
        r"(?:which|what)(?: of the)? (?P<object>[a-z ]+?) (?:is|stands|lies) (?:the"
        r" )?(?:(?:furthest|farthest|most|far|all the way)"
        r" )?(?:on the |to the |at the )?(?:far )?(?P<how>left|right|leftmost|rightmost|front"
        r"|back)(?: one| side| hand side)?",
    ),
    (
        "side",
        r"(?:which|what)(?P<object>) is (?:the )?(?:furthest |farthest |most )?(?:on the |to the "
        r"|at the )?(?:far )?"
        r"(?P<how>left|right|leftmost|rightmost)(?: side)?(?: of the table)?"
        r"|(?:which|what) (?P<other>block|bowl|thing|object|one|ball)? ?is (?:the"
        r" )?(?P<state>nearest|closest) to (?:me|you)",
    ),
    (
        "side",
        r"what is the (?P<object>thing|object|block|bowl|ball|one) (?:on|at|to) (?:the )?(?:far"
        r" )?(?P<how>left|right|front|back)(?: side| end)?",
    ),
    (
        "side",
        r"what (?:color )?is the (?P<how>left|right|leftmost|rightmost|first|last) (?P<object>[a-z]+)",
    ),
    ("abilities", r"how could you help(?: me)?|what are your (?:abilities|skills)|what do you understand"),
    (
        "abilities",
        r"what (?:could|should) i (?:say|ask|do|tell you)(?: to you| you)?(?: to do)?|how "
        r"does this work",
    ),
    (
        "hand",
        r"(?:what )?(?:are|is) (?:you|your (?:hand|gripper)) (?:holding|carrying|gripping)(?: "
        r"anything| something)?",
    ),
    (
        "hand",
        r"what (?:do you hold|is in your (?:hand|hands|gripper|fingers)|have you got in your "
        r"(?:hand|gripper))",
    ),
    (
        "hand",
        r"(?:is|are) your (?:hand|gripper|hands) (?:empty|free|full)|do you (?:hold|have) "
        r"(?:anything|something) in your (?:hand|gripper)",
    ),
    ("hand", rf"is (?:there )?{_ANYTHING} in your (?:hand|gripper)|are you holding {_OBJECT}"),
    (
        "actions",
        r"what (?:did you (?:just )?do|have you done|was that|are you doing)(?: so far| before|"
        r" last)?|why (?:did you do that|that)?",
    ),
    ("actions", r"(?:why did you|did you|have you) (?!see|find|spot|notice|got).*"),
    (
        "scene",
        r"what (?:do|could|did) you see|what is (?:there|here)|what is (?:on|in front of) "
        r"(?:the table|you)",
    ),
    (
        "scene",
        r"what is (?:lying |standing )?(?:there )?on the table|what have (?:we|you) got|what "
        r"could you see" + _ON_TABLE,
    ),
    (
        "scene",
        r"(?:what|which) (?:objects|things|stuff|items|shapes|kinds of (?:things|objects)|shapes and colors)"
        + _SEEN
        + r"|look around|what is around",
    ),
    (
        "scene",
        r"(?:describe|tell me|name|list) (?:the scene|the table|what you (?:see|could see)|"
        r"what is (?:there|on the table|in front of you)|everything)",
    ),
    ("scene", r"(?:what you (?:see|could see)|what there is)" + _ON_TABLE),
    ("scene", r"(?:list|name|describe) (?:all )?(?:the )?(?:objects|things)" + _ON_TABLE),
    ("comparison", rf"(?:are|is) there (?P<how>more|fewer|less|as many) {_OBJECT} (?:than|as) {_OTHER}"),
    (
        "comparison",
        rf"(?:which|what) (?:are there|is there|do you see|are) more of {_OBJECT} or {_OTHER}",
    ),
    (
        "comparison",
        rf"(?:are|is) there more {_OBJECT} or (?:more )?{_OTHER}",
    ),
    ("count", rf"(?:(?:is|are) there|do you see|could you see|do we have) {_COMPARED}{_OBJECT}(?: here| there)?{_ON_TABLE}"),
    ("comparison", rf"do you see (?P<how>more|fewer|less) {_OBJECT} than {_OTHER}"),
    ("number", rf"(?:how many|count|count up|the number of|what is the number of) {_OBJECT}{_SEEN}"),
    ("number", rf"how many {_OBJECT} (?:are|is|do you see|could you see)(?: there)? {_NOT}{_HOW} {_OTHER}"),
    ("number", rf"count {_OBJECT} {_HOW} {_OTHER}"),
    (
        "number",
        r"how many (?P<object>(?!are|is|do)[a-z]+(?: (?!are|is|do)[a-z]+)*)(?: (?:here|there))?"
        r" (?:are|is)(?: there)? (?P<state>@)",
    ),
    (
        "number",
        r"how many (?P<object>[a-z]+(?: [a-z]+)?) (?:are|is) (?P<negated>not )(?P<state>@)",
    ),
    ("number", r"how many (?P<object>)(?:are|is)(?: there)? (?P<state>@)"),
    ("color", rf"(?:what|which) colors? (?:is|are|has|have|does|do) {_OBJECT}(?: have)?(?: in)?"),
    ("color", rf"(?:(?:what (?:is|are)|name|list) )?(?:the )?colors? of {_OBJECT}"),
    ("color", r"(?:what|which) colors (?:do (?:you see|we have)|are there)(?P<object>)"),
    ("contents", rf"what (?:is|are|lies|stands|sits|have you got|do you see) {_HOW} {_OTHER}"),
    ("contents", rf"what (?:does|do) {_OTHER} (?:contain|hold|have in it)"),
    ("contents", rf"is (?:there )?{_ANYTHING} {_HOW} {_OTHER}"),
    ("contents", rf"(?:does|has) {_OTHER} (?:have )?{_ANYTHING} (?P<how>in|inside|on)(?: top of)? it"),
    ("contents", rf"(?:does|do) {_OTHER} (?:contain|hold) {_ANYTHING}"),
    ("which", rf"(?:which|what)(?: of the)? {_OBJECT} (?:is|are|lies|lie) {_NOT}{_HOW} {_OTHER}"),
    ("which", rf"(?:which|what) (?P<object>)(?:is|are) {_NOT}{_HOW} {_OTHER}"),
    (
        "holder",
        rf"(?:which|what)(?: of the)? {_OBJECT} (?:contains?|holds?|has|have) (?:a |an |the"
        rf" )?(?P<other>anything|something|nothing|{_NOUN})(?: (?:in|inside|on(?: top)?(?: of)?)(?: it| them)?)?",
    ),
    (
        "which",
        rf"(?:which|what)(?: of the)? {_OBJECT}(?: here| there)? (?:is|are) {_NOT}(?P<state>open"
        rf"|closed|empty|"
        rf"full|@)",
    ),
    (
        "which",
        r"(?:which|what)(?: one| ones| things?| objects?)?(?P<object>)(?: here| there)? (?:is|are)"
        r" (?P<negated>not )?(?P<state>open|closed|empty|full|@)",
    ),
    (
        "nearest",
        rf"(?:which|what)(?: of the)? {_OBJECT} is (?:the )?{_CLOSE}(?: "
        rf"to| from| away from)? {_OTHER}",
    ),
    (
        "nearest",
        rf"(?:which|what) is (?:the )?{_CLOSE} {_OBJECT} "
        rf"(?:to|from) {_OTHER}",
    ),
    (
        "nearest",
        rf"(?:which|what) (?P<object>)is (?:the )?{_CLOSE} "
        rf"(?:to|from) {_OTHER}",
    ),
    (
        "nearest",
        rf"what color is {_OBJECT} (?:that is |which is )?{_CLOSE}(?: to| from) {_OTHER}",
    ),
    ("apart", rf"how (?:far|close)(?: away)? (?:is|are) {_OBJECT} (?:from|to|and) {_OTHER}(?: apart)?"),
    (
        "apart",
        rf"(?:(?:what is the|how much) distance (?:is )?between|how far apart are) {_OBJECT} "
        rf"and {_OTHER}",
    ),
    ("state", rf"(?:is|are) {_OBJECT} {_NOT}(?P<state>open|closed|empty|full|@)"),
    (
        "relation",
        rf"(?:is|are) (?P<all>all (?:of )?(?:the )?|both (?:of )?(?:the )?|every(?:thing)? "
        rf"?)?{_OBJECT} {_NOT}(?:lying |standing |sitting )?{_HOW} {_ARTICLE}(?P<other>table|{_NOUN})",
    ),
    ("relation", rf"(?:does|do) {_OTHER} (?:contain|hold|have) {_OBJECT}(?: in it| inside| on it)?"),
    ("presence", rf"(?:{_SEE}) {_OBJECT}(?: there)? {_HOW} {_OTHER}"),
    (
        "location",
        rf"(?:where(?:abouts)? is|where(?:abouts)? are|where do you see|where could i find|where did you put|find|"
        rf"locate|where) {_OBJECT}(?: is| are)?",
    ),
    ("presence", rf"(?:{_SEE}) {_OBJECT}(?: there)?{_ON_TABLE}"),
    ("presence", rf"is {_OBJECT} (?:on the table|there|visible)"),
)
"""Topic -> the words that ask for it; a state may also be a colour."""
_REACHED = re.compile(
    r"\b(?:has|have) ((?:the|my|all|both|any) [a-z ]+?) (?:reached|arrived (?:at|in|on)|got(?:ten)? (?:to|in|into)"
    r"|gone (?:in|into|to)|been (?:put|placed|moved) (?:in|into|to)|made it (?:to|into)) "
)
"""Whether something has come somewhere: whether it is there."""
_CONTRAST = re.compile(r" and (?:which|what)(?: one| ones)? (?:is|are) not$")
_FORMS = tuple((topic, re.compile(said.replace("@", "|".join(answers.COLORS)))) for topic, said in _SAID)


@dataclass(frozen=True)
class Inquiry(Intention):
    """A question about what is seen, held or done.

    Attributes:
        topic: What it is about.
        obj: What is asked for, in words, where it is about an object.
        other: What that is compared with, likewise.
        how: How they should lie to each other, or the state that is asked for.
        negated: Whether the contrary is asked for.
        every: Whether it is asked of all of them.
        contrast: Whether the contrary is asked for, too: "and which is not?".
        number: The number that is asked about.
        abilities: What the brain can be asked for.
        directions: The viewer's words for directions -> unit vectors in the world, x and y.
    """

    topic: Topic
    obj: str = ""
    other: str = ""
    how: str = ""
    negated: bool = False
    every: bool = False
    contrast: bool = False
    number: int = 0
    abilities: str = ""
    directions: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"say where the {self.obj} is" if self.obj else "answer a question"

    def goal(self, scene: Scene, start: tuple[object, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str:
        """Return the answer."""
        match self.topic:
            case "greeting":
                return f"Hello! {self.abilities}."
            case "thanks":
                return "You are welcome."
            case "farewell":
                return "All right. Goodbye!"
            case "identity":
                return f"I am the cortex of this robot's brain. {self.abilities}."
            case "abilities":
                return f"{self.abilities}."
            case "self":
                return answers.body(scene)
            case "hand":
                return answers.hand(holding, self.obj)
            case "actions":
                return account(history)
            case "scene":
                return answers.scene(scene)
            case "location" | "presence":
                return answers.where(
                    self.obj, scene, self._there if self.other else None, self.topic == "presence"
                )
            case "number":
                if self.how in answers.COLORS and self.negated:
                    return answers.which(self.obj, scene, self._there)
                if self.how in answers.COLORS:
                    return answers.number(f"{self.how} {self.obj or 'things'}", scene, None)
                return answers.number(self.obj, scene, self._there if self.other else None)
            case "comparison":
                return answers.comparison(self.obj, self.other, self.how, scene)
            case "count":
                return answers.compared(self.obj, self.how, self.number, scene)
            case "color":
                return answers.colors(self.obj, scene)
            case "state":
                return answers.state(self.obj, self.how, scene, self.negated)
            case "which":
                told = answers.which(self.obj, scene, self._there)
                other = replace(self._there, negated=not self.negated)
                return f"{told} {answers.which(self.obj, scene, other)}" if self.contrast else told
            case "nearest":
                return answers.nearest(self.obj, self.other, self.how, scene)
            case "apart":
                return answers.apart(self.obj, self.other, scene)
            case "relation":
                return answers.relation(self.obj, scene, self._there, every=self.every)
            case "holder":
                return answers.holders(self.obj, self.other, scene)
            case "tower":
                return answers.tower(scene)
            case "side":
                return answers.side(self.obj, self.how, scene, self.directions)
            case "contents":
                return answers.contents(scene, self._there)

    @property
    def _there(self) -> answers.There:
        return answers.There(self.how, self.other, self.negated, self.directions)


def understood(
    text: str, abilities: str = "", directions: Mapping[str, tuple[float, float]] | None = None
) -> Inquiry | None:
    """Return the question that a sentence asks; None if it is none of these, whole.

    Args:
        text: In the words of scenes: `neuralbrain.planning.seams.Interpreter.plain`.
        abilities: What the brain can be asked for, to be told to who asks.
        directions: The viewer's words for directions -> unit vectors in the world, where the body has them.
    """
    words = re.sub(r"\b(what|where|who|how|that|it|there)s\b", r"\1 is", text.lower().replace("'", ""))
    words = re.sub(r"\b(is|are|does|do|did|has|have)nt\b", r"\1 not", words)
    words = re.sub(r"\bcan\b", "could", words)
    words = _REACHED.sub(r"is \1 in ", words)
    plain = " ".join(re.findall(r"[a-z]+|[0-9]+", words)).replace("colour", "color")
    for said in dict.fromkeys((plain, _shortened(plain))):
        asked, contrast = _CONTRAST.subn("", said)
        for topic, form in _FORMS:
            match = form.fullmatch(asked)
            if match and (not contrast or topic == "which"):
                found = _inquiry(topic, match.groupdict(), abilities, directions or {})
                return replace(found, contrast=bool(contrast))
    return None


def _shortened(words: str) -> str:
    """Leave out what comes before a question, and what only says when."""
    before = ""
    while before != words:
        before, words = words, " ".join(_FILLERS.sub(" ", _ASKED.sub("", words)).split())
    return words


def _inquiry(
    topic: Topic,
    named: Mapping[str, str | None],
    abilities: str,
    directions: Mapping[str, tuple[float, float]],
) -> Inquiry:
    how = named.get("how") or named.get("state") or ""
    obj, other = (named.get("object") or "").strip(), (named.get("other") or "").strip()
    how = re.sub(r"^(?:to the |on the )?(left|right) (?:hand side |side )?of$", r"\1", how)
    how = _SAME.get(how, how)
    every = bool(named.get("all"))
    negated = bool(named.get("negated"))
    number = named.get("number") or "0"
    many = int(number) if number.isdigit() else _NUMBERS.index(number)
    return Inquiry(
        topic, obj, other, how or "in", negated, every, number=many, abilities=abilities, directions=directions
    )


@cache
def asked_words() -> frozenset[str]:
    """Return the words of questions."""
    patterns = " ".join((_FILLERS.pattern, _ASKED.pattern, *(said for _, said in _SAID)))
    return frozenset(re.findall(r"[a-z]{2,}", re.sub(r"\\[bswd]|\[.*?\]|\?P<\w+>", " ", patterns)))

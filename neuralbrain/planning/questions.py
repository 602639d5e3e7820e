"""The words that questions are asked in: for each topic the forms that ask for it."""

import re
from typing import Literal

from neuralbrain.planning import answers

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

FILLERS = re.compile(
    r"\b(?:please|right now|now|already|currently|at the moment|at present|altogether|"
    r"in total|in all|in there"
    r"|yet|over there|over here|still|actually|really|exactly|then|here|so"
    r"|okay|ok|hey|robot|for me|at all|these days|just)\b"
)
ASKED = re.compile(
    r"^(?:(?:(?:could|would|will) you )?(?:please )?(?:tell me|say|let me know|show me)|do you know"
    r"|(?:could|can) you see(?= (?:what|where|how|which|if|whether))|i (?:want|would "
    r"like) to know|i wonder"
    r"|(?:could|can|would|will) you(?: please)?(?= (?:count|describe|name|list))"
    r"|any idea|what about|and|but|so|well|um|oh)\b[ ,]*(?:if |whether )?"
)
"""What comes before a question."""
SAME = {
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
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ARTICLE = (
    r"(?:(?:one|any|either|some) of (?:the |your |my )?|the |a |an |any |some |all |all the |all of the "
    r"|every |my |your |each )?"
)
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
    rf"(?: (?:are there|is there|are|is|do you see"
    rf"|could you (?:see|count|find|spot)|do (?:we|you) have|have you got|do"
    rf" you count|are "
    rf"visible|there are))?{_ON_TABLE}"
)
_YOU_SEE = r"do you see|could you see|do (?:you|we) have|have (?:you|we) got"
_COMPARED = (
    r"(?:(?P<how>more than|fewer than|less than|at least|at most|exactly|only|just) )?"
    r"(?P<number>[0-9]+|one(?= )|two|three|four|five|six|seven|eight|nine|ten) "
)
_CLOSE = r"(?P<how>nearest|closest|nearer|closer|farthest|furthest)"
_ANYTHING = r"(?:anything|something|any things?|any objects?|nothing|any|some)"
SAID: tuple[tuple[Topic, str], ...] = (
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
    (
        "count",
        rf"(?:(?:is|are) there|do you see|could you see|do we have) {_COMPARED}{_OBJECT}"
        rf"(?: here| there)?{_ON_TABLE}",
    ),
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
        rf" )?(?P<other>anything|something|nothing|{_NOUN})"
        r"(?: (?:in|inside|on(?: top)?(?: of)?)(?: it| them)?)?",
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
        r"(?:where(?:abouts)? (?:is|are)|where do you see|where could i find|where did you put|find|"
        rf"locate|where) {_OBJECT}(?: is| are)?",
    ),
    ("presence", rf"(?:{_SEE}) {_OBJECT}(?: there)?{_ON_TABLE}"),
    ("location", rf"(?:which|what) {_OBJECT} (?:(?:are|is) there|{_YOU_SEE}){_ON_TABLE}"),
    ("presence", rf"is {_OBJECT} (?:on the table|there|visible)"),
)
"""Topic -> the words that ask for it; a state may also be a colour."""
REACHED = re.compile(
    r"\b(?:has|have) ((?:the|my|all|both|any) [a-z ]+?) (?:reached|arrived (?:at|in|on)"
    r"|got(?:ten)? (?:to|in|into)|gone (?:in|into|to)|been (?:put|placed|moved) (?:in|into|to)"
    r"|made it (?:to|into)) "
)
"""Whether something has come somewhere: whether it is there."""
CONTRAST = re.compile(r" and (?:which|what)(?: one| ones)? (?:is|are) not$")
FORMS = tuple((topic, re.compile(said.replace("@", "|".join(answers.COLORS)))) for topic, said in SAID)

"""From an English sentence to commands.

The grammar is in instructions.lark; the phrases that skills declare become further rules of it. Parsing is
Earley's (J. Earley, "An efficient context-free parsing algorithm", CACM 13(2), 1970), so that the rules may
be written as people speak.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import VisitError

from neuralbrain.arm.catalogue import COLORS, CONTAINERS, SHAPES
from neuralbrain.arm.motor.skills import known_skills
from neuralbrain.arm.planning import commands as c
from neuralbrain.errors import ConfigurationError, InstructionError
from neuralbrain.planning.phrases import ObjectPhrase, normalised, read, vocabulary

_ABILITIES = (
    "I can put, stack, sort, swap, line up and push objects, build a pyramid, use the drawer, and put "
    'everything back as it was ("put the red block in the blue bowl, then ..."){}. For free language, let a '
    "vision-language model (any OpenAI-compatible server) interpret and plan: parts of your own in the "
    "cortex of the blueprint (docs/write-a-planner.md)"
)

_IT = ObjectPhrase(category="it")
_SLOT = re.compile(r"{(\w+)}")
_DO = "do_"
"""Beginning of the rules made of phrases; the number of the phrase follows."""

Phrase = tuple[str, str]
"""The name of a skill, and a phrase that asks for it."""


def phrases() -> tuple[Phrase, ...]:
    """Return the phrases that skills declare, in order of the skills."""
    return tuple((name, phrase) for name, skill in known_skills().items() for phrase in skill.phrases)


def abilities() -> str:
    """Say what can be asked for."""
    firsts = dict(reversed(phrases()))
    own = [f'"{_SLOT.sub("the ...", phrase)}"' for phrase in reversed(firsts.values())]
    return _ABILITIES.format(f", and {', '.join(own)}" if own else "")


def parse(text: str, before: Sequence[c.Command] = ()) -> tuple[c.Command, ...]:
    """Understand a sentence.

    Args:
        text: English; case, punctuation and courtesies do not matter.
        before: What was asked for last, to which "it" may refer.

    Returns:
        What it asks for, in the order in which it is to be done; at least one command.

    Raises:
        InstructionError: It cannot be understood; the message says why and what can.
    """
    asked = phrases()
    known = f"the colors {', '.join(COLORS)} and the objects {', '.join(SHAPES)}"
    tree = read(text, normalised(text), _parser(asked), known, abilities())
    try:
        parsed = _Commands(asked).transform(tree)
    except VisitError as error:
        raise error.orig_exc from None
    return _tidied(_without_pronouns(parsed, text, before))


def load() -> None:
    """Build the parser, which takes a tenth of a second; `parse` does so if it has not been done."""
    vocabulary(_parser(phrases()))


@cache
def _parser(asked: tuple[Phrase, ...]) -> Lark:
    """Return the parser of the sentences of ``instructions.lark``, and of skills' phrases.

    Raises:
        ConfigurationError: A phrase uses a word that names objects.
    """
    colors = " | ".join(f'"{color}"' for color in COLORS)
    text = (files("neuralbrain.arm.planning") / "instructions.lark").read_text(encoding="utf-8")
    text = text.replace("@COLORS@", colors)
    if asked:
        names = frozenset({"COLOR", *map(str.upper, SHAPES)})
        nouns = vocabulary(Lark(text, parser="earley", lexer="basic"), names)
        rules = [f"{_rule(skill, phrase, nouns)} -> {_DO}{n}" for n, (skill, phrase) in enumerate(asked)]
        text = text.replace("?clause: ", "?clause: do | ") + f"\ndo: {' | '.join(rules)}\n"
    return Lark(text, parser="earley", lexer="basic")


def _rule(skill: str, phrase: str, nouns: frozenset[str]) -> str:
    """Return a phrase as the right side of a rule."""
    symbols = []
    for part in phrase.split():
        words = [] if _SLOT.fullmatch(part) else normalised(part)
        if nouns & set(words):
            raise ConfigurationError(
                f"skill {skill!r}: the phrase {phrase!r} has the word {part!r}, which names objects"
            )
        symbols += [f'"{word}"' for word in words] if words else ["obj"] if _SLOT.fullmatch(part) else []
    return " ".join(symbols)


def _without_pronouns(parsed: list[c.Command], text: str, before: Sequence[c.Command]) -> list[c.Command]:
    """Say what each "it" means: a container where something goes in or is shut, else what was moved last."""
    moved, container = _referents(before)
    plain: list[c.Command] = []
    for command in parsed:
        roles = vars(command)
        if isinstance(command, c.Do):
            roles = dict(zip(command.arguments, command.named, strict=True))
        changes: dict[str, Any] = {}
        for role, value in roles.items():
            if value != _IT and not (role == "target" and value == ObjectPhrase()):
                continue
            meant = container if role in ("target", "drawer") else moved
            if meant is None:
                raise InstructionError(f'I do not understand {text!r}: what is "it"? {abilities()}.')
            changes[role] = meant
        if isinstance(command, c.Do):
            changes = {"named": tuple((roles | changes).values())}
        named = replace(command, **changes)
        if any(obj == _IT for obj in c.objects(named)):
            raise InstructionError(
                f'I do not understand {text!r}: name each object instead of "it". {abilities()}.'
            )
        plain.append(named)
        newer = _referents([named])
        moved, container = newer[0] or moved, newer[1] or container
    return plain


def _referents(commands: Iterable[c.Command]) -> tuple[ObjectPhrase | None, ObjectPhrase | None]:
    """Return what "it" means after some commands, as an object that was moved and as a container."""
    moved: ObjectPhrase | None = None
    container: ObjectPhrase | None = None
    for command in commands:
        for obj in c.objects(command):
            if obj.category in CONTAINERS:
                container = obj
            elif not isinstance(command, c.Put) or obj == command.obj:
                moved = obj
    return moved, container


def chosen(answer: str, among: ObjectPhrase) -> ObjectPhrase | None:
    """Return the object that an answer to "which ...?" names, like "the blue one"; None if it names none.

    Args:
        answer: What the person said.
        among: What was asked about; what the answer leaves out is as there.
    """
    words = [word for word in normalised(answer) if word not in ("the", "a", "one", "i", "mean", "take")]
    color, category = among.color, among.category
    for word in words:
        kind = next((name for name in SHAPES if word.removesuffix("s") == name), None)
        if word in COLORS:
            color = word
        elif kind is not None:
            category = kind
        else:
            return None
    return ObjectPhrase(color, category) if words else None


def _tidied(parsed: list[c.Command]) -> tuple[c.Command, ...]:
    """Drop "take it and" where it is put somewhere next: the putting contains the taking."""
    return tuple(
        command
        for command, following in zip(parsed, [*parsed[1:], None], strict=True)
        if not (isinstance(command, c.Hold) and command.obj == getattr(following, "obj", None))
    )


class _Commands(Transformer[Token, list[c.Command]]):
    """Turns the parse tree into commands; a rule's name is the method's.

    Args:
        asked: The skills' phrases, as the parser knows them.
    """

    def __init__(self, asked: tuple[Phrase, ...]) -> None:
        super().__init__()
        self._asked = asked

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        if not data.startswith(_DO):
            return Tree(data, children, meta)
        skill, phrase = self._asked[int(data.removeprefix(_DO))]
        return [c.Do(skill, phrase, tuple(_SLOT.findall(phrase)), tuple(children))]

    def in_order(self, clauses: list[Any]) -> list[c.Command]:
        return [command for clause in clauses for command in clause]

    group = in_order

    def before(self, groups: list[Any]) -> list[c.Command]:
        return [*groups[1], *groups[0]]

    # ---- objects
    def obj(self, words: list[Token]) -> ObjectPhrase:
        found = {"COLOR" if word.type == "COLOR" else "noun": word for word in words}
        noun = found.get("noun")
        return ObjectPhrase(str(found.get("COLOR", "")), noun.type.lower() if noun else "")

    def it(self, _: list[Any]) -> ObjectPhrase:
        return _IT

    def table(self, _: list[Any]) -> ObjectPhrase:
        return c.TABLE

    def objects(self, named: list[ObjectPhrase]) -> tuple[ObjectPhrase, ...]:
        return tuple(named)

    pair = objects

    def same_noun(self, words: list[Token]) -> tuple[ObjectPhrase, ...]:
        return tuple(ObjectPhrase(str(color), words[-1].type.lower()) for color in words[:-1])

    # ---- putting
    def put(self, parts: list[Any]) -> list[c.Command]:
        subjects, target = parts
        if target.category == "zone" and all(obj.category == "box" for obj in subjects):
            return [c.Push(obj, target) for obj in subjects]
        return [c.Put(obj, "at", target) for obj in subjects]

    def put_away(self, parts: list[Any]) -> list[c.Command]:
        shut = [c.Close(parts[1])] if parts[1].category == "drawer" else []
        return [*self.put(parts), *shut]

    def put_inside(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(obj, "at", ObjectPhrase()) for obj in parts[0]]

    def put_beside(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(obj, parts[1].data, parts[2]) for obj in parts[0]]

    def take_out(self, parts: list[Any]) -> list[c.Command]:
        """Out of what it lies in: where that is named, it must be in there anyway."""
        return [c.Put(obj, "at", c.TABLE) for obj in parts[0]]

    # ---- building
    def up(self, parts: list[Any]) -> list[c.Command]:
        return [c.Tower(_several(parts[0]))]

    def down(self, parts: list[Any]) -> list[c.Command]:
        return [c.Tower(_several(parts[0])[::-1])]

    def based(self, order: list[ObjectPhrase]) -> list[c.Command]:
        return [c.Tower(tuple(order))]

    def on_base(self, parts: list[Any]) -> list[c.Command]:
        left, right, top = _flat(parts)
        return [c.Pyramid(left, right, top)]

    def top_first(self, parts: list[Any]) -> list[c.Command]:
        left, right = parts[1]
        return [c.Pyramid(left, right, parts[0])]

    def with_top(self, parts: list[Any]) -> list[c.Command]:
        base = [obj for obj in parts[0] if obj != parts[1]]
        if len(base) != 2:
            raise InstructionError(f"A pyramid needs two objects below and one on top. {abilities()}.")
        return [c.Pyramid(base[0], base[1], parts[1])]

    def rightwards(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_several(parts[0]))]

    def leftwards(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_several(parts[0])[::-1])]

    # ---- the others
    def sort(self, _: list[Any]) -> list[c.Command]:
        return [c.Sort()]

    def swap(self, parts: list[Any]) -> list[c.Command]:
        return [c.Swap(*parts)]

    def swap_where(self, parts: list[Any]) -> list[c.Command]:
        if parts[:2] != parts[:1:-1]:
            raise InstructionError(f"Only two objects can change places. {abilities()}.")
        return [c.Swap(*parts[:2])]

    def push(self, parts: list[Any]) -> list[c.Command]:
        return [c.Push(*parts)]

    def open(self, parts: list[Any]) -> list[c.Command]:
        return [c.Open(*parts)]

    def close(self, parts: list[Any]) -> list[c.Command]:
        return [c.Close(*parts)]

    def hold(self, parts: list[Any]) -> list[c.Command]:
        return [c.Hold(*parts)]

    def restore(self, _: list[Any]) -> list[c.Command]:
        return [c.Restore()]

    def home(self, _: list[Any]) -> list[c.Command]:
        return [c.Home()]


def _several(order: tuple[ObjectPhrase, ...]) -> tuple[ObjectPhrase, ...]:
    if len(order) < 2 or len(set(order)) < len(order):
        raise InstructionError(f"An order needs two or more different things. {abilities()}.")
    return order


def _flat(parts: list[Any]) -> list[ObjectPhrase]:
    return [obj for part in parts for obj in (part if isinstance(part, tuple) else (part,))]

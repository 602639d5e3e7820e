"""From the parse tree of a sentence to commands: what clauses leave out, and what "it" is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lark import Token, Transformer, Tree

from neuralbrain.errors import InstructionError
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.rover.planning.commands import Command, Find, GoTo, Leave, Push, Return
from neuralbrain.rover.planning.references import Named, Placed, Several

IT, THEM = ObjectPhrase(category="it"), ObjectPhrase(category="them")
"""What a sentence names by a word that stands for something else."""
FROM_HERE = ("nearest", "farthest", "left", "right")
"""Places that depend on where the rover is."""
BEYOND = {
    "blind": "I drive to things that I see, not by directions: name a pillar, a ball or an obstacle",
    "no_hand": "I have nothing to hold with, but I can push a ball to something",
    "no_goal": "I have to know to what I should push it: name a pillar, a ball or an obstacle",
    "no_side": "I go up to a thing, not to a side of it: say which thing",
    "no_way": "I keep clear of what I see and do not push, but I cannot promise a way",
    "either": 'Which of them? Say which, or say "any"',
    "how": "I do it once, and at a speed of my own: say only what to do",
}
"""What is understood and cannot be done -> why."""


@dataclass(frozen=True)
class Clause:
    """One clause.

    Attributes:
        verb: "go", "find", "push", "home"; "also", "also to": the same as before; "forbidden"; "corrected";
            "nothing"; or one of `BEYOND`.
        named: What it names.
        inner: The clauses that it consists of.
    """

    verb: str
    named: tuple[Named, ...] = ()
    inner: tuple["Clause", ...] = ()


def commands_of(tree: Tree[Token], before: Sequence[Command]) -> tuple[Command, ...]:
    """Say what a tree asks for.

    Raises:
        InstructionError: Something in it cannot be done, or stands for nothing.
    """
    done: list[Command] = []
    for clause in _Clauses().transform(tree):
        _add(clause, done, before)
    return _without_forbidden(done)


def object_of(tree: Tree[Token]) -> ObjectPhrase:
    """Return the one object that a tree of the rule ``ref`` names."""
    found: Any = _Clauses().transform(tree)
    assert isinstance(found, ObjectPhrase), "a ref is one object"
    return found


def _add(clause: Clause, done: list[Command], before: Sequence[Command]) -> None:
    """Add what a clause asks for to what those before it do."""
    if clause.verb in BEYOND:
        raise InstructionError(f"{BEYOND[clause.verb]}.")
    if clause.verb == "nothing":
        done.append(Leave())
    elif clause.verb == "corrected":
        for part in clause.inner:  # what was said last holds, with the verb of what it takes back
            last = [] if part is clause.inner[0] else [done.pop()]
            done.append(_command(part, [*done, *last], before))
    elif clause.verb == "forbidden":
        for part in clause.inner:
            done.append(Leave(_command(part, done, before)))
    else:
        excepted = any(isinstance(o, Several) and o.but for c in done[-1:] for o in c.objects)
        if clause.verb == "also" and excepted:
            raise InstructionError(f"Is {clause.named[0]} an exception, too? Say it in two sentences.")
        done.append(_command(clause, done, before))


def _command(clause: Clause, done: Sequence[Command], before: Sequence[Command]) -> Command:
    """Return what a clause asks for, with the verb of the clause before it where it has none."""
    last = done[-1] if done else None
    last = last.command if isinstance(last, Leave) else last
    said = [*before, *done]
    objects = [_meant(obj, clause.verb, number, said) for number, obj in enumerate(clause.named)]
    if done and any(isinstance(obj, Placed) and obj.place in FROM_HERE for obj in objects):
        raise InstructionError(f"Which is {objects[-1]} depends on where I am then: ask me when I am there.")
    match clause.verb, last:
        case ("home", _):
            return Return()
        case ("find", _) | ("also", Find()):
            return Find(objects[0])
        case ("push", _) if isinstance(objects[1], ObjectPhrase):
            return Push(objects[0], objects[1])
        case ("also to", Push()) if isinstance(objects[0], ObjectPhrase):
            return Push(last.ball, objects[0])
        case ("go", _) | ("also" | "also to", GoTo()) | ("also to", Return()):
            return GoTo(objects[0])
        case _:
            raise InstructionError(f"What about {objects[0]}? Say what I should do with it.")


def _meant(obj: Named, verb: str, number: int, before: Sequence[Command]) -> Named:
    """Return what is meant: an "it" that is pushed is the ball named last, another is the last object."""
    if isinstance(obj, Several):
        return replace(obj, but=tuple(_inherited(one, obj) for one in obj.but))
    before = [command for command in before if not isinstance(command, Leave)]
    named = [one for command in before for one in command.objects]
    if isinstance(obj, Placed) and obj.place == "other":
        but = tuple(one for one in named if isinstance(one, ObjectPhrase))
        if not but:
            raise InstructionError(f"Other than which? Nothing was named before {obj}.")
        category = obj.category or but[-1].category
        return replace(obj, category=category, but=tuple(one for one in but if one.category == category))
    if obj not in (IT, THEM):
        return obj
    last = before[-1].objects if before else ()
    if obj == THEM:
        many = [one for one in named if isinstance(one, Several)]
        if not many:
            raise InstructionError('Who are "they"? Nothing was named that is several.')
        return many[-1]
    balls = [one for one in named if one.category == "ball"]
    if verb == "push" and number == 0 and balls:
        return balls[-1]
    if len(last) == 1 and isinstance(last[0], ObjectPhrase):
        return last[0]
    if not named:
        raise InstructionError('What is "it"? Nothing was named before.')
    raise InstructionError(f'What is "it": {" or ".join(dict.fromkeys(map(str, named)))}? Name it.')


def _inherited(one: ObjectPhrase, of: Several) -> ObjectPhrase:
    """Return an exception with what it leaves out: "the red one" of all pillars is a pillar."""
    return replace(one, color=one.color or of.color, category=one.category or of.category)


def _without_forbidden(done: Sequence[Command]) -> tuple[Command, ...]:
    """Leave out of what is asked for several objects those that are forbidden.

    Raises:
        InstructionError: The same is asked for and forbidden.
    """
    forbidden = [one.command for one in done if isinstance(one, Leave) and one.command]
    if any(command in forbidden for command in done):
        raise InstructionError("That asks for something and forbids it: which should it be?")
    return tuple(_but(command, [one for one in forbidden if type(one) is type(command)]) for command in done)


def _but(command: Command, forbidden: Sequence[Command]) -> Command:
    """Return a command without the objects for which it is forbidden."""
    if not isinstance(command, GoTo | Find) or not isinstance(command.target, Several):
        return command
    several = command.target
    singles = [obj for one in forbidden for obj in one.objects if isinstance(obj, ObjectPhrase)]
    but = tuple(_inherited(one, several) for one in singles)
    return replace(command, target=replace(several, but=(*several.but, *but)))


class _Clauses(Transformer[Token, list[Clause]]):
    """Turns the parse tree into clauses; a rule's name is the method's."""

    def __default__(self, data: str, children: list[Any], meta: object) -> Clause:
        """Make a clause: its verb is the rule's name."""
        named = tuple(child for child in children if not isinstance(child, Clause | Token))
        inner = tuple(child for child in children if isinstance(child, Clause))
        return Clause(str(data).replace("_", " ") if str(data) not in BEYOND else str(data), named, inner)

    def in_order(self, clauses: list[Clause]) -> list[Clause]:
        return clauses

    def start(self, _: list[Any]) -> list[Clause]:
        return [Clause("nothing")]

    # ---- what is named

    def obj(self, words: list[Any]) -> ObjectPhrase:
        return ObjectPhrase(*_looks(words))

    def it(self, _: list[Any]) -> ObjectPhrase:
        return IT

    def them(self, _: list[Any]) -> ObjectPhrase:
        return THEM

    def left(self, _: list[Any]) -> str:
        return "left"

    def right(self, _: list[Any]) -> str:
        return "right"

    def noun(self, words: list[Token]) -> str:
        return words[0].type.lower()

    def nouns(self, words: list[Token]) -> str:
        return words[0].type.lower().removesuffix("s")

    def placed(self, words: list[Any]) -> ObjectPhrase:
        return Placed(*_looks(words[1:]), place=str(words[0]))  # type: ignore[arg-type]

    def placed_last(self, words: list[Any]) -> ObjectPhrase:
        return Placed(*_looks(words[:-1]), place=words[-1])

    def any(self, words: list[Any]) -> ObjectPhrase:
        return Placed(*_looks(words), place="any")

    def all(self, words: list[Any]) -> Several:
        return Several(*_looks(words))

    def both(self, words: list[Any]) -> Several:
        return Several(*_looks(words), number=2)

    def so_many(self, words: list[Any]) -> Several:
        return Several(*_looks(words[1:]), number=int(words[0]))

    def some(self, words: list[Any]) -> Several:
        return Several(*_looks(words[1:]), number=int(words[0]), the=False)

    def two(self, words: list[Any]) -> Several:
        return Several(*_looks(words), number=2, the=False)

    def excepted(self, words: list[Any]) -> Several:
        several: Several = words[0]
        return replace(several, but=(*several.but, *words[1:]))

    def same_noun(self, words: list[Any]) -> Several:
        colors = [str(word) for word in words if isinstance(word, Token)]
        _, category = _looks(words)
        return Several(category=category, these=tuple(ObjectPhrase(color, category) for color in colors))

    def listed(self, words: list[Any]) -> Several:
        return Several(words[0].color, words[0].category, these=tuple(words))

    def other(self, words: list[Any]) -> ObjectPhrase:
        return Placed(*_looks(words), place="other")


def _looks(words: Sequence[Any]) -> tuple[str, str]:
    """Return colour and category; empty where they are not said."""
    color = next((str(word) for word in words if isinstance(word, Token) and word.type == "COLOR"), "")
    return color, next((word for word in words if not isinstance(word, Token)), "")

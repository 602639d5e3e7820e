"""The embedded interpreter: an instruction grammar, and goals grounded in what is seen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.planning import everyday, grammar
from neuralbrain.arm.planning.commands import (
    Aside,
    Between,
    Command,
    If,
    Keep,
    Mentioned,
    Nothing,
    Put,
    Pyramid,
    Restore,
    Row,
    Sort,
    moved,
    references,
    replaced,
    spared,
)
from neuralbrain.arm.planning.conditions import told, truth
from neuralbrain.arm.planning.goals import ground
from neuralbrain.arm.planning.groups import combined, merged, missing
from neuralbrain.arm.planning.plainer import courtesy, plainer
from neuralbrain.arm.planning.references import AXES, MOVABLE, Reference, fitting, settled
from neuralbrain.arm.planning.sentence import spelt, words_of
from neuralbrain.arm.planning.symbols import supports_of
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import BodySchema, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal
from neuralbrain.planning.inquiry import Inquiry, understood
from neuralbrain.planning.phrases import check_choice
from neuralbrain.planning.readings import YES_OR_NO, numbered
from neuralbrain.planning.seams import Intention, Interpreter, Since
from neuralbrain.planning.sentence import respelt
from neuralbrain.words import listed

CHOSEN = (Put, Pyramid, Row, Aside, Between)
"""Commands whose locations are chosen on free table, so that they can be chosen again."""


@dataclass(frozen=True)
class Commands(Intention):
    """One group of commands that make one goal.

    Attributes:
        commands: They, at least one.
        body: What the body says of itself; None: nobody has told.
        keep: What is to be left alone meanwhile.
        never: What is forbidden.
        heard: How the sentence was taken, where a word was misspelt or asks for another pace.
    """

    commands: tuple[Command, ...]
    body: BodySchema | None = field(default=None, compare=False, repr=False)
    keep: tuple[Reference, ...] = ()
    never: tuple[Command, ...] = ()
    heard: str = ""

    @property
    def since(self) -> Since:  # type: ignore[override]
        """From when it needs to know how everything was."""
        for command in self.commands:
            if isinstance(command, Restore):
                return "undo" if command.undo or command.obj else "start"
            if isinstance(command, Put) and command.relation == "instead":
                return "sentence"
        return ""

    @property
    def chooses(self) -> bool:  # type: ignore[override]
        """Whether all locations were chosen."""
        return all(isinstance(command, CHOSEN) for command in self.commands)

    def __str__(self) -> str:
        return ", then ".join(map(str, self.commands)) + (f" ({self.heard})" if self.heard else "")

    def settled(self, scene: Scene) -> "Commands":
        """Return the same, about the objects that are now the leftmost, the nearest and so on."""
        commands = self.commands
        for ref in {ref: None for command in commands for ref in references(command)}:
            commands = replaced(commands, ref, settled(ref, scene))
        return replace(self, commands=commands)

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str | None:
        """Say what is left undone, as it was forbidden or a condition is not met; None if there is more."""
        if all(isinstance(command, Nothing | Keep) for command in self.commands):
            return f"All right: I {listed([_promise(command) for command in self.commands])}."
        (first, *others) = self.commands
        if isinstance(first, If) and not others and not first.otherwise and not truth(first.premise, scene):
            return f"{told(first.premise, scene)} So I do not {first}."
        return None

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Return what they name and what is not seen."""
        return tuple(map(str, missing(self.commands, scene)))

    def indispensable(self, scene: Scene) -> tuple[str, ...]:
        """Return the same without what sorting can do without."""
        named = [command for command in self.commands if not isinstance(command, Sort)]
        return tuple(map(str, missing(named, scene)))

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when they are done."""
        commands = tuple(spared(command, self.keep) for command in self.commands)
        goal = ground(commands, scene, ArmSchema.told(self.body), start)
        goal = combined(kept, goal, commands, scene)
        fixed = {obj.id for ref in self.keep for obj in fitting(ref, scene, MOVABLE)}
        touched = fixed & {condition.args[0] for condition in goal.conditions if condition.args}
        if touched:
            raise InstructionError(
                f"I cannot {self}: {listed(sorted(touched)).replace('_', ' ')} is to be left alone."
            )
        for name in sorted(fixed):
            obj = scene.find(name)
            below = set(supports_of(obj, scene)) if obj is not None else set()
            if below & {o.args[0] for o in goal.conditions if o.predicate in ("holding", "at") and o.args}:
                raise InstructionError(
                    f"I cannot {self}: the {name.replace('_', ' ')} is on it, and to be left alone."
                )
        return replace(self._allowed(goal, scene, start), fixed=tuple(sorted(fixed)))

    def _allowed(self, goal: Goal, scene: Scene, start: tuple[SceneObject, ...]) -> Goal:
        """Return a goal without what is forbidden, where it is about all of several.

        Raises:
            InstructionError: It cannot be reached without that.
        """
        body = ArmSchema.told(self.body) if self.never else None
        for command in self.never:
            assert body is not None
            forbidden = set(ground((command,), scene, body, start).conditions)
            drawers = {o.args[0] for o in forbidden if o.predicate == "open"}
            if drawers & {name for o in goal.conditions if o.predicate == "in" for name in o.args[1:]}:
                raise InstructionError(f"I cannot {self} without opening it, which I am told not to do.")
            kept = tuple(o for o in goal.conditions if o not in forbidden)
            of_all = any(ref.quantity == "all" for one in self.commands for ref in moved(one))
            if len(kept) < len(goal.conditions) and not (kept and of_all):
                raise InstructionError(f"I am told to {self}, and not to {command}: which?")
            goal = replace(goal, conditions=kept)
        return goal


_PACE: Final = re.compile(
    r"\b(?:(?:slow|quick|rapid|speedi|swift|brisk|hasti|hurried|gradual|prompt|immediate)ly|asap|pronto"
    r"|(?:as|so) fast|hurry|fast(?:er)?|slow(?:er)?|quick(?:er)?|in no time"
    r"|by (?:lunch|dinner|breakfast|tea|noon|tonight|tomorrow))\b",
    re.IGNORECASE,
)
"""How fast, or until when: it is understood without, and the arm has one pace, which it then says."""


class GrammarInterpreter(Interpreter):
    """Understands the sentences of ``instructions.lark``, whole or not at all."""

    directions = AXES

    def load(self) -> None:
        """Build the parser."""
        grammar.load()

    def interpret(self, text: str, before: tuple[Intention, ...] = ()) -> tuple[Intention, ...]:
        """Return what a sentence asks for."""
        text, heard = grammar.meant(text)
        found = self._intentions(grammar.parse(text, _commands(before)))
        notes = ", ".join(filter(None, (heard, "at my own pace" if _PACE.search(text) else "")))
        first, *others = found
        return (replace(first, heard=notes), *others) if notes and isinstance(first, Commands) else found

    def plain(self, text: str) -> str:
        """Return a sentence in the words of scenes: "cube" is "block"."""
        mended = (meant for meant, _ in respelt(text, grammar.known_words(), everyday.words()))
        said = chain((text,), mended, plainer(spelt(text)))
        plain = (" ".join(words_of(one, courtesies=True)) for one in said)
        first = next(plain)
        asked = next((one for one in (first, *plain) if understood(one)), None)
        return asked or courtesy(spelt(text)) or first

    def abilities(self) -> str:
        """Say what can be asked for."""
        return grammar.abilities()

    def resolve(
        self, intentions: tuple[Intention, ...], question: AmbiguityError, answer: str
    ) -> tuple[Intention, ...] | None:
        """Return the same with the object that the person chose; None if the answer names none."""
        words = words_of(answer)
        if question.choices == YES_OR_NO:
            if words[:1] == ["no"]:
                return (Commands((Nothing(),), self.body),)
            return self._intentions(grammar.parse(question.phrase)) if words[:1] == ["yes"] else None
        if not intentions:  # it was asked which of several readings is meant
            chosen = numbered(words, question)
            return None if chosen is None else self._intentions(grammar.readings(question.phrase)[chosen])
        named = [ref for command in _commands(intentions) for ref in references(command)]
        meant = next((ref for ref in named if str(ref) == question.phrase), None)
        answered = None if meant is None else grammar.chosen(answer, meant)
        if meant is None or answered is None:
            return None
        check_choice(answered, question)
        return tuple(
            replace(intention, commands=replaced(intention.commands, meant, answered))
            if isinstance(intention, Commands)
            else intention
            for intention in intentions
        )

    def _intentions(self, commands: Sequence[Command]) -> tuple[Commands, ...]:
        """Group commands; what is to be left alone holds for all groups."""
        keep = tuple(command.obj for command in commands if isinstance(command, Keep))
        forbidden = [command for command in commands if isinstance(command, Nothing) and command.instead_of]
        never = tuple(one for command in forbidden for one in command.instead_of)
        others = [
            command for command in commands if not isinstance(command, Keep) and command not in forbidden
        ]
        return tuple(
            Commands(group, self.body, keep, never if others else ()) for group in merged(others or commands)
        )


def _promise(command: Command) -> str:
    return str(command) if isinstance(command, Keep) else f"do {command}".replace("do do", "do")


def _commands(intentions: tuple[Intention, ...]) -> list[Command | Mentioned]:
    commands: list[Command | Mentioned] = []
    for intention in intentions:
        if isinstance(intention, Commands):
            commands += intention.commands
        elif isinstance(intention, Inquiry) and (intention.obj or intention.other):
            asked = grammar.chosen(intention.obj, Reference()) if intention.obj else None
            commands += [Mentioned(asked)] if asked or not intention.obj else []
    return commands

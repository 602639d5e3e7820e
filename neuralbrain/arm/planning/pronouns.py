"""What "it", "them", "the other one", "the rest" and the like mean, by what was spoken of before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from neuralbrain.arm.catalogue import CONTAINERS
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.references import BEARING, TABLE, Reference, Selection
from neuralbrain.errors import AmbiguityError

CONTAINING = ("target", "drawer")
"""Parts of a command in which "it" is a container."""
SIDES = ("left", "right", "beside", "front", "behind", "closer")


@dataclass
class _Spoken:
    """What was spoken of.

    Attributes:
        moved: What was moved last: what "it" means.
        container: In what something was put, or what was opened, last.
        beside: What something was put next to, last.
        together: What was moved last, all that one clause says: what "them" means.
        all: Everything that was moved in the sentence.
        last_target: Where the last command puts something.
    """

    moved: Reference | None = None
    container: Reference | None = None
    beside: Reference | None = None
    together: tuple[Reference, ...] = ()
    all: tuple[Reference, ...] = ()
    last_target: Reference | None = None

    def heard(self, command: c.Command) -> None:
        """Take in a command, without pronouns."""
        if isinstance(command, c.Keep):  # what is to be left alone is not what is spoken of
            self.all = (*self.all, command.obj)
            return
        if isinstance(command, c.Nothing):
            for part in command.instead_of:
                self.heard(part)
            self.all = ()
            return
        if isinstance(command, c.If):
            self.heard_of(command.premise.obj)
            for part in command.then:
                self.heard(part)
            return
        moved = []
        for ref in c.references(command):
            if ref.category in CONTAINERS or ref.category == "zone":
                self.container = ref
            elif not isinstance(command, c.Put) or ref == command.obj:
                self.moved = ref
                moved.append(ref)
            elif command.relation in SIDES:
                self.beside = ref
        if isinstance(command, c.Put) and command.relation in SIDES:
            self.beside = command.target
        own = c.moved(command)
        joined = isinstance(command, c.Put | c.Push) and command.target == self.last_target
        self.together = (*self.together, *own) if joined else own or self.together
        self.last_target = command.target if isinstance(command, c.Put | c.Push) else None
        self.all = (*self.all, *own)

    def heard_of(self, ref: Reference) -> None:
        """Take in that something was named."""
        if ref.category in CONTAINERS:
            self.container = ref
        else:
            self.moved = ref


def without_pronouns(parsed: Sequence[c.Command], before: Sequence[c.Command] = ()) -> tuple[c.Command, ...]:
    """Say what each "it" means: a container where something goes in or is shut, else what was moved last.

    Args:
        parsed: Commands of one sentence, in order.
        before: Those of the sentence before.

    Raises:
        AmbiguityError: Nothing was spoken of that "it" could mean.
    """
    spoken = _Spoken()
    for command in before:
        spoken.heard(command)
    spoken.all = ()
    plain: list[c.Command] = []
    nouns: dict[str, Reference] = {}  # role -> what was named in it last
    for number, said in enumerate(parsed):
        command = _with_nouns(said, nouns)
        if isinstance(command, c.Aside) and command.bare and not _is_replaced(parsed[number + 1 :]):
            raise AmbiguityError(
                f"Where should {command.obj} go? Say for example: to the left by 5 cm.", "", ()
            )
        for named in _named(command, spoken):
            plain.append(named)
            spoken.heard(named)
    return _tidied(plain)


def _with_nouns(command: c.Command, nouns: dict[str, Reference]) -> c.Command:
    """Say what "the blue one" is one of: of what was named before in the same role, in the sentence."""
    if isinstance(command, c.Nothing):
        return replace(command, instead_of=tuple(_with_nouns(one, nouns) for one in command.instead_of))
    if isinstance(command, c.If):
        return replace(
            command,
            then=tuple(_with_nouns(one, nouns) for one in command.then),
            otherwise=tuple(_with_nouns(one, nouns) for one in command.otherwise),
        )
    changes: dict[str, Any] = {}
    named: list[Reference] = []
    for role, value in vars(command).items():
        if not isinstance(value, Reference):
            continue
        if value.one and not value.category:
            own = named[-1] if named else None  # within the command: "the left block and the right one"
            fits = [one for one in (nouns.get(role), own) if one is not None and _can_be(value, one.category)]
            if fits:
                last = fits[0]
                told = last.selection is not None or not value.other  # else the colour already tells which
                plain = value.quantity != "the" or last is own or not told
                color = value.color or ("" if plain else last.color)
                changes[role] = value = replace(value, color=color, category=last.category, kinds=())  # noqa: PLW2901
        if value.category not in ("it", "them", "table"):
            nouns[role] = value
            named.append(value)
    return replace(command, **changes)


def _can_be(value: Reference, category: str) -> bool:
    """Whether "one" can be of a category that was named before."""
    return category not in ("", "it", "them", "table", "tower") and category in (value.kinds or (category,))


def _is_replaced(later: Sequence[c.Command]) -> bool:
    """Whether something is put where the first of some commands' object was."""
    return bool(later) and isinstance(later[0], c.Put) and later[0].relation == "instead"


def _named(command: c.Command, spoken: _Spoken) -> list[c.Command]:
    """Return a command with names for its pronouns; one of "them" is one for each."""
    if isinstance(command, c.If):
        return [_conditional(command, spoken)]
    if isinstance(command, c.Tower | c.Row):
        order = tuple(one for ref in command.order for one in _each(ref, spoken))
        command = replace(command, order=order)
    elif isinstance(command, c.Restore) and command.obj is not None and command.obj.category == "them":
        return [replace(command, obj=one) for one in _each(command.obj, spoken)]
    elif not isinstance(command, c.Do | c.Nothing) and (
        (obj := vars(command).get("obj")) is not None and obj.category == "them"
    ):
        each: list[Any] = [c.replaced(command, obj, one) for one in _each(obj, spoken)]
        return [part for one in each for part in _named(one, spoken)]
    # within one command: "put the block nearest to the blue bowl into it"
    chosen = [ref.selection for ref in c.references(command) if ref.selection]
    own = [one.anchor for one in chosen if one.anchor and one.anchor.category in CONTAINERS]
    container = own[0] if own else spoken.container
    roles = {name: value for name, value in vars(command).items() if isinstance(value, Reference)}
    if isinstance(command, c.Do):
        roles = dict(zip(command.arguments, command.named, strict=True))
    changes: dict[str, Any] = {}
    for role, value in roles.items():
        changes[role] = _meant(value, role, command, replace(spoken, container=container))
    if isinstance(command, c.Do):
        changes = {"named": tuple((roles | changes).values())}
    return [replace(command, **changes)]


def _conditional(command: c.If, spoken: _Spoken) -> c.If:
    about = command.premise.obj
    if about.category == "it":  # "close the drawer if it is open"
        own = _Spoken()
        for part in command.then:
            own.heard(part)
        about = own.container or own.moved or spoken.container or spoken.moved or _ask("it")
        command = replace(command, premise=replace(command.premise, obj=about))
    inner = replace(spoken)
    inner.heard_of(about)
    if command.premise.what in ("empty", "clear"):  # "if something is in the bowl take it out"
        within: Any = "in" if command.premise.what == "empty" else "on"
        inner.moved = Reference(quantity="all", selection=Selection(within, about))
    if command.premise.other is not None and command.premise.other.category in CONTAINERS:
        inner.container = command.premise.other
    branches = []
    for branch in (command.then, command.otherwise):
        plain: list[c.Command] = []
        for said in branch:
            for named in _named(said, inner):
                plain.append(named)
                inner.heard(named)
        branches.append(tuple(plain))
    return replace(command, then=branches[0], otherwise=branches[1])


def _meant(value: Reference, role: str, command: c.Command, spoken: _Spoken) -> Reference:
    """Return what a name means, in its role of a command."""
    at = not isinstance(command, c.Put) or command.relation == "at"
    inside = role in CONTAINING and at and value.kinds != BEARING
    to_a_side = role == "target" and isinstance(command, c.Put) and command.relation in SIDES
    moved = spoken.moved or spoken.container
    referent = spoken.container if inside else (spoken.beside or moved) if to_a_side else moved
    if (
        value.selection is not None
        and value.selection.anchor is not None
        and value.selection.anchor.category == "it"
    ):
        own = vars(command).get("obj") if role != "obj" else None
        anchor = (
            own if isinstance(own, Reference) and own.category != "it" else spoken.moved or spoken.container
        )
        value = replace(value, selection=replace(value.selection, anchor=anchor or _ask("it")))
    if value.category == "it" or (
        inside
        and not value.color
        and not value.category
        and not value.selection
        and not value.either
        and not value.one
        and not value.other
    ):
        return referent or _ask("it")
    if value.other and role == "obj" and value.quantity != "the":
        return _rest(value, command, spoken)
    if value.other:
        last = spoken.container if value.category in CONTAINERS else spoken.moved
        return replace(value, other=False, but=(last or _ask("the other"),))
    return value


def _rest(value: Reference, command: c.Command, spoken: _Spoken) -> Reference:
    """Return what "the rest" or "the other two" means: all but what was moved, and what they are moved to."""
    target = vars(command).get("target")
    own = (
        (target,)
        if isinstance(target, Reference) and target.category in ("block", "ball", "cylinder")
        else ()
    )
    return replace(value, other=False, but=(*value.but, *spoken.all, *own))


def _each(ref: Reference, spoken: _Spoken) -> tuple[Reference, ...]:
    """Return what is named; "them" is what was moved last, all of it."""
    if ref.category != "them":
        return (ref,)
    if not spoken.together:
        _ask("them")
    return spoken.together


def _ask(pronoun: str) -> Reference:
    raise AmbiguityError(
        f'What do you mean by "{pronoun}"? Name it, as in "the red block" or "the blue bowl".', pronoun, ()
    )


def _tidied(parsed: Iterable[c.Command]) -> tuple[c.Command, ...]:
    """Drop "take it and" where it is put in or on another next: the putting contains the taking."""
    parsed = _swapped(list(parsed))
    return tuple(
        command
        for command, following in zip(parsed, [*parsed[1:], None], strict=True)
        if not (_takes(command) and _puts(following) and _object(command) == _object(following))
    )


def _swapped(parsed: list[c.Command]) -> list[c.Command]:
    """Say that two objects change places where each is put where the other is."""
    found: list[c.Command] = []
    for command in parsed:
        last = found[-1] if found else None
        if (
            isinstance(last, c.Put)
            and isinstance(command, c.Put)
            and last.relation == command.relation == "instead"
            and (last.obj, last.target) == (command.target, command.obj)
        ):
            found[-1] = c.Swap(last.obj, last.target)
        else:
            found.append(command)
    return found


def _takes(command: c.Command) -> bool:
    """Whether it picks something up, or takes it out of what it lies in."""
    if isinstance(command, c.Hold):
        return True
    return (
        isinstance(command, c.Put)
        and command.target == TABLE
        and command.obj.selection is not None
        and command.obj.selection.by in ("in", "on")
    )


def _object(command: c.Command | None) -> Reference | None:
    """Return the one object of a command."""
    found: Reference | None = vars(command).get("obj") if command is not None else None
    return found


def _puts(command: c.Command | None) -> bool:
    """Whether it puts something elsewhere than on the table."""
    return (
        isinstance(command, c.Put | c.Between | c.Aside | c.Push)
        and getattr(command, "target", None) != TABLE
    )

"""What "it", "them", "the other one", "the rest" and the like mean, by what was spoken of before."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from neuralbrain.arm.catalogue import CONTAINERS
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.naming import FIXED
from neuralbrain.arm.planning.references import BEARING, HOLLOW, IT, TABLE, Reference, Selection
from neuralbrain.arm.planning.spoken import SIDES, Spoken, takes
from neuralbrain.errors import AmbiguityError

CONTAINING = ("target", "drawer")
"""Parts of a command in which "it" is a container."""


def without_pronouns(
    parsed: Sequence[c.Command], before: Sequence[c.Command | c.Mentioned] = ()
) -> tuple[c.Command, ...]:
    """Say what each "it" means: a container where something goes in or is shut, else what was moved last.

    Args:
        parsed: Commands of one sentence, in order.
        before: Those of the sentence before.

    Raises:
        AmbiguityError: Nothing was spoken of that "it" could mean.
    """
    spoken = Spoken()
    for command in before:
        spoken.heard(command)
    done = [command for command in before if not isinstance(command, c.Mentioned)]
    spoken.all = ()
    plain: list[c.Command] = []
    nouns: dict[str, Reference] = {}  # role -> what was named in it last
    for number, said in enumerate(parsed):
        if isinstance(said, c.Amended):
            last = plain.pop() if (said.reversed or said.obj) and plain else None
            said = _mended(said, [*done, *plain, *([last] if last else [])])  # noqa: PLW2901
        command = _with_nouns(said, nouns)
        if isinstance(command, c.Nothing) and command.taken_back:
            for part in command.instead_of:
                for named in _named(part, spoken):
                    spoken.heard(named)
            spoken.all = ()
            continue
        if _is_taken_up(
            command, parsed[number + 1 :]
        ):  # "neither may stay on the table, put them in the bowl"
            named_ = tuple(ref for ref in c.moved(command) if ref.category not in ("it", "them"))
            for ref in named_:
                spoken.heard_of(ref)
            spoken.together = named_ or spoken.together
            continue
        if isinstance(command, c.Aside) and command.bare and not _is_replaced(parsed[number + 1 :]):
            raise AmbiguityError(
                f"Where should {command.obj} go? Say for example: to the left by 5 cm.", "", ()
            )
        for named in _named(command, spoken):
            plain.append(named)
            spoken.heard(named)
    return _tidied(plain)


def amended(last: c.Command, new: Reference, old: Reference | None = None) -> c.Command:
    """Return a command in which something takes the place of what is of its kind, or of what is not meant.

    Raises:
        AmbiguityError: That could be several.
    """
    roles = [field.name for field in fields(last) if isinstance(getattr(last, field.name), Reference)]
    alike = [role for role in roles if getattr(last, role).category == new.category and new.category]
    if old is not None:
        alike = [role for role in roles if _may_be_one(old, getattr(last, role))]
        if len(alike) == 1:
            new = replace(new, category=new.category or getattr(last, alike[0]).category, one=False)
    elif new.one or not new.category:  # "no, the purple one": the last that was named
        alike = roles[-1:]
        new = replace(new, category=getattr(last, roles[-1]).category) if roles else new
    if not alike:
        bare = {role: old_ for role in roles if not (old_ := getattr(last, role)).category}
        alike = [role for role, old_ in bare.items() if new.category in (old_.kinds or (new.category,))]
    if not alike:  # no bowl can take the place of a ball, where a ball is put in a bowl
        fixed = {role: getattr(last, role).category in FIXED for role in roles}
        alike = [
            role
            for role in roles
            if fixed[role] is (new.category in FIXED) and set(fixed.values()) == {True, False}
        ]
    if len(alike) != 1:
        raise AmbiguityError(f"What should {new} take the place of? Say the whole again.", str(new), ())
    if new.other:
        new = replace(new, other=False, but=(*new.but, getattr(last, alike[0])))
    changes: dict[str, Any] = {alike[0]: new}
    return replace(last, **changes)


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
                apart = value.selection and last.selection  # "the right red block on the left one"
                plain = value.quantity != "the" or (last is own and not apart) or not told
                color = value.color or ("" if plain else last.color)
                changes[role] = value = replace(value, color=color, category=last.category, kinds=())  # noqa: PLW2901
        if value.category == "it":
            named += [nouns[role]] if role in nouns else []
        elif value.category not in ("them", "table"):
            nouns[role] = value
            named.append(value)
    return replace(command, **changes)


def _can_be(value: Reference, category: str) -> bool:
    """Whether "one" can be of a category that was named before."""
    return category not in ("", "it", "them", "table", "tower") and category in (value.kinds or (category,))


def _there(command: c.Put, spoken: Spoken) -> c.Put:
    """Say where "there" is: where something was taken away, or in what was spoken of."""
    last = spoken.last
    if isinstance(last, c.Put) and last.target == TABLE and not spoken.container and last.obj != command.obj:
        return replace(command, relation="instead", target=replace(last.obj, selection=None))
    return replace(command, target=Reference(kinds=HOLLOW))


def _top(spoken: Spoken) -> Reference:
    """Return what is on top of what was stacked last."""
    last = spoken.last
    if isinstance(last, c.Tower) and (last.top or len(last.order) > 1):
        return last.top or last.order[-1]
    if isinstance(last, c.Put) and last.relation == "at" and last.target != TABLE:
        return last.obj
    raise AmbiguityError("On which one of them?", "them", ())


def _mended(command: c.Amended, before: Sequence[c.Command]) -> c.Command:
    """Return what was said last, in which something else is meant.

    Raises:
        AmbiguityError: Nothing was said that this could correct.
    """
    last = before[-1] if before else None
    if last is None or isinstance(last, c.Nothing | c.Keep | c.If):
        raise AmbiguityError("What should I do with it? Say the whole.", "", ())
    if command.reversed:
        return _reversed(last)
    if (command.likewise or command.obj) and command.new is not None:
        obj = vars(last).get("obj")
        if obj is None:
            raise AmbiguityError(f"What should I do with {command.new}? Say the whole.", "", ())
        noun = command.new.category or obj.category
        return c.replaced(last, obj, replace(command.new, category=noun))  # type: ignore[no-any-return]
    if command.new is not None:
        return amended(last, command.new, command.old)
    assert command.place is not None  # the grammar says the one or the other
    obj, target, place = vars(last).get("obj"), vars(last).get("target"), command.place
    if isinstance(place, c.Put) and place.target.one and target is not None:
        place = replace(place, target=replace(place.target, category=target.category, kinds=(), one=False))
    return place if obj is None else c.replaced(place, IT, obj)


def _reversed(last: c.Command) -> c.Command:
    """Return a command in which what is put, and where, have changed their roles.

    Raises:
        AmbiguityError: It has no such roles.
    """
    if isinstance(last, c.Tower | c.Row) and len(last.order) > 1:
        return replace(last, order=last.order[::-1])
    if isinstance(last, c.Put) and last.target not in (TABLE, IT):
        return replace(last, obj=last.target, target=last.obj)
    raise AmbiguityError("What should be the other way round? Say the whole again.", "", ())


def _is_taken_up(command: c.Command, later: Sequence[c.Command]) -> bool:
    """Whether it only says what cannot stay where it is, and then is said where it goes."""
    if not isinstance(command, c.Aside) or not command.bare or not later:
        return False
    opened = isinstance(later[0], c.Open | c.Close)
    about = c.references(later[0]) if opened else c.moved(later[0])
    return any(ref.category in ("it", "them") for ref in about)


def _is_replaced(later: Sequence[c.Command]) -> bool:
    """Whether something is put where the first of some commands' object was."""
    return bool(later) and isinstance(later[0], c.Put) and later[0].relation == "instead"


def _named(command: c.Command, spoken: Spoken) -> list[c.Command]:
    """Return a command with names for its pronouns; one of "them" is one for each."""
    if isinstance(command, c.If):
        return [_conditional(command, spoken)]
    if isinstance(command, c.Nothing):  # "put it in, and do not close it"
        forbidden = tuple(named for one in command.instead_of for named in _named(one, spoken))
        return [replace(command, instead_of=forbidden)]
    if isinstance(command, c.Put) and command.target.category == "them":
        command = replace(command, target=_top(spoken))
    if isinstance(command, c.Put) and command.target.category == "there":
        command = _there(command, spoken)
    if isinstance(command, c.Tower | c.Row):
        ended = isinstance(command, c.Tower) and (command.base or command.top)
        if ended and not spoken.together:  # "pile them up with the red one on top"
            command = replace(command, order=tuple(_blocks(ref) for ref in command.order))
        order = tuple(one for ref in command.order for one in _each(ref, spoken))
        command = replace(command, order=order)
    elif isinstance(command, c.Share):
        command = replace(command, objs=tuple(one for ref in command.objs for one in _each(ref, spoken)))
        return [_rested(command, spoken)]
    elif isinstance(command, c.Swap) and command.first.category == "them":
        pair = _each(command.first, spoken)
        if len(pair) != 2:
            raise AmbiguityError("Which two should change places? Name both.", "them", ())
        return [c.Swap(*pair)]
    elif spoken.tower and isinstance(command, c.Put) and (command.obj, command.target) == (IT, TABLE):
        return [replace(command, obj=one) for one in spoken.tower]  # "build a tower and take it down again"
    elif isinstance(command, c.Restore) and command.obj is not None and command.obj.category == "them":
        return [replace(command, obj=one) for one in _each(command.obj, spoken)]
    elif not isinstance(command, c.Do | c.Nothing) and (
        (obj := vars(command).get("obj")) is not None and obj.category == "them"
    ):
        each: list[Any] = [c.replaced(command, obj, one) for one in _each(obj, spoken)]
        return [part for one in each for part in _named(one, spoken)]
    # within one command: "put the block nearest to the blue bowl into it"
    named = [ref for whole in c.references(command) for ref in (whole, *whole.but)]
    chosen = [ref.selection for ref in named if ref.selection]
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


def _conditional(command: c.If, spoken: Spoken) -> c.If:
    about = command.premise.obj
    if about.category == "it":  # "close the drawer if it is open"
        own = Spoken()
        for part in command.then:
            own.heard(part)
        about = own.container or own.moved or spoken.container or spoken.moved or _ask("it")
        command = replace(command, premise=replace(command.premise, obj=about))
    inner = replace(spoken)
    inner.heard_of(about)
    if about.quantity != "the":  # "if there are five blocks, stack them"
        inner.together = (replace(about, quantity="all"),)
    if (
        command.premise.what in ("empty", "clear") and command.premise.negated
    ):  # "if something is in the bowl take it out"
        within: Any = "in" if command.premise.what == "empty" else "on"
        inner.moved = Reference(quantity="all", selection=Selection(within, about))
    if command.premise.other is not None and command.premise.other.category in (*CONTAINERS, "zone"):
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


def _meant(value: Reference, role: str, command: c.Command, spoken: Spoken) -> Reference:
    """Return what a name means, in its role of a command."""
    at = not isinstance(command, c.Put) or command.relation == "at"
    inside = role in CONTAINING and at and value.kinds != BEARING
    to_a_side = role == "target" and isinstance(command, c.Put) and command.relation in SIDES
    moved = spoken.moved or spoken.container
    referent = spoken.container if inside else (spoken.beside or moved) if to_a_side else moved
    own = vars(command).get("obj")
    if (
        role == "target"
        and value.selection is not None
        and value.selection.by in ("nearest", "farthest")
        and value.selection.anchor is None
        and isinstance(own, Reference)
    ):  # to what is put there
        value = replace(value, selection=replace(value.selection, anchor=own))
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
    anchor = value.selection.anchor if value.selection is not None else None
    if (
        anchor is not None and anchor.selection is not None and anchor.selection.anchor == IT
    ):  # "the one in it"
        within = replace(anchor.selection, anchor=spoken.container or spoken.moved or _ask("it"))
        value = c.replaced(value, anchor, replace(anchor, selection=within))
    if value.category == "it" or (
        inside
        and not value.color
        and not value.category
        and not value.selection
        and not value.either
        and not value.one
        and not value.other
    ):
        if referent is None and inside and value.kinds == HOLLOW and isinstance(spoken.last, c.Put):
            return Reference(
                kinds=HOLLOW, selection=Selection("under", spoken.last.obj)
            )  # "that out, this in"
        return referent or _ask("it")
    if role == "obj" and at and isinstance(command, c.Put) and value.quantity not in ("the", "all"):
        drawn = (ref for ref in spoken.all if ref.quantity != "all" and _may_be_one(ref, value))
        return replace(value, other=False, but=(*value.but, *dict.fromkeys(drawn)))  # others than before
    if value.other and role == "obj" and value.quantity != "the":
        return _rest(value, command, spoken)
    named_before = spoken.container
    if (
        named_before is not None
        and value == Reference(category=named_before.category, kinds=value.kinds)
        and value.category in (*CONTAINERS, "zone")
    ):
        return named_before  # "the bowl", once "the blue bowl" was named
    if value.other:
        last = spoken.container if value.category in CONTAINERS else spoken.moved
        if (
            last is None
            and role == "target"
            and isinstance(own, Reference)
            and (own.quantity == "the" or value.quantity == "any")
        ):
            last = own  # "put a block on another block"
        return replace(value, other=False, but=(last or _ask("the other"),))
    return value


def _may_be_one(ref: Reference, other: Reference) -> bool:
    """Whether what two names mean could be the same object."""
    return ref.color in ("", other.color or ref.color) and ref.category in (
        "",
        other.category or ref.category,
    )


def _rested(command: c.Share, spoken: Spoken) -> c.Share:
    objs = [
        _rest(ref, command, spoken)
        if ref.other and ref.quantity != "the"
        else _meant(ref, "obj", command, spoken)
        for ref in command.objs
    ]
    return replace(command, objs=tuple(objs))


def _rest(value: Reference, command: c.Command, spoken: Spoken) -> Reference:
    """Return what "the rest" or "the other two" means: all but what was moved, and what they are moved to."""
    target = vars(command).get("target")
    own = (
        (target,)
        if isinstance(target, Reference) and target.category in ("block", "ball", "cylinder")
        else (Reference(quantity="all", selection=Selection("tower")),)
        if target is not None and target.category == "tower"
        else ()
    )
    return replace(value, other=False, but=(*value.but, *spoken.all, *own))


def _each(ref: Reference, spoken: Spoken) -> tuple[Reference, ...]:
    """Return what is named; "them" is what was moved last, all of it."""
    if ref.category != "them":
        return (ref,)
    if not spoken.together:
        _ask("them")
    return spoken.together


def _blocks(ref: Reference) -> Reference:
    """Return what "them" can only mean where a tower is built and nothing was spoken of."""
    return Reference(category="block", quantity="all", count=ref.count) if ref.category == "them" else ref


def _ask(pronoun: str) -> Reference:
    raise AmbiguityError(
        f'What do you mean by "{pronoun}"? Name it, as in "the red block" or "the blue bowl".', pronoun, ()
    )


def _tidied(parsed: Iterable[c.Command]) -> tuple[c.Command, ...]:
    """Drop "take it and" where it is put in or on another next: the putting contains the taking."""
    parsed = _swapped(list(parsed))
    parsed = [
        one
        for one, last in zip(parsed, [None, *parsed], strict=False)
        if one != last or not isinstance(one, c.Hold)  # "pick it up and hold it"
    ]
    return tuple(
        command
        for command, following in zip(parsed, [*parsed[1:], None], strict=True)
        if not (
            takes(command)
            and _puts(following)
            and _object(command) == _object(following)
            and not _returns(command, following)
        )
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


def _returns(command: c.Command, following: c.Command | None) -> bool:
    """Whether something is taken out of where it is put next: that is a way there and back."""
    obj, target = _object(command), vars(following).get("target")
    return obj is not None and obj.selection is not None and obj.selection.anchor == target


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

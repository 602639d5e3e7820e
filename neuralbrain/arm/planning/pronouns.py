"""What "it", "them", "the other one" and the like mean, by what was spoken of before."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from neuralbrain.arm.catalogue import CONTAINERS
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.references import IT, TABLE, Reference
from neuralbrain.errors import AmbiguityError

CONTAINING = ("target", "drawer")
"""Parts of a command in which "it" is a container."""


def without_pronouns(parsed: Sequence[c.Command], before: Sequence[c.Command] = ()) -> tuple[c.Command, ...]:
    """Say what each "it" means: a container where something goes in or is shut, else what was moved last.

    Args:
        parsed: Commands of one sentence, in order.
        before: Those of the sentence before.

    Raises:
        AmbiguityError: Nothing was spoken of that "it" could mean.
    """
    moved, container = _referents(before)
    plain: list[c.Command] = []
    nouns: dict[str, Reference] = {}  # role -> what was named in it last
    for number, said in enumerate(parsed):
        command = _with_nouns(said, nouns)
        if isinstance(command, c.Aside) and command.bare and not _is_replaced(parsed[number + 1 :]):
            raise AmbiguityError(
                f"Where should {command.obj} go? Say for example: to the left by 5 cm.", "", ()
            )
        # within one command: "put the block nearest to the blue bowl into it"
        chosen = [ref.selection for ref in c.references(command) if ref.selection]
        own = [one.anchor for one in chosen if one.anchor and one.anchor.category in CONTAINERS]
        within = own[0] if own else container
        named = _named(command, moved, within)
        plain.append(named)
        newer = _referents([named])
        moved, container = newer[0] or moved, newer[1] or container
    return _tidied(plain)


def _with_nouns(command: c.Command, nouns: dict[str, Reference]) -> c.Command:
    """Say what "the blue one" is one of: of what was named before in the same role, in the sentence."""
    changes: dict[str, Any] = {}
    for role, value in vars(command).items():
        if not isinstance(value, Reference):
            continue
        last = nouns.get(role)
        if value.one and not value.category and last is not None and last.category:
            color = value.color or ("" if value.quantity != "the" else last.color)
            value = changes[role] = replace(value, color=color, category=last.category)  # noqa: PLW2901
        if value not in (IT, TABLE):
            nouns[role] = value
    return replace(command, **changes)


def _is_replaced(later: Sequence[c.Command]) -> bool:
    """Whether something is put where the first of some commands' object was."""
    return bool(later) and isinstance(later[0], c.Put) and later[0].relation == "instead"


def _named(command: c.Command, moved: Reference | None, container: Reference | None) -> c.Command:
    """Return a command with names for its pronouns."""
    if isinstance(command, c.If):
        about = command.premise.obj
        if about == IT:  # "close the drawer if it is open"
            own = _referents(command.then)
            about = own[1] or own[0] or container or moved or _ask("it")
            command = replace(command, premise=replace(command.premise, obj=about))
        if about.category in CONTAINERS:
            container = about
        else:
            moved = about
        return replace(command, then=tuple(_named(one, moved, container) for one in command.then))
    roles = {name: value for name, value in vars(command).items() if isinstance(value, Reference)}
    if isinstance(command, c.Do):
        roles = dict(zip(command.arguments, command.named, strict=True))
    changes: dict[str, Any] = {}
    for role, value in roles.items():
        inside = role in CONTAINING and not (isinstance(command, c.Put) and command.relation not in ("at",))
        referent = container if inside else moved
        if value == IT or (inside and value == Reference()):
            changes[role] = referent or _ask("it")
        elif value.other:
            last = container if value.category in CONTAINERS else moved
            changes[role] = replace(value, other=False, but=(last or _ask("the other"),))
    if isinstance(command, c.Do):
        changes = {"named": tuple((roles | changes).values())}
    return replace(command, **changes)


def _ask(pronoun: str) -> Reference:
    raise AmbiguityError(
        f'What do you mean by "{pronoun}"? Name it, as in "the red block" or "the blue bowl".', pronoun, ()
    )


def _referents(commands: Iterable[c.Command]) -> tuple[Reference | None, Reference | None]:
    """Return what "it" means after some commands, as an object that was moved and as a container."""
    moved: Reference | None = None
    container: Reference | None = None
    for command in commands:
        if isinstance(command, c.Keep):
            continue  # what is to be left alone is not what is spoken of
        for ref in c.references(command):
            if ref.category in CONTAINERS or ref.category == "zone":
                container = ref
            elif not isinstance(command, c.Put) or ref == command.obj:
                moved = ref
    return moved, container


def _tidied(parsed: list[c.Command]) -> tuple[c.Command, ...]:
    """Drop "take it and" where it is put in or on another next: the putting contains the taking."""
    return tuple(
        command
        for command, following in zip(parsed, [*parsed[1:], None], strict=True)
        if not (
            isinstance(command, c.Hold)
            and command.obj == getattr(following, "obj", None)
            and getattr(following, "target", None) != TABLE
        )
    )

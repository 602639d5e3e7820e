"""The commands of a sentence together: what they need, which are one goal, and what of it stays true."""

from collections.abc import Iterable
from dataclasses import replace

from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.references import MOVABLE, TABLE, Reference, fitting, one
from neuralbrain.arm.planning.symbols import supports_of
from neuralbrain.messages import Scene
from neuralbrain.planning.goal import Goal


def missing(commands: Iterable[c.Command], scene: Scene) -> tuple[Reference, ...]:
    """Return what is needed and not seen, each once, in the order in which it is named.

    Raises:
        InstructionError: A name fits several objects.
    """
    needed: dict[Reference, None] = {}
    for command in commands:
        if isinstance(command, c.If | c.Nothing | c.Keep):
            continue  # what is not there may just be what is asked
        for ref in c.references(command):
            needed |= dict.fromkeys(ref.either or (ref,))
        _check_meant(command, scene)
        if isinstance(command, c.Sort) and command.matching:
            for block in fitting(command.obj, scene):
                needed[Reference(block.color, "bowl")] = None
    return tuple(ref for ref in needed if not _seen(ref, scene))


def _check_meant(command: c.Command, scene: Scene) -> None:
    """Raise what there is to ask about a command, before anything is done."""
    for role, ref in vars(command).items():
        if (
            isinstance(ref, Reference)
            and ref.quantity == "the"
            and ref.selection is None
            and ref.category not in ("table", "tower")
        ):
            one(ref, scene, () if role in ("target", "drawer") else MOVABLE)


def _seen(ref: Reference, scene: Scene) -> bool:
    """Whether what is named is there; that it may lie elsewhere than the sentence says is told later."""
    if ref.category in ("tower", "table"):
        return True
    return bool(fitting(Reference(ref.color, ref.category), scene))


def merged(commands: Iterable[c.Command]) -> tuple[tuple[c.Command, ...], ...]:
    """Group commands that are one goal: opening a drawer, putting objects in and closing it; and a tower."""
    groups: list[tuple[c.Command, ...]] = []
    for command in commands:
        if groups and (
            _carries(command, groups[-1])
            or _fills(command, groups[-1])
            or _trades(command, groups[-1])
            or _counts(command, groups[-1])
        ):
            groups.append((*groups.pop(), command))
            continue
        last = groups[-1][-1] if groups else None
        used = getattr(command, "target", getattr(command, "drawer", None))
        if used is not None and used.category == "drawer" and isinstance(last, (c.Open, c.Put)):
            follows = isinstance(command, c.Put) or (isinstance(command, c.Close) and isinstance(last, c.Put))
            if follows and used == (last.target if isinstance(last, c.Put) else last.drawer):
                before = groups.pop()
                groups.append((*(b for b in before if not isinstance(b, c.Open)), command))
                continue
        groups.append((command,))
    return tuple(groups)


def _carries(command: c.Command, before: tuple[c.Command, ...]) -> bool:
    """Whether a command moves what earlier ones have put something on: both are to be true at the end."""
    if not isinstance(command, c.Put) or command.relation != "at" or command.target == TABLE:
        return False
    return any(isinstance(b, c.Put) and b.relation == "at" and _same(b.target, command.obj) for b in before)


def _fills(command: c.Command, before: tuple[c.Command, ...]) -> bool:
    """Whether a command puts something in what is emptied first: in which, must be known before."""
    within = command.target.selection if isinstance(command, c.Put) else None
    emptied = [one.obj for one in before if isinstance(one, c.Put) and one.target == TABLE]
    return within is not None and within.by == "under" and within.anchor in emptied


def _same(one: Reference, other: Reference) -> bool:
    """Whether two names are of the same object, as far as they tell."""
    alike = one.category == other.category or not (one.category and other.category)
    return alike and replace(one, category="", kinds=(), one=False) == replace(
        other, category="", kinds=(), one=False
    )


def _trades(command: c.Command, before: tuple[c.Command, ...]) -> bool:
    """Whether a command and those before it put objects where others were: all change places at once."""
    return all(isinstance(one, c.Put) and one.relation == "instead" for one in (command, *before))


def _counts(command: c.Command, before: tuple[c.Command, ...]) -> bool:
    """Whether a command is about the others of so many that were taken before: which, must be known."""
    counted = {ref for one in before for ref in _used(one) if ref.quantity not in ("the", "all")}
    return any(ref in counted for used in _used(command) for ref in used.but)


def _used(command: c.Command) -> tuple[Reference, ...]:
    """Return what a command moves, and where it puts it."""
    return (*c.moved(command), *([command.target] if isinstance(command, c.Put) else []))


def combined(kept: Goal, goal: Goal, commands: tuple[c.Command, ...], scene: Scene) -> Goal:
    """Let a goal keep what earlier ones of the same sentence reached, as far as it does not undo it.

    Args:
        kept: What was reached.
        goal: What should be reached now.
        commands: What it was made from: `Restore` undoes everything.
        scene: The scene now.
    """
    moved = {condition.args[0] for condition in goal.conditions}
    covered = {condition.args[1] for condition in goal.conditions if condition.predicate == "on"}
    stays = []
    for condition in kept.conditions:
        obj = scene.find(condition.args[0])
        if obj is None:
            continue  # what is not seen any more cannot be kept as it is
        bearers = set(supports_of(obj, scene))
        undone = (set(condition.args) | bearers) & moved or (
            condition.predicate == "on" and bearers & covered
        )
        if not undone and condition.predicate != "holding":
            stays.append(condition)
    if any(isinstance(command, c.Restore) for command in commands):
        stays = []
    used = {name for condition in stays for name in condition.args}
    locations = tuple(location for location in kept.locations if location.id in used)
    names = {location.id: f"{location.id}_again" for location in goal.locations if location.id in used}
    conditions = (
        condition.model_copy(update={"args": tuple(names.get(name, name) for name in condition.args)})
        for condition in goal.conditions
    )
    renamed = (
        location.model_copy(update={"id": names.get(location.id, location.id)}) for location in goal.locations
    )
    return Goal(goal.text, (*conditions, *stays), (*renamed, *locations))

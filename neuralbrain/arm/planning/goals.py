"""From commands to goals: conditions on a scene that will be true when a command is done."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning import locations as spots
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, is_at, supports_of
from neuralbrain.arm.predicates import TABLE
from neuralbrain.errors import InstructionError
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.phrases import ObjectPhrase, named

SIDES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "left": ((0.0, 1.0),),
    "right": ((0.0, -1.0),),
    "front": ((-1.0, 0.0),),
    "behind": ((1.0, 0.0),),
    "beside": ((0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)),
}
"""Directions in the world, as the robot sees them: its left is +y, in front of an object is nearer to it."""


def missing(commands: Iterable[c.Command], scene: Scene) -> tuple[ObjectPhrase, ...]:
    """Return the objects that are needed and not seen, each once, in the order in which they are named.

    Raises:
        InstructionError: A name fits several objects.
    """
    needed: dict[ObjectPhrase, None] = {}
    for command in commands:
        for obj in c.objects(command):
            needed[obj] = None
        if isinstance(command, c.Sort):
            for block in _blocks(scene):
                needed[ObjectPhrase(block.color, "bowl")] = None
    return tuple(obj for obj in needed if obj.find(scene.objects) is None)


def merged(commands: Iterable[c.Command]) -> tuple[tuple[c.Command, ...], ...]:
    """Group commands that are one goal: opening a drawer, putting objects in and closing it."""
    groups: list[tuple[c.Command, ...]] = []
    for command in commands:
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


def ground(
    commands: tuple[c.Command, ...], scene: Scene, hand: ArmSchema, start: Iterable[SceneObject] = ()
) -> Goal:
    """Say what will be true when commands are done.

    Args:
        commands: One group of `merged`.
        scene: What is where now; everything named is in it.
        hand: What the body says of its hand.
        start: For `Restore`: where everything was.

    Returns:
        The goal.

    Raises:
        InstructionError: A command makes no sense for these objects, or names something not in the scene.
        PlanError: There is no room for it.
    """
    conditions: list[Condition] = []
    locations: list[Location] = []
    for command in commands:
        goal = _ground(command, scene, hand, tuple(start))
        conditions += goal[0]
        locations += goal[1]
    return Goal(", then ".join(map(str, commands)), tuple(conditions), tuple(locations))


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


def _ground(
    command: c.Command, scene: Scene, hand: ArmSchema, start: tuple[SceneObject, ...]
) -> tuple[list[Condition], list[Location]]:
    def seen(obj: ObjectPhrase) -> SceneObject:
        found = obj.find(scene.objects)
        if found is None:
            raise InstructionError(f"I do not see {obj}.")
        return found

    match command:
        case c.Put(obj=obj, target=target) if target == c.TABLE:
            moved = _graspable(seen(obj))
            if supports_of(moved, scene) == ():
                return [Condition(predicate="on", args=(moved.id, TABLE))], []
            return _at(moved, _one_free(scene, moved, hand))
        case c.Put(relation="at"):
            return [_into(_graspable(seen(command.obj)), seen(command.target))], []
        case c.Put(relation=side):
            moved, anchor = _graspable(seen(command.obj)), seen(command.target)
            spot = spots.beside(scene, anchor.id, SIDES[side], moved.size[2], hand)
            if spot is None:
                raise InstructionError(f"There is no free spot to {command}.")
            return _at(moved, spot)
        case c.Tower(order=order):
            pile = [_graspable(seen(obj)) for obj in order]
            return [_into(upper, lower) for lower, upper in pairwise(pile)], []
        case c.Sort():
            bowls = {obj.color: obj for obj in scene.objects if obj.category == "bowl"}
            return [_into(b, bowls[b.color]) for b in _blocks(scene) if b.color in bowls], []
        case c.Swap():
            first, second = _graspable(seen(command.first)), _graspable(seen(command.second))
            if first.id in supports_of(second, scene) or second.id in supports_of(first, scene):
                raise InstructionError(f"I cannot {command}: one stands on the other.")
            to_second = as_it_stands(second, scene, mover=first)
            to_first = as_it_stands(first, scene, mover=second)
            return [to_second[0], to_first[0]], [*to_second[1], *to_first[1]]
        case c.Pyramid():
            left, right, top = (_graspable(seen(t)) for t in (command.left, command.right, command.top))
            corners = spots.pyramid(scene, hand)
            trio = zip((left, right, top), corners, strict=True)
            return [Condition(predicate="at", args=(t.id, p.id)) for t, p in trio], list(corners)
        case c.Row(order=order):
            blocks = [_graspable(seen(obj)) for obj in order]
            line = spots.row(scene, len(blocks), hand)
            pairs = zip(blocks, line, strict=True)
            return [Condition(predicate="at", args=(b.id, p.id)) for b, p in pairs], list(line)
        case c.Push():
            return [_into(seen(command.obj), seen(command.target))], []
        case c.Open() | c.Close():
            drawer = seen(command.drawer)
            if drawer.category != "drawer":
                raise InstructionError(f"I cannot open or close {command.drawer}, only the drawer.")
            return [
                Condition(predicate="open" if isinstance(command, c.Open) else "closed", args=(drawer.id,))
            ], []
        case c.Hold():
            return [Condition(predicate="holding", args=(_graspable(seen(command.obj)).id,))], []
        case c.Restore():
            return _as_before(scene, start)
        case c.Home():
            return [], []
        case c.Do():
            return _done(command, [seen(obj) for obj in command.named]), []


def _done(command: c.Do, objects: list[SceneObject]) -> list[Condition]:
    """Say what is true when a skill has been done to objects."""
    skill = skill_class(command.skill)
    for argument, obj in zip(command.arguments, objects, strict=True):
        fitting = skill.fitting(argument)
        if obj.category not in fitting:
            kinds = f"a {' or a '.join(fitting)}"
            raise InstructionError(f"I cannot {command}: {named(obj)} is not {kinds}.")
    args = {argument: obj.id for argument, obj in zip(command.arguments, objects, strict=True)}
    return list(skill.postconditions(args, {obj.id: obj.category for obj in objects}))


def as_it_stands(
    obj: SceneObject, scene: Scene, mover: SceneObject | None = None
) -> tuple[Condition, list[Location]]:
    """Say where an object is, as a goal for itself or for another object that should be there.

    Args:
        obj: What is there.
        scene: The scene that it is in.
        mover: What should be there; None for the object itself.
    """
    subject = mover or obj
    bearers = supports_of(obj, scene)
    if len(bearers) == 1 and (mover is None or bearers[0] != mover.id):
        bearer = scene.find(bearers[0])
        assert bearer is not None  # `location` names what the scene contains
        return _into(subject, bearer), []
    x, y, z = obj.position
    location = Location(
        id=f"start_{obj.id}", position=(x, y, z + (subject.size[2] - obj.size[2]) / 2), yaw=obj.yaw
    )
    return Condition(predicate="at", args=(subject.id, location.id)), [location]


def _as_before(scene: Scene, start: tuple[SceneObject, ...]) -> tuple[list[Condition], list[Location]]:
    before = scene.model_copy(update={"objects": start, "relations": ()})
    conditions: list[Condition] = []
    locations: list[Location] = []
    for obj in start:
        now = scene.find(obj.id)
        if now is None:
            continue
        if obj.category == "drawer":
            if obj.extension >= OPEN:
                conditions.append(Condition(predicate="open", args=(obj.id,)))
            elif obj.extension <= CLOSED:
                conditions.append(Condition(predicate="closed", args=(obj.id,)))
        elif obj.category in GRASPABLE or (obj.category == "box" and not _unmoved(obj, now)):
            condition, new = as_it_stands(obj, before)
            conditions.append(condition)
            locations += new
    return conditions, locations


def _unmoved(obj: SceneObject, now: SceneObject) -> bool:
    return is_at(now, Location(id="start", position=obj.position))


def _into(obj: SceneObject, target: SceneObject) -> Condition:
    """Say that an object lies in or on another, whichever suits that one."""
    if obj.id == target.id:
        raise InstructionError(f"{named(obj)} cannot be in or on itself.".capitalize())
    if target.category == "zone":
        return Condition(predicate="in_zone", args=(obj.id, target.id))
    _graspable(obj)
    if target.category in CONTAINERS:
        return Condition(predicate="in", args=(obj.id, target.id))
    if target.category == "block":
        return Condition(predicate="on", args=(obj.id, target.id))
    raise InstructionError(f"Nothing can be put on {named(target)}, only on a block or a zone, or in a bowl.")


def _at(obj: SceneObject, location: Location) -> tuple[list[Condition], list[Location]]:
    return [Condition(predicate="at", args=(obj.id, location.id))], [location]


def _one_free(scene: Scene, obj: SceneObject, hand: ArmSchema) -> Location:
    free = spots.free_spots(scene, 1, hand)
    if not free:
        raise InstructionError(f"There is no free spot on the table for {named(obj)}.")
    x, y, _ = free[0].position
    return free[0].model_copy(update={"id": f"table_{obj.id}", "position": (x, y, obj.size[2] / 2)})


def _graspable(obj: SceneObject) -> SceneObject:
    if obj.category not in GRASPABLE:
        raise InstructionError(
            f"I cannot pick up {named(obj)}: only a {', a '.join(GRASPABLE)} fits between my fingers"
            + (" (I can push it to a zone)." if obj.category == "box" else ".")
        )
    return obj


def _blocks(scene: Scene) -> list[SceneObject]:
    return [obj for obj in scene.objects if obj.category == "block"]

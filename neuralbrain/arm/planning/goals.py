"""From commands to goals: conditions on a scene that will be true when a command is done."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning import places as spots
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, is_at, location
from neuralbrain.arm.predicates import TABLE
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import Condition, Place, Scene, SceneObject
from neuralbrain.planning.goal import Goal

SIDES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "left": ((0.0, 1.0),),
    "right": ((0.0, -1.0),),
    "front": ((-1.0, 0.0),),
    "behind": ((1.0, 0.0),),
    "beside": ((0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)),
}
"""Directions in the world, as the robot sees them: its left is +y, in front of a thing is nearer to it."""


def find(thing: c.Thing, scene: Scene) -> SceneObject | None:
    """Find what a sentence names in a scene.

    Returns:
        The one object of that colour and category; None if none is seen.

    Raises:
        AmbiguityError: Several could be meant.
        InstructionError: Several could be meant, and they cannot be told apart.
    """
    fitting = [
        seen
        for seen in scene.objects
        if thing.color in ("", seen.color) and thing.category in ("", seen.category)
    ]
    if len(fitting) > 1:
        names = [_name(seen) for seen in fitting]
        if len(set(names)) < len(names):
            raise InstructionError(
                f"I see {len(fitting)} things that {str(thing)!r} could mean, and cannot tell them apart: "
                f"{', '.join(names)}."
            )
        which = f"{', '.join(names[:-1])} or {names[-1]}"
        raise AmbiguityError(f"Which do you mean by {str(thing)!r}: {which}?", str(thing), names)
    return fitting[0] if fitting else None


def missing(commands: Iterable[c.Command], scene: Scene) -> tuple[c.Thing, ...]:
    """Return the things that are needed and not seen, each once, in the order in which they are named.

    Raises:
        InstructionError: A name fits several things.
    """
    needed: dict[c.Thing, None] = {}
    for command in commands:
        for thing in c.things(command):
            needed[thing] = None
        if isinstance(command, c.Sort):
            for block in _blocks(scene):
                needed[c.Thing(block.color, "bowl")] = None
    return tuple(thing for thing in needed if find(thing, scene) is None)


def merged(commands: Iterable[c.Command]) -> tuple[tuple[c.Command, ...], ...]:
    """Group commands that are one goal: opening a drawer, putting things in and closing it."""
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


def ground(commands: tuple[c.Command, ...], scene: Scene, start: Iterable[SceneObject] = ()) -> Goal:
    """Say what will be true when commands are done.

    Args:
        commands: One group of `merged`.
        scene: What is where now; everything named is in it.
        start: For `Restore`: where everything was.

    Returns:
        The goal.

    Raises:
        InstructionError: A command makes no sense for these things, or names something not in the scene.
        PlanError: There is no room for it.
    """
    conditions: list[Condition] = []
    places: list[Place] = []
    for command in commands:
        goal = _ground(command, scene, tuple(start))
        conditions += goal[0]
        places += goal[1]
    return Goal(", then ".join(map(str, commands)), tuple(conditions), tuple(places))


def combined(kept: Goal, goal: Goal, commands: tuple[c.Command, ...], scene: Scene) -> Goal:
    """Let a goal keep what earlier ones of the same sentence reached, as far as it does not undo it.

    Args:
        kept: What was reached.
        goal: What shall be reached now.
        commands: What it was made from: `Restore` undoes everything.
        scene: The scene now.
    """
    moved = {condition.args[0] for condition in goal.conditions}
    covered = {condition.args[1] for condition in goal.conditions if condition.predicate == "on"}
    stays = []
    for condition in kept.conditions:
        thing = scene.find(condition.args[0])
        if thing is None:
            continue  # what is not seen any more cannot be kept as it is
        bearers = set(location(thing, scene))
        undone = (set(condition.args) | bearers) & moved or (
            condition.predicate == "on" and bearers & covered
        )
        if not undone and condition.predicate != "holding":
            stays.append(condition)
    if any(isinstance(command, c.Restore) for command in commands):
        stays = []
    used = {name for condition in stays for name in condition.args}
    places = tuple(place for place in kept.places if place.id in used)
    names = {place.id: f"{place.id}_again" for place in goal.places if place.id in used}
    conditions = (
        condition.model_copy(update={"args": tuple(names.get(name, name) for name in condition.args)})
        for condition in goal.conditions
    )
    renamed = (place.model_copy(update={"id": names.get(place.id, place.id)}) for place in goal.places)
    return Goal(goal.text, (*conditions, *stays), (*renamed, *places))


def _ground(
    command: c.Command, scene: Scene, start: tuple[SceneObject, ...]
) -> tuple[list[Condition], list[Place]]:
    def seen(thing: c.Thing) -> SceneObject:
        found = find(thing, scene)
        if found is None:
            raise InstructionError(f"I do not see {thing}.")
        return found

    match command:
        case c.Put(thing=thing, target=target) if target == c.TABLE:
            moved = _graspable(seen(thing))
            if location(moved, scene) == ():
                return [Condition(predicate="on", args=(moved.id, TABLE))], []
            return _at(moved, _one_free(scene, moved))
        case c.Put(relation="at"):
            return [_into(_graspable(seen(command.thing)), seen(command.target))], []
        case c.Put(relation=side):
            moved, anchor = _graspable(seen(command.thing)), seen(command.target)
            spot = spots.beside(scene, anchor.id, SIDES[side], moved.size[2])
            if spot is None:
                raise InstructionError(f"There is no free spot to {command}.")
            return _at(moved, spot)
        case c.Tower(order=order):
            pile = [_graspable(seen(thing)) for thing in order]
            return [_into(upper, lower) for lower, upper in pairwise(pile)], []
        case c.Sort():
            bowls = {thing.color: thing for thing in scene.objects if thing.category == "bowl"}
            return [_into(b, bowls[b.color]) for b in _blocks(scene) if b.color in bowls], []
        case c.Swap():
            first, second = _graspable(seen(command.first)), _graspable(seen(command.second))
            if first.id in location(second, scene) or second.id in location(first, scene):
                raise InstructionError(f"I cannot {command}: one stands on the other.")
            to_second = as_it_stands(second, scene, mover=first)
            to_first = as_it_stands(first, scene, mover=second)
            return [to_second[0], to_first[0]], [*to_second[1], *to_first[1]]
        case c.Pyramid():
            left, right, top = (_graspable(seen(t)) for t in (command.left, command.right, command.top))
            corners = spots.pyramid(scene)
            trio = zip((left, right, top), corners, strict=True)
            return [Condition(predicate="at", args=(t.id, p.id)) for t, p in trio], list(corners)
        case c.Row(order=order):
            blocks = [_graspable(seen(thing)) for thing in order]
            line = spots.row(scene, len(blocks))
            pairs = zip(blocks, line, strict=True)
            return [Condition(predicate="at", args=(b.id, p.id)) for b, p in pairs], list(line)
        case c.Push():
            return [_into(seen(command.thing), seen(command.target))], []
        case c.Open() | c.Close():
            drawer = seen(command.drawer)
            if drawer.category != "drawer":
                raise InstructionError(f"{command.drawer} is nothing that opens; the drawer is.".capitalize())
            return [
                Condition(predicate="open" if isinstance(command, c.Open) else "closed", args=(drawer.id,))
            ], []
        case c.Hold():
            return [Condition(predicate="holding", args=(_graspable(seen(command.thing)).id,))], []
        case c.Restore():
            return _as_before(scene, start)
        case c.Home():
            return [], []
        case c.Do():
            return _done(command, [seen(thing) for thing in command.named]), []


def _done(command: c.Do, things: list[SceneObject]) -> list[Condition]:
    """Say what is true when a skill has been done to things."""
    skill = skill_class(command.skill)
    for argument, thing in zip(command.arguments, things, strict=True):
        fitting = skill.fitting(argument)
        if thing.category not in fitting:
            kinds = f"a {' or a '.join(fitting)}"
            raise InstructionError(f"I cannot {command}: {_name(thing)} is not {kinds}.")
    args = {argument: thing.id for argument, thing in zip(command.arguments, things, strict=True)}
    return list(skill.postconditions(args, {thing.id: thing.category for thing in things}))


def as_it_stands(
    thing: SceneObject, scene: Scene, mover: SceneObject | None = None
) -> tuple[Condition, list[Place]]:
    """Say where a thing is, as a goal for itself or for another thing that shall be there.

    Args:
        thing: What is there.
        scene: The scene that it is in.
        mover: What shall be there; None for the thing itself.
    """
    subject = mover or thing
    bearers = location(thing, scene)
    if len(bearers) == 1 and (mover is None or bearers[0] != mover.id):
        bearer = scene.find(bearers[0])
        assert bearer is not None  # `location` names what the scene contains
        return _into(subject, bearer), []
    x, y, z = thing.position
    place = Place(
        id=f"start_{thing.id}", position=(x, y, z + (subject.size[2] - thing.size[2]) / 2), yaw=thing.yaw
    )
    return Condition(predicate="at", args=(subject.id, place.id)), [place]


def _as_before(scene: Scene, start: tuple[SceneObject, ...]) -> tuple[list[Condition], list[Place]]:
    before = scene.model_copy(update={"objects": start, "relations": ()})
    conditions: list[Condition] = []
    places: list[Place] = []
    for thing in start:
        now = scene.find(thing.id)
        if now is None:
            continue
        if thing.category == "drawer":
            if thing.extension >= OPEN:
                conditions.append(Condition(predicate="open", args=(thing.id,)))
            elif thing.extension <= CLOSED:
                conditions.append(Condition(predicate="closed", args=(thing.id,)))
        elif thing.category in GRASPABLE or (thing.category == "box" and not _unmoved(thing, now)):
            condition, new = as_it_stands(thing, before)
            conditions.append(condition)
            places += new
    return conditions, places


def _unmoved(thing: SceneObject, now: SceneObject) -> bool:
    return is_at(now, Place(id="start", position=thing.position))


def _into(thing: SceneObject, target: SceneObject) -> Condition:
    """Say that a thing lies in or on another, whichever suits that one."""
    if thing.id == target.id:
        raise InstructionError(f"{_name(thing)} cannot be in or on itself.".capitalize())
    if target.category == "zone":
        return Condition(predicate="in_zone", args=(thing.id, target.id))
    _graspable(thing)
    if target.category in CONTAINERS:
        return Condition(predicate="in", args=(thing.id, target.id))
    if target.category == "block":
        return Condition(predicate="on", args=(thing.id, target.id))
    raise InstructionError(f"Nothing can be put on {_name(target)}; on a block, a zone, or in a bowl it can.")


def _at(thing: SceneObject, place: Place) -> tuple[list[Condition], list[Place]]:
    return [Condition(predicate="at", args=(thing.id, place.id))], [place]


def _one_free(scene: Scene, thing: SceneObject) -> Place:
    free = spots.free_spots(scene, 1)
    if not free:
        raise InstructionError(f"There is no free spot on the table for {_name(thing)}.")
    x, y, _ = free[0].position
    return free[0].model_copy(update={"id": f"table_{thing.id}", "position": (x, y, thing.size[2] / 2)})


def _graspable(thing: SceneObject) -> SceneObject:
    if thing.category not in GRASPABLE:
        raise InstructionError(
            f"I cannot pick up {_name(thing)}: only a {', a '.join(GRASPABLE)} fits between my fingers"
            + (" (I can push it to a zone)." if thing.category == "box" else ".")
        )
    return thing


def _name(thing: SceneObject) -> str:
    return f"the {thing.color} {thing.category}"


def _blocks(scene: Scene) -> list[SceneObject]:
    return [thing for thing in scene.objects if thing.category == "block"]

"""From commands to goals: conditions on a scene that will be true when a command is done."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import pairwise

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning import locations as spots
from neuralbrain.arm.planning import placing
from neuralbrain.arm.planning.conditions import truth
from neuralbrain.arm.planning.references import MOVABLE, TABLE, Reference, Selection, fitting, one, several
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, is_at, supports, supports_of
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.phrases import named
from neuralbrain.words import counted, listed


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
    leaving = frozenset(
        obj.id for command in commands for ref in c.moved(command) if (obj := _sure(ref, scene)) is not None
    )
    meant: dict[Reference, Reference] = {}  # so many of a kind -> those that are taken
    for said in commands:
        command = said
        for ref, taken in meant.items():
            command = c.replaced(command, ref, taken)
        goal = _ground(command, scene, hand, tuple(start), leaving)
        conditions += goal[0]
        locations += goal[1]
        if isinstance(said, c.Put | c.Tower):
            own = tuple(dict.fromkeys(one for condition in goal[0] for one in condition.args))
            if isinstance(said, c.Put) and said.target.quantity == "any" and len(goal[0]) == 1:
                meant[said.target] = Reference(id=goal[0][0].args[-1])
            whom = said.obj if isinstance(said, c.Put) else said.order[0]
            meant[whom] = Reference(quantity="all", either=tuple(Reference(id=name) for name in own))
    return Goal(", then ".join(map(str, commands)), tuple(conditions), tuple(locations))


def _sure(ref: Reference, scene: Scene) -> SceneObject | None:
    """Return the one object that is meant; None where it is not one."""
    found = fitting(ref, scene, MOVABLE) if ref.quantity == "the" and ref.category != "tower" else []
    return found[0] if len(found) == 1 else None


def _ground(
    command: c.Command,
    scene: Scene,
    hand: ArmSchema,
    start: tuple[SceneObject, ...],
    leaving: frozenset[str] = frozenset(),
) -> tuple[list[Condition], list[Location]]:
    def seen(ref: Reference, kinds: Collection[str] = ()) -> SceneObject:
        found = one(ref, scene, kinds)
        if found is None:
            raise unseen(ref, scene)
        return found

    match command:
        case c.Put(obj=obj, target=target) if target == TABLE:
            them = some(obj, scene, MOVABLE)
            if command.relation == "off" and not any(supports_of(one, scene) for one in them):
                which = listed([named(one) for one in them])
                raise AmbiguityError(f"Where should {which} go: in a bowl, or to a side?", str(obj), ())
            return _on_the_table(some(obj, scene, MOVABLE), scene, hand)
        case c.Put(relation="at"):
            return _contained(command, scene), []
        case c.Share():
            return _shared(command, scene), []
        case c.Put(target=target) if target.category == "tower":
            foot = _foot_of_tower(target, scene)
            return _ground(replace(command, target=foot), scene, hand, start, leaving)
        case c.Put() | c.Between() | c.Aside() | c.Shift() | c.Turn():
            them = some(command.obj, scene, MOVABLE)
            return _beside(command, them, scene, hand, start, leaving)
        case c.Rebuild(base=base, inverted=inverted, top=top):
            piles = [_standing(obj, list(scene.objects), scene) for obj in scene.objects]
            piles = [pile for pile in piles if len(pile) > 1 and pile[0].category in GRASPABLE]
            if len(piles) != 1:
                raise InstructionError(f"I see {'no tower' if not piles else 'several towers'}.")
            below = some(base, scene, ()) if base is not None else []
            pile = below + [obj for obj in (piles[0][::-1] if inverted else piles[0]) if obj not in below]
            if top is not None and pile[-1] not in fitting(top, scene):
                raise InstructionError(f"{named(pile[-1]).capitalize()} would be on top, not {top}.")
            return [_into(graspable(upper), lower) for lower, upper in pairwise(pile)], []
        case c.Tower(order=order) if len(order) == 1 and order[0].quantity != "the":
            return _towers(command, some(order[0], scene, MOVABLE), scene), []
        case c.Tower(order=order):
            named_ends = [
                *([command.base] if command.base else []),
                *order,
                *([command.top] if command.top else []),
            ]
            pile = list(
                {obj.id: obj for ref in named_ends for obj in [graspable(seen(ref, MOVABLE))]}.values()
            )
            return [_into(upper, lower) for lower, upper in pairwise(pile)], []
        case c.Sort():
            return _sorted(command, scene), []
        case c.Swap():
            first, second = graspable(seen(command.first, MOVABLE)), graspable(seen(command.second, MOVABLE))
            if first.id in supports_of(second, scene) or second.id in supports_of(first, scene):
                raise InstructionError(f"I cannot {command}: one stands on the other.")
            to_second = as_it_stands(second, scene, mover=first)
            to_first = as_it_stands(first, scene, mover=second)
            return [to_second[0], to_first[0]], [*to_second[1], *to_first[1]]
        case c.Pyramid():
            trio = [graspable(seen(ref, MOVABLE)) for ref in (command.left, command.right, command.top)]
            corners = spots.pyramid(scene, hand)
            pairs = zip(trio, corners, strict=True)
            return [Condition(predicate="at", args=(t.id, p.id)) for t, p in pairs], list(corners)
        case c.Row(order=order):
            blocks = [graspable(obj) for ref in order for obj in some(ref, scene, MOVABLE)]
            line = spots.row(scene, len(blocks), hand)
            pairs = zip(blocks, line, strict=True)
            return [Condition(predicate="at", args=(b.id, p.id)) for b, p in pairs], list(line)
        case c.Push():
            pushed, zone = seen(command.obj, MOVABLE), seen(command.target)
            if zone.category != "zone":
                raise InstructionError(f"I cannot {command}: I push onto a zone only, or so far.")
            return [_into(pushed, zone)], []
        case c.Open() | c.Close():
            drawer = seen(command.drawer)
            if drawer.category != "drawer":
                raise InstructionError(f"I cannot open or close {command.drawer}, only the drawer.")
            return [
                Condition(predicate="open" if isinstance(command, c.Open) else "closed", args=(drawer.id,))
            ], []
        case c.Hold():
            return [Condition(predicate="holding", args=(graspable(seen(command.obj, MOVABLE)).id,))], []
        case c.Restore(obj=None):
            return _as_before(scene, start)
        case c.Restore(obj=ref):
            meant = {obj.id for obj in some(ref, scene, MOVABLE)} if ref else set()
            return _as_before(scene, tuple(obj for obj in start if obj.id in meant))
        case c.If(premise=premise, then=then, otherwise=otherwise):
            branch = then if truth(premise, scene) else otherwise
            parts = [_ground(one, scene, hand, start) for one in branch]
            return [x for part in parts for x in part[0]], [x for part in parts for x in part[1]]
        case c.Home() | c.Keep() | c.Nothing() | c.Amended():
            return [], []
        case c.Do():
            return _done(command, [seen(ref) for ref in command.named]), []


def some(
    ref: Reference, scene: Scene, kinds: Collection[str], first: Collection[str] = ()
) -> list[SceneObject]:
    """Return the objects that are meant, at least one.

    Where it does not matter which, those of ``first`` come first, then those on which nothing stands.

    Raises:
        InstructionError: None is seen.
    """
    free = [o.id for o in scene.objects if not any(supports(o, above) for above in scene.objects)]
    found = several(ref, scene, kinds, first or free)
    if not found:
        raise unseen(ref, scene)
    return found


def unseen(ref: Reference, scene: Scene) -> InstructionError:
    """Say what is not seen, and what of the kind is."""
    like = [obj for obj in scene.seen if obj.category == ref.category] if ref.category else []
    instead = f" I see {listed([named(obj) for obj in like])}." if like else ""
    return InstructionError(f"I do not see {ref}.{instead}")


def _on_the_table(
    moved: list[SceneObject], scene: Scene, hand: ArmSchema
) -> tuple[list[Condition], list[Location]]:
    """Say that some objects lie on the table, each of those that do not yet on a free spot of its own."""
    raised = [graspable(obj) for obj in moved if supports_of(obj, scene)]
    free = spots.free_spots(scene, len(raised), hand)
    if len(free) < len(raised):
        raise InstructionError(f"There is no free spot on the table for {named(raised[len(free)])}.")
    locations = [placing.put_at(spot.position, obj, "table") for spot, obj in zip(free, raised, strict=True)]
    lying = [Condition(predicate="on", args=(obj.id, "table")) for obj in moved if obj not in raised]
    pairs = zip(raised, locations, strict=True)
    return [*lying, *(Condition(predicate="at", args=(obj.id, spot.id)) for obj, spot in pairs)], locations


def _beside(
    command: "c.Put | c.Between | c.Aside | c.Shift | c.Turn",
    objects: list[SceneObject],
    scene: Scene,
    hand: ArmSchema,
    start: tuple[SceneObject, ...],
    leaving: frozenset[str],
) -> tuple[list[Condition], list[Location]]:
    """Say that each of some objects lies somewhere on the table, where the others do not."""
    conditions, chosen = [], []
    for obj in objects:
        one = replace(command, obj=Reference(id=obj.id)) if len(objects) > 1 else command
        location = placing.location(one, obj, scene, hand, start, leaving)
        here = obj.model_copy(update={"position": location.position, "yaw": location.yaw})
        scene = scene.model_copy(
            update={"objects": tuple(here if o.id == obj.id else o for o in scene.objects)}
        )
        conditions.append(Condition(predicate="at", args=(obj.id, location.id)))
        chosen.append(location)
    return conditions, chosen


def _top_of_tower(scene: Scene) -> list[SceneObject]:
    """Return what stands on top of the tower that is seen."""
    tops = fitting(Reference(selection=Selection("top")), scene, GRASPABLE)
    if len(tops) != 1:
        one(Reference(category="tower"), scene)  # says that there is none
        choices = [named(top) for top in tops]
        raise AmbiguityError(f"Which tower do you mean: the one with {listed(choices, 'or')} on top?", "", ())
    return tops


def _foot_of_tower(ref: Reference, scene: Scene) -> Reference:
    """Return what the tower that is seen stands on the table with."""
    feet = fitting(Reference(selection=Selection("bottom")), scene, GRASPABLE)
    if len(feet) != 1:
        one(ref, scene)  # says that there is none, or asks
    return Reference(id=feet[0].id)


def _contained(command: c.Put, scene: Scene) -> list[Condition]:
    """Say that objects lie in or on others."""
    targets = _top_of_tower(scene) if command.target.category == "tower" else some(command.target, scene, ())
    if len(targets) > 1:
        return _distributed(command, targets, scene)
    target = targets[0]
    there = [obj.id for obj in scene.objects if target.id in supports_of(obj, scene)]
    wanted = command.obj
    if wanted.quantity != "the":  # "put everything in the bowl", "put a block on the red block"
        wanted = replace(wanted, but=(*wanted.but, Reference(id=target.id)))
    moved = some(wanted, scene, MOVABLE, there)
    if len(moved) > 1 and target.category not in (*CONTAINERS, "zone"):
        raise InstructionError(
            f"Only one object can stand on {named(target)}: say in which order they should be stacked."
        )
    return [_into(obj, target) for obj in moved]


def _shared(command: c.Share, scene: Scene) -> list[Condition]:
    """Say that several objects lie in several containers, as evenly as it gets; what is there stays there."""
    targets = some(command.target, scene, ())
    found = {obj.id: obj for ref in command.objs for obj in some(ref, scene, MOVABLE)}
    objects = [obj for obj in found.values() if obj not in targets and obj.category in MOVABLE]
    if len(targets) < 2 or (command.each and len(objects) != len(targets)):
        raise InstructionError(
            f"I cannot {command}: I see {listed([named(o) for o in objects])}, and"
            f" {listed([named(t) for t in targets])}."
        )
    held: dict[str, list[SceneObject]] = {
        target.id: [obj for obj in objects if target.id in supports_of(obj, scene)] for target in targets
    }
    most = 1 if command.each else -(-len(objects) // len(targets))
    held = {name: inside[:most] for name, inside in held.items()}
    for obj in objects:
        if not any(obj in inside for inside in held.values()):
            min(held.values(), key=len).append(obj)
    return [_into(obj, target) for target in targets for obj in held[target.id]]


def _distributed(command: c.Put, targets: list[SceneObject], scene: Scene) -> list[Condition]:
    """Say that each of several containers holds so many objects."""
    quantity = command.obj.quantity
    if quantity in ("the", "all"):
        raise InstructionError(f"I cannot {command}: each object can only be in one place.")
    number = 1 if quantity == "any" else int(quantity)
    pool = some(replace(command.obj, quantity="all"), scene, MOVABLE)
    conditions: list[Condition] = []
    for target in targets:
        inside = [obj for obj in pool if target.id in supports_of(obj, scene)]
        chosen = [*inside, *(obj for obj in pool if obj not in inside and not supports_of(obj, scene))][
            :number
        ]
        if len(chosen) < number:
            raise InstructionError(f"I cannot {command}: there are not enough.")
        pool = [obj for obj in pool if obj not in chosen]
        conditions += [_into(obj, target) for obj in chosen]
    return conditions


def _sorted(command: c.Sort, scene: Scene) -> list[Condition]:
    """Say that each object lies in the bowl of its colour, or in one of another."""
    bowls = [obj for obj in scene.objects if obj.category == "bowl"]
    conditions = []
    for block in fitting(command.obj, scene):
        fits = [bowl for bowl in bowls if (bowl.color == block.color) is command.matching]
        inside = [bowl for bowl in fits if bowl.id in supports_of(block, scene)]
        if fits:
            conditions.append(_into(block, (inside or fits)[0]))
        elif not command.matching:
            raise InstructionError(f"There is no bowl of another color for {named(block)}.")
    return conditions


def _towers(command: c.Tower, blocks: list[SceneObject], scene: Scene) -> list[Condition]:
    """Say that some blocks stand in towers, in whatever order moves the fewest."""
    if command.middle:
        return _with_middle(command, blocks, scene)
    if command.base or command.top:
        return _with_ends(command, blocks, scene)
    height = command.height or len(blocks)
    if len(blocks) < command.towers * height or height < 2:
        raise InstructionError(f"I cannot {command}: I see only {counted(len(blocks), 'block')}.")
    for block in blocks:
        graspable(block)
    conditions, left = [], list(blocks)
    for _ in range(command.towers):
        tower = max((_standing(block, left, scene) for block in left), key=len)[:height]
        others = [block for block in left if block not in tower]
        # what carries others is the worse to take
        others.sort(key=lambda block: any(supports(block, above) for above in scene.objects))
        tower += others[: height - len(tower)]
        conditions += [_into(upper, lower) for lower, upper in pairwise(tower)]
        left = [block for block in left if block not in tower]
    return conditions


def _with_middle(command: c.Tower, blocks: list[SceneObject], scene: Scene) -> list[Condition]:
    """Say that some blocks stand in a tower of which the middle is told: as many below it as above."""
    assert command.middle is not None
    middle = some(command.middle, scene, MOVABLE)[0]
    others = [block for block in blocks if block.id != middle.id][: (command.height or len(blocks)) - 1]
    if len(others) < 2 or len(others) % 2:
        raise InstructionError(f"I cannot {command}: that takes an odd number of blocks, three or more.")
    below = len(others) // 2
    pile = [graspable(block) for block in (*others[:below], middle, *others[below:])]
    return [_into(upper, lower) for lower, upper in pairwise(pile)]


def _with_ends(command: c.Tower, blocks: list[SceneObject], scene: Scene) -> list[Condition]:
    """Say that some blocks stand in a tower of which the bottom or the top is told."""
    ends = [some(ref, scene, MOVABLE)[0] if ref else None for ref in (command.base, command.top)]
    middle = [block for block in blocks if block.id not in {end.id for end in ends if end}]
    if command.height:
        middle = middle[: command.height - sum(end is not None for end in ends)]
    standing = max((_standing(block, middle, scene) for block in middle), key=len, default=[])
    middle = [*standing, *(block for block in middle if block not in standing)]
    pile = [graspable(block) for block in (ends[0], *middle, ends[1]) if block is not None]
    if len(pile) < max(command.height, 2) or len({block.id for block in pile}) < len(pile):
        raise InstructionError(f"I cannot {command}: I see only {counted(len(blocks), 'block')}.")
    return [_into(upper, lower) for lower, upper in pairwise(pile)]


def _standing(base: SceneObject, among: list[SceneObject], scene: Scene) -> list[SceneObject]:
    """Return the tower that stands on a block, from the bottom up; none if that stands on another itself."""
    if supports_of(base, scene):
        return []
    tower = [base]
    while above := [obj for obj in among if supports_of(obj, scene) == (tower[-1].id,)]:
        tower.append(above[0])
    return tower


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
    if obj.category not in MOVABLE:
        graspable(obj)
    if target.category == "zone":
        return Condition(predicate="in_zone", args=(obj.id, target.id))
    graspable(obj)
    if target.category in CONTAINERS:
        return Condition(predicate="in", args=(obj.id, target.id))
    if target.category == "block":
        return Condition(predicate="on", args=(obj.id, target.id))
    raise InstructionError(f"Nothing can be put on {named(target)}, only on a block or a zone, or in a bowl.")


def graspable(obj: SceneObject) -> SceneObject:
    """Return an object that can be picked up.

    Raises:
        InstructionError: It cannot.
    """
    if obj.category not in GRASPABLE:
        raise InstructionError(
            f"I cannot pick up {named(obj)}: only a {', a '.join(GRASPABLE)} fits between my fingers"
            + (" (I can push it to a zone)." if obj.category == "box" else ".")
        )
    return obj

"""A table without a task: it is laid as a scene says, and nobody asks for anything but the person."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from neuralbrain.arm.catalogue import SHAPES, TRAY_FLOOR
from neuralbrain.envs.tabletop.scene import Scene, Thing
from neuralbrain.envs.tabletop.table import ROOM, Table
from neuralbrain.envs.tabletop.tasks.base import Roles, Task
from neuralbrain.envs.tabletop.tasks.furniture import keep_drawer, lay_box, lay_drawer, lay_zone
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.envs.tabletop.world import TableObject
from neuralbrain.errors import ConfigurationError

SECONDS = 240.0
"""Simulated time after which a sentence is given up, s: as long as the longest of the ten tasks."""
FIRST = ("drawer", "box", "zone", "bowl")
"""In this order the large categories are laid; all others come after."""
HOLDS = 3
"""So many things have room side by side in a bowl, a drawer or a zone, or on a box."""
ASIDE, APART = (0.015, 0.025), 0.035
"""How far one thing is placed from the middle, m, and how far each of two or three."""
STRAY = 0.02
"""How far a thing may come to rest from where it was laid, m, before that counts as another scene."""


def free_task(scene: Scene) -> Task:
    """Return a task that lays a scene and asks for nothing.

    Raises:
        ConfigurationError: A thing carries more than it has room for.
    """
    carried: dict[str, list[str]] = {}
    for placed in scene.placed:
        carried.setdefault(placed.lower, []).append(placed.upper)
    category = {thing.name: thing.category for thing in scene.things}
    for lower, uppers in carried.items():
        wide = any(category[upper] == "box" for upper in uppers)
        room = 1 if wide or category[lower] in ("block", "cylinder") else HOLDS
        if len(uppers) > room or (wide and category[lower] not in ("box", "zone")):
            raise ConfigurationError(f"{' and '.join(uppers)} cannot be placed on {lower}: there is no room")

    return Task(  # all of it can be pickled
        name="free",
        seconds=SECONDS,
        lay=partial(_lay, scene=scene, carried=carried),
        goals=_no_goals,
        alone=True,
        settled=partial(_check, scene=scene),
    )


def _no_goals(truth: Truth, roles: Roles) -> list[bool]:
    return []


def _lay(table: Table, scene: Scene, carried: Mapping[str, list[str]]) -> Roles:
    """Lay what stands on the table, the large first, then what stands on that."""
    known = {thing.name: thing for thing in scene.things}
    laid: dict[str, TableObject] = {}
    above = {name for names in carried.values() for name in names}
    below = [thing for thing in scene.things if thing.name not in above]
    order = sorted(below, key=lambda thing: FIRST.index(thing.category) if thing.category in FIRST else 9)
    order.sort(key=lambda thing: thing.name not in scene.layout)
    side = 1.0 if table.rng.random() < 0.5 else -1.0
    for thing in order:
        box = next((obj for obj in table.objects if obj.category == "box"), None)
        if thing.name in scene.layout:
            x, y, yaw = scene.layout[thing.name]
            obj = table.put(thing.category, thing.color, at=(x, y), yaw=math.radians(yaw))
            if thing.category == "drawer":
                keep_drawer(table, obj)
            else:
                table.keep(x, y, ROOM[thing.category])
        elif thing.category == "drawer":
            obj = lay_drawer(table, thing.color)
        elif thing.category == "box" and box is None:
            obj = lay_box(table, thing.color)
        elif thing.category == "zone" and box is not None:
            obj, side = lay_zone(table, box, side, thing.color), -side
        else:
            obj = table.put(thing.category, thing.color)
        laid[thing.name] = obj
    waiting = [name for name in known if name in laid]
    while waiting:
        lower = waiting.pop(0)
        uppers = carried.get(lower, [])
        spots = _spots(table, laid[lower], len(uppers))
        for name, spot in zip(uppers, spots, strict=True):
            obj = laid[lower]
            yaw = obj.yaw + float(table.rng.uniform(-0.2, 0.2))
            thing = known[name]
            laid[name] = table.put(thing.category, thing.color, at=spot, z=_top(obj), yaw=yaw)
        waiting += uppers
    # By the names of the scene and in its order, whoever of two alike was laid first.
    named = {name: replace(laid[name], name=_name(thing, laid[name])) for name, thing in known.items()}
    table.objects = [*named.values()]
    return {name: obj.name for name, obj in named.items()}


def _name(thing: Thing, obj: TableObject) -> str:
    """Return a thing's name in the world."""
    return (thing.name if thing.color else f"{obj.color} {thing.name}").replace(" ", "_")


def _spots(table: Table, lower: TableObject, count: int) -> list[tuple[float, float]]:
    """Return where so many things are placed on or in another one, m."""
    x, y = lower.position[:2]
    if lower.category in ("block", "cylinder"):
        return [(x, y)] * count
    away = float(table.rng.uniform(*ASIDE)) if count == 1 else APART
    heading = float(table.rng.uniform(-math.pi, math.pi))
    angles = [heading + 2 * math.pi * number / max(count, 1) for number in range(count)]
    return [(x + away * math.cos(angle), y + away * math.sin(angle)) for angle in angles]


def _top(lower: TableObject) -> float:
    """Return the height of the foot of what is placed on or in something, m."""
    z, shape = lower.position[2], SHAPES[lower.category]
    inside = {"bowl": shape.wall, "drawer": TRAY_FLOOR, "zone": 0.0}
    return z + inside.get(lower.category, shape.size[2] / 2)


def _check(truth: Truth, scene: Scene) -> None:
    """Raise ConfigurationError unless everything came to rest where it was laid."""
    for name in truth.objects:
        x, y, z = (truth.position(name) - truth.start(name)).tolist()
        if max(abs(x), abs(y), abs(z)) > STRAY:
            placed = [f"{p.relation}({p.upper}, {p.lower})" for p in scene.placed]
            raise ConfigurationError(
                f"the {name.replace('_', ' ')} does not stay where it is laid: it comes to rest "
                f"{1000 * math.hypot(x, y, z):.0f} mm away; change {' or '.join(placed) or 'the layout'}"
            )

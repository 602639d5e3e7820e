"""Tasks with objects too big to grasp: push a box into a zone; a drawer."""

import math

from neuralbrain.envs.tabletop.table import Table
from neuralbrain.envs.tabletop.tasks.base import Roles, Task
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.envs.tabletop.world import TableObject


def _lay_push(table: Table) -> Roles:
    side = 1.0 if table.rng.random() < 0.5 else -1.0
    box = lay_box(table)
    return {"box": box.name, "zone": lay_zone(table, box, side).name}


def lay_box(table: Table, color: str | None = None) -> TableObject:
    """Lay a box to be pushed: nearer to the middle than zones, so that there is room to get behind it."""
    return table.put("box", color, x=(0.44, 0.56), y=(-0.05, 0.05))


def lay_zone(table: Table, box: TableObject, side: float, color: str | None = None) -> TableObject:
    """Lay a zone beside a box, and keep the way free.

    Args:
        table: The table.
        box: What can be pushed into it.
        side: 1.0: at the robot's left (+y); -1.0: at its right.
        color: None for one that no other zone has.
    """
    x, y = box.position[:2]
    reach = float(table.rng.uniform(0.17, 0.24))
    heading = side * math.radians(float(table.rng.uniform(55, 125)))
    spot = (x + reach * math.cos(heading), y + reach * math.sin(heading))
    zone = table.put("zone", color, at=spot, yaw=float(table.rng.uniform(-0.4, 0.4)))
    for share in (-1.0, -0.5, 0.5, 1.0):  # the way of the hand and of the box
        table.keep(x + share * reach * math.cos(heading), y + share * reach * math.sin(heading), 0.11)
    table.keep(*spot, 0.12)
    return zone


def _goals_push(truth: Truth, roles: Roles) -> list[bool]:
    return [truth.in_zone(roles["box"], roles["zone"])]


def lay_drawer(table: Table, color: str | None = None) -> TableObject:
    """Set up a closed drawer that opens towards the robot."""
    y = float(table.rng.uniform(0.10, 0.20)) * (1 if table.rng.random() < 0.5 else -1)
    x = float(table.rng.uniform(0.60, 0.64))
    yaw = math.pi + float(table.rng.uniform(-0.15, 0.15))
    drawer = table.put("drawer", color, at=(x, y), yaw=yaw)
    keep_drawer(table, drawer)
    return drawer


def keep_drawer(table: Table, drawer: TableObject) -> None:
    """Keep free where the cabinet, the open tray, the handle and the hand are."""
    x, y, yaw = *drawer.position[:2], drawer.yaw
    for along in (-0.05, 0.05, 0.15, 0.25, 0.33):
        table.keep(x + along * math.cos(yaw), y + along * math.sin(yaw), 0.14)


def _lay_drawer(table: Table) -> Roles:
    drawer = lay_drawer(table).name
    block = table.put("block")
    if table.rng.random() < 0.5:
        table.put("block")
    return {"object": block.name, "drawer": drawer}


def _goals_drawer(truth: Truth, roles: Roles) -> list[bool]:
    return [truth.in_drawer(roles["object"], roles["drawer"]), truth.closed(roles["drawer"])]


PUSH = Task(name="push", seconds=120.0, lay=_lay_push, goals=_goals_push)
DRAWER = Task(name="drawer", seconds=150.0, lay=_lay_drawer, goals=_goals_drawer)

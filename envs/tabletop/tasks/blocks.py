"""Tasks with blocks and bowls: place, stack, sort, swap, pyramid, row."""

import itertools
import math

import numpy as np

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.envs.tabletop.table import ROOM, Table
from neuralbrain.envs.tabletop.tasks.base import Roles, Task
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.envs.tabletop.world import TableObject
from neuralbrain.portable import length

HIDDEN = 0.2
"""Share of the tables of "place" and "stack" on which a block of the task is hidden."""


def _lay_place(table: Table) -> Roles:
    block, bowl = _target(table), table.put("bowl")
    _more(table, int(table.rng.integers(0, 3)), int(table.rng.integers(0, 2)))
    return {"object": block.name, "bowl": bowl.name}


def _goals_place(truth: Truth, roles: Roles) -> list[bool]:
    return [truth.in_bowl(roles["object"], roles["bowl"])]


def _lay_stack(table: Table) -> Roles:
    order = [_target(table).name]
    order += [table.put("block").name for _ in range(int(table.rng.integers(1, 4)))]
    _more(table, int(table.rng.integers(0, 2)), 0)
    return {"order": tuple(str(name) for name in table.rng.permutation(order))}


def _goals_stack(truth: Truth, roles: Roles) -> list[bool]:
    return [truth.on(upper, lower) for lower, upper in itertools.pairwise(roles["order"])]


def _lay_sort(table: Table) -> Roles:
    """Two or three bowls, one or two blocks for each; one block lies in its bowl already."""
    bowls = [table.put("bowl") for _ in range(int(table.rng.integers(2, 4)))]
    x, y = bowls[0].position[:2]
    # Beside the middle: beside one that lies in the middle, a block and a finger have 1 mm to spare.
    aside, heading = table.rng.uniform(0.015, 0.025), table.rng.uniform(-np.pi, np.pi)
    spot = (float(x + aside * math.cos(heading)), float(y + aside * math.sin(heading)))
    table.put("block", bowls[0].color, at=spot, z=SHAPES["bowl"].wall)
    for bowl in bowls:
        for _ in range(1 if bowl is bowls[0] else int(table.rng.integers(1, 3))):
            table.put("block", bowl.color)
    return {}


def _goals_sort(truth: Truth, roles: Roles) -> list[bool]:
    bowls = {obj.color: obj.name for obj in truth.objects.values() if obj.category == "bowl"}
    blocks = [obj for obj in truth.objects.values() if obj.category == "block"]
    return [truth.in_bowl(block.name, bowls[block.color]) for block in blocks]


def _lay_swap(table: Table) -> Roles:
    a, b = table.put("block"), table.put("block")
    table.keep(*table.spot(ROOM["block"]), ROOM["block"])  # somewhere to put one of them meanwhile
    _more(table, int(table.rng.integers(0, 2)), int(table.rng.integers(0, 2)))
    return {"a": a.name, "b": b.name}


def _goals_swap(truth: Truth, roles: Roles) -> list[bool]:
    a, b = roles["a"], roles["b"]
    return [truth.at(a, truth.start(b)), truth.at(b, truth.start(a))]


def _lay_pyramid(table: Table) -> Roles:
    left, right, top = (table.put("block").name for _ in range(3))
    table.keep(*table.spot(0.13), 0.13)  # the building site
    _more(table, int(table.rng.integers(0, 2)), 0)
    return {"left": left, "right": right, "top": top}


def _goals_pyramid(truth: Truth, roles: Roles) -> list[bool]:
    """Two side by side on the table, less than 2.5 cm apart; the third on both."""
    left, right, top = (truth.position(roles[part]) for part in ("left", "right", "top"))
    apart = length((left - right)[:2])
    middle = (left + right) / 2
    base = [
        truth.free(roles[part]) and abs(truth.position(roles[part])[2] - 0.02) < 0.006
        for part in ("left", "right")
    ]
    above = truth.free(roles["top"]) and abs(top[2] - 0.06) < 0.008
    return [*base, 0.038 < apart < 0.065, above and length((top - middle)[:2]) < 0.015]


def _lay_row(table: Table) -> Roles:
    order = [table.put("block").name for _ in range(int(table.rng.integers(3, 5)))]
    _more(table, 0, 1 if table.rng.random() < 0.3 else 0)
    return {"order": tuple(str(name) for name in table.rng.permutation(order))}


def _goals_row(truth: Truth, roles: Roles) -> list[bool]:
    """On one line (within 2 cm), from the viewer's left (-y) to the right, neighbours 5 to 14 cm apart."""
    spots = [truth.position(name) for name in roles["order"]]
    goals = [
        truth.free(name) and abs(spot[2] - 0.02) < 0.006
        for name, spot in zip(roles["order"], spots, strict=True)
    ]
    for left, right in itertools.pairwise(spots):
        goals.append(0.05 < right[1] - left[1] < 0.14 and abs(left[0] - right[0]) < 0.02)
    return goals


def _target(table: Table) -> TableObject:
    """Lay a block that the task is about; the fixed camera cannot see every fifth."""
    return table.hide() if table.rng.random() < HIDDEN else table.put("block")


def _more(table: Table, blocks: int, bowls: int) -> list[TableObject]:
    """Lay objects of the task's own categories that the sentence does not name."""
    return [table.put("block") for _ in range(blocks)] + [table.put("bowl") for _ in range(bowls)]


def _lay_lift(table: Table) -> Roles:
    return {"object": table.put("block").name}


def _goals_lift(truth: Truth, roles: Roles) -> list[bool]:
    return [truth.height(roles["object"]) > 0.12]


LIFT = Task(name="lift", seconds=10.0, lay=_lay_lift, goals=_goals_lift, alone=True)
"""One block to be lifted by 10 cm: small enough for a first policy, and for measuring steps/s."""
PLACE = Task(name="place", seconds=60.0, lay=_lay_place, goals=_goals_place)
STACK = Task(name="stack", seconds=150.0, lay=_lay_stack, goals=_goals_stack)
SORT = Task(name="sort", seconds=240.0, lay=_lay_sort, goals=_goals_sort)
SWAP = Task(name="swap", seconds=150.0, lay=_lay_swap, goals=_goals_swap)
PYRAMID = Task(name="pyramid", seconds=150.0, lay=_lay_pyramid, goals=_goals_pyramid)
ROW = Task(name="row", seconds=200.0, lay=_lay_row, goals=_goals_row)

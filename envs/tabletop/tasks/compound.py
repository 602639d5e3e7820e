"""Tasks made of tasks: undo what was done, from memory; two objects in one sentence."""

from neuralbrain.envs.tabletop.table import Table
from neuralbrain.envs.tabletop.tasks.base import Roles, Task
from neuralbrain.envs.tabletop.tasks.blocks import PLACE, STACK, SWAP
from neuralbrain.envs.tabletop.truth import CLOSE, Truth


def _goals_restore(truth: Truth, roles: Roles) -> list[bool]:
    movable = [obj for obj in truth.objects.values() if obj.category in ("block", "bowl")]
    return [truth.at(obj.name, truth.start(obj.name), CLOSE + 0.005) for obj in movable]


def _milestone_restore(truth: Truth, roles: Roles) -> bool:
    return truth.in_bowl(roles["object"], roles["bowl"])


PARTS = {"place": PLACE, "stack": STACK, "swap": SWAP}


def _lay_two_step(table: Table) -> Roles:
    """A block into a bowl, and two others stacked or swapped, in either order."""
    place = {"object": table.put("block").name, "bowl": table.put("bowl").name}
    a, b = table.put("block").name, table.put("block").name
    other: tuple[str, Roles]
    if table.rng.random() < 0.5:
        other = ("stack", {"order": (a, b)})
    else:
        other = ("swap", {"a": a, "b": b})
        table.keep(*table.spot(0.052), 0.052)
    steps: list[tuple[str, Roles]] = [("place", place), other]
    if table.rng.random() < 0.5:
        steps.reverse()
    return {"first": steps[0], "second": steps[1]}


def _goals_two_step(truth: Truth, roles: Roles) -> list[bool]:
    return [
        goal for part in ("first", "second") for goal in PARTS[roles[part][0]].goals(truth, roles[part][1])
    ]


def _lay_restore(table: Table) -> Roles:
    roles = {"object": table.put("block").name, "bowl": table.put("bowl").name}
    for _ in range(int(table.rng.integers(0, 3))):
        table.put("block")
    return roles


RESTORE = Task(
    name="restore", seconds=150.0, lay=_lay_restore, goals=_goals_restore, milestone=_milestone_restore
)
TWO_STEP = Task(name="two_step", seconds=200.0, lay=_lay_two_step, goals=_goals_two_step)

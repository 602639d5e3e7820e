"""Layouts of scenes: five stored ones each, in which the oracle has done all that the rows expect.

Run by hand, with a file of sentences, it draws them: seeds are tried from 0 on, and a layout is kept in which
each ``do`` of the scene is false at the start and the oracle makes it true:

    python -m neuralbrain.agents.language.layouts sentences.yaml > agents/language/layouts.yaml
"""

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import numpy as np
import yaml

from neuralbrain.agents.language.hand import Hand
from neuralbrain.agents.language.judge import Reply, judge
from neuralbrain.agents.language.oracle import Oracle
from neuralbrain.agents.language.rows import Row, load_sentences
from neuralbrain.arm import FREE
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.envs.tabletop.tasks.free import free_task
from neuralbrain.reading import parse_yaml

Laid = tuple[int, Scene]
"""A seed, and a scene with its layout."""
STORED = 5
"""So many are stored of each scene."""


def laid_out(scene: Scene, count: int) -> list[Laid]:
    """Return a scene in some layouts: the stored ones first, then those of seeds that follow.

    Args:
        scene: The scene; one that has a layout keeps it.
        count: How many.
    """
    kept = [] if scene.layout else _stored().get(_key(scene), [])
    first = max((seed for seed, _ in kept), default=-1) + 1
    return [*kept, *((seed, scene) for seed in range(first, first + count))][:count]


def is_stored(scene: Scene) -> bool:
    """Whether there are stored layouts of a scene."""
    return not scene.layout and _key(scene) in _stored()


def drawn(scene: Scene, seed: int) -> Scene:
    """Return a scene with the layout that a seed draws, rounded to mm and tenths of a degree."""
    setting = free_task(scene).draw(np.random.default_rng([seed, 0x7AB1E]))
    placed = {one.upper for one in scene.placed}
    where = {name: obj for name, obj in setting.roles.items() if name not in placed}
    objects = {obj.name: obj for obj in setting.objects}
    poses: dict[str, tuple[float, float, float]] = {}
    for name, own in where.items():
        (x, y, _), yaw = objects[own].position, objects[own].yaw
        poses[name] = round(x, 3), round(y, 3), round(math.degrees(yaw), 1)
    return replace(scene, layout=poses)


def _key(scene: Scene) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    return tuple(thing.name for thing in scene.things), scene.placed


@cache
def _stored() -> dict[Any, list[Laid]]:
    text = (files("neuralbrain.agents.language") / "layouts.yaml").read_text(encoding="utf-8")
    found: dict[Any, list[Laid]] = {}
    for told in parse_yaml(text, "layouts.yaml"):
        things, placed = told["things"], told.get("placed", ())
        scenes = [(one["seed"], Scene.of(things, placed, one["layout"])) for one in told["layouts"]]
        found[_key(scenes[0][1])] = scenes
    return found


def _kept(scene: Scene, rows: Sequence[Row]) -> Iterator[Laid]:
    """Yield the layouts in which the oracle does all that the rows expect; say what it found on stderr."""
    for seed in range(10_000):
        laid = drawn(scene, seed)
        fault = _true_already(laid, seed, rows) or _out_of_reach(laid, seed, rows)
        print(f"seed {seed}: {fault or 'kept'}", file=sys.stderr, flush=True)
        if not fault:
            yield seed, laid


def _true_already(scene: Scene, seed: int, rows: Sequence[Row]) -> str:
    """Return which row is true at the start; empty if none is."""
    with closing(Hand(FREE, seed, options=scene.options())) as hand:
        reply = Reply(outcome="done", text="", moments=Oracle(hand).moments)
    true = [row.number for row in rows if judge(row, reply).kind == "done"]
    return f"sentence {true[0]} is true at the start" if true else ""


def _out_of_reach(scene: Scene, seed: int, rows: Sequence[Row]) -> str:
    """Return what the oracle does not do; empty if it does all."""
    for row in rows:
        with closing(Hand(FREE, seed, options=scene.options())) as hand:
            verdict = Oracle(hand).show(row)
        if verdict.kind != "done":
            return f"sentence {row.number}: {verdict.why}"
    return ""


def main(file: str) -> None:
    """Draw layouts for the scenes of a file, and print them as YAML."""
    sentences = load_sentences(file)
    for name, scene in sentences.scenes.items():
        print(f"scene {name}", file=sys.stderr)
        does = {(row.do, row.during): row for row in sentences.rows if row.scene == name and row.do}
        rows = sorted(does.values(), key=lambda row: any(one.predicate == "in" for one in row.do or ()))
        kept = list(islice(_kept(scene, rows), STORED))  # where there may be no room is tried first
        told = scene.options() | {
            "layouts": [
                {"seed": seed, "layout": {thing: list(pose) for thing, pose in laid.layout.items()}}
                for seed, laid in kept
            ]
        }
        print(yaml.safe_dump([told], sort_keys=False, default_flow_style=None, width=118), end="", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

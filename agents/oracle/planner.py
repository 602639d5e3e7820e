"""Good plans for an arm, from nothing but what the prompt says: the oracle behind the scripted server."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from neuralbrain.agents.oracle.server import Asked, Reply
from neuralbrain.arm.catalogue import CONTAINERS, SHAPES
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning.actions import Action, plan
from neuralbrain.errors import NeuralBrainError
from neuralbrain.messages import Condition, Location, Relation, Scene, SceneObject
from neuralbrain.planning.goal import Goal


class Oracle:
    """Answers each question with a plan that does what is wanted.

    Args:
        schema: What the body says of itself.
    """

    def __init__(self, schema: ArmSchema) -> None:
        self._schema = schema

    def __call__(self, asked: Asked) -> Reply:
        """Return the reply to a request."""
        content = asked["messages"][1]["content"]
        told = json.loads(content if isinstance(content, str) else content[0]["text"])
        try:
            answer = self._plan(told)
        except NeuralBrainError as error:
            answer = {"kind": "cannot", "text": str(error)}
        return Reply(text=json.dumps({"reply": answer}))

    def _plan(self, told: Mapping[str, Any]) -> dict[str, Any]:
        scene, holding = _scene(told), told["holding"]
        places = tuple(Location(id=p["name"], position=_metres(p["at_cm"])) for p in told["places"])
        stages: list[dict[str, Any]] = []
        goals = [[_condition(text) for text in goal] for goal in told.get("wanted", ())]
        if not goals:
            return {"kind": "question", "text": "What do you mean?", "choices": []}
        for conditions in goals:
            actions, used = plan(scene, Goal("it", tuple(conditions), places), self._schema, holding)
            stages += map(_stage, _grouped(list(actions)))
            scene = _after(scene, actions, used)
        return {"kind": "plan", "goals": [_wire(c) for c in goals[-1]], "stages": stages}


def _grouped(actions: list[Action]) -> list[list[Action]]:
    groups: list[list[Action]] = []
    for action in actions:
        if groups and any(
            c.predicate == "holding" for c in skill_class(action.skill).preconditions(action.args, {})
        ):
            groups[-1].append(action)
        else:
            groups.append([action])
    return groups


def _stage(group: list[Action]) -> dict[str, Any]:
    steps = [{"skill": action.skill, **action.args} for action in group]
    again = [{"skill": "look", "camera": "hand", "at": group[0].subject}, *steps]
    return {
        "purpose": f"{group[-1].skill} {group[-1].subject}",
        "needs": [],
        "steps": steps,
        "brings": [],
        "handlers": [
            {"anomaly": "failed", "level": "retry", "steps": []},
            {"anomaly": "failed", "level": "retry", "steps": []},
            {"anomaly": "not as expected", "level": "handler", "steps": again},
        ],
    }


def _scene(told: Mapping[str, Any]) -> Scene:
    objects = []
    for thing in told["objects"]:
        color, category = thing["is"].split(" ", 1)
        shape = SHAPES[category]
        objects.append(
            SceneObject(
                id=thing["name"], category=category, color=color, position=_metres(thing["at_cm"]), yaw=0.0,
                size=shape.size, extension=thing.get("open_cm", 0.0) / 100, confidence=1.0, seen_tick=0,
            )
        )  # fmt: skip
    relations = [re.match(r"(\w+)\((\w+), (\w+)\)", text) for text in told["relations"]]
    found = tuple(Relation(predicate=m[1], subject=m[2], object=m[3]) for m in relations if m)
    return Scene(
        tick=0, source="prompt", camera="", request="", frame_tick=0, objects=tuple(objects), relations=found
    )


def _after(scene: Scene, actions: Iterable[Action], places: Iterable[Location]) -> Scene:
    """Return a scene when actions have been done in it, as far as the next goal depends on it."""
    spots = {place.id: place.position for place in places}
    for action in actions:
        thing = scene.find(action.subject)
        target = action.args.get("target", "")
        aim = scene.find(target)
        spot = spots.get(target) or (None if aim is None else aim.position)
        if thing is None or spot is None:
            continue
        relations = tuple(r for r in scene.relations if r.subject != thing.id)
        kind = "in" if aim is not None and aim.category in CONTAINERS else "on"
        if aim is not None:
            relations = (*relations, Relation(subject=thing.id, predicate=kind, object=aim.id))
            spot = (spot[0], spot[1], spot[2] + (thing.size[2] if kind == "on" else 0.0))
        moved = thing.model_copy(update={"position": spot})
        objects = tuple(moved if obj.id == thing.id else obj for obj in scene.objects)
        scene = scene.model_copy(update={"objects": objects, "relations": relations})
    return scene


def _metres(cm: list[float]) -> tuple[float, float, float]:
    x, y, z = (value / 100 for value in cm)
    return x, y, z


def _condition(text: str) -> Condition:
    match = re.fullmatch(r"(not )?(\w+)\(([\w, ]*)\)", text)
    assert match is not None  # the prompt writes them so
    args = tuple(filter(None, match[3].split(", ")))
    return Condition(predicate=match[2], args=args, negated=bool(match[1]))


def _wire(condition: Condition) -> dict[str, Any]:
    return {"predicate": condition.predicate, "args": list(condition.args), "negated": condition.negated}

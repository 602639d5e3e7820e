"""Good plans for a rover, from nothing but what the prompt says."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from neuralbrain.agents.oracle.server import Asked, Reply
from neuralbrain.rover.planning.domain import AT, NEAR


def answered(asked: Asked) -> Reply:
    """Return the reply to a request: a plan that does what is wanted, goal after goal."""
    content = asked["messages"][1]["content"]
    told = json.loads(content if isinstance(content, str) else content[0]["text"])
    goals = told.get("wanted", ())
    if not goals:
        return _reply({"kind": "question", "text": "What do you mean?", "choices": []})
    so, stages = _so(told), list[dict[str, Any]]()
    for conditions in goals:
        for condition in conditions:
            if condition in so:
                continue
            predicate, *args = re.findall(r"\w+", condition)
            if predicate == "near":
                step, so = {"skill": "go_to", "target": args[0]}, {c for c in so if not c.startswith("near")}
            else:
                step = {"skill": "push", "object": args[0], "target": args[1]}
                so = {c for c in so if not c.startswith(("near", f"at({args[0]},"))}
            so.add(condition)
            stages.append(_stage(step))
    goal = [re.findall(r"\w+", condition) for condition in goals[-1]]
    stated = [{"predicate": predicate, "args": args, "negated": False} for predicate, *args in goal]
    return _reply({"kind": "plan", "goals": stated, "stages": stages})


def _so(told: Mapping[str, Any]) -> set[str]:
    """Return the conditions that are true already."""
    spots = {thing["name"]: thing["at_cm"][:2] for thing in (*told["objects"], *told["places"])}
    here = told["robot_at_cm"][:2]
    near = {f"near({name})" for name, at in spots.items() if math.dist(here, at) <= 100 * NEAR}
    at = {
        f"at({ball}, {name})"
        for ball in spots
        for name in spots
        if ball != name and math.dist(spots[ball], spots[name]) <= 100 * AT
    }
    return near | at | {f"visible({name})" for name in spots}


def _stage(step: Mapping[str, str]) -> dict[str, Any]:
    handlers = [
        {"anomaly": "failed", "level": "retry", "steps": []},
        {"anomaly": "not as expected", "level": "handler", "steps": [{"skill": "look_around"}, step]},
    ]
    return {
        "purpose": " ".join(step.values()),
        "needs": [],
        "steps": [step],
        "brings": [],
        "handlers": handlers,
    }


def _reply(answer: Mapping[str, Any]) -> Reply:
    return Reply(text=json.dumps({"reply": answer}))

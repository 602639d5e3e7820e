"""Good plans for robots among cells, from nothing but what the prompt says."""

import json
import re
from typing import Any

from neuralbrain.agents.oracle.server import Asked, Reply
from neuralbrain.nanorobots.planning.errands import ALL, REACHED

SKILLS = {predicate: verb for verb, predicate in REACHED.items()}


def answered(asked: Asked) -> Reply:
    """Return the reply to a request: a plan that does what is wanted, goal after goal."""
    wanted = json.loads(asked["messages"][1]["content"]).get("wanted", ())
    if not wanted:
        return _reply({"kind": "question", "text": "What do you mean?", "choices": []})
    stages, before = list[dict[str, Any]](), list[str]()
    treated = dict[str, int]()  # by how many robots -> how many cells by then
    for goal in wanted:
        for condition in (c for c in goal if c not in before):
            predicate, who, *cells = re.findall(r"\w+", condition)
            step: dict[str, Any] = {"skill": SKILLS[predicate], "robots": _number(who)}
            if cells:
                step["cells"] = _number(cells[0])
                if step["cells"] is not None:
                    so_far, treated[who] = treated.get(who, 0), step["cells"]
                    step["cells"] -= so_far
            stages.append(_stage(step))
        before = goal
    stated = [re.findall(r"\w+", condition) for condition in wanted[-1]]
    goals = [{"predicate": predicate, "args": args, "negated": False} for predicate, *args in stated]
    return _reply({"kind": "plan", "goals": goals, "stages": stages})


def _number(word: str) -> int | None:
    return None if word == ALL else int(word)


def _stage(step: dict[str, Any]) -> dict[str, Any]:
    return {"purpose": step["skill"], "needs": [], "steps": [step], "brings": [], "handlers": []}


def _reply(answer: dict[str, Any]) -> Reply:
    return Reply(text=json.dumps({"reply": answer}))

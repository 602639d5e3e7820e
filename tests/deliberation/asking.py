"""What tests say to a model, and what it answers."""

import json
from collections.abc import Iterable
from typing import Any

from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.deliberation.deliberation import Advice, Deliberation
from neuralbrain.deliberation.situation import Situation
from neuralbrain.messages import Condition, Location, ModelReply, Scene
from neuralbrain.planning.goal import Goal
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene

TABLE = scene(
    obj("red_block", 0.40, 0.10),
    obj("green_block", 0.50, -0.10),
    obj("blue_block", 0.50, 0.10),
    obj("yellow_block", 0.50, 0.10, 0.06),  # on the blue one
    obj("orange_ball", 0.52, -0.02),
    obj("red_bowl", 0.40, -0.20),
    obj("blue_bowl", 0.60, 0.25),
    obj("purple_drawer", 0.50, 0.40, 0.045, yaw=3.14159),
)

PLACES = DOMAIN.places(TABLE, PANDA.schema, ())


def said(text: str) -> Condition:
    """Read a condition: "in red_block red_bowl", "not holding red_block"."""
    negated = text.startswith("not ")
    predicate, *args = text.removeprefix("not ").split()
    return Condition(predicate=predicate, args=tuple(args), negated=negated)


def goal(*conditions: str, fixed: Iterable[str] = (), locations: tuple[Location, ...] = ()) -> Goal:
    """Return a goal of the grammar's."""
    return Goal("do it", tuple(map(said, conditions)), locations, tuple(fixed))


def wire(condition: str) -> dict[str, Any]:
    """Write a condition as a model does."""
    read = said(condition)
    return {"predicate": read.predicate, "args": list(read.args), "negated": read.negated}


def wire_step(words: str) -> dict[str, Any]:
    """Write a step as a model does: "place red_block red_bowl"."""
    skill, *values = words.split()
    names = {
        "pick": ["object"],
        "place": ["object", "target"],
        "stack": ["object", "target"],
        "push": ["object", "target"],
        "open": ["drawer"],
        "close": ["drawer"],
        "look": ["camera", "at"],
        "go_to": ["target"],
    }.get(skill, [])
    return {"skill": skill, **dict(zip(names, values, strict=False))}


def stage(
    *steps: str,
    needs: Iterable[str] = (),
    brings: Iterable[str] = (),
    handlers: Iterable[tuple[str, ...]] = (),
) -> dict[str, Any]:
    """Write a stage; a handler is its level, and its steps."""
    return {
        "purpose": "do it",
        "needs": [wire(c) for c in needs],
        "steps": [wire_step(step) for step in steps],
        "brings": [wire(c) for c in brings],
        "handlers": [
            {"anomaly": "failed", "level": level, "steps": [wire_step(step) for step in own]}
            for level, *own in handlers
        ],
    }


def put(name: str, target: str) -> tuple[str, str]:
    """Return the steps that put something somewhere."""
    return f"pick {name}", f"place {name} {target}"


def plan(*stages: dict[str, Any], goals: Iterable[str] = ()) -> str:
    """Write an answer with a plan."""
    told = {"kind": "plan", "goals": [wire(c) for c in goals], "stages": list(stages)}
    return json.dumps({"reply": told})


def answer(text: str, outcome: str = "answered") -> ModelReply:
    """Return the message with an answer."""
    return ModelReply.model_validate(
        {
            "tick": 1,
            "source": "language_model",
            "request": "q_1",
            "outcome": outcome,
            "text": text.encode("utf-8", "replace").decode(),  # as the client does
            "prompt_sha256": "0" * 64,
        }
    )


def asked(
    *goals: Goal, seen: Scene = TABLE, holding: str | None = None, sentence: str = "do it"
) -> Deliberation:
    """Return a question to a model: about these goals, or a sentence that nobody understands."""
    taken = [spot for one in goals for spot in one.locations]
    now = Situation(
        sentence=sentence,
        scene=seen,
        places=DOMAIN.places(seen, PANDA.schema, taken) if taken or seen is not TABLE else PLACES,
        holding=holding,
        goals=goals,
    )
    return Deliberation(now, DOMAIN, PANDA.schema)


def advice(text: str, *goals: Goal, seen: Scene = TABLE, holding: str | None = None) -> Advice:
    """Return what comes of an answer."""
    return asked(*goals, seen=seen, holding=holding).hear(answer(text), DOMAIN)

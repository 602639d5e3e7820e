"""What a sentence makes something depend on: "if the bowl is empty"."""

from math import dist
from operator import eq, ge, gt, le, lt
from typing import Final

from neuralbrain.arm.planning.commands import Premise
from neuralbrain.arm.planning.references import AXES, NEXT, Reference, Selection, fitting, one
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, supports, supports_of
from neuralbrain.errors import InstructionError
from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.phrases import named
from neuralbrain.words import counted, listed

_SAID: Final = {"left": "left of", "right": "right of", "beside": "next to", "front": "in front of"}
_COMPARED: Final = {"more": gt, "fewer": lt, "at_least": ge, "at_most": le, "equal": eq}
AHEAD: Final = 0.02
"""By so much something lies at least on a side of something else, m."""


def truth(premise: Premise, scene: Scene) -> bool:
    """Whether it is so, as far as it is seen.

    Raises:
        InstructionError: It makes no sense for these objects, or several could be meant.
    """
    return _plain_truth(premise, scene) is not premise.negated


def told(premise: Premise, scene: Scene) -> str:
    """Say how it is, in a sentence."""
    if premise.what in ("count", "more"):
        counts = [counted(len(fitting(ref, scene)), ref.category or "object") for ref in _counted(premise)]
        return f"I see {listed(counts)}."
    if premise.what == "there":
        return f"I see {'' if _plain_truth(premise, scene) else 'no '}{str(premise.obj).removeprefix('a ')}."
    obj = _seen(premise.obj, scene)
    match premise.what:
        case "empty":
            inside = _inside(obj, scene)
            if not inside:
                return f"{named(obj).capitalize()} is empty."
            return f"{named(obj).capitalize()} is not empty: {listed([named(o) for o in inside])} in it."
        case "clear":
            above = [named(other) for other in scene.objects if supports(obj, other)]
            return f"{named(obj).capitalize()} has {listed(above) if above else 'nothing'} on it."
        case "open" | "closed":
            how = "open" if obj.extension >= OPEN else "closed" if obj.extension <= CLOSED else "half open"
            return f"{named(obj).capitalize()} is {how}."
        case "color":
            return f"{named(obj).capitalize()} is {obj.color}."
        case "on_table":
            below = [scene.find(name) for name in supports_of(obj, scene)]
            on = listed([named(other) for other in below if other is not None]) if below else "the table"
            return f"{named(obj).capitalize()} is on {on}."
        case _:
            not_ = "" if _plain_truth(premise, scene) else "not "
            return (
                f"{named(obj).capitalize()} is {not_}{_SAID.get(premise.what, premise.what)} {premise.other}."
            )


def _plain_truth(premise: Premise, scene: Scene) -> bool:
    if premise.what == "there":
        return bool(fitting(premise.obj, scene))
    if premise.what in ("count", "more"):
        number, other = (*(len(fitting(ref, scene)) for ref in _counted(premise)), premise.number)[:2]
        return bool(_COMPARED[premise.compare](number, other))
    obj = _seen(premise.obj, scene)
    match premise.what:
        case "empty":
            if obj.category not in ("bowl", "drawer"):
                raise InstructionError(f"I cannot tell whether {named(obj)} is empty: nothing goes into it.")
            return not _inside(obj, scene)
        case "clear":
            return not any(supports(obj, other) for other in scene.objects)
        case "open" | "closed":
            if obj.category != "drawer":
                raise InstructionError(f"Only the drawer can be open or closed, not {named(obj)}.")
            return obj.extension >= OPEN if premise.what == "open" else obj.extension <= CLOSED
        case "color":
            return premise.other is not None and obj.color == premise.other.color
        case "on_table":
            return not supports_of(obj, scene)
        case "left" | "right" | "front" | "behind" | "beside" as side:
            assert premise.other is not None  # the grammar says beside what
            return _is_beside(obj, _seen(premise.other, scene), side)
        case "in" | "on" as by:
            assert premise.other is not None  # the grammar says in or on what
            by = "in" if premise.what == "in" else "on"
            lying = fitting(Reference(selection=Selection(by, premise.other)), scene)
            return obj.id in {other.id for other in lying}
    raise AssertionError(premise.what)  # "there", "count" and "more" are dealt with above


def _counted(premise: Premise) -> list[Reference]:
    return [premise.obj, *([premise.other] if premise.other is not None else [])]


def _is_beside(obj: SceneObject, other: SceneObject, side: str) -> bool:
    if side == "beside":
        return dist(obj.position[:2], other.position[:2]) <= NEXT
    ahead = AXES[side]
    return sum(a * (x - y) for a, x, y in zip(ahead, obj.position, other.position, strict=False)) >= AHEAD


def _inside(obj: SceneObject, scene: Scene) -> list[SceneObject]:
    holder = Reference(obj.color, obj.category)
    return fitting(Reference(selection=Selection("in", holder)), scene)


def _seen(ref: Reference, scene: Scene) -> SceneObject:
    found = one(ref, scene)
    if found is None:
        raise InstructionError(f"I do not see {ref}.")
    return found

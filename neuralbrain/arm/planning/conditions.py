"""What a sentence makes something depend on: "if the bowl is empty"."""

from neuralbrain.arm.planning.commands import Premise
from neuralbrain.arm.planning.references import Reference, Selection, fitting, one
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, supports
from neuralbrain.errors import InstructionError
from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.phrases import named
from neuralbrain.words import listed


def truth(premise: Premise, scene: Scene) -> bool:
    """Whether it is so, as far as it is seen.

    Raises:
        InstructionError: It makes no sense for these objects, or several could be meant.
    """
    return _plain_truth(premise, scene) is not premise.negated


def told(premise: Premise, scene: Scene) -> str:
    """Say how it is, in a sentence."""
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
        case _:
            not_ = "" if _plain_truth(premise, scene) else "not "
            return f"{named(obj).capitalize()} is {not_}{premise.what} {premise.other}."


def _plain_truth(premise: Premise, scene: Scene) -> bool:
    if premise.what == "there":
        return bool(fitting(premise.obj, scene))
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
        case "in" | "on" as by:
            assert premise.other is not None  # the grammar says in or on what
            by = "in" if premise.what == "in" else "on"
            lying = fitting(Reference(selection=Selection(by, premise.other)), scene)
            return obj.id in {other.id for other in lying}


def _inside(obj: SceneObject, scene: Scene) -> list[SceneObject]:
    holder = Reference(obj.color, obj.category)
    return fitting(Reference(selection=Selection("in", holder)), scene)


def _seen(ref: Reference, scene: Scene) -> SceneObject:
    found = one(ref, scene)
    if found is None:
        raise InstructionError(f"I do not see {ref}.")
    return found

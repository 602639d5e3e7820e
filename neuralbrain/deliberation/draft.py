"""From a model's plan to the stages of an execution tree, through every check in its order."""

from dataclasses import dataclass

from neuralbrain.deliberation.meaning import check_meaning
from neuralbrain.deliberation.names import check_names, check_numbers, check_skill, condition, things
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.stages import stage
from neuralbrain.deliberation.wire import WirePlan
from neuralbrain.messages import BodySchema, Condition, TreeNode
from neuralbrain.planning.domain import Domain
from neuralbrain.planning.goal import Goal

MOST_IN_ALL = 60
"""The most steps of a plan, handlers included."""


@dataclass(frozen=True)
class Draft:
    """A plan that has passed every check.

    Attributes:
        stages: One after the other; none if there is nothing to do.
        goal: What the model says that should be true afterwards, where nobody else knows; else None.
    """

    stages: tuple[TreeNode, ...]
    goal: Goal | None = None


def draft(plan: WirePlan, now: Situation, domain: Domain, body: BodySchema | None) -> Draft:
    """Check a plan.

    Raises:
        ObjectionError: It fails; the checks are skills, names, reach, limits, symbols and meaning.
    """
    every = [step for s in plan.stages for step in (*s.steps, *(h for one in s.handlers for h in one.steps))]
    for step in every:
        check_skill(step, domain)
    for step in every:
        check_names(step, now, domain)
    meant = None if now.goals else _stated(plan, now, domain)
    for name in dict.fromkeys(name for step in every for name in things(step, domain)):
        why = domain.out_of_reach(name, now.scene, now.locations, body)
        if why:
            raise ObjectionError("reach", why)
    if len(every) > MOST_IN_ALL:
        most = f"{MOST_IN_ALL} at most, handlers included"
        raise ObjectionError("limits", f"{len(every)} steps are too many: {most}")
    for step in every:
        check_numbers(step, domain)
    if meant is not None and all(_is_so(c, now, domain) for c in meant.conditions):
        return Draft((), meant)
    state = domain.state(now.scene, now.locations, now.holding)
    stages = tuple(stage(number, one, now, domain, state) for number, one in enumerate(plan.stages, start=1))
    for stated in meant.conditions if meant else ():
        if not state.satisfies(stated):
            raise ObjectionError("symbols", f"your plan does not reach your own goal {stated}")
    check_meaning(stages, (meant,) if meant else now.goals, now, domain)
    return Draft(stages, meant)


def _stated(plan: WirePlan, now: Situation, domain: Domain) -> Goal:
    """Return what a model says that the sentence means."""
    conditions = tuple(dict.fromkeys(condition(c, now, domain) for c in plan.goals))
    if not conditions:
        raise ObjectionError("meaning", "a plan needs goals: say what is true when all is done")
    return Goal("do what was said", conditions, now.locations)


def _is_so(stated: Condition, now: Situation, domain: Domain) -> bool:
    """Whether a condition is seen to be true already."""
    return not domain.felt(stated) and domain.holds(stated, now.scene, now.locations, now.holding)

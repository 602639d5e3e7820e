"""The last check of a plan: that it does what was said, and nothing else."""

from collections.abc import Sequence as Ordered
from copy import deepcopy

from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.stages import called, changes, handlers, planned, run
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Scene, Step, TreeNode, steps
from neuralbrain.planning.domain import Domain, DomainState
from neuralbrain.planning.goal import Goal
from neuralbrain.words import listed

NEEDLESS = "nobody asked for that, and it is not needed"


def check_meaning(stages: Ordered[TreeNode], goals: Ordered[Goal], now: Situation, domain: Domain) -> None:
    """Check that stages reach some goals one after the other, and do nothing that nobody asked for.

    What they do for a goal has to be needed for it, step by step; nothing is put on or into anything but as
    the goal says, and what is in the way goes to a free location; what is to stay where it is does.

    Raises:
        ObjectionError: They do not ("meaning"); it names the condition, the step, or what should stay.
    """
    state, rest = domain.state(now.scene, now.locations, now.holding), list(stages)
    for goal in goals:
        count = prefix(rest, goal, state)
        if count is None:
            raise ObjectionError("meaning", _unreached(rest, goal, state, now))
        _check_sides(rest[:count], goal, now, domain)
        _check_needed([step for stage in rest[:count] for step in planned(stage)], goal, now, domain, state)
        _check_handlers(rest[:count], goal, now, domain, state)
        for stage in rest[:count]:
            run(stage, state)
        rest = rest[count:]
    if rest and not now.partial:
        too_much = called(planned(rest[0])[0])
        raise ObjectionError(
            "meaning", f"all that was asked for is done before {too_much}: leave out what follows"
        )


def prefix(stages: Ordered[TreeNode], goal: Goal, state: DomainState) -> int | None:
    """Return how many of some stages reach a goal, the fewest; None if they do not, or cannot be done."""
    state = deepcopy(state)
    for count, stage in enumerate((None, *stages)):
        try:
            if stage is not None:
                run(stage, state)
        except PlanError:
            return None
        if _reached(goal, state):
            return count
    return None


def besides(stages: Ordered[TreeNode], goal: Goal, scene: Scene, domain: Domain) -> tuple[Condition, ...]:
    """Return what else will be so when stages have reached a goal, about what it says nothing of."""
    last = {c.args[:1]: c for s in stages for step in planned(s) for c in changes(step, scene, domain)}
    said = {c.args[:1] for c in goal.conditions}
    return tuple(c for about, c in last.items() if about not in said)


def _reached(goal: Goal, state: DomainState) -> bool:
    return all(state.satisfies(condition) for condition in goal.conditions)


def _unreached(stages: Ordered[TreeNode], goal: Goal, state: DomainState, now: Situation) -> str:
    """Say which conditions of a goal some stages do not bring about."""
    try:
        for stage in stages:
            run(stage, state)
    except PlanError as error:
        return f"your plan cannot be done: {error}"
    missing = [str(c) for c in goal.conditions if not state.satisfies(c)]
    return f"what was said asks for {listed(missing or [goal.text])}, and your plan does not reach that"


def _check_sides(stages: Ordered[TreeNode], goal: Goal, now: Situation, domain: Domain) -> None:
    """Check what stages and their handlers put where."""
    for step in (step for stage in stages for step in steps(stage)):
        for brought in changes(step, now.scene, domain):
            moved, *others = brought.args or ("",)
            if moved in goal.fixed:
                raise ObjectionError("meaning", f"{called(step)}: {moved} is to stay where it is")
            on = [name for name in others if now.scene.find(name) is not None]
            if on and brought not in goal.conditions:
                raise ObjectionError(
                    "meaning",
                    f"{called(step)}: nobody asked for {brought}; what is in the way goes to a free place",
                )


def _check_needed(
    plan: Ordered[Step], goal: Goal, now: Situation, domain: Domain, state: DomainState
) -> None:
    """Check that no step, with what cannot be done without it, can be left out.

    This is the action elimination of Nakhost and Müller (2010, "Action elimination and plan neighborhood
    graph search", ICAPS). Looking changes nothing, and may always be done.
    """
    state = deepcopy(state)
    for number, step in enumerate(plan):
        if changes(step, now.scene, domain) and _reached(goal, _done(plan[number + 1 :], state)):
            raise ObjectionError("meaning", f"{called(step)}: {NEEDLESS}")
        state.apply(step)


def _check_handlers(
    stages: Ordered[TreeNode], goal: Goal, now: Situation, domain: Domain, state: DomainState
) -> None:
    """Check that a handler leads to the goal as its stage does, and that none of its steps can be left out.

    Nobody knows from which state it starts: before or after any step of its stage. A step that is needed from
    one of these is needed.
    """
    state = deepcopy(state)
    for number, stage in enumerate(stages):
        rest = [step for later in stages[number + 1 :] for step in planned(later)]
        before = [deepcopy(state)]
        for step in planned(stage):
            state.apply(step)
            before.append(deepcopy(state))
        for handler in handlers(stage):
            can = [start for start in before if _can(handler, start)]
            starts = [start for start in can if _reached(goal, _done([*handler, *rest], start))]
            if can and not starts:
                last = called(handler[-1])
                raise ObjectionError("meaning", f"handler, {last}: what was said is not reached by it")
            for place, step in enumerate(handler if starts else ()):
                without = [*handler[:place], *handler[place + 1 :], *rest]
                if changes(step, now.scene, domain) and all(
                    _reached(goal, _done(without, start)) for start in starts
                ):
                    raise ObjectionError("meaning", f"handler, {called(step)}: {NEEDLESS}")


def _can(plan: Ordered[Step], state: DomainState) -> bool:
    """Whether steps can be done, all of them."""
    state = deepcopy(state)
    try:
        for step in plan:
            state.apply(step)
    except PlanError:
        return False
    return True


def _done(plan: Ordered[Step], state: DomainState) -> DomainState:
    """Return the state after those of some steps that can be done; what needs another cannot without it."""
    state = deepcopy(state)
    for step in plan:
        try:
            state.apply(step)
        except PlanError:
            continue
    return state

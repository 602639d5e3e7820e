"""From a model's plan to the stages of an execution tree, and every check that they have to pass."""

from collections.abc import Sequence as Ordered
from copy import deepcopy
from dataclasses import dataclass

from neuralbrain.deliberation.objection import ObjectionError, Stage
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.wire import WireCondition, WirePlan, WireStage, WireStep
from neuralbrain.errors import PlanError
from neuralbrain.messages import BodySchema, Condition, Fallback, Sequence, Step, TreeNode, steps
from neuralbrain.planning.domain import Domain, DomainState
from neuralbrain.planning.goal import Goal
from neuralbrain.words import listed

MOST_RETRIES = 3
"""How often a step may be tried again, whatever the model wants."""
MOST_IN_ALL = 60
"""The most steps of a plan, handlers included."""


@dataclass(frozen=True)
class Draft:
    """A plan that has passed every check but the last, which needs the goals of the sentence.

    Attributes:
        stages: One after the other.
        goal: What the model says that should be true afterwards.
    """

    stages: tuple[TreeNode, ...]
    goal: Goal


def draft(plan: WirePlan, now: Situation, domain: Domain, body: BodySchema | None) -> Draft:
    """Check a plan, up to its meaning.

    Raises:
        ObjectionError: It fails; the stages are skills, names, reach, limits and symbols, in this order.
    """
    wired = [*((stage, stage.steps) for stage in plan.stages)]
    every = [step for stage, own in wired for step in (*own, *(s for h in stage.handlers for s in h.steps))]
    for step in every:
        _check_skill(step, domain)
    for step in every:
        _check_names(step, now, domain)
    stated = [_condition(c, now, domain) for c in plan.goals]
    for name in dict.fromkeys(name for step in every for name in _things(step, domain)):
        why = domain.out_of_reach(name, now.scene, now.locations, body)
        if why:
            raise ObjectionError("reach", why)
    if len(every) > MOST_IN_ALL:
        raise ObjectionError(
            "limits", f"{len(every)} steps are too many: {MOST_IN_ALL} at most, handlers included"
        )
    state = domain.state(now.scene, now.locations, now.holding)
    stages = tuple(
        _stage(number, stage, now, domain, state) for number, stage in enumerate(plan.stages, start=1)
    )
    goal = Goal("do what was said", tuple(stated), now.locations)
    for condition in stated:
        if not state.satisfies(condition):
            raise ObjectionError("symbols", f"your plan does not reach your own goal {condition}")
    return Draft(stages, goal)


def check_meaning(stages: Ordered[TreeNode], goals: Ordered[Goal], now: Situation, domain: Domain) -> None:
    """Check that stages reach some goals one after the other, and do nothing that nobody asked for.

    Raises:
        ObjectionError: They do not; it names the condition, or what should stay where it is.
    """
    state, rest = domain.state(now.scene, now.locations, now.holding), list(stages)
    for goal in goals:
        count = prefix(rest, goal, state)
        if count is None:
            for stage in rest:
                run(stage, state)
            missing = listed([str(c) for c in goal.conditions if not state.satisfies(c)])
            raise ObjectionError(
                "meaning", f"{now.sentence!r} asks for {missing}, and your plan does not reach that"
            )
        for stage in rest[:count]:
            run(stage, state)
        rest = rest[count:]
    if now.partial:
        stages = stages[: len(stages) - len(rest)]
    elif rest:
        too_much = str(planned(rest[0])[0])
        raise ObjectionError(
            "meaning", f"all that was asked for is done before {too_much!r}: leave out what follows"
        )
    asked = {name for goal in goals for c in goal.conditions for name in c.args}
    fixed = {name for goal in goals for name in goal.fixed}
    moved = [name for stage in stages for step in planned(stage) for name in moves(step, domain)]
    for name in dict.fromkeys(moved):
        if now.scene.find(name) is None:
            continue
        if name in fixed:
            raise ObjectionError("meaning", f"{name} is to stay where it is")
        if name not in asked and not _in_the_way(name, stages, goals, now, domain):
            raise ObjectionError(
                "meaning", f"nobody asked for anything to be done with {name}: leave it where it is"
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
        if all(state.satisfies(condition) for condition in goal.conditions):
            return count
    return None


def run(stage: TreeNode, state: DomainState) -> None:
    """Do in symbols what a stage does when nothing goes wrong.

    Raises:
        PlanError: It cannot be done.
    """
    for step in planned(stage):
        state.apply(step)


def planned(node: TreeNode) -> tuple[Step, ...]:
    """Return the steps of a stage when nothing goes wrong."""
    return steps(node.children[0] if isinstance(node, Fallback) else node)


def moves(step: Step, domain: Domain) -> tuple[str, ...]:
    """Return what a step changes: what the conditions that it brings about are first about."""
    return tuple(c.args[0] for c in step.postconditions if c.args)


def _in_the_way(
    name: str, stages: Ordered[TreeNode], goals: Ordered[Goal], now: Situation, domain: Domain
) -> bool:
    """Whether what was asked for cannot be done, as far as symbols tell, without moving an object."""
    state = domain.state(now.scene, now.locations, now.holding)
    try:
        for stage in stages:
            for step in planned(stage):
                if name not in step.args.values() or name not in moves(step, domain):
                    state.apply(step)
    except PlanError:
        return True
    return not all(state.satisfies(c) for c in goals[-1].conditions)


# ---- the checks of one step


def _check_skill(step: WireStep, domain: Domain) -> None:
    skill = domain.skills.get(step.skill)
    if skill is None:
        raise ObjectionError(
            "skills", f"there is no skill {step.skill!r}; there are {', '.join(domain.skills)}"
        )
    given = set(step.args)
    if not skill.needs <= given or not given <= skill.needs | skill.may:
        takes = ", ".join([*sorted(skill.needs), *(f"{name} (or null)" for name in sorted(skill.may))])
        raise ObjectionError("skills", f"{step.skill} takes ({takes}), not ({', '.join(sorted(given))})")
    for name, value in step.args.items():
        if not isinstance(value, str):
            raise ObjectionError("skills", f"{step.skill}: {name} is a name, not {type(value).__name__}")


def _things(step: WireStep, domain: Domain) -> list[str]:
    """Return the objects and locations that a step names."""
    words = domain.skills[step.skill].words
    return [str(value) for name, value in step.args.items() if name not in words]


def _check_names(step: WireStep, now: Situation, domain: Domain) -> None:
    for name in _things(step, domain):
        if name not in (*now.names(), *domain.constants):
            raise ObjectionError(
                "names", f"{step.skill}: nothing is called {name!r}; use {', '.join(now.names())}"
            )
    for name, value in step.args.items():
        known = domain.words_for(step.skill, name)
        if name in domain.skills[step.skill].words and known and value not in known:
            raise ObjectionError("names", f"{step.skill}: {name} is one of {', '.join(known)}, not {value!r}")


def _condition(wire: WireCondition, now: Situation, domain: Domain) -> Condition:
    wanted = domain.predicates.get(wire.predicate)
    if wanted is None:
        known = ", ".join(domain.predicates)
        raise ObjectionError("names", f"there is no predicate {wire.predicate!r}; there are {known}")
    if len(wire.args) != wanted:
        raise ObjectionError("names", f"{wire.predicate} is about {wanted} things, not {len(wire.args)}")
    for name in wire.args:
        if name not in (*now.names(), *domain.constants):
            raise ObjectionError("names", f"{wire.predicate}: nothing is called {name!r}")
    return Condition(predicate=wire.predicate, args=tuple(wire.args), negated=wire.negated)


# ---- stages


def _stage(number: int, stage: WireStage, now: Situation, domain: Domain, state: DomainState) -> TreeNode:
    """Build one stage, and run it in symbols; the state is that after it then."""
    needs = tuple(_condition(c, now, domain) for c in stage.needs)
    brings = tuple(_condition(c, now, domain) for c in stage.brings)
    retries = min(sum(handler.level == "retry" for handler in stage.handlers), MOST_RETRIES)
    done = [_step(f"{number}_{i}", step, now, domain, retries) for i, step in enumerate(stage.steps, start=1)]
    done[0] = done[0].model_copy(update={"preconditions": _merged(done[0].preconditions, needs)})
    done[-1] = done[-1].model_copy(update={"postconditions": _merged(done[-1].postconditions, brings)})
    before = [deepcopy(state)]
    for step in done:
        where = f"stage {number}, {step}"
        for condition in step.preconditions:
            _need(state.satisfies(condition), "symbols", f"{where}: {condition} is not true then")
        try:
            state.apply(step)
        except PlanError as error:
            raise ObjectionError("symbols", f"{where}: {error}") from None
        for condition in step.postconditions:
            _need(state.satisfies(condition), "symbols", f"{where}: it does not bring about {condition}")
        before.append(deepcopy(state))
    main = Sequence(id=f"{number}_do", children=tuple(done))
    others = [
        _handler(f"{number}_{i}_handler", handler.steps, done, before, now, domain)
        for i, handler in enumerate(stage.handlers, start=1)
        if handler.level == "handler" and handler.steps
    ]
    return Fallback(id=f"{number}_try", children=(main, *others)) if others else main


def _handler(
    name: str,
    wired: Ordered[WireStep],
    done: Ordered[Step],
    before: Ordered[DomainState],
    now: Situation,
    domain: Domain,
) -> Sequence:
    """Build a handler: it has to bring about what its stage would have, and to touch nothing else.

    Nobody knows from which state it starts: it is tried from before and after each step of its stage.
    """
    made = [
        _step(f"{name}_{i}", step, now, domain, 1).model_copy(update={"preconditions": ()})
        for i, step in enumerate(wired, start=1)
    ]
    touched = {name for step in done for name in moves(step, domain)}
    for step in made:
        beyond = [thing for thing in moves(step, domain) if thing not in touched]
        _need(not beyond, "symbols", f"handler, {step}: its stage has nothing to do with {', '.join(beyond)}")
    ends = [c for step in done for c in step.postconditions if before[-1].satisfies(c)]
    could, why = False, "it can never be done"
    for start in before:
        state = deepcopy(start)
        try:
            for step in made:
                state.apply(step)
        except PlanError as error:
            why = str(error)
            continue
        missing = [str(c) for c in ends if not state.satisfies(c)]
        _need(not missing or not made, "symbols", f"a handler does not bring about {', '.join(missing)}")
        could = True
    _need(could, "symbols", f"a handler can never be done: {why}")
    return Sequence(id=name, children=tuple(made))


def _step(name: str, wire: WireStep, now: Situation, domain: Domain, retries: int) -> Step:
    args = {key: str(value) for key, value in wire.args.items()}
    return domain.step(f"{name}_{wire.skill}", wire.skill, args, now.scene, retries)


def _merged(own: tuple[Condition, ...], more: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys([*own, *more]))


def _need(truth: bool, stage: Stage, otherwise: str) -> None:
    if not truth:
        raise ObjectionError(stage, otherwise)

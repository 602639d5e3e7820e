"""From the stages of a model's plan to parts of an execution tree, each tried out in symbols."""

from collections.abc import Sequence as Ordered
from copy import deepcopy

from neuralbrain.deliberation.names import condition
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.wire import WireStage, WireStep
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Fallback, Scene, Sequence, Step, TreeNode, steps
from neuralbrain.planning.domain import Domain, DomainState

MOST_RETRIES = 3
"""How often a step may be tried again, whatever the model wants."""


def planned(node: TreeNode) -> tuple[Step, ...]:
    """Return the steps of a stage when nothing goes wrong."""
    return steps(node.children[0] if isinstance(node, Fallback) else node)


def handlers(node: TreeNode) -> tuple[tuple[Step, ...], ...]:
    """Return the steps of each handler of a stage."""
    return tuple(map(steps, node.children[1:])) if isinstance(node, Fallback) else ()


def run(node: TreeNode, state: DomainState) -> None:
    """Do in symbols what a stage does when nothing goes wrong.

    Raises:
        PlanError: It cannot be done.
    """
    for step in planned(node):
        state.apply(step)


def called(step: Step) -> str:
    """Return a step as a model is told of it."""
    return f"{step.skill}({', '.join(step.args.values())})"


def changes(step: Step, scene: Scene, domain: Domain) -> tuple[Condition, ...]:
    """Return what a step brings about as its skill declares it, whatever a model says that it brings."""
    return domain.step(step.id, step.skill, step.args, scene, 0).postconditions


def stage(number: int, wire: WireStage, now: Situation, domain: Domain, state: DomainState) -> TreeNode:
    """Build one stage, and run it in symbols; the state is that after it then.

    What it needs is needed by its first step; what it brings is looked for after the last that changes
    something. As many anomalies as are met by a retry, so often a step is tried again; the handlers are tried
    in their order; what is left is planned anew.

    Raises:
        ObjectionError: It names what is not there ("names"), or cannot be done ("symbols").
    """
    needs, brings = ([condition(c, now, domain) for c in part] for part in (wire.needs, wire.brings))
    retries = min(sum(handler.level == "retry" for handler in wire.handlers), MOST_RETRIES)
    done = [_step(f"{number}_{i}", step, now, domain, retries) for i, step in enumerate(wire.steps, start=1)]
    done[0] = done[0].model_copy(update={"preconditions": _merged(done[0].preconditions, needs)})
    before, last = [deepcopy(state)], max((i for i, s in enumerate(done) if s.postconditions), default=None)
    for step in done:
        where = f"stage {number}, {called(step)}"
        try:
            state.apply(step)
        except PlanError as error:
            raise ObjectionError("symbols", f"{where}: {error}") from None
        for need in step.preconditions:
            _need(before[-1].satisfies(need), f"{where}: {need} is not true then")
        for brought in step.postconditions:
            _need(state.satisfies(brought), f"{where}: it does not bring about {brought}")
        before.append(deepcopy(state))
    for brought in brings:
        _need(state.satisfies(brought), f"stage {number} does not bring about {brought}")
    if last is not None:
        done[last] = done[last].model_copy(
            update={"postconditions": _merged(done[last].postconditions, brings)}
        )
    main = Sequence(id=f"{number}_do", children=tuple(done))
    others = [
        _handler(f"{number}_{i}_handler", handler.steps, done, before, now, domain)
        for i, handler in enumerate(wire.handlers, start=1)
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
    touched = {c.args[:1] for step in done for c in changes(step, now.scene, domain)}
    for step in made:
        beyond = [c.args[0] for c in step.postconditions if c.args and c.args[:1] not in touched]
        _need(not beyond, f"handler, {called(step)}: its stage has nothing to do with {', '.join(beyond)}")
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
        _need(not missing, f"a handler does not bring about {', '.join(missing)}")
        could = True
    _need(could, f"a handler can never be done: {why}")
    return Sequence(id=name, children=tuple(made))


def _step(name: str, wire: WireStep, now: Situation, domain: Domain, retries: int) -> Step:
    args = {key: str(value) for key, value in wire.args.items()}
    return domain.step(f"{name}_{wire.skill}", wire.skill, args, now.scene, retries)


def _merged(own: tuple[Condition, ...], more: Ordered[Condition]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys([*own, *more]))


def _need(truth: bool, otherwise: str) -> None:
    if not truth:
        raise ObjectionError("symbols", otherwise)

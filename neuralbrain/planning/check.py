"""The symbolic check of a tree before the body moves, whoever wrote it."""

from collections.abc import Iterable

from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, ExecutionTree, Fallback, Scene, Sequence, Step, steps
from neuralbrain.planning.domain import Domain, DomainState
from neuralbrain.words import counted


def check_tree(
    tree: ExecutionTree,
    domain: Domain,
    scene: Scene,
    goal: Iterable[Condition] = (),
    holding: str | None = None,
) -> None:
    """Check a tree against a scene: its form, its skills and objects, and where its steps lead.

    The first child of each fallback is the plan, and is simulated; of the others (the handlers), which start
    from a state that nobody knows yet, only form, skills and objects are checked.

    Args:
        tree: What should be done.
        domain: What can be done, and what can be said.
        scene: What is believed to be where.
        goal: What should be true afterwards.
        holding: What the hand holds before.

    Raises:
        PlanError: With the step at fault, and why.
    """
    names = [node.id for node in _nodes(tree.root)]
    for name in names:
        if names.count(name) > 1:
            raise PlanError(
                f"plan {tree.plan}: {names.count(name)} nodes have the id {name!r}; ids are unique"
            )
    state = domain.state(scene, tree.locations, holding)
    for step in steps(tree.root):
        _check_form(tree.plan, step, state, domain)
    for step in _planned(tree.root):
        where = f"plan {tree.plan}, step {step.id} ({step.skill} {' '.join(step.args.values())})"
        for condition in step.preconditions:
            if not state.satisfies(condition):
                raise PlanError(f"{where}: its precondition {condition} is not true then")
        try:
            state.apply(step)
        except PlanError as error:
            raise PlanError(f"{where}: {error}") from None
        for condition in step.postconditions:
            if not state.satisfies(condition):
                raise PlanError(f"{where}: its postcondition {condition} is not what it brings about")
    for condition in goal:
        if not state.satisfies(condition):
            raise PlanError(f"plan {tree.plan}: it does not reach {condition}")


def _check_form(plan: str, step: Step, state: DomainState, domain: Domain) -> None:
    where, skills = f"plan {plan}, step {step.id}", domain.skills
    if step.skill not in skills:
        raise PlanError(f"{where}: there is no skill {step.skill!r}; there are {', '.join(skills)}")
    form, given = skills[step.skill], set(step.args)
    if not form.needs <= given or not given <= form.needs | form.may:
        takes = ", ".join(sorted(form.needs)) + (
            f", perhaps {', '.join(sorted(form.may))}" if form.may else ""
        )
        raise PlanError(
            f"{where}: {step.skill} takes the arguments ({takes}), not ({', '.join(sorted(given))})"
        )
    for role, name in step.args.items():
        if form.names(role) and not state.knows(name):
            raise PlanError(f"{where}: {name!r} is neither an object that is seen nor a location of the plan")
    for condition in (*step.preconditions, *step.postconditions):
        _check_condition(where, condition, domain)
        for name in condition.args:
            if not state.knows(name):
                raise PlanError(f"{where}: {condition} names {name!r}, which is not seen")


def _check_condition(where: str, condition: Condition, domain: Domain) -> None:
    wanted = domain.predicates.get(condition.predicate)
    if wanted is None:
        known = ", ".join(domain.predicates)
        raise PlanError(f"{where}: there is no predicate {condition.predicate!r}; there are {known}")
    if len(condition.args) != wanted:
        takes = counted(wanted, "argument")
        raise PlanError(f"{where}: {condition.predicate} takes {takes}, not {len(condition.args)}")


def _nodes(node: Step | Sequence | Fallback) -> list[Step | Sequence | Fallback]:
    if isinstance(node, Step):
        return [node]
    return [node, *(below for child in node.children for below in _nodes(child))]


def _planned(node: Step | Sequence | Fallback) -> list[Step]:
    """Return the steps that run when nothing goes wrong."""
    if isinstance(node, Step):
        return [node]
    children = node.children[:1] if isinstance(node, Fallback) else node.children
    return [step for child in children for step in _planned(child)]

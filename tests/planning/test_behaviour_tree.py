"""The behaviour tree: which step is next, against the plain meaning of sequence and fallback."""

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.messages import ExecutionTree, Fallback, Sequence, Step, TreeNode, steps
from neuralbrain.planning.behaviour_tree import BehaviourTree


def step(name: str) -> Step:
    return Step(id=name, skill="home", args={})


def both(*children: TreeNode, name: str = "both") -> Sequence:
    return Sequence(id=name, children=children)


def either(*children: TreeNode, name: str = "either") -> Fallback:
    return Fallback(id=name, children=children)


def behaviour(root: TreeNode) -> BehaviourTree:
    return BehaviourTree(ExecutionTree(tick=0, source="cortex", plan="plan_1", goal="a test", root=root))


def walk(tree: BehaviourTree, failing: str = "") -> tuple[list[str], bool]:
    """Do what it says to the end; return the steps in order, and how it ended."""
    done: list[str] = []
    while isinstance(following := tree.next_step(), Step):
        assert following.id not in tree.results, "a step is done once"
        tree.results[following.id] = following.id not in failing
        done.append(following.id)
    return done, following


A, B, C, D = (step(name) for name in "abcd")


@pytest.mark.parametrize(
    ("root", "failing", "done", "success"),
    [
        (A, "", "a", True),
        (A, "a", "a", False),
        (both(A, B, C), "", "abc", True),
        (both(A, B, C), "b", "ab", False),
        (either(A, B, C), "", "a", True),
        (either(A, B, C), "ab", "abc", True),
        (either(A, B), "ab", "ab", False),
        (both(either(A, B), C), "a", "abc", True),
        (both(either(A, B), C), "ab", "ab", False),
        (either(both(A, B, name="do"), both(C, D, name="again")), "b", "abcd", True),
        (either(both(A, B, name="do"), both(C, D, name="again")), "bc", "abc", False),
        (both(A, either(both(B, C, name="do"), D)), "c", "abcd", True),
        (both(), "", "", True),
        (either(), "", "", False),
    ],
)
def test_steps_come_in_order_and_a_failure_leads_to_the_fallback(
    root: TreeNode, failing: str, done: str, success: bool
) -> None:
    assert walk(behaviour(root), failing) == (list(done), success)


def test_a_step_is_next_until_its_result_is_known() -> None:
    tree = behaviour(both(A, B))
    assert [tree.next_step() for _ in range(3)] == [A, A, A]
    tree.results["a"] = True
    assert [tree.next_step() for _ in range(3)] == [B, B, B]


def test_what_a_sequence_has_done_is_not_done_again() -> None:
    tree = behaviour(either(both(A, B, name="do"), C))
    for name, following in (("a", B), ("b", C)):
        assert tree.next_step() == step(name)
        tree.results[name] = name != "b"
        assert tree.next_step() == following


def test_its_end_can_be_asked_for_again() -> None:
    for failing in ("", "b"):
        tree = behaviour(both(A, B))
        _, success = walk(tree, failing)
        assert [tree.next_step() for _ in range(3)] == [success] * 3


def test_its_state_holds_nothing_of_the_library() -> None:
    tree = behaviour(both(either(A, B), C))
    tree.next_step()
    assert "py_trees" in _modules(vars(tree)), "this test would notice"
    written = pickle.dumps(tree)
    assert b"py_trees" not in written
    assert b"_Leaf" not in written
    assert pickle.loads(written).next_step() == A


def _modules(state: dict[str, Any]) -> set[str]:
    return {type(value).__module__.split(".")[0] for value in state.values()}


def numbered(shape: Any, count: list[int]) -> TreeNode:
    """Turn a nest of tuples into a tree with ids of its own."""
    count[0] += 1
    name = f"n{count[0]}"
    if shape == "step":
        return step(name)
    kind, children = shape
    return kind(id=name, children=tuple(numbered(child, count) for child in children))


trees = st.recursive(
    st.just("step"),
    lambda below: st.tuples(st.sampled_from([Sequence, Fallback]), st.lists(below, max_size=4)),
    max_leaves=12,
).map(lambda shape: numbered(shape, [0]))


def meaning(node: TreeNode, failing: set[str], done: list[str]) -> bool:
    """Say how a tree ends; collect the steps that are done."""
    if isinstance(node, Step):
        done.append(node.id)
        return node.id not in failing
    wanted = isinstance(node, Fallback)
    for child in node.children:
        if meaning(child, failing, done) is wanted:
            return wanted
    return not wanted


@given(trees, st.data())
def test_any_tree_means_what_it_says_also_when_it_is_pickled_on_the_way(
    root: TreeNode, data: st.DataObject
) -> None:
    names = [one.id for one in steps(root)]
    failing = set(data.draw(st.lists(st.sampled_from(names), unique=True))) if names else set()
    handed_over = data.draw(st.sets(st.integers(0, 12)))
    tree = behaviour(root)
    done: list[str] = []
    while isinstance(following := tree.next_step(), Step):
        if len(done) in handed_over:
            tree = pickle.loads(pickle.dumps(tree))
            assert tree.next_step() == following
        tree.results[following.id] = following.id not in failing
        done.append(following.id)
    expected: list[str] = []
    assert following is meaning(root, failing, expected)
    assert done == expected

"""The execution tree as a behaviour tree, ticked by py_trees."""

from typing import Any

import py_trees
from py_trees.behaviour import Behaviour
from py_trees.common import Status

from neuralbrain.messages import ExecutionTree, Fallback, Step, TreeNode


class _Leaf(Behaviour):
    """A step: running until its result is known."""

    def __init__(self, step: Step, results: dict[str, bool], running: list[Step]) -> None:
        super().__init__(step.id)
        self._step, self._results, self._running = step, results, running

    def update(self) -> Status:
        if self._step.id in self._results:
            return Status.SUCCESS if self._results[self._step.id] else Status.FAILURE
        self._running.append(self._step)
        return Status.RUNNING


class BehaviourTree:
    """Which step is next, given how those before it ended.

    The py_trees objects hold nothing that the results do not say, so they are left out of its state and made
    again.

    Args:
        message: The tree.
    """

    def __init__(self, message: ExecutionTree) -> None:
        self.message = message
        self.results: dict[str, bool] = {}
        self._running: list[Step] = []
        self._root: Behaviour | None = None

    def next_step(self) -> Step | bool:
        """Tick the tree: return the step that is to be done now, or whether the whole tree succeeded."""
        if self._root is None:
            self._root = self._build(self.message.root)
        self._running.clear()
        self._root.tick_once()
        if self._root.status is Status.RUNNING:
            return self._running[0]
        return self._root.status is Status.SUCCESS

    def _build(self, node: TreeNode) -> Behaviour:
        if isinstance(node, Step):
            return _Leaf(node, self.results, self._running)
        children = [self._build(child) for child in node.children]
        if isinstance(node, Fallback):
            return py_trees.composites.Selector(node.id, memory=True, children=children)
        return py_trees.composites.Sequence(node.id, memory=True, children=children)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_root": None, "_running": []}

"""Which step of an execution tree is next, given how those before it ended."""

from collections.abc import Mapping

from neuralbrain.messages import Fallback, Step, TreeNode


def next_step(node: TreeNode, results: Mapping[str, bool]) -> Step | bool:
    """Return the step that is to be done now, or whether the whole tree succeeded.

    Args:
        node: The tree.
        results: Step id -> whether it succeeded, for those that have ended.
    """
    if isinstance(node, Step):
        return results.get(node.id, node)
    going_on = isinstance(node, Fallback)  # a fallback ends with the first success, a sequence with a failure
    for child in node.children:
        found = next_step(child, results)
        if isinstance(found, Step) or found is going_on:
            return found
    return not going_on

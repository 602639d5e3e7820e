"""No call whose last bits depend on the processor is left in what reaches a message.

NumPy has several versions of some functions and takes the one that suits the processor, and BLAS does the
same for every product of matrices; their results differ in the last bits. `neuralbrain.portable` has
what to use instead, and says why.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import neuralbrain

ROOT = Path(neuralbrain.__file__).parent
EXEMPT = (
    "cli",  # prints
    "record",  # tells what has been
    "eeg",  # analyses recordings
    "nanorobots/report",
    "agents/benchmarks",  # measures
    "agents/baselines/chemotaxis.py",  # studies, and baselines of studies: no brain
    "agents/baselines/kavousinejad.py",
    "agents/baselines/kavousinejad_tracker.py",
    "agents/baselines/searching",
    "envs/nanorobot/render.py",  # draws
    "envs/nanorobot/diffusing.py",  # solved by LAPACK: `portable.depart` says so
    "envs/nanorobot/flowing.py",
    "envs/nanorobot/lumen.py",
)
"""Files and folders that no message comes from, or where a run says that it leaves the numeric profile."""
WAIVER = "# unportable: "
"""Begins a comment that says why a line may do so none the less."""

BLAS = {
    *("dot", "vdot", "inner", "matmul", "matvec", "vecmat", "vecdot", "tensordot"),
    *("cov", "corrcoef", "polyfit", "convolve", "correlate"),
}
DISPATCHED = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "geomspace", "logspace"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "asin", "acos", "atan", "atan2"),
    *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt", "power", "pow", "float_power"),
}
SORTS = {"sort", "argsort"}


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of every call that may not be."""
    waived = {number for number, line in enumerate(source.splitlines(), 1) if WAIVER in line}
    yield from ((line, reason) for line, reason in _faults(ast.parse(source)) if line not in waived)


def _faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scipy.linalg"):
            yield node.lineno, "scipy.linalg is BLAS"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("numpy"):
            banned = {*BLAS, *DISPATCHED, *SORTS, "linalg"}
            wrong = sorted(banned & {alias.name for alias in node.names})
            if node.module == "numpy.linalg":
                yield node.lineno, "np.linalg is BLAS"
            if wrong:
                yield node.lineno, f"{', '.join(wrong)} of NumPy, by another name"
        if isinstance(node, ast.BinOp | ast.AugAssign):
            if isinstance(node.op, ast.MatMult) and "jax" not in names:  # XLA's own are the flags' business
                yield node.lineno, "@ is BLAS"
            if isinstance(node.op, ast.Pow) and "jax" not in names and not _exact_power(node):
                yield node.lineno, "NumPy's powers are dispatched but for 2 and 0.5"
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "np":
                if node.attr in BLAS or node.attr == "linalg":
                    yield node.lineno, f"np.{node.attr} is BLAS"
                if node.attr in DISPATCHED:
                    yield node.lineno, f"np.{node.attr} is dispatched"
            elif node.attr == "dot" and not (isinstance(node.value, ast.Name) and node.value.id == "vectors"):
                yield node.lineno, ".dot is BLAS"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_numpy = isinstance(node.func.value, ast.Name) and node.func.value.id == "np"
            kinds = [ast.unparse(word.value) for word in node.keywords if word.arg == "kind"]
            of_jax = isinstance(node.func.value, ast.Name) and node.func.value.id == "jnp"
            sorts = (node.func.attr == "argsort" and not of_jax) or (node.func.attr == "sort" and of_numpy)
            if sorts and kinds != ["'stable'"]:
                yield node.lineno, f"{node.func.attr} orders ties as the processor does: kind='stable'"
            optimised = any(word.arg == "optimize" for word in node.keywords)
            if of_numpy and node.func.attr == "einsum" and optimised:
                yield node.lineno, "an optimised einsum is BLAS"


def _exact_power(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether a power is one that NumPy makes exact, or of numbers that are written out."""
    base, exponent = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    written_out = isinstance(base, ast.Constant)
    return isinstance(exponent, ast.Constant) and (exponent.value in (2, 0.5) or written_out)


def _files() -> list[Path]:
    """Return the files that a message may come from, those behind the links included."""
    found = []
    for folder in (ROOT, *(path for path in ROOT.iterdir() if path.is_symlink())):
        found += [path for path in sorted(folder.rglob("*.py")) if "envs" not in path.parts or folder != ROOT]
    return [p for p in found if not p.relative_to(ROOT).as_posix().startswith(EXEMPT)]


def test_what_reaches_a_message_is_portable() -> None:
    files = {path.relative_to(ROOT).as_posix(): path for path in _files()}
    assert len(files) > 120 and "envs/tabletop/panda.py" in files and "memory/embedding.py" in files
    assert not [
        f"{name}:{line}: {reason}"
        for name, path in files.items()
        for line, reason in faults(path.read_text())
    ]


@pytest.mark.parametrize(
    "line",
    [
        "x = a @ b",
        "a @= b",
        "np.dot(a, b)",
        "a.dot(b)",
        "np.linalg.solve(a, b)",
        "from numpy.linalg import norm",
        "from numpy import exp",
        "from scipy.linalg.lapack import dposv",
        "np.einsum('ij,jk->ik', a, b, optimize=True)",
        "np.exp(a)",
        "f = np.arctan2",
        "a**3",
        "a ** n",
        "1.5 ** np.arange(8)",
        "np.argsort(a)",
        "a.argsort()",
        "np.sort(a, axis=0)",
        "np.argsort(a, kind='quicksort')",
    ],
)
def test_the_rule_can_fail(line: str) -> None:
    assert list(faults(line))


@pytest.mark.parametrize(
    "line",
    [
        "a**2 + b**0.5 + 10**9",
        "np.exp(a)  # unportable: drawn only",
        "np.sqrt(a) + np.hypot(a, b)",
        "np.argsort(a, kind='stable')",
        "names.sort()",
        "np.einsum('ij,jk->ik', a, b)",
        "math.exp(a)",
        "import jax\nx = a @ b",
    ],
)
def test_the_rule_lets_pass_what_is_portable(line: str) -> None:
    assert not list(faults(line))

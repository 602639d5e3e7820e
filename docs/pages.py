"""What MkDocs builds besides the pages of this folder: the README as the first, and the API reference.

A page of the reference is a package with its modules. All that is said there stands in the docstrings.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the README and the reference."""
    files.append(File.generated(config, "index.md", content=(ROOT / "README.md").read_text(encoding="utf-8")))
    for package, modules in packages():
        parts = "\n\n".join(f"::: {name}" for name in modules)
        files.append(File.generated(config, f"reference/{package}.md", content=f"# {package}\n\n{parts}\n"))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links to pages, from wherever they were written; other files of the repository are only named."""
    home = ROOT if page.file.src_uri == "index.md" else ROOT / "docs"

    def led(found: re.Match[str]) -> str:
        text, target, anchor = found.group(1), (home / found.group(2)).resolve(), found.group(3) or ""
        if target == ROOT / "README.md":
            return f"[{text}](index.md{anchor})"
        if target.parent == ROOT / "docs":
            return f"[{text}]({target.name}{anchor})"
        path = os.path.relpath(target, ROOT)
        return text if path in text else f"{text} (`{path}`)"

    return markdown if page.file.src_uri.startswith("reference/") else LINK.sub(led, markdown)


def packages() -> Iterator[tuple[str, list[str]]]:
    """Yield every public package with its public modules, itself first."""
    for folder, below, files in os.walk(ROOT / "neuralbrain", followlinks=True):
        below[:] = sorted(name for name in below if not name.startswith(("_", ".")))
        if "__init__.py" in files:
            package = ".".join(Path(folder).relative_to(ROOT).parts)
            names = sorted(f[:-3] for f in files if f.endswith(".py") and not f.startswith("_"))
            yield package, [package, *(f"{package}.{name}" for name in names)]

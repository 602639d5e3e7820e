"""What the documents say is so: their code runs, their links lead somewhere, their commands exist."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from typer.main import get_command

import neuralbrain  # noqa: F401 - registers the environments

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w-]+\.\w+)\n")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[str]:
    return [
        code for language, code in BLOCK.findall(page.read_text(encoding="utf-8")) if language in languages
    ]


def shell_lines(page: Path) -> list[str]:
    return [line for block in blocks(page, "sh") for line in block.splitlines() if not line.startswith("#")]


def prose(page: Path) -> str:
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name)
def test_the_snippets_of_a_page_run_one_after_the_other(page: Path, tmp_path: Path) -> None:
    """A block that begins with ``# some_file.py`` is saved under that name first; others import it."""
    for block in blocks(page, "python", "yaml"):
        if named := FILE.match(block):
            compile(block, named.group(1), "exec") if named.group(1).endswith(".py") else None
            (tmp_path / named.group(1)).write_text(block, encoding="utf-8")
    whole = "\n".join(block for block in blocks(page, "python") if not FILE.match(block))
    (tmp_path / "page.py").write_text(
        f"import sys; sys.path.append({str(ROOT)!r})\n{whole}", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "page.py"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:neuralbrain|envs|agents|memory|docs|examples|tests|\.ci)/[\w./-]*)`", prose(page)
    )
    assert [path for path in named if not (ROOT / path).exists() and path not in gymnasium.registry] == []


def test_the_readme_lists_all_environments() -> None:
    listed = re.findall(
        r"^\| `(neuralbrain/[\w-]+)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(listed) == sorted(name for name in gymnasium.registry if name.startswith("neuralbrain/"))


@cache
def command_line() -> Any:
    from neuralbrain.cli.app import app

    return get_command(app)


def check_command(words: list[str]) -> None:
    """Follow the words through the commands; the options must be the last command's."""
    command = command_line()
    while hasattr(command, "get_command"):
        assert words, f"{command.name} needs a command"
        found = command.get_command(None, words[0])
        assert found is not None, f"there is no command {words[0]!r}"
        command, words = found, words[1:]
    known = {"--help", "--debug"}.union(*(o.opts + o.secondary_opts for o in command.params))
    assert {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)} <= known


def test_the_check_of_commands_sees_what_does_not_exist() -> None:
    check_command(["episode", "do it", "--seed", "3"])
    for wrong in (["episodes"], ["brain", "sho"], ["episode", "--sed", "3"]):
        with pytest.raises(AssertionError):
            check_command(wrong)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_exist(page: Path) -> None:
    import shlex

    said = [code for code in re.findall(r"`([^`\n]+)`", prose(page)) if "run.py " in code]
    for line in [*shell_lines(page), *said]:
        if "run.py" in line:
            check_command(shlex.split(line.partition("run.py")[2], comments=True))


def test_the_first_two_code_lines_are_what_the_ci_runs() -> None:
    main, tests, *_ = shell_lines(ROOT / "README.md")
    done = subprocess.run([ROOT / ".ci" / "run", "-n"], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == [tests, main]
    assert main.endswith("python run.py episode")
    assert "[dev]" in tests
    assert "-m pytest" in tests
    assert all(
        line.startswith("python3 -m venv .venv && .venv/bin/pip install -e ") for line in (main, tests)
    )


def test_the_changelog_keeps_its_form() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", section) for section in sections[1:])
    kinds = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

"""Nothing of what others have written acts on a screen or a page."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from neuralbrain.blueprint import Blueprint
from neuralbrain.cli.terminal import Screen
from neuralbrain.memory.store import Entry, write
from neuralbrain.record.page import template
from neuralbrain.words import NO_TEXT, as_json, legible

ROOT = Path(__file__).parents[2]
EVIL = "a\x1b[31mb\x1b]0;title\x07c\x9b2Jd\u202ee\u2066f\rg\udc80h[red]i[/]:smile:<script>j"


def test_all_that_is_printed_is_text(capsys):
    screen = Screen(sys.stdout)
    table = Table(EVIL, title=EVIL)
    table.add_row(EVIL)
    tree = Tree(EVIL)
    tree.add(EVIL)
    for one in (EVIL, Text(EVIL, style="bold"), table, tree, Panel(EVIL, title=Text(EVIL))):
        screen.print(one, width=400)
        out = capsys.readouterr().out
        assert NO_TEXT.search(out) is None
        assert "h[red]i[/]:smile:<script>j" in out


def test_a_color_of_our_own_still_is_one(capsys):
    screen = Screen(sys.stdout)
    screen._color_system, screen._force_terminal = 1, True
    screen.print("ok", style="green")
    assert capsys.readouterr().out == "\x1b[32mok\x1b[0m\n"


def test_json_says_the_same_in_characters_that_do_nothing():
    data = {EVIL: [EVIL, "größer → 大"]}
    text = as_json(data)
    assert json.loads(text) == data
    assert NO_TEXT.search(text) is None
    assert "größer → 大" in text
    assert legible("tab\tand\nline") == "tab\tand\nline"


def test_a_page_holds_no_code_of_others():
    page = template("look.css.j2").environment.from_string("{{ a }}<i title='{{ a }}'>").render(a=EVIL)
    assert NO_TEXT.search(page) is None
    assert "<script>" not in page


def evil(place, to):
    """Return a blueprint with a text in all its places that take any."""
    data = Blueprint.load("nanorobot").model_dump(mode="json", by_alias=True)
    data |= {"name": EVIL.replace("\udc80", ""), "description": EVIL.replace("\udc80", "")}
    for region in data["regions"]:
        region["structure"] = region["group"] = "$\\frac{\x1b[31m[red]"
    path = place / to
    path.write_text(yaml.safe_dump(data))
    return path


def test_a_blueprint_is_shown_as_it_is_written(cli, tmp_path):
    path = evil(tmp_path, "evil.yaml")
    for command in ("show", "check"):
        done = cli("brain", command, path)
        assert done.status == 0
        assert NO_TEXT.search(done.out + done.err) is None
        assert "[red]i[/]:smile:" in done.out


def test_what_is_remembered_is_shown_as_it_is(cli, tmp_path):
    write(tmp_path / "memory", [Entry(text="the block " + EVIL.replace("\udc80", ""), metadata={"a": 1})])
    for words in ((), ("--json",)):
        done = cli("recall", tmp_path / "memory", "which block?", *words)
        assert done.status == 0
        assert NO_TEXT.search(done.out) is None
        assert "[red]i[/]:smile:" in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("report", "runs\x1b[31m\x9b"),
        ("brain", "check", "x\x1b[31m.yaml"),
        ("brain", "check", "\udcff\udcfe.yaml"),
        ("episode", "--env", "a\x1b[31mb:C-v0", "--runtime", "inline"),
        ("episode", "\u202egrasp", "--runtime", "inline"),
        ("envs", "--\x1b[31m"),
    ],
)
def test_an_error_is_one_line_of_text(cli, words):
    done = cli(*words)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert NO_TEXT.search(done.err.strip()) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_any_locale_does(tmp_path, settings):
    (tmp_path / b"gr\xff\xc3\xb6\xc3\x9fer.yaml".decode("utf-8", "surrogateescape")).write_text("name: [")
    done = subprocess.run(
        [sys.executable, ROOT / "run.py", "brain", "check", b"gr\xff\xc3\xb6\xc3\x9fer.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"is not valid YAML" in done.stderr
    assert done.stdout == b""


def test_a_pipe_may_hold_anything(cli, monkeypatch):
    pipe = io.TextIOWrapper(io.BytesIO(b"gr\xff\xc3\xb6\xc3\x9fer\n"), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", pipe)
    assert cli("envs").status == 0
    assert legible(pipe.readline()) == "gr\N{REPLACEMENT CHARACTER}ößer\n"

"""The other commands."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
import typer

from neuralbrain.agents.benchmarks.table import Table
from neuralbrain.agents.intervals import wilson
from neuralbrain.cli import bench, runs, train
from neuralbrain.cli.app import app
from neuralbrain.cli.bench import command
from neuralbrain.cli.episode import episode as episode_command
from neuralbrain.memory.entry import Entry
from neuralbrain.memory.store import write
from neuralbrain.record.folder import write_manifest


@pytest.fixture
def folder(episode):
    return Path(json.loads(episode("--json", "--quiet", "--no-movie").out)["run_dir"])


def test_help_names_every_command(cli):
    done = cli("--help")
    assert done.status == 0
    for name in ("episode", "envs", "brain", "report", "replay", "recall", "bench", "doctor"):
        assert name in done.out
    assert cli("--version").out.strip()


def test_envs(cli, toy_env):
    rows = json.loads(cli("envs", "--json").out)
    assert toy_env in {row["id"] for row in rows}
    agents = {row["short"]: row["agent"] for row in rows}
    assert (agents["tabletop-place"], agents["nanoswarm"]) == ("frankenbot", "nanoswarm")
    assert (agents["rover-practice"], agents["toy-task"]) == ("", "")
    assert toy_env in cli("envs").out


def test_brain_check_is_a_line_unless_more_is_asked_for(cli, toy_agent):
    done = cli("brain", "check", toy_agent, "--allow-code")
    assert (done.status, done.out.count("\n")) == (0, 1)
    assert "slice 5 ticks = 0.25 s" in done.out
    done = cli("brain", "check", toy_agent, "--allow-code", "--details")
    assert "shortest: 10 ticks = 0.50 s: body → mind → body" in done.out
    facts = json.loads(cli("brain", "check", toy_agent, "--allow-code", "--json").out)
    assert {"regions": ["body", "mind"], "delay": 10} in facts["loops"]
    assert facts["slice_ticks"] == 5


def test_brain_show_draws_where_it_is_told(cli, toy_agent):
    words = ("brain", "show", toy_agent, "--allow-code")
    here = set(Path().iterdir())
    done = cli(*words)
    assert (done.status, set(Path().iterdir())) == (0, here)
    assert "mind.done" in done.out
    for name, begin in (("c.png", b"\x89PNG"), ("c.svg", b"<?xml"), ("c.pdf", b"%PDF")):
        assert cli(*words, "--out", name).status == 0
        assert Path(name).read_bytes().startswith(begin)
    for name, says in (("none/c.png", "cannot be written"), ("c.foo", ".png or .svg"), ("c", ".png or .svg")):
        done = cli(*words, "--out", name)
        assert (done.status, says in done.err, Path(name).exists()) == (2, True, False)
    shown = json.loads(cli(*words, "--json", "--out", "c.png").out)
    assert shown["drawn"] == "c.png"
    assert {"body", "mind"} <= {region["name"] for region in shown["regions"]}


def test_whatever_prints_facts_prints_json():
    """Those of `bench` have the option from `command`, which makes them all; `mcp` prints a protocol."""

    def walk(command):
        for name, below in command.commands.items():
            if name not in ("bench", "mcp"):
                yield from walk(below) if hasattr(below, "commands") else [below]

    for found in walk(typer.main.get_command(app)):
        assert "--json" in {option for parameter in found.params for option in parameter.opts}, found.name


def test_the_check_of_the_largest_brain_fits_a_terminal(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert len(cli("brain", "check", "rover", "--details").out.splitlines()) < 24


def test_a_wrong_blueprint_names_the_place(cli, toy_agent):
    toy_agent.write_text(toy_agent.read_text().replace("to: mind.frame", "to: mind.frames"))
    done = cli("brain", "check", toy_agent, "--allow-code")
    assert done.status == 2
    assert "body.frame -> mind.frames" in done.err
    assert "Did you mean 'frame'" in done.err


def test_replay(cli, folder):
    done = cli("replay", folder, "--quiet", "--allow-code")
    assert (done.status, "the same trace" in done.out) == (0, True)
    manifest = json.loads((folder / "run.json").read_text())
    manifest["seed"] += 1
    manifest["machines"][0]["processor"] = "Another"
    write_manifest(folder, manifest)
    done = cli("replay", folder, "--quiet", "--allow-code")
    assert (done.status, "another trace" in done.out) == (1, True)
    assert done.out.startswith("processor was Another")
    done = cli("replay", folder, "--quiet", "--allow-code", "--json")
    told = json.loads(done.out)
    assert (done.status, told["same"], told["numbers"]["processor"][0][:8]) == (1, False, "Another ")
    assert cli("replay", "nowhere").status == 2


def test_report(cli, folder):
    (folder / "report.html").unlink()
    done = cli("report", folder)
    assert done.status == 0
    assert done.out.strip() == str(folder / "report.html")
    assert (folder / "episode.gif").exists()
    assert "image/gif" in (folder / "report.html").read_text()
    written = {"report": str(folder / "report.html"), "movie": str(folder / "episode.gif")}
    assert json.loads(cli("report", folder, "--json").out) == written
    checked = json.loads(cli("replay", folder, "--check", "--allow-code", "--json").out)
    assert (checked["same"], len(checked["recorded"])) == (True, 64)


def test_recall_of_a_run_without_memory(cli, folder):
    done = cli("recall", folder, "what was red?")
    assert done.status == 2
    assert "no region of this run remembers" in done.err


def test_recall_says_when_and_how_often(cli, tmp_path):
    for _ in range(2):
        write(tmp_path, [Entry(text="The tea is [sweet].", metadata={"k": 1})])
    done = cli("recall", tmp_path, "how is tea?")
    assert done.status == 0
    assert re.fullmatch(
        r"[\d.]+  2 times, last \d{4}-\d\d-\d\d \d\d:\d\d\nThe tea is \[sweet\]\.\n", done.out
    )
    (row,) = json.loads(cli("recall", tmp_path, "tea", "--json").out)
    assert (row["times"], row["k"], row["text"]) == (2, 1, "The tea is [sweet].")
    done = cli("recall", tmp_path, "quantum chromodynamics")
    assert (done.status, done.out) == (0, "nothing that is remembered is about that\n")
    for empty in ("the", "???"):
        done = cli("recall", tmp_path, empty)
        assert (done.status, "no words to look for" in done.err, done.err.count("\n")) == (2, True, 1)


def test_doctor(cli):
    done = cli("doctor", "--no-ray")
    assert "numpy" in done.out
    assert "run folder" in done.out
    assert "x86-64-avx2-1" in done.out
    rows = json.loads(cli("doctor", "--no-ray", "--json").out)
    assert {"ok", "what", "found", "to_do"} == set(rows[0])
    done = cli("doctor", "--no-ray", "--out", "/proc/runs")
    assert done.status == 1
    assert "choose another folder" in done.out


def test_a_benchmark_becomes_a_command(capsys):
    def run(*, size: int = 3, name: str = "x") -> Table:
        """Measure something.

        Args:
            size: How large.
            name: What to
                call it.
        """
        return Table(title="t", columns=["a", "b"], rows=[[size, name]], reached={"goal": size > 3})

    made = command("object", run)
    assert made.main(["--size", "4", "--json"], standalone_mode=False) is None
    assert json.loads(capsys.readouterr().out)["rows"] == [{"a": 4, "b": "x"}]
    made.main(["--name", "long"], standalone_mode=False)
    assert "missed" in capsys.readouterr().out
    made.main(["--name", "wide " * 60], standalone_mode=False)
    assert "wide " * 59 in capsys.readouterr().out  # not folded: it is no terminal
    helps = {parameter.name: parameter.help for parameter in made.params if hasattr(parameter, "help")}
    assert (helps["size"], helps["name"]) == ("How large.", "What to call it.")


def numbers():
    """Yield each number that a command takes: its words, the option, and the least value if there is one."""
    functions = [
        (("episode",), episode_command),
        (("train", "q"), train.q),
        (("recall", "m", "q"), runs.recall),
    ]
    measures = [
        (("bench", name), import_module(f"{bench.PACKAGE}.{name}").measure) for name in bench._names()
    ]
    for words, function in functions + measures:
        for name, hint in get_type_hints(function, include_extras=True).items():
            kind, *info = get_args(hint) if get_origin(hint) is Annotated else (hint,)
            if kind in (int, float, int | None, float | None):
                least = [note.min if hasattr(note, "min") else note.value for note in info]
                yield words, f"--{name.replace('_', '-')}", [value for value in least if value is not None]


def test_every_number_that_cannot_be_is_refused_in_one_line(cli):
    for words, option, least in numbers():
        for value in ["many", *(value - 1 for value in least)]:
            done = cli(*words, option, value)
            assert (done.status, done.out, done.err.count("\n")) == (2, "", 1), (words, option, done.err)
            assert done.err.startswith("error: ") and option in done.err
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ray", "--env", "moon"], "There is no environment 'moon'"),
        (["ray", "--agent", "rover"], "--agent frankenbot does"),
        (["tabletop", "--agent", "nobody"], "There is no agent 'nobody'"),
        (["rover", "--tasks", "rover-reach,moon"], "There is no environment 'moon'"),
        (["brain", "--agent", "toy.yaml"], "say so with --allow-code"),
    ],
)
def test_a_benchmark_measures_nothing_before_all_is_known_to_begin(cli, toy_agent, words, says, monkeypatch):
    monkeypatch.setattr("neuralbrain.runtime.cluster.session", lambda address: pytest.fail("Ray started"))
    words = [toy_agent if word == "toy.yaml" else word for word in words]
    done = cli("bench", *words)
    assert (done.status, done.out) == (2, "")
    assert says in done.err


def test_bench_lists_what_there_is(cli):
    done = cli("bench", "--help")
    assert "tabletop" in done.out
    assert "graph" in done.out
    assert cli("bench", "nothing").status == 2


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (5, 10), (50, 50), (490, 500), (1, 1)])
def test_wilson(successes, trials):
    from scipy.stats import binomtest

    other = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == pytest.approx((other.low, other.high), abs=1e-12)

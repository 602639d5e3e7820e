"""Acts are asked for, allowed, done, told and taken back; a session that was killed goes on."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from neuralbrain.cli.assist import _piped
from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.research.acts import WINDOW, WRONG
from neuralbrain.research.commands import Commands, Reply
from neuralbrain.research.registry import Desk, Given, Result, Tool
from neuralbrain.research.session import Session
from neuralbrain.research.settings import KINDS, Kind
from neuralbrain.research.workspace import Workspace

Take = Callable[[str], Reply]


def test_a_person_alone_keeps_ideas_plans_and_lessons(take: Take, folder: Path) -> None:
    assert take("/ideas add Does mu tell left from right? | why: control | effort: a day").ok
    assert take("/pick i1").ok
    assert take("/plan add simulate").ok
    assert take("/plan done 1").ok
    assert "[x] simulate" in take("/plan").text
    assert take("/knowledge add Blinks at the cue decode as well").ok
    assert take("/knowledge do blinks decode?").data["cites"] == ["k1"]
    assert "why: control" in (folder / "ideas.md").read_text()
    assert take("a word to nobody").ok


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/nonsense", "Known: /acts"),
        ("/pick", "/pick i2"),
        ("/pick i7", "no idea 'i7'"),
        ("/plan", "no idea is picked"),
        ("/do run_cell {", "not valid JSON"),
        ("/do run_cell", "run_cell, code: Field required"),
        ("/do fly", "no tool 'fly'"),
        ("/approve", "nothing waits"),
        ("/approve a77", "no act 'a77'"),
        ("/autonomy read always", "no level 'always'"),
        ("/figure nothing.png", "there is no figures/nothing.png"),
        ("/figure ../workspace.toml", "look_at_figure, name"),
        ('/do run_episode {"env": "evil:My-v0"}', "a name, no file and no module"),
        ('/do run_episode {"agent": "data/evil.yaml"}', "a name, no file and no module"),
        ('/do write_data {"name": "../x", "text": ""}', "write_data, name"),
        ("/undo", "nothing to undo"),
    ],
)
def test_what_cannot_be_is_one_line_and_the_session_goes_on(take: Take, line: str, said: str) -> None:
    reply = take(line)
    assert not reply.ok
    assert "\n" not in reply.text
    assert re.search(said, reply.text), reply.text
    assert take("/ideas").ok


def test_undo_takes_back_the_last_change_and_not_what_a_person_changed(take: Take, folder: Path) -> None:
    take("/ideas add One?")
    before = (folder / "ideas.md").read_text()
    take("/ideas add Two?")
    assert take("/undo").ok
    assert (folder / "ideas.md").read_text() == before
    take("/knowledge add something true")
    (lesson,) = (folder / "knowledge").iterdir()
    lesson.write_text("changed by hand")
    reply = take("/undo")
    assert not reply.ok and "was changed since" in reply.text
    assert lesson.read_text() == "changed by hand"


def test_the_model_acts_only_as_far_as_it_was_granted(session: Session) -> None:
    assert session.ask_for("model", "list_ideas", {}).state == "allowed"
    waiting = session.ask_for("model", "add_idea", {"question": "Why?"})
    assert waiting.state == "waiting"
    with pytest.raises(ConfigurationError, match="only what was allowed"):
        session.carry_out(waiting)
    first = session.ask_for("model", "run_cell", {"code": "1"})
    assert first.state == "waiting"
    session.approve(first.id)
    assert session.ask_for("model", "run_cell", {"code": "2"}).state == "allowed"  # compute: once
    session.deny(waiting.id, "not now")
    with pytest.raises(ConfigurationError, match="does not wait"):
        session.approve(waiting.id)


def test_autonomy_falls_with_what_was_wrong_and_rises_again_up_to_what_was_granted(session: Session) -> None:
    assert session.level("read") == "auto"
    for _ in range(WRONG):
        session.note("person", "wrong", act=_done(session), reason="no")
    assert session.level("read") == "once"
    for _ in range(WINDOW):
        _done(session)
    assert session.level("read") == "auto"
    session.set_autonomy("read", "ask")
    for _ in range(3 * WINDOW):
        _done(session)
    assert session.level("read") == "ask"


def _done(session: Session) -> str:
    act = session.ask_for("model", "list_ideas", {})
    if act.state == "waiting":
        session.approve(act.id)
    session.carry_out(act)
    return act.id


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cannot_raise_autonomy_by_itself(folder: Path, kind: Kind) -> None:
    with Session(Workspace(folder)) as one:
        usual = one.level(kind)
    path = folder / "workspace.toml"
    lines = [
        f'{kind} = "auto"' if line.startswith(f"{kind} =") else line for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines))
    with Session(Workspace(folder)) as one:
        assert one.level(kind) == usual
        assert usual == "auto" or any("wishes more autonomy" in news for news in one.news)
        assert Commands(one).take(f"/autonomy {kind} auto").ok
        assert one.level(kind) == "auto"
    with Session(Workspace(folder)) as one:
        assert one.level(kind) == "auto"


def test_what_waits_and_what_was_broken_off_is_told_at_the_next_start(folder: Path) -> None:
    with Session(Workspace(folder)) as one:
        waiting = one.ask_for("model", "add_idea", {"question": "Why?"}).id
        running = one.ask_for("model", "list_ideas", {}).id
        one.note("session", "begin", act=running)
    with Session(Workspace(folder)) as again:
        assert again.acts[running].state == "broken"
        assert again.acts[waiting].state == "waiting"
        assert any(waiting in news and "/approve" in news for news in again.news)
        assert any(running in news and "broken off" in news for news in again.news)
        assert again.carry_out(again.approve(waiting)).ok
    assert "Why?" in (folder / "ideas.md").read_text()


def test_a_fault_or_a_stop_ends_the_act_and_not_the_session(
    session: Session, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[BaseException] = [RuntimeError("oh"), KeyboardInterrupt()]

    def use(_: Given, __: Desk) -> Result:
        raise raised.pop(0)

    from neuralbrain.research import session as module

    monkeypatch.setattr(
        module, "find_tool", lambda name: Tool(name=name, kind="read", about="", takes=Given, use=use)
    )
    assert "bug in NeuralBrain: RuntimeError: oh" in take("/do anything").text
    with pytest.raises(KeyboardInterrupt):
        take("/do anything")
    states = [act.state for act in session.acts.all()]
    assert states == ["failed", "interrupted"]


def test_a_budget_of_hours_is_a_limit(folder: Path) -> None:
    Workspace(folder).close()
    path = folder / "workspace.toml"
    path.write_text(path.read_text().replace("# hours = 10", "hours = 0"))
    with Session(Workspace(folder)) as one:
        reply = Commands(one).take("/ideas")
        assert not reply.ok and "budget" in reply.text


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (
            "/ideas\n/run <<END\nx = 1\n\nprint(x)\nEND\n/quit\n",
            ["/ideas", "/run\nx = 1\n\nprint(x)\n", "/quit"],
        ),
        ("/run x = 1 <<n\n", ["/run x = 1 <<n"]),
        ("/run <<END\nx = 1", ["/run\nx = 1"]),
    ],
)
def test_a_pipe_is_read_line_by_line_or_down_to_a_word(
    monkeypatch: pytest.MonkeyPatch, typed: str, taken: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert list(_piped()) == taken


def test_a_transcript_that_was_written_by_hand_is_refused_and_the_workspace_let_go(folder: Path) -> None:
    Workspace(folder).close()
    line = '{"n": 1, "time": "", "who": "model", "event": "act"}\n'
    (folder / "transcript.jsonl").write_text(line)
    for _ in range(2):
        with pytest.raises(RecordError, match="line 1 of the transcript tells of 'act'"):
            Session(Workspace(folder))

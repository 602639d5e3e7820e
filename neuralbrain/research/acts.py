"""Acts: what is asked for, allowed or refused, begun and ended, as the transcript tells it.

Events of a transcript, and what stands with each:

* ``open`` (``through``), ``close``: a session began, ended; ``mend``: the half of a line that was ``lost``;
* ``message``: ``text``; ``attention``: what the session wants to be known (``text``);
* ``act``: ``tool``, ``kind``, ``arguments``, ``call``; its id is "a" and the line's number;
* ``approve``: ``act``, ``how`` ("person", "once", "auto"); ``deny``: ``act``, ``reason``;
* ``begin``: ``act``; ``change``: ``act``, ``path``, ``before``, ``after`` (what /undo takes back);
* ``end``: ``act``, ``outcome``, ``text``, ``data``, ``cites``, ``figures``, ``seconds``;
* ``undo``: ``act``; ``wrong``: ``act``, ``reason``: a person says that it was wrong;
* ``autonomy``: ``kind``, ``level``; ``box``: what code is fenced by; ``turn``: what passed with the model;
* ``cost``: requests to a model's server: ``call``, ``calls``, ``tokens``, ``cost``;
* ``pick``: ``idea``; ``refused``: what was asked for in a way that cannot be (``text``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from neuralbrain.errors import RecordError, UnknownNameError
from neuralbrain.research.settings import LEVELS, Kind, Level
from neuralbrain.research.transcript import Entry, Who

State = Literal["waiting", "allowed", "denied", "running", "done", "failed", "interrupted", "broken"]
"""broken: the session ended while it ran."""
WINDOW = 5
"""So many of the model's last acts of a kind say how far it is trusted with it."""
WRONG = 2
"""With so many wrong ones among them it loses a level, until there are fewer."""


@dataclass
class Act:
    """One act.

    Attributes:
        id: Like "a12".
        who: Who asked for it.
        tool: What is to be done.
        kind: Its kind.
        arguments: With what.
        state: What became of it so far.
        wrong: Whether it was denied, failed, was undone, or a person said that it was wrong.
        text: What came of it, in words.
        call: The model's own id of it; empty for a person's.
        changes: Files that it changed: path, content before and after; None: there was, or is, none.
    """

    id: str
    who: Who
    tool: str
    kind: Kind
    arguments: Mapping[str, Any]
    state: State = "waiting"
    wrong: bool = False
    text: str = ""
    call: str = ""
    changes: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def headline(self) -> str:
        """Say what it is, in a line."""
        words = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.id} {self.tool}({words[:200]}{'…' if len(words) > 200 else ''})"


class Acts:
    """All acts of a workspace, by their ids, from the lines of its transcript.

    Attributes:
        picked: The idea that is worked on; empty for none.
        seconds: How long acts took in all, s of wall time.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._acts: dict[str, Act] = {}
        self._once: set[Kind] = set()
        self.picked = ""
        self.seconds = 0.0
        for entry in entries:
            self.apply(entry)

    def __getitem__(self, name: str) -> Act:
        if name not in self._acts:
            raise UnknownNameError("act", name, list(self._acts)[-12:], "The transcript has them all.")
        return self._acts[name]

    def by_call(self, call: str) -> Act:
        """Return the act that a call of the model's became.

        Raises:
            UnknownNameError: There is none.
        """
        for act in self._acts.values():
            if act.call == call:
                return act
        raise UnknownNameError("call", call, ())

    def all(self) -> list[Act]:
        """Return them in order."""
        return list(self._acts.values())

    def waiting(self) -> list[Act]:
        """Return those that a person has to decide on."""
        return [act for act in self._acts.values() if act.state == "waiting"]

    def unfinished(self) -> list[Act]:
        """Return those that were allowed and have not ended."""
        return [act for act in self._acts.values() if act.state in ("allowed", "running")]

    def last_change(self) -> Act | None:
        """Return the last act that changed something, and that was not undone."""
        changing = [act for act in self._acts.values() if act.changes]
        return changing[-1] if changing else None

    def level(self, kind: Kind, granted: Level) -> Level:
        """Return how freely the model may act: what a person granted, or a level less.

        It falls where the model's last acts of the kind were wrong, and rises again with right ones; it is
        never above what was granted.

        Args:
            kind: Of act.
            granted: What a person has granted.
        """
        judged = [
            act.wrong
            for act in self._acts.values()
            if act.who == "model" and act.kind == kind and act.state not in ("waiting", "allowed", "running")
        ]
        if sum(judged[-WINDOW:]) >= WRONG:
            return LEVELS[max(0, LEVELS.index(granted) - 1)]
        return granted

    def allowed_once(self, kind: Kind) -> bool:
        """Whether a person has allowed an act of this kind in this session."""
        return kind in self._once

    def earned(self, kind: Kind, granted: Level) -> bool:
        """Whether the model was right so often that a person may want to grant it more."""
        judged = [act for act in self._acts.values() if act.who == "model" and act.kind == kind]
        recent = judged[-2 * WINDOW :]
        right = all(act.state == "done" and not act.wrong for act in recent)
        return granted != "auto" and len(recent) == 2 * WINDOW and right

    def apply(self, entry: Entry) -> None:
        """Take note of a line of the transcript.

        Raises:
            RecordError: It does not tell what a line of its sort tells.
        """
        try:
            self._apply(entry)
        except (KeyError, TypeError, AttributeError) as error:
            raise RecordError(
                f"line {entry.n} of the transcript tells of {entry.event!r} and lacks {error}: was it "
                "changed by hand? take the file back from git or a copy"
            ) from None

    def _apply(self, entry: Entry) -> None:
        data, act = entry.data, self._acts.get(entry.data.get("act", ""))
        match entry.event:
            case "open" if not data["through"]:
                self._once.clear()
            case "pick":
                self.picked = data["idea"]
            case "act":
                name = f"a{entry.n}"
                self._acts[name] = Act(
                    name, entry.who, data["tool"], data["kind"], data["arguments"], call=data["call"]
                )
            case "approve" if act:
                act.state = "allowed"
                if data["how"] == "person" and act.who == "model":
                    self._once.add(act.kind)
            case "deny" if act:
                act.state, act.wrong, act.text = "denied", True, data["reason"]
            case "begin" if act:
                act.state = "running"
            case "change" if act:
                act.changes.append((data["path"], data["before"], data["after"]))
            case "end" if act:
                act.state, act.text = data["outcome"], data["text"]
                act.wrong = data["outcome"] == "failed"
                self.seconds += data["seconds"]
            case "undo" if act:
                act.changes, act.wrong = [], True
            case "wrong" if act:
                act.wrong = True

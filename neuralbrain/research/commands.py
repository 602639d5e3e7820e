"""The commands of a session: all that can be done is done by one of them, with a model and without.

A command is a method of `Commands`; what it takes and does is its docstring, which is what /help prints.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from neuralbrain.errors import ConfigurationError, NeuralBrainError, UnknownNameError
from neuralbrain.reading import parse_json
from neuralbrain.research import ideas, knowledge
from neuralbrain.research.acts import WINDOW, Act
from neuralbrain.research.assistant import Assistant, Turn
from neuralbrain.research.costs import spent
from neuralbrain.research.registry import Result, tools
from neuralbrain.research.session import Session
from neuralbrain.research.settings import KINDS, LEVELS
from neuralbrain.research.workspace import IDEAS, KNOWLEDGE, NOTEBOOK


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a line comes to.

    Attributes:
        ok: Whether it did what was asked.
        text: What is shown.
        data: The same as plain data.
        over: Whether the session ends.
    """

    ok: bool = True
    text: str = ""
    data: Any = None
    over: bool = False


class Commands:
    """Takes a person's lines.

    Args:
        session: What they are about.
        assistant: The model that reads what is no command; None: there is none.
    """

    def __init__(self, session: Session, assistant: Assistant | None = None) -> None:
        self.session, self.assistant = session, assistant

    def take(self, line: str) -> Reply:
        """Do what a line says: a command, or something said to the model.

        Raises:
            KeyboardInterrupt: The person stopped what it did.
        """
        line = line.strip()
        if not line:
            return Reply()
        try:
            if not line.startswith("/"):
                return self._said(line)
            name, _, words = (
                line[1:].partition(" ") if " " in line.split("\n")[0] else line[1:].partition("\n")
            )
            command = self._commands().get(name)
            if command is None:
                raise UnknownNameError("command", f"/{name}", [f"/{one}" for one in self._commands()])
            return command(words.strip())
        except NeuralBrainError as error:
            return Reply(ok=False, text=str(error))

    def do_ideas(self, words: str) -> Reply:
        """/ideas: list them. /ideas add QUESTION | why: ... | effort: ...; /ideas set i2 why TEXT."""
        verb, _, rest = words.partition(" ")
        if not verb:
            return self._do("list_ideas")
        if verb == "add":
            question, *more = (part.strip() for part in rest.split("|"))
            fields = dict(part.split(":", 1) for part in more if ":" in part)
            return self._do(
                "add_idea", question=question, **{n.strip(): v.strip() for n, v in fields.items()}
            )
        if verb == "set" and len(parts := rest.split(" ", 2)) == 3:
            return self._do("change_idea", idea=parts[0], field=parts[1], value=parts[2])
        raise _usage(self.do_ideas)

    def do_pick(self, words: str) -> Reply:
        """/pick i2: work on this idea from now on."""
        if not words:
            raise _usage(self.do_pick)
        reply = self._do("change_idea", idea=words, field="state", value="picked")
        if reply.ok:
            self.session.note("person", "pick", idea=words)
        return reply

    def do_plan(self, words: str) -> Reply:
        """/plan: what is planned for the picked idea. /plan add TEXT; /plan done 2."""
        idea = self.session.acts.picked
        if not idea:
            raise ConfigurationError("no idea is picked: /pick i1")
        verb, _, rest = words.partition(" ")
        if not verb:
            found = ideas.find(ideas.parsed(self.session.workspace.text(IDEAS) or ""), idea)
            steps = [
                f"{n}. [{'x' if step.done else ' '}] {step.text}" for n, step in enumerate(found.plan, 1)
            ]
            return Reply(text="\n".join([f"{idea}: {found.question}", *steps]), data=found.as_dict())
        if verb == "add" and rest:
            return self._do("add_step", idea=idea, step=rest)
        if verb == "done" and rest.isdecimal():
            return self._do("finish_step", idea=idea, number=int(rest))
        raise _usage(self.do_plan)

    def do_run(self, words: str) -> Reply:
        """/run CODE: run Python in the box, as a cell of the notebook. More lines: /run <<END ... END."""
        if not words:
            raise _usage(self.do_run)
        return self._do("run_cell", code=words)

    def do_do(self, words: str) -> Reply:
        """/do TOOL {"name": value, ...}: use any tool; /tools lists them."""
        name, _, given = words.partition(" ")
        if not name:
            raise _usage(self.do_do)
        arguments = parse_json(given, f"what stands after /do {name}") if given.strip() else {}
        if not isinstance(arguments, dict):
            raise _usage(self.do_do)
        return self._do(name, **arguments)

    def do_tools(self, words: str) -> Reply:
        """/tools: what there is to use, and what kind of act each is."""
        rows = [
            {"tool": one.name, "kind": one.kind, "takes": list(one.takes.model_fields), "about": one.about}
            for one in tools().values()
        ]
        lines = [f"{row['tool']}({', '.join(row['takes'])}) [{row['kind']}]: {row['about']}" for row in rows]
        return Reply(text="\n".join(lines), data=rows)

    def do_acts(self, words: str) -> Reply:
        """/acts: what waits to be allowed, and the last acts. /acts a12: all of one."""
        if words:
            act = self.session.acts[words]
            return Reply(text=f"{act.headline()}: {act.state}\n{act.text}", data=_told(act))
        shown = [*self.session.acts.waiting(), *self.session.acts.all()[-10:]]
        unique = list({act.id: act for act in shown}.values())
        return Reply(
            text="\n".join(f"[{act.state}] {act.headline()}" for act in unique), data=list(map(_told, unique))
        )

    def do_approve(self, words: str) -> Reply:
        """/approve a12: allow what waits, and do it. /approve: all that waits."""
        waiting = [words] if words else [act.id for act in self.session.acts.waiting()]
        if not waiting:
            raise ConfigurationError("nothing waits to be allowed")
        replies = []
        for name in waiting:
            act = self.session.approve(name)
            replies.append(self._shown(self.session.carry_out(act)))
            granted = self.session.autonomy().of(act.kind)
            if self.session.acts.earned(act.kind, granted):
                more = LEVELS[LEVELS.index(granted) + 1]
                self.session.news.append(
                    f"the model's last {2 * WINDOW} acts of kind {act.kind} were right: "
                    f"/autonomy {act.kind} {more} would let it do more unasked"
                )
        reply = Reply(
            ok=all(reply.ok for reply in replies),
            text="\n".join(reply.text for reply in replies),
            data=[reply.data for reply in replies],
        )
        return self._went_on(reply)

    def do_deny(self, words: str) -> Reply:
        """/deny a12 REASON: refuse what waits; the reason goes to the model."""
        name, _, reason = words.partition(" ")
        waiting = [name] if name else [act.id for act in self.session.acts.waiting()]
        if not waiting:
            raise ConfigurationError("nothing waits to be allowed")
        denied = [self.session.deny(one, reason) for one in waiting]
        return self._went_on(Reply(text="\n".join(f"denied: {act.headline()}" for act in denied)))

    def do_wrong(self, words: str) -> Reply:
        """/wrong a12 WHAT IS TRUE: say that an act was wrong; what is true becomes a lesson."""
        name, _, lesson = words.partition(" ")
        if not lesson:
            raise _usage(self.do_wrong)
        act = self.session.acts[name]
        self.session.note("person", "wrong", act=act.id, reason=lesson)
        return self._do("add_lesson", text=lesson, source=act.id)

    def do_autonomy(self, words: str) -> Reply:
        """/autonomy: what the model may do unasked. /autonomy KIND ask|once|auto: grant that much."""
        if words:
            kind, _, level = words.partition(" ")
            if kind not in KINDS:
                raise UnknownNameError("kind of act", kind, KINDS)
            if level not in LEVELS:
                raise UnknownNameError("level", level, LEVELS)
            self.session.set_autonomy(kind, level)
        granted = self.session.autonomy()
        rows = {kind: {"granted": granted.of(kind), "now": self.session.level(kind)} for kind in KINDS}
        lines = [
            f"{kind}: {row['granted']}"
            + (f", now {row['now']}: the last were wrong" if row["now"] != row["granted"] else "")
            for kind, row in rows.items()
        ]
        return Reply(text="\n".join(lines), data=rows)

    def do_cost(self, words: str) -> Reply:
        """/cost: what the model and the acts have used, and what is left."""
        used, caps = spent(self.session.workspace.transcript.entries), self.session.settings().budget
        seconds = self.session.acts.seconds
        limits = {name: value for name, value in caps.model_dump().items() if value is not None}
        most = ", ".join(f"{name} {value:g}" for name, value in limits.items()) or "none"
        text = f"{used}; acts took {seconds:.1f} s; limits: {most}"
        data = {
            "calls": used.calls,
            "tokens": used.tokens,
            "cost": used.cost,
            "seconds": seconds,
            "limits": limits,
        }
        return Reply(text=text, data=data)

    def do_undo(self, words: str) -> Reply:
        """/undo: take back what the last act changed in ideas, plan, lessons or data."""
        act = self.session.undo()
        return Reply(text=f"taken back: {act.headline()}", data=_told(act))

    def do_knowledge(self, words: str) -> Reply:
        """/knowledge: all lessons. /knowledge WORDS: those about it. /knowledge add TEXT; replace k2 TEXT."""
        verb, _, rest = words.partition(" ")
        if not words:
            found = knowledge.lessons(self.session.workspace.root / KNOWLEDGE)
            lines = [f"{one.id} ({one.facts.confidence:g}, by {one.facts.by}): {one.text}" for one in found]
            return Reply(text="\n".join(lines) or "no lessons yet", data=[one.as_dict() for one in found])
        if verb == "add" and rest:
            return self._do("add_lesson", text=rest)
        if verb == "replace" and len(parts := rest.split(" ", 1)) == 2:
            return self._do("add_lesson", text=parts[1], replaces=parts[0])
        return self._do("recall_lessons", about=words)

    def do_figure(self, words: str) -> Reply:
        """/figure: list the pictures. /figure NAME: look at one; a model that sees is shown it next."""
        reply = self._do("look_at_figure", name=words) if words else self._do("list_figures")
        if words and reply.ok and self.assistant is not None:
            self.assistant.show(words)
        return reply

    def do_notebook(self, words: str) -> Reply:
        """/notebook: where it is. /notebook check: does the same come out again? /notebook run; restart."""
        match words:
            case "":
                return Reply(text=str(self.session.workspace.root / NOTEBOOK))
            case "check":
                return self._do("check_notebook")
            case "run":
                return self._do("run_notebook")
            case "restart":
                self.session.stop_kernel()
                return Reply(text="the kernel has ended; the next cell begins with a new one")
        raise _usage(self.do_notebook)

    def do_check(self, words: str) -> Reply:
        """/check: do the notebook's numbers come out again, and is each lesson's source there?"""
        checked = self._do("check_notebook")
        loose = [
            one.id
            for one in knowledge.lessons(self.session.workspace.root / KNOWLEDGE)
            if not one.facts.source
        ]
        note = f"lessons without a source: {', '.join(loose)}" if loose else ""
        data = {"notebook": checked.data, "lessons_without_source": loose}
        return Reply(
            ok=checked.ok and not loose, text="\n".join(filter(None, [checked.text, note])), data=data
        )

    def do_help(self, words: str) -> Reply:
        """/help: this."""
        lines = [inspect.getdoc(command) or "" for command in self._commands().values()]
        lines.append(
            "Anything else is said to the model"
            + (": there is none in this session." if self.assistant is None else ".")
        )
        return Reply(text="\n".join(lines), data=lines)

    def do_quit(self, words: str) -> Reply:
        """/quit: end the session; all is kept."""
        return Reply(over=True)

    def _said(self, text: str) -> Reply:
        """Say something to the model; without one it is a note in the transcript."""
        self.session.note("person", "message", text=text)
        if self.assistant is None:
            return Reply(text="noted (there is no model in this session; /help says what can be done)")
        return _reply(self.assistant.answer(text))

    def _went_on(self, reply: Reply) -> Reply:
        """Let the model go on with what was decided, if nothing else waits."""
        if self.assistant is None or not self.assistant.waits or self.session.acts.waiting():
            return reply
        more = _reply(self.assistant.go_on())
        return Reply(ok=reply.ok and more.ok, text=f"{reply.text}\n{more.text}", data=[reply.data, more.data])

    def _do(self, tool: str, **arguments: Any) -> Reply:
        return self._shown(self.session.do(tool, **arguments))

    def _shown(self, result: Result) -> Reply:
        last = self.session.acts.all()[-1]
        return Reply(
            ok=result.ok,
            text=result.text,
            data={
                "act": last.id,
                "cites": list(result.cites),
                "result": result.data,
                "figures": list(result.figures),
            },
        )

    def _commands(self) -> dict[str, Callable[[str], Reply]]:
        names = [name for name in vars(type(self)) if name.startswith("do_")]
        return {name.removeprefix("do_"): getattr(self, name) for name in names}


def _told(act: Act) -> dict[str, Any]:
    return {
        "act": act.id,
        "tool": act.tool,
        "kind": act.kind,
        "who": act.who,
        "state": act.state,
        "text": act.text,
        "arguments": dict(act.arguments),
    }


def _reply(turn: Turn) -> Reply:
    return Reply(ok=turn.ok, text=turn.text, data=turn.as_dict())


def _usage(command: Callable[[str], Reply]) -> ConfigurationError:
    return ConfigurationError(" ".join((inspect.getdoc(command) or "").split()))

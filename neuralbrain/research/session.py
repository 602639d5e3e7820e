"""A session: acts are asked for, allowed, carried out and written down.

Whatever is said to have happened is on the disk by then: each step is a line of the transcript before it is
told. A session that was killed goes on with what stands there.
"""

import json
import math
import time
from collections.abc import Mapping
from typing import Any, Self

from neuralbrain import __version__
from neuralbrain.errors import ConfigurationError, NeuralBrainError, told
from neuralbrain.interruption import Postponed
from neuralbrain.research.acts import Act, Acts
from neuralbrain.research.box.kernel import Kernel
from neuralbrain.research.grants import grant, granted
from neuralbrain.research.registry import Desk, Result, find_tool
from neuralbrain.research.settings import Autonomy, Kind, Level, Settings, changed, parsed
from neuralbrain.research.transcript import Entry, Who
from neuralbrain.research.workspace import NOTEBOOK, SETTINGS, Workspace

LONGEST = 20_000
"""Characters of a result in the transcript; what is longer is cut in its middle."""


class Session:
    """One session in a workspace; use it in a ``with``.

    Args:
        workspace: It; closed with the session.
        allow_unfenced: Whether code may run with no fence, where the machine has none.
        through: By which way it is used, where that is not a person's terminal ("mcp"): what a person has
            allowed once stays allowed.
        kernel: One that runs already, from a session before.

    Attributes:
        workspace: Likewise.
        acts: All acts, from all its sessions.
        news: What has to be said at the start.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        allow_unfenced: bool = False,
        through: str = "",
        kernel: Kernel | None = None,
    ) -> None:
        self.workspace, self._allow_unfenced = workspace, allow_unfenced
        self._kernel = kernel
        self.news: list[str] = []
        try:
            self.acts = Acts(workspace.transcript.entries)
            self._begin(through)
        except BaseException:
            workspace.close()
            raise

    def _begin(self, through: str) -> None:
        """Write down that it begins, and find out what its person has to be told."""
        transcript, kernel = self.workspace.transcript, self._kernel
        begun = bool(transcript.entries)
        self.note("session", "open", version=__version__, through=through)
        if transcript.lost is not None:
            self.note("session", "mend", lost=transcript.lost[:LONGEST])
            self.news.append(
                "the transcript's last line had been cut off, and was taken away: its writer was killed"
            )
        for act in self.acts.unfinished():
            self._end(act, "broken", Result(text="the session ended meanwhile", ok=False), 0.0)
            self.news.append(
                f"{act.headline()} was broken off when the session ended: nothing is known of its end"
            )
        for act in self.acts.waiting():
            self.news.append(f"{act.headline()} waits for /approve or /deny")
        if begun and kernel is None and self.workspace.text(NOTEBOOK) is not None:
            self.news.append("the kernel is a new one: /notebook run runs the cells again")
        wished, usable = self.workspace.settings.autonomy, self.autonomy()
        if usable != wished:
            more = [kind for kind in Autonomy.model_fields if getattr(wished, kind) != getattr(usable, kind)]
            self.news.append(
                f"workspace.toml wishes more autonomy ({', '.join(more)}) than was granted on this machine: "
                "/autonomy KIND LEVEL grants it"
            )

    def note(self, who: Who, event: str, **data: Any) -> Entry:
        """Write a line into the transcript, and take note of it.

        Raises:
            RecordError: It cannot be written.
        """
        with Postponed():  # nothing comes between the line and what is made of it
            entry = self.workspace.transcript.write(who, event, **data)
            self.acts.apply(entry)
        return entry

    def settings(self) -> Settings:
        """Return the settings as they stand now: a person may have changed the file."""
        return self.workspace.read_settings()

    def autonomy(self) -> Autonomy:
        """Return what a person has granted: what the file says, no more than was granted on this machine."""
        return self.settings().autonomy.within(granted(self.workspace.root))

    def level(self, kind: Kind) -> Level:
        """Return how freely the model may act now."""
        return self.acts.level(kind, self.autonomy().of(kind))

    def set_autonomy(self, kind: Kind, level: Level) -> None:
        """Grant a level; only a person's command comes here.

        Raises:
            RecordError: It cannot be written.
        """
        text = self.workspace.text(SETTINGS) or ""
        after = changed(text, "autonomy", kind, f'"{level}"')
        parsed(after, SETTINGS)  # or it is refused before it is written
        grant(self.workspace.root, kind, level)
        self.workspace.write(SETTINGS, after)
        self.note("person", "autonomy", kind=kind, level=level)

    def ask_for(self, who: Who, tool: str, arguments: Mapping[str, Any], call: str = "") -> Act:
        """Ask for an act. A person's own is allowed; a model's by its autonomy, or it waits.

        Args:
            who: Asks.
            tool: What is to be done.
            arguments: With what.
            call: The model's own id of it.

        Raises:
            UnknownNameError: There is no such tool.
            ConfigurationError: The arguments do not fit.
        """
        try:
            chosen = find_tool(tool)
            given = chosen.given(arguments).model_dump(mode="json", exclude_unset=True)
        except ConfigurationError as error:
            self.note(who, "refused", tool=tool[:200], text=str(error))
            raise
        entry = self.note(who, "act", tool=tool, kind=chosen.kind, arguments=given, call=call)
        act = self.acts[f"a{entry.n}"]
        if who == "person":
            self.note("person", "approve", act=act.id, how="person")
        elif (level := self.level(act.kind)) == "auto" or (
            level == "once" and self.acts.allowed_once(act.kind)
        ):
            self.note("session", "approve", act=act.id, how=level)
        return act

    def approve(self, name: str) -> Act:
        """Allow an act that waits; it is not carried out yet.

        Raises:
            UnknownNameError: There is no such act.
            ConfigurationError: It does not wait.
        """
        act = self._waiting(name)
        self.note("person", "approve", act=act.id, how="person")
        return act

    def deny(self, name: str, reason: str) -> Act:
        """Refuse an act that waits.

        Raises:
            UnknownNameError: There is no such act.
            ConfigurationError: It does not wait.
        """
        act = self._waiting(name)
        self.note("person", "deny", act=act.id, reason=reason or "the person does not want it")
        return act

    def carry_out(self, act: Act) -> Result:
        """Do what was allowed.

        Returns:
            What came of it; ``ok`` is false if it failed.

        Raises:
            ConfigurationError: It was not allowed.
            KeyboardInterrupt: The person stopped it; that is written down.
        """
        if act.state != "allowed":
            raise ConfigurationError(f"{act.id} is {act.state}: only what was allowed is done")
        settings = self.settings()
        hours = settings.budget.hours
        if hours is not None and self.acts.seconds >= hours * 3600:
            return self._end(
                act, "failed", Result(text=f"the budget allows acts of {hours:g} hours in all", ok=False), 0
            )
        self.note("session", "begin", act=act.id)
        chosen = find_tool(act.tool)
        desk = Desk(
            workspace=self.workspace,
            settings=settings,
            acts=self.acts,
            act=act.id,
            who=act.who,
            change=lambda path, text: self._change(act, path, text),
            kernel=self.kernel,
        )
        begun = time.monotonic()
        try:
            result = chosen.use(chosen.given(act.arguments), desk)
        except KeyboardInterrupt:
            self._end(
                act, "interrupted", Result(text="stopped by the person", ok=False), time.monotonic() - begun
            )
            raise
        except NeuralBrainError as error:
            result = Result(text=str(error), ok=False)
        except Exception as error:  # a fault of ours ends an act, not a session
            result = Result(text=f"this is a bug in NeuralBrain: {told(error)}", ok=False)
        return self._end(act, "done" if result.ok else "failed", result, time.monotonic() - begun)

    def do(self, tool: str, **arguments: Any) -> Result:
        """Ask for an act of the person's own, and carry it out.

        Raises:
            ConfigurationError: There is no such tool, or the arguments do not fit.
        """
        return self.carry_out(self.ask_for("person", tool, arguments))

    def undo(self) -> Act:
        """Take back what the last act changed in the workspace's files.

        Raises:
            ConfigurationError: There is nothing to take back, or a file was changed since.
        """
        act = self.acts.last_change()
        if act is None:
            raise ConfigurationError("nothing to undo: no act has changed ideas, plan, lessons or files")
        stood: dict[str, tuple[str | None, str | None]] = {
            path: (before, None) for path, before, _ in reversed(act.changes)
        }
        for path, _, after in act.changes:
            stood[path] = (stood[path][0], after)
        for path, known in stood.items():
            if self.workspace.text(path) not in known:
                raise ConfigurationError(
                    f"{path} was changed since {act.id}, by hand or by others: change it back by hand"
                )
        for path, (before, _) in stood.items():
            self.workspace.write(path, before)
        self.note("person", "undo", act=act.id)
        return act

    def kernel(self) -> Kernel:
        """Return the kernel in the box, started if need be.

        Raises:
            ConfigurationError: The machine has no box, and running without one was not allowed.
        """
        if self._kernel is None or not self._kernel.alive:
            self.stop_kernel()
            settings = self.settings()
            self._kernel = Kernel(
                self.workspace, settings.box, seed=settings.seed, allow_unfenced=self._allow_unfenced
            )
            fence = self._kernel.fence
            self.note("session", "box", fence=fence.name, open=list(fence.open))
            if fence.open:
                self.news.append(f"code runs in a box ({fence.name}); not fenced: {'; '.join(fence.open)}")
        return self._kernel

    def stop_kernel(self) -> None:
        """End the kernel; what its variables held is gone."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def hand_over(self) -> Kernel | None:
        """Return the kernel, which then outlives the session; None if none runs."""
        kernel, self._kernel = self._kernel, None
        return kernel

    def close(self) -> None:
        """End it in order."""
        self.stop_kernel()
        try:
            self.note("session", "close")
        finally:
            self.workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _waiting(self, name: str) -> Act:
        act = self.acts[name]
        if act.state != "waiting":
            raise ConfigurationError(f"{act.id} does not wait for anybody: it is {act.state}")
        return act

    def _change(self, act: Act, path: str, text: str | None) -> None:
        before = self.workspace.text(path)
        with Postponed():
            self.note(act.who, "change", act=act.id, path=path, before=before, after=text)
            self.workspace.write(path, text)

    def _end(self, act: Act, outcome: str, result: Result, seconds: float) -> Result:
        self.note(
            "session", "end", act=act.id, outcome=outcome, text=shortened(result.text),
            data=_plain(result.data), cites=list(result.cites), figures=list(result.figures),
            seconds=round(seconds, 3),
        )  # fmt: skip
        return result


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text, its middle left out where it is longer."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _plain(value: Any) -> Any:
    """Return what a tool returned as plain data: what is no number in JSON becomes words."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return (
        value
        if value is None or isinstance(value, str | int | float)
        else json.loads(json.dumps(value, default=str))
    )

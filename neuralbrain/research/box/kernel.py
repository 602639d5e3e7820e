"""An IPython kernel in the box, reached over Unix sockets; it has no network."""

import contextlib
import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from neuralbrain.errors import RuntimeUnavailableError
from neuralbrain.research.box import seccomp
from neuralbrain.research.box.fence import Fence, environment, fence
from neuralbrain.research.box.limits import Limits, used
from neuralbrain.research.extras import end_loop, needed
from neuralbrain.research.settings import BoxLimits
from neuralbrain.research.workspace import WRITABLE, Workspace

START = 30.0
"""A kernel has to answer within so many seconds."""
PATIENCE = 3.0
"""Code that is interrupted has so many seconds to end; then the kernel is ended."""
LOOK = 0.25
"""So often the watchman looks, s."""
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
LARGEST = 8 * 2**20
"""So many characters of output are kept; code that says more is interrupted."""
FIRST = """\
import random
random.seed({seed})
SEED = {seed}
try:
    import numpy as np
    np.random.seed({seed})
except ImportError:
    pass
"""


@dataclass
class Ran:
    """What came of a cell.

    Attributes:
        outputs: As nbformat has them.
        error: Why it did not end well, in a line; empty: it did.
        ended: Whether the kernel ended with it, and its variables are gone.
    """

    outputs: list[Any] = field(default_factory=list)
    error: str = ""
    ended: bool = False


class Kernel:
    """A kernel, started and ready.

    Args:
        workspace: What it sees.
        limits: What it may use.
        seed: Of the random numbers of cells.
        allow_unfenced: Whether it may run with no fence, where the machine has none.

    Attributes:
        fence: What stands around it, and what that leaves open.

    Raises:
        ConfigurationError: There is no fence, or what it needs is not installed.
        RuntimeUnavailableError: It does not start.
    """

    def __init__(self, workspace: Workspace, limits: BoxLimits, *, seed: int, allow_unfenced: bool) -> None:
        client = needed("jupyter_client")
        needed("ipykernel")
        self._folders = [workspace.root / name for name in WRITABLE]
        self._held = used(self._folders)
        self._wire = Path(tempfile.mkdtemp(prefix="nb-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._client: Any = None
        self._limits = Limits(limits)
        try:
            around = fence(workspace.root, self._wire, allow_unfenced=allow_unfenced)
            self.fence = (
                around
                if around.name == "none"
                else replace(around, open=(*around.open, *self._limits.unfenced))
            )
            connection = {
                "transport": "ipc", "key": secrets.token_hex(32), "signature_scheme": "hmac-sha256",
                **{f"{name}_port": number for number, name in enumerate(CHANNELS, start=1)},
            }  # fmt: skip
            file = self._wire / "connection.json"
            file.write_text(json.dumps({**connection, "ip": f"{around.wire}/k"}))
            self._start(workspace.root, around, f"{around.wire}/connection.json")
            self._client = client.BlockingKernelClient()
            self._client.context.setsockopt(needed("zmq").MAXMSGSIZE, 4 * LARGEST)
            self._client.load_connection_info({**connection, "ip": f"{self._wire}/k"})
            self._client.start_channels(hb=False)
            self._wait_until_ready()
            ran = self.run(FIRST.format(seed=seed), seconds=START)
            if ran.error:
                raise RuntimeUnavailableError(f"the kernel in the box does not work: {ran.error}")
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def run(self, code: str, *, seconds: float) -> Ran:
        """Run a cell.

        Args:
            code: It.
            seconds: How long it may take.

        Raises:
            KeyboardInterrupt: The person stopped it; code that does not stop ends with its kernel.
        """
        nbformat = needed("nbformat")
        ran, end, size = Ran(), time.monotonic() + seconds, 0
        asked = self._client.execute(code, allow_stdin=False, store_history=False)
        stopping: float | None = None
        looked = 0.0
        while True:
            now = time.monotonic()
            try:
                if now - looked > LOOK:
                    looked = now
                    passed = self._limits.exceeded(self._pid, self._folders, self._held)
                    if passed:
                        return self._over(ran, passed)
                if not ran.error and now > end:
                    ran.error, stopping = f"it took longer than {seconds:g} s", now + PATIENCE
                    self._interrupt()
                if stopping is not None and now > stopping:
                    return self._over(ran, ran.error or "it did not stop")
                message = self._client.get_iopub_msg(timeout=LOOK)
            except queue.Empty:
                if not self.alive:
                    return self._over(ran, self._cause())
                continue
            except KeyboardInterrupt:
                self._stopped(asked)
                raise
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return ran
            if kind in ("stream", "display_data", "execute_result", "error"):
                size += len(str(content))
                if size > LARGEST:
                    if not ran.error:
                        ran.error, stopping = f"it said more than {LARGEST >> 20} MiB", now + PATIENCE
                        self._interrupt()
                    continue
                _join(ran.outputs, nbformat.v4.output_from_msg(message))
                if kind == "error" and not ran.error:
                    ran.error = f"{content['ename']}: {content['evalue']}"

    def close(self) -> None:
        """End it, and all that it started."""
        if self._client is not None:
            self._client.stop_channels()
            self._client.context.term()
            self._client = None
            end_loop()
        if self._process is not None:
            self._process.kill()  # with its first process goes all of its namespace
            self._process.wait()
        self._limits.close()
        shutil.rmtree(self._wire, ignore_errors=True)

    @property
    def _pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def _start(self, root: Path, around: Fence, file: str) -> None:
        kernel = [sys.executable, "-m", "ipykernel_launcher", "-f", file, "--IPKernelApp.parent_handle=0",
                  "--InteractiveShell.cache_size=0", "--HistoryManager.enabled=False", "--quiet"]  # fmt: skip
        words, handles = list(around.command), list[int]()
        if words and (handle := seccomp.exported()) is not None:
            words += ["--seccomp", str(handle)]
            handles.append(handle)
        words += ["--"] if words else []
        log = (self._wire / "log").open("wb")
        self._process = subprocess.Popen(
            [*self._limits.before(), *words, *kernel],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=root,
            env=environment(root, around.home),
            pass_fds=handles,
            start_new_session=True,  # Ctrl-C is the session's, which passes it on
        )
        log.close()
        for handle in handles:
            os.close(handle)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START
        while time.monotonic() < end:
            if not self.alive:
                said = (self._wire / "log").read_text(errors="replace").strip().splitlines()
                raise RuntimeUnavailableError(
                    f"the kernel in the box did not start: {said[-1] if said else self._cause()}"
                )
            if not all((self._wire / f"k-{port}").exists() for port in (1, 2, 4)):
                time.sleep(0.01)
                continue
            self._client.kernel_info()
            with contextlib.suppress(queue.Empty):
                while self._client.get_shell_msg(timeout=0.5)["msg_type"] != "kernel_info_reply":
                    pass
                with contextlib.suppress(queue.Empty):
                    while True:
                        self._client.get_iopub_msg(timeout=0.05)
                return
        raise RuntimeUnavailableError(f"the kernel in the box did not answer within {START:g} s")

    def _interrupt(self) -> None:
        """Ask it to stop what it does: no signal passes the fence."""
        message = self._client.session.msg("interrupt_request", {})
        self._client.control_channel.send(message)

    def _stopped(self, asked: str) -> None:
        """Have a cell end that the person has stopped."""
        self._interrupt()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.alive:
            with contextlib.suppress(queue.Empty):
                message = self._client.get_iopub_msg(timeout=LOOK)
                idle = message["content"].get("execution_state") == "idle"
                if message["parent_header"].get("msg_id") == asked and idle:
                    return
        self.close()

    def _over(self, ran: Ran, why: str) -> Ran:
        self.close()
        ran.error, ran.ended = f"{why}; the kernel was ended, and its variables are gone", True
        return ran

    def _cause(self) -> str:
        """Return why it has ended, in words."""
        if self._limits.killed():
            return f"out of memory: the box has {self._limits.most.memory} MiB"
        code = 0 if self._process is None else self._process.returncode or 0
        number = -code if code < 0 else code - 128
        with contextlib.suppress(ValueError):
            return f"the kernel ended by {signal.Signals(number).name}"
        return f"the kernel ended with status {code}"


def _join(outputs: list[Any], output: Any) -> None:
    """Add an output; pieces of one stream become one, since how it is cut differs from run to run."""
    last = outputs[-1] if outputs else None
    streams = last is not None and output["output_type"] == last["output_type"] == "stream"
    if last is not None and streams and last["name"] == output["name"]:
        last["text"] += output["text"]
    else:
        outputs.append(output)

"""A local Ray is ours alone: on this machine only, with a token; and who waits is told for whom."""

import logging
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from neuralbrain.errors import RuntimeUnavailableError
from neuralbrain.runtime import cluster, open_session, watchdog
from tests.runtime.faulty import brain

LISTENS = "0A"
"""A socket's state in /proc/net/tcp (Linux, include/net/tcp_states.h)."""


def descendants(pid: int) -> set[int]:
    """Return a process and all that it has started."""
    found = {pid}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found |= descendants(int(child))
    return found


def listening(pids: set[int]) -> set[str]:
    """Return the addresses, in hexadecimal, at which processes listen."""
    sockets = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets |= set(re.findall(r"socket:\[(\d+)\]", os.readlink(link)))
            except FileNotFoundError:
                continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            (
                _,
                local,
                _,
                state,
                *_,
            ) = line.split()
            if state == LISTENS and line.split()[9] in sockets:
                found.add(local.partition(":")[0])
    return found


@pytest.mark.ray
def test_a_local_ray_listens_on_this_machine_only_and_wants_a_token(ray_session: None) -> None:
    loopback = {"0100007F", "0000000000000000FFFF00000100007F"}
    assert listening(descendants(os.getpid())) <= loopback
    assert os.environ["RAY_AUTH_MODE"] == "token"
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


@pytest.mark.ray
def test_no_process_of_a_local_ray_asks_a_cloud_where_it_runs(ray_session: None) -> None:
    started = [Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(os.getpid())]
    assert any("gcs_server" in words for words in started)
    assert not any("dashboard.py" in words for words in started)


@pytest.mark.parametrize(
    ("stderr", "says"),
    [
        ("", "no reason given"),
        ("The actor died unexpectedly.\n\tclass_name: GroupActor\n\tpid: 1", "The actor died unexpectedly."),
        (
            "W gcs_client.cc: RPC error: InvalidAuthToken: x\nConnectionError: no",
            "its token is another than ours",
        ),
        (
            'Traceback\n  File "x"\nRuntimeError: Version mismatch: The cluster was started with:\n'
            "    Ray: 2.58.0\n    Python: 3.11.2\n",
            "RuntimeError: Version mismatch: The cluster was started with: Ray: 2.58.0 Python: 3.11.2",
        ),
    ],
)
def test_what_a_cluster_refuses_is_said_in_one_line(stderr: str, says: str) -> None:
    assert cluster.reason(stderr).startswith(says)


def test_a_cluster_that_runs_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster.socket, "create_connection", lambda *_, **__: open(os.devnull))  # noqa: SIM115
    there = b"neuralbrain cannot be imported (ModuleNotFoundError: No module named 'neuralbrain')\n"
    monkeypatch.setattr(
        subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 0, stdout=there)
    )
    with pytest.raises(RuntimeUnavailableError, match="there neuralbrain cannot be imported.* here Python 3"):
        cluster._knock("localhost:6379")


@pytest.mark.parametrize(
    ("runtime", "says"),
    [
        ("inline", "region 'bad0' has been in step for"),
        pytest.param("ray", "group 'b' (bad0) has not answered for", marks=pytest.mark.ray),
    ],
)
def test_a_region_that_does_not_come_back_is_named(
    ray_session: None,
    runtime: str,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watchdog, "HANG_SECONDS", 0.2)
    with (
        caplog.at_level(logging.WARNING, "neuralbrain"),
        open_session(brain("slow"), 0, runtime=runtime) as session,
    ):
        session.advance()
    assert says in caplog.text
    assert session.tick == 11


def test_the_watch_ends_with_its_session() -> None:
    import threading

    before = threading.active_count()
    with open_session(brain(), 0):
        assert threading.active_count() == before + 1
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_whatever_ray_raises_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(**_: Any) -> None:
        raise Exception("The current node timed out during startup. This could happen because ...")

    monkeypatch.setattr(cluster.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(cluster.ray, "init", init)
    with (
        pytest.raises(
            RuntimeUnavailableError, match=r"timed out during startup.*--runtime inline needs no Ray"
        ),
        cluster.session(None),
    ):
        pass


def test_who_is_ended_while_ray_starts_ends_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    came = []

    def init(**_: Any) -> None:
        cluster.utils.set_sigterm_handler(lambda *_: came.append("Ray's handler"))
        os.kill(os.getpid(), signal.SIGTERM)
        came.append("up")

    def ours(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(cluster.ray, "init", init)
    monkeypatch.setattr(cluster.ray, "shutdown", lambda: came.append("down"))
    before = signal.signal(signal.SIGTERM, ours)
    try:
        with pytest.raises(KeyboardInterrupt), cluster.session(None):
            came.append("used")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert came == ["up", "down"]

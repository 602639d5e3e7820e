"""An interruption lands between two ticks, whatever runs, and one can go on from there."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Sequence

import pytest

from neuralbrain.interruption import Postponed
from neuralbrain.runtime import Emission, open_session, run_brain
from tests.runtime.toys import fast_ring


class Nervous:
    """Interrupts its own process, and makes another error of it, as libraries do."""

    def __init__(self, at: int, times: int = 1) -> None:
        self.at, self.times = at, times

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        if until <= self.at:
            return
        self.at = 10**9
        try:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)
        except BaseException as error:
            raise ValueError("planner: no such action") from error


@pytest.mark.parametrize("runtime", ["inline", "ray"])
def test_a_run_goes_on_after_an_interruption_as_if_nothing_was(ray_session: None, runtime: str) -> None:
    whole = run_brain(fast_ring(), 3)
    with open_session(fast_ring(), 3, runtime=runtime, observers=[Nervous(20)]) as session:
        with pytest.raises(KeyboardInterrupt):
            session.advance()
        assert 20 < session.tick < whole.ticks
        session.advance()
        assert session.finish(commit=False).trace == whole.trace


def test_a_second_one_does_not_wait() -> None:
    with open_session(fast_ring(), 3, observers=[Nervous(20, times=2)]) as session:
        with pytest.raises(ValueError, match="planner") as caught:
            session.advance()
        assert isinstance(caught.value.__cause__, KeyboardInterrupt)


def test_the_start_is_interrupted_when_it_is_made_and_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from neuralbrain.runtime.inline import InlineSession

    made, build = [], InlineSession.__init__

    def interrupted(session: InlineSession, *args: object, **options: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        build(session, *args, **options)  # type: ignore[arg-type]
        made.append(session)

    monkeypatch.setattr(InlineSession, "__init__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_session(fast_ring(), 3)
    assert [session.closed for session in made] == [True]


def test_handlers_are_as_before_and_only_those_in_python_wait() -> None:
    before = signal.getsignal(signal.SIGINT), signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Postponed() as interruption:
            os.kill(os.getpid(), signal.SIGTERM)
            assert not interruption
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before[1])
    assert signal.getsignal(signal.SIGINT) == before[0]


def test_another_thread_does_without() -> None:
    found: list[str] = []

    def work() -> None:
        with open_session(fast_ring(), 3) as session:
            session.advance()
            found.append(session.finish(commit=False).trace)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [run_brain(fast_ring(), 3).trace]


def test_a_command_is_interrupted_though_a_library_makes_another_error_of_it() -> None:
    program = """
        import os, signal, sys
        from neuralbrain import cli
        from neuralbrain.cli.app import app

        @app.command()
        def plan() -> None:
            try:
                os.kill(os.getpid(), signal.{name})
                sum(range(10**7))
            except KeyboardInterrupt:
                raise ValueError("no such action") from None

        cli.main(["plan"])
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        text = textwrap.dedent(program).format(name=number.name)
        before = signal.signal(number, signal.SIG_DFL)  # under nohup, children would ignore it
        try:
            done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
        finally:
            signal.signal(number, before)
        assert (done.returncode, done.stderr) == (128 + number, "interrupted\n")

"""The key is seen nowhere: in no file of a run, nothing that is printed, and no list of processes."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuralbrain.agents.oracle.server import Asked, Reply, ScriptedServer
from neuralbrain.language.key import KEY, URL
from neuralbrain.record.log import read_log
from tests.language_model.brains import RIDDLE

ROOT = Path(__file__).parents[2]
SECRET = "sk-proj-7Hq2secretsecret_9-Zx"


@contextlib.contextmanager
def processes_watched() -> Iterator[list[str]]:
    """Look at the command lines of all processes, again and again."""
    seen: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    if SECRET.encode() in process.read_bytes():
                        seen.append(process.read_bytes().decode())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def test_the_watch_sees_a_key() -> None:
    with processes_watched() as seen:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)", SECRET], check=True)
    assert seen


@pytest.mark.ray
@pytest.mark.parametrize("runtime", ["inline", "ray"])
def test_the_key_is_in_no_file_and_no_list_of_processes(runtime: str) -> None:
    """The server answers the probe with an error that repeats it, and the question with the key in it."""

    def script(asked: Asked) -> Reply:
        sent = server.headers[-1]["authorization"]
        assert sent == f"Bearer {SECRET}"
        if "response_format" in asked and "tomato" in json.dumps(asked):
            return Reply(status=400, error=f"{'x' * 270} what does {sent} mean, with response_format?")
        return Reply(text=json.dumps({"reply": {"kind": "say", "text": f"I know {sent}."}}))

    with tempfile.TemporaryDirectory(prefix="nb", dir="/tmp") as name:  # Ray's sockets need a short path
        home = Path(name)
        (home / ".env").write_text(f"{KEY}={SECRET}\n")
        with ScriptedServer(script).running() as server, processes_watched() as seen:
            command = (
                f"-m neuralbrain episode --cortex model --model m --json --debug --base-url {server.url}"
            )
            words = [*command.split(), "--runtime", runtime, "--no-movie", "--env", "tabletop-place", RIDDLE]
            told = {name: value for name, value in os.environ.items() if name not in (KEY, URL)}
            told |= {"HOME": name, "XDG_CACHE_HOME": f"{name}/cache", "RAY_TMPDIR": f"{name}/ray"}
            told["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
            done = subprocess.run(
                [sys.executable, *words], cwd=home, env=told, check=False, capture_output=True, text=True
            )
        result = json.loads(done.stdout)
        assert result["answer"].endswith("I know Bearer ***."), done.stderr
        assert server.asked and seen == [] and SECRET not in done.stdout + done.stderr
        (home / ".env").unlink()
        files = [file for file in home.rglob("*") if file.is_file()]
        assert [file for file in files if SECRET.encode() in file.read_bytes()] == []
        (log,) = home.rglob("episode.mcap")
        words = [
            emission.message.model_dump_json() for emission in read_log(log, kinds=KINDS)
        ]  # it is packed
        assert len(words) > 3 and not any(SECRET in word for word in words) and any("***" in w for w in words)


KINDS = {"model_request", "model_reply", "model_call", "deliberated", "done"}

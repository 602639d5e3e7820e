"""Ray itself: a local one that is ours alone, or a cluster that somebody names.

Who reaches a Ray cluster runs code on it. So a local one listens on 127.0.0.1 only and wants Ray's token, it
is never the one that happens to run on the machine or that ``RAY_ADDRESS`` names, and it asks nobody outside
anything. A cluster is tried first in a process of its own: what it refuses is said in Ray's words.
"""

import contextlib
import logging
import os
import platform
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

if "ray" not in sys.modules:  # it reads this once, when it is imported
    os.environ["RAY_AUTH_MODE"] = "token"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the coming default; the old one warns
os.environ.setdefault("RAY_worker_niceness", "0")  # else 15: whatever else runs here would hold up the arm

import ray
from ray._private import ray_constants, services, utils
from ray.job_config import JobConfig

import neuralbrain
from neuralbrain.errors import NeuralBrainError, RuntimeUnavailableError
from neuralbrain.interruption import Postponed

CONNECT_SECONDS = 60.0
"""How long to wait for a cluster before giving up, s."""
HINT = "check the address (host:port), leave --ray-address out to start Ray here, or use --runtime inline"

_PROBE = """
import os, platform, sys, ray
def there():
    try:
        import neuralbrain
    except Exception as error:
        return f"neuralbrain cannot be imported ({told(error)})"
    return f"Python {platform.python_version()}, Ray {ray.__version__}, neuralbrain {neuralbrain.__version__}"
os.chdir("/")  # Ray would have the workers look for modules in the present folder first
ray.init(sys.argv[1], log_to_driver=False)
print(ray.get(ray.remote(there).remote()))
"""
"""Joins a cluster and prints what its workers run."""


class _Folders(list[str]):
    """Where Ray's workers find modules before they look elsewhere: not in the present folder, as Ray has it.

    A file there that has the name of a library would be run in its place.
    """

    def extend(self, folders: Iterable[str]) -> None:
        home = Path(neuralbrain.__file__).parents[1]
        super().extend(folder for folder in folders if Path(folder) == home)


@contextlib.contextmanager
def session(address: str | None) -> Iterator[None]:
    """Have Ray running inside: the one that this process has started, a cluster, or a local one of its own.

    Args:
        address: Of a cluster; None: a local one, which ends with this.

    Raises:
        RuntimeUnavailableError: It does not start, or the cluster does not answer within
            ``CONNECT_SECONDS``, or it runs something else than we do.
    """
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {
        "include_dashboard": False,
        "logging_level": logging.ERROR,
        "log_to_driver": False,
        "configure_logging": False,
        "job_config": JobConfig(),
    }
    options["job_config"]._py_driver_sys_path = _Folders()
    if address is None:
        where, hint = "a local Ray", "`python run.py doctor` says more, and --runtime inline needs no Ray"
        options |= {"address": "local", "num_cpus": max(8, os.cpu_count() or 1)}  # room for every group
    else:
        where, hint = f"the Ray cluster at {address}", HINT
        options["address"] = address
        _knock(address)
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        with Postponed() as interruption, _handled(), contextlib.nullcontext() if address else _alone():
            ray.init(**options)
            if interruption:
                ray.shutdown()
    except NeuralBrainError:
        raise
    except Exception as error:  # Ray raises plain ones, too
        if "AF_UNIX" in str(error):  # the kernel takes 107 bytes
            hint = "its sockets lie in the folder of temporary files: set RAY_TMPDIR to a shorter one"
        raise RuntimeUnavailableError(f"{where} cannot be used: {reason(str(error))}; {hint}") from error
    try:
        yield
    finally:
        ray.shutdown()


@contextlib.contextmanager
def _handled() -> Iterator[None]:
    """Leave SIGTERM to our handler, where there is one.

    Ray puts its own while it starts, which would end the process then and there, and leave its agents behind.
    """
    before = utils.set_sigterm_handler
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        utils.set_sigterm_handler = lambda _: None
    try:
        yield
    finally:
        utils.set_sigterm_handler = before


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Have a Ray that is started inside listen on 127.0.0.1 only, and ask no cloud where it runs.

    Ray has no setting for either on Linux. What it has for macOS and Windows makes 127.0.0.1 the address of
    the machine; its dashboard's process does nothing for us but ask 169.254.169.254, statistics or not.
    """
    if os.environ.get("RAY_AUTH_MODE", "token").lower() != "token":
        raise RuntimeUnavailableError(
            "Ray was imported while RAY_AUTH_MODE was not token, so anybody on this machine could run code "
            "in it: unset RAY_AUTH_MODE, or use --runtime inline"
        )
    before = ray_constants.ENABLE_RAY_CLUSTER, services.start_api_server
    ray_constants.ENABLE_RAY_CLUSTER, services.start_api_server = False, lambda *_, **__: (None, None)
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER, services.start_api_server = before


def _knock(address: str) -> None:
    """Try a cluster in a process of its own first, with a time limit, and see what its workers run.

    ray.init has no limit, and where a port accepts but no cluster speaks, it ends the whole process from C++
    after a minute, and with it a run's record.

    Raises:
        RuntimeUnavailableError: It cannot be joined.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address != "auto":
        if not host or not port.isdigit():
            raise RuntimeUnavailableError(f"{address!r} is not the address of a Ray cluster: give host:port")
        try:
            socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS / 2).close()
        except OSError as error:
            raise RuntimeUnavailableError(f"no Ray cluster answers at {address}: {error}; {HINT}") from error
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _PROBE, address],
            check=True,
            capture_output=True,
            timeout=CONNECT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeUnavailableError(
            f"the Ray cluster at {address} did not answer within {CONNECT_SECONDS:.0f} s; {HINT}"
        ) from error
    except subprocess.CalledProcessError as error:
        why = reason(error.stderr.decode(errors="replace"))
        raise RuntimeUnavailableError(f"the Ray cluster at {address} refused: {why}; {HINT}") from error
    there = done.stdout.decode(errors="replace").strip()
    here = f"Python {platform.python_version()}, Ray {ray.__version__}, neuralbrain {neuralbrain.__version__}"
    if there != here:
        raise RuntimeUnavailableError(
            f"the Ray cluster at {address} does not run what runs here: there {there}, here {here}; install "
            "the same on its machines"
        )


def reason(text: str) -> str:
    """Return why Ray failed, in one line: the last error of what it says, else its first line."""
    if "InvalidAuthToken" in text:
        return (
            "its token is another than ours: put the cluster's into ~/.ray/auth_token or RAY_AUTH_TOKEN, on "
            "the cluster `ray get-auth-token` prints it"
        )
    lines = text.strip().splitlines() or ["no reason given"]
    errors = [i for i, line in enumerate(lines) if re.match(r"[\w.]+(Error|Exception): ", line)]
    return " ".join(" ".join(lines[errors[-1] :] if errors else lines[:1]).split())

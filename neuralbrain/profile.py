"""The numeric profile: what a process must keep to, so that its last bits are those of every other.

Three things decide how a sum or an exponential is rounded, and each has its own cure:

- NumPy, BLAS and SciPy choose by the processor: `neuralbrain.portable` goes round them.
- The number of threads changes the order of additions inside BLAS, OpenCV and XLA. Ray starts its workers
  with one, so there is one everywhere.
- XLA compiles for the processor that it finds, and takes a maker's own instruction for 1/sqrt: `FLAGS`, which
  XLA reads when it is used for the first time, hold it to AVX2 and to plain arithmetic.

What is left is the C library, which tells processors apart by FMA, and which record the manifest keeps.
"""

import os
import platform
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from neuralbrain.portable import departures

NAME = "x86-64-avx2-1"
"""The number counts its versions: it goes up when the same processor gives other bits."""
UNPINNED = "unpinned"
FLAGS = ("--xla_cpu_enable_platform_dependent_math=false", "--xla_cpu_max_isa=AVX2")
HARMLESS = frozenset({"--xla_backend_optimization_level", "--xla_force_host_platform_device_count"})
"""Flags of a person's own that leave the profile: the first changes a trace alike on every processor, and the
manifest's ``versions`` name it; the second changes none."""
FLAGS_KNOWN = ((0, 9), (0, 11))
"""The versions of jaxlib, from the first to before the second, that know both. Others end the process."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
MATTERING = ("AVX2", "FMA3", "AVX512_SKX", "AVX512_ICL", "AVX512_SPR")
"""The features of processors for which the libraries have versions of their own, as NumPy calls them."""

_late = False  # whether XLA had read its flags before they were set


@dataclass(frozen=True, kw_only=True, order=True)
class Machine:
    """On what a process runs.

    Attributes:
        processor: Its model, as the system calls it.
        features: Those of `MATTERING` that it has, to be used.
        c_library: Its name and version: ``math`` is its own.
    """

    processor: str
    features: tuple[str, ...]
    c_library: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Whether a trace is one that every machine of the profile gives.

    Attributes:
        name: `NAME`, or `UNPINNED`.
        reasons: Why it is not pinned; empty if it is.
    """

    name: str
    reasons: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the process keeps to the profile."""
        return not self.reasons

    def __str__(self) -> str:
        return self.name if self.holds else f"{self.name}: {'; '.join(self.reasons)}"


def pin_threads() -> None:
    """Limit every numeric library, loaded already or later, to one thread."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - `import neuralbrain` stays cheap

    for name in THREADS:
        os.environ[name] = "1"
    threadpool_limits(limits=1)
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(1)


def pin_xla(inherited: str | None = None) -> None:
    """Append `FLAGS` to those that the person has set for XLA. Of two the later counts.

    Args:
        inherited: The flags of the process for which this one works; None: those of its own environment.
    """
    global _late  # noqa: PLW0603 - XLA's flags belong to the process
    before = os.environ.get("XLA_FLAGS", "") if inherited is None else inherited
    if not _flags_known():
        return
    ours = tuple(flag.partition("=")[0] for flag in FLAGS)
    others = [flag for flag in before.split() if flag.partition("=")[0] not in ours]
    wanted = " ".join([*others, *FLAGS])
    _late = _late or (_xla_runs() and os.environ.get("XLA_FLAGS") != wanted)
    os.environ["XLA_FLAGS"] = wanted


def machine() -> Machine:
    """Return on what this process runs."""
    has = _features()
    return Machine(
        processor=_processor(),
        features=tuple(name for name in MATTERING if has.get(name)),
        c_library=" ".join(platform.libc_ver()).strip() or "unknown",
    )


def profile() -> Profile:
    """Return whether this process keeps to the profile, as far as it has come."""
    reasons = [*_of_machine(), *_of_xla(), *departures]
    return Profile(name=UNPINNED if reasons else NAME, reasons=tuple(reasons))


def joined(profiles: Iterable[Profile]) -> Profile:
    """Return the profile of processes that work together: what one breaks is broken for all."""
    reasons = tuple(dict.fromkeys(reason for one in profiles for reason in one.reasons))
    return Profile(name=UNPINNED if reasons else NAME, reasons=reasons)


def _of_machine() -> list[str]:
    if platform.machine() not in ("x86_64", "AMD64"):
        return [f"{platform.machine()} has no profile: there is one for x86-64 alone"]
    has, reasons = _features(), []
    missing = [name for name in ("AVX2", "FMA3") if not has.get(name)]
    if missing:
        reasons.append(f"the processor has no {' and no '.join(missing)}, or NumPy was told not to use it")
    if platform.libc_ver()[0] != "glibc":
        reasons.append("the C library is not glibc")
    if "glibc.cpu" in os.environ.get("GLIBC_TUNABLES", ""):
        reasons.append("GLIBC_TUNABLES changes how the C library computes")
    return reasons


def _of_xla() -> list[str]:
    """Say what JAX breaks, if anything has used it in this process."""
    if not _xla_runs():
        return []
    if not _flags_known():
        low, high = (".".join(map(str, number)) for number in FLAGS_KNOWN)
        return [f"XLA's flags are known for jaxlib {low} to before {high}, here is {_jaxlib()}"]
    reasons = []
    if _late:
        reasons.append("JAX was used before NeuralBrain was imported, under other flags")
    last = {flag.partition("=")[0]: flag for flag in os.environ.get("XLA_FLAGS", "").split()}
    if not set(FLAGS) <= set(last.values()):
        reasons.append("XLA_FLAGS was changed after NeuralBrain was imported")
    known = {flag.partition("=")[0] for flag in FLAGS} | HARMLESS
    others = sorted(f for name, f in last.items() if name not in known and not name.startswith("--xla_dump"))
    if others:
        reasons.append(f"XLA_FLAGS holds {' '.join(others)}, of which nothing is known")
    jax = sys.modules["jax"]
    if jax.config.jax_enable_x64:
        reasons.append("JAX computes in 64 bits (jax_enable_x64)")
    backend = jax.default_backend()
    if backend != "cpu":
        reasons.append(f"JAX computes on {backend}")
    return reasons


def _flags_known() -> bool:
    numbers = tuple(map(int, re.findall(r"\d+", _jaxlib())[:2]))
    return FLAGS_KNOWN[0] <= numbers < FLAGS_KNOWN[1]


def _jaxlib() -> str:
    try:
        return version("jaxlib")
    except PackageNotFoundError:
        return "none"


def _xla_runs() -> bool:
    """Whether XLA has read its flags: it does so when JAX is used for the first time."""
    bridge = sys.modules.get("jax._src.xla_bridge")
    return bridge is not None and bool(getattr(bridge, "backends_are_initialized", lambda: True)())


def _features() -> dict[str, bool]:
    """Return what NumPy knows of the processor; the system's own account fails where one is emulated."""
    inner = import_module("numpy._core._multiarray_umath")  # numpy.show_config() names but some of them
    return dict(getattr(inner, "__cpu_features__", {}))


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found.group(1).strip() if found else platform.processor() or platform.machine()

"""The numeric profile: what a process must keep to, so that its last bits are those of every other.

Three things decide how a sum or an exponential is rounded, and each has its own cure:

- NumPy, BLAS and SciPy choose by the processor: `neuralbrain.portable` goes round them.
- The number of threads changes the order of additions inside BLAS, OpenCV and XLA. Ray starts its workers
  with one, so there is one everywhere.
- XLA compiles for the processor that it finds, and takes a maker's own instruction for 1/sqrt: `FLAGS`, which
  XLA reads when it is used for the first time, hold it to AVX2 and to plain arithmetic.

What is left is the C library, which tells processors apart by FMA, and which record the manifest keeps.

A person's own flag of XLA that makes another program, the same on every processor, is part of the profile's
name; one that changes no number is not mentioned; with any other the process is unpinned.
"""

import contextlib
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from neuralbrain.errors import ConfigurationError
from neuralbrain.portable import departures

NAME = "x86-64-avx2-1"
"""The number counts its versions: it goes up when the same processor gives other bits."""
UNPINNED = "unpinned"
FLAGS = ("--xla_cpu_enable_platform_dependent_math=false", "--xla_cpu_max_isa=AVX2")
NAMED = frozenset({"--xla_backend_optimization_level"})
"""Flags of a person's own that change numbers alike on every processor: with them the profile is another."""
HARMLESS = ("--xla_force_host_platform_device_count", "--xla_dump")
"""How flags begin that change no number."""
JAX_SETTINGS: dict[str, Any] = {
    "jax_enable_x64": False,
    "jax_disable_jit": False,
    "jax_threefry_partitionable": True,
    "jax_default_prng_impl": "threefry2x32",
    "jax_numpy_dtype_promotion": "standard",
    "jax_numpy_rank_promotion": "allow",
    "jax_default_matmul_precision": None,
    "jax_debug_nans": False,
    "jax_debug_infs": False,
}
"""JAX's own settings that change numbers, or make an error of what is none: `pinned_jax` holds them so for
worlds and learning. What else may use JAX, such as a region of one's own, goes by the person's."""
JAX_DEFAULTS: dict[str, Any] = {
    "jax_random_seed_offset": 0,
    "jax_disable_most_optimizations": False,
    "jax_optimization_level": "UNKNOWN",
    "jax_exec_time_optimization_effort": 0.0,
}
"""Others, which nobody can hold for a while."""
FLAGS_KNOWN = ((0, 9), (0, 11))
"""The versions of jaxlib, from the first to before the second, that know both. Others end the process."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
MATTERING = ("AVX2", "FMA3", "AVX512_SKX", "AVX512_ICL", "AVX512_SPR")
"""The features of processors for which the libraries have versions of their own, as NumPy calls them."""

MOST_FLAGS = 1 << 16
"""The most that is read of a file of flags, characters."""

_late = False  # whether XLA had read its flags before they were set
_forked = False  # whether XLA had run when this process was forked: without its threads it waits for ever


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
        flags: The person's own that are part of its name: see `NAMED`.
        reasons: Why it is not pinned; empty if it is.
    """

    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`NAME`, with the person's flags after it; or `UNPINNED`."""
        if self.reasons:
            return UNPINNED
        return "+".join([NAME, *(flag.removeprefix("--") for flag in self.flags)])

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
    before = _flags_of(os.environ.get("XLA_FLAGS", "") if inherited is None else inherited)
    if not _flags_known():
        return
    ours = tuple(flag.partition("=")[0] for flag in FLAGS)
    others = [flag for flag in before.split() if flag.partition("=")[0] not in ours]
    wanted = " ".join([*others, *FLAGS])
    _late = _late or (_xla_runs() and os.environ.get("XLA_FLAGS") != wanted)
    os.environ["XLA_FLAGS"] = wanted


def _flags_of(said: str) -> str:
    """Return the flags that `XLA_FLAGS` holds; as XLA does, take it for a file's name if it is no flag."""
    if not said or said.lstrip().startswith("-"):
        return said
    try:
        return Path(said).read_text(encoding="utf-8")[:MOST_FLAGS]
    except (OSError, ValueError):
        return ""


def jax_settings() -> dict[str, str]:
    """Return JAX's settings that numbers depend on, as the person has them; empty if JAX is not used here."""
    if "jax" not in sys.modules:
        return {}
    config = sys.modules["jax"].config
    return {name: str(_setting(config, name, value)) for name, value in (JAX_SETTINGS | JAX_DEFAULTS).items()}


@contextlib.contextmanager
def pinned_jax() -> Iterator[None]:
    """Let JAX compute as `JAX_SETTINGS` say, whatever the person has set for programs of their own.

    Raises:
        ConfigurationError: The process was forked from one that had used JAX.
    """
    if _forked:
        raise ConfigurationError(
            "this process was forked from one that had used JAX, which cannot work in it: start workers with "
            'context="spawn" (Gymnasium) or start_method="spawn" (stable-baselines3)'
        )
    jax = sys.modules["jax"]
    held = [name for name, value in JAX_SETTINGS.items() if _setting(jax.config, name, value) != value]
    if not held:
        yield
        return
    with contextlib.ExitStack() as stack:
        for name in held:
            short = name.removeprefix("jax_")
            home = jax if hasattr(jax, short) else import_module("jax.experimental")
            stack.enter_context(getattr(home, short)(JAX_SETTINGS[name]))
        yield


def _setting(config: Any, name: str, default: Any) -> Any:
    value = getattr(config, name, default)
    return getattr(value, "value", value)  # some are an Enum


def _note_fork() -> None:
    global _forked  # noqa: PLW0603 - a property of the process
    _forked = _forked or _xla_runs()


os.register_at_fork(after_in_child=_note_fork)


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
    flags, reasons = _of_xla()
    return Profile(flags=flags, reasons=(*_of_machine(), *reasons, *departures))


def joined(profiles: Iterable[Profile]) -> Profile:
    """Return the profile of processes that work together: what one breaks is broken for all."""
    every = list(profiles)
    return Profile(
        flags=tuple(sorted({flag for one in every for flag in one.flags})),
        reasons=tuple(dict.fromkeys(reason for one in every for reason in one.reasons)),
    )


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


def _of_xla() -> tuple[tuple[str, ...], list[str]]:
    """Return the flags that name the profile, and what JAX breaks, if anything has used it here."""
    if not _xla_runs():
        return (), []
    if not _flags_known():
        low, high = (".".join(map(str, number)) for number in FLAGS_KNOWN)
        return (), [f"XLA's flags are known for jaxlib {low} to before {high}, here is {_jaxlib()}"]
    reasons = []
    if _late:
        reasons.append("JAX was used before NeuralBrain was imported, under other flags")
    last = {flag.partition("=")[0]: flag for flag in os.environ.get("XLA_FLAGS", "").split()}
    if not set(FLAGS) <= set(last.values()):
        reasons.append("XLA_FLAGS was changed after NeuralBrain was imported")
    ours = {flag.partition("=")[0] for flag in FLAGS}
    own = {name: flag for name, flag in sorted(last.items()) if name not in ours}
    unknown = [flag for name, flag in own.items() if name not in NAMED and not name.startswith(HARMLESS)]
    if unknown:
        reasons.append(f"XLA_FLAGS holds {' '.join(unknown)}, of which nothing is known")
    jax = sys.modules["jax"]
    for setting, needed in (JAX_SETTINGS | JAX_DEFAULTS).items():
        found = _setting(jax.config, setting, needed)
        if found != needed:
            reasons.append(f"JAX's setting {setting} is {found}")
    backend = jax.default_backend()
    if backend != "cpu":
        reasons.append(f"JAX computes on {backend}")
    return tuple(flag for name, flag in own.items() if name in NAMED), reasons


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

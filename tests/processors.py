"""Runs episodes as other processors would: ``python -m tests.processors``, by hand, in some minutes.

OpenBLAS is told to take another processor's kernels, NumPy and XLA to leave AVX-512 alone, and QEMU emulates
whole processors (``apt-get install qemu-user-static``), which tells about the C library, too. All traces must
be equal.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module

SEEDS = (2, 4)
"""With these the arm's trace shows every fault that is known; with 0 it hides NumPy's."""
CORES = ("Haswell", "Zen", "SkylakeX", "Cooperlake", "Nehalem", "Prescott")
EMULATED = ("Haswell-v4", "EPYC-Rome", "max")
_CHOICES = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")


def dispatched(least: str = "X86_V4") -> str:
    """Return the names of the levels of NumPy that this processor has, from one on: to be disabled."""
    inner = import_module("numpy._core._multiarray_umath")
    levels = list(inner.__cpu_dispatch__)
    first = levels.index(least) if least in levels else 0
    return " ".join(name for name in levels[first:] if inner.__cpu_features__[name])


def traces(
    brain: str, seeds: Sequence[int], environment: Mapping[str, str], under: Sequence[str] = ()
) -> list[str]:
    """Run a brain in a process of its own; return trace and profile of each seed.

    Args:
        brain: "frankenbot", or one of `tests.nanorobots.worlds`.
        seeds: Of run and world.
        environment: Variables to set; those that choose kernels are left out otherwise.
        under: A command that runs the process.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _CHOICES}
    done = subprocess.run(
        [*under, sys.executable, "-m", "tests.processors", "--one", brain, *map(str, seeds)],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return [f"ended with {done.returncode}: {(done.stderr.strip().splitlines() or ['?'])[-1]}"]
    return done.stdout.split("\n")[: len(seeds)]


def _one(brain: str, seeds: Sequence[int]) -> None:
    """Print trace and profile of each seed."""
    from neuralbrain.agents.episode import prepared
    from neuralbrain.runtime import run_brain
    from tests.nanorobots.worlds import WORLDS
    from tests.nanorobots.worlds import brain as small

    for seed in seeds:
        blueprint = small(brain, seed) if brain in WORLDS else prepared(brain, None, seed)
        result = run_brain(blueprint, seed)
        print(result.trace, result.profile, flush=True)


def main() -> None:
    """Compare, and print what came of it; exit status 1 if traces differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("brain", nargs="?", default="frankenbot")
    parser.add_argument("seeds", nargs="*", type=int, default=list(SEEDS))
    wanted = parser.parse_args()
    if wanted.one:
        _one(wanted.brain, wanted.seeds)
        return
    qemu = shutil.which("qemu-x86_64-static")
    runs: dict[str, tuple[dict[str, str], list[str]]] = {"as it is": ({}, [])}
    for core in CORES:
        runs[f"OpenBLAS for {core}"] = ({"OPENBLAS_CORETYPE": core}, [])
    for least in ("X86_V4", "X86_V3"):
        runs[f"NumPy below {least}"] = ({"NPY_DISABLE_CPU_FEATURES": dispatched(least)}, [])
    for isa in ("AVX2", "AVX512"):
        runs[f"XLA told {isa}"] = ({"XLA_FLAGS": f"--xla_cpu_max_isa={isa}"}, [])
    for processor in EMULATED if qemu else ():
        runs[f"QEMU's {processor}"] = ({}, [str(qemu), "-cpu", processor])
    if not qemu:
        print("no qemu-x86_64-static here: no emulated processors")
    found = {}
    for name, (environment, under) in runs.items():
        begun = time.perf_counter()
        lines = traces(wanted.brain, wanted.seeds, environment, under)
        found[name] = tuple(line.split(" ")[0] for line in lines)
        short = " ".join(line[:8] + line[64:] for line in lines)
        print(f"{name:24} {short}  {time.perf_counter() - begun:.0f} s")
    if len(set(found.values())) > 1:
        sys.exit("the traces differ")
    print(f"{len(found)} times the same")


if __name__ == "__main__":
    main()

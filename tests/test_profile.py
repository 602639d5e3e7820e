"""One trace under every switch that chooses by processor; and what breaks the profile is said.

Everything runs in processes of its own, since libraries read their switches when they are loaded.
"""

import subprocess
import sys

import pytest

from neuralbrain.profile import FLAGS, NAME, Machine, Profile, joined, machine
from tests.processors import SEEDS, dispatched, traces

LEVEL = "xla_backend_optimization_level=0"


def test_the_arms_trace_depends_on_no_kernel_and_no_level_of_numpy() -> None:
    as_it_is = traces("frankenbot", SEEDS, {})
    assert len(set(as_it_is)) == len(SEEDS)
    for core, least in (("Haswell", "X86_V4"), ("Nehalem", "X86_V3")):
        other = {"OPENBLAS_CORETYPE": core, "NPY_DISABLE_CPU_FEATURES": dispatched(least)}
        assert traces("frankenbot", SEEDS, other) == as_it_is, (core, least)


def test_the_nanorobots_trace_is_that_of_the_flags_whatever_the_person_has_set() -> None:
    (narrow,), (wide,) = (
        traces("nanorobot", [3], {"XLA_FLAGS": f"--{LEVEL} --xla_cpu_max_isa={isa}"})
        for isa in ("AVX2", "AVX512")
    )
    assert narrow == wide
    assert narrow.endswith(f" {NAME}+{LEVEL}")


def _said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_numpy_that_was_loaded_first_breaks_nothing() -> None:
    code = "import numpy; numpy.ones((9, 9)) @ numpy.ones((9, 9)); from neuralbrain.profile import profile"
    assert _said(f"{code}; print(profile())") == NAME


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import jax; import neuralbrain; jax.devices()", ""),
        ("import jax; jax.devices(); import neuralbrain", "JAX was used before NeuralBrain was imported"),
        (
            "import neuralbrain, os, jax; os.environ['XLA_FLAGS'] += ' --xla_cpu_max_isa=AVX512'; "
            "jax.devices()",
            "XLA_FLAGS was changed after NeuralBrain was imported",
        ),
        ("os.environ['XLA_FLAGS'] += ' --xla_dump_to=x'; import neuralbrain, jax; jax.devices()", ""),
        (
            "open(file := tempfile.mktemp(), 'w').write('--xla_cpu_enable_fast_math=true'); "
            "os.environ['XLA_FLAGS'] = file; import neuralbrain, jax; jax.devices(); os.unlink(file)",
            "XLA_FLAGS holds --xla_cpu_enable_fast_math=true, of which nothing is known",
        ),
        (
            "os.environ['XLA_FLAGS'] += ' --xla_cpu_enable_fast_math=true'; import neuralbrain, jax; "
            "jax.devices()",
            "XLA_FLAGS holds --xla_cpu_enable_fast_math=true, of which nothing is known",
        ),
        (
            "os.environ['JAX_ENABLE_X64'] = '1'; import neuralbrain, jax; jax.devices()",
            "JAX's setting jax_enable_x64 is True",
        ),
        (
            "import neuralbrain, jax; jax.devices(); jax.config.update('jax_disable_jit', True)",
            "JAX's setting jax_disable_jit is True",
        ),
    ],
)
def test_a_jax_of_other_flags_is_unpinned_or_of_another_profile(code: str, reason: str) -> None:
    code = f"import os, tempfile; os.environ['XLA_FLAGS'] = '--{LEVEL}'; {code}"
    said = _said(f"{code}; from neuralbrain.profile import profile; print(profile())")
    assert said.startswith(f"unpinned: {reason}") if reason else said == f"{NAME}+{LEVEL}"


def test_a_flag_of_xla_names_no_process_that_does_without_jax() -> None:
    code = f"import os; os.environ['XLA_FLAGS'] = '--{LEVEL}'; from neuralbrain.profile import profile"
    assert _said(f"{code}; print(profile())") == NAME


def test_what_leaves_the_profile_is_said() -> None:
    code = (
        "from neuralbrain.portable import depart; from neuralbrain.profile import profile; "
        "depart('a field is solved by LAPACK'); print(profile())"
    )
    assert _said(code) == "unpinned: a field is solved by LAPACK"


def test_xlas_flags_stand_last_and_once() -> None:
    code = "import neuralbrain; neuralbrain.profile.pin_xla(); import os; print(os.environ['XLA_FLAGS'])"
    assert _said(f"import os; os.environ['XLA_FLAGS'] = '{FLAGS[0]} --xla_dump_to=x'; {code}").split() == [
        "--xla_dump_to=x",
        *FLAGS,
    ]


def test_profiles_of_several_processes_join() -> None:
    held, broken = Profile(), Profile(reasons=("a GPU",))
    flagged = Profile(flags=(f"--{LEVEL}",))
    assert joined([held, held]) == held
    assert joined([held, flagged]) == flagged
    assert flagged.holds and str(flagged) == f"{NAME}+{LEVEL}"
    assert joined([held, broken, broken]) == broken
    assert str(broken) == "unpinned: a GPU"


def test_the_machine_is_named() -> None:
    here = machine()
    assert here.processor and here.c_library
    assert sorted({here, Machine(processor="", features=(), c_library="")})[1] == here

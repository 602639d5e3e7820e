"""The formulas against figures and equations that do not come from them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.envs.nanorobot.physics import (
    around_a_cell,
    capture_rate,
    decay_length,
    least_error,
    rotational_diffusion,
    translational_diffusion,
)

radii = st.floats(0.05, 5.0)


def test_spheres_in_water_at_body_temperature() -> None:
    assert translational_diffusion(0.05, 310.15, 0.69) == pytest.approx(6.6, rel=0.01)
    assert translational_diffusion(0.5, 310.15, 0.69) == pytest.approx(0.66, rel=0.01)


@given(radii)
def test_rotation_and_translation_belong_together(radius: float) -> None:
    ratio = rotational_diffusion(radius, 300.0, 1.0) / translational_diffusion(radius, 300.0, 1.0)
    assert ratio == pytest.approx(3 / (4 * radius**2))


@given(st.floats(1.0, 10.0), st.floats(50.0, 500.0), st.floats(0.01, 1.0))
def test_the_field_solves_its_equation_and_carries_the_flux(
    radius: float, diffusion: float, decay: float
) -> None:
    length = decay_length(diffusion, decay)
    r = np.linspace(radius, radius + length, 20_001)
    c = around_a_cell(r, 1e4, radius, diffusion, length)
    slope = np.gradient(c, r, edge_order=2)
    assert 4 * math.pi * radius**2 * diffusion * -slope[0] == pytest.approx(1e4, rel=0.01)
    # What passes one sphere and not another has decayed between them.
    flux = -4 * math.pi * r**2 * diffusion * slope
    decayed = np.trapezoid(4 * math.pi * r**2 * decay * c, r)
    assert flux[0] - flux[-1] == pytest.approx(decayed, rel=0.01)


def test_without_decay_it_falls_as_one_over_the_distance() -> None:
    near, far = around_a_cell(np.array([10.0, 20.0]), 1e4, 5.0, 100.0, decay_length(100.0, 0.0))
    assert near == pytest.approx(2 * far)
    assert near == pytest.approx(1e4 / (4 * math.pi * 100.0 * 10.0))


def test_inside_a_cell_it_is_as_on_its_surface() -> None:
    inside, surface = around_a_cell(np.array([1.0, 5.0]), 1e4, 5.0, 100.0, 50.0)
    assert inside == surface


def test_no_estimate_of_many_beats_the_limit() -> None:
    rng, seconds, concentration = np.random.default_rng(0), 2.0, 0.05
    mean = capture_rate(concentration, 1.0, 100.0) * seconds
    guesses = rng.poisson(mean, 20_000) / mean
    assert guesses.std() == pytest.approx(least_error(concentration, 1.0, 100.0, seconds), rel=0.03)

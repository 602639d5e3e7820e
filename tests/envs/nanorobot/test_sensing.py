"""Sensing: counts are Poisson numbers, and no estimate beats Berg and Purcell's limit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuralbrain import randomness
from neuralbrain.envs.nanorobot import sensing
from neuralbrain.envs.nanorobot.physics import capture_rate, least_error
from neuralbrain.envs.nanorobot.tissue import Tissue

TISSUE = Tissue.of()
STEADY = 0.29
"""About the concentration in the middle of the default tissue, molecules/µm³."""


@pytest.fixture(scope="module")
def steady() -> tuple[np.ndarray, sensing.Sense]:
    """Counts of 2000 robots over 200 ticks in one concentration, and what they remember at the end."""
    keys = randomness.key_of(jax.random.key(5))
    own = randomness.threefry(keys, jnp.arange(2000, dtype=jnp.uint32), jnp.uint32(0))

    def tick(sense: sensing.Sense, number: jax.Array) -> tuple[sensing.Sense, jax.Array]:
        count = sensing.caught(TISSUE, jnp.full(2000, STEADY), randomness.uniforms(own, number, 1)[0])
        return sensing.remembered(TISSUE, sense, count), count

    begun = sensing.first(jnp.full(2000, 36.0))
    end, counts = jax.lax.scan(tick, begun, jnp.arange(200))
    return np.asarray(counts), end


def test_a_count_has_smoluchowskis_mean_and_poissons_spread(steady: tuple[np.ndarray, sensing.Sense]) -> None:
    counts, _ = steady
    mean = capture_rate(STEADY, TISSUE.robot_radius, TISSUE.diffusion) * TISSUE.tick_seconds
    assert counts.mean() == pytest.approx(mean, rel=0.003)
    assert counts.var() == pytest.approx(mean, rel=0.02)


@pytest.mark.parametrize("seconds", [0.1, 1.0, 10.0])
def test_berg_and_purcells_limit_holds_and_is_reached(
    steady: tuple[np.ndarray, sensing.Sense], seconds: float
) -> None:
    """The best estimate from counts alone is their mean; its error is the limit, no more and no less."""
    counts, _ = steady
    window = round(seconds / TISSUE.tick_seconds)
    estimates = counts[:window].mean(axis=0)
    error = estimates.std() / counts.mean()
    limit = least_error(STEADY, TISSUE.robot_radius, TISSUE.diffusion, seconds)
    assert error == pytest.approx(limit, rel=0.06)


def test_changes_are_in_standard_deviations(steady: tuple[np.ndarray, sensing.Sense]) -> None:
    _, sense = steady
    for change in sensing.changes(TISSUE, sense):
        assert float(change.mean()) == pytest.approx(0.0, abs=0.1)
        assert float(change.std()) == pytest.approx(1.0, abs=0.06)


def test_a_rise_shows_first_in_the_quick_change_and_longer_in_the_slow_one() -> None:
    risen = [sensing.first(jnp.float32(36.0))]
    for _ in range(20):
        risen.append(sensing.remembered(TISSUE, risen[-1], jnp.float32(60.0)))
    quick, slow = sensing.changes(TISSUE, risen[1])
    assert quick > slow > 0.5
    quick, slow = sensing.changes(TISSUE, risen[20])
    assert slow > 2.0 > quick > 0.0
    nothing = sensing.first(jnp.float32(0.0))
    assert [float(change) for change in sensing.changes(TISSUE, nothing)] == [0.0, 0.0]

"""Lines are found among what follows none."""

import numpy as np
import pytest

from neuralbrain.learning.dream.lines import LEAST, lines_of


@pytest.mark.parametrize("astray", [0.0, 0.2, 0.4])
def test_a_line_is_found_among_what_follows_none(astray: float) -> None:
    generator = np.random.default_rng(0)
    given = np.column_stack([generator.normal(size=(400, 3)), np.ones(400)])
    wanted = np.array([[0.5, 0.0, -1.0, 0.1], [0.0, 2.0, 0.0, 0.0]])
    moved = np.einsum("ni,ei->ne", given, wanted)
    wild = generator.random(400) < astray
    moved[wild] = generator.normal(5.0, 3.0, (wild.sum(), 2))
    lines, logs = lines_of(given, moved, 1)
    assert np.allclose(lines[0], wanted, atol=1e-6) and (logs < -10).all()


def test_the_second_line_is_of_what_the_first_does_not_fit() -> None:
    generator = np.random.default_rng(1)
    given = np.column_stack([generator.normal(size=(300, 1)), np.ones(300)])
    waits = np.arange(300) % 3 == 0
    lines, _ = lines_of(given, np.where(waits, 0.0, 0.3 * given[:, 0])[:, None], 2)
    assert np.allclose(lines[:, 0], [[0.3, 0.0], [0.0, 0.0]], atol=1e-6)


def test_noise_is_the_lines_deviation_and_what_is_redundant_does_no_harm() -> None:
    generator = np.random.default_rng(2)
    given = np.column_stack([generator.normal(size=(2000, 1)), np.ones(2000), np.ones(2000)])
    moved = given[:, :1] + generator.uniform(-0.5, 0.5, (2000, 1))
    lines, logs = lines_of(given, moved, 2)
    assert np.einsum("ei,ni->ne", lines[0], given) == pytest.approx(given[:, :1], abs=0.4)
    assert -2.5 < logs[0, 0] < -1.0  # of the nearer half: 0.14, a quarter over the root of three
    assert np.array_equal(lines[0], lines[1])  # too few steps are left for another
    assert lines_of(given, moved, 0)[0].shape == (0, 1, 3)
    still = lines_of(given, 0 * moved, 1)
    assert np.allclose(still[0], 0) and np.exp(still[1]) == pytest.approx(LEAST)

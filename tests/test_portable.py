"""The portable functions are what they stand for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain import portable


@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(1, 7), st.integers(1, 7))
def test_products(seed: int, rows: int, middle: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(rows, middle)), rng.normal(size=(middle, columns))
    for left, right in ((a, b), (a[0], b), (a, b[:, 0]), (a[0], b[:, 0])):
        assert np.allclose(portable.product(left, right), left @ right)
    assert np.allclose(portable.gram(a, b.T), a @ b)
    assert np.allclose(portable.lengths(a), np.linalg.norm(a, axis=1))
    assert portable.length(a[0]) == pytest.approx(np.linalg.norm(a[0]))


@given(st.integers(0, 10**6), st.integers(1, 7))
def test_equations(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    rows, right = rng.normal(size=(number, 7)), rng.normal(size=number)
    matrix = rows @ rows.T + 1e-3 * np.eye(number)
    found = portable.solve(matrix, right)
    scale = np.abs(matrix).sum() * (1 + np.abs(found).max())
    assert np.abs(matrix @ found - right).max() < 1e-12 * scale


def test_only_the_upper_triangle_is_read() -> None:
    upper = np.array([[4.0, 2.0], [np.nan, 3.0]])
    assert portable.solve(upper, np.array([8.0, 7.0])).tolist() == [1.25, 1.5]


def test_directions() -> None:
    angles = np.linspace(-3.1, 3.1, 13)
    assert np.allclose(portable.directions(portable.units(angles)), angles)
    assert portable.unit(0.5).tolist() == [math.cos(0.5), math.sin(0.5)]


def test_mapped_keeps_the_form() -> None:
    values = np.arange(6).reshape(2, 3)
    assert portable.mapped(math.log1p, values).tolist() == [
        [math.log1p(v) for v in row] for row in values.tolist()
    ]

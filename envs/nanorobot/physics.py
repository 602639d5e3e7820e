"""The physics that a nanorobot lives by: lengths in µm, times in s, amounts in molecules.

The formulas hold for NumPy and for JAX arrays alike.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

BOLTZMANN = 1.380649e-23
"""J/K; exact by definition (SI, 2019)."""


def translational_diffusion(radius: float, temperature: float, viscosity: float) -> float:
    """Return a sphere's diffusion coefficient, µm²/s: kT / (6 pi eta r).

    A. Einstein, "Über die von der molekularkinetischen Theorie der Wärme geforderte Bewegung ...", Annalen
    der Physik 322 (1905), 549-560.

    Args:
        radius: µm.
        temperature: K.
        viscosity: Of the fluid, mPa s.
    """
    metres = radius * 1e-6
    return BOLTZMANN * temperature / (6 * math.pi * viscosity * 1e-3 * metres) * 1e12


def rotational_diffusion(radius: float, temperature: float, viscosity: float) -> float:
    """Return a sphere's rotational diffusion coefficient, rad²/s: kT / (8 pi eta r³).

    P. Debye, "Polar Molecules" (1929), chapter 5. Arguments as for `translational_diffusion`.
    """
    metres = radius * 1e-6
    return BOLTZMANN * temperature / (8 * math.pi * viscosity * 1e-3 * metres**3)


def decay_length(diffusion: float, decay: float) -> float:
    """Return how far molecules diffuse before they decay, µm: sqrt(D / k).

    Args:
        diffusion: Of the molecules, µm²/s.
        decay: The rate at which they vanish, 1/s; 0: they never do, and the length is infinite.
    """
    return math.sqrt(diffusion / decay) if decay > 0 else math.inf


def around_a_cell(distance: Any, rate: Any, radius: Any, diffusion: float, length: float) -> Any:
    """Return the steady concentration around a secreting sphere in free space, molecules/µm³.

    C(r) = Q exp(-(r - a) / lambda) / (4 pi D r (1 + a / lambda)): the solution of D lap C = k C with the flux
    Q through the sphere r = a. For a = 0 it is the point source Q / (4 pi D r) exp(-r / lambda). Inside the
    sphere the value of its surface holds.

    Args:
        distance: From the centre, µm, any shape.
        rate: What the sphere secretes, Q, molecules/s.
        radius: Of the sphere, a, µm.
        diffusion: Of the molecules, D, µm²/s.
        length: `decay_length`, lambda, µm.
    """
    outside = distance - radius
    outside = outside * (outside > 0)
    arrays = isinstance(distance, np.ndarray | np.generic)
    exp = math.exp if isinstance(distance, float) else np.exp if arrays else jnp.exp  # unportable: not sensed
    decayed = exp(-outside / length)
    return rate * decayed / (4 * math.pi * diffusion * (radius + outside) * (1 + radius / length))


def capture_rate(concentration: Any, radius: float, diffusion: float) -> Any:
    """Return how many molecules a sphere that absorbs all that touch it catches, molecules/s: 4 pi D a C.

    M. von Smoluchowski, "Versuch einer mathematischen Theorie der Koagulationskinetik kolloider Lösungen",
    Zeitschrift für physikalische Chemie 92 (1917), 129-168.

    Args:
        concentration: Far from the sphere, molecules/µm³.
        radius: Of the sphere, µm.
        diffusion: Of the molecules, µm²/s.
    """
    return 4 * math.pi * diffusion * radius * concentration


def least_error(concentration: float, radius: float, diffusion: float, seconds: float) -> float:
    """Return the least fractional error with which an absorbing sphere can tell a concentration.

    (4 pi D a C T)^(-1/2), one over the square root of the molecules caught. It is the limit of Berg and
    Purcell, about (D a C T)^(-1/2) (Biophysical Journal 20 (1977), 193-219), with the factor of an absorber:
    R. Endres, N. Wingreen, "Accuracy of direct gradient sensing by single cells", PNAS 105 (2008),
    15749-15754.

    Args:
        concentration: molecules/µm³.
        radius: Of the sensor, µm.
        diffusion: Of the molecules, µm²/s.
        seconds: How long it counts.
    """
    return 1 / math.sqrt(capture_rate(concentration, radius, diffusion) * seconds)

"""The arena for people: from above and a little aslant. No brain sees it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.renderer import Lens, render
from neuralbrain.envs.rover.camera import LIGHT

_LENS = Lens(width=320, height=240, field=44.0, near=0.5, far=12.0, light=LIGHT)


def spectate(bullet: Any) -> NDArray[np.uint8]:
    """Return a picture of the whole arena, uint8, shape (240, 320, 3)."""
    view = bullet.computeViewMatrix((0.0, -3.3, 4.6), (0.0, -0.12, 0.0), (0.0, 0.0, 1.0))
    return render(bullet, view, _LENS)[0]

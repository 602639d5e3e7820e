"""Draws where objects lie, so that they fit and the arm can get at each of them."""

import math

import numpy as np

from neuralbrain.arm.catalogue import COLORS, DISTRACTORS, SHAPES
from neuralbrain.envs.tabletop.cameras import EYE
from neuralbrain.envs.tabletop.world import TableObject

X, Y = (0.37, 0.64), (-0.30, 0.30)
"""Where the middles of objects may lie, m: in reach of a hand that points down."""
ROOM = {"block": 0.052, "cylinder": 0.052, "ball": 0.052, "bowl": 0.092, "box": 0.115, "zone": 0.11}
"""Radius of the circle that is kept free for each, m. Two circles never overlap, so an open gripper (0.1 m
across with its fingers) gets down beside everything."""

Circle = tuple[float, float, float]
"""x, y, radius, m."""


class NoRoomError(Exception):
    """This draw does not fit; the next one may."""


class Table:
    """A table that is being laid.

    Args:
        rng: All random numbers come from it.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.objects: list[TableObject] = []
        self._taken: list[Circle] = []
        self._colors: dict[str, list[str]] = {}

    def color(self, category: str) -> str:
        """Draw a colour that no other object of the category has."""
        if category not in self._colors:
            self._colors[category] = [str(c) for c in self.rng.permutation(list(COLORS))]
        return self._colors[category].pop()

    def put(
        self,
        category: str,
        color: str | None = None,
        *,
        at: tuple[float, float] | None = None,
        z: float = 0.0,
        yaw: float | None = None,
        x: tuple[float, float] = X,
        y: tuple[float, float] = Y,
    ) -> TableObject:
        """Lay one object.

        Args:
            category: One of the catalogue's.
            color: None for one that no other of the category has.
            at: Where, m; no room is looked for. None: at a free spot.
            z: Height of its foot, m.
            yaw: rad; None for any.
            x: The range of its middle, m.
            y: The range of its middle, m.

        Raises:
            NoRoomError: There is no free spot.
        """
        color = color or self.color(category)
        if at is None:
            at = self.spot(ROOM[category], x, y)
            self.keep(*at, ROOM[category])
        shape = SHAPES[category]
        rng = self.rng
        name = f"{color}_{category}"
        twins = sum(obj.category == category and obj.color == color for obj in self.objects)
        foot = category in ("bowl", "zone", "drawer")
        obj = TableObject(
            name=f"{name}_{twins + 1}" if twins else name,
            category=category,
            color=color,
            position=(at[0], at[1], z if foot else z + shape.size[2] / 2),
            yaw=float(rng.uniform(-math.pi, math.pi)) if yaw is None else yaw,
            mass=shape.mass * float(rng.uniform(0.8, 1.2)),
            friction=float(rng.uniform(0.6, 1.0)),
        )
        self.objects.append(obj)
        return obj

    def hide(self) -> TableObject:
        """Lay a block where the fixed camera cannot see it: behind two boxes, one on the other.

        The line of sight over the upper box's edge meets a block's height 8 to 10 cm behind it, and the block
        ends 7.5 cm behind. It lies square to the boxes, so that there is room for the hand.

        Raises:
            NoRoomError: There is no free spot.
        """
        x, y = self.spot(0.07, (0.40, 0.46), (-0.20, 0.20))
        sight = math.atan2(EYE[1] - y, EYE[0] - x)
        away = 0.055 + SHAPES["box"].size[0] / 2
        box = (x + away * math.cos(sight), y + away * math.sin(sight))
        if not self._is_free(box, ROOM["box"]):
            raise NoRoomError
        self.keep(x, y, 0.07)
        self.keep(*box, ROOM["box"])
        for level in (0.0, SHAPES["box"].size[2]):
            self.put("box", at=box, z=level, yaw=sight)
        return self.put("block", at=(x, y), yaw=sight + float(self.rng.uniform(-0.1, 0.1)))

    def spot(
        self, room: float, x: tuple[float, float] = X, y: tuple[float, float] = Y
    ) -> tuple[float, float]:
        """Draw a free spot.

        Raises:
            NoRoomError: None was found.
        """
        for _ in range(200):
            here = (float(self.rng.uniform(*x)), float(self.rng.uniform(*y)))
            if self._is_free(here, room):
                return here
        raise NoRoomError

    def _is_free(self, here: tuple[float, float], room: float) -> bool:
        return all(math.dist(here, (x, y)) > room + radius for x, y, radius in self._taken)

    def keep(self, x: float, y: float, radius: float) -> None:
        """Keep a circle free, m."""
        self._taken.append((x, y, radius))

    def distract(self, most: int = 2) -> None:
        """Lay up to so many objects that no task asks for, where there is room."""
        for category in self.rng.permutation(list(DISTRACTORS))[: int(self.rng.integers(0, most + 1))]:
            try:
                self.put(str(category))
            except NoRoomError:
                return

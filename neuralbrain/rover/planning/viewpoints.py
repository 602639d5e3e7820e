"""Locations between objects: to look from, and for others' plans to go to."""

import math
from itertools import combinations

from neuralbrain.messages import Location, Scene

ROOM = 0.40
"""How far from everything such a location is, m."""
APART = 0.60
"""And from other such locations, and from where the rover is, m."""
MOST = 4
"""So many are found."""


def viewpoints(scene: Scene) -> tuple[Location, ...]:
    """Return locations between objects, from which what stands behind them may be seen: "viewpoint_1", ...

    Half-way between two objects that are seen is always inside the arena, whose walls are not known.
    """
    spots = [obj.position for obj in scene.objects]
    taken = [obj.position for obj in scene.objects if obj.is_body]
    found: list[Location] = []
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 0.0) for a, b in combinations(spots, 2)]
    objects = [obj.position for obj in scene.seen]
    while middles and len(found) < MOST:
        free = [
            m
            for m in middles
            if all(math.dist(m[:2], t[:2]) > ROOM for t in objects)
            and all(math.dist(m, t) > APART for t in taken)
        ]
        if not free:
            break
        best = min(free, key=lambda m: (-min((math.dist(m, t) for t in taken), default=0.0), m))
        found.append(Location(id=f"viewpoint_{len(found) + 1}", position=best))
        taken.append(best)
    return tuple(found)

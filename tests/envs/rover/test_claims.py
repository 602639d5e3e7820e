"""What a brain says of an arena, held against the arena."""

import math

from neuralbrain.body import Thing
from neuralbrain.envs.rover.body import RoverBody


def test_near_and_at_are_told_in_the_frame_in_which_the_rover_started() -> None:
    body = RoverBody("free")
    body.reset(3)
    start = Thing(category="location", position=(0.0, 0.0, 0.0))
    ahead = Thing(category="location", position=(0.5, 0.0, 0.0))
    ball, pillar = Thing(category="ball", color="orange"), Thing(category="pillar", color="red")
    assert body.truth_of("near", (start,)) is True
    assert body.truth_of("near", (ahead,)) is False
    assert body.truth_of("near", (pillar,)) is False
    assert body.truth_of("at", (ball, pillar)) is False
    x, y, heading = body.setting.layout.start
    bx, by = body.world.place("orange_ball")
    along = math.cos(heading) * (bx - x) + math.sin(heading) * (by - y)
    aside = math.cos(heading) * (by - y) - math.sin(heading) * (bx - x)
    there = Thing(category="location", position=(along, aside, 0.0))
    assert body.truth_of("at", (ball, there)) is True
    assert body.truth_of("visible", (pillar,)) is None
    assert body.truth_of("near", (Thing(category="pillar", color="pink"),)) is None
    body.close()

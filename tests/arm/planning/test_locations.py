"""Where things are put: the hand that puts them there must have room, too."""

from math import pi

from neuralbrain.arm.motor.grasp import best_grip
from neuralbrain.arm.motor.obstacles import obstacles
from neuralbrain.arm.planning import locations, placing
from neuralbrain.arm.planning.commands import Put
from neuralbrain.arm.planning.references import Reference
from neuralbrain.messages import Location, Scene
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene

HAND = PANDA.schema


def room(location: Location, seen: Scene) -> float:
    """Return how far a hand that puts a block down stays from everything, m."""
    x, y, z = location.position
    yaws = (location.yaw, location.yaw + pi / 2)
    return best_grip([(x, y)], z + 0.002, yaws, 0.04, obstacles(seen), HAND).room


def test_a_pyramid_is_not_built_where_something_tall_is_in_the_way_of_the_palm() -> None:
    seen = scene(
        obj("green_block", 0.410, -0.274, yaw=-0.71),
        obj("orange_block", 0.481, -0.157, yaw=-0.16),
        obj("red_block", 0.639, 0.033, yaw=0.21),
        obj("yellow_block", 0.579, -0.092, yaw=0.44),
        obj("blue_ball", 0.374, 0.139),
        obj("purple_cylinder", 0.512, 0.001),
    )
    left, right, _ = locations.pyramid(seen, HAND)
    built = scene(*seen.objects, obj("pink_block", *left.position, yaw=left.yaw))
    assert room(left, seen) >= 0
    assert room(right, built) >= 0, "the block on the left leaves one direction for the fingers"


def test_what_is_put_beside_an_object_keeps_the_palm_clear_of_it_and_of_others() -> None:
    moved = obj("red_block", 0.5, -0.2)
    cylinders = (obj("red_cylinder", 0.585, 0.1), obj("blue_cylinder", 0.415, 0.1))
    alone = scene(obj("red_box", 0.5, 0.0))
    crowded = scene(*alone.objects, *cylinders)
    command = Put(Reference("red", "block"), "right", Reference("red", "box"))
    near, far = (placing.location(command, moved, seen, HAND, ()) for seen in (alone, crowded))
    assert near.position[1] > 0.06
    assert room(near, alone) >= 0 > room(near, crowded)
    assert room(far, crowded) >= 0


def test_a_free_spot_has_room_for_the_hand() -> None:
    offsets = {"red": (0.1, 0.0), "blue": (-0.1, 0.0), "green": (0.0, 0.1), "pink": (0.0, -0.1)}
    seen = scene(*(obj(f"{color}_cylinder", 0.5 + dx, dy) for color, (dx, dy) in offsets.items()))
    spots = locations.free_spots(seen, 8, HAND)
    assert len(spots) == 8
    assert all(room(spot, seen) >= 0 for spot in spots)

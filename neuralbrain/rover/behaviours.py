"""What a rover can be doing: each behaviour is a small controller from what lies ahead to a movement."""

import math
from enum import IntEnum

from neuralbrain.rover.navigation_state import PUSH, NavigationState
from neuralbrain.rover.paths import heading, wrapped

Movement = tuple[float, float]
"""Speed ahead, m/s, and how fast to turn, rad/s, left positive."""
FAST, SLOW, BACKWARDS = 0.42, 0.20, -0.20
"""m/s."""
TURNING, SEARCHING, GENTLE = 2.5, 1.2, 0.55
"""rad/s; gentle is what a ball between the prongs can follow."""
AIMED = 0.3
"""To take a ball between the prongs it must be no farther aside, rad."""
HELD = 0.16
"""A ball between the prongs is so far ahead, m."""
GAIN = 3.0
"""How fast to turn for each rad aside, 1/s: the loop through the brain takes 0.15 s."""


class Behaviour(IntEnum):
    """What the basal ganglia choose among; the numbers are a table's actions."""

    SEARCH = 0
    """Turn round and look for what is not seen."""
    TURN = 1
    """Turn on the spot until it is ahead."""
    APPROACH = 2
    """Drive straight at it."""
    ROUND_LEFT = 3
    """Pass what stands in the way on its left."""
    ROUND_RIGHT = 4
    """Pass it on its right."""
    GET_BEHIND = 5
    """Drive to the spot behind the ball, away from its goal."""
    PUSH = 6
    """Drive slowly, with the ball before the prongs, and steer it."""
    BACK_OFF = 7
    """Drive backwards."""
    STOP = 8
    """Stand still: it is done."""


WORDS = {behaviour: behaviour.name.lower().replace("_", " ") for behaviour in Behaviour}
SIDES = {Behaviour.ROUND_LEFT: 1, Behaviour.ROUND_RIGHT: -1}


def movement(behaviour: Behaviour, now: NavigationState) -> Movement:
    """Return what a behaviour does now; where it makes no sense it stands still."""
    if behaviour is Behaviour.SEARCH:
        return 0.0, SEARCHING
    if behaviour is Behaviour.BACK_OFF:
        return BACKWARDS, 0.0
    if behaviour is Behaviour.STOP or not now.known:
        return 0.0, 0.0
    match behaviour:
        case Behaviour.TURN:
            return 0.0, _rate(now.bearing)
        case Behaviour.APPROACH if not now.cradled:
            left = now.left if now.target == now.goal else math.dist(now.rover, now.target) - HELD
            return _steered(now, heading(now.rover, now.target), left)
        case Behaviour.ROUND_LEFT if now.path.side:
            return _steered(now, now.path.left)
        case Behaviour.ROUND_RIGHT if now.path.side:
            return _steered(now, now.path.right)
        case Behaviour.GET_BEHIND if now.asked == PUSH and not now.cradled:
            return _steered(now, heading(now.rover, now.behind), math.dist(now.rover, now.behind))
        case Behaviour.PUSH if now.asked == PUSH:
            course = now.ball_path.best if now.cradled else heading(now.rover, now.target)
            aside = wrapped(course - now.facing)
            most = GENTLE if now.cradled else TURNING
            turn = min(max(GAIN / 2 * aside, -most), most)
            return SLOW if now.cradled else SLOW * max(1.0 - abs(aside) / AIMED, 0.0), turn
    return 0.0, 0.0


def _steered(now: NavigationState, course: float, left: float = math.inf) -> Movement:
    """Return how to drive on a course, slowly where it ends, in so many m: turn first, then go."""
    aside = wrapped(course - now.facing)
    square = max(math.cos(aside), 0.0) * max(math.cos(aside), 0.0)
    near = min(max(left / 0.4, 0.0) + 0.2, 1.0)
    return FAST * near * square * square, _rate(aside)


def _rate(aside: float) -> float:
    return min(max(GAIN * aside, -TURNING), TURNING)


def wheels(move: Movement, axle: float, radius: float) -> tuple[float, float]:
    """Return the speeds of the left and the right wheel, rad/s.

    Args:
        move: The movement.
        axle: Distance between the wheels, m.
        radius: Of a wheel, m.
    """
    ahead, turn = move
    return (ahead - turn * axle / 2) / radius, (ahead + turn * axle / 2) / radius

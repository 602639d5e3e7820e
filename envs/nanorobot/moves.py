"""What a robot can do in a tick."""

RUN, TUMBLE, LEFT, RIGHT, UP, DOWN, RELEASE = range(7)
"""Go straight on; take any new direction; steer, then go on; let go of a portion of the payload."""
MOVES = 6
"""How many moves a robot without a payload has: all but the last."""

"""What a robot can do in a tick: the numbers of `neuralbrain.messages.Move`, as JAX takes them."""

from neuralbrain.nanorobots.body import Move

RUN, TUMBLE, LEFT, RIGHT, UP, DOWN, RELEASE = (int(move) for move in Move)
MOVES = len(Move) - 1
"""How many moves a robot without a payload has: all but the last."""
MEANINGS = tuple(move.name.lower() for move in Move)
"""What they are called."""

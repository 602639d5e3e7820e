"""The Gymnasium environments of a paddle under thrown balls."""

from typing import Any

from neuralbrain.arguments import flag
from neuralbrain.batch import JaxEnv, JaxVectorEnv
from neuralbrain.envs.dodge.rules import DodgeRules


class DodgeEnv(JaxEnv):
    """A paddle on the ground that dodges thrown balls for as long as it can.

    The field is from -1 to 1 across and from 0, the ground, to 1 up; lengths have no unit. Four balls are in
    the air; each flies straight from a random place at the top to a random place on the ground in 25 to 45
    ticks, and is thrown anew when it has landed. In a tick the balls fly, then the paddle moves by 0.04 or
    stays. The first balls come one after the other, the first not before 13 ticks.

    =========== ======= ======= ==============================================================================
    observation at      range   meaning
    =========== ======= ======= ==============================================================================
    retina      0 to 14 0 to 1  how near the nearest ball in a column of the paddle's sight is: 1 at the
                                ground, 0 at the top; columns are 0.1 apart, column 7 straight above the
                                paddle; a ball between two columns is seen in both, weaker
    place       15      -1 to 1 where the paddle's middle is
    =========== ======= ======= ==============================================================================

    Observation: float32, shape (16,), of these parts. With ``balls`` the objects themselves, shape (17,):

    =========== ============== ================= =============================================================
    observation at             range             meaning
    =========== ============== ================= =============================================================
    place       0              -1 to 1           where the paddle's middle is
    x, y        1 + 4 i, + 1   ±1.08, -0.04 to 2 where ball i is, across and up
    speed       3 + 4 i, + 1   ±0.08, 0 to 0.04  how far it goes across, and comes down, in a tick
    =========== ============== ================= =============================================================

    Action: Discrete(3): 0 left, 1 stay, 2 right; at a wall the paddle stays.

    Reward: 1 for each tick that is survived, 0 for the one in which a ball hits. The episode terminates when
    a ball lands less than 0.09 from the paddle's middle, and is truncated after 1,000 ticks. ``info`` has
    ``is_success``, whether no ball has hit it until the time was up, and ``lowest``, how high the lowest ball
    is.

    Args:
        balls: Whether paddle and balls themselves are observed.
        render_mode: "rgb_array", "ansi" or None.

    Raises:
        ConfigurationError: ``balls`` is neither True nor False.
        UnknownNameError: There is no such render mode.
    """

    def __init__(self, *, balls: bool = False, render_mode: str | None = None) -> None:
        super().__init__(DodgeRules(flag("balls", balls)), render_mode)


class DodgeVectorEnv(JaxVectorEnv):
    """Many such paddles, each in a world of its own; see `DodgeEnv`, with which each agrees.

    Args:
        num_envs: How many.
        balls: Whether paddle and balls themselves are observed.
        kind: ``max_episode_steps``, ``autoreset_mode`` and ``render_mode``, as for `JaxVectorEnv`.
    """

    def __init__(self, num_envs: int = 1, *, balls: bool = False, **kind: Any) -> None:
        super().__init__(DodgeRules(flag("balls", balls)), num_envs, **kind)

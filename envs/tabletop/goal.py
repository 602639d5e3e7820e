"""Place, push and stack as goal-conditioned environments, for hindsight experience replay."""

from typing import Any, Literal

import numpy as np
from gymnasium import spaces

from neuralbrain.arguments import one_of
from neuralbrain.envs.tabletop.env import OBJECTS, Observation, TabletopEnv
from neuralbrain.envs.tabletop.tasks.goals import GOAL_TASKS
from neuralbrain.envs.tabletop.world import SUBSTEP

_OBJECTS = 2
"""What lies on the table of each of these tasks."""


class TabletopGoalEnv(TabletopEnv):
    """A Panda at a table whose goal is where objects are to be.

    It keeps to what Gymnasium-Robotics and panda-gym do: an observation is a Dict of

    | key | shape | what it is, by simulator truth |
    |---|---|---|
    | observation | (47,) | `TabletopEnv`'s state: joints 7 + 7, gripper 1, tool 6, objects 2 x 13 |
    | achieved_goal | (3,), stack: (6,) | where the block, the box, or the lower and the upper block are, m |
    | desired_goal | likewise | where they should be, m |

    "place": the block in the bowl. "push": the box on the zone. "stack": the lower block where it was laid,
    the upper one on it. Nothing else lies on the table, and the sentence says the same. The goal is reached
    when the farthest object is 5 cm from where it should be, "stack": 2 cm, or nearer, held or not.

    Action: as `TabletopEnv`'s.

    Reward, by `compute_reward`: "sparse", 0 where the goal is reached, else -1; "dense", -1 times the
    distance of the farthest object from where it should be, m. The episode terminates when the goal is
    reached, and is truncated after 10 s of simulated time. ``info`` has ``is_success``, ``distance``, m, and
    ``instruction``.

    Args:
        task: "place", "push" or "stack".
        reward_type: "sparse" or "dense".
        actions: "ee" or "joint".
        substep: Length of a physics substep, 1/2000 to 1/120 s.
        servo_steps: Substeps a step, 1 to 240.
        render_mode: "rgb_array" or None.

    Raises:
        UnknownNameError: An argument that is none of these.
        ConfigurationError: One that is out of its range.
    """

    def __init__(
        self,
        task: str = "place",
        reward_type: Literal["sparse", "dense"] = "sparse",
        actions: Literal["ee", "joint"] = "ee",
        substep: float = SUBSTEP,
        servo_steps: int = 12,
        render_mode: str | None = None,
    ) -> None:
        self._goal = GOAL_TASKS[one_of("goal-conditioned task", task, tuple(GOAL_TASKS))]
        self._sparse = one_of("reward type", reward_type, ("sparse", "dense")) == "sparse"
        super().__init__(self._goal.task, "state", actions, substep, servo_steps, render_mode)
        known = self._known_values = len(self._low) - 13 * (OBJECTS - _OBJECTS)
        goal = spaces.Box(-100.0, 100.0, (3 * self._goal.objects,), np.float64)
        self.observation_space = spaces.Dict(
            {
                "observation": spaces.Box(self._low[:known], self._high[:known], dtype=np.float64),
                "achieved_goal": goal,
                "desired_goal": goal,
            }
        )

    def compute_reward(self, achieved_goal: Any, desired_goal: Any, info: Any) -> Any:
        """Return the reward of one goal that was achieved, or of many at once.

        Args:
            achieved_goal: Where objects are, m, shape (3,) or (n, 3); "stack": 6 instead of 3.
            desired_goal: Where they should be, likewise.
            info: Anything: it is not used.

        Returns:
            A number, or a float64 array of shape (n,).
        """
        distance = self._distance(achieved_goal, desired_goal)
        return np.where(distance > self._goal.near, -1.0, 0.0)[()] if self._sparse else -distance

    @staticmethod
    def _distance(achieved: Any, desired: Any) -> Any:
        """Return how far the farthest object is from where it should be, m, for one or many."""
        apart = np.asarray(achieved, np.float64) - np.asarray(desired, np.float64)
        squares = (apart.reshape(*apart.shape[:-1], -1, 3) ** 2).sum(axis=-1)
        return np.sqrt(squares.max(axis=-1))

    def _observe(self) -> Observation:
        truth, roles = self.body.truth, self.body.setting.roles
        return {
            "observation": self._values()[: self._known_values],
            "achieved_goal": self._goal.achieved(truth, roles),
            "desired_goal": self._goal.desired(truth, roles),
        }

    def _judged(self, seen: Observation) -> tuple[float, bool, dict[str, Any]]:
        achieved, desired = seen["achieved_goal"], seen["desired_goal"]
        distance = float(self._distance(achieved, desired))
        success = distance <= self._goal.near
        info = {"is_success": success, "distance": distance, "instruction": self.body.instruction}
        return float(self.compute_reward(achieved, desired, info)), success, info

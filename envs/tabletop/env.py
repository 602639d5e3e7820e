"""The tabletop tasks as Gymnasium environments."""

from operator import le
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.arguments import flag, one_of, run_seed
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.envs.tabletop.cameras import FAR, FIXED, HEIGHT, WIDTH, spectate
from neuralbrain.envs.tabletop.panda import LIMITS
from neuralbrain.envs.tabletop.tasks import Task
from neuralbrain.envs.tabletop.world import SUBSTEP
from neuralbrain.gym import SENTENCE, Timed, numbers_of, render_mode_of, reset_options

Observation = dict[str, Any]

STRIDE, TURN, GRIP = 0.05, 0.05, 0.02
"""What an action of 1 means: a displacement of the tool, m; of a joint, rad; of the gripper, m."""
FORCE = 30.0
"""Of the fingers, N."""
WORKSPACE = ((0.20, 0.75), (-0.45, 0.45), (0.015, 0.60))
"""Where an "ee" action may send the tool: x, y, z, m. At z = 0.009 the finger tips touch the table."""
_JOINT_RANGES = list(zip(LIMITS.lower.tolist(), LIMITS.upper.tolist(), strict=True))
OBJECTS = 12
"""Rows of the "objects" observation."""


class TabletopEnv(Timed, gymnasium.Env[Observation, NDArray[np.float32]]):
    """A Panda at a table with an English instruction.

    Observation (a Dict; every seed draws another table):

    | key | shape | range, unit | source |
    |---|---|---|---|
    | rgb (pixels) | (240, 320, 3) | 0 to 255 | fixed camera, TinyRenderer, no shadow |
    | depth (pixels) | (240, 320) | 0 to 3 m along the optical axis; 0: beyond | the same; Gaussian noise |
    | objects (state) | (12, 13) | ±100: position m, quaternion xyzw, velocity m/s, spin rad/s | truth |
    | tool (state) | (6,) | -10 to 10: position m, velocity m/s | forward kinematics |
    | joint_positions | (7,) | data sheet's limits, rad | servo encoders |
    | joint_velocities | (7,) | -20 to 20 rad/s | servo encoders |
    | gripper_width | (1,) | 0 to 0.08 m (may overshoot by 5 mm) | finger encoders |
    | contact_force (pixels) | (2,) | 0 to 1000 N | normal forces on the left and the right finger |
    | instruction (asked for) | | text | drawn from the seed |

    ``observations="pixels"`` gives what a robot has; ``"state"`` gives simulator truth instead of the
    pictures, for reinforcement learning: rows of "objects" are in the order in which the table was laid,
    unused ones are zero.

    Action: each entry in -1 to 1, the last one opens (+) or closes (-) the gripper by up to 0.02 m a step.
    ``actions="ee"``, shape (4,): displacement of the tool, which keeps pointing down, up to 0.05 m a step on
    each axis, by inverse kinematics; its goal is kept within ``WORKSPACE``. ``actions="joint"``, shape (8,):
    displacement of each joint, up to 0.05 rad a step.

    Reward: the share of the task's conditions that hold, 0 to 1, by simulator truth; the episode terminates
    when all do, and is truncated when the task's time is up, ``spec.max_episode_steps``. ``info`` has
    ``is_success``, ``progress``, which is the reward, and ``instruction``, the sentence.

    Args:
        task: One of the ten tasks' names, or "lift"; or a task of one's own.
        observations: "pixels" or "state".
        actions: "ee" or "joint".
        substep: Length of a physics substep, 1/2000 to 1/120 s.
        servo_steps: Substeps a step, 1 to 240.
        render_mode: "rgb_array" or None.
        instruction: Whether the sentence is in observations, too; few learners take text.

    Raises:
        UnknownNameError: An argument that is none of these.
        ConfigurationError: One that is out of its range.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 20}

    def __init__(
        self,
        task: str | Task = "place",
        observations: Literal["pixels", "state"] = "pixels",
        actions: Literal["ee", "joint"] = "ee",
        substep: float = SUBSTEP,
        servo_steps: int = 12,
        render_mode: str | None = None,
        instruction: bool = False,
    ) -> None:
        self._pixels = one_of("observation mode", observations, ("pixels", "state")) == "pixels"
        self._ee = one_of("action mode", actions, ("ee", "joint")) == "ee"
        self._told = flag("instruction", instruction)
        self.render_mode = render_mode_of(render_mode, ("rgb_array",))
        self.body = TabletopBody(task, substep=substep, servo_steps=servo_steps)
        self.max_episode_steps = self.body.max_ticks
        self._length = 4 if self._ee else 8
        self.action_space = spaces.Box(-1.0, 1.0, (self._length,), np.float32)
        boxes = _boxes(self._pixels)
        self._bounds = {key: (box.low, box.high) for key, box in boxes.items()}
        if not self._pixels:
            self._low, self._high = (
                np.concatenate([b.ravel() for b in side]) for side in zip(*self._bounds.values(), strict=True)
            )
            self._limits = self._low.tolist(), self._high.tolist()
        told: dict[str, spaces.Space[Any]] = {"instruction": SENTENCE} if self._told else {}
        self.observation_space = spaces.Dict({**boxes, **told})

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Lay another table: the seed's, or the next of the generator's."""
        reset_options(options)
        super().reset(seed=None if seed is None else run_seed(seed))
        self.body.reset(int(self.np_random.integers(2**31)) if seed is None else seed)
        self._ticks = 0
        seen = self._observe()
        return seen, self._judged(seen)[2]

    def step(self, action: NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Run one tick.

        Raises:
            ContractError: The action has another length, or an entry that is no number.
        """
        self._act(action)
        seen = self._observe()
        reward, success, info = self._judged(seen)
        return seen, reward, success, self._ticks >= self.max_episode_steps, info

    def _act(self, action: NDArray[np.float32]) -> None:
        """Let the arm do what an action says for a tick."""
        move = [_within(entry, -1.0, 1.0) for entry in numbers_of(action, self._length)]
        panda = self.body.world.panda
        reading = panda.read()
        *joints, left, right = reading.positions
        if self._ee:
            box = zip(reading.tool, move, WORKSPACE, strict=False)
            goal = panda.inverse([_within(at + STRIDE * by, low, high) for at, by, (low, high) in box])
        else:
            goal = [joint + TURN * by for joint, by in zip(joints, move, strict=False)]
        goal = [_within(joint, low, high) for joint, (low, high) in zip(goal, _JOINT_RANGES, strict=True)]
        width = _within(left + right + GRIP * move[-1], 0.0, LIMITS.gripper_width)
        self.body.act([goal], width, FORCE)
        self._ticks += 1

    def _judged(self, seen: Observation) -> tuple[float, bool, dict[str, Any]]:
        """Return reward, success and ``info`` of what is observed now."""
        judged = self.body.evaluate()
        info = {"is_success": judged.success, **judged.info, "instruction": self.body.instruction}
        return judged.reward, judged.success, info

    def render(self) -> NDArray[np.uint8] | None:
        """Return the whole scene for people, uint8, shape (240, 320, 3); it disturbs no later picture."""
        return spectate(self.body.world.bullet) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Release the simulator."""
        self.body.close()

    def _observe(self) -> Observation:
        seen = self._pictured() if self._pixels else self._known()
        return {**seen, "instruction": self.body.instruction} if self._told else seen

    def _pictured(self) -> Observation:
        """Return what a robot has."""
        state, picture = self.body.sense(), self.body.look(FIXED)
        felt = {
            "joint_positions": state.joint_positions,
            "joint_velocities": state.joint_velocities,
            "gripper_width": np.array([state.gripper_width]),
            "contact_force": state.contact_force,
        }
        bounded = {key: np.clip(value, *self._bounds[key]) for key, value in felt.items()}
        return {"rgb": picture.rgb, "depth": picture.depth, **bounded}

    def _known(self) -> Observation:
        """Return simulator truth by name."""
        values = self._values()
        return {
            "joint_positions": values[:7],
            "joint_velocities": values[7:14],
            "gripper_width": values[14:15],
            "tool": values[15:21],
            "objects": values[21:].reshape(OBJECTS, 13),
        }

    def _values(self) -> NDArray[np.float64]:
        """Return simulator truth as one array, in the order of `_known`."""
        # Between two ticks the caches are cold, and a numpy call costs as much as a body's physics: one array
        # is filled and shared out, and it is clipped only where something has left its bounds.
        world = self.body.world
        positions, velocities, tool, _, speed = world.panda.read()
        width = positions[7] + positions[8]
        known = [*positions[:7], *velocities[:7], width, *tool, *speed, *world.motions()]
        values = np.zeros(len(self._low))
        values[: len(known)] = known
        low, high = self._limits
        if not (all(map(le, low, known)) and all(map(le, known, high))):
            np.clip(values, self._low, self._high, out=values)
        return values


def _within(value: float, low: float, high: float) -> float:
    """Return the nearest number of a range; in a third of the time of ``min`` and ``max``."""
    return low if value < low else high if value > high else value


def _boxes(pixels: bool) -> dict[str, spaces.Box]:
    """Return the numeric spaces; those of "state" in the order of `TabletopEnv._values`."""
    slack = 0.05  # a servo overshoots
    felt: dict[str, spaces.Box] = {
        "joint_positions": spaces.Box(LIMITS.lower - slack, LIMITS.upper + slack, dtype=np.float64),
        "joint_velocities": spaces.Box(-20.0, 20.0, (7,), np.float64),
        "gripper_width": spaces.Box(-0.005, LIMITS.gripper_width + 0.005, (1,), np.float64),
    }
    if pixels:
        return felt | {
            "contact_force": spaces.Box(0.0, 1000.0, (2,), np.float64),
            "rgb": spaces.Box(0, 255, (HEIGHT, WIDTH, 3), np.uint8),
            "depth": spaces.Box(0.0, FAR, (HEIGHT, WIDTH), np.float32),
        }
    return felt | {
        "tool": spaces.Box(-10.0, 10.0, (6,), np.float64),
        "objects": spaces.Box(-100.0, 100.0, (OBJECTS, 13), np.float64),
    }

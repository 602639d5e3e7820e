"""The rover's tasks as Gymnasium environments."""

from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.arguments import flag, one_of, run_seed
from neuralbrain.body import Evaluation
from neuralbrain.envs.rover.body import RoverBody
from neuralbrain.envs.rover.datasheet import CAMERA, RANGERS, WHEELS
from neuralbrain.errors import ContractError
from neuralbrain.gym import SENTENCE, Timed, numbers_of, render_mode_of, reset_options

Observation = dict[str, Any]

OBJECTS = 10
"""Rows of the "objects" observation."""
_KINDS = {"pillar": 1.0, "ball": 2.0, "obstacle": 3.0}


class RoverEnv(Timed, gymnasium.Env[Observation, NDArray[np.float32]]):
    """A wheeled rover in a walled arena with an English instruction.

    Observation (a Dict; every seed draws another arena):

    | key | shape | range, unit | source |
    |---|---|---|---|
    | rgb (pixels) | (120, 160, 3) | 0 to 255 | front camera, TinyRenderer, no shadow |
    | depth (pixels) | (120, 160) | 0 to 6.12 m along its axis; 0: beyond | the same; up to 1 % error |
    | wheel_angles | (2,) | -10,000 to 10,000 rad: left, right, since the start | encoders |
    | wheel_speeds | (2,) | -30 to 30 rad/s | encoders |
    | heading_rate | (1,) | -20 to 20 rad/s, left positive | gyro; up to 0.01 rad/s error |
    | ranges | (8,) | 0.1 to 2 m: ahead, then every 45° to the left | range sensors; up to 5 mm error |
    | bumper | (4,) | 0, 1: front, left, back, right | switches that close at 1 N |
    | cradled | (1,) | 0, 1: something is between the prongs | light barrier |
    | rover (state) | (6,) | -20 to 20: x, y, m; cosine, sine of the heading; m/s; rad/s | truth |
    | objects (state) | (10, 6) | -20 to 20: x, y, m; velocity, m/s; radius, m; kind | truth |
    | instruction (asked for) | | text | drawn from the seed |

    ``observations="pixels"`` gives what a robot has; ``"state"`` gives simulator truth instead of the
    pictures, for reinforcement learning. Rows of "objects": balls first, then pillars, then obstacles; the
    ball and the pillars that the sentence is about are the first of theirs, in its order; kind is 1 for a
    pillar, 2 for a ball, 3 for an obstacle; unused rows are zero.

    Action: the wheels' speeds, left and right, each in -1 to 1 of 14 rad/s (0.49 m/s).

    Reward, by simulator truth: what the share of the way that is made good has grown in this step (it can be
    negative), and 1 for success. "reach" and "visit": the way is the rover's, through all pillars that are
    left to visit, to 0.40 m from each. "push": the ball's to 0.35 m from the pillar, and half of the rover's
    to the ball; it is a success when the ball lies still there. "free" is not judged: the reward is 0. The
    episode terminates on success, and is truncated when the task's time is up, ``spec.max_episode_steps``.
    ``info`` has ``is_success``, ``judged_by`` ("simulator" or "brain"), ``progress``, the share, 0 to 1, and
    ``instruction``, the sentence.

    Args:
        task: "reach" (a pillar), "visit" (two or three in order), "push" (a ball to a pillar) or "free" (red,
            blue, green and yellow pillars and an orange ball, for sentences of one's own).
        observations: "pixels" or "state".
        render_mode: "rgb_array" or None.
        instruction: Whether the sentence is in observations, too; few learners take text.

    Raises:
        UnknownNameError: An argument that is none of these.
        ConfigurationError: ``instruction`` is neither True nor False.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 20}

    def __init__(
        self,
        task: str = "reach",
        observations: Literal["pixels", "state"] = "pixels",
        render_mode: str | None = None,
        instruction: bool = False,
    ) -> None:
        self._pixels = one_of("observation mode", observations, ("pixels", "state")) == "pixels"
        self._told = flag("instruction", instruction)
        self.render_mode = render_mode_of(render_mode, ("rgb_array",))
        self.body = RoverBody(task)
        self.max_episode_steps = self.body.max_ticks
        self._ticks = -1  # no episode has begun
        self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self._boxes = _boxes(self._pixels)
        told = {"instruction": SENTENCE} if self._told else {}
        self.observation_space = spaces.Dict({**self._boxes, **told})

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Lay out another arena: the seed's, or the next of the generator's."""
        reset_options(options)
        super().reset(seed=None if seed is None else run_seed(seed))
        self.body.reset(int(self.np_random.integers(2**31)) if seed is None else seed)
        self._ticks = 0
        judged = self.body.evaluate()
        self._earned = judged.reward
        return self._observe(), self._info(judged)

    def step(self, action: NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Run one tick.

        Raises:
            ContractError: `reset` has not been called, or the action has another length, or an entry that is
                no number.
        """
        if self._ticks < 0:
            raise ContractError("call reset() before step()")
        left, right = (WHEELS.max_speed * entry for entry in numbers_of(action, 2))
        self.body.act(left, right)
        self._ticks += 1
        judged = self.body.evaluate()
        reward, self._earned = judged.reward - self._earned, judged.reward
        over = self._ticks >= self.max_episode_steps
        return self._observe(), reward, judged.success, over, self._info(judged)

    def render(self) -> NDArray[np.uint8] | None:
        """Return the whole arena for people, uint8, shape (240, 320, 3); it disturbs no later picture."""
        return self.body.snapshot() if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Release the simulator."""
        self.body.close()

    def _observe(self) -> Observation:
        felt = self.body.sense()
        seen: dict[str, Any] = {
            "wheel_angles": felt.wheel_angles,
            "wheel_speeds": felt.wheel_speeds,
            "heading_rate": np.array([felt.heading_rate]),
            "ranges": felt.ranges,
            "bumper": felt.bumper.astype(np.int8),
            "cradled": np.array([felt.cradled], np.int8),
        }
        if self._pixels:
            picture = self.body.look(CAMERA.name)
            seen |= {"rgb": picture.rgb, "depth": picture.depth}
        else:
            seen |= {"rover": np.array(self._rover()), "objects": self._objects()}
        for key in ("wheel_angles", "wheel_speeds", "heading_rate", "rover", "objects"):
            if key in seen:
                seen[key] = np.clip(seen[key], self._boxes[key].low, self._boxes[key].high)
        return {**seen, "instruction": self.body.instruction} if self._told else seen

    def _info(self, judged: Evaluation) -> dict[str, Any]:
        judge = "simulator" if judged.judged else "brain"
        told = {"instruction": self.body.instruction}
        return {"is_success": judged.success, "judged_by": judge, **judged.info, **told}

    def _rover(self) -> list[float]:
        world = self.body.world
        (x, y, _), turn = world.rover.frame()
        velocity, spin = world.bullet.getBaseVelocity(world.rover.id)
        return [x, y, turn[0], turn[3], turn[0] * velocity[0] + turn[3] * velocity[1], spin[2]]

    def _objects(self) -> NDArray[np.float64]:
        world = self.body.world
        rows = np.zeros((OBJECTS, 6))
        for row, obj in enumerate(self.body.setting.layout.objects):
            velocity, _ = world.bullet.getBaseVelocity(world.bodies[obj.name])
            rows[row] = (*world.place(obj.name), *velocity[:2], obj.radius, _KINDS[obj.category])
        return rows


def _boxes(pixels: bool) -> dict[str, Any]:
    """Return the numeric spaces."""
    felt: dict[str, Any] = {
        "wheel_angles": spaces.Box(-1e4, 1e4, (2,), np.float64),
        "wheel_speeds": spaces.Box(-30.0, 30.0, (2,), np.float64),
        "heading_rate": spaces.Box(-20.0, 20.0, (1,), np.float64),
        "ranges": spaces.Box(RANGERS.near, RANGERS.far, (len(RANGERS.bearings),), np.float64),
        "bumper": spaces.MultiBinary(4),
        "cradled": spaces.MultiBinary(1),
    }
    if pixels:
        size = (CAMERA.height, CAMERA.width)
        return felt | {
            "rgb": spaces.Box(0, 255, (*size, 3), np.uint8),
            "depth": spaces.Box(0.0, 1.02 * CAMERA.far, size, np.float32),
        }
    return felt | {
        "rover": spaces.Box(-20.0, 20.0, (6,), np.float64),
        "objects": spaces.Box(-20.0, 20.0, (OBJECTS, 6), np.float64),
    }

"""The rover as a body: what a brainstem senses, looks at and acts on.

**Frames.** The rover's frame has its origin on the floor between the wheels, x forward, y to the left, z up;
m. Turning left is positive. The camera's frame is x right, y down, z along the optical axis; a picture's pose
leads from it into the *rover's* frame as it was when the picture was taken, because a rover does not know
where in the world it is. Nor is it told how large the arena is, or what stands in it: it must look. Where the
wheels have carried it follows from their angles (``wheels``): ahead by the mean of both ways, left by their
difference over the axle; the wheels slip a little, and are not quite as large as the data sheet says, so that
a place known so gets worse by some percent of the way.

**Senses.** Two encoders, a gyro about the vertical, four bumper switches, eight range sensors around it, a
light barrier between its prongs, and a camera with depth that looks a little down: it sees the floor from
0.24 m ahead of the rover's origin, the upper part of a ball between the prongs, and the top of a pillar from
1 m away.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import Evaluation, Picture, Thing
from neuralbrain.envs.bullet import Rebuilt
from neuralbrain.envs.rover.camera import look
from neuralbrain.envs.rover.claims import truth_of
from neuralbrain.envs.rover.datasheet import CAMERA, HULL, RANGERS, WHEELS
from neuralbrain.envs.rover.judge import Judge
from neuralbrain.envs.rover.render import spectate
from neuralbrain.envs.rover.senses import sense
from neuralbrain.envs.rover.tasks import Setting, find_task
from neuralbrain.envs.rover.world import SUBSTEP, World
from neuralbrain.errors import ContractError, UnknownNameError
from neuralbrain.rover.body import RoverState

ANCHOR_TICKS = 200
"""After so many ticks the world is built afresh from where all is. It is part of the physics."""


class RoverBody(Rebuilt):
    """A rover in an arena with a task.

    PyBullet's own saved states are not exact once contacts have changed. So every run, whether or not anybody
    saves it, builds its world afresh every ``ANCHOR_TICKS`` ticks from some floats, the anchor; a state is
    the seed, the last anchor and the log of what was done since.

    Args:
        task: "reach", "visit", "push" or "free".

    Attributes:
        instruction: The sentence of this episode; set by `reset`.
        tick_seconds: Simulated time of one `act`, s.
        servo_steps: Physics substeps in one `act`.
        max_ticks: When the task's time is up.
        wheels: What the data sheet says of them.
        camera: What the data sheet says of it.
        rangers: What the data sheet says of them.
        hull: What the data sheet says of its outline.
        cameras: The names of the cameras.
    """

    servo_steps = 12
    tick_seconds = SUBSTEP * servo_steps
    wheels, camera, rangers, hull = WHEELS, CAMERA, RANGERS, HULL
    cameras = (CAMERA.name,)

    def __init__(self, task: str = "reach") -> None:
        self._task = find_task(task)
        self.max_ticks = round(self._task.seconds / self.tick_seconds)
        self._world: World | None = None

    @property
    def world(self) -> World:
        """The simulated world; only evaluation and tests look into it."""
        if self._world is None:
            raise ContractError("a RoverBody has no world yet: call reset(seed) first")
        return self._world

    @property
    def setting(self) -> Setting:
        """What was drawn from the seed."""
        return self._setting

    def reset(self, seed: int) -> None:
        """Build the world afresh from the seed."""
        self._draw(seed)
        self._build(None)

    def sense(self) -> RoverState:
        """Return what the rover senses now; asked twice in a tick, it says the same twice."""
        return sense(self.world, np.random.default_rng([self._seed, 0x5E45E, self._ticks]))

    def look(self, camera: str) -> Picture:
        """Take a picture; two in one tick are the same.

        Raises:
            UnknownNameError: No camera of that name.
        """
        if camera != CAMERA.name:
            raise UnknownNameError("camera", camera, self.cameras)
        rng = np.random.default_rng([self._seed, 0xDE97, self._ticks])
        error = rng.uniform(-1.0, 1.0, (CAMERA.height, CAMERA.width)) * self._setting.depth_error
        return look(self.world.bullet, self.world.rover, 1.0 + error)

    def act(self, left: float, right: float) -> None:
        """Run one tick of physics.

        Args:
            left: What the left wheel's motor holds, rad/s; it is kept within ±``wheels.max_speed``.
            right: The right one's.

        Raises:
            ContractError: A speed is not finite.
        """
        if not (math.isfinite(left) and math.isfinite(right)):
            raise ContractError(f"wheel speeds are finite numbers in rad/s, not {left!r} and {right!r}")
        # A world that was built afresh has no contacts until it steps: so before an act, never after it.
        if len(self._log) == ANCHOR_TICKS:
            self._build(self.world.floats())
        most = WHEELS.max_speed
        command = (min(max(float(left), -most), most), min(max(float(right), -most), most))
        self.world.advance(*command, self.servo_steps)
        self._log.append(command)
        self._ticks += 1
        if self._judge is not None:
            self._judge.watch(self._place())

    def evaluate(self) -> Evaluation:
        """Judge the present state of the world, by simulator truth; the reward is described in `RoverEnv`."""
        if self._judge is None:
            return Evaluation(success=False, reward=0.0, info={"progress": 0.0}, judged=False)
        return self._judge.judge(self.world, self._place())

    def truth_of(self, predicate: str, things: Sequence[Thing]) -> bool | None:
        """Whether a statement of a brain is true now; None: nobody can say."""
        return truth_of(self.world, self._setting, predicate, things)

    def truth(self) -> dict[str, tuple[float, float, float]]:
        """Return where "rover" and all objects are, for tests: x, y, m, and heading or yaw, rad."""
        (x, y, _), turn = self.world.rover.frame()
        places = {"rover": (x, y, math.atan2(turn[3], turn[0]))}
        for obj in self._setting.layout.objects:
            places[obj.name] = (*self.world.place(obj.name), obj.yaw)
        return places

    def snapshot(self) -> NDArray[np.uint8]:
        """Return a picture of the arena for people, height x width x 3; it leaves no trace in the state."""
        return spectate(self.world.bullet)

    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs; it can be pickled, and is some 10 KB at most."""
        return {
            "seed": self._seed,
            "ticks": self._ticks,
            "visited": 0 if self._judge is None else self._judge.visited,
            "anchor": self._anchor,
            "log": list(self._log),
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there, in this process or another."""
        self._draw(state["seed"])
        self._build(state["anchor"])
        for left, right in state["log"]:
            self.act(left, right)
        self._ticks = state["ticks"]
        if self._judge is not None:
            self._judge.visited = state["visited"]

    def close(self) -> None:
        """Release the simulator."""
        if self._world is not None:
            self._world.close()
            self._world = None

    def _draw(self, seed: int) -> None:
        self._seed, self._ticks = seed, 0
        self._setting = self._task.setting(seed)
        self._judge = Judge(self._setting) if self._task.judged else None
        self.instruction = self._setting.sentence

    def _build(self, anchor: list[float] | None) -> None:
        self.close()
        self._world = World(self._setting, anchor)
        self._anchor, self._log = anchor, list[tuple[float, float]]()

    def _place(self) -> tuple[float, float]:
        return self.world.rover.frame()[0][:2]

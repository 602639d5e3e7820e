"""The tabletop as a body: what a brainstem senses, looks at and acts on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from neuralbrain.arm.body import ArmState
from neuralbrain.body import Evaluation, Floats, Picture
from neuralbrain.envs.tabletop.cameras import CAMERAS, HEIGHT, WIDTH, look
from neuralbrain.envs.tabletop.panda import LIMITS
from neuralbrain.envs.tabletop.tasks import Setting, find_task
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.envs.tabletop.world import SUBSTEP, World
from neuralbrain.errors import ContractError, UnknownNameError


class TabletopBody:
    """A Panda at a table with a task; it implements `neuralbrain.body.ArmBody`.

    PyBullet's own saved states are not exact once contacts have changed, so a state is the seed and the log
    of all that was done since; to return to it the world is built afresh and everything done again.

    Args:
        task: One of the ten tasks' names.
        instruction: A sentence in the place of the task's own; the task cannot judge it then.
        substep: Length of a physics substep, s.
        servo_steps: Substeps a tick.
    """

    limits = LIMITS
    cameras = CAMERAS

    def __init__(
        self,
        task: str = "place",
        instruction: str | None = None,
        *,
        substep: float = SUBSTEP,
        servo_steps: int = 12,
    ) -> None:
        self._task, self._own_instruction = find_task(task), instruction
        self._substep, self.servo_steps = substep, servo_steps
        self.tick_seconds = substep * servo_steps
        self.max_ticks = round(self._task.seconds / self.tick_seconds)
        self._world: World | None = None
        self._log: list[tuple[Any, ...]] = []

    @property
    def world(self) -> World:
        """The simulated world; only evaluation and tests look into it."""
        if self._world is None:
            raise ContractError("a TabletopBody has no world yet: call reset(seed) first")
        return self._world

    @property
    def judge(self) -> str:
        """Who can say whether it succeeded: "simulator", or "brain" where the sentence is not the task's."""
        return "simulator" if self._own_instruction is None else "brain"

    @property
    def setting(self) -> Setting:
        """What was drawn from the seed."""
        return self._setting

    def reset(self, seed: int) -> None:
        """Build the world afresh from the seed."""
        self.close()
        self._seed = seed
        self._setting = self._task.draw(np.random.default_rng([seed, 0x7AB1E]))
        self.instruction = self._own_instruction or self._setting.sentence
        self._world = World(self._setting.things, self._substep)
        self._log, self._pictures = [], 0
        self.truth = Truth(self._world, self._setting.things)
        self._reached = False

    def sense(self) -> ArmState:
        """Return what the arm feels now."""
        return self.world.panda.sense()

    def look(self, camera: str) -> Picture:
        """Take a picture.

        Raises:
            UnknownNameError: No camera of that name.
        """
        if camera not in CAMERAS:
            raise UnknownNameError("camera", camera, CAMERAS)
        noise = None
        if self._setting.depth_noise > 0:
            rng = np.random.default_rng([self._seed, 0xDE97, self._pictures])
            noise = rng.normal(0.0, self._setting.depth_noise, (HEIGHT, WIDTH))
        self._pictures += 1
        self._log.append((camera,))
        return look(self.world.bullet, self.world.panda.id, camera, noise)

    def snapshot(self, camera: str) -> Picture:
        """Take a picture for people: without noise, and without a trace in the body's state."""
        return look(self.world.bullet, self.world.panda.id, camera, None)

    def act(self, joints: Floats, gripper_width: float, gripper_force: float) -> None:
        """Run one tick of physics; see `neuralbrain.body.ArmBody.act`.

        Fewer rows than servo steps are as well, where they divide them: each is held for longer.

        Raises:
            ContractError: They do not.
        """
        world = self.world
        held, left = divmod(self.servo_steps, len(joints))
        if left:
            raise ContractError(
                f"{len(joints)} rows of joint targets do not divide {self.servo_steps} servo steps"
            )
        for row in joints:
            world.run(row, gripper_width, gripper_force, held)
        self._log.append((joints.copy(), gripper_width, gripper_force))
        if not self._reached and len(self._log) % 10 == 0 and self._task.milestone is not None:
            self._reached = self._task.milestone(self.truth, self._setting.roles)

    def evaluate(self) -> Evaluation:
        """Judge the world as it stands, by simulator truth."""
        if self._own_instruction is not None:
            return Evaluation(success=False, reward=0.0, info={"judged_by": self.judge})
        goals = [bool(goal) for goal in self._task.goals(self.truth, self._setting.roles)]
        if self._task.milestone is not None:
            goals.append(self._reached)
        progress = sum(goals) / len(goals)
        info: dict[str, float | int | bool | str] = {"judged_by": self.judge, "progress": progress}
        return Evaluation(success=all(goals), reward=progress, info=info)

    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs; it can be pickled."""
        return {"seed": self._seed, "log": list(self._log)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there, in this process or another."""
        self.reset(state["seed"])
        entries: Sequence[tuple[Any, ...]] = state["log"]
        for entry in entries:
            if len(entry) == 1:
                self._pictures += 1  # a picture changes nothing but the number of the next one's noise
                self._log.append(entry)
            else:
                self.act(*entry)

    def close(self) -> None:
        """Release the simulator."""
        if self._world is not None:
            self._world.close()
            self._world = None

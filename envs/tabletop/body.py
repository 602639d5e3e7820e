"""The tabletop as a body: what a brainstem senses, looks at and acts on."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from neuralbrain.arguments import quantity, whole
from neuralbrain.arm.body import ArmState
from neuralbrain.body import Evaluation, Floats, Picture, Thing
from neuralbrain.envs.bullet import Rebuilt
from neuralbrain.envs.tabletop.cameras import CAMERAS, HEIGHT, WIDTH, front, look
from neuralbrain.envs.tabletop.claims import truth_of
from neuralbrain.envs.tabletop.panda import HOME, LIMITS, LINKS
from neuralbrain.envs.tabletop.tasks import Setting, Task, find_task
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.envs.tabletop.world import SUBSTEP, World
from neuralbrain.errors import ContractError, UnknownNameError

ANCHOR_EVERY = 400
"""Ticks after which the world is built again.

It belongs to the physics: with another number, trajectories part at the last bits. To build costs as much as
ten ticks, 2 to 3 % of 400; to return to a state takes 400 ticks at most, about half a second.
"""
SETTLING = 20
"""Ticks in which what is placed comes to rest before an episode begins: one second, usually."""

SUBSTEPS = (1 / 2000, 1 / 120)
"""The shortest and the longest physics substep, s: what is grasped stays in the hand (tried with a block)."""
SERVO_STEPS = (1, 240)
"""The fewest and the most substeps of a tick."""


class Anchor(NamedTuple):
    """From where a world can be built.

    Attributes:
        tick: How many ticks had passed.
        floats: See `World.floats`; none at the start.
        reached: Whether the task's milestone had been reached.
    """

    tick: int = 0
    floats: tuple[float, ...] = ()
    reached: bool = False


class TabletopBody(Rebuilt):
    """A Panda at a table with a task; it implements `neuralbrain.body.ArmBody`.

    PyBullet's own saved states are not exact once contacts have changed. What is exact is to build a world
    and to do again what was done in it; for a whole episode that takes seconds. So every ``ANCHOR_EVERY``
    ticks, in every run, the world is built again from about a hundred floats, its anchor, and the run goes on
    in the new one. A state is the seed, the last anchor and what was done since: to return to it is to build
    one world and to run at most that many ticks.

    Args:
        task: One of the ten tasks' names, or "lift"; or a task of one's own.
        substep: Length of a physics substep, 1/2000 to 1/120 s.
        servo_steps: Substeps a tick, 1 to 240.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: The other two are out of their ranges.
    """

    limits, links = LIMITS, LINKS
    cameras = CAMERAS
    truth: Truth
    """What is where, for judges and tests."""

    def __init__(
        self,
        task: str | Task = "place",
        *,
        substep: float = SUBSTEP,
        servo_steps: int = 12,
    ) -> None:
        self._task = task if isinstance(task, Task) else find_task(task)
        self._substep = quantity("substep", substep, *SUBSTEPS, "s")
        self.servo_steps = whole("servo_steps", servo_steps, *SERVO_STEPS)
        self.tick_seconds = self._substep * self.servo_steps
        self.max_ticks = round(self._task.seconds / self.tick_seconds)
        self._world: World | None = None
        self._anchor, self._reached = Anchor(), False

    @property
    def world(self) -> World:
        """The simulated world; only evaluation and tests look into it."""
        if self._world is None:
            raise ContractError("a TabletopBody has no world yet: call reset(seed) first")
        return self._world

    @property
    def setting(self) -> Setting:
        """What was drawn from the seed."""
        return self._setting

    def reset(self, seed: int) -> None:
        """Build the world afresh from the seed.

        Raises:
            ConfigurationError: It cannot be built as it was wanted.
        """
        self._begin(seed, Anchor())
        if self._task.settled is not None:
            for _ in range(SETTLING):
                self.world.advance(
                    HOME.tolist(), LIMITS.gripper_width, LIMITS.gripper_force, self.servo_steps
                )
            self._task.settled(self.truth)
            self._anchor = Anchor(floats=tuple(self.world.floats()))
            self._build()
            self.truth.adopt(self.world)

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
        return look(self.world.bullet, self.world.panda.id, camera, noise)

    def snapshot(self, camera: str) -> Picture:
        """Take a picture for people: without noise, and without a trace in the body's state."""
        return look(self.world.bullet, self.world.panda.id, camera, None)

    def front(self) -> Picture:
        """Take a picture for people who talk with a brain, of the whole, likewise without a trace."""
        return front(self.world.bullet)

    def act(self, joints: ArrayLike, gripper_width: float, gripper_force: float) -> None:
        """Run one tick of physics; see `neuralbrain.body.ArmBody.act`.

        Fewer rows than servo steps are as well, where they divide them: each is held for longer.

        Raises:
            ContractError: They do not.
        """
        targets = np.array(joints, np.float64)  # a copy, since it is remembered
        if self.servo_steps % len(targets):
            raise ContractError(
                f"{len(targets)} rows of joint targets do not divide {self.servo_steps} servo steps"
            )
        # Not after the last tick of an interval: in a world that was just built nothing touches anything.
        if len(self._log) == ANCHOR_EVERY:
            floats = tuple(self.world.floats())
            self._anchor = Anchor(self._anchor.tick + ANCHOR_EVERY, floats, self._reached)
            self._build()
            self.truth.adopt(self.world)
        self._run(targets, gripper_width, gripper_force)

    def evaluate(self) -> Evaluation:
        """Judge the present state of the world, by simulator truth."""
        goals = [bool(goal) for goal in self._task.goals(self.truth, self._setting.roles)]
        if not goals:
            return Evaluation(success=False, reward=0.0, info={}, judged=False)
        if self._task.milestone is not None:
            goals.append(self._reached)
        progress = sum(goals) / len(goals)
        return Evaluation(success=all(goals), reward=progress, info={"progress": progress})

    def truth_of(self, predicate: str, things: Sequence[Thing]) -> bool | None:
        """Whether a statement of a brain is true now; None: nobody can say."""
        truth = truth_of(self.truth, predicate, things)
        return None if truth is None else bool(truth)

    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs; it can be pickled."""
        return {
            "seed": self._seed,
            "anchor": self._anchor,
            "log": list(self._log),
            "pictures": self._pictures,
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there, in this process or another."""
        self._begin(state["seed"], state["anchor"])
        self._pictures = state["pictures"]
        for command in state["log"]:
            self._run(*command)

    def close(self) -> None:
        """Release the simulator."""
        if self._world is not None:
            self._world.close()
            self._world = None

    def _begin(self, seed: int, anchor: Anchor) -> None:
        """Draw what the seed says, and build the world as it was at an anchor."""
        self._seed, self._anchor = seed, anchor
        self._setting = self._task.draw(np.random.default_rng([seed, 0x7AB1E]))
        self.instruction = self._setting.sentence
        self._pictures, self._reached = 0, anchor.reached
        self._build()
        self.truth = Truth(self.world, self._setting.objects)

    def _build(self) -> None:
        """Let a world that is built from the anchor take the place of the one there is."""
        self.close()
        self._world = World(self._setting.objects, self._substep)
        if self._anchor.floats:
            self._world.put(self._anchor.floats)
        self._log: list[tuple[Floats, float, float]] = []

    def _run(self, joints: Floats, gripper_width: float, gripper_force: float) -> None:
        """Run a tick, and remember it."""
        held = self.servo_steps // len(joints)
        for row in joints.tolist():
            self.world.advance(row, gripper_width, gripper_force, held)
        self._log.append((joints, gripper_width, gripper_force))
        tick, milestone = self._anchor.tick + len(self._log), self._task.milestone
        if milestone is not None and not self._reached and tick % 10 == 0:
            self._reached = milestone(self.truth, self._setting.roles)

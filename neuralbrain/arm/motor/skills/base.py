"""What a skill is: a state machine that turns what is felt and seen into motions, until it ends."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from neuralbrain.arm.messages import Proprioception
from neuralbrain.arm.motor.kinematics import Arm, Floats, Pose
from neuralbrain.arm.motor.obstacles import highest, obstacles
from neuralbrain.arm.motor.skills.declaration import Declared
from neuralbrain.arm.motor.trajectory import Pace, UnreachableError, between, rounded, track
from neuralbrain.arm.predicates import is_felt
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Location, Scene, SceneObject

GRASP_FORCE = 40.0
"""Of both fingers together, N: firm for what lies on the table. The brainstem keeps to what the body can."""
CLEARANCE = 0.03
"""How high above everything else the gripper, or what hangs from it, passes, m."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is in the hand.

    Attributes:
        object: Its id.
        size: As in the scene: along its own x, y and up, m.
        rise: Height of its centre above the point between the finger tips, m.
        width: Between the fingers that hold it, m.
    """

    object: str
    size: tuple[float, float, float]
    rise: float
    width: float

    @property
    def hang(self) -> float:
        """How far it reaches below the point between the finger tips, m."""
        return self.size[2] / 2 - self.rise


@dataclass(frozen=True, kw_only=True)
class SkillContext:
    """All that a skill may look at.

    Attributes:
        proprioception: What the body feels.
        scene: The newest scene.
        locations: The plan's locations by id.
        joints: The joint target at this tick, rad: where the next motion begins.
        width: The gripper's target, m.
        rest: The posture in which the arm hides nothing from the camera that overlooks the workspace, rad.
        touched: Whether the last motion was ended early because the fingers touched something.
        arm: What the body says of itself, and where the tool is for joint angles.
    """

    proprioception: Proprioception
    scene: Scene
    locations: Mapping[str, Location]
    joints: Floats
    width: float
    rest: Floats
    touched: bool
    arm: Arm

    def find(self, name: str) -> SceneObject:
        """Return an object of the scene.

        Raises:
            SkillError: There is none of that id.
        """
        found = self.scene.find(name)
        if found is None:
            raise SkillError(f"the scene has no {name!r}")
        return found


class SkillError(PlanError):
    """A skill cannot be done as things are; the step fails, nothing worse."""


@dataclass(frozen=True, kw_only=True)
class Motion:
    """Joint targets and a grip to carry out before the skill is asked again.

    Attributes:
        joints: rad, one row a tick, shape (ticks, n).
        width: Between the fingers, m.
        force: Of both fingers together, N.
        holding: The motion is broken off when the fingers do not feel any more what is between them.
        touch: The motion ends early when a finger touches with more than this, N; 0: never.
        grasping: The motion ends as soon as the fingers have come to rest.
        settle: The motion is over only when the arm has really arrived.
    """

    joints: Floats
    width: float
    force: float = GRASP_FORCE
    holding: bool = False
    touch: float = 0.0
    grasping: bool = False
    settle: bool = False


@dataclass(frozen=True)
class TakePicture:
    """Take a picture before the skill is asked again.

    Attributes:
        camera: The role of the camera, ``OVERVIEW`` or ``ON_HAND``.
    """

    camera: str


@dataclass(frozen=True)
class Outcome:
    """The end of a skill.

    Attributes:
        success: Whether it was done, as far as touch can tell.
        reason: Why not; empty for success.
    """

    success: bool
    reason: str = ""


Action = Motion | TakePicture | Outcome


def raised(pose: Pose, by: float) -> Pose:
    """Return a pose, so many metres higher."""
    return Pose(pose.position + np.array([0.0, 0.0, by]), pose.rotation)


class Skill(Declared, ABC):
    """A deterministic state machine. Its state is plain data: the name of its phase and a few numbers.

    `advance` calls the method named by ``phase``, which says what to do next and sets the next phase.

    Args:
        args: The step's arguments.
        held: What is in the hand.

    Attributes:
        held: What is in the hand by now; the skill keeps it up to date.
    """

    changes_scene: ClassVar[bool] = True
    """Whether its result must be looked at."""
    uses_scene: ClassVar[bool] = True
    """Whether it acts on objects as they were seen, so that another try should begin with another look."""

    def __init__(self, args: Mapping[str, str], held: Held | None) -> None:
        missing = sorted(set(self.arguments) - self.optional - set(args))
        if missing:
            raise SkillError(f"{self.name} needs the argument {', '.join(missing)}")
        self.args = dict(args)
        self.held = held
        self.phase = "start"
        self.reason = ""

    @classmethod
    def objection(cls, args: Mapping[str, str], held: Held | None) -> str:
        """Say why it makes no sense to try, whatever the scene is like; empty if it does."""
        if "hand_empty" in cls.before and held is not None:
            return f"the hand holds {held.object!r}"
        for name in cls.arguments:
            if f"holding {name}" in cls.before and (held is None or held.object != args.get(name, "")):
                return f"the hand does not hold {args.get(name, '')!r}"
        return ""

    @classmethod
    def is_shown(cls, conditions: Iterable[Condition]) -> bool:
        """Whether a picture shows that it has brought about some conditions."""
        return cls.changes_scene and any(not is_felt(c.predicate) for c in conditions)

    @classmethod
    def register(cls) -> None:
        """Make it known in this process, and to all processes of the runs that it begins."""
        from neuralbrain.arm.motor.skills.table import register  # noqa: PLC0415 - the table is made of skills

        register(cls)

    @abstractmethod
    def start(self, now: SkillContext) -> Action:
        """The first phase."""

    def advance(self, now: SkillContext) -> Action:
        """Say what to do next; called when the last action is over."""
        try:
            action: Action = getattr(self, self.phase)(now)
        except (PlanError, UnreachableError) as error:
            action = Outcome(False, str(error))
        return action

    def end(self, now: SkillContext) -> Action:
        """The last phase: it has worked, unless a reason was noted."""
        return Outcome(not self.reason, self.reason)

    def follow(self, now: SkillContext, way: list[Pose], pace: Pace, **grip: Any) -> Motion:
        """Return the motion along a way, keeping the grip as it is unless told otherwise."""
        return self._motion(now, track(now.arm, now.joints, way, pace), grip)

    def straight(self, now: SkillContext, target: Pose, pace: Pace, **grip: Any) -> Motion:
        """Return the motion straight to a pose, keeping the grip unless told otherwise."""
        return self.follow(now, between(now.arm.forward(now.joints), target), pace, **grip)

    def rise(self, now: SkillContext, by: float, pace: Pace, **grip: Any) -> Motion:
        """Return the motion straight up, m, keeping the grip unless told otherwise."""
        here = now.arm.forward(now.joints)
        return self.straight(now, raised(here, by), pace, **grip)

    def wait(self, now: SkillContext, ticks: int, **grip: Any) -> Motion:
        """Return the motion that stands still for some ticks, keeping the grip unless told otherwise."""
        return self._motion(now, np.repeat(now.joints[None], ticks, axis=0), grip)

    def _motion(self, now: SkillContext, rows: Floats, grip: dict[str, Any]) -> Motion:
        return Motion(**{"joints": rows, "width": now.width, "holding": self.held is not None, **grip})

    def over(self, now: SkillContext, target: Pose, above: float = 0.0) -> list[Pose]:
        """Return the way up, over everything, and down to ``above`` metres above a pose."""
        here = now.arm.forward(now.joints)
        walls = obstacles(now.scene, ignore=[self.held.object] if self.held else [])
        hand = now.arm.schema
        hang = max(self.held.hang, hand.finger_depth) if self.held else hand.finger_depth
        end = raised(target, above)
        top = highest(walls, here.position[:2].tolist(), end.position[:2].tolist(), hand) + CLEARANCE + hang
        corners = [here]
        if here.position[2] < top - 0.01:
            corners.append(Pose(np.array([*here.position[:2], top]), here.rotation))
        if end.position[2] < top - 0.01:
            corners.append(Pose(np.array([*end.position[:2], top]), end.rotation))
        return rounded([*corners, end])

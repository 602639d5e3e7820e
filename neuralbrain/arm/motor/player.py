"""Plays one motion after the other: what to send, and whether the last one is over."""

from typing import Any, Literal

import numpy as np

from neuralbrain.arm.messages import MotorReport, Proprioception
from neuralbrain.arm.motor.kinematics import Floats
from neuralbrain.arm.motor.skills.base import GRASP_FORCE, Motion

_ARRIVED = 0.004
"""Largest joint error at which the arm has arrived, rad: about 3 mm at the tool."""
_PATIENCE = 12
"""So many ticks after its last row a motion is over, arrived or not."""
_STILL = 0.0004
"""Fingers that move less in a tick are at rest, m."""

_FELT, _LOST = 0.5, 3
"""What is held is lost when a finger has felt less than this, N, for so many ticks."""

Progress = Literal["moving", "over", "touched", "lost"]


class Player:
    """Knows what the arm has been told, and follows how it obeys.

    A command sent at tick t moves the arm from tick t + 1 on, and is felt at t + 3.

    Args:
        joints: Where the arm stands, rad.
        width: Between the fingers, m.
    """

    def __init__(self, joints: Floats, width: float) -> None:
        self.motion = Motion(joints=joints[None].copy(), width=width)
        self.start = 0
        self._widths: list[float] = []
        self._unfelt = 0
        self.withdrawing = False  # whether a reflex moves the arm, which obeys no command meanwhile

    def command(self) -> dict[str, Any]:
        """Return the fields of the `MotorCommand` for the motion just begun."""
        return {
            "start": self.start,
            "joints": self.motion.joints,
            "gripper_width": self.motion.width,
            "gripper_force": self.motion.force,
        }

    def play(self, motion: Motion, tick: int) -> None:
        """Begin a motion, which the body takes up at the next tick."""
        self.motion, self.start = motion, tick + 1
        self._widths, self._unfelt = [], 0

    def hold(self, tick: int, joints: Floats | None = None) -> None:
        """Break off: stay where the arm is told to be, with the grip as it is.

        Args:
            tick: Now.
            joints: The joint target to stay at, rad; None: that of this tick.
        """
        target = self.joints(tick) if joints is None else joints
        motion = Motion(joints=target[None].copy(), width=self.motion.width, force=GRASP_FORCE)
        self.play(motion, tick)

    def joints(self, tick: int) -> Floats:
        """Return the joint target for a tick, rad."""
        rows = self.motion.joints
        row: Floats = rows[min(max(tick - self.start, 0), len(rows) - 1)]
        return row

    def heed(self, report: MotorReport, tick: int) -> bool:
        """Follow the brainstem where its reflex takes the arm; whether that is over by this report."""
        drew_back = self.withdrawing or "reflex" in report.clamped
        self.withdrawing = report.withdrawing
        if not drew_back or self.withdrawing:
            return False
        self.motion = Motion(joints=report.joints[None].copy(), width=report.gripper_width)
        self.start = tick
        return True

    def progress(self, tick: int, proprioception: Proprioception) -> Progress:
        """Say how the motion goes, as far as is felt at this tick."""
        motion = self.motion
        if proprioception.tick <= self.start:
            return "moving" if len(motion.joints) > 1 or motion.settle or motion.grasping else "over"
        if motion.holding:
            self._unfelt = self._unfelt + 1 if proprioception.contact_force.min() < _FELT else 0
            if self._unfelt == _LOST:
                return "lost"
        if motion.touch and proprioception.contact_force.max() > motion.touch:
            return "touched"
        last = self.start + len(motion.joints) - 1
        if motion.grasping:
            self._widths.append(proprioception.gripper_width)
            recent = self._widths[-3:]
            if len(self._widths) > 4 and max(recent) - min(recent) < _STILL:
                return "over"
        if tick < last:
            return "moving"
        if motion.settle and tick < last + _PATIENCE:
            error = np.abs(proprioception.joint_positions - motion.joints[-1]).max()
            speed = np.abs(proprioception.joint_velocities).max()
            if proprioception.tick <= last or error > _ARRIVED or speed > 0.02:
                return "moving"
        return "over"

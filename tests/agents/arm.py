"""An arm without physics, for the real brainstem: joints follow their targets with a lag."""

from typing import Any

import gymnasium
import numpy as np

from neuralbrain.arm.body import ArmLimits, ArmState
from neuralbrain.arm.messages import MotorCommand, Proprioception
from neuralbrain.blueprint import Blueprint
from neuralbrain.body import Evaluation, Picture
from neuralbrain.region import Inbox, Outbox, Region

ENV = "neuralbrain/Toy-Arm-v0"


class ToyArm:
    """A body whose picture is a bright column that moves with the first joint."""

    cameras = {"fixed": "overview"}
    links = None
    tick_seconds, servo_steps, max_ticks = 0.05, 4, 40
    instruction = "wave"
    limits = ArmLimits(
        joints=tuple("abcdefg"),
        lower=np.full(7, -3.0),
        upper=np.full(7, 3.0),
        speed=np.full(7, 2.0),
        gripper_width=0.08,
        gripper_force=40.0,
    )

    def __init__(self, lag: float = 0.5) -> None:
        self.lag = lag

    def reset(self, seed: int) -> None:
        self.joints = np.random.default_rng(seed).uniform(-0.5, 0.5, 7)
        self.width, self.force = 0.08, 0.0

    def sense(self) -> ArmState:
        return ArmState(
            joint_positions=self.joints.copy(),
            joint_velocities=np.zeros(7),
            gripper_width=self.width,
            tool_position=np.zeros(3),
            tool_rotation=np.eye(3),
            contact_force=np.zeros(2),
            arm_force=0.0,
        )

    def look(self, camera: str) -> Picture:
        rgb = np.zeros((24, 64, 3), np.uint8)
        rgb[:, round(32 + 10 * self.joints[0])] = 255
        rgb[0] = round(self.force)
        depth = np.ones((24, 64), np.float32)
        return Picture(rgb=rgb, depth=depth, intrinsics=np.ones(4), pose=np.eye(4))

    def act(self, joints: Any, gripper_width: float, gripper_force: float) -> None:
        for row in joints:
            self.joints = self.joints + self.lag * (row - self.joints)
        self.width, self.force = gripper_width, gripper_force

    def evaluate(self) -> Evaluation:
        return Evaluation(success=True, reward=1.0, info={})

    def close(self) -> None:
        pass


class ToyArmEnv(gymnasium.Env[Any, Any]):
    """The smallest environment with a body."""

    observation_space = action_space = gymnasium.spaces.Discrete(1)

    def __init__(self, lag: float = 0.5) -> None:
        self.body = ToyArm(lag)


class Waver(Region):
    """Sends the arm to and fro."""

    inputs = {"proprioception": Proprioception}
    outputs = {"command": MotorCommand}

    def reset(self, seed: int) -> None:
        pass

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        if tick % 10:
            return {}
        joints = np.zeros((10, 7))
        joints[:, 0] = 1.5 * np.sin((tick + np.arange(10)) / 6)
        command = MotorCommand(
            tick=tick,
            source=self.name,
            start=tick,
            joints=joints,
            gripper_width=0.05,
            gripper_force=10.0 + tick,
        )
        return {"command": command}


def waving_brain() -> Blueprint:
    return Blueprint.from_mapping(
        {
            "name": "waver",
            "body": "brainstem",
            "stop_delay": 5,
            "regions": [
                {"name": "brainstem", "type": "arm.brainstem"},
                {"name": "waver", "type": "tests.agents.arm:Waver"},
            ],
            "projections": [
                {"from": "waver.command", "to": "brainstem.command", "delay": 1},
                {"from": "brainstem.proprioception", "to": "waver.proprioception", "delay": 1},
            ],
        }
    )

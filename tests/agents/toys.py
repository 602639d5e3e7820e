"""A small brain that plays an episode by heart: every kind of message that records and live views show."""

from typing import Any

import numpy as np

from neuralbrain.arm.messages import Proprioception
from neuralbrain.blueprint import Blueprint
from neuralbrain.messages import (
    Anomaly,
    CameraFrame,
    Done,
    ExecutionTree,
    Instruction,
    LookRequest,
    PlanStatus,
    Scene,
    SceneObject,
    Sequence,
    Step,
    StepStatus,
    Stop,
)
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

TASK = "put the red block in the blue bowl"


class BodyConfig(RegionConfig):
    env: str = ""
    env_seed: int = 0
    env_options: dict[str, Any] = {}
    last_tick: int = 60
    broken_at: int = -1


class ToyBody(Region):
    """Feels a slow swing, takes pictures of noise, and ends; by its truth an odd seed of the world fails."""

    inputs = {"look": LookRequest, "done": Done, "heard": Instruction}
    outputs = {"task": Instruction, "proprioception": Proprioception, "frame": CameraFrame, "stop": Stop}
    Config = BodyConfig

    def reset(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.stopped = False
        self.heard = ""

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        stamp = {"tick": tick, "source": self.name}
        if tick == self.config.broken_at:
            raise RuntimeError("the arm came off")
        for sentence in inbox.of(Instruction):
            self.heard = sentence.text
        out: dict[str, Any] = {
            "proprioception": Proprioception(
                **stamp,
                joint_positions=self.rng.normal(size=7),
                joint_velocities=np.zeros(7),
                gripper_width=0.04,
                tool_position=np.array([0.5, 0.1 * np.sin(tick / 9), 0.3]),
                tool_rotation=np.eye(3),
                contact_force=np.zeros(2),
                arm_force=0.0,
            )
        }
        if tick == 0:
            out["task"] = Instruction(**stamp, text=TASK)
        look = inbox.latest(LookRequest)
        if look:
            out["frame"] = CameraFrame(
                **stamp,
                camera=look.camera,
                request=look.request,
                rgb=self.rng.integers(0, 255, (24, 32, 3), dtype=np.uint8),
                depth=self.rng.random((24, 32), dtype=np.float32),
                intrinsics=np.array([30.0, 30.0, 16.0, 12.0]),
                pose=np.eye(4),
            )
        if not self.stopped and (inbox.latest(Done) or tick == self.config.last_tick):
            self.stopped = True
            own = self.heard not in ("", TASK)
            good = own or self.config.env_seed % 2 == 0
            truth = {"judged_by": "brain"} if own else {"lifted": good, "error": 0.01}
            out["stop"] = Stop(**stamp, reason="done", success=good, evaluation=truth)
        return out


class ToyMind(Region):
    """Plans two steps, fumbles the first once, and is done."""

    inputs = {"instruction": Instruction, "frame": CameraFrame}
    outputs = {
        "look": LookRequest,
        "scene": Scene,
        "tree": ExecutionTree,
        "step_status": StepStatus,
        "plan_status": PlanStatus,
        "anomaly": Anomaly,
        "done": Done,
    }

    def reset(self, seed: int) -> None:
        self.heard = -1

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        stamp = {"tick": tick, "source": self.name}
        out: dict[str, Any] = {}
        if inbox.latest(Instruction):
            self.heard = tick
        frame = inbox.latest(CameraFrame)
        if frame:
            obj = SceneObject(
                id="red_block",
                category="block",
                color="red",
                position=(0.5, 0.0, 0.02),
                yaw=0.0,
                size=(0.04, 0.04, 0.04),
                confidence=0.9,
                seen_tick=frame.tick,
            )
            out["scene"] = Scene(
                **stamp,
                camera=frame.camera,
                request=frame.request,
                frame_tick=frame.tick,
                objects=(obj,),
                relations=(),
            )
        match tick - self.heard if self.heard >= 0 else -1:
            case 1:
                out["look"] = LookRequest(**stamp, camera="fixed", request="p1/look/1/0")
                leaves = (
                    Step(id="pick_red_block", skill="pick", args={"object": "red_block"}),
                    Step(id="place_red_block", skill="place", args={"object": "red_block", "target": "bowl"}),
                )
                out["tree"] = ExecutionTree(
                    **stamp, plan="p1", goal="red block in bowl", root=Sequence(id="all", children=leaves)
                )
            case 3:
                out["step_status"] = self.status(stamp, "pick", "started", 1)
            case 8:
                out["step_status"] = self.status(stamp, "pick", "failed", 1, "nothing between the fingers")
                out["anomaly"] = Anomaly(
                    **stamp, level="retry", what="the hand is empty", plan="p1", step="pick_red_block"
                )
            case 9:
                out["step_status"] = self.status(stamp, "pick", "started", 2)
            case 15:
                out["step_status"] = [
                    self.status(stamp, "pick", "succeeded", 2),
                    self.status(stamp, "place", "started", 1),
                ]
                out["look"] = LookRequest(**stamp, camera="fixed", request="p1/place/1/0")
            case 25:
                out["step_status"] = self.status(stamp, "place", "succeeded", 1)
                out["plan_status"] = PlanStatus(**stamp, plan="p1", succeeded=True)
            case 26:
                out["done"] = Done(**stamp, outcome="done", text="the red block is in the bowl")
        return out

    @staticmethod
    def status(stamp: dict[str, Any], skill: str, state: Any, attempt: int, reason: str = "") -> StepStatus:
        return StepStatus(
            **stamp,
            plan="p1",
            step=f"{skill}_red_block",
            skill=skill,
            state=state,
            attempt=attempt,
            reason=reason,
        )


YAML = """
name: toy
tick_seconds: 0.05
body: body
hears: ear.speech
stop_delay: 5
regions:
  - {name: body, type: "tests.agents.toys:ToyBody", group: motor, config: {last_tick: 60}}
  - {name: ear, type: auditory_cortex, group: mind, period: null}
  - {name: mind, type: "tests.agents.toys:ToyMind", group: mind}
projections:
  - {from: body.task, to: ear.task, delay: 5}
  - {from: ear.instruction, to: mind.instruction, delay: 1}
  - {from: ear.instruction, to: body.heard, delay: 5}
  - {from: body.frame, to: mind.frame, delay: 5}
  - {from: mind.look, to: body.look, delay: 5}
  - {from: mind.done, to: body.done, delay: 5}
"""


def toy_brain() -> Blueprint:
    import yaml

    return Blueprint.from_mapping(yaml.safe_load(YAML))

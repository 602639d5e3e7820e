"""What the rover's tests share: the real brainstem in its world, and messages made by hand."""

import math
from typing import Any

import numpy as np

from neuralbrain.envs.rover.datasheet import CAMERA, HULL, RANGERS, WHEELS
from neuralbrain.messages import CameraFrame, ExecutionTree, Scene, SceneObject, Sequence, Step
from neuralbrain.rover.brainstem import RoverBrainstem
from neuralbrain.rover.messages import Pose, Proprioception, RoverSchema

FREE = "neuralbrain/Rover-Free-v0"


def brainstem(env: str = FREE, seed: int = 1, **config: Any) -> RoverBrainstem:
    stem = RoverBrainstem("brainstem", RoverBrainstem.Config(env=env, env_seed=seed, **config))
    stem.reset(0)
    return stem


def frame(body: Any, request: str = "r", tick: int = 0) -> CameraFrame:
    picture = body.look("front")
    return CameraFrame(tick=tick, source="brainstem", camera="front", request=request, **vars(picture))


def schema() -> RoverSchema:
    return RoverSchema(
        tick=0,
        source="brainstem",
        tick_seconds=0.05,
        wheel_radius=WHEELS.radius,
        axle=WHEELS.axle,
        max_wheel_speed=WHEELS.max_speed,
        radius=HULL.radius,
        prong_ahead=HULL.prong_ahead,
        prong_aside=HULL.prong_aside,
        bearings=RANGERS.bearings,
        range_far=RANGERS.far,
        camera=CAMERA.name,
        camera_field=CAMERA.field,
    )


def felt(tick: int, *, cradled: bool = False, rate: float = 0.0, **changes: Any) -> Proprioception:
    values = {
        "wheel_angles": np.zeros(2),
        "wheel_speeds": np.zeros(2),
        "ranges": np.full(8, 2.0),
        "bumper": np.zeros(4, np.bool_),
        **changes,
    }
    return Proprioception(tick=tick, source="brainstem", heading_rate=rate, cradled=cradled, **values)


def pose(sensed: int, x: float = 0.0, y: float = 0.0, heading: float = 0.0) -> Pose:
    return Pose(tick=sensed + 1, source="path_integration", sensed=sensed, x=x, y=y, heading=heading)


def obj(name: str, x: float, y: float, size: float = 0.16) -> SceneObject:
    color, _, category = name.rpartition("_")
    if name == "rover":
        color, category = "grey", "rover"
    elif color == "obstacle":
        color, category = "grey", "obstacle"
    return SceneObject(
        id=name,
        category=category,
        color=color,
        position=(x, y, 0.1),
        yaw=0.0,
        size=(size, size, 0.2),
        confidence=1.0,
        seen_tick=0,
        is_body=name == "rover",
    )


def scene(*seen: SceneObject, request: str = "", tick: int = 0) -> Scene:
    objects = tuple(sorted((obj("rover", 0.0, 0.0), *seen), key=lambda one: one.id))
    objects = tuple({one.id: one for one in (*objects, *seen)}.values())
    return Scene(
        tick=tick,
        source="visual_cortex",
        camera="front",
        request=request,
        frame_tick=tick,
        objects=objects,
        relations=(),
    )


def tree(*steps: Step, plan: str = "plan_1") -> ExecutionTree:
    root = Sequence(id="plan", children=steps)
    return ExecutionTree(tick=0, source="cortex", plan=plan, goal="test", root=root)


def placed(truth: dict[str, Any], x: float, y: float) -> tuple[float, float]:
    """Return where a spot of the rover's frame is in the world."""
    rx, ry, heading = truth["rover"]
    c, s = math.cos(heading), math.sin(heading)
    return rx + c * x - s * y, ry + s * x + c * y

"""The rover's visual cortex: from pictures to a scene, merged over all the pictures of an episode."""

import math
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from neuralbrain.messages import CameraFrame, Message, Scene, SceneObject
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.rover.messages import Pose
from neuralbrain.rover.vision.belief import Belief, Known
from neuralbrain.rover.vision.recognise import View, recognise

ROVER = "rover"
"""The id of the rover itself in its scenes."""
REMEMBERED = 200
"""Ticks for which it is remembered where the rover was: a picture comes later than that."""


class VisualCortexConfig(RegionConfig):
    """Settings.

    Attributes:
        min_saturation: HSV saturation below which a pixel is grey, 0 to 1.
        min_value: HSV value below which a pixel is too dark to tell its colour, 0 to 1.
        min_pixels: An object shows at least so many pixels.
    """

    min_saturation: float = Field(default=0.35, ge=0, le=1)
    min_value: float = Field(default=0.08, ge=0, le=1)
    min_pixels: int = Field(default=6, ge=1)


class VisualCortex(Region):
    """Sees by geometry: colour, depth and the shapes of the catalogue; nothing is learnt or random.

    A scene is in the frame in which the rover started, as it knows it by path integration, and contains the
    rover itself. That frame drifts; what is seen again is where it is seen now.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {"frame": CameraFrame, "pose": Pose}
    outputs: ClassVar[Mapping[str, type[Message]]] = {"scene": Scene}
    Config = VisualCortexConfig
    config: VisualCortexConfig

    def reset(self, seed: int) -> None:
        """Know of nothing."""
        self._belief = Belief()
        self._poses: dict[int, Pose] = {}
        self._waiting: list[CameraFrame] = []

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Answer every frame with the scene as it is believed to be after it."""
        for pose in inbox.of(Pose):
            self._poses[pose.sensed] = pose
            self._poses.pop(pose.sensed - REMEMBERED, None)
        self._waiting += inbox.of(CameraFrame)
        ready = [frame for frame in self._waiting if frame.taken_tick in self._poses]
        self._waiting = [frame for frame in self._waiting if frame.taken_tick not in self._poses]
        return {"scene": [self._see(tick, frame, self._poses[frame.taken_tick]) for frame in ready]}

    def _see(self, tick: int, frame: CameraFrame, pose: Pose) -> Scene:
        options = self.config
        if not frame.fault:  # else all is as it was believed before
            view = View(frame)
            found = recognise(view, options.min_saturation, options.min_value, options.min_pixels)
            self._belief.update(view, found, pose, frame.taken_tick)
        objects = [_describe(obj) for obj in self._belief.known.values()]
        return Scene(
            tick=tick,
            source=self.name,
            camera=frame.camera,
            request=frame.request,
            frame_tick=frame.taken_tick,
            objects=tuple(sorted([*objects, _rover(pose, frame.taken_tick)], key=lambda obj: obj.id)),
            relations=(),
            fault=frame.fault,
        )


def _describe(obj: Known) -> SceneObject:
    """Return a known object as the message that says so."""
    return SceneObject(
        id=obj.id,
        category=obj.category,
        color=obj.color,
        position=(round(obj.x, 6), round(obj.y, 6), obj.size[2] / 2),
        yaw=0.0,
        size=obj.size,
        confidence=1.0 / (1 + obj.misses),
        seen_tick=obj.seen,
    )


def _rover(pose: Pose, tick: int) -> SceneObject:
    """Return where the rover itself is."""
    return SceneObject(
        id=ROVER,
        category="rover",
        color="grey",
        position=(round(pose.x, 6), round(pose.y, 6), 0.0),
        yaw=round(math.atan2(math.sin(pose.heading), math.cos(pose.heading)), 6),
        size=(0.0, 0.0, 0.0),
        confidence=1.0,
        seen_tick=tick,
        is_body=True,
    )

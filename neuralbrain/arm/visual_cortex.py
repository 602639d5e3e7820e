"""From pictures to a scene: what is where, merged over all the pictures of an episode."""

import numpy as np

from neuralbrain.arm.vision.belief import Belief, Known
from neuralbrain.arm.vision.geometry import View
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.recognise import recognise
from neuralbrain.arm.vision.relations import relate
from neuralbrain.messages import CameraFrame, Scene, SceneObject, StepStatus
from neuralbrain.region import Inbox, Outbox, Region


class VisualCortex(Region):
    """Sees by geometry: colour, depth and the known shapes of the catalogue.

    It computes every picture from the same rules; nothing is learnt and nothing is random. From the
    cerebellum it hears what the hand has taken (a corollary discharge), so that the object is recognised
    where it comes to lie, even when the place where it lay is out of sight.
    """

    inputs = {"frame": CameraFrame, "step_status": StepStatus}
    optional_inputs = frozenset({"step_status"})
    outputs = {"scene": Scene}
    Config = VisionOptions
    config: VisionOptions

    def reset(self, seed: int) -> None:
        """Know of nothing."""
        self._belief = Belief()

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Answer every frame with the scene as it is believed to be after it."""
        for status in inbox.of(StepStatus):
            if status.holding in self._belief.known:
                self._belief.moved[status.holding] = None
        return {"scene": [self._see(tick, frame) for frame in inbox.of(CameraFrame)]}

    def _see(self, tick: int, frame: CameraFrame) -> Scene:
        if not frame.fault:  # else all is as it was believed before
            view = View(frame)
            seen, labels = recognise(view, self.config, self._belief.cabinets())
            self._belief.update(view, labels, seen, frame.taken_tick, self.config)
        known = sorted(self._belief.known.values(), key=lambda obj: obj.id)
        return Scene(
            tick=tick,
            source=self.name,
            camera=frame.camera,
            request=frame.request,
            frame_tick=frame.taken_tick,
            objects=tuple(_describe(obj) for obj in known),
            relations=relate(known, self.config.support_slack),
            fault=frame.fault,
        )


def _describe(obj: Known) -> SceneObject:
    """Return a known object as the message that says so."""
    x, y, z = (float(value) for value in np.round(obj.center, 6))
    length, width, height = (float(value) for value in obj.size)
    return SceneObject(
        id=obj.id,
        category=obj.category,
        color=obj.color,
        position=(x, y, z),
        yaw=float(obj.yaw),
        size=(length, width, height),
        extension=float(obj.extension),
        confidence=float(obj.confidence),
        seen_tick=obj.seen_tick,
        seen_by=obj.seen_by,
    )

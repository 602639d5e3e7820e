"""What is seen, and what the brain makes of it."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.messages.base import ArrayOf, Message, Part
from neuralbrain.words import counted


class BodySchema(Message):
    """What a body says of itself, once; an embodiment's own message adds what it is.

    Attributes:
        tick_seconds: Length of the body's tick, s.
    """

    kind: Literal["body_schema"] = "body_schema"
    tick_seconds: float


class LookRequest(Message):
    """Asks the brainstem for a picture; it is taken at the tick that the request arrives.

    Attributes:
        camera: The name of the camera.
        request: An identifier that comes back with the frame and with the scene made from it.
    """

    kind: Literal["look_request"] = "look_request"
    camera: str
    request: str


class CameraFrame(Message):
    """One colour and depth picture.

    Attributes:
        camera: The camera that took it.
        request: The identifier of the request that it answers.
        rgb: Height x width x 3, 0 to 255.
        depth: Height x width: distance along the optical axis, m. What the camera cannot range is 0.
        intrinsics: fx, fy, cx, cy in pixels: column c, row r look along ((c - cx)/fx, (r - cy)/fy, 1).
        pose: 4 x 4 transform from the camera frame (x right, y down, z forward) to the world, m; of a body
            that moves about, and so is an object of its brain's scenes, to that body's own frame.
        taken: The tick at which it was taken, filled in by whoever relays it; None from the body itself,
            whose message's own tick it is.
        fault: Why nothing can be seen in it, filled in by whoever relays it; empty: something can.
    """

    kind: Literal["camera_frame"] = "camera_frame"
    camera: str
    request: str
    rgb: Annotated[NDArray[np.uint8], ArrayOf("uint8", None, None, 3)]
    depth: Annotated[NDArray[np.float32], ArrayOf("float32", None, None)]
    intrinsics: Annotated[NDArray[np.float64], ArrayOf("float64", 4)]
    pose: Annotated[NDArray[np.float64], ArrayOf("float64", 4, 4)]
    taken: int | None = None
    fault: str = ""

    @property
    def taken_tick(self) -> int:
        """The tick at which the picture was taken."""
        return self.tick if self.taken is None else self.taken


class SceneObject(Part):
    """One object as the brain believes it to be.

    Attributes:
        id: Stable over the episode, like "red_block" or, where there are several, "red_block_2".
        category: What sort of object it is, in the embodiment's words.
        color: A basic colour word.
        position: Centre in the brain's frame of the world, m.
        yaw: Rotation about the vertical, rad.
        size: Extent along its own x, y and up, m.
        extension: How far what opens is open, m; else 0.
        confidence: 0 to 1.
        seen_tick: The tick of the last picture in which it was seen.
        seen_by: The camera of the last picture that showed it well; empty if that is not known.
        is_body: Whether it is the brain's own body, which some brains keep in their scenes.
    """

    id: str
    category: str
    color: str
    position: tuple[float, float, float]
    yaw: float
    size: tuple[float, float, float]
    extension: float = 0.0
    confidence: Annotated[float, Field(ge=0.0, le=1.0)]
    seen_tick: int
    seen_by: str = ""
    is_body: bool = False


class Relation(Part):
    """A spatial relation that holds in a scene.

    Attributes:
        subject: An object's id.
        predicate: How it lies to the other ("on", "in").
        object: An object's id.
    """

    subject: str
    predicate: str
    object: str


class Scene(Message):
    """All that the brain believes to be there, after the picture named by ``request``.

    Attributes:
        camera: The camera of the newest picture.
        request: The request that the newest picture answered.
        frame_tick: The tick at which that picture was taken.
        objects: In order of id. Objects seen earlier and not contradicted since are kept.
        relations: In order of subject.
        fault: Why that picture shows nothing, so that all is as it was believed before; empty: it shows what
            there is.
    """

    tells_state: ClassVar[bool] = True
    kind: Literal["scene"] = "scene"
    camera: str
    request: str
    frame_tick: int
    objects: tuple[SceneObject, ...]
    relations: tuple[Relation, ...]
    fault: str = ""

    @property
    def seen(self) -> tuple[SceneObject, ...]:
        """All objects but the body itself."""
        return tuple(obj for obj in self.objects if not obj.is_body)

    def find(self, object_id: str) -> SceneObject | None:
        """Return the object of that id, or None."""
        return next((obj for obj in self.objects if obj.id == object_id), None)

    def support(self, object_id: str) -> Relation | None:
        """Return the relation that says what the object stands on or lies in, or None."""
        return next((r for r in self.relations if r.subject == object_id), None)

    def headline(self) -> str:
        """Say how much is seen."""
        if self.fault:
            return f"nothing is seen by the {self.camera} camera: {self.fault}"
        return f"sees {counted(len(self.seen), 'object')} from the {self.camera} camera"

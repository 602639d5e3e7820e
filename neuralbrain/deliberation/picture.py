"""The picture that a model is shown: what a camera saw, with the names of the objects written in."""

import base64
import io

from PIL import Image, ImageDraw

from neuralbrain.messages import CameraFrame, Scene
from neuralbrain.words import one_line

INK, PAPER = (255, 255, 255), (0, 0, 0)
LONGEST = 80
"""The most characters of a name that are written in."""
BELOW = 8
"""So far below the middle of an object its name begins, pixels."""


def drawn(frame: CameraFrame, scene: Scene) -> str:
    """Return a picture with names, as PNG in base64.

    Args:
        frame: What a camera saw; a name stands where its pinhole model shows the middle of the object.
        scene: What is believed to be where.
    """
    image = Image.fromarray(frame.rgb)
    pen = ImageDraw.Draw(image)
    for obj in scene.objects:
        spot = None if obj.is_body else _pixel(frame, obj.position)
        if spot is not None:
            name = one_line(obj.id, LONGEST)
            x0, y0, x1, y1 = pen.textbbox(spot, name, anchor="mt")
            pen.rectangle((x0 - 1, y0 - 1, x1 + 1, y1 + 1), fill=PAPER)
            pen.text(spot, name, fill=INK, anchor="mt")
    file = io.BytesIO()
    image.save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def _pixel(frame: CameraFrame, point: tuple[float, float, float]) -> tuple[int, int] | None:
    """Return column and row of a point of the world; None if it is not in the picture."""
    pose = frame.pose.tolist()
    away = [point[i] - pose[i][3] for i in range(3)]
    right, down, ahead = (sum(pose[i][axis] * away[i] for i in range(3)) for axis in range(3))
    if ahead <= 0.01:
        return None
    fx, fy, cx, cy = frame.intrinsics.tolist()
    column, row = round(cx + fx * right / ahead), round(cy + fy * down / ahead) + BELOW
    height, width = frame.rgb.shape[:2]
    return (column, row) if 0 <= column < width and 0 <= row < height else None

"""Pictures of a bare table from a camera of our choice, to try perception without a simulator."""

from typing import Any

import numpy as np

from neuralbrain.messages import CameraFrame


def camera_pose(eye: tuple[float, float, float], target: tuple[float, float, float]) -> Any:
    """Return the 4 x 4 pose of a camera at `eye` that looks at `target` with the world's z up."""
    forward = np.subtract(target, eye)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = right, np.cross(forward, right), forward, eye
    return pose


def bare_table(
    eye: tuple[float, float, float] = (1.2, 0.1, 0.8),
    target: tuple[float, float, float] = (0.5, 0.0, 0.0),
    rows: int = 60,
    columns: int = 80,
    focal: float = 70.0,
    **fields: Any,
) -> CameraFrame:
    """Return a frame of an empty grey table without end; `fields` replace those of the message."""
    pose = camera_pose(eye, target)
    intrinsics = np.array([focal, focal, (columns - 1) / 2, (rows - 1) / 2])
    across = (np.arange(columns) - intrinsics[2]) / focal
    down = (np.arange(rows) - intrinsics[3]) / focal
    slope = across[None, :] * pose[2, 0] + down[:, None] * pose[2, 1] + pose[2, 2]
    depth = np.where(slope < -0.05, -eye[2] / np.minimum(slope, -0.05), 0.0)
    content: dict[str, Any] = {
        "tick": 7,
        "source": "brainstem",
        "camera": "fixed",
        "request": "r1",
        "rgb": np.full((rows, columns, 3), 180, np.uint8),
        "depth": depth.astype(np.float32),
        "intrinsics": intrinsics,
        "pose": pose,
    }
    return CameraFrame(**(content | fields))

"""The report of a run: one HTML file that holds everything and opens with no server."""

import base64
import html
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from PIL import Image

from neuralbrain.consent import is_path, load
from neuralbrain.files import write_file
from neuralbrain.messages import CameraFrame, Fallback, Scene, Sequence, Step, TreeNode
from neuralbrain.record.check import check_log
from neuralbrain.record.folder import LOG, MOVIE, REPORT, RUNNING, read_manifest
from neuralbrain.record.log import activity, read_log
from neuralbrain.record.overlay import overlay
from neuralbrain.record.own import outputs
from neuralbrain.record.page import template
from neuralbrain.record.rerun import embodiment_of
from neuralbrain.record.sights import compass, outlines
from neuralbrain.record.story import Story, kinds
from neuralbrain.record.timeline import timeline

PICTURES = 12
"""At most so many pictures stand in the report."""

MARKS = {"waiting": "·", "running": "▶", "checking": "?", "succeeded": "✓", "failed": "✗"}


@dataclass(frozen=True)
class Shot:
    """One picture that the brain was given.

    Attributes:
        seconds: Simulated time, s.
        camera: Which camera took it.
        doing: The step that was under way.
        url: It, as a data URL.
        overlay: What stands over it: what the brain saw in it, and the directions of sentences.
    """

    seconds: float
    camera: str
    doing: str
    url: str
    overlay: Markup


@dataclass(frozen=True)
class Section:
    """A section of the report that an embodiment brings (`neuralbrain.embodiment.Embodiment.sections`).

    Attributes:
        title: What it shows.
        caption: How to read it, or why there is no picture.
        png: The picture; empty for none.
    """

    title: str
    caption: str
    png: bytes = b""


@dataclass(frozen=True)
class Node:
    """A node of a plan's tree as the report shows it."""

    label: str
    state: str
    mark: str
    children: tuple["Node", ...]


def write_report(folder: Path) -> Path:
    """Write the report of a run from its record, however far it came; return the report's path.

    Raises:
        RecordError: The record cannot be read or is not as it was written, or the report cannot be written.
    """
    manifest = read_manifest(folder)
    check_log(folder, manifest)
    story, frames, scenes = retell(folder)
    tick = float(manifest["blueprint"]["tick_seconds"])
    ticks_of = activity(folder / LOG, tick)
    movie = folder / MOVIE
    embodiment = embodiment_of(manifest)
    directions = embodiment.directions if embodiment is not None else {}
    sections: list[Section] = []
    if embodiment is not None and embodiment.sections:
        sections = load(embodiment.sections)(folder, manifest)
    own = [spec["name"] for spec in manifest["blueprint"]["regions"] if is_path(str(spec["type"]))]
    text = template("report.html.j2").render(
        manifest=manifest,
        result=manifest["result"],
        verdict=_verdict(manifest),
        unjudged=_unjudged(manifest),
        evaluation=_evaluation(manifest),
        story=story,
        tick=tick,
        movie=_data_url(movie.read_bytes(), "image/gif") if movie.exists() else "",
        plans=[(plan, _node(plan.tree.root, plan.tree.plan, story)) for plan in story.plans],
        sections=[(s, _data_url(s.png, "image/png") if s.png else "") for s in sections],
        timeline=timeline(story, ticks_of, tick),
        shots=_shots(frames, scenes, directions, story, tick),
        axes=[f"{word} = +{'xy'[way.index(1)]}" for word, way in directions.items() if sum(way) == 1],
        outputs=outputs(folder / LOG, own),
        sent={name: len(ticks) for name, ticks in ticks_of.items()},
        firings=manifest.get("firings", {}),
        folder=folder,
    )
    write_file(folder / REPORT, text)
    return folder / REPORT


def retell(folder: Path) -> tuple[Story, list[CameraFrame], dict[str, Scene]]:
    """Read a run's story from its log, the pictures that its brain was given, and what it made of each.

    Returns:
        The story, the pictures, and the first scene that answers each request.

    Raises:
        RecordError: It cannot be read.
    """
    story = Story()
    frames: list[CameraFrame] = []
    scenes: dict[str, Scene] = {}
    for emission in read_log(folder / LOG, kinds() | {"camera_frame"}):
        message = emission.message
        if isinstance(message, CameraFrame) and message.request not in {frame.request for frame in frames}:
            frames.append(message)  # the first who sent it: others only pass it on
        if isinstance(message, Scene):
            scenes.setdefault(message.request, message)
        story.observe(emission.tick, [emission])
    return story, frames, scenes


def _verdict(manifest: Mapping[str, Any]) -> str:
    if manifest["result"] is not None:
        result = manifest["result"]
        if result["judged_by"] == "brain" and result.get("standing"):
            return str(result["standing"])
        return (
            "success" if result["success"] else "failed" if result["outcome"] == "done" else result["outcome"]
        )
    return "cut off" if manifest["status"] == RUNNING else str(manifest["status"])


def _unjudged(manifest: Mapping[str, Any]) -> str:
    """Say that nobody judged the run, and what its success means; empty where the simulator did."""
    result = manifest["result"]
    if result is None or result["judged_by"] != "brain":
        return ""
    if manifest.get("ended") is not None:
        return "Nobody judged this talk: this is what the brain says about the last sentence."
    if result.get("conditions"):
        return "The brain judged this episode itself. What it says is held against simulator truth below."
    why = "the simulator judges only tasks of its own"
    return f"Nobody judged this episode: {why}. Success is what the brain believes."


def _evaluation(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the simulator's figures; none where it did not judge."""
    figures = dict(manifest.get("evaluation", {}))
    return figures if figures.pop("judged_by", "simulator") == "simulator" else {}


def _node(node: TreeNode, plan: str, story: Story) -> Node:
    if isinstance(node, Step):
        state = story.state(plan, node.id)
        return Node(str(node), state, MARKS[state], ())
    children = tuple(_node(child, plan, story) for child in node.children)
    if isinstance(node, Fallback):
        return Node("or else", "", "?", children)
    assert isinstance(node, Sequence)
    return Node("in order", "", "→", children)


def _shots(
    frames: list[CameraFrame],
    scenes: Mapping[str, Scene],
    directions: Mapping[str, tuple[float, float]],
    story: Story,
    tick: float,
) -> list[Shot]:
    """Choose pictures, evenly spread, always with the first and the last."""
    if len(frames) > PICTURES:
        frames = [frames[round(i * (len(frames) - 1) / (PICTURES - 1))] for i in range(PICTURES)]
    shots = []
    for frame in frames:
        stream = io.BytesIO()
        Image.fromarray(frame.rgb).save(stream, "JPEG", quality=85)
        attempt, scene = story.running(frame.tick), scenes.get(frame.request)
        boxes = outlines(frame, scene) if scene is not None else []
        shots.append(
            Shot(
                seconds=frame.tick * tick,
                camera=frame.camera,
                doing=story.label(attempt.plan, attempt.step) if attempt else "",
                url=_data_url(stream.getvalue(), "image/jpeg"),
                overlay=overlay(frame.rgb.shape, boxes, compass(frame, directions)),
            )
        )
    return shots


def _data_url(data: bytes, media: str) -> str:
    return f"data:{html.escape(media)};base64,{base64.b64encode(data).decode('ascii')}"

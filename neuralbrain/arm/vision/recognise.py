"""From one picture to the objects in it: each colour by itself, the large shapes first."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.vision.bowls import find_ring, shell
from neuralbrain.arm.vision.color import PALETTE
from neuralbrain.arm.vision.drawers import Cabinet, Drawer, find_drawers
from neuralbrain.arm.vision.evidence import examine, expected_pixels, surface
from neuralbrain.arm.vision.geometry import Floats, View
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.pieces import Piece, gather, split
from neuralbrain.arm.vision.small import fit_small, top_of
from neuralbrain.arm.vision.solids import Fit, fit_cuboid
from neuralbrain.palette import GREY


@dataclass(frozen=True)
class Detection:
    """An object as one picture shows it.

    Attributes:
        category: A category of the catalogue.
        color: A colour word.
        center: World frame, m, shape (3,).
        yaw: rad.
        confidence: Share of what could be seen of it that is seen, 0 to 1.
        points: What was seen of it, m, shape (n, 3).
        extension: Of a drawer: how far it is pulled out, m.
    """

    category: str
    color: str
    center: Floats
    yaw: float
    confidence: float
    points: Floats
    extension: float = 0.0


def recognise(
    view: View, options: VisionOptions, cabinets: tuple[Cabinet, ...] = ()
) -> tuple[list[Detection], NDArray[np.int8]]:
    """Find the objects in a picture.

    Args:
        view: The picture.
        options: The parameters of seeing.
        cabinets: Where drawers are known to slide.

    Returns:
        The objects, by colour in the catalogue's order, and the colour label of each pixel.
    """
    labels = PALETTE.label(view.frame.rgb, options.min_saturation, options.min_value)
    height = view.points[:, :, 2]
    drawers = find_drawers(view, labels, cabinets, options)
    near = view.ranged & (height > -options.tolerance) & (height < options.max_height)
    found: list[Detection] = []
    for piece in gather(view, labels, near & (labels != GREY), options.tolerance):
        own_drawers = [drawer for drawer in drawers if drawer.cabinet.label == piece.label]
        found += _of_one_color(view, labels, piece, own_drawers, options)
    return _settle(found), labels


def _settle(found: list[Detection]) -> list[Detection]:
    """Give covered blocks the height at which they carry what stands on them: their own top is not seen."""
    settled = []
    for obj in found:
        above = [other for other in found if obj.category == "block" and _carries(obj, other)]
        if above:
            bottom = np.mean([other.center[2] - SHAPES[other.category].size[2] / 2 for other in above])
            half = SHAPES["block"].size[2] / 2
            obj = replace(obj, center=np.array([*obj.center[:2], bottom - half]))  # noqa: PLW2901
        settled.append(obj)
    return settled


def _carries(below: Detection, above: Detection) -> bool:
    """Whether one object seems to stand on another."""
    bottom = above.center[2] - SHAPES[above.category].size[2] / 2
    top = below.center[2] + SHAPES[below.category].size[2] / 2
    near = np.hypot(*(above.center - below.center)[:2]) < SHAPES["block"].size[0]
    return bool(near and abs(bottom - top) < SHAPES["block"].size[2] / 4)


def _of_one_color(
    view: View, labels: NDArray[np.int8], piece: Piece, drawers: list[Drawer], options: VisionOptions
) -> list[Detection]:
    """Find the objects of one colour."""
    found: list[Detection] = []
    color = PALETTE.words[piece.label]
    for drawer in drawers:
        own = drawer.own(piece.points, options.tolerance)
        yaw = drawer.cabinet.yaw
        found.append(
            Detection(
                "drawer", color, drawer.handle, yaw, drawer.coverage, piece.points[own], drawer.extension
            )
        )
        piece = piece.part(~own)
    while True:
        ring = find_ring(piece.points, view.eye, options.tolerance, options.min_coverage)
        if ring is None:
            break
        own = shell(ring, piece.points, options.tolerance)
        center = np.array([*ring.center, SHAPES["bowl"].size[2] / 2])
        found.append(Detection("bowl", color, center, 0.0, ring.coverage, piece.points[own]))
        piece = piece.part(~own)
    painted = piece.points[:, 2] < options.flat_height
    for part in split(piece.part(painted), view.shape, options.gap):
        zone = _square(view, part, "zone", options)
        share = 0.0 if zone is None else _share(view, part, zone, "zone")
        if zone is not None and share >= options.min_confidence:
            found.append(Detection("zone", color, zone.center, zone.yaw, min(1.0, share), part.points))
    for part in split(piece.part(~painted), view.shape, options.gap):
        if len(part) < options.min_pixels:
            continue
        # Seen from right above an object is its top alone; but a sliver of something else is flat as well.
        flat = np.ptp(part.points[:, 2]) < options.min_extent
        least = options.min_face if flat else options.min_confidence
        box = _square(view, part, "box", options)
        if box is not None:
            share = _share(view, part, box, "box")
            if share >= least:
                found.append(Detection("box", color, box.center, box.yaw, min(1.0, share), part.points))
            continue
        for category, fit, own_points in fit_small(view, part, options):
            share = _share(view, own_points, fit, category)
            size = np.array(SHAPES[category].size)
            whole = surface(category, fit.center, size, fit.yaw, view.eye)
            evidence = examine(view, labels, piece.label, whole, options.tolerance)
            if least <= share < 1.3 and evidence.through < 0.35:
                share = min(1.0, share)
                found.append(Detection(category, color, fit.center, fit.yaw, share, own_points.points))
    return found


def _square(view: View, piece: Piece, category: str, options: VisionOptions) -> Fit | None:
    """Fit a large object with a square base, or return None if the piece is no such object."""
    size = np.array(SHAPES[category].size)
    if len(piece) < options.min_pixels:
        return None
    (_, extents, _) = cv2.minAreaRect(piece.points[:, :2].astype(np.float32))
    if not options.large_extent < max(extents) < 1.15 * size[0] + 0.01:
        return None
    top = size[2] if category == "zone" else top_of(piece.points[:, 2], options)
    if top < size[2] - options.tolerance:
        return None  # it would reach into the table
    fit = fit_cuboid(piece.points, piece.cut, size, top, view.eye, start=None)
    if fit.error > options.max_error:
        return None
    return replace(fit, center=np.array([*fit.center[:2], top - size[2] / 2]))


def _share(view: View, piece: Piece, fit: Fit, category: str) -> float:
    """Return which share of what could be seen of it is seen; well above 1 it cannot be that object."""
    expected = expected_pixels(view, fit.center, np.array(SHAPES[category].size), fit.yaw)
    return len(piece) / max(expected, 1.0)

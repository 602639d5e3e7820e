"""The parameters of seeing."""

from neuralbrain.region import RegionConfig


class VisionOptions(RegionConfig):
    """Settings of the visual cortex.

    Attributes:
        min_saturation: HSV saturation below which a pixel is grey, 0 to 1.
        min_value: HSV value below which a pixel is too dark to tell its colour, 0 to 1.
        max_height: Height above which nothing of interest is, m.
        tolerance: Step in depth that tells two surfaces apart, m: a few times the depth noise.
        flat_height: Height below which a surface counts as painted on the table, m.
        gap: Distance between the points of neighbouring pixels that still hang together, m.
        min_pixels: Pixels below which a patch is too small to tell what it is.
        min_extent: Height of a patch below which it is but one face, seen from right above, m.
        min_coverage: Share of its rim that must be seen to tell a bowl, 0 to 1.
        min_confidence: Share of a small object that must be seen to tell what it is, 0 to 1.
        min_face: The same where one face is all that is seen, 0 to 1.
        large_extent: Extent above which a patch is more than a block, m.
        max_error: Mean distance of points from a shape above which they are not that shape, m.
        same_place: Distance between two pictures within which an object counts as unmoved or nudged, m.
        glimpse: Share of an earlier confidence below which a sight that agrees with it changes nothing.
        aloft: Height of its underside above which an object may be held in the air, m.
        support_slack: How far an object's underside may be from what it stands on, m.
    """

    min_saturation: float = 0.35
    min_value: float = 0.10
    max_height: float = 0.70
    tolerance: float = 0.008
    flat_height: float = 0.006
    gap: float = 0.015
    min_pixels: int = 10
    min_extent: float = 0.008
    min_coverage: float = 0.35
    min_confidence: float = 0.15
    min_face: float = 0.6
    large_extent: float = 0.075
    max_error: float = 0.003
    same_place: float = 0.04
    glimpse: float = 0.6
    aloft: float = 0.10
    support_slack: float = 0.015

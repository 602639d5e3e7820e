"""One try of one step, as everybody counts it who carries out a plan."""

from dataclasses import dataclass
from typing import Literal

from neuralbrain.messages import Step, Verdict


@dataclass
class Attempt:
    """One try of one step; a subclass knows how the body does it.

    Attributes:
        step: The step.
        number: 1 for the first try.
        waits_for: "motion": for the body; "scene": for what was seen at ``request``; "verdict": for that, and
            for what the anomaly monitor says of it.
        request: The last look that was asked for.
        camera: By which camera.
        blind: How often in a row it has shown nothing.
        asked: The tick at which it was; long ago if none has been.
        verdict: The monitor's verdict, once it has come.
    """

    step: Step
    number: int
    waits_for: Literal["motion", "scene", "verdict"] = "motion"
    request: str = ""
    camera: str = ""
    blind: int = 0
    asked: int = -1000
    verdict: Verdict | None = None

"""The motor regions on the table of a task, with a perfect eye."""

from neuralbrain.agents.language.hand import Hand, inbox, sent
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.kinematics import Arm
from neuralbrain.envs.tabletop.body import TabletopBody

__all__ = ["PANDA", "Table", "inbox", "sent"]

PANDA = Arm(ArmSchema.of(TabletopBody(), tick=0, source="body"))
"""The arm of the tabletop."""


class Table(Hand):
    """One table with the two motor regions.

    Args:
        task: One of the ten tasks.
        seed: Of its world and of the blur.
        blur: Largest error of the eye, m and rad.
    """

    def __init__(self, task: str, seed: int, blur: tuple[float, float] = (0.0, 0.0)) -> None:
        name = "".join(word.capitalize() for word in task.split("_"))
        super().__init__(f"neuralbrain/Tabletop-{name}-v0", seed, blur)

"""What the cortex of robots among cells tells a person: how the mission stands, and what has been done."""

import numpy as np

from neuralbrain.messages import Outcome
from neuralbrain.nanorobots.crew import Crew
from neuralbrain.nanorobots.messages import Chemosense, Phase
from neuralbrain.words import counted

WITH = 0.4
"""A robot that counts this share of the surface's count is about a cell's width from one, or nearer."""


def standing(crew: Crew) -> str:
    """Say how the mission stands."""
    counts = {phase.name.lower(): int((crew.phases == phase).sum()) for phase in Phase}
    robots = ", ".join(f"{number} {phase}" for phase, number in counts.items() if number)
    parts = [robots if len(crew.phases) > 1 else f"the robot: {robots.partition(' ')[2]}"]
    if crew.errand.verb == "treat":
        parts.append(f"cells treated: {int(crew.treated.sum())}")
        parts.append(f"{int(crew.portions.sum())} of {counted(int(crew.payload.sum()), 'portion')} left")
    return "; ".join(parts)


def treated(crew: Crew, met: int) -> str:
    """Say which cells were treated, with how much; ``met`` is how often one was met and dosed."""
    cells, payload = int(crew.treated.sum()), int(crew.payload.sum())
    also = f" in {counted(met, 'encounter')}" if met > cells else ""
    given = payload - int(crew.portions.sum())
    used = f"{given} of {counted(payload, 'portion')}"
    return f"I treated {counted(cells, 'cancer cell')}{also} with {used}."


def found(crew: Crew) -> str:
    """Say that all who were sent have found a cell."""
    robots = int(crew.active.sum())
    if robots < len(crew.phases):
        return f"{counted(robots, 'robot')} {'has' if robots == 1 else 'have'} found a cancer cell."
    who = "The robot has" if robots == 1 else f"All {robots} robots have"
    return f"{who} found a cancer cell."


def last_word(crew: Crew, sense: Chemosense, met: int) -> tuple[Outcome, str]:
    """Say how far it has come when the time is up, and whether that is what was asked."""
    active = int(crew.active.sum())
    robots = counted(active, "robot")
    if crew.errand.verb == "follow":
        near = int(np.count_nonzero((sense.molecules >= WITH * crew.surface) & crew.active))
        verb = "is" if near == 1 else "are"
        text = f"The time is up: {near} of {robots} {verb} near a cancer cell."
        return "done" if near == active else "failed", text
    if crew.errand.verb == "treat":
        return "failed", f"The time is up. {treated(crew, met)}"
    settled = int(crew.settled.sum())
    verb = "has" if settled == 1 else "have"
    return "failed", f"The time is up: {settled} of {robots} {verb} found a cancer cell."

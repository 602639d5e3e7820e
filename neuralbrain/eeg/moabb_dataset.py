"""Simulated subjects as a data set of MOABB, which then evaluates pipelines on them as on any other.

This module needs the extra ``eeg-bench`` to be imported.
"""

from typing import Any

from moabb.datasets.base import BaseDataset

from neuralbrain.eeg.simulation import simulate
from neuralbrain.eeg.subject import Subject

EVENTS = {"left_hand": 1, "right_hand": 2}
"""What MOABB calls the classes, and its numbers for them."""


class SimulatedImagery(BaseDataset):  # type: ignore[misc]
    """People who imagine to move the left or the right hand; nothing is downloaded.

    Args:
        subjects: How many; the first has the seed 1.
        sessions: How many of each.
        trials: How many of each class in a session.
        values: What differs from `Subject`'s own values.
    """

    def __init__(self, subjects: int = 9, sessions: int = 2, trials: int = 40, **values: Any) -> None:
        self.trials, self.values, self.sessions = trials, values, sessions
        super().__init__(
            subjects=[*range(1, subjects + 1)],
            sessions_per_subject=sessions,
            events=EVENTS,
            code="SimulatedImagery",
            interval=[0.5, 3.5],
            paradigm="imagery",
        )

    def data_path(
        self,
        subject: int,
        path: Any = None,
        force_update: bool = False,
        update_path: Any = None,
        verbose: Any = None,
    ) -> list[str]:
        """Return no file: there is none."""
        return []

    def _get_single_subject_data(self, subject: int) -> dict[str, dict[str, Any]]:
        found = {}
        for session in range(self.sessions):
            raw = simulate(Subject(**{**self.values, "seed": subject}), session, trials=self.trials).raw
            raw.annotations.rename({"left": "left_hand", "right": "right_hand"})
            found[str(session)] = {"0": raw}
        return found

"""An analysis, described: windows, steps and what they learned from, split, and the claim.

What is described with known steps can be done again; a person's own function can, too (`Analysis.predict`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from neuralbrain.eeg.splits import Fold
from neuralbrain.eeg.trials import Names, Trials
from neuralbrain.errors import ConfigurationError

Where = Literal["nothing", "window", "train", "test", "all"]
"""From what a step learns: nothing, each window by itself, the windows to learn from, those to test, or
all."""
Predict = Callable[[Any, Names, NDArray[np.intp], NDArray[np.intp]], Names]
"""From signals, labels, and the numbers of the windows to learn from and to test, the labels said of the
latter."""


class Part(BaseModel):
    """A part of a description: nothing is taken that it does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Part):
    """A step of an analysis.

    Attributes:
        does: What: one of `rerun.STEPS`, or a word of one's own, which cannot be done again.
        fitted_on: From what it learns.
        settings: As `rerun.STEPS` says.
    """

    does: str
    fitted_on: Where = "train"
    settings: dict[str, float] = {}


class Claim(Part):
    """What is claimed.

    Attributes:
        score: The share of right answers.
        chance: What luck is said to reach; None: nothing is said.
        above_chance: Whether the score is said to be above chance.
        measure: Of all answers, or the mean over classes.
        across: To what it is said to carry over: new trials, new sessions, or new people.
        shuffled: The score that was found with shuffled labels; None: that was not tried.
        tried: Of how many analyses this is the best.
    """

    score: float = Field(ge=0, le=1)
    chance: float | None = Field(default=None, ge=0, le=1)
    above_chance: bool = False
    measure: Literal["accuracy", "balanced"] = "accuracy"
    across: Literal["trials", "sessions", "subjects"] = "trials"
    shuffled: float | None = Field(default=None, ge=0, le=1)
    tried: int = Field(default=1, ge=1)


class Cell(Part):
    """A cell of a notebook.

    Attributes:
        source: Its code.
        output: What it printed when it was first run.
        again: What it printed when all was run again; None: that was not done.
    """

    source: str = ""
    output: str = ""
    again: str | None = None


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """An analysis that can be checked.

    Attributes:
        windows: What was decoded: trials, or pieces of them.
        parts_of: The number of the trial that each window is a part of, shape (windows,).
        folds: Which windows were learned from and tested.
        claim: What is claimed.
        steps: What was done, in order; the last is the decoder.
        predict: Does it all again, in place of the steps; None: by the steps.
        cells: The notebook's.
        name: What it is called.
    """

    windows: Trials
    parts_of: NDArray[np.intp]
    folds: Sequence[Fold]
    claim: Claim
    steps: Sequence[Step] = ()
    predict: Predict | None = None
    cells: Sequence[Cell] = ()
    name: str = "analysis"

    def __post_init__(self) -> None:
        """Check that the parts fit together.

        Raises:
            ConfigurationError: They do not.
        """
        if len(self.parts_of) != len(self.windows) or not self.folds:
            raise ConfigurationError(
                f"{self.name}: {len(self.windows)} windows, {len(self.parts_of)} numbers of trials, "
                f"{len(self.folds)} folds: as many numbers as windows, and a fold at least"
            )
        for fold in self.folds:
            both = np.concatenate([fold.train, fold.test])
            if not len(fold.train) or not len(fold.test) or both.min() < 0 or both.max() >= len(self.windows):
                raise ConfigurationError(
                    f"{self.name}: fold {fold.name} is empty or names a window that there is not"
                )

    @property
    def labels(self) -> Names:
        """The label of each window."""
        return self.windows.labels

    @property
    def tested(self) -> NDArray[np.intp]:
        """The windows that were tested, in the order of the folds."""
        return np.concatenate([fold.test for fold in self.folds])

    @property
    def independent(self) -> int:
        """How many trials were tested: windows of one trial do not count apart."""
        return len(np.unique(self.parts_of[self.tested]))


def sliding(trials: Trials, length: float, step: float) -> tuple[Trials, NDArray[np.intp]]:
    """Return windows of trials, and of which trial each is a part.

    Args:
        trials: What is cut.
        length: Of a window, s.
        step: From one window to the next, s.

    Raises:
        ConfigurationError: No window fits.
    """
    rate = trials.sampling_rate
    samples, hop = round(length * rate), round(step * rate)
    if not 1 <= samples <= trials.signals.shape[2] or hop < 1:
        raise ConfigurationError(
            f"windows of {length:g} s every {step:g} s do not fit trials of {trials.seconds:g} s"
        )
    starts = range(0, trials.signals.shape[2] - samples + 1, hop)
    numbers = np.repeat(np.arange(len(trials)), len(starts))
    offsets = np.tile([*starts], len(trials))
    taken = trials.take(numbers)

    def pieces(signals: Any) -> Any:
        spans = offsets[:, None] + np.arange(samples)
        return np.take_along_axis(
            signals, np.broadcast_to(spans[:, None], (*signals.shape[:2], samples)), axis=2
        )

    windows = Trials(
        signals=pieces(taken.signals),
        eyes=pieces(taken.eyes),
        labels=taken.labels,
        subjects=taken.subjects,
        sessions=taken.sessions,
        begins=taken.begins + offsets / rate,
        channels=taken.channels,
        sampling_rate=rate,
    )
    return windows, numbers

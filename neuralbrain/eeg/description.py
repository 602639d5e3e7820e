"""An analysis described in a file: YAML or JSON, with its data simulated or beside it."""

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from neuralbrain.eeg.analysis import Analysis, Cell, Claim, Part, Step, sliding
from neuralbrain.eeg.rerun import can_rerun, scores
from neuralbrain.eeg.simulation import simulate
from neuralbrain.eeg.splits import SPLITS, Fold, within
from neuralbrain.eeg.subject import Subject
from neuralbrain.eeg.trials import Trials, cut, joined
from neuralbrain.errors import ConfigurationError, UnknownNameError
from neuralbrain.words import one_line

NEEDED = ("signals", "labels", "channels", "sampling_rate")


class Simulated(Part):
    """Data of simulated people: each has the seed of the one before and one more.

    Attributes:
        subjects: How many.
        sessions: How many of each.
        trials: How many of each class in a session.
        classes: Some of left, right, rest.
        begin: When trials begin after the cue, s.
        end: When they end, s.
        subject: What differs from `Subject`'s own values.
    """

    subjects: int = Field(default=1, ge=1, le=100)
    sessions: int = Field(default=1, ge=1, le=100)
    trials: int = Field(default=30, ge=1, le=1000)
    classes: tuple[str, ...] = ("left", "right")
    begin: float = 0.5
    end: float = 3.5
    subject: dict[str, Any] = {}


class Windows(Part):
    """Windows that are cut out of trials: their length and the step from one to the next, s."""

    length: float = Field(gt=0)
    step: float = Field(gt=0)


class Split(Part):
    """How windows are divided.

    Attributes:
        by: "windows": at random, whatever they share; "trials": at random, the windows of a trial together;
            "parts": parts of each session, one after the other; "sessions" and "subjects": each left out in
            turn; "given": by the array ``fold`` of the data, the number of the fold that tests each window.
        folds: How many, for the first three.
        seed: Of what is random.
    """

    by: Literal["windows", "trials", "parts", "sessions", "subjects", "given"] = "parts"
    folds: int = Field(default=5, ge=2, le=1000)
    seed: int = Field(default=0, ge=0)


class Claimed(Claim):
    """A claim whose score may be left out: then it is what comes out."""

    score: float | None = Field(default=None, ge=0, le=1)  # type: ignore[assignment]


class Description(Part):
    """What a file says.

    Attributes:
        name: What the analysis is called.
        data: The name of a file .npz beside it, or what to simulate.
        windows: Windows cut out of the trials; None: the trials themselves.
        steps: What was done, in order.
        split: How it was divided.
        claim: What is claimed.
        cells: The notebook's.
        planted: Which kinds of finding were planted, for those who test the check, which never looks at it.
    """

    name: str = "analysis"
    data: str | Simulated
    windows: Windows | None = None
    steps: tuple[Step, ...] = ()
    split: Split = Split()
    claim: Claimed = Claimed()
    cells: tuple[Cell, ...] = ()
    planted: tuple[str, ...] | None = None


def describe(path: str | Path) -> Description:
    """Return what a file says.

    Raises:
        ConfigurationError: It cannot be read, or is no description; the message names the place.
    """
    path = Path(path)
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path} cannot be read as YAML: {one_line(str(error), 160)}") from error
    try:
        return Description.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ConfigurationError(
            f"{path}: {place}: {first['msg']}; docs/eeg.md says what stands there"
        ) from error


def load(path: str | Path) -> Analysis:
    """Return the analysis that a file describes, with its data.

    Raises:
        ConfigurationError: The file or its data cannot be used.
        UnknownNameError: It names what there is not.
    """
    path = Path(path)
    told = describe(path)
    if isinstance(told.data, Simulated):
        trials, parts, given = _simulated(told.data), None, None
    else:
        trials, parts, given = _stored(path.parent / told.data)
    parts = np.arange(len(trials)) if parts is None else parts
    if told.windows is not None:
        trials, numbers = sliding(trials, told.windows.length, told.windows.step)
        parts = parts[numbers]
        given = given[numbers] if given is not None else None
    claim = Claim(**{**told.claim.model_dump(), "score": told.claim.score or 0.0})
    analysis = Analysis(
        windows=trials,
        parts_of=parts,
        folds=_folds(told.split, trials, parts, given),
        claim=claim,
        steps=told.steps,
        cells=told.cells,
        name=told.name,
    )
    if told.claim.score is None:
        if why := can_rerun(analysis):
            raise ConfigurationError(f"{path}: claim.score is left out and cannot be found: {why}")
        (score,) = scores(analysis, [analysis.labels])
        analysis = replace(analysis, claim=claim.model_copy(update={"score": score}))
    return analysis


def _simulated(told: Simulated) -> Trials:
    unknown = sorted({*told.subject} - {*Subject.names()})
    if unknown:
        raise UnknownNameError("value of a subject", unknown[0], Subject.names())
    first = told.subject.get("seed", 0)
    return joined(
        [
            cut(
                simulate(
                    Subject(**{**told.subject, "seed": first + number}),
                    session,
                    trials=told.trials,
                    classes=told.classes,
                ).raw,
                begin=told.begin,
                end=told.end,
                subject=str(number + 1),
                session=str(session + 1),
            )
            for number in range(told.subjects)
            for session in range(told.sessions)
        ]
    )


def _stored(path: Path) -> tuple[Trials, NDArray[np.intp] | None, NDArray[np.intp] | None]:
    """Return a file's trials, the trial that each is a part of, and the fold that tests it."""
    try:
        with np.load(path, allow_pickle=False) as file:
            held: Mapping[str, Any] = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ConfigurationError(f"{path} cannot be read as .npz: {one_line(str(error), 160)}") from error
    missing = [name for name in NEEDED if name not in held]
    if missing:
        raise ConfigurationError(f"{path} lacks {', '.join(missing)}: docs/eeg.md says what stands in it")
    signals = np.asarray(held["signals"], np.float64)
    count, rate = len(signals), float(held["sampling_rate"])
    apart = np.arange(count) * (signals.shape[-1] / rate + 1)
    trials = Trials(
        signals=signals,
        eyes=np.asarray(held.get("eyes", np.empty((count, 0, signals.shape[-1]))), np.float64),
        labels=np.asarray(held["labels"]).astype(str),
        subjects=np.asarray(held.get("subjects", np.full(count, "1"))).astype(str),
        sessions=np.asarray(held.get("sessions", np.full(count, "1"))).astype(str),
        begins=np.asarray(held.get("begins", apart), np.float64),
        channels=tuple(map(str, held["channels"])),
        sampling_rate=rate,
    )
    numbers = [np.asarray(held[name], np.intp) if name in held else None for name in ("trial", "fold")]
    return trials, numbers[0], numbers[1]


def _folds(split: Split, windows: Trials, parts: NDArray[np.intp], given: Any) -> list[Fold]:
    if split.by in ("sessions", "subjects"):
        return SPLITS[split.by](windows)
    _, first, of = np.unique(parts, return_index=True, return_inverse=True)
    if split.by == "parts":  # of trials; their windows go with them
        found = within(windows.take(first), split.folds)
        return [
            Fold(
                name=fold.name,
                train=np.nonzero(np.isin(of, fold.train))[0],
                test=np.nonzero(np.isin(of, fold.test))[0],
            )
            for fold in found
        ]
    if split.by == "given":
        if given is None:
            raise ConfigurationError("the split is given by the data, which have no array 'fold'")
        tested = given
    else:
        units = of if split.by == "trials" else np.arange(len(windows))
        order = np.random.default_rng(split.seed).permutation(units.max() + 1)
        tested = (order % split.folds)[units]
    return [
        Fold(name=str(number), train=np.nonzero(tested != number)[0], test=np.nonzero(tested == number)[0])
        for number in np.unique(tested)
    ]

"""Figures: where on the scalp power changes and when, and what was taken for what."""

from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, sosfiltfilt

from neuralbrain.eeg.evaluation import Evaluation
from neuralbrain.eeg.extra import library
from neuralbrain.eeg.head import Floats
from neuralbrain.eeg.trials import cut
from neuralbrain.errors import ConfigurationError

BASELINE, BEFORE = (-1.5, 0.0), 1.5
"""Against which span power is said to change, s from the cue."""
SMOOTH = 0.25
"""Over how long power is averaged, s."""


def power_change(raw: Any, label: str, band: tuple[float, float] = (8.0, 13.0), end: float = 4.0) -> Floats:
    """Return how each electrode's power changes after the cue, in percent: shape (channels, samples).

    Below 0 it is desynchronisation, above it synchronisation (G. Pfurtscheller and F. H. Lopes da Silva,
    1999).

    Args:
        raw: MNE's object.
        label: The trials.
        band: Hz.
        end: Until when after the cue, s.

    Raises:
        ConfigurationError: There are no such trials, or no such band.
    """
    if not 0 < band[0] < band[1] < raw.info["sfreq"] / 2:
        raise ConfigurationError(f"a band from {band[0]:g} to {band[1]:g} Hz does not fit the sampling rate")
    trials = cut(raw, [label], begin=-BEFORE, end=end)
    rate = trials.sampling_rate
    sos = butter(4, band, "bandpass", fs=rate, output="sos")
    power = (sosfiltfilt(sos, trials.signals, axis=2) ** 2).mean(axis=0)
    width = max(1, round(SMOOTH * rate))
    kernel = np.ones(width) / width
    power = np.stack([np.convolve(each, kernel, "same") for each in power])
    first, last = (round((edge + BEFORE) * rate) for edge in BASELINE)
    before = power[:, first:last].mean(axis=1, keepdims=True)
    return np.asarray(100 * (power / np.where(before > 0, before, 1) - 1))


def topomap(values: Any, channels: tuple[str, ...], path: Path, title: str, unit: str) -> None:
    """Draw values of electrodes on a head seen from above, and save it.

    Args:
        values: One for each electrode, shape (channels,).
        channels: Electrodes of the 10-05 system.
        path: The picture, .png or .svg.
        title: What is shown.
        unit: Of the values.
    """
    mne, figure, axes = library("mne"), *_figure(4.5, 4)
    info = mne.create_info([*channels], 100.0, "eeg", verbose="ERROR")
    info.set_montage("colin27_1005", verbose="ERROR")
    most = float(np.abs(values).max()) or 1.0
    image, _ = mne.viz.plot_topomap(
        values, info, axes=axes, show=False, vlim=(-most, most), cmap="RdBu_r", names=[*channels]
    )
    figure.colorbar(image, ax=axes, label=unit, shrink=0.8)
    axes.set_title(title)
    _save(figure, path)


def erd_map(change: Floats, channels: tuple[str, ...], sampling_rate: float, path: Path, title: str) -> None:
    """Draw how power changes over time in every channel, and save it.

    Args:
        change: What `power_change` returns.
        channels: The electrodes.
        sampling_rate: Hz.
        path: The picture.
        title: What is shown.
    """
    figure, axes = _figure(7, 1.5 + 0.18 * len(channels))
    most = float(np.percentile(np.abs(change), 99)) or 1.0
    span = (-BEFORE, change.shape[1] / sampling_rate - BEFORE, len(channels) - 0.5, -0.5)
    image = axes.imshow(change, aspect="auto", cmap="RdBu_r", vmin=-most, vmax=most, extent=span)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(channels)), channels)
    axes.set_xlabel("time from the cue, s")
    axes.set_title(title)
    figure.colorbar(image, ax=axes, label="change of power, %")
    _save(figure, path)


def confusion(found: Evaluation, path: Path) -> None:
    """Draw what was taken for what, in percent of each class, and save it."""
    figure, axes = _figure(4.2, 3.8)
    shares = 100 * found.confusion / np.maximum(found.confusion.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    for row, line in enumerate(found.confusion):
        for column, count in enumerate(line):
            shade = "white" if shares[row, column] > 50 else "black"
            axes.text(
                column, row, f"{shares[row, column]:.0f} %\n({count})", ha="center", va="center", color=shade
            )
    axes.set_xticks(range(len(found.classes)), found.classes)
    axes.set_yticks(range(len(found.classes)), found.classes)
    axes.set_xlabel("decoded")
    axes.set_ylabel("true")
    axes.set_title(f"right {found.accuracy:.2f}, chance {found.chance:.2f}")
    figure.colorbar(image, ax=axes, label="%", shrink=0.8)
    _save(figure, path)


def draw_change(raw: Any, label: str, folder: Path) -> list[Path]:
    """Draw how power changes after a cue, over time and, from 1 to 4 s, on a head; return where."""
    change = power_change(raw, label)
    channels, rate = tuple(raw.copy().pick("eeg").ch_names), float(raw.info["sfreq"])
    first = round((BEFORE + 1.0) * rate)
    course, head = folder / f"erd-{label}.png", folder / f"topomap-{label}.png"
    erd_map(change, channels, rate, course, f"8 to 13 Hz, {label}")
    topomap(change[:, first:].mean(axis=1), channels, head, f"8 to 13 Hz, {label}", "change of power, %")
    return [course, head]


def _figure(width: float, height: float) -> tuple[Any, Any]:
    """Return a figure that no window shows, and its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - heavy
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _save(figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, dpi=120)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be written as a picture: {error}") from error

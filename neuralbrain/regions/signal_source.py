"""An input source beside the body: a region that plays a recorded signal, tick by tick."""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.messages import ArrayOf, Message
from neuralbrain.reading import parse_npy, read_bytes
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

LARGEST = 256 * 2**20
"""A recording is at most so large, bytes, as a file and as the numbers (float64) that are made of it."""


class Signal(Message):
    """A stretch of a signal.

    Attributes:
        samples: Its values, shape (samples, channels); the recording says the unit.
        rate: Samples a second, Hz.
        first: The number of the first sample since the episode began.
    """

    kind: Literal["signal"] = "signal"
    samples: Annotated[NDArray[np.float64], ArrayOf("float64", None, None)]
    rate: float
    first: int


class SignalSourceConfig(RegionConfig):
    """Settings.

    Attributes:
        file: A NumPy array on disk (*.npy), shape (samples, channels) or (samples,); numbers only.
        rate: Samples a second, Hz.
        seconds: Simulated time between two firings, s.
        begin: Where in the recording it may begin: "start", or "anywhere", drawn from the seed.
    """

    file: str = ""
    rate: float = Field(default=250.0, gt=0)
    seconds: float = Field(default=0.05, gt=0)
    begin: Literal["start", "anywhere"] = "start"

    def files(self) -> tuple[Path, ...]:
        """Return the recording."""
        return (Path(self.file),)


class SignalSource(Region):
    """Plays a recording, and begins again at its end.

    It hears nothing: with the run's seed, what it sends is part of the trace, and its place in the recording
    part of a snapshot, as those of any region are.
    """

    outputs = {"signal": Signal}
    Config = SignalSourceConfig
    config: SignalSourceConfig

    def reset(self, seed: int) -> None:
        """Load the recording.

        Raises:
            ConfigurationError: There is none, or it is not one.
        """
        self._recording = load(self.name, self.config.file)
        anywhere = self.config.begin == "anywhere"
        self._begin = int(np.random.default_rng(seed).integers(len(self._recording))) if anywhere else 0
        self._fired = 0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Send what has been recorded since the last firing."""
        span = self.config.rate * self.config.seconds
        first, end = math.floor(self._fired * span), math.floor((self._fired + 1) * span)
        self._fired += 1
        places = (self._begin + np.arange(first, end)) % len(self._recording)
        samples = self._recording[places]
        return {
            "signal": Signal(tick=tick, source=self.name, samples=samples, rate=self.config.rate, first=first)
        }

    def firing_seconds(self) -> float:
        """Return the time between two firings, s."""
        return self.config.seconds

    def get_state(self) -> dict[str, Any]:
        """Return all but the recording, which is a setting."""
        state = super().get_state()
        state.pop("_recording", None)
        return state

    def set_state(self, state: Any) -> None:
        """Go on from there."""
        super().set_state(state)
        if state:
            self._recording = load(self.name, self.config.file)


def load(region: str, file: str) -> NDArray[np.float64]:
    """Return a recording, shape (samples, channels).

    Raises:
        ConfigurationError: It cannot be read, is too large, or holds anything but finite numbers.
    """
    path = Path(file)
    if not file or not path.is_file():
        raise ConfigurationError(
            f"region {region!r}: there is no recording {file!r}: set `file` to a *.npy file"
        )
    try:
        values = parse_npy(read_bytes(path, LARGEST), file)
    except RecordError as error:
        raise ConfigurationError(f"region {region!r}: {error}") from error
    if values.size * 8 > LARGEST:
        raise ConfigurationError(f"region {region!r}: {file} holds more than {LARGEST // 8} numbers: cut it")
    numbers = values.dtype.kind in "fiu" and values.ndim in (1, 2)
    if not numbers or not len(values) or not np.isfinite(values).all():
        raise ConfigurationError(
            f"region {region!r}: {file} must hold finite numbers, shape (samples, channels), at least one row"
        )
    recording: NDArray[np.float64] = values.astype(np.float64).reshape(len(values), -1)
    return recording

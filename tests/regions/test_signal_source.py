"""A recorded signal beside the body."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError
from neuralbrain.record.manifest import inputs
from neuralbrain.region import Inbox
from neuralbrain.regions.signal_source import SignalSource, SignalSourceConfig
from neuralbrain.wiring import RegionSpec


@pytest.fixture
def file(tmp_path: Path) -> str:
    np.save(tmp_path / "eeg.npy", np.arange(2000.0).reshape(1000, 2))
    return str(tmp_path / "eeg.npy")


def source(file: str, seed: int = 0, **settings: Any) -> SignalSource:
    made = SignalSource("eeg", SignalSourceConfig(file=file, **settings))
    made.reset(seed)
    return made


def played(made: SignalSource, ticks: int) -> np.ndarray[Any, Any]:
    return np.concatenate([made.step(tick, Inbox())["signal"].samples for tick in range(ticks)])  # type: ignore[union-attr]


@pytest.mark.parametrize("rate", [250.0, 128.0, 33.3, 10.0])
def test_it_plays_every_sample_once_at_its_rate_and_begins_again(file: str, rate: float) -> None:
    heard = played(source(file, rate=rate), 2000)  # 100 s
    assert len(heard) == int(100 * rate + 1e-6)
    assert (heard[:, 0] == 2 * (np.arange(len(heard)) % 1000)).all()


def test_where_it_begins_is_drawn_from_the_seed(file: str) -> None:
    begins = {float(played(source(file, seed, begin="anywhere"), 1)[0, 0]) for seed in range(20)}
    assert len(begins) > 15
    assert (
        played(source(file, 3, begin="anywhere"), 5).tolist()
        == played(source(file, 3, begin="anywhere"), 5).tolist()
    )


def test_its_place_is_its_state(file: str) -> None:
    made, other = source(file, 5, begin="anywhere"), SignalSource("eeg", SignalSourceConfig(file=file))
    played(made, 7)
    state = pickle.dumps(made.get_state())
    assert len(state) < 1000
    other.set_state(pickle.loads(state))
    assert played(other, 9).tolist() == played(made, 9).tolist()


@pytest.mark.parametrize(
    "values",
    [np.array([1.0, np.nan]), np.array([{}]), np.zeros((0, 2)), np.zeros((2, 2, 2)), np.array(["a"])],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, values: Any) -> None:
    np.save(tmp_path / "odd.npy", values, allow_pickle=True)
    with pytest.raises(ConfigurationError, match="region 'eeg'"):
        source(str(tmp_path / "odd.npy"))
    with pytest.raises(ConfigurationError, match="there is no recording"):
        source(str(tmp_path / "none.npy"))


def test_the_record_knows_the_recording_by_its_hash(file: str) -> None:
    brain = Blueprint.load("frankenbot")
    spec = RegionSpec(name="eeg", type="signal_source", config={"file": file})
    brain = brain.model_copy(update={"regions": (*brain.regions, spec)})
    before = inputs(brain)
    assert list(before) == [file]
    np.save(file, np.zeros(3))
    assert inputs(brain)[file] != before[file]
    Path(file).unlink()
    assert inputs(brain) == {file: "missing"}

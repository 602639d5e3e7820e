"""Arrays over robots in the log: numbers where they are short, packed where they are long, never changed."""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mcap.reader import make_reader

from neuralbrain.nanorobots.messages import Chemosense, Mission, Moves
from neuralbrain.record.log import LONG, LogWriter, read_log, schema_of
from neuralbrain.runtime import Emission
from tests.nanorobots.swimmers import chemosense


def written(path: Path, *messages: Moves | Chemosense) -> list[Emission]:
    log = LogWriter(path, 0.05)
    for message in messages:
        log.add(Emission(message.tick, "region", "port", message))
    log.close()
    return list(read_log(path))


@given(arrays("int32", st.integers(0, 3 * LONG)))
def test_whole_numbers_come_back(tmp_path_factory: pytest.TempPathFactory, actions: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("log") / "episode.mcap"
    (back,) = written(path, Moves(tick=3, source="region", actions=actions))
    assert isinstance(back.message, Moves)
    assert back.message.actions.dtype == np.int32
    assert np.array_equal(back.message.actions, actions)


def test_numbers_and_flags_of_a_swarm_come_back_to_the_last_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    number = 2 * LONG
    felt = chemosense(
        1,
        rng.integers(0, 2000, number),
        contact=rng.random(number) < 0.5,
        quick=rng.normal(size=number).astype(np.float32),
    )
    (back,) = written(tmp_path / "episode.mcap", felt)
    for (name, one), (_, two) in zip(felt.arrays(), back.message.arrays(), strict=True):
        assert one.dtype == two.dtype and np.array_equal(one, two), name


def test_any_reader_of_mcap_can_unpack_them(tmp_path: Path) -> None:
    short, long = np.arange(LONG, dtype=np.int32), np.arange(LONG + 1, dtype=np.int32)
    written(
        tmp_path / "episode.mcap",
        Moves(tick=0, source="region", actions=short),
        Moves(tick=1, source="region", actions=long),
    )
    with (tmp_path / "episode.mcap").open("rb") as file:
        found = [json.loads(message.data)["actions"] for _, _, message in make_reader(file).iter_messages()]
    assert found[0] == short.tolist()
    assert np.array_equal(np.frombuffer(zlib.decompress(base64.b64decode(found[1])), "<i4"), long)
    for kind, field in ((Moves, "actions"), (Mission, "phases"), (Chemosense, "contact")):
        plain, packed = schema_of(kind)["properties"][field]["anyOf"]
        assert plain["type"] == "array"
        assert packed["contentEncoding"] == "base64" and "zlib" in packed["description"]

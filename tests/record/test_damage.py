"""A damaged record is found out, and none makes much of little."""

import base64
import json
import random
import zlib
from pathlib import Path

import numpy as np
import pytest
import zstandard
from mcap.writer import CompressionType, Writer

from neuralbrain.agents.episode import run_episode
from neuralbrain.agents.replay import replay_run
from neuralbrain.errors import RecordError
from neuralbrain.record.check import check_record
from neuralbrain.record.folder import read_manifest, write_manifest
from neuralbrain.record.images import encode_rgb
from neuralbrain.record.log import activity, read_log
from neuralbrain.record.recorder import Recorder
from neuralbrain.record.report import write_report
from neuralbrain.runtime import run_brain
from neuralbrain.runtime.trace import plain
from tests.agents.conftest import toy_agent, toy_env  # noqa: F401
from tests.runtime.toys import fast_ring


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    result = run_episode("rover", "rover-free", 1, instruction="turn left", out=folder)
    return Path(result.run_dir)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "episode.mcap"
    with Recorder(path.parent, 0.05) as recorder:
        run_brain(fast_ring(stop_at=300), 3, observers=[recorder])
    return path


def told(log):
    """Return all that a log says, with the hashes of its arrays."""
    return [(e.tick, e.region, e.port, plain(e.message)) for e in read_log(log)], activity(log, 0.05)


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def bits(data, number, seed=0):
    """Return bits of a file: some of its ends, where its structure is, and some of all."""
    rng, size = random.Random(seed), 8 * len(data)
    ends = [rng.randrange(min(size, 1600)) for _ in range(number // 4)]
    ends += [size - 1 - rng.randrange(min(size, 1600)) for _ in range(number // 4)]
    return ends + [rng.randrange(size) for _ in range(number - len(ends))]


def test_a_flipped_bit_is_found_out(log, tmp_path):
    data, changed = log.read_bytes(), tmp_path / "episode.mcap"
    for bit in bits(data, 40):
        changed.write_bytes(flipped(data, bit))
        with pytest.raises(RecordError, match="is not an MCAP log, or damaged"):
            told(changed)


def test_a_flipped_bit_in_a_log_without_an_end_changes_nothing_in_silence(log, tmp_path):
    changed = tmp_path / "episode.mcap"
    data = log.read_bytes()[: log.stat().st_size // 2]
    changed.write_bytes(data)
    whole = told(changed)
    assert len(whole[0]) > 200
    for bit in bits(data, 40):
        changed.write_bytes(flipped(data, bit))
        try:
            assert told(changed) == whole  # what nobody reads: the times of a chunk, an index
        except RecordError as error:
            assert "is not an MCAP log, or damaged" in str(error)


def test_a_record_is_checked_without_running_the_brain(run, tmp_path):
    assert check_record(run) == read_manifest(run)["result"]["trace_sha256"]
    copy = tmp_path / "run"
    copy.mkdir()
    for name in ("run.json", "episode.mcap"):
        (copy / name).write_bytes((run / name).read_bytes())
    log, manifest = copy / "episode.mcap", read_manifest(run)
    log.write_bytes(log.read_bytes()[:1000])
    for look in (check_record, replay_run, write_report):
        with pytest.raises(RecordError, match="its hash differs from that in run.json"):
            look(copy)
    write_manifest(copy, manifest)  # sealed again: now the trace tells
    with pytest.raises(RecordError, match="is not the log of this run: it makes the trace"):
        check_record(copy)
    del manifest["checksum"]
    (copy / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(RecordError, match="has no checksum"):
        check_record(copy)


def test_pictures_that_the_log_rounds_are_in_the_trace(toy_agent, toy_env, tmp_path):  # noqa: F811
    result = run_episode(str(toy_agent), toy_env, 4, out=tmp_path, allow_code=True)
    assert check_record(Path(result.run_dir)) == result.trace_sha256


def bomb(path, chunk):
    """Write a log whose one chunk is this, as it claims."""
    with path.open("wb") as file:
        writer = Writer(file, chunk_size=2**40, compression=CompressionType.ZSTD)
        writer.start()
        schema = writer.register_schema("a", "jsonschema", b"{}")
        channel = writer.register_channel(
            "/a/b", "json", schema, {"region": "a", "port": "b", "kind": "instruction"}
        )
        writer.add_message(channel, 0, chunk, 0)
        writer.finish()


def picture():
    height = np.zeros((1, 1, 3), np.uint8)
    png = bytearray(encode_rgb(height))
    png[16:24] = (60_000).to_bytes(4, "big") * 2
    png[29:33] = zlib.crc32(png[12:29]).to_bytes(4, "big")
    return bytes(png)


@pytest.mark.parametrize(
    "content",
    [
        b'{"text": "' + b"a" * 2**25 + b'"}',
        b"[" * 10**6,
        b'{"tick": %s}' % (b"9" * 6001),
        b'{"tick": 1e999}',
        b"[" + b"[]," * 10**5 + b"[]]",
    ],
)
def test_a_log_makes_no_more_than_its_bounds(tmp_path, content):
    bomb(tmp_path / "episode.mcap", content)
    assert (tmp_path / "episode.mcap").stat().st_size < 20_000
    with pytest.raises(RecordError, match="damaged"):
        list(read_log(tmp_path / "episode.mcap"))


def test_a_frame_that_claims_to_be_huge_takes_no_room(run, tmp_path):
    data = (run / "episode.mcap").read_bytes()
    at = data.index(b"zstd") + 12
    frame = zstandard.ZstdCompressor().compress(bytes(2**27))
    log = tmp_path / "episode.mcap"
    log.write_bytes(data[:at] + frame + data[at + len(frame) :])
    with pytest.raises(RecordError, match="the sum of a chunk differs"):
        list(read_log(log))


def test_a_picture_that_claims_to_be_huge_is_refused(tmp_path):
    path = tmp_path / "episode.mcap"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start()
        schema = writer.register_schema("a", "jsonschema", b"{}")
        notes = {"region": "a", "port": "b", "kind": "camera_frame", "field": "rgb"}
        channel = writer.register_channel("/a/b", "json", schema, notes)
        data = {"data": base64.b64encode(picture()).decode()}
        writer.add_message(channel, 0, json.dumps(data).encode(), 0)
        writer.finish()
    with pytest.raises(RecordError, match="60000 x 60000 is too large"):
        list(read_log(path))

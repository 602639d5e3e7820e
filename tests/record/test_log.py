"""The message log: what is read back is what was sent, and a cut never costs what stands before it."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from mcap.reader import make_reader

from neuralbrain.arm.messages import Proprioception
from neuralbrain.errors import RecordError
from neuralbrain.messages import CameraFrame
from neuralbrain.record.images import decode_depth, decode_rgb, encode_depth, encode_rgb
from neuralbrain.record.log import LogWriter, activity, read_log, schema_of
from neuralbrain.runtime import run_brain
from tests.agents.toys import toy_brain
from tests.runtime.toys import fast_ring


class Kept:
    def __init__(self):
        self.emissions = []

    def observe(self, until, emissions):
        self.emissions += emissions


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "episode.mcap"
    kept, log = Kept(), LogWriter(path, 0.05)

    class Write:
        def observe(self, until, emissions):
            for emission in emissions:
                log.add(emission)

    run_brain(toy_brain(), 5, observers=[kept, Write()])
    log.close()
    return path, kept.emissions


def plain(message):
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in message.__dict__.items()
        if name != "depth"
    }


def test_everything_comes_back_as_it_was_sent(logged):
    path, sent = logged
    back = list(read_log(path))
    assert [(e.tick, e.region, e.port) for e in back] == [(e.tick, e.region, e.port) for e in sent]
    for before, after in zip(sent, back, strict=True):
        assert type(after.message) is type(before.message)
        assert plain(after.message) == plain(before.message)
        if isinstance(before.message, CameraFrame):
            assert np.abs(after.message.depth - before.message.depth).max() <= 0.0005001
    assert sum(isinstance(e.message, CameraFrame) for e in back) == 2


def test_only_the_wanted_kinds_are_read(logged):
    path, sent = logged
    assert {e.message.kind for e in read_log(path, {"anomaly", "stop"})} == {"anomaly", "stop"}
    assert activity(path, 0.05)["body"] == [e.tick for e in sent if e.region == "body"]


def test_the_public_reader_reads_it(logged):
    path, _ = logged
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        topics, images = {}, 0
        for schema, channel, message in reader.iter_messages():
            data = json.loads(message.data)
            topics[channel.topic] = schema.name
            assert schema.encoding == "jsonschema"
            assert set(json.loads(schema.data)["properties"]) >= set(data)
            if schema.name == "foxglove.CompressedImage":
                images += 1
                assert data["format"] == "png"
            else:
                assert message.log_time == data["tick"] * 50_000_000
    assert topics["/body/proprioception"] == "neuralbrain.Proprioception"
    assert topics["/body/frame/rgb"] == topics["/body/frame/depth"] == "foxglove.CompressedImage"
    assert images == 4


def test_a_schema_says_what_the_log_holds():
    properties = schema_of(CameraFrame)["properties"]
    assert "rgb" not in properties
    assert "depth" not in properties
    assert properties["intrinsics"]["minItems"] == 4
    assert "rgb" in CameraFrame.model_json_schema()["properties"]  # the class itself is left alone
    assert schema_of(Proprioception)["required"] == [
        name for name, field in Proprioception.model_fields.items() if field.is_required()
    ]


def test_pictures_survive():
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 255, (7, 9, 3), dtype=np.uint8)
    depth = rng.uniform(0, 3, (7, 9)).astype(np.float32)
    depth[0, 0] = 0.0
    assert (decode_rgb(encode_rgb(rgb)) == rgb).all()
    back = decode_depth(encode_depth(depth))
    assert np.abs(back - depth).max() <= 0.0005001
    assert back[0, 0] == 0.0


def test_a_log_cut_anywhere_is_read_up_to_the_cut(logged, tmp_path):
    path, sent = logged
    data, cut = path.read_bytes(), tmp_path / "cut.mcap"
    lengths = []
    for size in [*range(0, len(data), max(1, len(data) // 60)), len(data)]:
        cut.write_bytes(data[:size])
        back = list(read_log(cut))
        assert [(e.tick, e.port) for e in back] == [(e.tick, e.port) for e in sent[: len(back)]]
        lengths.append(len(back))
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(sent)
    assert lengths[len(lengths) // 2] > 0


def test_a_file_that_is_no_log_is_refused(tmp_path):
    path = tmp_path / "episode.mcap"
    path.write_bytes(b"this is a shopping list, not a log")
    with pytest.raises(RecordError, match="is not an MCAP log"):
        list(read_log(path))
    with pytest.raises(RecordError, match="cannot be read: No such file"):
        list(read_log(tmp_path / "none.mcap"))


def test_a_log_is_never_written_over(tmp_path):
    LogWriter(tmp_path / "a.mcap", 0.05).close()
    with pytest.raises(RecordError, match="cannot be written: File exists"):
        LogWriter(tmp_path / "a.mcap", 0.05)


CHILD = """
    import os, sys
    from pathlib import Path
    from neuralbrain.record.recorder import Recorder
    from neuralbrain.runtime import run_brain
    from tests.runtime.toys import fast_ring

    class Progress:
        def observe(self, until, emissions):
            print(until, flush=True)

    folder = Path(sys.argv[1])
    with Recorder(folder, 0.05) as recorder:
        run_brain(fast_ring(stop_at=10**7), 3, observers=[recorder, Progress()])
"""


def test_a_killed_process_leaves_a_readable_log(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    passed = 0
    with child.stdout:
        while passed < 1000:
            passed = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert child.returncode == -signal.SIGKILL
    back = list(read_log(tmp_path / "episode.mcap"))
    assert back[-1].tick > passed - 100  # no more than the last chunk is lost
    kept = Kept()
    run_brain(fast_ring(stop_at=back[-1].tick), 3, observers=[kept])
    assert [e.message.model_dump_json() for e in back] == [
        e.message.model_dump_json() for e in kept.emissions[: len(back)]
    ]


LIMITED = """
    import resource, sys
    from pathlib import Path
    from neuralbrain.errors import RecordError
    from neuralbrain.record.recorder import Recorder
    from neuralbrain.runtime import run_brain
    from tests.runtime.toys import fast_ring

    room = 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        with Recorder(Path(sys.argv[1]), 0.05) as recorder:
            run_brain(fast_ring(stop_at=10**7), 3, observers=[recorder])
    except RecordError as error:
        print(error)
"""


def test_no_room_on_disk_is_one_error_and_loses_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LIMITED), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "episode.mcap cannot be written: File too large; free some room" in done.stdout
    assert done.stderr == ""
    path = tmp_path / "episode.mcap"
    assert 150_000 < path.stat().st_size <= 200_000
    assert len(list(read_log(path))) > 1000

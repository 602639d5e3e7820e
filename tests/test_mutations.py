"""Whatever is read, a loader reads it or says in one error of ours that it cannot.

The fast tests try a few mutations of each format; ``-m slow`` tries 10,000 of each.
"""

import contextlib
import dataclasses
import io
import json
import random
import resource
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap.writer import Writer

from neuralbrain.agents.episode import run_episode
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import NeuralBrainError
from neuralbrain.learning.table import QTable, TableForm, load_table
from neuralbrain.memory.entry import Entry
from neuralbrain.memory.store import read, write
from neuralbrain.record.check import trace_of
from neuralbrain.record.folder import EPISODE, TRAINING, checksum, read_manifest
from neuralbrain.record.report import write_report
from neuralbrain.regions.signal_source import load as load_recording
from neuralbrain.simulation import Simulation
from tests.mutations import WORSE, mutated_bytes, mutated_data

SECONDS = 20
"""A loader that takes longer hangs."""
ROOM = 1500 * 2**20
"""The process takes at most so much more memory, bytes, over all mutations of a format."""
FORBIDDEN = (
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "pickle.find_class",
    "socket.connect",
)
FORM = TableForm(entries=[str(i) for i in range(20)], actions=tuple(range(1, 30)), env="rover")

ACTS: list[str] = []
"""What this process has done of that, and whether it has imported what a mutation names."""


def _watch(event, arguments):
    if event in FORBIDDEN or (event == "import" and "evil" in str(arguments[0])):
        ACTS.append(f"{event} {arguments[:1]}")


sys.addaudithook(_watch)


def _late(*_):
    raise TimeoutError("it hangs")


def trial(load, number, seed=0):
    """Call a loader with so many generators of chance; return what came of it, and assert the rest."""
    ACTS.clear()
    came, before = Counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.signal(signal.SIGALRM, _late)
    for one in range(number):
        signal.alarm(SECONDS)
        try:
            load(random.Random(seed * 10**6 + one))
            came["read"] += 1
        except NeuralBrainError as error:
            came["refused"] += 1
            assert str(error)
        except Exception as error:
            error.add_note(f"mutation {one}")
            raise
        finally:
            signal.alarm(0)
    assert ACTS == []
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < ROOM
    print(load.__name__, dict(came))
    return came


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    return Path(run_episode("rover", "rover-free", 1, instruction="turn left", out=out).run_dir)


def blueprints(place):
    home = Path(sys.modules["neuralbrain"].__file__).parent / "agents" / "blueprints"
    texts = [file.read_bytes() for file in sorted(home.glob("*.yaml"))]
    plain = [
        Blueprint.load(file.stem).model_dump(mode="json", by_alias=True)
        for file in sorted(home.glob("*.yaml"))
    ]
    path = place / "brain.yaml"

    def load_blueprint(rng):
        if rng.random() < 0.4:
            path.write_bytes(mutated_bytes(rng.choice(texts), rng))
        else:
            path.write_text(json.dumps(mutated_data(rng.choice(plain), rng)))
        Blueprint.load(path)

    return load_blueprint


def manifests(place, run):
    text = (run / "run.json").read_bytes()
    plain = json.loads(text)
    (place / "episode.mcap").write_bytes((run / "episode.mcap").read_bytes())
    path = place / "run.json"

    def load_manifest(rng):
        if rng.random() < 0.3:
            path.write_bytes(mutated_bytes(text, rng))
        else:
            data = mutated_data(plain, rng)
            if isinstance(data, dict):  # sealed again, as by somebody who means it
                with contextlib.suppress(TypeError, ValueError):
                    data["checksum"] = checksum(data)
            path.write_text(json.dumps(data))
        manifest = read_manifest(place, (EPISODE, TRAINING))
        if manifest["format"] == EPISODE:
            write_report(place)
            brain = Blueprint.from_mapping(manifest["blueprint"], allow_code=False)
            trace_of(place / "episode.mcap", brain, min((manifest["result"] or {"ticks": 9})["ticks"], 999))

    return load_manifest


def logs(place, run):
    whole = (run / "episode.mcap").read_bytes()
    blueprint = Blueprint.model_validate(json.loads((run / "run.json").read_text())["blueprint"])
    messages = [
        (s, c, m.log_time, json.loads(m.data)) for s, c, m in make_reader(io.BytesIO(whole)).iter_messages()
    ]
    path = place / "episode.mcap"
    (place / "run.json").write_bytes((run / "run.json").read_bytes())

    def load_log(rng):
        if rng.random() < 0.5:
            path.write_bytes(mutated_bytes(whole, rng))
        else:
            with path.open("wb") as file:  # right sums, wrong content
                writer = Writer(file)
                writer.start()
                schema = writer.register_schema("a", "jsonschema", b"{}")
                channels = {}
                for at in sorted(rng.sample(range(len(messages)), min(len(messages), 30))):
                    _, channel, time, data = messages[at]
                    notes = channel.metadata
                    if rng.random() < 0.1:
                        notes = {
                            key: rng.choice([value, "", "\x00", *notes.values()])
                            for key, value in notes.items()
                        }
                    key = json.dumps(notes)
                    if key not in channels:
                        channels[key] = writer.register_channel(channel.topic, "json", schema, notes)
                    if rng.random() < 0.2:
                        data = mutated_data(data, rng)
                        time = rng.choice([time, 0, 2**63])
                    writer.add_message(channels[key], time, json.dumps(data).encode(), time)
                writer.finish()
        write_report(place)
        trace_of(path, blueprint, 100)

    return load_log


def tables(place):
    home = Path(sys.modules["neuralbrain"].__file__).parent / "agents" / "tables"
    whole = (home / "rover.npz").read_bytes()
    with np.load(io.BytesIO(whole)) as file:
        values, manifest = file["values"], json.loads(str(file["manifest"]))
    path = place / "table.npz"

    def load_a_table(rng):
        if rng.random() < 0.5:
            path.write_bytes(mutated_bytes(whole, rng))
        else:
            kinds = (
                values,
                values[:1],
                values.astype(rng.choice("fdi?"), copy=True),
                np.array(None),
                np.array(5),
            )
            arrays = {
                "values": rng.choice(kinds),
                "manifest": np.array(json.dumps(mutated_data(manifest, rng))),
            }
            if rng.random() < 0.1:
                arrays.pop(rng.choice(list(arrays)))
            if rng.random() < 0.05:
                arrays[rng.choice(["x", "../x", "manifest.npy"])] = np.array([{}])
            with path.open("wb") as file:
                rng.choice((np.savez, np.savez_compressed))(file, **arrays)
        table = load_table("basal_ganglia", str(path), FORM)
        table.policy, table.greedy(np.zeros(30, np.float32))
        assert isinstance(table, QTable)

    return load_a_table


def recordings(place):
    stream = io.BytesIO()
    np.save(stream, np.arange(60.0).reshape(20, 3))
    path = place / "signal.npy"

    def load_a_recording(rng):
        path.write_bytes(mutated_bytes(stream.getvalue(), rng))
        load_recording("source", str(path))

    return load_a_recording


def snapshots():
    with Simulation("rover", env="rover-free", seed=1) as sim:
        sim.step(4)
        taken = sim.snapshot()
    names = [field.name for field in dataclasses.fields(taken)]

    def load_a_snapshot(rng):
        name = rng.choice(names)
        value = getattr(taken, name)
        if isinstance(value, bytes) and rng.random() < 0.8:
            value = mutated_bytes(value, rng)
        elif name == "regions" and rng.random() < 0.8:
            region = rng.choice(sorted(value))
            value = {**value, region: mutated_bytes(value[region], rng)}
        else:
            value = mutated_data([1], rng)
        dataclasses.replace(taken, **{name: value}).brain()

    return load_a_snapshot


def change_a_cell(database, rng):
    """Change a value in a database, as somebody does who means it, if what is left of it is one."""
    with (
        contextlib.closing(sqlite3.connect(database)) as connection,
        contextlib.suppress(sqlite3.Error, OverflowError),  # an index, or no value of SQLite's
    ):
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        name = rng.choice(sorted(n for n in names if not n.startswith(("sqlite", "idx"))))
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        rows = connection.execute(f'SELECT rowid FROM "{name}"').fetchall()
        value = rng.choice([v if isinstance(v, int | float | str | None) else str(v) for v in WORSE])
        place = rng.choice(rows or [(0,)])[0]
        connection.execute(f'UPDATE "{name}" SET "{rng.choice(columns)}" = ? WHERE rowid = ?', (value, place))
        connection.commit()


def memories(place):
    whole = place / "whole"
    write(whole, [Entry(text=f"I put block {n} away.", metadata={"kind": "goal"}) for n in range(12)])

    def load_memories(rng):
        store = place / "store"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(whole, store)
        for _ in range(rng.choice((1, 1, 2, 3))):
            if rng.random() < 0.5:
                file = rng.choice(sorted(f for f in store.rglob("*") if f.is_file()))
                file.write_bytes(mutated_bytes(file.read_bytes(), rng))
            else:
                change_a_cell(store / "chroma.sqlite3", rng)
        read(store)

    return load_memories


MADE = {
    "blueprint": lambda place, _: blueprints(place),
    "manifest": manifests,
    "log": logs,
    "table": lambda place, _: tables(place),
    "memories": lambda place, _: memories(place),
    "recording": lambda place, _: recordings(place),
    "snapshot": lambda *_: snapshots(),
}


@pytest.mark.parametrize("name", MADE)
def test_a_few_mutations(name, tmp_path, run):
    assert trial(MADE[name](tmp_path, run), 30, seed=1)["refused"] > 5


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
def test_ten_thousand_mutations(name, tmp_path, run):
    came = trial(MADE[name](tmp_path, run), 10_000)
    assert came["read"] + came["refused"] == 10_000

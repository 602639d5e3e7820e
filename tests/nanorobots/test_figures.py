"""The pictures of nanorobots' runs: what they show is what happened, or they are left out."""

import base64
import io
import re
from datetime import datetime
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from neuralbrain.envs.nanorobot.physics import around_a_cell
from neuralbrain.nanorobots.body import Move
from neuralbrain.nanorobots.messages import Chemosense, MovesReport
from neuralbrain.nanorobots.report import scene
from neuralbrain.nanorobots.report.doses import draw_doses, exposure, treated
from neuralbrain.nanorobots.report.figures import UNLIKE, draw_arrivals, sections
from neuralbrain.nanorobots.report.history import PATHS, History, biomarker, relive
from neuralbrain.record.folder import read_manifest, write_manifest
from neuralbrain.record.log import read_log
from neuralbrain.record.manifest import new_manifest
from neuralbrain.record.recorder import Recorder
from neuralbrain.record.report import Section, write_report
from neuralbrain.runtime import Emission
from tests.nanorobots.worlds import brain


def record(agent: str, seed: int, ticks: int, out: Path) -> Path:
    """Record robots that are steered by simulator truth, so that they arrive whatever a brain has learned.

    Each goes on while it comes nearer to the cell, else tumbles; touching it, it lets go a portion.
    """
    blueprint = brain(agent, seed)
    config = blueprint.by_name[blueprint.body].config
    names = {"agent": agent, "env": config["env"], "task": "toy", "seed": seed, "runtime": "inline"}
    write_manifest(out, new_manifest(blueprint, **names, started=datetime(2026, 1, 1), instruction=None))
    body = gymnasium.make(config["env"], **config["env_options"]).unwrapped.body
    body.reset(seed)
    cell = np.array([float(part[0]) for part in body.state.cells.places[0]])
    actions, before = np.zeros(body.robots, np.int32), np.full(body.robots, np.inf)
    with Recorder(out, blueprint.tick_seconds) as recorder:
        for tick in range(0, 2 * ticks, 2):
            stamp = {"tick": tick, "source": "brainstem"}
            sent = []
            if tick > 0:
                body.act(actions)
                sent.append(MovesReport(**stamp, actions=actions, refused=0, held=False))
            sent.append(Chemosense(**stamp, **vars(body.sense())))
            recorder.observe(tick, [Emission(tick, "brainstem", message.kind, message) for message in sent])
            apart = np.linalg.norm(body.places() - cell, axis=1)
            actions = np.where(apart < before, Move.RUN, Move.TUMBLE).astype(np.int32)
            if body.portions and body.evaluate().info["killed"] == 0:
                actions[np.asarray(body.state.robots.found[0])] = Move.RELEASE
            before = apart
    return out


def history_of(folder: Path) -> History:
    history = relive(folder, read_manifest(folder))
    assert history is not None
    return history


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Path:
    return record("nanorobot", 8, 150, tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    return record("nanoswarm", 1, 60, tmp_path_factory.mktemp("many"))


@pytest.fixture
def changeable(one, tmp_path) -> Path:
    for name in ("run.json", "episode.mcap"):
        (tmp_path / name).write_bytes((one / name).read_bytes())
    return tmp_path


def test_the_history_is_that_of_the_record(one):
    history = history_of(one)
    manifest = read_manifest(one)
    log = [e.message for e in read_log(one / "episode.mcap", {"chemosense", "moves_report"})]
    senses = [message for message in log if message.kind == "chemosense"]
    released = [m.tick for m in log if m.kind == "moves_report" and m.actions[0] == Move.RELEASE]
    tick = manifest["blueprint"]["tick_seconds"]
    tissue = history.tissue
    assert history.seconds == pytest.approx([message.tick * tick for message in senses])
    assert history.paths.shape == (len(senses), 1, 3)
    assert history.paths.min() >= 0
    assert history.paths.max() <= tissue.size
    steps = np.linalg.norm(np.diff(history.paths[:, 0], axis=0), axis=1)
    assert 0 < steps.max() < 2 * tissue.speed * tissue.tick_seconds  # Brownian motion is in it
    assert history.released == pytest.approx([at * tick for at in released])
    assert history.found[0] < history.released[0] <= history.released[-1] == history.killed[0]
    alive = history.seconds < history.killed[0]
    assert history.gap[history.seconds == history.found[0]] == pytest.approx(0.0, abs=1e-3)
    assert np.nanmin(history.gap) > -1e-3
    assert np.isnan(history.gap).tolist() == (~alive).tolist()
    assert alive.any()


def test_a_dose_map_has_in_the_middle_of_a_cell_what_the_cell_got(one):
    history = history_of(one)
    assert treated(history) == [0]
    assert history.doses[0] >= history.tissue.lethal
    assert exposure(history, history.cancer[-1]) == pytest.approx(history.doses, rel=1e-4)
    assert exposure(history, history.cancer[-1] + 20.0)[0] < history.doses[0] / 4
    panel = draw_doses(history).axes[0]
    (releases,) = [line for line in panel.lines if line.get_marker() == "x"]
    assert np.array_equal(releases.get_xydata(), history.places[:, :2])
    assert panel.get_title(loc="left").endswith(f"dead at {history.killed[0]:.1f} s")


def test_the_field_is_that_of_the_living_cells(one):
    history = history_of(one)
    x, y, z = history.cancer[-1][0]
    tissue = history.tissue
    shown = biomarker(history, np.array([x + 20.0]), np.array([y]), z)
    expected = around_a_cell(20.0, tissue.secretion, tissue.cell_radius, tissue.diffusion, tissue.reach)
    assert shown == pytest.approx(expected, rel=1e-4)


def test_curves_of_one_robot_and_of_many(one, many):
    history = history_of(one)
    top, below = draw_arrivals(history).axes
    assert top.lines[0].get_ydata() == pytest.approx(history.gap, nan_ok=True)
    marks = {line.get_label(): list(line.get_xdata()) for line in top.lines[1:]}
    assert marks == {
        "cell found": list(history.found),
        "portion released": list(history.released),
        "cell killed": list(history.killed),
    }
    assert set(below.lines[0].get_ydata()) == {0, 1}
    swarm = history_of(many)
    (panel,) = draw_arrivals(swarm).axes  # without a payload nothing is killed
    share = panel.lines[0].get_ydata()
    found = np.asarray(swarm.last.robots.found).sum()  # who has found one stays there
    assert 0 < found < 70
    assert share[0] < share[-1] == pytest.approx(100 * found / 70)
    assert (np.diff(share) >= 0).all()
    assert swarm.paths.shape[1] == 70 <= PATHS
    assert swarm.arrived.sum() == found
    assert swarm.found[0] == swarm.seconds[np.flatnonzero(share)[0]]


def test_a_scene_says_what_is_what(one, many):
    for folder, cells, robots in (
        (one, ["dead cancer cell", "start", "end"], []),
        (many, ["cancer cell", "start", "end"], ["robot that found a cell", "robot that found none"]),
    ):
        legend = scene.draw_scene(history_of(folder)).axes[0].get_legend()
        assert [text.get_text() for text in legend.get_texts()] == cells + robots


@given(st.floats(-3, 3), st.floats(0, 6.28), st.floats(0.0, 2.0), st.floats(0.1, 30.0))
def test_a_ball_hides_what_is_behind_it(up, turn, aside, behind):
    eye = np.array([np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up)])
    across = np.array([-np.sin(turn), np.cos(turn), 0.0])
    assume(abs(aside - 1.0) > 1e-9)  # there it is rounding that decides
    centre = np.array([5.0, 6.0, 7.0])
    points = centre + aside * across + behind * np.stack([-eye, eye])
    assert scene.hidden(points, [(centre, 1.0, "red")], eye).tolist() == [aside < 1.0, False]


def test_the_report_has_the_pictures(one):
    text = write_report(one).read_text()
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)" alt="(\w+)"', text)
    assert [name for _, name in pictures] == ["paths", "arrivals", "doses"]
    for data, _ in pictures:
        image = Image.open(io.BytesIO(base64.b64decode(data)))
        assert image.size[0] >= 590
        assert np.array(image.convert("RGB")).std() > 10  # something is drawn
    assert UNLIKE not in text


def test_a_swarm_without_a_payload_has_no_dose_map(many):
    figures = sections(many, read_manifest(many))
    assert [figure.title for figure in figures] == ["Paths", "Arrivals"]
    found = history_of(many).touched[-1]
    assert figures[1].caption.startswith(f"{found} of 70 robots")


@pytest.mark.parametrize("change", [{"env_seed": 4}, {"env": "neuralbrain/NoSuchWorld-v0"}])
def test_what_is_not_the_same_again_is_left_out_and_the_report_says_so(changeable, change):
    manifest = read_manifest(changeable)
    (spec,) = [r for r in manifest["blueprint"]["regions"] if r["name"] == "brainstem"]
    spec["config"].update(change)
    write_manifest(changeable, manifest)
    assert sections(changeable, manifest) == [Section("Paths", UNLIKE)]
    text = write_report(changeable).read_text()
    assert UNLIKE in text
    assert "data:image/png" not in text


def test_a_run_that_was_cut_short_is_shown_as_far_as_it_goes(changeable, one):
    log = changeable / "episode.mcap"
    whole, data = history_of(one), log.read_bytes()
    log.write_bytes(data[: len(data) // 2])
    part = history_of(changeable)
    count = len(part.seconds)
    assert 1 < count < len(whole.seconds)
    assert np.array_equal(part.paths, whole.paths[:count])
    log.write_bytes(data[:100])
    assert sections(changeable, read_manifest(changeable)) == []

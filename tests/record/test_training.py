"""What a training run leaves: curves, a picture of the table, and a report that needs nothing else."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from neuralbrain.learning.bins import Bins, Cut, Numbered
from neuralbrain.learning.setup import settings, training_setup
from neuralbrain.learning.table import QTable
from neuralbrain.learning.training import Point
from neuralbrain.record.training import as_csv, draw_curves, draw_table, write_training
from tests.record.test_report import Balance

POINT = Point(100, 4, 4, -6.0, 1, 120.0, 0.5, 1.0)
CURVE = [replace(POINT, steps=50, episodes=3), POINT]
"""The first point is not known yet: one of the four that began then is still under way."""


def table(states: int) -> QTable:
    values = np.random.default_rng(0).normal(size=(1, states, 3)).astype(np.float32)
    values[0, 0] = 0.0
    return QTable(values, Numbered(states=states), {})


def test_curves_as_csv_leave_empty_what_is_not_known():
    rows = list(csv.DictReader(io.StringIO(as_csv(CURVE))))
    assert rows[0] == {
        "steps": "50", "began": "4", "episodes": "3", "mean_return": "", "success": "", "mean_length": "",
        "alpha": "0.5", "epsilon": "1.0",
    }  # fmt: skip
    assert (rows[1]["mean_return"], rows[1]["success"]) == ("-1.5", "0.25")


def test_pictures_are_pictures_and_the_same_each_time():
    curves = draw_curves(CURVE)
    assert curves == draw_curves(CURVE)
    silent = [replace(point, successes=None) for point in CURVE]
    widths = [Image.open(io.BytesIO(draw_curves(curve))).size[0] for curve in (CURVE, silent)]
    assert widths[0] > widths[1]  # no panel for what an environment does not say
    few, many = (np.array(Image.open(io.BytesIO(draw_table(table(n))))) for n in (4, 3000))
    assert few.shape[0] < many.shape[0] < 2000
    assert len(np.unique(few.reshape(-1, 4), axis=0)) > 20


@pytest.mark.parametrize("rule", ["q", "lambda"])
def test_the_report_is_whole_and_needs_nothing_else(tmp_path, rule):
    told = settings(100, alpha="0.5", epsilon="linear:1:0.1", rule=rule)
    made = training_setup("FrozenLake-v1", told, steps=100)
    made = made.model_copy(
        update={"kwargs": {"map": "<b>4x4</b>"}, "bins": Bins(cuts=(Cut(entry=2, edges=(0.12345678,)),))}
    )
    judged = {
        "worlds": 256, "mean_return": 0.75, "return_error": 0.02, "success": None, "mean_length": 40.25,
        "unfinished": 2,
    }  # fmt: skip
    manifest = {
        "started": "2026-01-02T03:04:05", "task": "frozenlake", "status": "done", "versions": {"numpy": "9"},
        "result": {"steps": 123456, "evaluation": judged},
    }  # fmt: skip
    report = write_training(tmp_path, manifest, made, CURVE, table(16))
    page = Balance()
    page.feed(report.read_text())
    assert page.open == []
    assert [link[:22] for link in page.links] == ["data:image/png;base64,"] * 2
    for words in (
        "123,456",
        "0.75 ± 0.02",
        "<b>4x4</b>",
        "0.1235",
        "linear, from 1.0 to 0.1 over 100",
        "cut off",
    ):
        assert words in page.text
    assert f"--resume {tmp_path} --steps 246912" in page.text
    assert ("traces of 10 ticks" in page.text) == (rule == "lambda")
    assert {path.name for path in tmp_path.iterdir()} == {
        "q_table.npz", "curves.csv", "curves.png", "table.png", "report.html",
    }  # fmt: skip

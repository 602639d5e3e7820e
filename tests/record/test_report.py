"""The report and the video: whole, self-contained, safe."""

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from neuralbrain.agents.episode import run_episode
from neuralbrain.record.folder import read_manifest, write_manifest
from neuralbrain.record.movie import Shot, _font, gif, write_movie
from neuralbrain.record.report import write_report
from tests.agents.conftest import toy_agent, toy_env  # noqa: F401


class Balance(HTMLParser):
    """Checks that every element that is opened is closed, and collects where links lead."""

    VOID = ("meta", "img", "rect", "line", "path", "br")

    def __init__(self):
        super().__init__()
        self.open, self.links, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("src", "href")]
        if tag not in self.VOID or tag in ("rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def folder(toy_agent, toy_env, tmp_path):  # noqa: F811
    words = "put <b>it</b> & go"
    return (
        tmp_path
        / run_episode(str(toy_agent), toy_env, 4, out=tmp_path, instruction=words, allow_code=True).run_dir
    )


def test_the_report_is_whole_and_needs_nothing_else(folder):
    assert write_movie(folder) == folder / "episode.gif"
    page = Balance()
    page.feed(write_report(folder).read_text())
    assert page.open == []
    assert all(link.startswith("data:") or link == "https://foxglove.dev" for link in page.links)
    assert sum(link.startswith("data:image/gif") for link in page.links) == 1
    assert sum(link.startswith("data:image/jpeg") for link in page.links) == 2
    for words in (
        "put <b>it</b> & go",
        "success",
        "the red block is in the bowl",
        "pick red block",
        "the hand is empty",
        "pick red block, try 1: failed nothing between the fingers",
        f"replay {folder}",
        "Nobody judged this episode",
        "numpy",
        "body.proprioception: what it said",
    ):
        assert words in page.text
    assert "by simulator truth" not in page.text
    trace = re.search(r"[0-9a-f]{64}", page.text)
    assert trace


def test_a_report_of_a_run_that_was_killed(folder):
    log = folder / "episode.mcap"
    log.write_bytes(log.read_bytes()[:9000])
    write_manifest(folder, read_manifest(folder) | {"result": None, "status": "running"})
    page = Balance()
    page.feed(write_report(folder).read_text())
    assert page.open == []
    assert "cut off" in page.text


def test_the_videos_font_has_the_arrow_of_the_steps():
    assert _font().getmask("→").getbbox() != _font().getmask("\uffff").getbbox()


def test_a_gif_moves():
    shots = [Shot(np.full((24, 32, 3), 40 * i, np.uint8), f"{i} s", 100) for i in range(5)]
    image = Image.open(io.BytesIO(gif(shots)))
    assert image.format == "GIF"
    assert image.n_frames == 5
    assert image.size[0] == 32
    image.seek(4)
    assert np.array(image.convert("RGB"))[5, 5].tolist() == pytest.approx([160] * 3, abs=8)

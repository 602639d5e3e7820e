"""Whole episodes of the rover's brain: tasks, people's sentences, the trace, and the record."""

from pathlib import Path

import pytest
from PIL import Image

from neuralbrain.agents.episode import run_episode
from neuralbrain.agents.replay import replay_run
from neuralbrain.blueprint import Blueprint
from neuralbrain.record.movie import write_movie
from neuralbrain.record.report import write_report
from neuralbrain.record.story import Story
from neuralbrain.runtime import RunResult, run_brain, spoken


def lived(
    env: str, seed: int, sentence: str | None = None, runtime: str = "inline"
) -> tuple[RunResult, Story]:
    brain, story = Blueprint.load("rover").configured("brainstem", env=env, env_seed=seed), Story()
    own = [spoken(brain, 0, sentence)] if sentence else []
    return run_brain(brain, seed, runtime=runtime, observers=[story], commit=False, injections=own), story


@pytest.mark.parametrize(("task", "seed"), [("Reach", 1), ("Visit", 2), ("Push", 3), ("Push", 5)])
def test_the_tasks_are_solved_by_simulator_truth(task: str, seed: int) -> None:
    result, story = lived(f"neuralbrain/Rover-{task}-v0", seed)
    assert result.stop is not None
    assert result.stop.success
    assert result.stop.evaluation["judged_by"] == "simulator"
    assert story.done is not None
    assert story.done.success


def test_the_same_twice_gives_one_trace_and_another_seed_another() -> None:
    (one, _), (same, _), (other, _) = (lived("neuralbrain/Rover-Reach-v0", seed) for seed in (4, 4, 6))
    assert (one.trace, one.ticks) == (same.trace, same.ticks)
    assert one.trace != other.trace


@pytest.mark.ray
def test_ray_gives_the_inline_trace(ray_session: None) -> None:
    (inline, _), (ray, _) = (
        lived("neuralbrain/Rover-Reach-v0", 4, runtime=name) for name in ("inline", "ray")
    )
    assert (inline.trace, inline.ticks, inline.stop) == (ray.trace, ray.ticks, ray.stop)


def test_it_goes_back_to_where_it_started() -> None:
    result, story = lived("neuralbrain/Rover-Free-v0", 3, "go to the green pillar, then return to the start")
    assert result.stop is not None
    assert result.stop.success
    assert [plan.tree.goal for plan in story.plans][-1] == "go back to the start"


@pytest.mark.parametrize(
    ("sentence", "reason", "said"),
    [
        ("go to the pillar", "asked", "Which do you mean by 'the pillar': the blue pillar, "),
        ("do not go to the red pillar", "said", "All right: I do not go to the red pillar."),
        ("push the red pillar to the blue one", "refused", "I can only push a ball"),
    ],
)
def test_where_nothing_is_to_be_done_it_says_why_and_nothing_moves(
    sentence: str, reason: str, said: str
) -> None:
    result, story = lived("neuralbrain/Rover-Free-v0", 0, sentence)
    assert result.stop is not None
    assert result.stop.reason == reason
    assert story.done is not None
    assert said in story.done.text


def test_what_is_not_there_is_looked_for_from_several_places() -> None:
    result, story = lived("neuralbrain/Rover-Free-v0", 3, "go to the purple pillar")
    assert result.stop is not None
    assert not result.stop.success
    assert story.done is not None
    assert story.done.text.startswith("I cannot find the purple pillar: I have looked from everywhere I can.")
    assert sum(plan.tree.goal.startswith("look for") for plan in story.plans) >= 2


def test_an_episode_is_recorded_shown_and_replayed(tmp_path: Path) -> None:
    result = run_episode(
        "rover", seed=0, instruction="go to the red pillar, then push the ball to the blue one", out=tmp_path
    )
    assert result.success
    assert (result.task, result.judged_by) == ("rover-free", "brain")
    folder = Path(result.run_dir)
    film = write_movie(folder)
    assert film is not None
    with Image.open(film) as pictures:
        assert pictures.n_frames > 100
        assert pictures.size == (320, 264)
    text = write_report(folder).read_text(encoding="utf-8")
    assert "push orange ball" in text
    assert "chooses to push" in text
    again = replay_run(folder)
    assert again.same


def test_what_no_simulator_can_judge_the_brain_judges(tmp_path: Path) -> None:
    result = run_episode("rover", seed=2, out=tmp_path)
    assert (result.success, result.judged_by) == (True, "brain")
    assert set(result.conditions.values()) == {True, None}, "where it is now, and where it was on the way"
    assert result.standing == "believed"

"""Brains whose camera shows nothing, now and then or always: they look again, otherwise, and say so."""

from typing import Any

import pytest

from neuralbrain.agents.episode import prepared
from neuralbrain.record.story import Story
from neuralbrain.simulation import Simulation


def lived(agent: str, env: str, **disturbance: Any) -> tuple[bool, Story]:
    """Let a brain live with a camera that fails; return whether it succeeded, and its story."""
    blueprint, story = prepared(agent, env, 0), Story()
    one = {"of": "camera", "failure": 1.0, **disturbance}
    blueprint = blueprint.configured(blueprint.body, disturbances=[one])
    with Simulation(blueprint, seed=0, observers=(story,), history=0) as sim:
        sim.run_to_end()
        stop = sim.result.stop
    return stop is not None and stop.success, story


@pytest.mark.parametrize("shows", ["dark", "no depth"])
def test_an_arm_looks_with_the_other_camera(shows: str) -> None:
    success, story = lived("frankenbot", "tabletop-place", name="fixed", shows=shows)
    assert success
    whats = {trouble.anomaly.what for trouble in story.troubles}
    word = {"dark": "is dark", "no depth": "has no depth"}[shows]
    assert whats == {f"nothing is seen by the fixed camera: the picture {word}"}
    assert story.recovered == len(story.troubles) == 3, "once, and twice again"


def test_a_rover_that_sees_now_and_then_arrives() -> None:
    success, story = lived("rover", "rover-reach", name="front", shows="grey", failure=0.3)
    assert success
    assert story.troubles and story.recovered == len(story.troubles)


def test_a_rover_that_sees_nothing_says_so() -> None:
    _, story = lived("rover", "rover-push", name="front", shows="bright")
    assert story.done is not None and story.done.outcome == "failed"
    assert "nothing is seen by the front camera: the picture is too bright" in story.done.text

"""Training in dreams: every real step is counted, no dream without a signal is used, and it goes on alike."""

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning.dream import training
from neuralbrain.learning.dream.controller import Controller, load_controller, save_controller
from neuralbrain.learning.dream.search import Search
from neuralbrain.learning.dream.source import source
from neuralbrain.learning.dream.training import DreamTraining, Plan, planned

SMALL: dict[str, Any] = {
    "kwargs": {"balls": True},
    "population": 4,
    "generations": 2,
    "dreams": 2,
    "horizon": 30,
    "first": 1500,
    "episodes": 1,
    "judged": 4,
    "hidden": 4,
    "components": 2,
    "updates": 4,
}


def plan(steps: int, **changes: Any) -> Plan:
    given = {**SMALL, **changes}
    world = source("neuralbrain/Dodge-v0", given["kwargs"])
    spaces = {"observation_space": str(world.observations), "action_space": str(world.actions)}
    return Plan(env="neuralbrain/Dodge-v0", steps=steps, **spaces, **given)


def test_a_search_finds_the_top_and_goes_on_alike() -> None:
    search = Search(3, 8, 0)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    for _ in range(40):
        asked = search.ask()
        search.tell(asked, -((asked - [1.0, -2.0, 0.5]) ** 2).sum(axis=1))
    assert np.allclose(search.mean, [1.0, -2.0, 0.5], atol=0.05)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    again = Search(3, 8, 0)
    again.again(np.array(search.told))
    assert np.array_equal(again.ask(), search.ask()) and again.generations == 40


@pytest.mark.parametrize("layer", [0, 3])
def test_controllers_take_the_actions_of_a_world(layer: int, tmp_path: Path) -> None:
    for name in ("CartPole-v1", "Pendulum-v1"):
        world = source(name, {})
        controller = Controller(world, layer)
        parameters = np.linspace(-1, 1, controller.size)
        action = np.asarray(controller.act(jnp.asarray(parameters), jnp.ones(world.seen.size)))
        assert world.actions.contains(action.astype(world.actions.dtype))
        save_controller(tmp_path / "c.npz", controller, parameters, 0)
        again, found = load_controller(tmp_path / "c.npz", world)
        assert again.layer == layer and np.array_equal(found, parameters)
    with pytest.raises(RecordError, match="does not fit CartPole-v1: its env is Pendulum-v1"):
        load_controller(tmp_path / "c.npz", source("CartPole-v1", {}))


@pytest.mark.slow  # most of it is compiling
def test_a_dream_without_signal_trains_nothing_and_rounds_go_on_alike(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = DreamTraining(plan(5000))
    refused = run.advance()
    assert refused.refused and refused.generations == 0 and run.best is None
    with pytest.raises(
        ConfigurationError, match=r"no dream of neuralbrain/Dodge-v0 carried a signal: .*rate"
    ):
        _ = run.parameters
    monkeypatch.setattr(training, "signal", lambda *_: (1.0, ()))
    first = run.advance()
    run.save(tmp_path / "c.npz")
    assert run.moment.episodes is not None and first.real_steps == run.moment.episodes.steps == run.steps
    again = DreamTraining(planned(tmp_path / "c.npz"))
    again.restore(tmp_path / "c.npz")
    assert again.moment.rounds == (refused, first)
    assert run.advance() == again.advance() and run.steps > first.real_steps
    assert np.array_equal(run.parameters, again.parameters)
    assert run.moment.dream and again.moment.dream and run.moment.dream.digest == again.moment.dream.digest
    judged, untrained = run.evaluate(4)
    assert judged.worlds == untrained.worlds == 4 and run.steps == again.steps


@pytest.mark.slow  # to compile
def test_a_direct_search_counts_its_steps_and_goes_on_alike(tmp_path: Path) -> None:
    run = DreamTraining(plan(4000, direct=True))
    run.advance()
    run.save(tmp_path / "c.npz")
    again = DreamTraining(planned(tmp_path / "c.npz"))
    again.restore(tmp_path / "c.npz")
    while not run.done:
        assert run.advance() == again.advance()
    assert again.done and run.steps >= 4000 and np.array_equal(run.parameters, again.parameters)

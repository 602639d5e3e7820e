"""What a training run cannot be says what to change."""

import pytest

from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.fused import FusedTraining
from neuralbrain.learning.setup import settings, training_setup
from neuralbrain.learning.stepwise import SteppedTraining
from neuralbrain.learning.worlds import EVALUATION, TRAINING, world_seeds
from tests.learning.toys import NAME, ring_setup


def told(**more):
    return settings(100, **{"alpha": "0.1", "epsilon": "0.1", **more})


@pytest.mark.parametrize(
    ("env", "options", "says"),
    [
        ("Pendulum-v1", {}, "a Q-table needs a choice among a few"),
        ("FrozenLake-v1", {"robots": 8}, "robots is 8, .* leave --robots out"),
        ("FrozenLake-v1", {"kwargs": {"ice": 1}}, "no parameter of FrozenLake-v1 'ice'"),
        ("Moon-v9", {}, "does not know 'Moon-v9': .*doesn't exist"),
        ("CartPole-v1", {"bins": 300, "ranges": {1: (-3, 3), 3: (-3, 3)}}, "use fewer bins"),
        (NAME, {"robots": 0}, "robots is 0: it should be greater than or equal to 1"),
        (NAME, {"steps": 0}, "steps is 0: it should be greater than or equal to 1"),
        (NAME, {"seed": -1}, "seed is -1: it should be greater than or equal to 0"),
    ],
)
def test_what_cannot_be(env, options, says):
    with pytest.raises(ConfigurationError, match=says):
        training_setup(env, told(), **{"steps": 100, **options})


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"gamma": 1.5}, "gamma is 1.5: it should be less than or equal to 1"),
        ({"rule": "sarsa"}, "rule is 'sarsa': it should be 'q', 'double' or 'lambda'"),
        ({"length": 0}, "length is 0"),
        ({"alpha": "2"}, "alpha is '2'"),
    ],
)
def test_what_a_learner_cannot_be_told(more, says):
    with pytest.raises(ConfigurationError, match=says):
        told(**more)


def test_a_plan_survives_json_and_takes_what_the_environment_recommends():
    made = ring_setup()
    assert type(made).model_validate_json(made.model_dump_json()) == made
    assert made.bins.states == 8
    assert made.compiled


def test_every_world_has_a_seed_of_its_own():
    seeds = (
        world_seeds(1, TRAINING, 0, 50) + world_seeds(1, EVALUATION, 0, 50) + world_seeds(2, TRAINING, 0, 50)
    )
    assert len(set(seeds)) == 150
    assert world_seeds(1, TRAINING, 7, 1) == seeds[7:8]
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.parametrize("training", [FusedTraining, SteppedTraining])
def test_an_environment_that_has_changed_since_is_refused(training):
    before = ring_setup(robots=1).model_copy(update={"observation_space": "Discrete(9)"})
    with pytest.raises(
        ConfigurationError, match=r"observation space of .* this run began with Discrete\(9\)"
    ):
        training(before)


def test_actions_are_known_by_their_names():
    told = settings(100, alpha="0.5", epsilon="0.1")
    moves = ("run", "tumble", "left", "right", "up", "down")
    assert training_setup("neuralbrain/NanoSeek-v0", told, steps=100).action_names == moves
    payload = training_setup("neuralbrain/NanoDeliver-v0", told, steps=100)
    assert payload.action_names == (*moves, "release")
    practice = training_setup("neuralbrain/Rover-Practice-v0", told, steps=100)
    assert practice.action_names[:2] == ("search", "turn") and practice.actions == 9
    assert training_setup("FrozenLake-v1", told, steps=100).action_names == ()

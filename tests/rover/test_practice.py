"""The table that ships was learned in practice, and serves there."""

from pathlib import Path

import gymnasium
import numpy as np
import pytest

from neuralbrain.errors import BlueprintError, UnknownNameError
from neuralbrain.learning.bins import Bins, Cut, discretisation
from neuralbrain.learning.table import QTable, load_table
from neuralbrain.rover.basal_ganglia import TABLE
from neuralbrain.rover.behaviours import Behaviour
from neuralbrain.rover.navigation_state import BINS

ENV = "neuralbrain/Rover-Practice-v0"


def test_the_table_was_learned_by_this_project_in_this_world() -> None:
    table, env = load_table("basal_ganglia", "rover", TABLE), gymnasium.make(ENV)
    table.check(ENV, env.observation_space, env.action_space)
    assert table.bins == discretisation(env.observation_space, BINS)
    assert table.manifest["steps"] >= 1_000_000
    assert table.manifest["settings"]["rule"] == "lambda"
    assert {"numpy", "neuralbrain"} <= table.manifest["versions"].keys()


def test_it_solves_fresh_arrangements() -> None:
    table, env = load_table("basal_ganglia", "rover", TABLE), gymnasium.make(ENV)
    solved, used = 0, set()
    for seed in range(50_000, 50_060):
        seen, info = env.reset(seed=seed)
        over = False
        while not over:
            behaviour = int(table.greedy(seen))
            used.add(Behaviour(behaviour))
            seen, _, terminated, truncated, info = env.step(behaviour)
            over = terminated or truncated
        solved += info["is_success"]
    assert solved >= 57
    assert used >= set(Behaviour) - {Behaviour.BACK_OFF}, "nearly each is of use even where nothing is met"


def test_to_stop_before_it_is_done_is_a_failure() -> None:
    env = gymnasium.make(ENV)
    env.reset(seed=0)
    _, reward, terminated, _, info = env.step(int(Behaviour.STOP))
    assert (reward, terminated, info["is_success"]) == (-2.0, True, False)


def test_other_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="rover"):
        load_table("basal_ganglia", "nothing", TABLE)
    with pytest.raises(BlueprintError, match="'basal_ganglia'.*train q --env Rover-Practice"):
        load_table("basal_ganglia", "nanoseek", TABLE)
    bins = Bins(cuts=(Cut(entry=0, edges=(0.5,)),))
    few = QTable(np.zeros((1, 2, 3), np.float32), bins, {})
    few.save(tmp_path / "few.npz")
    with pytest.raises(BlueprintError, match="has 3 actions, and not 9: train one"):
        load_table("basal_ganglia", str(tmp_path / "few.npz"), TABLE)

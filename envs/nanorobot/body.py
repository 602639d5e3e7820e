"""The robots of a tissue as a body: what a brainstem senses and acts on."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from neuralbrain.batch import Batch, compiled, keys_of
from neuralbrain.body import Evaluation
from neuralbrain.envs.nanorobot.moves import MOVES
from neuralbrain.envs.nanorobot.rules import TissueRules
from neuralbrain.envs.nanorobot.sensing import counts
from neuralbrain.envs.nanorobot.solved import solved_field
from neuralbrain.errors import ContractError
from neuralbrain.nanorobots.body import SwarmState
from neuralbrain.portable import depart
from neuralbrain.profile import pinned_jax


class NanoBody:
    """All robots of one world; it implements `neuralbrain.body.SwarmBody`.

    It steps the rules that the Gymnasium environments step, compiled for one world: with the same seed and
    actions, body and environment agree exactly. Where the task is over for the environment, the body goes
    on: it is the brain that ends an episode.

    Args:
        rules: Of the world.
    """

    def __init__(self, rules: TissueRules) -> None:
        tissue = rules.tissue
        self._rules = rules
        self.instruction = sentence(rules)
        self.robots, self.portions = tissue.robots, tissue.portions
        self.actions = MOVES + (tissue.portions > 0)
        self.tick_seconds, self.max_ticks = tissue.tick_seconds, tissue.ticks
        (self.surface,) = counts(tissue, [0.0])
        self.stride, self.turn, self.rotation = tissue.stride, tissue.turn, tissue.tumbling
        self._batch: Batch = compiled(rules)
        self._state: Any = None
        self._reward = 0.0

    @property
    def state(self) -> Any:
        """The world, a batch of one; only evaluation and tests look into it.

        Raises:
            ContractError: There is none yet.
        """
        if self._state is None:
            raise ContractError("a NanoBody has no world yet: call reset(seed) first")
        return self._state

    def reset(self, seed: int) -> None:
        """Draw the world of the seed."""
        if solved_field(self._rules.tissue) is not None:
            depart("the field around barriers, or in a vessel, is solved by LAPACK")
        self._state, self._reward = self._batch.reset(keys_of([seed])), 0.0
        state = self._state
        self.act(np.zeros(self.robots, np.int32))  # compiled now, and not in the middle of the episode
        self.evaluate()
        self._state, self._reward = state, 0.0

    def sense(self) -> SwarmState:
        """Return what the robots sense now."""
        robots = self.state.robots
        seen = np.asarray(self._batch.observe(self.state)[0]).reshape(self.robots, -1)
        entry = {name: seen[:, number] for number, (name, _, _) in enumerate(self._rules.features)}
        signalled = len(robots.senses) > 1
        return SwarmState(
            molecules=_whole(robots.senses[0].molecules),
            quick_change=entry["quick change"].copy(),
            slow_change=entry["slow change"].copy(),
            contact=np.asarray(robots.contact[0]),
            rise_ahead=entry["rise ahead"].copy(),
            rise_left=entry["rise to the left"].copy(),
            rise_up=entry["rise upwards"].copy(),
            portions=_whole(robots.portions),
            signal=_whole(robots.senses[1].molecules) if signalled else np.zeros(self.robots, np.int32),
            signal_change=(entry["signal change"].copy() if signalled else np.zeros(self.robots, np.float32)),
        )

    def act(self, actions: NDArray[np.int32]) -> None:
        """Let a tick pass; see `neuralbrain.body.SwarmBody.act`.

        Raises:
            ContractError: They are not one action for each robot, int32, of those that there are.
        """
        if actions.shape != (self.robots,) or actions.dtype != np.int32:
            raise ContractError(
                f"actions are {actions.dtype} of shape {actions.shape}; give one for each of the "
                f"{self.robots} robots, int32, shape ({self.robots},)"
            )
        if len(actions) and not (actions.min() >= 0 and actions.max() < self.actions):
            wrong = actions[(actions < 0) | (actions >= self.actions)][0]
            raise ContractError(f"there is no action {wrong}; give 0 to {self.actions - 1}")
        given = actions[None] if self._rules.swarm else actions
        self._state, _, reward, _, _ = self._batch.move(self.state, given)
        self._reward = float(np.asarray(reward)[0])

    def evaluate(self) -> Evaluation:
        """Judge the present state of the world; the reward is the last tick's."""
        figures = {name: np.asarray(value)[0].item() for name, value in self._batch.info(self.state).items()}
        return Evaluation(success=figures.pop("is_success"), reward=self._reward, info=figures)

    def places(self) -> NDArray[np.float32]:
        """Return where the robots are, µm, shape (robots, 3)."""
        first: NDArray[np.float32] = np.asarray(self._batch.place(self.state))[0]
        return first

    def picture(self, path: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return the tissue from above; see `neuralbrain.body.SwarmBody.picture`."""
        with pinned_jax():
            return self._rules.picture(jax.tree.map(lambda part: part[0], self.state), path)

    def get_state(self) -> dict[str, Any]:
        """Return the world as NumPy arrays."""
        return {"leaves": self._batch.stored(self.state), "reward": self._reward}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there.

        Raises:
            ContractError: The state is that of another world.
        """
        self._state = self._batch.restored(state["leaves"])
        self._reward = state["reward"]

    def __getstate__(self) -> dict[str, Any]:
        state = None if self._state is None else self._batch.stored(self._state)
        return {**vars(self), "_state": state}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        state = None if saved["_state"] is None else saved["_batch"].restored(saved["_state"])
        vars(self).update(saved, _state=state)

    def close(self) -> None:
        """Forget the world."""
        self._state = None


def sentence(rules: TissueRules) -> str:
    """Return what a task asks for, as a person would say it."""
    many = rules.tissue.cancer > 1
    cells, them = ("the cancer cells", "them") if many else ("the cancer cell", "it")
    if rules.name == "deliver":
        return f"Find {cells} and treat {them}."
    if many and rules.tissue.robots == 1:
        cells = "a cancer cell"  # one robot can be with one only
    return f"{'Find' if rules.name == 'seek' else 'Follow'} {cells}."


def _whole(values: jax.Array) -> NDArray[np.int32]:
    return np.asarray(values[0]).astype(np.int32)

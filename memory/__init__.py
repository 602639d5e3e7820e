"""Stores, embeddings and recall. Import it as ``neuralbrain.memory``."""

if not __name__.startswith("neuralbrain."):  # the folder stands at the repository's top, the name does not
    raise ImportError("import it as neuralbrain.memory: the folder at the repository's top is not a package")

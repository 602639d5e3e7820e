"""Whole agents: blueprints, the episode loop, benchmarks. Import it as ``neuralbrain.agents``."""

if not __name__.startswith("neuralbrain."):  # the folder stands at the repository's top, the name does not
    raise ImportError("import it as neuralbrain.agents: the folder at the repository's top is not a package")

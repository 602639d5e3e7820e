"""The worlds and bodies. Import it as ``neuralbrain.envs``."""

if not __name__.startswith(
    "neuralbrain."
):  # the folder stands at the top of the repository, the name does not
    raise ImportError("import it as neuralbrain.envs: the folder at the repository's top is not a package")

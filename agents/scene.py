"""A scene from a file."""

from pathlib import Path

from neuralbrain.arguments import expect
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.errors import ConfigurationError
from neuralbrain.reading import YAML_BYTES, parse_yaml, read_bytes


def load_scene(file: str | Path) -> Scene:
    """Return the scene of a YAML file: a mapping with ``things``, and perhaps ``placed`` and ``layout``.

    Args:
        file: Its path. For what stands in it see `neuralbrain.envs.tabletop.scene.Scene.of`.

    Raises:
        RecordError: It cannot be read, or is no plain YAML.
        ConfigurationError: Something in it cannot be used.
    """
    expect("the scene", file, (str, Path), "the path of a YAML file")
    try:
        return Scene.from_mapping(parse_yaml(read_bytes(Path(file), YAML_BYTES), file))
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from error

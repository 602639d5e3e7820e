"""Dreams: a model of a world learned from its episodes, and controllers trained inside it.

It needs Equinox, Optax and cma, which are an extra: ``pip install 'neuralbrain[dream]'``.
"""

from importlib.util import find_spec

from neuralbrain.errors import ConfigurationError

if missing := [name for name in ("cma", "equinox", "optax") if find_spec(name) is None]:
    raise ConfigurationError(
        f"dreams need {', '.join(missing)}, not installed: pip install 'neuralbrain[dream]'"
    )

"""What a session needs besides NeuralBrain: imported when it is used, and named where it is missing."""

import asyncio
import contextlib
from importlib import import_module
from typing import Any

from neuralbrain.errors import ConfigurationError


def needed(module: str, extra: str = "assist") -> Any:
    """Return a module of an extra.

    Args:
        module: Its full name.
        extra: The extra that brings it.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        top = module.partition(".")[0]
        raise ConfigurationError(
            f"{top} is not installed ({error}): install what sessions need by "
            f"`pip install 'neuralbrain[{extra}]'`, from a checkout `pip install -e '.[{extra}]'`"
        ) from None


def end_loop() -> None:
    """Close the event loop that a library has left in this thread; it makes a new one where it needs one."""
    with contextlib.suppress(RuntimeError):  # there is none, or it is running
        asyncio.get_event_loop_policy().get_event_loop().close()

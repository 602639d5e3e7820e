"""Lists, dictionaries and arrays in messages that nobody can change, as a message itself cannot be.

Who receives a message shares it with all others in its process, and with none in another one: if it could be
changed, what a region sees would depend on the grouping and the runtime.
"""

from typing import Any, NoReturn

import numpy as np


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError(
        "a message cannot be changed: copy what it holds, by list(...) or dict(...), and change that"
    )


class FrozenList(list[Any]):
    """A list that raises TypeError when it is to be changed."""

    append = clear = extend = insert = pop = remove = reverse = sort = _refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        return FrozenList, (list(self),)


class FrozenDict(dict[Any, Any]):
    """A dictionary that raises TypeError when it is to be changed."""

    clear = pop = popitem = setdefault = update = _refuse
    __setitem__ = __delitem__ = __ior__ = _refuse

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)


def frozen(value: Any) -> Any:
    """Return the same, copied where it could be changed, so that it cannot, all through."""
    if type(value) is tuple:
        return tuple(map(frozen, value))
    if isinstance(value, list):
        return FrozenList(map(frozen, value))
    if isinstance(value, dict):
        return FrozenDict({key: frozen(part) for key, part in value.items()})
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value = value.copy()
        value.flags.writeable = False
    return value

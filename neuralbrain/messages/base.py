"""What every message is: frozen, stamped with tick and source, told apart by its ``kind``."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, cast, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from neuralbrain.errors import UnknownNameError
from neuralbrain.messages.frozen import FrozenDict, FrozenList, frozen


class ArrayOf:
    """Declares the dtype and shape of a numpy array inside a message; use it in ``Annotated``.

    The value stays a numpy array on the wire. It must already have the declared dtype (nothing is cast
    silently) and, for floats, be finite. A writeable array is copied, so that the sender cannot change a
    message it has sent; what the receiver sees is read-only in every runtime.

    Args:
        dtype: The numpy dtype's name.
        shape: The length of each axis; ``None`` for any.
        finite: Whether NaN and infinities are refused (floats only).
    """

    def __init__(self, dtype: str, *shape: int | None, finite: bool = True) -> None:
        self.dtype = np.dtype(dtype)
        self.shape = shape
        self.finite = finite and self.dtype.kind == "f"

    def check(self, value: object) -> NDArray[Any]:
        """Return ``value`` as a read-only array of the declared form, or raise ValueError."""
        if not isinstance(value, np.ndarray):
            raise ValueError(f"expected a numpy array, got {type(value).__name__}")
        if value.dtype != self.dtype:
            raise ValueError(f"expected dtype {self.dtype}, got {value.dtype}")
        if value.ndim != len(self.shape) or any(
            want is not None and want != have for want, have in zip(self.shape, value.shape, strict=True)
        ):
            raise ValueError(f"expected shape {self.shape} (None: any), got {value.shape}")
        if self.finite and not np.isfinite(value).all():
            raise ValueError("holds NaN or an infinity")
        if value.flags.writeable or not value.flags.c_contiguous:
            value = np.array(value, order="C")
            value.flags.writeable = False
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.check,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda array: array.tolist(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        item: JsonSchemaValue = {"type": {"f": "number", "b": "boolean"}.get(self.dtype.kind, "integer")}
        for length in reversed(self.shape):
            item = {"type": "array", "items": item}
            if length is not None:
                item |= {"minItems": length, "maxItems": length}
        return item | {"description": f"{self.dtype} array of shape {self.shape}"}


Vector3 = Annotated[NDArray[np.float64], ArrayOf("float64", 3)]
"""A point or direction: x, y, z. Unit: the field says."""


LEAST, MOST = -(2**63), 2**63 - 1
"""The range of whole numbers in messages: that of 64 bits. Any reader of a record can take it."""


def _held(schema: Any) -> Any:
    """Return a core schema in which every whole number has its range, and nothing can be changed."""
    if isinstance(schema, list):
        return [_held(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    held = {name: part if name in LEFT else _held(part) for name, part in schema.items()}
    if kind == "int":
        return {"ge": LEAST, "le": MOST, **held}
    if kind == "str":  # any bound has half a surrogate refused, which no file could hold
        return {"min_length": 0, **held}
    if kind == "default" and (
        "default_factory" in held or isinstance(held["default"], list | dict | np.ndarray)
    ):
        return {**held, "validate_default": True}
    freeze = _FREEZING.get(kind) if isinstance(kind, str) else None
    return held if freeze is None else core_schema.no_info_after_validator_function(freeze, cast(Any, held))


def _models(schema: Any) -> Iterator[type[BaseModel]]:
    """Yield the models of a core schema."""
    for part in schema if isinstance(schema, list) else schema.values() if isinstance(schema, dict) else ():
        yield from _models(part)
    if isinstance(schema, dict) and schema.get("type") == "model":
        yield schema["cls"]


_FREEZING: dict[str, Any] = {"list": FrozenList, "dict": FrozenDict, "any": frozen, "is-instance": frozen}
"""Type of a core schema -> what makes its values such that nobody can change them."""
LEFT = ("default", "metadata", "serialization", "tick")
"""What is left as it is in a core schema: what is none, and the tick, which the runtime holds to its own."""


class Part(BaseModel):
    """Base of the frozen models that messages are made of.

    Their numbers are finite, and whole numbers have 64 bits: what is not cannot be made, so it is never sent.
    Lists, dictionaries and arrays in them cannot be changed either.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return cast(CoreSchema, _held(handler(source)))

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a model that holds others that can be changed.

        Raises:
            TypeError: It does.
        """
        super().__pydantic_init_subclass__(**kwargs)
        strange = [model for model in _models(cls.__pydantic_core_schema__) if not issubclass(model, Part)]
        if strange:
            raise TypeError(f"{cls.__name__} holds a {strange[0].__name__}: derive that from `Part`")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; what is changed is checked, as what is made is."""
        copied = super().model_copy(deep=deep)
        return type(self).model_validate({**copied.__dict__, **update}) if update else copied


class Message(Part):
    """Base of all messages. A subclass sets ``kind: Literal["name"] = "name"``, unique in the process.

    Attributes:
        tick: The tick at which it was sent; an integer from 0.
        source: The name of the region that sent it.
    """

    # Looking for unknown fields would cost a sixth of a message; type checkers find them. Parts do look.
    model_config = ConfigDict(extra="ignore")

    kind: str
    tick: int
    source: str

    registry: ClassVar[dict[str, type["Message"]]] = {}
    tells_state: ClassVar[bool] = False
    """Whether its headline says how things stand, and not what has happened: the same again is no news."""
    traced: ClassVar[bool] = True
    """Whether it is part of the trace. What tells wall-clock time is not, and no region may receive it."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Put the class into the registry under its kind, so that a record can be read back."""
        super().__pydantic_init_subclass__(**kwargs)
        annotation = cls.model_fields["kind"].annotation
        kinds = get_args(annotation) if annotation is not str else ()
        if len(kinds) != 1:
            raise TypeError(f'{cls.__name__} needs `kind: Literal["..."] = "..."`, one string')
        other = Message.registry.get(kinds[0])
        if other is not None and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.__name__} and {other.__name__} both have the kind {kinds[0]!r}")
        Message.registry[kinds[0]] = cls

    # A message is validated however it is made: pydantic's own two would let anything in, a set as a number.

    @classmethod
    def model_construct(  # type: ignore[override]
        cls, _fields_set: set[str] | None = None, **values: Any
    ) -> Self:
        """Make a message, as the class itself does."""
        return cls.model_validate(values)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with some fields changed."""
        copied = super().model_copy(deep=deep)
        return copied if not update else self.model_validate({**copied.__dict__, **update})

    def headline(self) -> str:
        """Say in a line what the message tells a person; empty where it tells nothing."""
        return ""

    def arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield name and value of each field that is a numpy array."""
        for name, value in self.__dict__.items():
            if isinstance(value, np.ndarray):
                yield name, value


def message_type(kind: str) -> type[Message]:
    """Return the message class of a kind.

    Raises:
        UnknownNameError: No class of that kind has been imported.
    """
    try:
        return Message.registry[kind]
    except KeyError:
        raise UnknownNameError("message kind", kind, Message.registry) from None


class Reward(Message):
    """How the task stands, for evaluation and for learning offline; no region ever receives it.

    It comes from simulator truth. It holds until the next: what does not change is not said again.

    Attributes:
        reward: The environment's reward for the present state of the world.
        success: Whether the task is solved in that state.
    """

    kind: Literal["reward"] = "reward"
    reward: float
    success: bool


class Stop(Message):
    """The body's region tells the runtime that the episode ends; no region ever receives it.

    Everyone halts ``stop_delay`` ticks later. It carries the evaluation, which comes from simulator truth
    and which therefore no region may read.

    Attributes:
        reason: Why it ends ("done", "out of time", ...).
        success: Whether the task was solved, judged by simulator truth.
        evaluation: Further figures of the task, as the environment's ``info`` gives them.
    """

    kind: Literal["stop"] = "stop"
    reason: str
    success: bool
    evaluation: dict[str, float | int | bool | str]

    def headline(self) -> str:
        """Say why it ends."""
        return f"ended: {self.reason}"

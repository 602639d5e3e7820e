"""What comes from outside: a message that a person, or a program, delivers to a region at the present tick.

It is part of the trace, by a chain of its own, and of the record; so a run with injections can be replayed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError, ContractError, UnknownNameError
from neuralbrain.messages import Instruction, Message
from neuralbrain.region_types import region_class
from neuralbrain.runtime.parts import Emission
from neuralbrain.runtime.trace import Chain
from neuralbrain.words import NO_TEXT

LONGEST = 2000
"""A sentence has at most so many characters."""
INJECTED = "@injected"
"""The name of the chain of what came from outside; no region can have it."""
BEFORE_ALL = -1
"""The rank of what came from outside: before all projections."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A message that came from outside.

    Attributes:
        tick: When it arrived.
        region: At which region.
        port: At which input port of it.
        message: What.
    """

    tick: int
    region: str
    port: str
    message: Message

    @property
    def where(self) -> str:
        """The input to which it went: "region.port"."""
        return f"{self.region}.{self.port}"

    def shown(self) -> Emission:
        """Return what observers see of it."""
        return Emission(self.tick, self.message.source, self.where, self.message)

    def check(self, blueprint: Blueprint, tick: int) -> None:
        """Check that a brain can take it in at this tick.

        Raises:
            UnknownNameError: No such region or port.
            ContractError: The message has the wrong type, tick or source, or could not enter the trace.
        """
        message = self.message
        if self.region not in blueprint.by_name:
            raise UnknownNameError("region", self.region, blueprint.by_name)
        inputs = region_class(blueprint.by_name[self.region].type).inputs
        if self.port not in inputs:
            raise UnknownNameError(f"input of {self.region}", self.port, inputs)
        expected = inputs[self.port]
        if not isinstance(message, expected):
            raise ContractError(
                f"{self.where} takes {expected.__name__}, not {type(message).__name__}: inject one of those"
            )
        if message.tick != tick:
            raise ContractError(
                f"a message for {self.where} is stamped with tick {message.tick}; what is injected arrives "
                f"at the present tick: stamp it with {tick}"
            )
        if message.source in blueprint.by_name or not re.fullmatch(r"[a-z][a-z0-9_]*", message.source):
            raise ContractError(
                f"a message for {self.where} has the source {message.source!r}: use a name in small letters "
                'that no region has, like "person"'
            )
        digest([self])


def spoken(blueprint: Blueprint, tick: int, text: str, *, source: str = "person") -> Injection:
    """Return what a person says to a brain.

    Args:
        blueprint: The brain.
        tick: When.
        text: A sentence.
        source: Who says it: a name that no region has.

    Raises:
        ConfigurationError: It is no sentence, or the brain hears nobody.
    """
    _check_sentence(text)
    region, _, port = blueprint.hears.partition(".")
    if not region:
        raise ConfigurationError(
            f"the brain {blueprint.name!r} hears nobody: set `hears` in its blueprint to the input that "
            'takes what a person says, like "auditory_cortex.speech"'
        )
    return Injection(tick, region, port, Instruction(tick=tick, source=source, text=text))


def _check_sentence(text: object) -> None:
    """Refuse what nobody can say: it would break what shows and keeps it, and the grammar takes long over it.

    Raises:
        ConfigurationError: The text is empty, too long, or holds what is no text.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"an instruction is a sentence, not {type(text).__name__}")
    if not text.strip():
        raise ConfigurationError("the instruction is empty: give a sentence")
    if len(text) > LONGEST:
        raise ConfigurationError(
            f"the instruction has {len(text)} characters: say at most {LONGEST} at a time"
        )
    odd = next((found for found in NO_TEXT.findall(text) if not found.isspace()), None)
    if odd is not None:
        raise ConfigurationError(f"the instruction holds {odd!r}, which is no text: give it in UTF-8")


def digest(injections: Sequence[Injection]) -> bytes:
    """Return the digest of what came from outside, entered one by one.

    Raises:
        ContractError: A message holds what has no order of its own.
    """
    chain = Chain()
    for injection in injections:
        chain.add(injection.tick, [(injection.where, injection.message)])
    return chain.digest()

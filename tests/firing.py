"""Letting one region fire, without a runtime."""

from typing import Any

from neuralbrain.messages import Message
from neuralbrain.region import Inbox, Region


def inbox(*messages: Message) -> Inbox:
    """Return an inbox of messages, by whatever port they came."""
    return Inbox([("port", message) for message in messages])


def said(region: Region, tick: int, *messages: Message) -> dict[str, list[Any]]:
    """Let a region fire; return what it sent by port, always as lists, stamped and typed as it should be."""
    out = region.step(tick, inbox(*messages))
    sent = {port: value if isinstance(value, list) else [value] for port, value in out.items()}
    for port, values in sent.items():
        assert all((value.tick, value.source) == (tick, region.name) for value in values)
        assert all(isinstance(value, region.outputs[port]) for value in values)
    return {port: values for port, values in sent.items() if values}


def fire(region: Region, tick: int, *messages: Message) -> dict[str, Any]:
    """Let a region fire that sends one message by a port at most; return it by port."""
    return {port: value for port, (value,) in said(region, tick, *messages).items()}

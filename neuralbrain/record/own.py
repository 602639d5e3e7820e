"""What regions sent, as a log tells it without their classes: also those that nobody has imported."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from mcap.records import Channel

from neuralbrain.reading import decoding
from neuralbrain.record.records import records

SHOWN = 100
"""At most so many messages of an output are shown, the first ones."""
LETTERS = 300
"""A message's text is cut after so many characters."""


@dataclass
class Output:
    """What was sent from one output of a region.

    Attributes:
        region: The region.
        port: Its output.
        kind: The kind of its messages.
        number: How many there were.
        shown: Of the first ones: time, s, and content as JSON.
    """

    region: str
    port: str
    kind: str
    number: int = 0
    shown: list[tuple[float, str]] = field(default_factory=list)


def outputs(path: Path, own: Collection[str]) -> list[Output]:
    """Return every output from which something was sent, by region and port.

    Args:
        path: The log.
        own: Regions whose messages are shown.

    Raises:
        RecordError: It cannot be read at all, or is damaged.
    """
    found: dict[int, Output] = {}
    for record in records(path):
        with decoding(path, "is damaged"):
            if isinstance(record, Channel):
                notes = record.metadata
                if "field" not in notes:  # a picture stands beside its message
                    found[record.id] = Output(notes["region"], notes["port"], notes["kind"])
            elif record.channel_id in found:
                output = found[record.channel_id]
                output.number += 1
                if output.region in own and len(output.shown) < SHOWN:
                    output.shown.append((record.log_time / 1e9, _content(record.data)))
    return sorted((o for o in found.values() if o.number), key=lambda o: (o.region, o.port, o.kind))


def _content(data: bytes) -> str:
    """Return a message's own fields."""
    fields = json.loads(data)
    said = {name: value for name, value in fields.items() if name not in ("kind", "tick", "source")}
    text = json.dumps(said, ensure_ascii=False)
    return text if len(text) <= LETTERS else f"{text[:LETTERS]} ... ({len(text)} characters)"

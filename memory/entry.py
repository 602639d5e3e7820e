"""What is remembered, as it is given to a store."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

OWN = ("number", "digest", "date")
"""The store's own metadata of a memory: its place from 0 on, a hash of what it says, and when it was written,
in UTC. A date is read by people and stands in no message: it would not be the same in another run."""

Value = str | int | float | bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to remember.

    Attributes:
        text: What is remembered, in words.
        metadata: Figures and words about it; those of `OWN` are the store's.
    """

    text: str
    metadata: Mapping[str, Value]

    @property
    def digest(self) -> str:
        """A hash of all it says, 16 hexadecimal characters; the same in every process."""
        said = {name: value for name, value in self.metadata.items() if name not in OWN}
        content = json.dumps([self.text, said], sort_keys=True)
        return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()

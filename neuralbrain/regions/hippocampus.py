"""The hippocampus: it remembers this episode while it lasts, and all of them afterwards."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from neuralbrain.memory.embedding import embed
from neuralbrain.memory.snapshot import Passage, Snapshot
from neuralbrain.memory.store import read, write
from neuralbrain.memory.working import WorkingMemory
from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Instruction,
    MemoryQuery,
    Message,
    Recall,
    Scene,
    StepStatus,
)
from neuralbrain.region import Inbox, MemoryConfig, Outbox, Region


class HippocampusConfig(MemoryConfig):
    """Settings of the hippocampus.

    Attributes:
        store: The folder of the lasting memories, made if need be; None: nothing outlasts the episode.
        known: Know only the first so many memories of the store. None: all.
        n_passages: How many passages a question by text is answered with at most.
    """

    n_passages: int = Field(default=5, ge=1)


class Hippocampus(Region):
    """Working memory, and recall of past episodes.

    What it recalls by text is the store as it stood when the episode began, and the episode itself: what
    others write meanwhile changes nothing. The episode enters the store after everyone has halted. Whether
    it was a success is what the cortex believes; no region knows the truth of the simulator.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "instruction": Instruction,
        "scene": Scene,
        "tree": ExecutionTree,
        "done": Done,
        "step_status": StepStatus,
        "anomaly": Anomaly,
        "query": MemoryQuery,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset(inputs)
    outputs: ClassVar[Mapping[str, type[Message]]] = {"recall": Recall}
    Config = HippocampusConfig
    config: HippocampusConfig

    def reset(self, seed: int) -> None:
        """Forget the last episode and read the store.

        Raises:
            ConfigurationError: The store's path is not a folder, or could not become one.
            RecordError: The store cannot be read or written.
        """
        self._seed = seed
        self._working = WorkingMemory()
        self._past = Snapshot() if self.config.store is None else read(self.config.store, self.config.known)

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what has happened, then answer what is asked."""
        for message in inbox:
            self._working.take_in(message)
        return {"recall": [self._answer(tick, query) for query in inbox.of(MemoryQuery)]}

    def _answer(self, tick: int, query: MemoryQuery) -> Recall:
        if query.about == "start":
            start = self._working.start
            objects = start.objects if start is not None else ()
            return Recall(tick=tick, source=self.name, query=query.query, objects=objects)
        n = self.config.n_passages
        found = [*self._past.near(query.text, n), *self._present().near(query.text, 1)]
        found.sort(key=lambda passage: (-passage.similarity, passage.id))
        return Recall(
            tick=tick, source=self.name, query=query.query, passages=tuple(p.text for p in found[:n])
        )

    def _present(self) -> Snapshot:
        story = self._working.story()
        return Snapshot(passages=(Passage(id="", text=story, metadata={}),), vectors=embed([story]))

    def commit(self) -> None:
        """Write the episode into the store.

        Raises:
            RecordError: The store cannot be written, or another process holds it.
        """
        if self.config.store is not None and self._working.instruction:
            write(self.config.store, [self._working.entry(self._seed)])

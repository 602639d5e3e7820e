"""A persistent store of memories: one Chroma collection in one folder, shared by processes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from neuralbrain.errors import RecordError
from neuralbrain.memory.collection import BATCH, check_folder, opened
from neuralbrain.memory.embedding import embedding
from neuralbrain.memory.entry import Entry
from neuralbrain.memory.snapshot import Passage, Snapshot


def count(path: str | Path, embedded: str | None = None) -> int:
    """Return how many memories a store holds now. They are only ever added to.

    Args:
        path: The store's folder.
        embedded: The embedding that it must be made with; None: whichever.

    Raises:
        ConfigurationError: The path is not a folder, or could not become one, or the embedding is another.
        RecordError: The store cannot be read, or another process holds it.
    """
    path = Path(path)
    if not check_folder(path):
        return 0
    with opened(path, embedded) as collection:
        return int(collection.count())


def read(path: str | Path, first: int | None = None, embedded: str | None = None) -> Snapshot:
    """Return what a store holds now; nothing, if nothing has been remembered there yet.

    It takes about 0.15 ms and 4 KiB a memory.

    Args:
        path: The store's folder.
        first: Read the store as it was when it held only so many memories; None: as it is now.
        embedded: The embedding that it must be made with; None: whichever.

    Raises:
        ConfigurationError: The path is not a folder, or could not become one, or the embedding is another.
        RecordError: The store cannot be read, holds less than that, or another process holds it.
    """
    path = Path(path)
    if not check_folder(path):
        if first:
            raise RecordError(f"memory store {path}: it is gone, and what was remembered in it")
        return Snapshot(embedding=embedded or Snapshot.embedding)
    with opened(path, embedded) as collection:
        name, held = collection.metadata["embedding"], collection.count()
        total = held if first is None else first
        if total > held:
            raise RecordError(f"memory store {path}: it holds {held} memories, and {total} are to be read")
        passages: list[Passage] = []
        vectors = np.zeros((total, embedding(name).dimensions), np.float32)
        for start in range(0, total, BATCH):
            end = min(start + BATCH, total)
            found = collection.get(
                where={"$and": [{"number": {"$gte": start}}, {"number": {"$lt": end}}]},
                include=["documents", "metadatas", "embeddings"],
            )
            rows = {metadata["number"]: row for row, metadata in enumerate(found["metadatas"])}
            if len(rows) < end - start:
                gone = end - start - len(rows)
                raise RecordError(
                    _damaged(path, "1 memory is gone" if gone == 1 else f"{gone} memories are gone")
                )
            for number, row in sorted(rows.items()):
                kept = Entry(text=found["documents"][row], metadata=found["metadatas"][row])
                if kept.digest != kept.metadata.get("digest"):
                    raise RecordError(_damaged(path, f"memory {number} has changed"))
                vectors[number] = found["embeddings"][row]
                passages.append(Passage(id=found["ids"][row], text=kept.text, metadata=kept.metadata))
    return Snapshot(passages=tuple(passages), vectors=vectors, embedding=name)


def write(path: str | Path, entries: Sequence[Entry], embedded: str | None = None) -> list[str]:
    """Add memories to a store, which is made if need be, and return their ids.

    An id is the hash of what is said and how often that had been remembered before: the same episode run
    twice is two memories.

    Args:
        path: The store's folder.
        entries: What to remember.
        embedded: The embedding that it is made with; None: whichever it has, and the default for a new one.

    Raises:
        ConfigurationError: The path is not a folder, or could not become one, or the embedding is another.
        RecordError: The store cannot be written, or another process holds it.
    """
    path = Path(path)
    check_folder(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"memory store {path}: cannot be made: {error.strerror}") from error
    ids: list[str] = []
    with opened(path, embedded) as collection:
        date = datetime.now(UTC).isoformat(timespec="seconds")
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            digests = [entry.digest for entry in batch]
            known = collection.get(where={"digest": {"$in": sorted(set(digests))}}, include=["metadatas"])
            times: dict[str, int] = {}
            for metadata in known["metadatas"]:
                times[metadata["digest"]] = times.get(metadata["digest"], 0) + 1
            named = []
            for digest in digests:
                times[digest] = times.get(digest, 0) + 1
                named.append(f"{digest}-{times[digest]}")
            first, texts = collection.count(), [entry.text for entry in batch]
            collection.add(
                ids=named,
                documents=texts,
                metadatas=[
                    {**entry.metadata, "number": first + place, "digest": digest, "date": date}
                    for place, (entry, digest) in enumerate(zip(batch, digests, strict=True))
                ],
                embeddings=embedding(collection.metadata["embedding"]).passages(texts),
            )
            ids += named
    return ids


def _damaged(path: Path, what: str) -> str:
    return f"memory store {path}: damaged, {what}; give another folder, or move this one away to start afresh"

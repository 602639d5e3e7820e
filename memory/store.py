"""A persistent store of memories: one Chroma collection in one folder, shared by processes."""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.memory.embedding import embed
from neuralbrain.memory.snapshot import Passage, Snapshot, Value

COLLECTION = "episodes"
"""The one collection."""

FORMAT = 2
"""What the metadata of a memory are called; it stands with the collection. 1, written nowhere, had "refused"
where 2 has "outcome"; a store of format 1 is converted when it is opened."""

MOST = 5_000
"""A snapshot holds the newest so many: reading them takes about a second, scanning them milliseconds."""

BATCH = 1000
"""Memories written to Chroma at once."""

PATIENCE = 10.0
"""How long to wait for another process that is writing, s."""

_DATABASE, _LOCK = "chroma.sqlite3", "neuralbrain.lock"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to remember.

    Attributes:
        text: What is remembered, in words.
        metadata: Figures and words about it; "number" is the store's own.
    """

    text: str
    metadata: Mapping[str, Value]

    @property
    def digest(self) -> str:
        """A hash of all it says, 16 hexadecimal characters; the same in every process."""
        content = json.dumps([self.text, dict(self.metadata)], sort_keys=True)
        return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()


def count(path: str | Path) -> int:
    """Return how many memories a store holds now. They are only ever added to.

    Raises:
        ConfigurationError: The path is not a folder, or could not become one.
        RecordError: The store cannot be read, or another process holds it.
    """
    path = Path(path)
    check_format(path)
    if not (path / _DATABASE).is_file():
        return 0
    with _locked(path), _collection(path) as collection:
        return int(collection.count())


def read(path: str | Path, first: int | None = None, most: int = MOST) -> Snapshot:
    """Return what a store holds now; nothing, if nothing has been remembered there yet.

    Args:
        path: The store's folder.
        first: Read the store as it was when it held only so many memories; None: as it is now.
        most: Read at most so many, the newest.

    Raises:
        ConfigurationError: The path is not a folder, or could not become one.
        RecordError: The store cannot be read, or another process holds it.
    """
    path = Path(path)
    check_format(path)
    if not (path / _DATABASE).is_file():
        return Snapshot()
    with _locked(path), _collection(path) as collection:
        total = collection.count() if first is None else first
        found = collection.get(
            where={"$and": [{"number": {"$gte": total - most}}, {"number": {"$lt": total}}]},
            include=["documents", "metadatas", "embeddings"],
        )
        if not found["ids"]:
            return Snapshot()
        rows = sorted(range(len(found["ids"])), key=lambda row: int(found["metadatas"][row]["number"]))
        vectors = np.asarray(found["embeddings"], dtype=np.float32)[rows]
        passages = [
            Passage(
                id=found["ids"][row], text=found["documents"][row], metadata=dict(found["metadatas"][row])
            )
            for row in rows
        ]
    return Snapshot(passages=tuple(passages), vectors=vectors)


def write(path: str | Path, entries: Sequence[Entry]) -> list[str]:
    """Add memories to a store, which is made if need be, and return their ids.

    An id is the hash of what is said and how often that had been remembered before: the same episode run
    twice is two memories.

    Raises:
        ConfigurationError: The path is not a folder, or could not become one.
        RecordError: The store cannot be written, or another process holds it.
    """
    path = Path(path)
    check_format(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"memory store {path}: cannot be made: {error.strerror}") from error
    with _locked(path), _collection(path) as collection:
        total = collection.count()
        digests = [entry.digest for entry in entries]
        known = (
            collection.get(where={"digest": {"$in": sorted(set(digests))}}, include=["metadatas"])
            if digests
            else {}
        )
        times: dict[str, int] = {}
        for metadata in known.get("metadatas") or []:
            times[metadata["digest"]] = times.get(metadata["digest"], 0) + 1
        ids = []
        for digest in digests:
            times[digest] = times.get(digest, 0) + 1
            ids.append(f"{digest}-{times[digest]}")
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            collection.add(
                ids=ids[start : start + BATCH],
                documents=[entry.text for entry in batch],
                metadatas=[
                    {**entry.metadata, "digest": digest, "number": total + start + place}
                    for place, (entry, digest) in enumerate(
                        zip(batch, digests[start : start + BATCH], strict=True)
                    )
                ],
                embeddings=embed([entry.text for entry in batch]),
            )
    return ids


def check_format(path: Path) -> None:
    """Check, without touching anything, that a store is at a path or could be made there.

    Raises:
        ConfigurationError: It is not a folder, or could not become one.
        RecordError: It may not be written.
    """
    nearest = path
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        what = "is a file" if nearest == path else f"cannot be made, {nearest} is a file"
        raise ConfigurationError(f"memory store {path}: {what}; give the path of a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise RecordError(f"memory store {path}: {nearest} is not writable; give another folder")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the store against other processes: Chroma's folder serves one writer at a time."""
    try:
        handle = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise RecordError(f"memory store {path}: cannot be locked: {error.strerror}") from error
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RecordError(
                        f"memory store {path}: another process has held it for {PATIENCE:g} s; "
                        "wait for that to end, or give another folder"
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # which also lets go of the lock


@contextmanager
def _collection(path: Path) -> Iterator[Any]:
    """Open the collection, and say what failed as a `RecordError`: Chroma raises errors of many kinds."""
    from chromadb import PersistentClient  # noqa: PLC0415 - half a second, and only for brains that remember
    from chromadb.config import Settings  # noqa: PLC0415

    from neuralbrain.memory.chroma import HashedText  # noqa: PLC0415

    client: Any = None
    try:
        _check_database(path / _DATABASE)
        # Chroma's settings name code, and by default a file .env in the present folder may give any of them.
        settings: Any = Settings(_env_file=None, anonymized_telemetry=False)
        client = PersistentClient(str(path.resolve()), settings=settings)
        collection = client.get_or_create_collection(COLLECTION, embedding_function=HashedText())
        _convert(path, collection)
        yield collection
    except (RecordError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of Chroma's Rust is no Exception
        raise RecordError(
            f"memory store {path}: not readable as a store of memories ({' '.join(str(error).split())}); "
            "give another folder, or move this one away to start afresh"
        ) from error
    finally:
        if client is not None:
            client.close()


def _check_database(file: Path) -> None:
    """Raise sqlite3.Error if a database is damaged: Chroma's Rust may end the whole process over it.

    Chroma has no views or triggers: in a stranger's file they would be statements of theirs, run by us
    (https://sqlite.org/security.html).
    """
    if not file.is_file():
        return
    with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        odd = database.execute("SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger')").fetchone()
    if found != "ok" or odd:
        raise sqlite3.DatabaseError("the database is damaged")


def _convert(path: Path, collection: Any) -> None:
    """Convert the collection to `FORMAT`.

    Raises:
        RecordError: It was written by a later version.
    """
    held = (collection.metadata or {}).get("format", 1)
    if held == FORMAT:
        return
    if held != 1:
        raise RecordError(
            f"memory store {path}: it has format {held}, and this version reads {FORMAT}: "
            "read it with the version that wrote it, or give another folder"
        )
    for start in range(0, collection.count(), BATCH):
        found = collection.get(limit=BATCH, offset=start, include=["metadatas"])
        collection.update(ids=found["ids"], metadatas=[_outcome(words) for words in found["metadatas"]])
    collection.modify(metadata={"format": FORMAT})


def _outcome(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a memory of format 1 in the words of format 2; None takes a word away."""
    if "refused" not in metadata:
        return dict(metadata)
    outcome = "refused" if metadata["refused"] else "done" if metadata.get("success") else "failed"
    return {**metadata, "refused": None, "outcome": outcome}

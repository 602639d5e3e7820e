"""The Chroma collection in a store's folder: opened by one process at a time, and brought to one format."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from neuralbrain.errors import ConfigurationError, NeuralBrainError, RecordError
from neuralbrain.memory.embedding import HashedTerms, embedding
from neuralbrain.memory.entry import Entry

COLLECTION = "episodes"
"""The one collection."""

FORMAT = 3
"""How memories are kept; it stands with the collection. 1, written nowhere, had "refused" where 2 has
"outcome"; 3 embeds terms where both had words, and keeps dates and the embedding's name. A store of an
earlier format is converted when it is opened."""

BATCH = 1000
"""Memories that Chroma is given or asked for at once: SQLite takes no more than 32,766 values."""

PATIENCE = 10.0
"""How long to wait for another process that uses the store, s."""

_DATABASE, _LOCK = "chroma.sqlite3", "neuralbrain.lock"
_NO_ROOM = ("disk is full", "disk I/O error", "readonly database", "No space left", "quota exceeded")
"""What SQLite and Linux say where the store is whole and there is no room for more in it."""
_ELSEWHERE = "give another folder, or move this one away to start afresh"


def check_folder(path: Path) -> bool:
    """Return whether a store is at a path, without touching anything.

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
    there = (path / _DATABASE).is_file()
    if not there and any(path.glob("*/data_level0.bin")):  # Chroma's index of what stood in it
        raise RecordError(f"memory store {path}: damaged, {_DATABASE} is gone; {_ELSEWHERE}")
    return there


@contextmanager
def opened(path: Path, wanted: str | None) -> Iterator[Any]:
    """Hold the store against other processes, and open its collection, which is made if need be.

    Args:
        path: Its folder, which exists.
        wanted: The embedding it must be made with, and is made with if it is new; None: whichever it has, and
            the default one for a new store.

    Raises:
        ConfigurationError: It was made with another embedding.
        RecordError: It cannot be read, or another process holds it.
    """
    with _locked(path), _client(path) as client:
        from neuralbrain.memory.chroma import FUNCTIONS  # noqa: PLC0415 - see `_client`

        if COLLECTION in (one.name for one in client.list_collections()):
            collection = client.get_collection(COLLECTION)
            _convert(path, collection)
        else:
            name = wanted or HashedTerms.name
            collection = client.create_collection(
                COLLECTION,
                metadata={"format": FORMAT, "embedding": name},
                embedding_function=FUNCTIONS[name](),
            )
        if wanted not in (None, collection.metadata["embedding"]):
            raise ConfigurationError(
                f"memory store {path}: it was made with the embedding {collection.metadata['embedding']!r}, "
                f"here is set {wanted!r}: set the other, or give another folder"
            )
        yield collection


@contextmanager
def _client(path: Path) -> Iterator[Any]:
    """Open the database, and say what fails as a `RecordError`: Chroma raises errors of many kinds."""
    from chromadb import PersistentClient  # noqa: PLC0415 - half a second, and only for brains that remember
    from chromadb.config import Settings  # noqa: PLC0415

    client: Any = None
    try:
        if (path / _DATABASE).exists():
            _check_pages(path / _DATABASE)
        # Chroma's settings name code, and by default a file .env in the present folder may give any of them.
        settings: Any = Settings(_env_file=None, anonymized_telemetry=False)
        client = PersistentClient(str(path.resolve()), settings=settings)
        yield client
    except NeuralBrainError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":  # of Chroma's Rust
            raise
        first: BaseException = error
        while first.__context__ is not None:  # Chroma stumbles on over what it did not finish
            first = first.__context__
        opaque = isinstance(first, AttributeError)  # it has lost its own reason
        reason = "Chroma cannot open it" if opaque else " ".join(str(first).split())
        if any(word in reason for word in _NO_ROOM):
            raise RecordError(
                f"memory store {path}: cannot be written ({reason}); free some room, or give another folder"
            ) from error
        raise RecordError(
            f"memory store {path}: not readable as a store of memories ({reason}); {_ELSEWHERE}"
        ) from error
    finally:
        if client is not None:
            client.close()


def _check_pages(database: Path) -> None:
    """Have SQLite look through its file: over some damage Chroma ends the process. 50,000 take 0.7 s.

    Chroma has no views or triggers: in a stranger's file they would be statements of theirs, run by us
    (https://sqlite.org/security.html).

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        odd = connection.execute("SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger')").fetchone()
    if found != "ok" or odd:
        raise sqlite3.DatabaseError(found if found != "ok" else "it has views or triggers, Chroma's has none")


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


def _convert(path: Path, collection: Any) -> None:
    """Convert the collection to `FORMAT`; broken off, it begins again the next time.

    Raises:
        RecordError: It was written by a later version.
    """
    held = (collection.metadata or {}).get("format", 1)
    if held == FORMAT:
        return
    if held not in range(1, FORMAT):
        raise RecordError(
            f"memory store {path}: it has format {held}, and this version reads {FORMAT}: "
            "read it with the version that wrote it, or give another folder"
        )
    name = HashedTerms.name  # there was no other
    for start in range(0, collection.count(), BATCH):
        found = collection.get(limit=BATCH, offset=start, include=["documents", "metadatas"])
        collection.update(
            ids=found["ids"],
            metadatas=[*map(_renamed, found["documents"], found["metadatas"])],
            embeddings=embedding(name).passages(found["documents"]),
        )
    collection.modify(metadata={"format": FORMAT, "embedding": name})


def _renamed(text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a memory of format 1 in the words of later ones; None takes a word away."""
    if "refused" not in metadata:
        return dict(metadata)
    outcome = "refused" if metadata["refused"] else "done" if metadata.get("success") else "failed"
    told = {**metadata, "outcome": outcome}
    del told["refused"]
    return {**told, "digest": Entry(text=text, metadata=told).digest, "refused": None}

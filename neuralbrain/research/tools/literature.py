"""``literature/``: papers as PDF or text, searched page by page, so that a page can be cited."""

import io
from collections.abc import Iterator

from pydantic import Field

from neuralbrain.errors import ConfigurationError, RecordError, UnknownNameError
from neuralbrain.memory.embedding import HashedTerms, embedding
from neuralbrain.memory.snapshot import Passage, Snapshot
from neuralbrain.memory.terms import terms
from neuralbrain.research.extras import needed
from neuralbrain.research.registry import Desk, Given, Result, tool
from neuralbrain.research.workspace import LITERATURE

LARGEST = 64 * 2**20
PAGES = 2000
"""At most so many pages of a paper are read."""
PAGE = 3000
"""A text that has no pages of its own (form feeds) is cut into some of so many characters."""
AROUND = 300
"""So many characters of a page are quoted."""
_read: dict[tuple[str, int, int], list[str]] = {}
"""Pages of papers that were read, by name, size and time."""


class SearchGiven(Given):
    """What is looked for, in words; how many pages at most."""

    question: str = Field(min_length=1, max_length=1000)
    most: int = Field(default=5, ge=1, le=20)


class PageGiven(Given):
    """A paper's file name, and the page, from 1 on."""

    paper: str = Field(min_length=1, max_length=200)
    page: int = Field(ge=1)


@tool("read")
def search_literature(given: SearchGiven, desk: Desk) -> Result:
    """Search the papers; what is found is cited as "paper.pdf p. 3"."""
    if not terms(given.question):
        raise ConfigurationError(f"{given.question!r} has no words to look for: name what the page is about")
    found, unreadable = _pages(desk)
    if not found:
        why = f" ({'; '.join(unreadable)})" if unreadable else ""
        return Result(
            text=f"there is no paper to search: put PDF or text files into {LITERATURE}/{why}", data=[]
        )
    vectors = embedding(HashedTerms.name).passages([passage.text for passage in found])
    near = Snapshot(passages=tuple(found), vectors=vectors).near(given.question, given.most)
    rows = [{"page": p.id, "text": _quoted(p.text, given.question)} for p in near]
    text = "\n".join([*(f"{row['page']}: {row['text']}" for row in rows), *unreadable])
    return Result(text=text or "no page is about that", data=rows, cites=[row["page"] for row in rows])


@tool("read")
def read_page(given: PageGiven, desk: Desk) -> Result:
    """Read a page of a paper."""
    pages = _paper(desk, given.paper)
    if given.page > len(pages):
        raise UnknownNameError(f"page of {given.paper}", str(given.page), [f"1 to {len(pages)}"])
    name = f"{given.paper} p. {given.page}"
    return Result(text=f"{name}:\n{pages[given.page - 1]}", cites=[name])


def _pages(desk: Desk) -> tuple[list[Passage], list[str]]:
    """Return all pages, and which papers could not be read."""
    found, unreadable = list[Passage](), list[str]()
    for path in sorted((desk.workspace.root / LITERATURE).iterdir()):
        if path.suffix.lower() not in (".pdf", ".txt", ".md"):
            continue
        try:
            texts = _paper(desk, path.name)
        except (RecordError, ConfigurationError) as error:
            unreadable.append(str(error))
            continue
        found += [
            Passage(id=f"{path.name} p. {n}", text=text, metadata={})
            for n, text in enumerate(texts, 1)
            if text.strip()
        ]
    return found, unreadable


def _paper(desk: Desk, name: str) -> list[str]:
    """Return the text of a paper's pages.

    Raises:
        UnknownNameError: There is none of that name.
        RecordError: It cannot be read.
    """
    path = desk.workspace.root / LITERATURE / name
    data = desk.workspace.read(f"{LITERATURE}/{name}", LARGEST) if "/" not in name else None
    if data is None:
        raise UnknownNameError("paper", name, sorted(p.name for p in path.parent.iterdir()))
    key = (str(path), len(data), path.lstat().st_mtime_ns)
    if key not in _read:
        _read[key] = list(_pdf(data, name)) if name.lower().endswith(".pdf") else _text(data)
    return _read[key]


def _pdf(data: bytes, name: str) -> Iterator[str]:
    pypdf = needed("pypdf")
    try:
        for page, _ in zip(pypdf.PdfReader(io.BytesIO(data)).pages, range(PAGES), strict=False):
            yield page.extract_text()
    except Exception as error:  # it raises errors of many kinds
        reason = " ".join(str(error).split())[:200]
        raise RecordError(
            f"{name} cannot be read as a PDF ({reason}): give it as text, or take it away"
        ) from None


def _text(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace")
    if "\f" in text:
        return text.split("\f")
    return [text[start : start + PAGE] for start in range(0, len(text), PAGE)] or [""]


def _quoted(text: str, question: str) -> str:
    """Return a piece of a page, around the first word of the question in it."""
    flat = " ".join(text.split())
    low = flat.lower()
    places = [low.find(term) for term in terms(question) if term in low]
    start = max(0, min(places, default=0) - AROUND // 3)
    return flat[start : start + AROUND]

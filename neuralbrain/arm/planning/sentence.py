"""The words of sentences about a table: other words for the same."""

from typing import Final

from neuralbrain.planning import sentence

_SYNONYMS: Final = {
    **dict.fromkeys(("cube", "brick"), "block"),
    **dict.fromkeys(("cubes", "bricks"), "blocks"),
    **dict.fromkeys(("dish", "basin"), "bowl"),
    **dict.fromkeys(("dishes", "basins"), "bowls"),
    **dict.fromkeys(("crate", "carton"), "box"),
    **dict.fromkeys(("crates", "cartons"), "boxes"),
    "sphere": "ball",
    "spheres": "balls",
    "can": "cylinder",
    "cans": "cylinders",
    "cabinet": "drawer",
    "violet": "purple",
    "each": "every",
    **dict.fromkeys(("shut",), "close"),
    **dict.fromkeys(("among", "amongst"), "between"),
    **dict.fromkeys(("upon", "onto", "atop"), "on"),
    **dict.fromkeys(("towards",), "toward"),
    **dict.fromkeys(("closest",), "nearest"),
    **dict.fromkeys(("furthest",), "farthest"),
    **dict.fromkeys(("closer",), "nearer"),
}
"""Other words for the same."""


def words_of(text: str, courtesies: bool = False) -> list[str]:
    """Return a sentence's words in those of scenes; see `neuralbrain.planning.sentence.words_of`."""
    return sentence.words_of(text, _SYNONYMS, courtesies)

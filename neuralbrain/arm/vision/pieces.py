"""Pieces: connected patches of one colour on one continuous surface."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from neuralbrain.arm.vision.geometry import Floats, Ints, Mask, View
from neuralbrain.palette import GREY


@dataclass(frozen=True)
class Piece:
    """Pixels of one colour that belong together.

    Attributes:
        label: Colour label.
        rows: Pixel rows, shape (n,).
        columns: Pixel columns, shape (n,).
        points: What the pixels see, world frame, m, shape (n, 3).
        cut: Pixels at which something nearer to the camera cuts the piece off: its outline there is not
            the object's own, shape (n,).
    """

    label: int
    rows: Ints
    columns: Ints
    points: Floats
    cut: Mask

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, chosen: Mask | Ints) -> "Piece":
        """Return the piece made of the chosen pixels alone."""
        return Piece(
            self.label, self.rows[chosen], self.columns[chosen], self.points[chosen], self.cut[chosen]
        )


def gather(view: View, labels: NDArray[np.int8], mask: Mask, step: float) -> list[Piece]:
    """Return the pixels within a mask as one piece for each label that occurs, connected or not.

    Args:
        view: The picture.
        labels: Colour label of each pixel.
        mask: Where to look, shape (rows, columns).
        step: Depth step that separates two surfaces, m.
    """
    rows, columns = np.nonzero(mask)
    label = labels[rows, columns]
    depth = view.frame.depth
    cut = np.zeros(len(rows), dtype=np.bool_)
    height, width = view.shape
    border = depth[rows, columns] - step
    for down, across in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        r, c = np.clip(rows + down, 0, height - 1), np.clip(columns + across, 0, width - 1)
        beside = depth[r, c]
        cut |= (labels[r, c] != label) & (beside > 0) & (beside < border)
    cut |= (rows == 0) | (rows == height - 1) | (columns == 0) | (columns == width - 1)
    whole = Piece(GREY, rows, columns, view.points[rows, columns], cut)
    return [replace(whole.part(label == k), label=int(k)) for k in np.unique(label)]


def split(piece: Piece, shape: tuple[int, int], gap: float) -> list[Piece]:
    """Split a piece into its connected parts, largest first.

    Two pixels hang together where they are neighbours (of eight) and their points are no further apart
    than ``gap``, m.
    """
    if not len(piece):
        return []
    index = np.full((shape[0] + 2, shape[1] + 2), -1, dtype=np.int64)
    index[piece.rows + 1, piece.columns + 1] = np.arange(len(piece))
    ends: list[Ints] = []
    starts: list[Ints] = []
    for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
        beside = index[piece.rows + 1 + down, piece.columns + 1 + across]
        here = np.flatnonzero(beside >= 0)
        there = beside[here]
        apart = piece.points[here] - piece.points[there]
        near = np.einsum("ij,ij->i", apart, apart) < gap * gap
        starts.append(here[near])
        ends.append(there[near])
    start, end = np.concatenate(starts), np.concatenate(ends)
    graph = coo_array((np.ones(len(start), np.int8), (start, end)), shape=(len(piece), len(piece)))
    count, member = connected_components(graph, directed=False)
    sizes = np.bincount(member, minlength=count)
    return [piece.part(np.flatnonzero(member == k)) for k in np.argsort(-sizes, kind="stable")]

"""One file of arrays and a manifest: an .npz whose entry ``manifest`` is JSON."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.errors import RecordError
from neuralbrain.files import write_file
from neuralbrain.reading import decoding, parse_json, read_npz

MANIFEST = "manifest"


def save(path: Path, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]) -> None:
    """Write arrays and a manifest as one file, whole or not at all.

    Raises:
        RecordError: It cannot be written.
    """
    stream = io.BytesIO()
    named: dict[str, Any] = {**arrays, MANIFEST: np.array(json.dumps(manifest, ensure_ascii=False))}
    np.savez(stream, **named)
    write_file(path, stream.getvalue())


def load(path: Path, what: str, version: int) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read what `save` wrote: the arrays and the manifest.

    Args:
        path: The file.
        what: What it should be ("Q-table"): the manifest's ``what`` says the same.
        version: The manifest's ``format``.

    Raises:
        RecordError: It cannot be read, is cut short, or is something else.
    """
    fault, advice = f"is cut short, damaged, or no {what} of NeuralBrain's", "give another, or train again"
    arrays = read_npz(path, fault, advice)
    with decoding(path, fault, advice):
        manifest = parse_json(str(arrays.pop(MANIFEST)), path)
    if not isinstance(manifest, dict) or manifest.get("what") != what:
        found = manifest.get("what") if isinstance(manifest, dict) else None
        raise RecordError(f"{path} is no {what} but {found or 'something else'}: give a {what}")
    if manifest.get("format") != version:
        raise RecordError(
            f"{path} has format {manifest.get('format')}, this version reads {version}: "
            "use the version that wrote it, or train again"
        )
    return arrays, manifest

"""``bench check``: how many planted faults of analyses the check finds, and how often it cries wolf."""

from pathlib import Path

from neuralbrain.agents.benchmarks.table import Table
from neuralbrain.agents.intervals import in_percent
from neuralbrain.errors import ConfigurationError

MOST_FALSE = 2
"""The goal: every planted fault found, and at most so many false alarms of 60 clean analyses."""
CLEAN = 60


def measure(path: Path) -> Table:
    """Check analyses whose files say under ``planted`` what is wrong with them, [] for nothing.

    Args:
        path: A description, or a folder of them (.yaml, .json).
    """
    from neuralbrain.eeg.check import check  # noqa: PLC0415 - the extra `eeg`
    from neuralbrain.eeg.description import describe, load  # noqa: PLC0415

    files = sorted(each for each in path.rglob("*") if each.suffix in (".yaml", ".yml", ".json"))
    files = files if path.is_dir() else [path]
    if not files:
        raise ConfigurationError(f"{path} holds no description of an analysis (.yaml, .json)")
    rows, found, planted, false, clean = [], 0, 0, 0, 0
    for file in files:
        wanted = describe(file).planted
        if wanted is None:
            raise ConfigurationError(f"{file} does not say what was planted: planted: [] if it is clean")
        kinds = check(load(file)).kinds
        caught = all(kind in kinds for kind in wanted) if wanted else None
        rows.append((file.name, ", ".join(wanted), ", ".join(kinds), caught))
        planted, clean = planted + bool(wanted), clean + (not wanted)
        found, false = found + bool(caught), false + (not wanted and bool(kinds))
    notes = [f"found with all their kinds: {in_percent(found, planted)}"] if planted else []
    notes += [f"false alarms: {in_percent(false, clean)}"] if clean else []
    return Table(
        title="planted faults, and what the check found",
        columns=("analysis", "planted", "found", "caught"),
        rows=rows,
        notes=notes,
        reached={
            "every planted fault is found": found == planted,
            "false alarms are rare": false * CLEAN <= MOST_FALSE * max(clean, 1),
        },
        details={"planted": planted, "caught": found, "clean": clean, "false_alarms": false},
    )

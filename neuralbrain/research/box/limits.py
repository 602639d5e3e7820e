"""How much code in the box may use: control groups where they can be had, resource limits, and a watchman."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from neuralbrain.research.settings import BoxLimits

MIB = 2**20
GROUPS = Path("/sys/fs/cgroup")


@dataclass
class Limits:
    """The limits of one box.

    Args:
        most: What it may use.

    Attributes:
        groups: Folders of control groups that hold it; none where they cannot be had.
    """

    most: BoxLimits
    groups: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        name = f"neuralbrain-{os.getpid()}-{id(self):x}"
        memory, processes = str(self.most.memory * MIB), str(self.most.processes)
        first = {"memory.limit_in_bytes": memory, "memory.max": memory, "pids.max": processes}
        for controller, place in _places():
            group = place / name
            wanted = [n for n in first if n.startswith(controller or "")]
            with contextlib.suppress(OSError):
                group.mkdir()
                self.groups.append(group)
                there = [n for n in wanted if (group / n).exists()]
                for setting in there:
                    (group / setting).write_text(first[setting])
                for swap in ("memory.memsw.limit_in_bytes", "memory.swap.max"):
                    with contextlib.suppress(OSError):
                        if (group / swap).exists():
                            (group / swap).write_text("0" if swap.endswith("max") else memory)
                if not there:
                    group.rmdir()
                    self.groups.remove(group)

    @property
    def unfenced(self) -> tuple[str, ...]:
        """What only the watchman holds, in words."""
        held = {
            name for group in self.groups for name in ("memory", "pids") if any(group.glob(f"{name}.max*"))
        }
        held |= {"memory" for group in self.groups if (group / "memory.limit_in_bytes").exists()}
        words = {"memory": "the memory of all processes", "pids": "their number"}
        loose = [text for name, text in words.items() if name not in held]
        return (f"{' and '.join(loose)}: looked at four times a second",) if loose else ()

    def before(self) -> list[str]:
        """Return the words that stand before a command so that it is held, and ends with who started it."""
        joins = "".join(f'echo $$ > "${n}" && ' for n in range(1, len(self.groups) + 1))
        limits = [
            "setpriv",
            "--pdeathsig=KILL",
            "prlimit",
            "--core=0",
            "--nofile=4096",
            f"--fsize={self.most.file * MIB}",
        ]
        if self.unfenced:
            limits.append(f"--as={self.most.memory * 2 * MIB}")
        script = f'{joins}shift {len(self.groups)} && exec "$@"'
        files = [str(group / "cgroup.procs") for group in self.groups]
        return ["/bin/sh", "-c", script, "sh", *files, *limits]

    def killed(self) -> bool:
        """Whether the kernel of the machine has ended a process of the box for its memory."""
        for group in self.groups:
            for name in ("memory.oom_control", "memory.events"):
                with contextlib.suppress(OSError):
                    words = (group / name).read_text().split()
                    if "oom_kill" in words and words[words.index("oom_kill") + 1] != "0":
                        return True
        return False

    def exceeded(self, pid: int, folders: list[Path], held: int) -> str:
        """Return which limit is passed, that nothing else holds; empty: none.

        Args:
            pid: Of the box's first process.
            folders: Where code may write.
            held: How many bytes these held when the box was made.
        """
        if used(folders) - held > self.most.disk * MIB:
            return f"its cells have written more than {self.most.disk} MiB"
        if self.unfenced:
            family = list(_family(pid))
            if len(family) > self.most.processes:
                return f"it has more than {self.most.processes} processes"
            if sum(map(_resident, family)) > self.most.memory * MIB:
                return f"it needs more than {self.most.memory} MiB of memory"
        return ""

    def close(self) -> None:
        """Take the control groups away; whatever is in them has ended."""
        for group in self.groups:
            with contextlib.suppress(OSError):
                group.rmdir()


def used(folders: list[Path]) -> int:
    """Return how many bytes files take in some folders, with what lies below; links are not followed."""
    total, waiting = 0, list(map(str, folders))
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as found:
            for entry in found:
                with contextlib.suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    return total


def _places() -> Iterator[tuple[str, Path]]:
    """Yield controllers and where this process's control groups for them are: version 1, else 2."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, names, own = line.split(":", 2)
            for name in names.split(","):
                if name in ("memory", "pids"):
                    yield name, GROUPS / name / own.lstrip("/")
            if not names and (GROUPS / "cgroup.controllers").exists():
                yield (
                    "",
                    (GROUPS / own.lstrip("/")).parent,
                )  # a group with processes has none with controllers below


def _family(pid: int) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                waiting += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0

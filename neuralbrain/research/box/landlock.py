"""The fence where there is no bubblewrap: a program in new namespaces that locks itself in by Landlock.

``python landlock.py --read PATH --write PATH --seccomp FD ... -- COMMAND`` may then read and write below
those paths alone, make no system call that the filter refuses, and so may whatever it
starts. It imports nothing of NeuralBrain's: it is carried out by its file.
"""

import ctypes
import os
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System calls, the same number on every processor (include/uapi/linux/landlock.h)."""
READ = 0b1101
"""Execute, read a file, read a folder."""
FILE_ONLY = 0b1_0100_0000_0000_0111
"""Rights that a file can have: execute, write, read, truncate."""
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights each version of Landlock knows; later ones as the last."""
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the kernel's version of Landlock; 0 for none."""
    return max(0, int(_libc().syscall(CREATE_RULESET, None, 0, 1)))


def available() -> bool:
    """Whether the kernel has it, with the right to truncate (version 3)."""
    return version() >= 3


def lock(read: list[str], write: list[str]) -> None:
    """Leave this process, and all that it starts, only what is named.

    Args:
        read: May be read and run.
        write: May be written, too.

    Raises:
        OSError: The kernel refuses.
    """
    libc, known = _libc(), version()
    every = (1 << RIGHTS[min(known, 5)]) - 1
    scoped = 0b11 if known >= 6 else 0  # abstract sockets, signals to processes outside
    network = 0b11 if known >= 4 else 0
    attributes = struct.pack("=QQQ", every, network, scoped)[: 8 if known < 4 else 16 if known < 6 else 24]
    ruleset = libc.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "no ruleset of Landlock")
    for path, rights in [*((p, READ) for p in read), *((p, every) for p in write)]:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = rights if os.path.isdir(path) else rights & FILE_ONLY
        rule = struct.pack("=Qi", allowed & every, handle)
        if libc.syscall(ADD_RULE, ruleset, 1, rule, 0):
            raise OSError(ctypes.get_errno(), f"Landlock takes no rule for {path}")
        os.close(handle)
    if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(RESTRICT_SELF, ruleset, 0):
        raise OSError(ctypes.get_errno(), "Landlock does not lock this process")
    os.close(ruleset)


def refuse(program: bytes) -> None:
    """Put this process, and all that it starts, under a filter of system calls.

    Args:
        program: It, as libseccomp exports it.

    Raises:
        OSError: The kernel refuses.
    """
    held = ctypes.create_string_buffer(program, len(program))
    whole = struct.pack("@HP", len(program) // 8, ctypes.addressof(held))
    if _libc().prctl(SET_SECCOMP, FILTER, whole, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")


def _main(words: list[str]) -> None:
    cut = words.index("--")
    named: dict[str, list[str]] = {"--read": [], "--write": [], "--seccomp": []}
    for option, path in zip(words[:cut:2], words[1:cut:2], strict=True):
        named[option].append(path)
    lock(named["--read"], named["--write"])
    for handle in named["--seccomp"]:
        with open(int(handle), "rb") as file:
            refuse(file.read())
    child = os.fork()  # the first process of a namespace hears no signal of its own
    if not child:
        os.execvp(words[cut + 1], words[cut + 1 :])
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(128 - code if code < 0 else code)


if __name__ == "__main__":
    _main(sys.argv[1:])

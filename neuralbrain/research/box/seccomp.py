"""System calls that code in the box may not make, as a filter; by libseccomp, where it is installed.

Namespaces leave the kernel itself within reach: refused is what exploits of it need most often, and sockets
that no network namespace holds (VSOCK, to the host of a virtual machine).
"""

import ctypes
import ctypes.util
import os
import tempfile
from functools import cache
from typing import Any

ALLOW, ERRNO_EPERM = 0x7FFF0000, 0x00050001
EQUAL = 4
"""SCMP_CMP_EQ of libseccomp's seccomp.h."""
REFUSED = (
    "acct", "add_key", "bpf", "clock_settime", "delete_module", "finit_module", "fsconfig", "fsmount",
    "fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup",
    "kexec_file_load", "kexec_load", "keyctl", "mount", "mount_setattr", "move_mount", "name_to_handle_at",
    "open_by_handle_at", "open_tree", "perf_event_open", "pidfd_getfd", "pivot_root", "process_vm_readv",
    "process_vm_writev", "ptrace", "quotactl", "reboot", "request_key", "setns", "swapoff", "swapon",
    "syslog", "umount2", "unshare", "userfaultfd", "vmsplice",
)  # fmt: skip
FAMILIES, HELD = 46, (1, 2, 10, 16)
"""Address families of sockets in Linux 6 (AF_MAX); those that a network namespace holds: AF_UNIX, AF_INET,
AF_INET6, AF_NETLINK."""


class _Compare(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


@cache
def _library() -> Any:
    name = ctypes.util.find_library("seccomp")
    if name is None:
        return None
    library = ctypes.CDLL(name, use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p
    ]  # fmt: skip
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    return library


def available() -> bool:
    """Whether this machine can make the filter."""
    return _library() is not None


def exported() -> int | None:
    """Return a file descriptor from which the filter can be read; None where there is no libseccomp."""
    if not available():
        return None
    with tempfile.TemporaryFile() as file, _Filter() as context:
        _library().seccomp_export_bpf(context, file.fileno())
        handle = os.dup(file.fileno())
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


class _Filter:
    def __enter__(self) -> Any:
        library = _library()
        self._context = library.seccomp_init(ALLOW)
        for name in REFUSED:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number >= 0:  # this processor and this libseccomp know it
                library.seccomp_rule_add_array(self._context, ERRNO_EPERM, number, 0, None)
        socket = library.seccomp_syscall_resolve_name(b"socket")
        for family in range(FAMILIES):
            if family not in HELD:
                compare = _Compare(0, EQUAL, family, 0)
                library.seccomp_rule_add_array(self._context, ERRNO_EPERM, socket, 1, ctypes.byref(compare))
        return self._context

    def __exit__(self, *raised: object) -> None:
        _library().seccomp_release(self._context)

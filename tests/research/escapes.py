"""Attempts to get out of the box: Python code that prints ESCAPED where it succeeds.

{secret} is a file outside that holds a secret, {outside} a folder outside that anybody may write to, {port}
a port of this machine's loopback that listens, {abstract} an abstract Unix socket and {socket} one by path
that do, {pid} the process of the session, {workspace} the workspace, {home} the home of who runs it.
"""

READS = [
    "{secret}", "/etc/shadow", "/etc/passwd", "{home}/.bashrc", "/proc/1/root{secret}",
    "/proc/self/root{secret}", "/proc/1/cwd/../secret", "/dev/mem", "/dev/kmsg", "/dev/vda",
    "/sys/kernel/notes", "/var/run/docker.sock",
    "/home", "/boot", "/proc/kcore", "/proc/{pid}/environ", "{workspace}/../secret", "/.lock",
]  # fmt: skip
"""Paths that lead nowhere."""

OWN = ["/proc/1/environ", "/proc/self/environ", "/proc/self/mountinfo", "/proc/sys/kernel/core_pattern"]
"""Paths of the box's own, in which nothing of ours stands."""

WRITES = [
    "{outside}/x", "{workspace}/workspace.toml", "{workspace}/transcript.jsonl", "{workspace}/ideas.md",
    "{workspace}/session.ipynb", "{workspace}/knowledge/k9.md", "{workspace}/runs/x",
    "{workspace}/packages/x.py",
    "{workspace}/literature/x.txt", "{workspace}/.lock", "{workspace}/x", "/usr/bin/x", "/usr/lib/x",
    "/etc/x",
    "/x", "{package}/x.py", "{python}/x", "/dev/x", "/run/x", "/proc/sys/kernel/hostname",
    "/proc/sysrq-trigger", "{home}/x", "/var/x", "/sys/x", "/proc/1/mem",
]  # fmt: skip
"""Paths that may not be written."""

READ = """
import os
try:
    if os.path.isdir({path!r}):
        found = str(os.listdir({path!r}))
    else:
        found = open({path!r}, "rb").read(4096)
    print(found)
    if {forbidden!r} or b"s3cret" in (found if isinstance(found, bytes) else found.encode()): print("ESCAPED")
except OSError as error:
    print("refused:", error)
"""
WRITE = """
try:
    open({path!r}, "ab").write(b"x")
    print("ESCAPED")
except OSError as error:
    print("refused:", error)
"""

OTHERS = {
    "loopback": """
import socket
socket.create_connection(('127.0.0.1', {port}), 2)
print('ESCAPED')
""",
    "internet": """
import socket
socket.create_connection(('192.0.2.1', 80), 2)
print('ESCAPED')
""",
    "udp": """
import socket
socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 53))
print('ESCAPED')
""",
    "name": """
import socket
print(socket.getaddrinfo('localhost.example', 80))
print('ESCAPED')
""",
    "abstract socket": """
import socket
socket.socket(1).connect('\\0{abstract}')
print('ESCAPED')
""",
    "socket by path": """
import socket
socket.socket(1).connect('{socket}')
print('ESCAPED')
""",
    "vsock": """
import socket
socket.socket(40, 1).connect((2, 22))
print('ESCAPED')
""",
    "raw socket": """
import socket
socket.socket(17, 3)
print('ESCAPED')
""",
    "crypto socket": """
import socket
socket.socket(38, 5)
print('ESCAPED')
""",
    "kill the session": """
import os
os.kill({pid}, 9)
print('ESCAPED')
""",
    "see processes": """
import os
p = [n for n in os.listdir('/proc') if n.isdigit()]
print(len(p))
len(p) > 9 and print('ESCAPED')
""",
    "setns": """
import ctypes, os
r = ctypes.CDLL(None).setns(os.open('/proc/1/ns/net', 0), 0)
r == 0 and print('ESCAPED')
""",
    "chroot": """
import os
os.chroot('/tmp')
print('ESCAPED')
""",
    "root": """
import os
os.setuid(0)
print('ESCAPED')
""",
    "setuid program": """
import subprocess
r = subprocess.run(['su', '-c', 'id'], capture_output=True)
r.returncode == 0 and print('ESCAPED')
""",
    "device": """
import os
os.mknod('data/dev', 0o600 | 0o060000, os.makedev(254, 0))
open('data/dev', 'rb').read(9)
print('ESCAPED')
""",
    "io_uring": """
import ctypes
b = ctypes.create_string_buffer(256)
r = ctypes.CDLL(None).syscall(425, 1, b)
r >= 0 and print('ESCAPED')
""",
    "environment": """
import os
t = str(dict(os.environ))
('s3cret' in t or 'OPENAI_API_KEY' in t) and print('ESCAPED')
""",
    "environment of the first": """
import os
t = open(f'/proc/{os.getppid()}/environ').read()
('s3cret' in t or 'OPENAI_API_KEY' in t) and print('ESCAPED')
""",
    "link out": """
import os
os.symlink('{secret}', 'data/out') if not os.path.lexists('data/out') else 0
's3cret' in open('data/out').read() and print('ESCAPED')
""",
    "hard link": """
import os
os.link('workspace.toml', 'data/settings')
print('ESCAPED')
""",
    "rename over": """
import os
open('data/new', 'w').write('x')
os.rename('data/new', 'workspace.toml')
print('ESCAPED')
""",
    "move data": """
import os
os.rename('data', 'figures/data')
print('ESCAPED')
""",
    "replace data": """
import os
os.rmdir('data')
print('ESCAPED')
""",
    "signal the terminal": """
import fcntl
fcntl.ioctl(0, 0x5412, b'x')
print('ESCAPED')
""",
    "terminal": """
import os
os.open('/dev/tty', os.O_RDWR)
print('ESCAPED')
""",
    "open files": """
import os
for f in os.listdir('/proc/self/fd'):
    t = os.path.realpath(f'/proc/self/fd/{f}')
    ('transcript' in t or '.lock' in t) and print('ESCAPED')
""",
    "shell": """
import subprocess
r = subprocess.run('cat {secret}', shell=True, capture_output=True, text=True)
's3cret' in r.stdout and print('ESCAPED')
""",
    "magic": """
get_ipython().system('cat {secret}')
""",
    "raise limits": """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
print('ESCAPED')
""",
    "one file too large": """
f = open('data/big', 'wb')
f.seek(10 << 40)
f.write(b'x')
f.close()
print('ESCAPED')
""",
    "shared memory": """
import os
f = open('/dev/shm/x', 'wb')
for _ in range(600): f.write(bytes(1 << 20))
print('ESCAPED')
""",
    "temporary files": """
f = open('/tmp/x', 'wb')
for _ in range(600): f.write(bytes(1 << 20))
print('ESCAPED')
""",
    "the clock": """
import time
time.clock_settime(time.CLOCK_REALTIME, 0)
print('ESCAPED')
""",
    "name of the machine": """
import socket
socket.sethostname('x')
print('ESCAPED')
""",
    "priority": """
import os
os.nice(-5)
print('ESCAPED')
""",
    "cgroup": """
open('/sys/fs/cgroup/memory/cgroup.procs', 'a').write('1')
print('ESCAPED')
""",
    "log": """
import ctypes
b = ctypes.create_string_buffer(99)
r = ctypes.CDLL(None).klogctl(3, b, 99)
r >= 0 and print('ESCAPED')
""",
    "memory of children": """
import subprocess, sys
words = [sys.executable, '-c', 'x = bytearray(400 << 20); print(1, flush=True); input()']
children = [subprocess.Popen(words, stdin=-1, stdout=-1) for _ in range(8)]
said = [child.stdout.readline() for child in children]
if all(said) and not any(child.poll() for child in children): print('ESCAPED')
for child in children: child.kill(); child.wait()
""",
}
"""Code; a word says what each tries."""

CALL = """
import ctypes
if ctypes.CDLL(None).{call} >= 0:
    print("ESCAPED")
"""
CALLS = {
    "ptrace": "ptrace(16, 1, 0, 0)",
    "mount": "mount(b'tmpfs', b'/tmp', b'tmpfs', 0, 0)",
    "remount": "mount(b'', b'/', b'', 0x1020, 0)",
    "umount": "umount2(b'{workspace}/data', 2)",
    "unshare": "unshare(0x10000000)",
    "open by handle": "open_by_handle_at(3, b'', 0)",
    "bpf": "syscall(321, 0, b'', 0)",
    "keyring": "syscall(250, 0, -3, 1)",
    "module": "syscall(313, 0, b'', 0)",
    "memory of another": "syscall(310, {pid}, 0, 0, 0, 0, 0)",
    "reboot": "reboot(0)",
    "swap": "swapoff(b'/x')",
    "performance": "syscall(298, b'', 0, -1, -1, 0)",
    "page faults": "syscall(323, 0)",
}
"""System calls by libc, none of which the box should let through."""

ENDS = {
    "fork bomb": (
        """
import os
while True:
    try: os.fork()
    except OSError: pass
""",
        ("took longer", "processes", "ended"),
    ),
    "memory": (
        """
x = bytearray(3 << 30)
""",
        ("out of memory", "MemoryError"),
    ),
    "the disk": (
        """
for n in range(10**6):
    open(f'data/{n}', 'wb').write(bytes(1 << 20))
""",
        ("written more than",),
    ),
    "for ever": (
        """
while True: pass
""",
        ("took longer",),
    ),
    "deaf": (
        """
while True:
    try:
        while True: pass
    except KeyboardInterrupt: pass
""",
        ("took longer",),
    ),
    "the kernel itself": (
        """
import os
os._exit(3)
""",
        ("ended with status 3",),
    ),
    "kill oneself": (
        """
import os
os.kill(os.getpid(), 9)
""",
        ("SIGKILL",),
    ),
    "a flood": (
        """
while True: print('x' * 10000)
""",
        ("said more than", "out of memory"),
    ),
}
"""What ends the act or the kernel: code, and what may be said of it."""

QUICK = (
    "{secret}", "/proc/1/environ", "{outside}/x", "{workspace}/workspace.toml",
    "{workspace}/transcript.jsonl",
    "/proc/sys/kernel/hostname", "loopback", "abstract socket", "vsock", "kill the session", "environment",
    "unshare", "rename over", "link out",
)  # fmt: skip
"""One of each sort, for every day; the rest is for the night."""


def attempts() -> dict[str, str]:
    """Return all of them: code by what it tries."""
    found = {path: READ.format(path=path, forbidden=path in READS) for path in READS + OWN}
    found |= {path: WRITE.format(path=path) for path in WRITES} | OTHERS
    return found | {what: CALL.format(call=call) for what, call in CALLS.items()}

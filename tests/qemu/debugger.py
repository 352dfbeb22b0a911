# SPDX-License-Identifier: MIT
"""gdb, run once over a list of commands: on a guest by a stub, or on a core."""

import re
import socket
import subprocess
import typing

import guest

SCRIPTS = guest.ROOT / "kernel/gdb/scripts/load.py"


class Stub(typing.NamedTuple):
    """Who answers gdb: how QEMU is started for it, and what brings gdb to the first lines of kmain()."""

    args: str  # {port}: where gdb connects to
    words: str  # on the kernel's command line
    begin: tuple


# Tests of what gdb shows take each of them.
STUBS = {
    "qemu": Stub("-S -gdb tcp:127.0.0.1:{port}", "", ("hbreak kmain", "continue", "delete")),
    "kernel": Stub("-chardev socket,id=gdb,host=127.0.0.1,port={port},server=on,wait=off,nodelay=on -serial chardev:gdb",
                   "kgdboc=ttyS1 kgdbwait", ()),
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(name, commands, elf=guest.KERNEL_ELF, target=None, core=None, timeout=180):
    """What gdb printed, and its errors, in the order in which they came.  `target`: host:port."""
    script = ["set pagination off", "set confirm off", "set width 0"]
    script += ["set remotetimeout 20", f"target remote {target}"] if target else []
    args = ["gdb", "-batch", "-nx", "-x", SCRIPTS, elf, *([core] if core else [])]
    for line in [*script, *commands]:
        args += ["-ex", line]
    out = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                         timeout=timeout, check=False).stdout
    guest.LOGS.mkdir(parents=True, exist_ok=True)
    (guest.LOGS / f"{name}.out").write_text(out)
    return out


def marked(commands):
    """Each command behind a line that names it, for guest.sections()."""
    return [line for c in commands for line in (f"echo === {c}\\n", c)]


def frames(text):
    """Function and file of each frame of a backtrace; line numbers change with every edit."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\w+) \(.*\) at (\S+?)(?::\d+)?$", text, re.M)

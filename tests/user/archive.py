#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An archive of programs that both kernels boot: archive.py OUT [NAME=FILE ...]

Debian's busybox with a link for each of its applets, the files that are named, and what
programs need beside them: their interpreter and libraries, as ldd finds them here.  /init
is NAME=FILE's, or a shell on the console.  The form is cpio's newc, not compressed.
"""

import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys

BUSYBOX = "/bin/busybox"  # of the package busybox-static

FOLDERS = ["bin", "dev", "etc", "lib", "lib64", "mnt", "proc", "root", "sbin", "sys", "tmp", "usr",
           "usr/bin", "usr/sbin", "var"]

# Each line of a shell that is started for a person.
SHELL_INIT = """#!/bin/sh
export HOME=/root PATH=/bin:/sbin:/usr/bin:/usr/sbin TERM=${TERM:-linux}
[ -e /proc/self ] || mount -t proc proc /proc
[ -e /sys/bus ] || mount -t sysfs sysfs /sys
[ -e /dev/null ] || mount -t devtmpfs devtmpfs /dev
cd /root
setsid -c sh -l # a child: ^Z stops nobody whose parent is init
"""

# The kernel's own prompt, until `exit` there; or one command's answer.
MONITOR = """#!/bin/sh
[ $# != 0 ] || exec cat /dev/monitor
exec 3<>/dev/monitor
echo "$*" >&3
exec cat <&3
"""


class Archive:
    """Entries by path; write() gives them numbers and puts folders first."""

    def __init__(self):
        self.entries = {}
        for folder in FOLDERS:
            self.add_folder(folder)

    def _add(self, path, mode, data=b""):
        path = str(path).strip("/")
        parent = str(pathlib.PurePosixPath(path).parent)
        if parent != "." and parent not in self.entries:
            self.add_folder(parent)
        self.entries[path] = (mode, data)

    def add_folder(self, path):
        self._add(path, stat.S_IFDIR | 0o755)

    def add_text(self, path, text, mode=0o755):
        self._add(path, stat.S_IFREG | mode, text.encode())

    def add_link(self, path, target):
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def add_file(self, path, source, mode=None):
        source = pathlib.Path(source)
        self._add(path, stat.S_IFREG | (mode or source.stat().st_mode & 0o777), source.read_bytes())

    def add_program(self, path, source=None):
        """A program of this machine, and what it is linked with, at the same paths."""
        source = source or path
        self.add_file(path, source, 0o755)
        for library in libraries(source):
            if library.lstrip("/") not in self.entries:
                self.add_file(library, os.path.realpath(library), 0o755)

    def add_busybox(self):
        self.add_file("bin/busybox", BUSYBOX, 0o755)
        for applet in subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True,
                                     check=True).stdout.split():
            if f"bin/{applet}" not in self.entries:
                self.add_link(f"bin/{applet}", "busybox")

    def write(self, out):
        with open(out, "wb") as file:
            for number, (path, (mode, data)) in enumerate(sorted(self.entries.items()), 1):
                file.write(member(number, path, mode, data))
            file.write(member(0, "TRAILER!!!", 0, b""))


def member(number, path, mode, data):
    """One of the format's entries (cpio(5), new ASCII): all is padded to four bytes."""
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = [number, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def libraries(program):
    """What the dynamic linker would load, itself included; of a static program nothing."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True)
    return re.findall(r"(/\S+) \(0x", said.stdout)


def find_program(name):
    """A program of Debian's, wherever its package put it."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    assert found, f"no {name} on this machine"
    return found


def main(out, *files):
    archive = Archive()
    for word in files:
        name, _, source = word.partition("=")
        archive.add_program(name, source)
    archive.add_busybox()
    archive.add_text("bin/monitor", MONITOR)
    if "init" not in archive.entries:
        archive.add_text("init", SHELL_INIT)
    archive.write(out)


if __name__ == "__main__":
    main(*sys.argv[1:])

# SPDX-License-Identifier: MIT
"""A person at the terminal: a shell with job control, and the monitor beside it."""

import pathlib
import re
import subprocess
import sys
import time

import pytest

import guest

ROOT = pathlib.Path(__file__).parents[2]
PROMPT = r"/root # (\x1b\[6n)?$"  # and ash asks where the cursor is


# Not pid 1 itself: what pid 1 has begun does not stop for ^Z.
INIT = """#!/bin/sh
export HOME=/root PATH=/bin
cd /root
setsid -c sh -l
"""


@pytest.fixture(name="shell")
def boot_to_shell(tmp_path):
    initrd, init = tmp_path / "initrd", tmp_path / "init"
    init.write_text(INIT)
    init.chmod(0o755)
    subprocess.run([sys.executable, ROOT / "tests/user/archive.py", initrd, f"init={init}"], check=True)
    with guest.Guest("tty", f"{guest.Q35} -initrd {initrd}", elf=guest.KERNEL_ELF, timeout=40) as g:
        g.expect(PROMPT)
        yield g


def line(g, text):
    """Type one at the shell's prompt; what it printed, without what the kernel said of its clocks meanwhile."""
    here = g.type(text + "\n")
    end = g.expect(PROMPT, here + len(text))
    return re.sub(r"^\[ *\d+\.\d+\] .*\n", "", g.text[here:end.start()].partition("\n")[2], flags=re.M)


def start(g, text):
    """Type a command that reads keys, and wait until it does: ash has other modes."""
    here = g.type(text + "\n")
    g.expect(text + "\n", here)
    time.sleep(1)
    return len(g.text)


def test_editing_and_modes(shell):
    assert line(shell, "echo one") == "one\n"
    here = start(shell, "cat")
    shell.type("abd\x7fc\x15second\n")
    shell.expect(r"^second$", here)
    shell.type("\x04")
    shell.expect(PROMPT, here)
    assert "speed 115200 baud" in line(shell, "stty -a")
    assert "-echo" in line(shell, "stty -echo; stty -a; stty echo").split()
    assert line(shell, "stty rows 30 cols 100; stty size") == "30 100\n"
    assert line(shell, "tty") == "/dev/console\n" or line(shell, "tty") == "/dev/ttyS0\n"


def test_job_control(shell):
    here = start(shell, "sleep 100")
    shell.type("\x03")
    shell.expect(PROMPT, here)
    assert line(shell, "echo $?") == "130\n"
    here = start(shell, "sleep 100")
    shell.type("\x1a")
    shell.expect(r"Stopped +sleep 100\n" + PROMPT, here)
    line(shell, "bg")
    assert "Running" in line(shell, "jobs")
    here = start(shell, "fg")
    shell.type("\x1c")
    shell.expect(PROMPT, here)
    assert line(shell, "echo $?") == "131\n"
    # In the background it may not read: it is stopped.
    line(shell, "cat < /dev/ttyS0 &")
    assert "Stopped (tty input)" in line(shell, "sleep 1; jobs")
    line(shell, "kill %1; sleep 1")


def test_monitor(shell):
    here = shell.type("cat /dev/monitor\n")
    shell.prompt(here)
    assert "-System RAM" in shell.command("iomem").replace(" : ", "-")
    shell.type("exit\n")
    shell.expect(PROMPT, here + 40)
    here = shell.type("cat /dev/monitor\n")
    shell.prompt(here)
    shell.type("\x04")
    shell.expect(PROMPT, here + 20)
    assert "System RAM" in line(shell, "echo iomem > /dev/monitor")
    assert "System RAM" in line(shell, "exec 3<>/dev/monitor; echo iomem >&3; cat <&3; exec 3>&-")
    # In pieces; a line without its end is run at the close, and one that is too long is none.
    line(shell, "exec 3<>/dev/monitor; echo iomem >&3")
    begun = line(shell, "dd bs=1 count=20 <&3 2>/dev/null")
    whole = line(shell, "iomem() { cat /proc/iomem; }; iomem")
    assert len(begun) == 20 and begun + line(shell, "cat <&3") == whole
    assert line(shell, "printf iomem >&3; cat <&3; exec 3>&-") == ""
    assert "System RAM" in line(shell, "printf iomem > /dev/monitor")
    said = line(shell, "printf '%0300d' 1 | dd bs=300 of=/dev/monitor")
    assert "Message too long" in said and "no such command" not in said
    # An address of the shell's own: its program's first page, which is busybox's.
    vma = line(shell, "head -1 /proc/$$/maps")
    said = line(shell, "exec 3<>/dev/monitor; "
                f"echo whatis $$:{vma.split('-')[0]} >&3; cat <&3; exec 3>&-")
    assert said.startswith(f"user address 0x{vma.split('-')[0].lstrip('0')} of ") and f"\n{vma}" in said
    assert re.search(r"^  mapped: +ro, a file's\nphysical address 0x[0-9a-f]+000\n", said, re.M), said
    said = line(shell, "echo whatis $$:1000 > /dev/monitor")
    assert "  vma:       none; above is\n" in said and "nobody touched" in said
    here = shell.type("exit\n")
    shell.prompt(here)  # init is over

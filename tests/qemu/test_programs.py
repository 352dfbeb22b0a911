# SPDX-License-Identifier: MIT
"""Programs of ours on this kernel: each prints what it prints on Linux, word for word."""

import re
import sys

import pytest

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402


@pytest.fixture(scope="module")
def said():
    """The kernel's own messages come at the end, so that none stands between theirs; also those that were cleared."""
    programs = both.own_programs()
    script = f'dmesg -n 1\n{both.script_of(programs)}\necho "=== log"; timeout 2 cat /dev/kmsg'
    out = both.run("programs", script, programs, args=f"{both.MACHINE} {both.DISK}", timeout=240)[1]
    assert "init: Run /init" in out["log"] and "WARNING" not in out["log"]
    return out


@pytest.mark.parametrize("program", both.own_programs())
def test_as_on_linux(said, program):
    differ = guest.difference(said[program], (both.LINUX / f"{program}.txt").read_text())
    assert not differ, f"{program}:\n{differ}"


def test_pointers_are_bad_in_every_call():
    """That takes one; reboot's would end the machine."""
    source = "\n".join(path.read_text() for room in ("kernel", "mm", "drivers")
                       for path in (guest.ROOT / room).rglob("*.c"))
    taking = {name for name, arguments in re.findall(r"SYSCALL_DEFINE\d\((\w+),([^)]*)\)", source)
              if "__user" in arguments}
    calls = (guest.ROOT / "tests/user/pointers.h").read_text()
    assert taking - set(re.findall(r"\bC\((\w+),", calls)) == {"reboot"}

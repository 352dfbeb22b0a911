# SPDX-License-Identifier: MIT
"""Programs of ours on this kernel: each prints what it prints on Linux, word for word."""

import sys

import pytest

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402


@pytest.fixture(scope="module")
def said():
    programs = both.own_programs()
    text, out = both.run("programs", both.script_of(programs), programs,
                         args=f"{both.MACHINE} {both.DISK}", timeout=240)
    assert "WARNING" not in text
    return out


@pytest.mark.parametrize("program", both.own_programs())
def test_as_on_linux(said, program):
    assert said[program].splitlines() == (both.LINUX / f"{program}.txt").read_text().splitlines()

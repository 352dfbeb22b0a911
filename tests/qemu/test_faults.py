# SPDX-License-Identifier: MIT
"""What must not be survived is reported: who, where, by which way."""

import re

import pytest

import guest

CASES = {
    "null": r"page fault.*",
    "nx": r"page fault.*",
    "ro": r"page fault.*",
    "ud": r"invalid opcode",
    "gp": r"general protection",
    "overflow": r"stack overflow.*boot stack|boot stack.*overflow",
}


@pytest.mark.parametrize("how", CASES)
def test_crash_is_reported(how):
    with guest.Guest(f"crash-{how}", guest.Q35, "panic=-1") as g:
        g.prompt()
        here = g.type(f"crash {how}\n")
        g.wait()
        report = g.text[here:]
    assert re.search(CASES[how], report, re.I), report
    assert re.search(r"RIP: .*\+0x[0-9a-f]+/0x[0-9a-f]+", report), report
    assert re.search(r"CR2: [0-9a-f]{16}", report), report
    assert "Kernel panic" in report
    assert re.search(r"Call Trace:(.|\n)*monitor_execute\+0x", report), report


def test_panic_command():
    with guest.Guest("panic", guest.Q35, "panic=-1") as g:
        g.prompt()
        here = g.type("panic\n")
        g.wait()
    assert re.search(r"Kernel panic(.|\n)*monitor_execute\+0x", g.text[here:])

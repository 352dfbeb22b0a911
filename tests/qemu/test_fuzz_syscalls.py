# SPDX-License-Identifier: MIT
"""System calls at random for a while: the kernel has nothing to report (make fuzz-syscalls for longer)."""

import sys

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import fuzz  # noqa: E402


def test_nothing_to_report():
    reports, _ = fuzz.run("fuzz-syscalls", 12, 3000)
    assert not reports, reports

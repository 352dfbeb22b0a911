# SPDX-License-Identifier: MIT
"""A short run of the torture suite; a long one is `make torture`."""

import re

import guest

MACHINE = "-M q35 -m 512M -smp 4 -nic none"


def torture(name, arguments):
    text, out = guest.run(name, MACHINE, [f"selftest torture {arguments}".strip()],
                          words="highmem=256M", timeout=120)
    assert "WARNING: at" not in text
    (report,) = [r for c, r in out.items() if c.startswith("selftest")]
    return report


def test_nothing_is_found_and_nothing_is_lost():
    report = torture("torture", "5")
    assert "# pass:1 fail:0 skip:0" in report, report
    takes = dict(re.findall(r"^# torture: (\w+): (\d+)$", report, re.M))
    assert len(takes) > 10 and all(int(n) > 0 for n in takes.values()), takes


def test_one_op_alone():
    report = torture("torture-one", "1 0x1234 region")
    assert "# torture: seed 0x1235, " in report and ", 1 ops, 1000 ms" in report
    assert "# pass:1 fail:0 skip:0" in report, report
    report = torture("torture-none", "1 0 nothing")
    assert "there is no op nothing" in report and "fail:1" in report

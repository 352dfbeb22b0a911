# SPDX-License-Identifier: MIT
"""Processes at everything at once for a while (make torture-user for longer): all that they took is back."""

import re
import sys

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import torture  # noqa: E402


def test_nothing_is_found_and_nothing_is_lost():
    reports, said, good = torture.run("torture-user", 4, 1)
    assert good and not reports, "\n".join(reports) + said
    done = dict(re.findall(r"^torture: (\w+) (\d+)$", said, re.M))
    assert len(done) > 10 and all(int(n) > 0 for n in done.values()), done

# SPDX-License-Identifier: MIT
"""Each guided tour of tests/labs shows what it says."""

import sys

import guest
import pytest

sys.path.insert(0, str(guest.ROOT / "tests" / "labs"))
import lab  # noqa: E402


@pytest.mark.parametrize("path", lab.tours(), ids=lambda path: path.stem)
def test_tour(path):
    out, found = lab.check(path)
    (guest.LOGS / f"lab-{path.stem}.out").write_text(out)
    assert not found, "\n".join(found)


def test_a_stale_tour_is_found(tmp_path):
    tour = tmp_path / "1-x.txt"
    tour.write_text("X\n\n    (gdb) print 1\n    ... = 1\n\n    (gdb) print 2\n    $2 ... 2\n    more\n")
    good = "(gdb) print 1\n$1 = 1\nsome prose\n(gdb) print 2\n$2 = 2\nmore\n"
    assert list(lab.faults(tour, good)) == []
    assert len(list(lab.faults(tour, good.replace("= 1", "= 3")))) == 1
    assert len(list(lab.faults(tour, good.replace("$2 = 2\nmore", "more\n$2 = 2")))) == 1  # in that order
    assert len(list(lab.faults(tour, good.partition("(gdb) print 2")[0]))) == 1


def test_all_commands_are_typed():
    """A line that is indented otherwise is prose that nobody runs."""
    for path in lab.tours():
        text = path.read_text()
        steps = lab.read(path)[1]
        assert sum(command is not None for _, command, _ in steps) == text.count("(gdb) "), path.name
        assert not any(line.startswith("  ") for prose, _, _ in steps for line in prose.splitlines()), path.name

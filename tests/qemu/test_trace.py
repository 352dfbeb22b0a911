# SPDX-License-Identifier: MIT
"""Device memory traced at the prompt, and what was noted done again by another boot.

The registers are those of QEMU's edu device: docs/specs/edu.txt.
"""

import itertools
import re

import guest

EDU = "-M q35 -m 128M -smp 4 -nic none -device edu,addr=5 -device virtio-rng-pci,addr=6"
LINE = re.compile(r"^ *\d+\.\d{6} (\d+) ([rw])\.([bwlq]) ([0-9a-f]+) +([0-9a-f]+) (\w+)\+0x[0-9a-f]+$")


def accesses(text, bar):
    """[(r or w, width, offset, value, function)] of what `trace show` printed."""
    rows = [LINE.match(line) for line in text.splitlines()]
    assert all(rows) and all(len(row[0]) <= 80 for row in rows), text
    return [(row[2], row[3], int(row[4], 16) - bar, int(row[5], 16), row[6]) for row in rows]


def test_trace_and_replay():
    with guest.Guest("trace", EDU) as g:
        g.prompt()
        assert g.command("trace") == ""
        assert g.command("trace 00:06.0 on").count(": traced\n") > 2  # all that the driver maps of it, and all end
        assert g.command("trace 00:06.0 off") == "" and g.command("trace") == ""
        on = g.command("trace 00:05.0 on")
        row = re.match(r"(fe[0-9a-f]{6})-fe[0-9a-f]fffff at (ffffc9\w+) for pci_iomap_range: traced\n$", on)
        assert row, on
        bar, mapping = int(row[1], 16), row[2]
        assert g.command("trace") == on.replace(": traced", "") + on[:17] + ", mappings to come\n"
        assert "checks, 0 faults" in g.command("audit")
        assert "traced ioremap for pci_iomap_range+" in g.command(f"whatis {mapping}")
        for _ in range(10):  # where the host has no time for the device, it is polled more often than the ring is long
            assert g.command("edu fact 5") == "5! = 120, polled\n5! = 120, told by an interrupt\n"
            show, replay = g.command("trace 00:05.0 show"), g.command("trace 00:05.0 replay")
            if not show.startswith("#"):
                break
            g.command("trace 00:05.0 off; trace 00:05.0 on")
        assert g.command(f"trace {mapping} show") == g.command(f"trace {bar + 8:x} show") == show
        assert re.search(r": is traced already\n", g.command("trace edu on"))
        g.command("loop 230 edu fact 1")
        lost = int(re.match(r"# (\d+) earlier accesses are overwritten\n$", g.command("trace 'HPET 0' show"))[1])
        assert lost >= 9 * 0x230 + len(show.splitlines()) - 4096
        assert "no mapping of device memory" in g.command("trace 00:1e.7 on")
        assert "cached, not traced\n" in g.command("trace ffffc90000000000 on")
        assert g.command("trace 00:05.0 off") == "" and g.command("trace") == ""
        assert "checks, 0 faults" in g.command("audit")

        # A mapping that goes ends its trace; the next one is traced from its first access on.
        g.command("trace edu on")
        gone = g.command("pci unbind 00:05.0")
        assert re.search(rf"iotrace: \[mem 0x{bar:x}-.*for pci_iomap_range.*is unmapped: its trace ends\n", gone)
        assert g.command("trace") == on[:17] + ", mappings to come\n"
        assert g.command(f"trace {bar:x} on") == f"{bar:x} is not mapped as yet\n"
        assert g.command("trace") == on[:17] + ", mappings to come\n"  # the innermost that is there, and it was
        g.command("pci bind 00:05.0")
        probe = accesses(g.command("trace 00:05.0 show"), bar)
        assert probe[0][:4] == ("r", "l", 0, 0x010000ed) and probe[0][4].startswith("edu_")
        g.command("trace 00:05.0 off; pci unbind 00:05.0; pci bind 00:05.0")
        assert len(accesses(g.command(f"trace {bar:x} show"), bar)) == len(probe) and g.command("trace") == ""
    told = accesses(show, bar)
    assert ("w", "l", 0x08, 5, "edu_factorial") in told and ("r", "l", 0x08, 120, "edu_factorial") in told
    assert told.index(("r", "l", 0x24, 1, "edu_interrupt")) + 1 == told.index(("w", "l", 0x64, 1, "edu_interrupt"))
    lines = [f"mw.{width} {bar + at:x} {value:x}" if way == "w" else f"md.{width} {bar + at:x} 1"
             for way, width, at, value, _ in told]
    assert replay.splitlines() == [(f"loop {n:x} " if n > 1 else "") + line
                                   for line, run in itertools.groupby(lines) for n in [len(list(run))]]
    _, out = guest.run("replay", EDU, ["# of another boot", *replay.splitlines(), "sleep 400", f"md.l {bar + 8:x} 1", "trace"],
                       words="iomem=relaxed")
    assert out["# of another boot"] == ""
    assert out[f"md.l {bar + 8:x} 1"].startswith(f"{bar + 8:x}: 00000078 ")  # 5! = 120, once the device's thread had its time

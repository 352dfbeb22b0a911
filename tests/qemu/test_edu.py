# SPDX-License-Identifier: MIT
"""The worked example of a driver: by its suite, from the prompt, from a program, and when it is pulled."""

import re
import sys

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

EDU = "-M q35 -m 128M -nic none -device edu,addr=5"


PROGRAM = """\
write: 14
read: 14
by the device
at the end: 5
behind it: 0
write behind it: ENOSPC
into what is read-only: EFAULT
into what is not mapped: EFAULT
from there: EFAULT
"""


def test_suite_and_prompt():
    _, out = guest.run("edu", EDU, ["selftest edu", "edu fact 5", "edu echo hello", "edu fact d",
                                    "pci unbind 00:05.0", "edu fact 3", "pci unbind 00:05.0", "pci bind 00:05.0",
                                    "edu fact 2", "pci bind 00:05.0", "iomem",
                                    "interrupts", "setpci 00:05.0 COMMAND", "pci remove 00:05.0", "edu fact 4",
                                    "ioports", "vmallocinfo"])
    assert "# pass:4 fail:0 skip:0" in out["selftest edu"], out["selftest edu"]
    assert out["edu fact 5"] == "5! = 120, polled\n5! = 120, told by an interrupt\n"
    assert out["edu echo hello"] == "the device has: hello\n"
    assert out["edu fact d"].startswith("usage: edu")
    assert out["pci unbind 00:05.0"] == "pci: 0000:00:05.0 has no driver\npci: failed: ENODEV\n"  # the second time
    assert out["edu fact 3"] == "edu: failed: ENODEV\n" and out["edu fact 2"].startswith("2! = 2, polled\n")
    assert out["pci bind 00:05.0"] == "pci: 0000:00:05.0 is driven by edu\npci: failed: EBUSY\n"
    assert re.search(r"^    [0-9a-f]{8}-[0-9a-f]{3}fffff : edu$", out["iomem"], re.M), out["iomem"]
    assert re.search(r"PCI-MSI .*  edu$", out["interrupts"], re.M), out["interrupts"]
    assert int(out["setpci 00:05.0 COMMAND"], 16) & 6 == 6  # memory, bus master
    assert out["edu fact 4"] == "edu: failed: ENODEV\n"
    assert "edu_" not in out["vmallocinfo"] and "pci_iomap" not in out["vmallocinfo"], out["vmallocinfo"]


def test_program():
    """The device reads and writes the pages of a program, which are pinned meanwhile and not afterwards."""
    _, out = both.run("edu-program", 'echo "=== edu"; edu; echo "=== pins"; grep foll_pin /proc/vmstat', ["edu"], args=EDU)
    assert out["edu"] == PROGRAM
    acquired, released = map(int, re.findall(r"^nr_foll_pin_\w+ (\d+)$", out["pins"], re.M))
    assert acquired == released == 4  # one for each page of what went through


def test_without_the_device():
    _, out = guest.run("edu-none", "-M q35 -m 128M -nic none", ["edu fact 5", "selftest edu"])
    assert out["edu fact 5"] == "edu: failed: ENODEV\n"
    assert "# pass:0 fail:0 skip:4" in out["selftest edu"]


def test_howto_names_what_is_there():
    text = (guest.ROOT / "drivers/edu/HOWTO.md").read_text()
    for path in re.findall(r"`((?:drivers|kernel|tests|mm)/[\w/.]+)`", text):
        assert "NAME" in path or (guest.ROOT / path).exists(), path
    headers = "".join(path.read_text() for room in ("kernel", "mm", "drivers") for path in (guest.ROOT / room).rglob("*.h"))
    for name in re.findall(r"`(\w+)\(\)`", text):
        assert name in ("probe", "remove", "readl", "writel") or f"{name}(" in headers, name

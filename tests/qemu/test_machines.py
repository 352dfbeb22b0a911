# SPDX-License-Identifier: MIT
"""Every machine passes the suites that look at it and has Linux's register, in the monitor and in /proc."""

import re
import sys

import pytest

import guest
import register

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

NAMES = sorted(path.stem for path in guest.MACHINES.glob("*.args"))
# Where only PCI's devices or what firmware says of memory are others: suites that look at those.  All of them run elsewhere.
ALIKE = {"q35-bigbar", "q35-bridges", "q35-exactmap", "q35-iommu", "q35-ovmf", "q35-pxb", "q35-renumber", "q35-server",
         "q35-share", "q35-sriov"}
SUITES = ("acpi,acpi_devices,audit,block,early_ioremap,edu,hpet,ioapic,ioremap,iotrace,irq,memtype,page_alloc,pci,pins,"
          "portcmd,revoke,virtio,whatis")
SCRIPT = "\n".join(f'echo "=== /proc/{file}"; cat /proc/{file}' for file in ("iomem", "ioports"))


@pytest.fixture(scope="session")
def initrd(tmp_path_factory):
    path = tmp_path_factory.mktemp("machines") / "initrd"
    both.make_archive(path, SCRIPT)
    return path


@pytest.fixture(scope="module", params=NAMES)
def booted(request, initrd):
    """The monitor's commands are done, then there is a program, which ends the machine.

    The suites move what nobody drives, so what is said before them and after them stands apart.
    """
    name = request.param
    selftest = f"selftest {SUITES}" if name in ALIKE else "selftest"
    commands = ["iomem", "ioports", selftest, "iomem", "ioports"]
    with guest.Guest(name, guest.machine(name), f'{guest.words(name)} run="{"; ".join(commands)}"',
                     extra=f"-fw_cfg name=opt/terrier/initrd,file={initrd}", timeout=240) as g:
        g.wait()
        # What the kernel has to say meanwhile, of its clocks for instance, is no part of an answer.
        answers = re.sub(r"^\[ *\d+\.\d+\] .*\n", "", g.text, flags=re.M)
        before, _, after = answers.partition(f"=== {selftest}\n")
        before, after = guest.sections(before), guest.sections("=== selftest\n" + after)
        assert "end" in after, f"it did not end; the last lines:\n{g.text[-3000:]}"
        return name, g.text, before, after


def test_no_warning(booted):
    _, text, _, _ = booted
    boot = text.split("Terrier:", 1)[1].split("=== iomem")[0]  # GRUB warns of its own things
    assert "WARNING" not in boot and "panic" not in boot


def test_suites_pass(booted):
    results = booted[3]["selftest"]
    assert not re.findall(r"^not ok.*", results, re.M)
    assert re.search(r"^# pass:[1-9]\d* fail:0 ", results, re.M), results[-500:]


@pytest.mark.parametrize("which", ["iomem", "ioports"])
def test_register_is_linux(booted, which):
    name, text, out, _ = booted
    ours, linux = register.parse(out[which]), register.linux_rows(name, which)
    register.check_tree(ours)
    if which == "iomem":
        register.check_image(ours)
    differ = register.differences(ours, linux)
    assert not differ or register.picture_moved(differ, text), \
        "\n".join(["- what only Linux has, + what only we have:", *differ])


@pytest.mark.parametrize("which", ["iomem", "ioports"])
def test_programs_see_the_monitors(booted, which):
    out = booted[3]
    differ = guest.difference(out[f"/proc/{which}"], out[which], name="the monitor")
    assert not differ, differ

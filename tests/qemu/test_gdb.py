# SPDX-License-Identifier: MIT
"""gdb on a kernel that boots: the study notes' backtraces, and the one that README.md shows."""

import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

import debugger
import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

README = (guest.ROOT / "README.md").read_text()
PROBE = re.findall(r"^\(gdb\) (.+)$", README, re.M)

# In the order of the boot: what is typed, and of the frames that must be shown those that the notes have, or
# what stands in their place here, innermost first.
CHAINS = {
    "the claim of a serial port": (
        ["thbreak serial8250_init", "continue", "thbreak __request_region", "continue", "backtrace"],
        ["__request_region kernel/core/region.c", "uart_probe drivers/serial/uart.c",
         "serial8250_init drivers/serial/serial8250.c", "kmain kernel/main.c"]),
    "insert_resource of an IOAPIC": (
        ["thbreak ioapic_insert_resources", "continue", "thbreak insert_resource", "continue", "backtrace"],
        ["insert_resource kernel/core/resource.c", "ioapic_insert_resources drivers/apic/ioapic.c",
         "kernel_init kernel/main.c", "ret_from_fork kernel/sched/switch.asm"]),
    "ioremap out of a virtio probe": (
        PROBE, [" ".join(frame) for frame in debugger.frames(README)]),
    "remap_pfn_range out of mmap of /dev/hpet": (
        ["thbreak remap_pfn_range", "continue", "backtrace", "print *vma", "print/x pfn"],
        ["remap_pfn_range mm/user/pfnmap.c", "vm_iomap_memory mm/user/pfnmap.c", "hpet_mmap drivers/char/hpet.c",
         "do_mmap mm/user/mmap.c", "syscall_entry kernel/user/entry.asm"]),
}


@pytest.fixture(scope="module", params=debugger.STUBS)
def chains(request):
    """What gdb showed of each, in one boot up to a program that maps /dev/hpet."""
    stub, port = debugger.STUBS[request.param], debugger.free_port()
    typed = list(stub.begin)
    for name, (lines, _) in CHAINS.items():
        typed += [f"echo === {name}\\n", *lines]
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd"
        both.make_archive(initrd, "hpet", ["hpet"])
        with guest.Guest(f"gdb-{request.param}", f"{guest.Q35} -initrd {initrd}", stub.words, timeout=60,
                         elf=guest.KERNEL_ELF, exit_device=False, extra=stub.args.format(port=port)):
            out = debugger.run(f"gdb-{request.param}", [*typed, "kill"], target=f"127.0.0.1:{port}")
    return guest.sections(out)


@pytest.mark.parametrize("name", CHAINS)
def test_chain(chains, name):
    shown = [" ".join(frame) for frame in debugger.frames(chains[name])]
    assert shown[:1] == CHAINS[name][1][:1], chains[name]
    rest = iter(shown)
    assert all(frame in rest for frame in CHAINS[name][1]), chains[name]


def test_readme_shows_all_frames(chains):
    shown = debugger.frames(README)
    assert len(shown) >= 7 and shown[0][0] == "ioremap", shown
    assert debugger.frames(chains["ioremap out of a virtio probe"])[:len(shown)] == shown


def test_what_is_mapped_into_the_program(chains):
    said = chains["remap_pfn_range out of mmap of /dev/hpet"]
    assert re.search(r"^\$\d+ = [0-9a-f]+000-[0-9a-f]+000 r--s 00000000 hpet$", said, re.M), said
    assert re.search(r"^\$\d+ = 0xfed00$", said, re.M), said  # IA-PC HPET 1.0a, 3.2: where it is mostly


def test_make_debug_installs_what_it_names():
    """The line that tells how to type at the kernel names a tool: set-up proves that it is there."""
    lines = subprocess.run(["make", "-n", "debug"], cwd=guest.ROOT, capture_output=True, text=True,
                           check=True, timeout=60).stdout
    tool = re.search(r"to type: (\S+)", lines)[1]
    proofs = " ".join(re.findall(r"boot/setup\.sh '(\S+) ", lines))
    assert tool in proofs.split(), f"{tool} is not among what make debug installs: {proofs}"

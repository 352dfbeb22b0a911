# SPDX-License-Identifier: MIT
"""gdb's `terrier` commands say what the monitor says: of a kernel that is halted, by either stub, and of its core."""

import pathlib
import re
import sys
import tempfile

import debugger
import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import archive  # noqa: E402

# The monitor's command, and gdb's.  What counts on meanwhile is held between two answers of the monitor.
SAME = {"iomem": "iomem", "ioports": "ioports", "vmallocinfo": "vmallocinfo", "dmesg": "dmesg",
        "slabinfo": "slab", "memtype": "memtype", "lspci": "lspci"}
COUNTING = {"ps": "ps", "interrupts": "irq"}
# An address of each kind.
ADDRESSES = ["0", "9fc00", "a0000", "100000", "fec00000", "fee00000", "fed00000", "2000000", "123456789", "1000000000000",
             "kmain", "iomem_resource", "ffff888000000000", "ffff888002345678", "ffffea0000000000", "ffff800000000000",
             "ffffc90000000000", "ffffc90000001000", "ffffc900fffff000", "ffffffffffffffff", "ffffffffff5ff000",
             "ffffffffffdff000", "ffffffff80000000"]
# The other words that whatis takes.  Process 1 is a busybox, in which the monitor's prompt is read.
WORDS = ["kmain+1c", "iomem_resource+0x8/0x60", "fec00000-feefffff", "0-fffff", "100000-1fffff", "e0000000-fec00000", "2000-1000",
         "ffffffff80000000-ffffffff80ffffff", "ffffffffff000000-ffffffffffffffff", "port:3f8", "port:cf8", "port:10000",
         "00:1f.2", "0000:00:1f.0", "serial", "1:0", "9:1000"]
# What is asked of the kernel's own stub, too.
ASKED_AGAIN = ["iomem_resource", "fed00000", "fec00000-feefffff", "port:3f8", "00:1f.2"]


def counts(text):
    """The numbers of a table in which only counts and times differ, line by line."""
    return [[float(n) for n in re.findall(r"(?<![\w:.-])\d+(?:\.\d+)?(?![\w:.-])", line)] for line in text.splitlines()]


def areas_of(vmallocinfo):
    return [line[2:18] for line in vmallocinfo.splitlines()[:3]]


# What has no monitor's answer of its own: what must be in it, by what the monitor said elsewhere.
SHOWN = {
    "terrier pt ffff888002345678": r"pmd\[ 17\] 0x[0-9a-f]{16} page at 0x2200000, 2M, RW .*NX, write-back\n"
                                   r"  physical address 0x2345678\n",
    "terrier pt ffffc900fffff000": r"pud\[  3\] 0x0{16} empty\n  not mapped\n",
    "terrier fixmap": r"\A\Z",  # whoever maps something there takes it out again
    "print iomem_resource": r"= PCI mem \[mem 0x00000000-0xf+\]\n",
    "print *current_task": r"= swapper/0 \[0\] R on CPU 0\n",
    "print $pte(0xffffc90000000000)":
        r"= 0x8[0-9a-f]{15} page at 0x7fe[0-9a-f]000, 4K, RW (A )?(D )?GLB NX, write-back\n",  # ACPI's tables
    "print ((struct page *)0xffffea0000000000)[256]":
        r"= page 0x100 \[mem 0x100000\], 1 references, reserved since boot \(reserved\)\n",
}
FIRST_AREA = "python print(next(terrier.areas.areas()).format_string())"


def without_fields(said):
    """The monitor knows no types."""
    return re.sub(r"^  field: .*\n", "", said, flags=re.M)


def check_same(now, said):
    """The kernel may have said more meanwhile, of its clocks for instance."""
    for monitor, ours in SAME.items():
        seen = now[ours][:len(said[monitor])] if monitor == "dmesg" else now[ours]
        assert seen == said[monitor], ours


def check_between(before, now, after):
    assert len(before.splitlines()) == len(now.splitlines()) == len(after.splitlines()), now
    for low, is_now, high in zip(counts(before), counts(now), counts(after), strict=True):
        assert len(low) == len(is_now) == len(high)
        assert all(a <= b <= c for a, b, c in zip(low, is_now, high)), (low, is_now, high)


def page_lines(whatis):
    """What stands behind "page:" up to the next label."""
    found = re.search(r"^  page: +(.*\n(?: {13}.*\n)*)", whatis, re.M)[1]
    return re.sub(r"^ {13}", "", found, flags=re.M)


def sections_of(out):
    return {name.removeprefix("terrier "): text for name, text in guest.sections(out).items()}


def start(name, extra, words="", cpus=2):
    """A machine with the prompt, which process 1 reads."""
    initrd, a = guest.LOGS / f"{name}.cpio", archive.Archive()
    guest.LOGS.mkdir(parents=True, exist_ok=True)
    a.add_busybox()
    a.add_text("init", "#!/bin/sh\nexec cat /dev/monitor\n")
    a.write(initrd)
    return guest.Guest(name, f"{guest.Q35.replace('512M', '128M')} -smp {cpus} -initrd {initrd}", words, elf=guest.KERNEL_ELF,
                       timeout=60, extra=extra)


def of_process(g):
    """Addresses of process 1: in its code, in its data, on its stack."""
    first = int(re.search(r"^([0-9a-f]+)-[0-9a-f]+ r", g.command("whatis 1:0"), re.M)[1], 16)
    return [f"1:{first:x}", f"1:{first + 0x2345:x}", "1:7fffffffefff", "1:fffffffffff"]


def check_fields(now):
    """The fields of a variable, of an array of structs and of an object that is known by its cache."""
    assert re.search(r"^  field: +iomem_resource\.start \(resource_size_t\)$", now["whatis iomem_resource"], re.M)
    assert re.search(r"^  field: +iomem_resource\.end \(resource_size_t\)$", now["whatis iomem_resource+0x8/0x60"], re.M)
    for command, pattern in FIELDS.items():
        assert re.search(rf"^  field: +{pattern}$", now[command.removeprefix("terrier ")], re.M), now


FIELDS = {
    "terrier whatis &ioport_resource.parent": r"ioport_resource\.parent \(.*\)",
    "terrier whatis (char*)&ioport_resource.parent+1": r"ioport_resource\.parent\+0x1 \(.*\)",
    "terrier whatis &e820_table.entries[3].size": r"e820_table\.entries\[3\]\.size \(u64\)",
    "terrier whatis all_tasks.prev": r"task_struct\.tasks\.next \(struct list_head \*\)",
}


def test_scripts_agree_with_the_monitor():
    port, core = debugger.free_port(), guest.LOGS / "terrier.core"
    with start("gdb-scripts", f"-gdb tcp:127.0.0.1:{port}", "norandmaps") as g:
        g.prompt()
        asked = [*SAME, *COUNTING]
        g.command("whatis 0-fffff")  # what that takes and gives back is kept for the next time
        before = {c: g.command(c) for c in asked}
        addresses = ADDRESSES + areas_of(before["vmallocinfo"]) + WORDS + of_process(g)
        # How it failed stands behind what it said.
        whatis = {a: g.command(f"whatis {a}").partition("whatis: failed")[0] for a in addresses}
        before["slabinfo"] = g.command("slabinfo")  # commands may have made objects
        commands = [f"terrier {c}" for c in (*SAME.values(), *COUNTING.values())]
        commands += [f"terrier {c} {a}" for c in ("whatis", "page") for a in addresses
                     if c == "whatis" or re.fullmatch("[0-9a-f]{1,9}", a)]
        commands += [*SHOWN, *FIELDS, FIRST_AREA]
        live = debugger.run("gdb-scripts-live", debugger.marked(commands) + [
            f"monitor dump-guest-memory -p {core}", "detach"], target=f"127.0.0.1:{port}")
        after = {c: g.command(c) for c in COUNTING}
    dead = debugger.run("gdb-scripts-core", debugger.marked(commands), core=core)
    core.unlink()
    now, then = sections_of(live.partition("[Inferior 1")[0]), sections_of(dead)
    check_same(now, before)
    for address, said in whatis.items():
        assert without_fields(now[f"whatis {address}"]) == said, address
    check_fields(now)
    for monitor, ours in COUNTING.items():
        check_between(before[monitor], now[ours], after[monitor])
    for address in (a for a in addresses if re.fullmatch("[0-9a-f]{1,9}", a)):
        assert now[f"page {address}"] == page_lines(whatis[address]), address
    for command, pattern in SHOWN.items():
        assert re.search(pattern, now[command.removeprefix("terrier ")]), command
    assert now[FIRST_AREA] == before["vmallocinfo"].partition("\n")[0] + "\n"
    for command, said in now.items():
        assert then[command] == said, f"of the core: {command}"


def test_scripts_at_our_own_stub():
    """The same answers, of a machine that our own stub has stopped; each CPU that stands spins beside gdb."""
    port = debugger.free_port()
    with start("gdb-scripts-kgdb", debugger.STUBS["kernel"].args.format(port=port), "norandmaps kgdboc=ttyS1", cpus=1) as g:
        g.prompt()
        whatis = {a: g.command(f"whatis {a}") for a in ASKED_AGAIN + of_process(g)[:1]}
        said = {c: g.command(c) for c in SAME}
        commands = [f"terrier {c}" for c in (*SAME.values(), *(f"whatis {a}" for a in whatis))]
        now = sections_of(debugger.run("gdb-scripts-kgdb", [*debugger.marked(commands), "detach"],
                                       target=f"127.0.0.1:{port}").partition("[Inferior 1")[0])
    check_same(now, said)
    for address, answer in whatis.items():
        assert without_fields(now[f"whatis {address}"]) == answer, address

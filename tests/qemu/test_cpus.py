# SPDX-License-Identifier: MIT
"""Several CPUs: their numbers as Linux gives them, their start, and what they say when one breaks."""

import re
import socket
import subprocess
import time

import pytest

import guest
import test_kgdb

NOT_FOR_LONG = 120  # seconds: every CPU of QEMU's is a thread of this machine


def cpus(text):
    """number -> (APIC id, state, what it runs), of the `cpus` command."""
    rows = re.findall(r"^ *(\d+) +(0x[0-9a-f]+|0) (\S+) +\d+ +\d+ +\d+ +\d+  (\S+)$", text, re.M)
    return {int(cpu): (int(apic, 16), state, runs) for cpu, apic, state, runs in rows}


def boot(name, args, words="", run="cpus"):
    text, out = guest.run(name, args, run.split("; "), words, timeout=NOT_FOR_LONG)
    assert "WARNING" not in text, text
    return text, out


# Linux 6.1's "apicid" in /proc/cpuinfo, by processor.  Debian's was asked on q35 with one socket of
# six and on pc with two of eight and with maxcpus=4; the others are by its rule, the MADT's order
# after the boot CPU.  What messages say is by Linux's source.
ORDERS = {
    "2": [0, 1],
    "4": [0, 1, 2, 3],
    "8": list(range(8)),
    "6,sockets=2,cores=3,threads=1": [0, 1, 2, 4, 5, 6],
    "6,sockets=1,cores=3,threads=2": [0, 1, 2, 3, 4, 5],
    "8,sockets=2,cores=2,threads=2": list(range(8)),
    "2,maxcpus=4": [0, 1],
}


@pytest.mark.parametrize("smp", ORDERS)
@pytest.mark.parametrize("machine", ["q35", "pc"])
def test_numbers_are_linux_s(machine, smp):
    name = re.sub(r"\W", "-", smp)
    text, out = boot(f"smp-{machine}-{name}", f"-M {machine} -m 256M -nic none -smp {smp}")
    found = cpus(out["cpus"])
    assert [found[n][0] for n in sorted(found)] == ORDERS[smp], text
    assert all(state == "online" for _, state, _ in found.values()), text
    assert f"smp: Brought up 1 node, {len(ORDERS[smp])} CPUs" in text


def test_the_mp_table_lists_them_too():
    """SeaBIOS puts the first processor of each package into it."""
    text, out = boot("smp-mp", "-M pc,acpi=off -m 256M -nic none -smp 4,sockets=4")
    assert sorted(cpus(out["cpus"])) == [0, 1, 2, 3], text


SMALL = "-M q35 -m 256M -nic none"


@pytest.mark.parametrize("words, count", [("nosmp", 1), ("maxcpus=0", 1), ("maxcpus=2", 2), ("nr_cpus=3", 3),
                                          ("nr_cpus=99", 4)])
def test_limits(words, count):
    text, out = boot("smp-" + words.replace("=", "-"), SMALL + " -smp 4", words)
    assert len(cpus(out["cpus"])) == count, text
    assert ("NR_CPUS/possible_cpus limit" in text) == (count < 4), text


# Where the RAM below 1 MiB ends: the first whole page from above is the trampoline's, and was somebody's before.
LOW_PAGES = {0x9c000: 0x5465727269657221, 0x9d000: 0x0123456789abcdef, 0x9e000: 0xfa8cc88ed8dead01}


def test_sixty_four():
    """All come by one page of low memory, which holds afterwards what it held before."""
    loaded = "".join(f" -device loader,addr={addr:#x},data={data:#x},data-len=8" for addr, data in LOW_PAGES.items())
    text, out = boot("smp-64", SMALL + " -smp 64" + loaded,
                     run="cpus; selftest smpboot; " + "; ".join(f"md.q {addr:x} 1" for addr in LOW_PAGES))
    for addr, data in LOW_PAGES.items():
        assert int(out[f"md.q {addr:x} 1"].split()[1], 16) == data, text
    assert "smp: Brought up 1 node, 64 CPUs" in text
    assert [state for _, state, _ in cpus(out["cpus"]).values()] == ["online"] * 64
    assert re.search(r"^# pass:[1-9]\d* fail:0 skip:0$", out["selftest smpboot"], re.M), text


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_a_cpu_that_does_not_come():
    """It is named and left out.  gdb gives CPU 2 the id of a local APIC that there is not."""
    port = free_port()
    gdb = ["gdb", "-batch", "-nx", str(guest.ELF)]
    for line in ("set pagination off", f"target remote 127.0.0.1:{port}", "hbreak smp_init", "continue",
                 "set var cpu_apic_id[2] = 0x77", "delete", "detach"):
        gdb += ["-ex", line]
    with guest.Guest("smp-absent", f"{SMALL} -smp 4 -cpu max -S -gdb tcp:127.0.0.1:{port}",
                     'run="cpus; selftest smpboot; exit 0"', timeout=NOT_FOR_LONG) as g:
        subprocess.run(gdb, capture_output=True, text=True, timeout=NOT_FOR_LONG, check=True)
        g.wait()
    found = cpus(guest.sections(g.text)["cpus"])
    assert found[2] == (0x77, "offline", "-"), g.text
    assert [n for n in sorted(found) if found[n][1] == "online"] == [0, 1, 3], g.text
    assert "smp: CPU 2 (APIC id 0x77) does not come: it is left out" in g.text
    assert "smp: Brought up 1 node, 3 CPUs" in g.text
    assert "# pass:3 fail:0" in g.text, g.text


@pytest.mark.parametrize("how, headline", [("ud", "invalid opcode"), ("null", "page fault"),
                                           ("overflow", r"stack overflow of the swapper/2 stack")])
def test_a_fault_on_another_cpu(how, headline):
    """It is that one that reports, and the others stop and are shown."""
    with guest.Guest(f"smp-crash-{how}", SMALL + " -smp 4", "panic=-1", timeout=NOT_FOR_LONG) as g:
        g.prompt()
        here = g.type(f"crash {how} 2\n")
        g.wait()
        report = g.text[here:]
    assert re.search(rf"Kernel panic - not syncing: {headline}$", report, re.M), report
    assert re.search(r"vector \d+, error code \S+, CPU 2$", report, re.M), report
    others = re.findall(r"backtrace for cpu (\d)", report)
    assert others == ["0", "1", "3"], report
    assert report.index("backtrace for cpu 3") < report.index("end Kernel panic"), report
    assert re.search(r"backtrace for cpu [13] skipped: idling at cpu_startup_entry\+", report), report


def test_a_cpu_with_interrupts_off_is_stopped_and_shown():
    """Only an NMI comes through."""
    with guest.Guest("smp-hang", SMALL + " -smp 2", "panic=-1", timeout=NOT_FOR_LONG) as g:
        g.prompt()
        g.command("crash hang 1")
        while "cpu 1 skipped" in (shown := g.command("cpus -b 1")):  # it is still on its way there
            pass
        assert re.search(r"backtrace for cpu 1\n.*Call Trace:\n.*crash_hang\+", shown), shown
        here = g.type("panic\n")
        g.wait()
        report = g.text[here:]
    assert re.search(r"backtrace for cpu 1\n(.*\n)*?.*crash_hang\+(.*\n)*.*end Kernel panic", report), report
    assert "does not stop" not in report


def test_backtraces_of_all():
    text, out = boot("smp-backtraces", SMALL + " -smp 3", run="cpus -b; cpus -b 1; cpus -b 3")
    shown = out["cpus -b"]
    assert re.findall(r"backtrace for cpu (\d)", shown) == ["0", "1", "2"], shown
    assert re.search(r"cpu \d, which asks(.|\n)*monitor_execute[.\w]*\+", shown), shown
    assert re.findall(r"backtrace for cpu (\d)", out["cpus -b 1"]) == ["1"]
    assert "usage" in out["cpus -b 3"]


def test_a_deaf_cpu_is_found():
    """Once, with where it is; thresh 1 s, of which those count that a debugger lets go by: not the 2 s here."""
    path = guest.LOGS / "smp-watchdog.sock"
    path.unlink(missing_ok=True)
    port = f" -chardev socket,id=gdb,path={path},server=on,wait=off -serial chardev:gdb"
    with guest.Guest("smp-watchdog", SMALL + " -smp 3" + port, "watchdog_thresh=1 kgdboc=ttyS1", timeout=NOT_FOR_LONG,
                     audit=False) as g:
        g.prompt()
        here = g.type("crash hang 1\n")
        time.sleep(0.8)  # it has been asked
        gdb = test_kgdb.Line(path)
        gdb.socket.sendall(b"\x03")
        assert b"T02" in gdb.ask(b"?")
        time.sleep(2)
        assert "LOCKUP" not in g.text
        assert gdb.ask(b"D") == b"OK"
        g.expect(r"LOCKUP on cpu 1: no interrupt taken for 1 s\n", here)
        g.expect(r"watchdog: Watchdog detected hard LOCKUP on cpu 1(.|\n)*crash_hang\+(.|\n)*secondary_startup\+",
                 here)
        g.command("cpus -b 2")  # goes on
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            g._read_some()
        assert g.text.count("hard LOCKUP") == 1, g.text[here:]


def test_an_idle_machine_is_left_alone():
    text, out = boot("smp-idle", SMALL + " -smp 3", "watchdog_thresh=1",
                     run="selftest smpboot.an_idle_machine_is_left_alone")
    assert "# pass:1 fail:0 skip:0" in text, text
    assert "LOCKUP" not in text

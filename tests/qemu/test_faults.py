# SPDX-License-Identifier: MIT
"""What must not be survived is reported: who, where, by which way."""

import re
import sys
import time

import pytest

import debugger
import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import archive  # noqa: E402

# What struck, by the error code (SDM 3A, figure 4-12), and the entry that refused it: its bits P, RW and XD (4.5).
CASES = {
    "null": r"page fault: supervisor read at address 0{16}: page not present: NULL pointer dereference\n"
            r".*page table: no entry 0{16}\n",
    "nx": r"page fault: supervisor instruction fetch at address (ffffffff8[0-9a-f]{7}): page is not executable \(NX\)\n"
          r".*page table: 4 KiB entry 8[0-9a-f]{14}[37bf]\n.*"
          r"RIP: 0010:\[<\1>\] no code; called from crash_nx\+(.|\n)*Code: RIP is not in the kernel's text\n",
    "ro": r"page fault: supervisor write at address (ffffffff8[0-9a-f]{7}): page is read-only\n"
          r".*page table: 4 KiB entry 8[0-9a-f]{14}[159d]\n(.|\n)*CR2: \1 ",
    "ud": r"invalid opcode: vector 6, error code 0x0000, CPU 0\n(.|\n)*Code:( [0-9a-f]{2}){24} <0f> 0b( [0-9a-f]{2}){18}\n",
    "gp": r"general protection fault: vector 13, error code 0x0000, CPU 0\n.*RIP: 0010:\[<[0-9a-f]{16}>\] crash_gp\+",
    "overflow": r"double fault: stack overflow of the init stack \(ffffc9[0-9a-f]{10}-ffffc9[0-9a-f]{7}fff\)\n",
}


@pytest.mark.parametrize("how", CASES)
def test_crash_is_reported(how):
    with guest.Guest(f"crash-{how}", guest.Q35, "panic=-1") as g:
        g.prompt()
        here = g.type(f"crash {how}\n")
        g.wait()
        report = g.text[here:]
    assert re.search(CASES[how], report, re.I), report
    assert re.search(r"RIP: .*\+0x[0-9a-f]+/0x[0-9a-f]+", report), report
    assert re.search(r"CR2: [0-9a-f]{16}", report), report
    assert "Kernel panic" in report
    assert re.search(r"Call Trace:(.|\n)*monitor_execute[.\w]*\+0x", report), report


# What the report goes through on its way is broken, by gdb: it goes on where no code is.
IN_THE_REPORT = """
thbreak show_code
continue
set $pc = 8
detach
"""


def test_fault_in_a_report():
    """It costs the rest of the report, not its end: a line that says so, the panic, and what the panic does."""
    port, script = debugger.free_port(), guest.LOGS / "in-report.gdb"
    guest.LOGS.mkdir(parents=True, exist_ok=True)
    script.write_text(IN_THE_REPORT)
    with guest.Guest("fault-in-report", guest.Q35, 'panic=-1 run="crash ud"', timeout=30,
                     extra=f"-S -gdb tcp:127.0.0.1:{port}") as g:
        debugger.run("in-report", [f"source {script}"], elf=guest.ELF, target=f"127.0.0.1:{port}")
        g.wait()
    assert re.search("^(.*] )?page fault at 0x8 while reporting, CR2 0000000000000008$", g.text, re.M), g.text[-3000:]
    assert re.search("Kernel panic - not syncing: exception in the report of an exception$", g.text, re.M)


def test_panic_command():
    """A panic= above 0 is how long a person may read it (Linux: kernel-parameters.txt, in Linux's words)."""
    with guest.Guest("panic", guest.Q35, "panic=1") as g:
        g.prompt()
        here = g.type("panic\n")
        g.wait()
    assert re.search(r"Kernel panic(.|\n)*monitor_execute[.\w]*\+0x", g.text[here:])
    assert re.search(r"---\[ end Kernel panic \]---\n.*Rebooting in 1 seconds\.\.\n$", g.text), g.text[-500:]


def test_a_system_call_that_faults(tmp_path):
    """The way goes to where the program called from, and no further."""
    a = archive.Archive()
    a.add_busybox()
    a.add_text("init", '#!/bin/sh\nexec 9<>/dev/monitor\necho "crash null" >&9\ncat <&9\n')
    a.write(tmp_path / "initrd")
    with guest.Guest("crash-in-call", f"{guest.Q35} -cpu max -initrd {tmp_path / 'initrd'}", "panic=-1",
                     elf=guest.KERNEL_ELF) as g:
        g.wait()
    assert re.search(r"RIP: 0010:.* crash_null\+(.|\n)*Call Trace:\n.* crash_null\+(.|\n)* cmd_crash\+(.|\n)* --- from user mode, at 0000[0-9a-f]{12} ---\n"
                     r".*Kernel panic - not syncing: page fault\n", g.text), g.text[-4000:]


@pytest.mark.parametrize("cpu", ["", " 1"], ids=["boot CPU", "another"])
def test_a_smashed_stack_is_noticed(cpu):
    """The function that wrote over its canary is named when it returns: kernel/core/stack_protector.h."""
    with guest.Guest(f"smash{cpu.strip()}", "-M q35 -m 128M -smp 2 -nic none", "panic=-1") as g:
        g.prompt()
        here = g.type(f"crash smash{cpu}\n")
        g.wait()
    assert re.search(r"Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: crash_smash\+0x",
                     g.text[here:]), g.text[here:]


@pytest.mark.parametrize("how", ["ud", "gp"])
def test_no_false_stack_overflow(how):
    """CR2 still holds a guard page's address from a fault long survived."""
    with guest.Guest(f"stale-cr2-{how}", guest.Q35, "panic=-1") as g:
        g.prompt()
        assert "# pass:1 fail:0" in g.command("selftest pgtable.stacks_have_guard_pages")
        here = g.type(f"crash {how}\n")
        g.wait()
    name = {"ud": "invalid opcode", "gp": "general protection fault"}[how]
    assert re.search(rf"Kernel panic - not syncing: {name}$", g.text[here:], re.M), g.text[here:]
    assert "overflow" not in g.text[here:]


# gdb stops the machine amid nofault_read(), at its MOV of 32 bits and then behind its LFENCE, and the next two times at
# the MOV again.  The third error is in a bank that all CPUs have; the last one is behind what the command before printed,
# when each CPU is done with the one before.
AMID_A_PROBE = """
thbreak cmd_md
continue
python
start = int(gdb.parse_and_eval("(unsigned long)nofault_read"))
code = gdb.selected_inferior().architecture().disassemble(start, start + 256)
mov = next(n for n, i in enumerate(code) if i["asm"].startswith("mov ") and i["asm"].endswith("),%esi"))
assert code[mov + 1]["asm"] == "lfence"
def strike(place, all, bank, cpus):
    gdb.execute(f"thbreak *{code[place]['addr']}")
    gdb.execute("continue")
    cpu = gdb.selected_thread().num - 1
    for n in range(cpus):
        gdb.execute(f"monitor mce {all} {(cpu + n) % 3} 1 {bank:#x} 0x5 0x12345678 0")
strike(mov, "-b", 0xb400000000000e0b, 1)
strike(mov + 2, "", 0xb400000000000135, 1)
strike(mov, "", 0xb400000000000136, 3)
gdb.execute("thbreak cmd_md")
gdb.execute("continue")
strike(mov, "-b", 0xb600000000000135, 1)
gdb.execute("detach")
end
"""


def test_machine_checks():
    """QEMU's `mce`: bank 1, uncorrected errors; without CR4.MCE the CPU shuts down.  About an access that may
    fail the kernel goes on, but not where the processor's state is lost (PCC, bit 57; SDM 3B, 15.9).  With -b all CPUs
    are told, as by Intel's, and one of them tells; the second is told to one only, and the others are waited for."""
    port, script = debugger.free_port(), guest.LOGS / "mce.gdb"
    guest.LOGS.mkdir(parents=True, exist_ok=True)
    script.write_text(AMID_A_PROBE)
    words = 'panic=-1 iomem=relaxed run="md.l fed00000 1; md.l fed00000 1; interrupts; md.l fed00000 1"'
    with guest.Guest("mce", f"{guest.Q35} -cpu Nehalem -smp 3", words, timeout=30, extra=f"-S -gdb tcp:127.0.0.1:{port}") as g:
        debugger.run("mce", [f"source {script}"], elf=guest.ELF, target=f"127.0.0.1:{port}")
        g.wait()
    _, first, shared, last = g.text.split("=== md.l fed00000 1\n")
    assert re.search(r"bank 1: status b400000000000e0b: uncorrected error, code 0x0e0b: I/O$", first, re.M), first
    assert re.search("code 0x0135: cache level 1, data: data read$", first, re.M), first
    assert "bank 1: address 0000000012345678\n" in first
    assert "\nmd.l: reading at 0xfed00000 machine-checks: vector 18, error code 0x0\n" in first, first
    broadcast, _, alone = first.partition("told to 3 CPUs, and 1 came\n")
    assert alone and re.findall(r"CPU (\d): global status 0000000000000005$", broadcast, re.M)[:3] == ["0", "1", "2"], first
    assert shared.count("bank 1: status b400000000000136: ") == 3 and "and 1 came" not in shared, shared
    counts = [int(n) for n in re.search(r"^MCE: +(\d+) +(\d+) +(\d+) ", shared, re.M).groups()]
    assert sorted(counts) == [2, 2, 3], shared
    assert last.count("Kernel panic") == 1 + last.count("end Kernel panic") and "does not stop" not in last, last
    assert "machine check: vector 18" in last and "data read; the processor's state is lost\n" in last, last
    assert re.search(r"Kernel panic - not syncing: machine check$", last, re.M), last


def assert_broken_promise(command, expected):
    """It panics, and says what, where, and who."""
    with guest.Guest(command.replace(" ", "-"), guest.Q35, "panic=-1") as g:
        g.prompt()
        here = g.type(f"{command}\n")
        g.wait()
    assert re.search("Kernel panic.*" + expected, g.text[here:]), g.text[here:]


# Both places: where it was done, and where the lock was taken before.
LOCKS = {
    "twice": r"one_lock\+.*CPU 0 takes it twice: at cmd_lockcrash\+\S+, and has it since "
             r"cmd_lockcrash\+",
    "free": r"one_lock\+.*CPU 0 gives it back at cmd_lockcrash\+\S+ and it is free",
    "foreign": r"one_lock\+.*CPU 0 gives it back at cmd_lockcrash\+\S+, but CPU 6 has it since",
    "sleep": r"sleeping at cmd_lockcrash\+\S+ with spinlock one_lock\+\S+ held since "
             r"cmd_lockcrash\+",
    "sleep-irq": r"sleeping at cmd_lockcrash\+\S+ with interrupts off",
    "sleep-preempt": r"sleeping at cmd_lockcrash\+\S+ with preemption off",
    "work": r"sleeping at process_one_work\+\S+ with spinlock one_lock\+",
}


@pytest.mark.parametrize("how", LOCKS)
def test_broken_promise_of_a_lock(how):
    assert_broken_promise(f"lockcrash {how}", LOCKS[how])


# The threads are named, and the place.
MUTEXES = {
    "twice": r"mutex test_mutex\+.*thread init takes it twice, at cmd_mutexcrash\+",
    "free": r"mutex test_mutex\+.*thread init gives it back, at cmd_mutexcrash\+\S+, and nobody has it",
    "foreign": r"mutex test_mutex\+.*thread init gives it back, at cmd_mutexcrash\+\S+, and lock7 has it",
    "write-twice": r"rwsem test_sem\+.*thread init, its writer, takes it twice, at cmd_mutexcrash\+",
    "read-own": r"rwsem test_sem\+.*thread init, its writer, takes it twice, at cmd_mutexcrash\+",
    "up-read": r"rwsem test_sem\+.*thread init, which does not read, gives it back, at cmd_mutexcrash\+",
    "up-write": r"rwsem test_sem\+.*thread init gives it back, at cmd_mutexcrash\+\S+, and nobody writes",
    "atomic": r"sleeping at cmd_mutexcrash\+\S+ with preemption off",
}


@pytest.mark.parametrize("how", MUTEXES)
def test_broken_promise_of_a_mutex(how):
    assert_broken_promise(f"mutexcrash {how}", MUTEXES[how])


def test_stack_overflow_of_a_thread():
    """It is called what it is, with the thread's name, and the trace ends where threads begin."""
    with guest.Guest("thread-overflow", guest.Q35, "panic=-1") as g:
        g.prompt()
        here = g.type("threadcrash overflow\n")
        g.wait()
    report = g.text[here:]
    assert "Kernel panic - not syncing: stack overflow of the deep/5 stack" in report, report
    assert re.search(r"recurse\+\S+\n.*and \d+ more of it\n.*overflow\+\S+\n.* kthread\+\S+\n"
                     r".* ret_from_fork\+\S+\n", report), report


def test_one_cpu_reports():
    """All fault at a time: the first one's report is whole, and the others stop."""
    with guest.Guest("second-report", guest.Q35 + " -smp 4", "panic=-1") as g:
        g.prompt()
        here = g.type("lockcrash second\n")
        g.wait()
        report = g.text[here:]
    assert report.count("invalid opcode: vector") == 1, report
    assert report.count("Kernel panic - not syncing: invalid opcode") == 1, report
    assert len(re.findall(r"backtrace for cpu \d", report)) == 3, report


REBOOTS = "-action reboot=reset"  # and not -no-reboot's end


@pytest.mark.parametrize("kind", ["q35", "pc"])
def test_panic_can_be_reset_and_powered_off(kind):
    """
    Keys typed before the panic are not meant for it.  QEMU boots -kernel once, the ISO again.  A machine check
    that wakes a CPU which the panic has stopped is the panicking one's to tell, though it saw nothing itself.
    """
    args = {"q35": guest.Q35, "pc": guest.PC}[kind] + " -cpu Nehalem -smp 2"
    with guest.Guest(f"panic-keys-{kind}", args, extra=REBOOTS, hmp=True) as g:
        g.prompt()
        here = g.type("panic\nrq\n")
        g.expect(r"r resets the machine, q takes its power off\n", here)
        here = g.type("xyzr")
        g.prompt(here)
        here = g.type("crash df\n")
        g.expect(r"r resets the machine, q takes its power off\n", here)
        here = len(g.text)
        g.hmp("mce -b 1 1 0xb600000000000135 0x5 0x12345678 0")
        g.expect(r"machine check at .* while reporting(.|\n)*r resets the machine, q takes its power off\n", here)
        here = g.type("q")
        assert g.wait() == 0
        assert "Terrier" not in g.text[here:]


def test_panic_without_a_register_for_it():
    """acpi=off: nothing knows how to take the power off, and a reset is still there."""
    with guest.Guest("panic-noacpi", guest.Q35, "acpi=off") as g:
        g.prompt()
        g.type("panic\n")
        g.expect(r"r resets the machine")
        here = g.type("q")
        g.expect(r"nothing here can take the power off\n", here)
        g.type("r")
        assert g.wait() == 0


def test_panic_leaves_qemu_its_keys():
    """Ctrl-A X stands behind more keys than the UART holds."""
    with guest.Guest("panic-mux", guest.Q35, serial="mon:stdio") as g:
        g.prompt()
        g.type("panic\n")
        g.expect(r"r resets the machine")
        g.type("a line that nobody wants" * 10 + "\x01x")
        assert g.wait() == 0

# SPDX-License-Identifier: MIT
"""The kernel's own stub: Debian's gdb at the second serial port, and bytes that are no gdb's."""

import contextlib
import random
import re
import select
import shutil
import socket
import subprocess
import sys
import time

import pytest

import guest

USER = guest.ROOT / "tests" / "user"
sys.path[:0] = [str(USER)]

import archive  # noqa: E402

# A second after gdb has let the machine go it is interrupted as by ^C.
HELPERS = """
set pagination off
set confirm off
python
import os, signal, threading
def interrupt(seconds=1):
    threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
def value(text):
    return int(gdb.parse_and_eval(text)) & 2**64 - 1
def fails(command):
    try:
        gdb.execute(command)
    except gdb.error as error:
        print("refused:", error)
end
"""


@contextlib.contextmanager
def machine(name, words, elf=guest.KERNEL_ELF, extra="", **options):
    """A guest whose second port is a socket: (guest, its path)."""
    path = guest.LOGS / f"{name}.sock"
    path.unlink(missing_ok=True)
    port = f"-chardev socket,id=kgdb,path={path},server=on,wait=off -serial chardev:kgdb"  # "gdb" is QEMU's own
    with guest.Guest(name, f"{guest.Q35} {port} {extra}", f"kgdboc=ttyS1 {words}", elf=elf, timeout=120,
                     **options) as g:
        while not path.exists():
            time.sleep(0.05)
            assert g.process.poll() is None, "QEMU has ended"
        yield g, path


def gdb(name, path, script, elf=guest.KERNEL_ELF):
    """What gdb printed of a script; it attaches first."""
    file = guest.LOGS / f"{name}.gdb"
    file.write_text(f"{HELPERS}\nset remotetimeout 5\ntarget remote {path}\n{script}\necho done\\n\n")
    out = subprocess.run(["gdb", "-nx", "-batch", str(elf), "-x", str(file)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=120)
    text = out.stdout
    (guest.LOGS / f"{name}.out").write_text(text)
    return text


def shown(text, name):
    """What stands between the echoed name and the next one."""
    return text.split(f"\n=== {name}\n")[1].split("\n=== ")[0]


# Instructions that gdb writes over a function nobody calls, and steps: what each leaves of IF.
STEPS = """
echo \\n=== steps\\n
python
saved = {r: value("$" + r) for r in ("rip", "rsp", "rax", "rbx", "eflags")}
base = value("(unsigned long)cmd_panic") + 16
old = gdb.selected_inferior().read_memory(base, 32)
code = bytes.fromhex("fa fb 9c 58 fa 9c 5b 50 9d f4 90 48cf".replace(" ", ""))
gdb.selected_inferior().write_memory(base, code)
gdb.execute(f"set $rip = {base}")
for name in "cli sti pushf pop cli pushf pop push popf hlt nop".split():
    gdb.execute("stepi", to_string=True)
    flags = value("$eflags")
    print("step", name, value("$rip") - base, "IF" if flags & 0x200 else "-", "TF" if flags & 0x100 else "-")
print("pushed", hex(value("$rax") & 0x300), hex(value("$rbx") & 0x300))
# IRET to the NOP, with another stack pointer and interrupts off.
frame = saved["rsp"] - 256
for n, word in enumerate((base + 10, value("$cs"), 0x2, saved["rsp"] - 128, value("$ss"))):
    gdb.execute(f"set *(unsigned long *){frame + 8 * n} = {word}")
gdb.execute(f"set $rsp = {frame}")
gdb.execute(f"set $rip = {base + 11}")
gdb.execute("stepi", to_string=True)
print("iret", value("$rip") - base, saved["rsp"] - value("$rsp"), hex(value("$eflags") & 0x300))
gdb.selected_inferior().write_memory(base, bytes(old))
for register, word in saved.items():
    gdb.execute(f"set ${register} = {word}")
end
"""

FIRST = f"""
echo === first\\n
backtrace
info threads
print $cs
set $here = $pc
set $pc = 0
stepi
set $pc = $here
tbreak cpu_init
signal 0
print/d boot_cpu.phys_bits
next
print boot_cpu.vendor
tbreak e820__memory_setup
continue
echo \\n=== memory map\\n
info mem
tbreak init_mem_mapping
continue
echo \\n=== breakpoint\\n
backtrace 2
finish
watch nr_cpu_ids
continue
echo \\n=== watch\\n
backtrace 2
delete
hbreak virtio_init
continue
echo \\n=== hardware\\n
info threads
delete
{STEPS}
echo \\n=== memory\\n
python fails("print *(int *)0")
python fails("print *(int *)0xdead000000000000")
python fails("set var *(int *)0xffff888fffffff00 = 1")
print/x *(unsigned *)hpet_regs
print/x *(unsigned long *)hpet_regs
set $old = *(unsigned char *)cmd_panic
set var *(unsigned char *)cmd_panic = 0x90
print/x *(unsigned char *)cmd_panic
set var *(unsigned char *)cmd_panic = $old
python fails("break *trap_dispatch\\ncontinue")
delete
info auxv
echo \\n=== iomem\\n
monitor iomem
echo \\n=== lspci\\n
monitor lspci
echo \\n=== monitor fails\\n
monitor crash null
stepi
print $pc
python interrupt()
continue
echo \\n=== idle\\n
info threads
monitor ps
thread apply all -q backtrace 1
detach
"""


def test_from_the_first_line_to_the_monitor():
    with machine("kgdb", "kgdbwait", extra="-smp 2") as (g, path):
        out = gdb("kgdb", path, FIRST)
        assert out.rstrip().endswith("done"), out[-2000:]
        ours = g.command("iomem")

    first = shown("\n" + out, "first")
    # It stands in a line of kmain() itself, before those that look at the CPU; faults come to gdb from here on.
    assert re.search(r"^#0 +kmain .* at kernel/main\.c:\d+$", first, re.M), first
    assert "received signal SIGSEGV" in first, first
    assert re.search(r"breakpoint 1, cpu_init .*\n\d+.*\n\$2 = 36\n\d+\t.*\n\$3 = \"\w+\"\n", first), first
    assert re.search(r"breakpoint 2, e820__memory_setup ", first), first
    assert re.search(r'Thread 1000000 "boot" \(on CPU 0\)', first) and "$1 = 16" in first, first
    assert "0xffffffff80000000 0xffffffffa0000000 rw" in shown(out, "memory map")
    assert re.search(r"#0 +init_mem_mapping .*\n#1 .* in setup_memory ", shown(out, "breakpoint"))
    assert re.search(r"Old value = 1\nNew value = 2\n", shown(out, "breakpoint")), shown(out, "breakpoint")
    assert re.search(r"#0 .* percpu_init .*\n", shown(out, "watch"))
    hardware = shown(out, "hardware")
    assert re.search(r'\* \d+ +Thread 1 "init" \(on CPU \d\) +virtio_init ', hardware), hardware
    assert re.search(r'"\S+" \(waits in (?!ret_from_fork).*finish_task_switch', hardware), hardware
    assert re.search(r'"swapper/\d" \(on CPU \d\)', hardware), hardware

    steps = shown(out, "steps")
    want = [("cli", "-"), ("sti", "IF"), ("pushf", "IF"), ("pop", "IF"), ("cli", "-"), ("pushf", "-"),
            ("pop", "-"), ("push", "-"), ("popf", "IF"), ("hlt", "IF"), ("nop", "IF")]
    for n, (name, flag) in enumerate(want, 1):
        assert f"step {name} {n} {flag} -\n" in steps, steps
    assert "pushed 0x200 0x0\n" in steps and "iret 10 128 0x0" in steps, steps

    memory = shown(out, "memory")
    assert memory.count("refused: Cannot access memory at address 0x") >= 3, memory
    # QEMU's HPET: its id and revision, and the period above (hw/timer/hpet.c).
    assert "= 0x8086a201\n" in memory and "= 0x9896808086a201\n" in memory, memory
    assert "= 0x90\n" in memory, memory
    assert re.search(r"Cannot insert breakpoint \d+\.", memory, re.S), memory
    assert "4096" in memory and "AT_PAGESZ" in memory or "System page size" in memory, memory

    assert shown(out, "iomem") == "\n".join(ours.rstrip("\n").split("\n")) or \
        "System RAM" in shown(out, "iomem")
    assert re.search(r"^00:1f\.2 Class 0106: 8086:2922", shown(out, "lspci"), re.M)
    assert "monitor: crash null: page fault; it is given up\n" in shown(out, "monitor fails")
    idle = shown(out, "idle")
    assert "received signal SIGINT" in shown(out, "monitor fails") and "safe_halt" in idle, idle
    assert re.search(r"^ +1 I .* init +monitor_getchar", idle, re.M), idle


CRASH = """
continue
echo \\n=== fault\\n
backtrace 3
print/x $cr2
signal 0
echo \\n=== again\\n
backtrace 1
set $rip = $rip + 3
python interrupt(2)
signal 0
echo \\n=== hang\\n
thread 2
backtrace 2
print $eflags
python interrupt()
next
echo \\n=== range\\n
backtrace 2
print $eflags
set $rip = (unsigned long)cmd_panic
set $rsi = 1
set $rsp = $rsp - 8
continue
echo \\n=== panic\\n
backtrace 2
monitor dmesg
kill
"""


def test_faults_and_panics_stop_in_gdb():
    """One that gdb mends goes on, and ^C finds a CPU that has interrupts off; `kill` resets the machine."""
    with machine("kgdb-crash", 'kgdbwait run="crash null; crash hang"') as (g, path):
        out = gdb("kgdb-crash", path, CRASH)
        g.wait()
    assert "received signal SIGSEGV" in out and "= 0x0\n" in shown(out, "fault"), out
    assert re.search(r"#0 .*crash_null .*\n#1 .*cmd_crash ", shown(out, "fault")), out
    assert re.search(r"#0 .*crash_null ", shown(out, "again")), out
    assert "received signal SIGINT" in shown(out, "again"), out
    assert re.search(r"crash_hang .*\n", shown(out, "hang")) and " IF " not in shown(out, "hang"), out
    # ^C ends the steps through a line that is not left, too, and not amid the trap of one.
    assert "received signal SIGINT" in shown(out, "hang") and " TF " not in shown(out, "range"), out
    assert re.search(r"^#[01] .*crash_hang ", shown(out, "range"), re.M), out
    assert "Kernel panic - not syncing: asked for at the monitor\n" in shown(out, "range"), out
    assert "received signal SIGABRT" in shown(out, "range"), out
    assert re.search(r"#0 +panic .*\n#1 .* in cmd_panic ", shown(out, "panic")), out
    assert "] Command line: " in shown(out, "panic"), out
    assert "=== crash hang" in g.text and "Kernel panic" not in g.text, g.text[-2000:]


# It counts in RBX, and asks for its pid each time, until XMM5 has been changed.  Then it sleeps, and writes what FS's and GS's bases say.
PROGRAM = """
.globl _start
_start: mov $158, %eax          # arch_prctl(ARCH_SET_FS, message)
        mov $0x1002, %edi
        lea message(%rip), %rsi
        syscall
        movups pattern(%rip), %xmm5
        fld1
again:  inc %rbx
        mov $39, %eax
        syscall
        inc %r12
        movq %xmm5, %rax
        cmp pattern(%rip), %rax
        je again
        mov $35, %eax           # nanosleep: another thread runs
        lea moment(%rip), %rdi
        xor %esi, %esi
        syscall
        mov %fs:0, %rsi
        call write
        mov %gs:0, %rsi
        call write
        mov $60, %eax           # exit
        xor %edi, %edi
        syscall
write:  mov $1, %eax
        mov $1, %edi
        mov $8, %edx
        syscall
        ret
.data
.balign 16
pattern: .quad 0x1122334455667788, 0x99aabbccddeeff00
moment: .quad 0, 1000000
message: .quad 1f
1:      .ascii "message\\n"
newfs:  .quad 1f
1:      .ascii "changed\\n"
newgs:  .quad 1f
1:      .ascii "as well\\n"
"""

IN_PROGRAM = """
python interrupt(3)
continue
hbreak *AGAIN
continue
delete
echo \\n=== program\\n
print/x $cs
print/x $xmm5.uint128
print/x $fs_base
print $st0
printf "x87 %#x %#x\\n", $ftag, $fctrl
print/x $mxcsr
print/x *(unsigned long *)PATTERN
x/i $pc
python
for _ in range(4):
    gdb.execute("stepi", to_string=True)
    print("at", value("$rip") - AGAIN, value("$cs"), hex(value("$eflags") & 0x300))
end
info threads
set $xmm5.v2_int64[0] = 5
set $fs_base = NEWFS
set $gs_base = NEWGS
monitor ps
detach
"""


def test_a_programs_thread(tmp_path):
    source, program, initrd = tmp_path / "p.s", tmp_path / "p", tmp_path / "initrd"
    source.write_text(PROGRAM)
    subprocess.run(["gcc", "-nostdlib", "-static", "-o", program, source], check=True)
    symbols = dict(reversed(line.split()[::2]) for line in
                   subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout.splitlines())
    script = re.sub("AGAIN|PATTERN|NEWFS|NEWGS", lambda word: "0x" + symbols[word[0].lower()], IN_PROGRAM)
    with archive_of(program, initrd), machine("kgdb-program", "", extra=f"-initrd {initrd}") as (g, path):
        g.expect("Boot: ")
        out = gdb("kgdb-program", path, script)
        assert out.rstrip().endswith("done"), out[-2000:]
        g.expect("^changed\nas well$")
    text = shown(out, "program")
    assert "= 0x33\n" in text and f"= 0x{int(symbols['message'], 16):x}\n" in text, text
    assert "= 0x99aabbccddeeff001122334455667788\n" in text and "= 0x1122334455667788\n" in text, text
    # One register is in use, and which is all 64 bits of FXSAVE's (SDM 1, 8.1.7); the control words are those of reset.
    assert " = 1\n" in text and "x87 0x3fff 0x37f\n" in text and "= 0x1f80\n" in text, text
    assert "inc    %rbx" in text
    # Past SYSCALL, and the INC behind it, in one step, and never with TF or without IF to be seen.
    assert re.findall(r"^at (\d+) 51 0x200$", text, re.M) == ["3", "8", "13", "18"], text
    assert re.search(r'\* \d+ +Thread 1 "init" \(on CPU 0\)', text), text


# work() gets a breakpoint, and other() is written over.  Three run work(): the program, a child that it forks, and itself once more by exec().
CALLER = r"""
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char __executable_start[];
__attribute__((noinline)) int work(int n) { __asm__ volatile("" : "+r"(n)); return 3 * n; }
__attribute__((noinline, aligned(4096))) int other(void) { int n = 5; __asm__ volatile("" : "+r"(n)); return n; }
/* Is the code in memory that of the file? */
static const char *code_of(const void *function)
{
	char file[8];
	int fd = open("/proc/self/exe", O_RDONLY);
	pread(fd, file, sizeof(file), (char *)function - __executable_start);
	close(fd);
	return memcmp(file, function, sizeof(file)) ? "changed" : "as in the file";
}
static const char *code(void) { return code_of(work); }
static int in_child(void)
{
	int status;
	if (fork() == 0)
		_exit(work(2) + (strcmp(code(), "changed") == 0));
	wait(&status);
	return status;
}
int main(int argc, char **argv)
{
	printf("other %d, code %s\n", other(), code_of(other));
	if (argc == 1)
		printf("work %d, code %s\n", work(1), code());
	printf("child %#x\n", in_child());
	printf("work %d, code %s\n", work(4), code());
	fflush(stdout);
	if (argc == 1)
		execl("/proc/self/exe", "again", "again", NULL);
	return 0;
}
"""

IN_CALLER = """
add-symbol-file PROGRAM
thbreak main
continue
python
other = value("(unsigned long)other")
gdb.selected_inferior().write_memory(other, bytes.fromhex("b82a000000c3"))  # mov $42, %eax; ret
print("=== written", bytes(gdb.selected_inferior().read_memory(other, 6)).hex())
fails("set var *(int *)16 = 1")
end
break work
continue
echo \\n=== hit\\n
backtrace 2
print n
x/i $pc
stepi
continue
echo \\n=== again\\n
print n
python interrupt(1.5)
continue
echo \\n=== ended\\n
detach
"""


def test_breakpoint_in_a_program(tmp_path):
    """It is the process's alone: its file, the child and the next program have the code as it was."""
    source, program, initrd = tmp_path / "c.c", tmp_path / "caller", tmp_path / "initrd"
    source.write_text(CALLER)
    subprocess.run(["gcc", "-static", "-O1", "-g", "-o", program, source], check=True)
    with archive_of(program, initrd), machine("kgdb-break", "kgdbwait", extra=f"-smp 2 -initrd {initrd}") as (g, path):
        out = gdb("kgdb-break", path, IN_CALLER.replace("PROGRAM", str(program)))
        assert out.rstrip().endswith("done"), out[-2000:]
        g.expect("^work 12, code as in the file$")
    assert "=== written b82a000000c3\nrefused: Cannot access memory at address 0x10\n" in out, out
    hit, again = shown(out, "hit"), shown(out, "again")
    assert re.search(r"#0  work \(n=n@entry=1\) .*\n#1 .* in main ", hit) and "=> 0x" in hit and "lea " in hit, hit
    assert "hit Breakpoint 2, work (n=n@entry=4)" in hit and "= 4\n" in again, out
    assert re.search(r"^kgdb: the breakpoint at 0x40[0-9a-f]{4} went with its process\n(.|\n)*received signal SIGINT",
                     again, re.M), again
    assert re.search(r"^other 42, code changed\nwork 3, code changed\nchild 0x600\nwork 12, code changed\n"
                     r"other 5, code as in the file\nchild 0x600\nwork 12, code as in the file$", g.text, re.M), g.text[-1000:]


@contextlib.contextmanager
def archive_of(program, out):
    a = archive.Archive()
    a.add_file("init", program, 0o755)
    a.write(out)
    yield


def packet(data):
    return b"$" + data + b"#%02x" % (sum(data) & 0xff)


def address_of(symbol):
    nm = subprocess.run(["nm", guest.KERNEL_ELF], capture_output=True, text=True, check=True).stdout
    return int(re.search(rf"^(\w+) \w {symbol}$", nm, re.M)[1], 16)


class Line:
    """The other end of the port, without a gdb."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(120)
        self.socket.connect(str(path))
        self.kept = b""

    def ask(self, data):
        self.socket.sendall(packet(data))
        return self.answer(packet(data))

    def answer(self, again=b""):
        """The next packet; what the other end has not understood is sent again, as gdb does."""
        while not (found := re.search(rb"\$([^#]*)#[0-9a-f]{2}", self.kept)):
            if self.kept.lstrip(b"+").startswith(b"-"):
                self.kept = b""
                self.socket.sendall(again)
            self.kept += self.socket.recv(4096)
        self.kept = self.kept[found.end():]
        self.socket.sendall(b"+")
        return re.sub(rb"(.)\*(.)", lambda m: m[1] * (m[2][0] - 28), found[1], flags=re.S)  # what repeats is counted

    def drop_answers(self):
        """To what was no packet: until a packet behind it is answered."""
        self.socket.sendall(packet(b"qXfer:exec-file:read::0,40"))
        while b"$lterrier.elf#" not in self.kept:
            self.kept += self.socket.recv(65536)
        while select.select([self.socket], [], [], 0.5)[0]:
            self.socket.recv(65536)
        self.kept = b""


def test_bytes_that_are_no_packets():
    """
    Cut, huge and random ones change nothing, and a client that leaves does not keep the next one out.
    Who stops and goes often leaves no NMI behind that nobody sent, and takes none that is another's.  Of a machine
    check that comes to another CPU while one talks, the talking one dies: the other one waits for its turn to talk.
    """
    rng = random.Random(12)
    with machine("kgdb-line", "kgdbwait", extra="-cpu Nehalem -smp 2", hmp=True) as (g, path):
        line = Line(path)
        assert b"PacketSize=1000" in line.ask(b"qSupported:swbreak+")
        pc = line.ask(b"p10")
        line.socket.sendall(b"-")
        assert line.answer() == pc  # again
        line.socket.sendall(b"$m0,4#00" + b"$" + b"A" * 10000 + b"#00" + b"$m1000" + b"-" * 3)
        line.socket.sendall(bytes(rng.randrange(256) for _ in range(4000)).replace(b"\x03", b""))
        line.socket.sendall(b"#00")
        line.drop_answers()
        for bad in (b"m", b"M0,ffffffffffffffff:", b"Xffffffffffffffff,4:abcd", b"vCont;z", b"Z0,,",
                    b"qXfer:features:read:target.xml:fffffffffffffffff,1", b"P10=", b"Hgzz"):
            assert line.ask(bad)[:1] in (b"E", b""), bad
        assert line.ask(b"p10") == pc
        assert line.ask(b"Z1,1000,1") == b"OK"
        line.socket.close()
        line = Line(path)
        assert line.ask(b"qSupported")
        assert line.ask(b"z1,1000,1") == b"E02"  # it went with its client
        assert line.ask(b"?").startswith(b"T05thread:f4240;")
        assert line.ask(b"D") == b"OK"
        g.prompt()
        line.socket.sendall(b"\x03")
        line.socket.sendall(packet(b"?"))
        assert b"T02" in line.answer()
        for _ in range(60):
            line.socket.sendall(packet(b"c"))
            time.sleep(rng.choice((0, 0.001, 0.005)))
            line.socket.sendall(b"\x03")
            assert b"T02" in line.answer()
        assert line.ask(b"Z0,%x,1" % address_of("cmd_buddyinfo")) == b"OK"
        assert line.ask(b"D") == b"OK"  # and no breakpoint of its stays
        assert "Node 0, zone" in g.command("buddyinfo")
        assert "NMI" not in g.text
        g.hmp("nmi")  # to each CPU; the port's may take it for one that came late
        g.expect("NMI: port 61h reads .*: no reason given")
        line.socket.sendall(b"\x03")
        line.socket.sendall(packet(b"?"))
        assert b"T02" in line.answer()
        g.hmp("mce -b 1 1 0xb600000000000135 0x5 0x12345678 0")
        g.expect(r"Kernel panic - not syncing: machine check\n(.|\n)*r resets the machine")


def end_of_traps_by_ist():
    """The address of the IRET behind all that a #DB does."""
    code = subprocess.run(["objdump", "-d", "--disassemble=ist_common.return", guest.KERNEL_ELF], capture_output=True,
                          text=True, check=True).stdout
    return int(re.search(r"^(\w+):.*\biretq", code, re.M)[1], 16)


@contextlib.contextmanager
def gdb_of_qemu(path):
    """What asks it: a command, and what was printed."""
    def ask(command):
        process.stdin.write(f"{command}\necho \\n---\\n\n")
        process.stdin.flush()
        said = ""
        while not said.endswith("\n---\n"):
            line = process.stdout.readline()
            assert line, said
            said += line
        return said

    with subprocess.Popen(["gdb", "-nx", "-q", str(guest.KERNEL_ELF)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        ask("set pagination off\nset confirm off")
        ask(f"target remote {path}")
        yield ask
        ask("delete\ndetach")
        process.stdin.close()


def test_interrupt_between_a_trap_and_its_iret():
    """^C comes when all that a step's #DB does is done: what was stepped stops, not the trap's last instruction."""
    qemu = guest.LOGS / "kgdb-iret.qemu"
    qemu.unlink(missing_ok=True)
    with machine("kgdb-iret", "", extra=f"-gdb unix:{qemu},server=on,wait=off", hmp=True) as (g, path):
        g.prompt()
        line = Line(path)
        line.socket.sendall(b"\x03" + packet(b"?"))
        assert b"T02" in line.answer()
        for _ in range(5):  # behind HLT and STI, which are done by hand
            assert b"T05" in line.ask(b"vCont;s")
        stepped = line.ask(b"p10")
        with gdb_of_qemu(qemu) as ask:
            ask(f"hbreak *{end_of_traps_by_ist()}")
            line.socket.sendall(packet(b"c"))
            assert "Breakpoint 1" in ask("continue")
            assert "in = 1" in ask(f"printf \"in = %d\\n\", $rsp > {address_of('ist_db_guard')} && $rsp < {address_of('ist_db_top')}")
            line.socket.sendall(b"\x03")
            while not int(g.hmp("i /b 0x2fd").split("] = ")[1].split()[0], 0) & 1:  # the 16550 has it: LSR, bit 0
                time.sleep(0.05)
        assert b"T02" in line.answer()
        assert line.ask(b"p10") == stepped
        assert line.ask(b"D") == b"OK"


@pytest.mark.skipif(not shutil.which("lldb"), reason="lldb is not installed")
def test_lldb():
    """The base set: attach, registers, memory, a breakpoint, threads, a step."""
    with machine("kgdb-lldb", "kgdbwait") as (_, path):
        commands = [f"process connect unix-connect://{path}", "register read rip cr3", "bt 3",
                    "breakpoint set --name virtio_init", "continue", "bt 2", "thread list",
                    "memory read --size 1 --count 4 `(unsigned long)&hpet_regs`", "thread step-inst", "detach"]
        command = ["lldb", "--no-lldbinit", "--batch", str(guest.KERNEL_ELF)]
        for one in commands:
            command += ["-o", one]
        out = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    (guest.LOGS / "kgdb-lldb.out").write_text(out)
    assert re.search(r"frame #0: .*kmain", out), out
    assert re.search(r"stop reason = breakpoint(.|\n)*frame #0: .*virtio_init", out), out
    assert "rip = 0x" in out and "instruction step into" in out, out


SHARED = """
tbreak virtio_init
continue
backtrace 1
detach
"""


def test_one_port_for_gdb_and_the_console():
    """Messages go to gdb in packets while it is there, and to a person when it has left."""
    path = guest.LOGS / "kgdb-shared.sock"
    path.unlink(missing_ok=True)
    with guest.Guest("kgdb-shared", guest.Q35, "kgdboc=ttyS7 kgdboc=ttyS3 kgdboc=ttyS0 kgdbwait",
                     elf=guest.KERNEL_ELF,
                     serial="chardev:gdb", extra=f"-chardev socket,id=gdb,path={path},server=on,wait=off"):
        while not path.exists():
            time.sleep(0.05)
        out = gdb("kgdb-shared", path, SHARED)
        assert re.search(r"^\[ +\d+\.\d+\] Command line: kgdboc=ttyS7", out, re.M), out
        assert re.search(r"#0 +virtio_init ", out), out
        line = Line(path)
        with line.socket:
            line.socket.sendall(b"dmesg\nioports\nwhatis + $x\n")
            while b"usage: whatis" not in line.kept:
                line.kept += line.socket.recv(4096)
            assert b"kgdb: kgdboc=ttyS7: not ttyS0 to ttyS3" in line.kept
            assert b"kgdb: no UART answers at I/O 0x2e8" in line.kept
            assert b"03f8-03ff : kgdb" in line.kept and b"02e8-" not in line.kept, line.kept
            line.kept = b""
            line.socket.sendall(b"+" + packet(b"qC"))
            assert line.answer().startswith(b"QC")

# SPDX-License-Identifier: MIT
"""One QEMU with Terrier in it, and what it printed.

A guest always has a time limit, is killed with its test, and leaves its whole
serial log in build/logs, and beside it what QEMU says of resets.
"""

import difflib
import os
import pathlib
import re
import select
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
import warnings

import counters

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")  # as make's
ELF = BUILD / "terrier-test.elf"  # the kernel with its suites
ISO = BUILD / "terrier-test.iso"
KERNEL_ELF = BUILD / "terrier.elf"  # what people boot
KERNEL_ISO = BUILD / "terrier.iso"
DISK = BUILD / "disk.img"
LOGS = BUILD / "logs"
MACHINES = pathlib.Path(__file__).with_name("machines")

# The machine of `make run`, its disk opened so that nothing stays written.
DISK_ARGS = (f"-drive if=none,id=disk0,format=raw,snapshot=on,file={DISK} "
             "-device virtio-blk-pci,drive=disk0 -device virtio-rng-pci")
Q35 = f"-M q35 -m 512M -nic none {DISK_ARGS}"
PC = f"-M pc -m 512M -nic none {DISK_ARGS}"

# isa-debug-exit ends QEMU with 2 * N + 1.
EXIT_DEVICE = "-device isa-debug-exit,iobase=0xf4,iosize=4"

# With COVERAGE=1 each guest's memory is a file, out of which counters.py takes what the kernel has counted.
COVERAGE = os.environ.get("COVERAGE")

# What the monitor's audit says of a kernel in which something does not hold.
FAULTS = re.compile(r"^audit: \d+ checks, [1-9]\d* faults$", re.M)


def machine(name):
    """The QEMU arguments of machines/NAME.args."""
    return (MACHINES / f"{name}.args").read_text().strip()


def words(name):
    """What stands on the command line there: machines/NAME.words, or nothing."""
    path = MACHINES / f"{name}.words"
    return path.read_text().strip() if path.exists() else ""

# A second after the boot the TSC's rate is known, whatever is typed or printed just then.
CLOCK = re.compile(r"^\[ *[\d.]+\] tsc: Refined .*\n(?:\[ *[\d.]+\] clocksource: .*\n)*", re.M)
# What only looks can be asked again: the lines come once, and may have broken one of the answer's.
LOOKS = {"buddyinfo", "interrupts", "iomem", "ioports", "lspci", "memtype", "ps", "virtio", "vmallocinfo", "vmstat", "whatis"}


# The test module that runs, and its guests: conftest.py's.
module, started = None, []


def difference(ours, theirs, name="Linux"):
    """Of two texts, or lists of lines: which lines only one of them has, and where.  Nothing: they are the same."""
    a, b = [x.splitlines() if isinstance(x, str) else list(x) for x in (theirs, ours)]
    lines = difflib.unified_diff(a, b, f"what only {name} has", "what only we have", lineterm="", n=2)
    return "\n".join(lines)


def failed_tests(text):
    """The lines of each failed test of a suite (KTAP): what it complained of, and its "not ok"."""
    found, said = [], []
    for line in text.splitlines():
        if line.startswith("# "):
            said.append(line)
        elif re.match(r"(not )?ok \d+ ", line):
            found += [*said, line] if line.startswith("not ") else []
            said = []
    return "\n".join(found)


def triple_fault(log):
    """By QEMU's log of resets: words, or nothing."""
    return "a triple fault ended it" if log.exists() and "Triple fault\n" in log.read_text(errors="replace") else ""


def memory_file(image, args, path):
    """A machine's arguments with its memory in a file, of nodes the first one's; as they are where nobody counts."""
    if not COVERAGE or image.parent != BUILD:
        return args
    size = re.search(r"(?:^|\s)-m (?:size=)?([\d.]+)([KMGT]?)", args)
    size = "".join(size.groups("")) + ("" if size[2] else "M") if size else "128M"
    where = f"mem-path={shlex.quote(str(path).replace(',', ',,'))},share=on"
    if "-numa" in args:
        return args.replace("memory-backend-ram,id=m0", f"memory-backend-file,id=m0,{where}")
    return f"{args} -object memory-backend-file,id=counted,size={size},{where} -machine memory-backend=counted"


class Guest:
    """A running QEMU; use as a context manager.

    It loads `elf` itself, which is the short way in, where it is given no `iso`, whose
    GRUB then does it.  OVMF loads no such file: it takes the ISO beside it.

    A guest that ends at the prompt is asked for an audit first, and no audit may have found
    a fault (`audit=False`: it was made on purpose).
    """

    def __init__(self, name, args, cmdline="", timeout=60, extra="", elf=ELF, iso=None,
                 serial="stdio", hmp=False, exit_device=True, accel="tcg", audit=True):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.deadline = time.monotonic() + timeout
        self.text = ""
        self.name = name
        self.audit = audit
        self.folder = tempfile.mkdtemp() if hmp else None
        self.log = open(LOGS / f"{name}.log", "w", errors="replace")
        command = ["qemu-system-x86_64", "-accel", accel, "-display", "none", "-no-reboot",
                   "-monitor", self._hmp_device()]
        if not iso and "OVMF" in args:
            iso = elf.with_suffix(".iso")
        command += ["-cdrom", str(iso)] if iso else ["-kernel", str(elf)]
        self.resets = LOGS / f"{name}.resets"
        command += ["-d", "cpu_reset", "-D", str(self.resets)]
        self.image = pathlib.Path(iso or elf)
        self.memory = LOGS / f"{name}.memory"
        args = memory_file(self.image, f"{args} {extra}", self.memory)
        command += shlex.split(f"-serial {serial} {EXIT_DEVICE if exit_device else ''} {args}")
        if cmdline and not iso:
            command += ["-append", cmdline]
        elif cmdline:
            value = cmdline.replace(",", ",,")
            command += ["-fw_cfg", f"name=opt/terrier/cmdline,string={value}"]
        self.log.write(" ".join(map(shlex.quote, command)) + "\n")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        started.append(self)

    def how_it_ended(self):
        """Words for a failure's report: a triple fault ends QEMU as a reset that was asked for does, in silence."""
        return "; ".join(filter(None, (triple_fault(self.resets), f"the last lines:\n{self.text[-2000:]}")))

    def __enter__(self):
        return self

    def __exit__(self, wrong, *_):
        try:
            if self.audit and not wrong:
                self._audit()
        finally:
            self._end()

    def _audit(self):
        if self.process.poll() is None and self.text.endswith("\nterrier> "):
            self.deadline = max(self.deadline, time.monotonic() + 20)
            self.command("audit")
        faults = [line for line in self.text.splitlines() if line.startswith("audit: ")]
        assert not FAULTS.search(self.text), "\n".join(faults)

    def _end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.memory.exists():
            counters.keep(BUILD / f"{self.image.stem.removesuffix('-gui')}.elf", self.memory)
            self.memory.unlink()
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()
        if self.folder:
            shutil.rmtree(self.folder)

    def _hmp_device(self):
        return f"unix:{self.folder}/hmp,server=on,wait=off" if self.folder else "none"

    def hmp(self, line):
        """A line to QEMU's own monitor (needs hmp=True); what it answered."""
        with socket.socket(socket.AF_UNIX) as hmp:
            hmp.settimeout(max(self.deadline - time.monotonic(), 0.1))
            hmp.connect(f"{self.folder}/hmp")
            answer = ""
            for command in ("", line):
                if command:
                    hmp.sendall((command + "\n").encode())
                before = len(answer)
                while not answer.endswith("(qemu) ") or len(answer) == before:
                    data = hmp.recv(4096)
                    if not data:
                        return answer[before:]
                    answer += data.decode(errors="replace")
            return answer[before:]

    def _read_some(self):
        """Take what QEMU printed; False at its end."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no end in time; {self.how_it_ended()}")
        if not select.select([self.process.stdout], [], [], min(left, 1.0))[0]:
            return True
        data = self.process.stdout.read()
        if not data:
            return False
        text = data.decode(errors="replace").replace("\r", "")
        self.text += text
        self.log.write(text)
        self.log.flush()
        return True

    def expect(self, pattern, start=0):
        """Wait for a regular expression in what comes after `start`; the match."""
        compiled = re.compile(pattern, re.M)
        while not (match := compiled.search(self.text, start)):
            if not self._read_some():
                raise EOFError(f"QEMU ended before {pattern!r}; {self.how_it_ended()}")
        return match

    def prompt(self, start=0):
        return self.expect(r"^terrier> $", start)

    def type(self, keys):
        """Keys to the console; where the text stood before them."""
        here = len(self.text)
        self.process.stdin.write(keys.encode())
        self.process.stdin.flush()
        return here

    def command(self, line):
        """Type one line at the prompt; what it printed."""
        here = self.type(line + "\n")
        end = self.prompt(here + len(line))
        text, said = CLOCK.subn("", self.text[here:end.start()])
        if said and line.partition(" ")[0] in LOOKS:
            return self.command(line)
        if said and not text.startswith(line + "\n"):  # in the middle of what was typed
            text = text.replace("\n", "", 1)
        return text.partition("\n")[2]

    def wait(self):
        """To QEMU's own end; its exit status."""
        while self._read_some():
            pass
        return self.process.wait(timeout=5)


def run(name, args, commands, words="", **options):
    """Boot, run monitor commands, an audit, exit 0: (whole text, {command: output}).

    QEMU 7.2 dies by a signal of its own now and then where several threads emulate: it is
    asked once more then, with a warning.  What the guest does to it, it does twice.
    """
    cmdline = f'{words} run="{"; ".join([*commands, "audit"])}; exit 0"'.strip()
    for attempt in (name, f"{name}-again"):
        with Guest(attempt, args, cmdline, **options) as guest:
            status = guest.wait()
        if status >= 0:
            break
        warnings.warn(f"{attempt}: QEMU died by signal {-status}")
    assert status == 1, f"QEMU's status {status}; {guest.how_it_ended()}"
    return guest.text, sections(guest.text)


def warned(elf, name, timeout):
    """What the suites' tests warned of on four CPUs, as they say themselves: {"suite.test: n WARN"}."""
    text, out = run(name, f"{Q35} -smp 4", ["selftest", "dmesg"], words="highmem=64M", elf=elf, timeout=timeout)
    assert re.search(r"# pass:\d+ fail:0", out["selftest"]), "\n".join(
        re.findall(r"^not ok.*|^#.*WARN.*", out["selftest"], re.M) + re.findall(r".*(?:WARNING|BUG): .*", out["dmesg"]))
    assert "WARNING: at" not in text.partition("=== selftest")[0]
    return set(re.findall(r"^# (\S+: \d+ WARN)", out["selftest"], re.M))


def sections(text):
    """What stands between the "=== command" lines, by command."""
    found, here = {}, None
    for line in text.splitlines():
        if line.startswith("=== "):
            here = line[4:].strip()
            found[here] = ""
        elif here is not None:
            found[here] += line + "\n"
    return found

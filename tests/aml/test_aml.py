# SPDX-License-Identifier: MIT
"""The AML interpreter against acpiexec (Debian's acpica-tools).

Three kinds of input: cases/*.asl, compiled with iasl, in which each method
\\Txxx is a case; the DSDTs and SSDTs of QEMU machines, fetched from a QEMU that
runs the firmware; and these tables with bytes changed, where only surviving
counts.  build/host/aml_host is the interpreter as a program, under ASan and
UBSan, so that a bad access or a leak ends it with a status.
"""
import functools
import json
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import time

import pytest

import pairs
from asl import CASES, HERE, ROOT, WORK, compile_case, iasl, table_of

HOST = ROOT / "build" / "host" / "aml_host"
MACHINES = ROOT / "tests" / "qemu" / "machines"
MUTATIONS = int(os.environ.get("MUTATIONS", "300"))  # of each table

# Where this interpreter means to differ from acpiexec: case -> what it gives, and why.
DIFFERS = json.loads((HERE / "differs.json").read_text())


# ---------------------------------------------------------------- programs

@pytest.fixture(scope="session", autouse=True)
def built():
    subprocess.run(["make", "--no-print-directory", "-f", "tests/aml/Makefile"], cwd=ROOT,
                   check=True)


def aml_host(*args, leaks=True):
    """To look for leaks takes longer than a short run itself."""
    env = os.environ | ({} if leaks else {"ASAN_OPTIONS": "detect_leaks=0"})
    done = subprocess.run([HOST, *map(str, args)], capture_output=True, timeout=600, check=False, env=env)
    text = done.stdout.decode("latin-1")
    assert done.returncode == 0, text[-2000:] + done.stderr.decode("latin-1")[-4000:]
    return text


def evaluated(text):
    """The "\\PATH = VALUE" and "\\PATH failed: N" lines of aml_host."""
    found = {}
    for line in text.splitlines():
        if match := re.match(r"(\\\S*) = (.*)", line):
            found[match[1]] = match[2]
        elif match := re.match(r"(\\\S*) failed: ", line):
            found[match[1]] = "failed"
    return found


def acpiexec(tables, paths):
    """What acpiexec says of each path, in aml_host's words."""
    commands = ";".join(f"evaluate {path}" for path in paths) + ";quit"
    done = subprocess.run(["acpiexec", "-dr", "-es", "-b", commands, *map(str, tables)], timeout=120,
                          capture_output=True, check=False)
    parts = re.split(r"^Evaluating (\S+)\n", done.stdout.decode("latin-1"), flags=re.M)
    return {path: acpiexec_value(part) for path, part in zip(parts[1::2], parts[2::2])}


def chunks(paths):
    """acpiexec's line is bounded: as many paths as it takes."""
    chunk = []
    for path in paths:
        if sum(len(p) + 10 for p in chunk) + len(path) > 900:
            yield chunk
            chunk = []
        chunk.append(path)
    yield chunk


def compare(tables, paths, name, alone=False):
    """What is wrong, as lines; each program begins each chunk afresh, with _REG and _INI."""
    missing = {key for key in DIFFERS if key.startswith(f"{name}\\")} - {name + p for p in paths}
    bad = [f"{key}: differs.json has it, but there is no such case" for key in sorted(missing)]
    for chunk in [[path] for path in paths] if alone else chunks(paths):
        mine = evaluated(aml_host("-q", *tables, "-i", *chunk, leaks=False))
        theirs = acpiexec(tables, chunk)
        assert set(mine) == set(chunk)
        for path in chunk:
            got, want = ours(mine[path]), theirs.get(path, "nothing: it crashed")
            meant, _ = DIFFERS.get(f"{name}{path}", (want, None))
            if got != meant:
                bad.append(f"{name}{path}: {got}, acpiexec {want}, meant {meant}")
            elif got == want and f"{name}{path}" in DIFFERS:
                bad.append(f"{name}{path}: {got}, acpiexec too, but it is in differs.json")
    return bad


def acpiexec_value(text):
    if "failed with status" in text:
        return "failed"
    if "No object was returned" in text:
        return "-"
    match = re.search(r"returned object .*\n", text)
    if not match:
        return "unknown"
    lines = text[match.end():].split("\n")
    value, _ = parse_value(lines, 0)
    return value


def parse_value(lines, at):
    """One value of acpiexec's print, and the line behind it."""
    line = lines[at].strip()
    at += 1
    if match := re.match(r"\[Integer\] = ([0-9A-F]+)", line):
        return f"0x{int(match[1], 16):x}", at
    if match := re.match(r'\[String\] Length \S+ = (".*)', line):
        return plain_string(match[1]), at
    if match := re.match(r"\[Buffer\] Length ([0-9A-F]+) =(.*)", line):
        rest = [match[2]] if match[2].strip() else []
        while at < len(lines) and re.match(r"\s*[0-9A-F]{4}: ", lines[at]):
            rest.append(lines[at])
            at += 1
        digits = " ".join(part.split("//")[0].split(":")[1] for part in rest)
        return "{" + " ".join(digits.lower().split()) + "}", at
    if match := re.match(r"\[Package\] Contains (\d+) Elements:", line):
        elements = []
        for _ in range(int(match[1])):
            value, at = parse_value(lines, at)
            elements.append(value)
        return "[" + ", ".join(elements) + "]", at
    if match := re.match(r"\[Object Reference\] = .*Name (\S{4})", line):
        return "ref " + match[1], at
    if "Null Object" in line or line == "":
        return "-", at
    return "other " + line, at


def plain_string(text):
    """Escapes of either program as the bytes that they mean."""
    out = re.sub(r'\\([nrtabfv"\'\\])', lambda m: {
        "n": "\\x0a", "r": "\\x0d", "t": "\\x09", "a": "\\x07", "b": "\\x08", "f": "\\x0c",
        "v": "\\x0b"}.get(m[1], m[1]), text)
    return re.sub(r"\\x([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), out)


def ours(value):
    """Paths of references as acpiexec has them: the last name alone."""
    if value.startswith('"'):
        return plain_string(value)
    value = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: plain_string(m[0]), value)
    return re.sub(r"\\(?:[A-Z0-9_]{4}\.)*([A-Z0-9_]{4})", r"ref \1", value)


# ---------------------------------------------------------------- cases

def check_leaks(table):
    """A method that is evaluated again leaves as much as it found, also after an error."""
    text = aml_host("-q", table, "-l")
    assert text.endswith("\n0 leaks\n") or text == "0 leaks\n", text


@pytest.mark.parametrize("revision", [2, 1])
@pytest.mark.parametrize("name", CASES)
def test_case(name, revision):
    table = compile_case(name, revision)
    source = (HERE / "cases" / f"{name}.asl").read_text()
    paths = [f"\\{case}" for case in re.findall(r"^\tMethod \((T[0-9A-F]{3})\b", source, re.M)]
    assert paths
    others = re.search(r"^// tables: (.*)", source, re.M)  # that the firmware has
    tables = [*map(table_of, others[1].split() if others else []), table]
    bad = compare(tables, paths, f"{name}{revision}", alone=bool(others))
    assert not bad, "\n" + "\n".join(bad)


@pytest.mark.parametrize("revision", [2, 1])
@pytest.mark.parametrize("kind", pairs.KINDS)
def test_pairs(kind, revision):
    """An operator over every pair of types."""
    text, cases = pairs.source(kind)
    asl = WORK / f"pairs-{kind}{revision}.asl"
    asl.write_text(text)
    table = iasl(asl, revision)
    check_leaks(table)
    bad = compare([table], list(cases), f"{kind}{revision}")
    bad = [f"{cases[line.split(':')[0].removeprefix(f'{kind}{revision}')]}: {line}" for line in bad]
    assert not bad, "\n" + "\n".join(bad)


@pytest.mark.parametrize("name", CASES)
def test_leaks(name):
    check_leaks(compile_case(name, 2))


def test_error_after_reg():
    """A _REG that fails within Load does not silence the method that goes on."""
    text = aml_host(compile_case("late", 2), "-i", "\\T005")
    assert re.findall(r"(\S+): division by zero", text) == ["\\_SB_.PCI0.FAIL._REG", "\\T005"]


# ---------------------------------------------------------------- machines' tables

class Monitor:
    """QEMU's machine protocol over a socket."""

    def __init__(self, path, deadline):
        self.sock = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.sock.connect(str(path))
                break
            except OSError:
                assert time.monotonic() < deadline, "QEMU does not answer"
                time.sleep(0.05)
        self.file = self.sock.makefile("rw")
        self.file.readline()
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer or "error" in answer:
                return answer

    def memory(self, address, size):
        path = WORK / f"memory{os.getpid()}"
        answer = self("pmemsave", val=address, size=size, filename=str(path))
        assert "return" in answer, answer
        data = path.read_bytes()
        path.unlink()
        return data

    def table(self, address):
        size = int.from_bytes(self.memory(address + 4, 4), "little")
        assert 36 <= size < 1 << 20, f"a table of {size} bytes at {address:x}"
        return self.memory(address, size)


def find_rsdp(monitor):
    """In the BIOS's area; OVMF's is elsewhere, with the same DSDT."""
    area = monitor.memory(0xe0000, 0x20000)
    for at in range(0, len(area), 16):
        if area[at:at + 8] == b"RSD PTR " and sum(area[at:at + 20]) % 256 == 0:
            return int.from_bytes(area[at + 16:at + 20], "little")
    return None


def fetch_tables(args):
    """The DSDT and SSDTs that the firmware of such a machine leaves in memory."""
    path = WORK / f"qmp{os.getpid()}"
    command = ["qemu-system-x86_64", "-accel", "tcg", "-display", "none", "-serial", "none",
               "-monitor", "none", "-boot", "n", "-qmp", f"unix:{path},server=on,wait=off"]
    with subprocess.Popen(command + shlex.split(args), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as qemu:
        try:
            deadline = time.monotonic() + 30
            monitor = Monitor(path, deadline)
            while not (root := find_rsdp(monitor)):
                assert time.monotonic() < deadline, "the firmware made no RSDP"
                time.sleep(0.1)
            rsdt = monitor.table(root)
            found = []
            for at in range(36, len(rsdt), 4):
                table = monitor.table(int.from_bytes(rsdt[at:at + 4], "little"))
                if table[:4] == b"FACP":
                    found.insert(0, monitor.table(int.from_bytes(table[40:44], "little")))
                elif table[:4] == b"SSDT":
                    found.append(table)
            return found
        finally:
            qemu.send_signal(signal.SIGKILL)
            path.unlink(missing_ok=True)


# Besides the machines of tests/qemu: what has AML of its own.
EXTRA = {
    "pc-many": "-M pc -m 256M -nic none -smp 3,maxcpus=6 -device pci-bridge,chassis_nr=1,id=b1 "
               "-device pci-bridge,chassis_nr=2,bus=b1,addr=2 -device pxb,bus_nr=64 -vga none",
    "q35-many": "-M q35,nvdimm=on -m 256M,slots=4,maxmem=4G -nic none -smp 2,maxcpus=4 "
                "-device pcie-root-port,id=r0,chassis=1 -device vmgenid -device pvpanic",
    "q35-numa": "-M q35 -m 512M -nic none -smp 4 -object memory-backend-ram,id=m0,size=512M "
                "-numa node,cpus=0-1,memdev=m0 -numa node,cpus=2-3 "
                "-device ipmi-bmc-sim,id=bmc -device isa-ipmi-kcs,bmc=bmc",
}
# The others of tests/qemu/machines have the same AML but for numbers; ALL_MACHINES=1 takes them.
CHOSEN = ["pc", "q35", "q35-bridges", "q35-pxb"]
SKIPPED = {"pc-noacpi", "q35-ovmf"}  # no tables; not where a BIOS puts them


def machine_names():
    listed = {path.stem for path in MACHINES.glob("*.args")} - SKIPPED
    return sorted(set(EXTRA) | (listed if os.environ.get("ALL_MACHINES") else set(CHOSEN)))


@functools.lru_cache
def machine_tables(name):
    """Paths of the machine's tables, the DSDT first; not kept in the repository."""
    args = EXTRA.get(name) or (MACHINES / f"{name}.args").read_text().strip()
    paths = []
    for number, table in enumerate(fetch_tables(args)):
        path = WORK / f"{name}-{table[:4].decode()}{number}.dat"
        path.write_bytes(table)
        paths.append(path)
    assert paths
    return paths


STANDARD = re.compile(r"_(HID|CID|UID|ADR|STA|CRS|PRS|PRT|BBN|SEG|S[0-5]_|SUN|STR|PXM|MAT|DDN)$")
# acpiexec gives up where its text of a value is longer than 16 KiB: seen in parts, below.
TOO_LONG = re.compile(r"(_PRT|PRTP|PRTA)$")


def namespace(tables):
    """{path: rest of its line} of our dump."""
    found = {}
    for line in aml_host("-q", *tables, "-d").splitlines():
        path, _, rest = line.partition(" ")
        found[path] = rest
    return found


@pytest.mark.parametrize("name", machine_names())
def test_machine(name):
    tables = machine_tables(name)
    nodes = namespace(tables)
    data = [path for path, rest in nodes.items()
            if re.match(r"(Integer|String|Buffer|Package) ", rest)]
    methods = [path for path, rest in nodes.items()
               if rest.startswith("Method (0)") and STANDARD.search(path)]
    paths = [path for path in data + methods if not TOO_LONG.search(path)]
    assert len(paths) > 50
    bad = compare(tables, paths, name)
    assert not bad, "\n" + "\n".join(bad)


PRT_PART = 8  # entries that a method of ours hands out


def routing_parts(device, name):
    """An SSDT with a method for each part of a _PRT, and their paths."""
    methods = []
    for part in range(128 // PRT_PART):
        lines = [f"Local0 [{i}] = DerefOf (Local1 [{part * PRT_PART + i}])"
                 for i in range(PRT_PART)]
        methods.append(f"Method (\\P{part:03X}) {{ Local1 = {device}._PRT ()\n"
                       f"Local0 = Package ({PRT_PART}) {{ }}\n" + "\n".join(lines)
                       + "\nReturn (Local0) }")
    source = WORK / f"{name}-prt.asl"
    source.write_text('DefinitionBlock ("", "SSDT", 2, "TERR", "PARTS", 1) {\n'
                      f"External ({device}._PRT, MethodObj)\n" + "\n".join(methods) + "\n}\n")
    subprocess.run(["iasl", "-f", source], capture_output=True, check=False)
    return source.with_suffix(".aml"), [f"\\P{part:03X}" for part in range(128 // PRT_PART)]


@pytest.mark.parametrize("name", ["pc", "q35"])
def test_routing(name):
    tables = machine_tables(name)
    parts, paths = routing_parts("\\_SB.PCI0", name)
    bad = compare([*tables, parts], paths, f"{name}-prt")
    assert not bad, "\n" + "\n".join(bad)


@pytest.mark.parametrize("name", machine_names())
def test_namespace(name):
    """The same names and types as acpiexec's, in the same order."""
    tables = machine_tables(name)
    done = subprocess.run(["acpiexec", "-b", "namespace;quit", *map(str, tables)], timeout=60,
                          capture_output=True, check=True)
    words = {"Scope": "Untyped", "RegionField": "FieldUnit", "IndexField": "FieldUnit",
             "BankField": "FieldUnit"}
    # A thread of acpiexec's prints an empty line at any time, amid another line too.
    theirs = [(match[1], words.get(match[2], match[2])) for match in re.finditer(
        r"^\s*\d+\s+(\S{4})\s+(\w+)\s+0x", done.stdout.decode("latin-1"), re.M)]
    own = {"_TI_", "_T97"}  # acpiexec's, of its debugger
    theirs = [pair for pair in theirs if pair[0] not in own]
    mine = [(path[-4:], rest.split()[0]) for path, rest in namespace(tables).items()
            if path != "\\"]
    assert theirs == mine


# ---------------------------------------------------------------- changed bytes

@pytest.mark.parametrize("name", machine_names())
def test_mutated_machine(name):
    aml_host("-m", MUTATIONS, *machine_tables(name))


# What every line of the interpreter begins with; but for sums and what AML cannot be blamed for.
PLACE = re.compile(r"AML: ([A-Z0-9_]{4}\d*\+0x[0-9a-f]{4}: \\|[A-Z0-9_]{4}\d*: \d+ terms were passed|"
                   r"AML_MAX_MESSAGES|\d+ evaluations took too long)")


@pytest.mark.parametrize("name", CASES)
def test_every_error_names_its_place(name):
    """Table and offset, whatever is broken."""
    table = compile_case(name, 2).read_bytes()
    numbers = random.Random(name)
    broken = WORK / f"broken-{name}.aml"
    for _ in range(MUTATIONS // 20):
        changed = bytearray(table)
        for _ in range(numbers.randint(1, 12)):
            changed[numbers.randrange(36, len(table))] = numbers.randrange(256)
        broken.write_bytes(changed)
        for line in aml_host(broken, "-i", "-D", "-s", leaks=False).splitlines():
            assert not line.startswith("AML:") or PLACE.match(line), line


@pytest.mark.parametrize("name", CASES)
def test_mutated_case(name):
    aml_host("-m", MUTATIONS, compile_case(name, 2))

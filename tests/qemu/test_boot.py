# SPDX-License-Identifier: MIT
"""Machines that lack something, and words on the command line that change the map."""

import re
import subprocess
import time

import pytest

import guest
import register


def test_the_kernel_alone_has_no_test_code():
    """What people boot: no suites, no measurements, and not a file of tests/ in it."""
    _, out = guest.run("kernel-alone", guest.Q35, ["iomem", "help", "selftest", "bench"],
                       elf=guest.KERNEL_ELF)
    assert "virtio-pci-modern" in out["iomem"]
    assert not re.search(r"^(selftest|bench|faultsites)\b", out["help"], re.M)
    for command in ("selftest", "bench"):
        assert "no such command" in out[command]
    lines = subprocess.run(["objdump", "--dwarf=info", guest.BUILD / "terrier.elf"], check=True,
                           capture_output=True, text=True, timeout=60).stdout
    names = set(re.findall(r"DW_AT_name .*: (\S+\.(?:c|asm))$", lines, re.M))
    assert "kernel/main.c" in names
    assert not [name for name in names if name.startswith("tests/")]


REFUSAL = r"^terrier: cannot start: .*: (.*)\n"
NOT_STARTED = 2 * 127 + 1  # QEMU's status, where the exit device is


@pytest.mark.parametrize("cpu,lacks", [
    ("qemu64,-sse,-sse2", "SSE SSE2"),
    ("qemu64,-cmov", "CMOV"),
    ("qemu64,-fpu", "FPU"),
    ("qemu64,-cx8", "CX8"),
    ("qemu64,-mmx", "MMX"),
    ("qemu64,-fxsr", "FXSR"),
    ("qemu64,-tsc", "TSC"),
    ("qemu64,-msr", "MSR"),
    ("qemu64,-pae", "PAE"),
    ("qemu64,-clflush", "CLFLUSH"),
    ("qemu64,-nx", "NX"),
    ("qemu64,-lm", "long mode"),
    ("qemu32", "CLFLUSH NX long mode"),
    ("486", "CX8 CMOV MMX FXSR SSE SSE2 TSC MSR PAE CLFLUSH NX long mode"),
])
def test_a_processor_that_lacks_something(cpu, lacks):
    """The refusal names all that is missing, and ends QEMU."""
    with guest.Guest(f"cpu-{cpu}", f"{guest.Q35} -cpu {cpu}", timeout=20) as g:
        assert g.wait() == NOT_STARTED, g.text[-500:]
        assert g.expect(REFUSAL).group(1) == lacks
        assert "Command line" not in g.text


def test_a_refusal_without_the_exit_device():
    """The processor stops there: no reset, which -no-reboot would turn into QEMU's end."""
    with guest.Guest("cpu-no-exit", f"{guest.Q35} -cpu qemu64,-sse2", timeout=20,
                     exit_device=False) as g:
        assert g.expect(REFUSAL).group(1) == "SSE2"
        time.sleep(0.5)
        assert g.process.poll() is None


def test_without_uart():
    """Nobody hears it, but it boots: the exit device tells."""
    args = guest.Q35 + " -nodefaults -serial none"
    with guest.Guest("no-uart", args, 'run="exit 9"') as g:
        assert g.wait() == 2 * 9 + 1


def test_second_uart_as_console():
    """COM1 goes nowhere; what comes is what ttyS1 says once the command line is read."""
    args = guest.Q35 + " -device isa-serial,chardev=two -chardev null,id=two"
    _, out = guest.run("two-uarts", args, ["ioports"])
    names = [(r.start, r.end) for r in register.parse(out["ioports"]) if r.name == "serial"]
    assert names == [(0x2F8, 0x2FF), (0x3F8, 0x3FF)]
    with guest.Guest("ttyS1", guest.Q35, "console=ttyS1", serial="null -serial stdio") as g:
        g.prompt()
        assert "Terrier: " in g.text  # what came before is replayed


def card_console(name, machine, words="", card="pci-serial,chardev=con", more=""):
    """A machine whose standard output is a UART on a PCI card, at its prompt."""
    args = f"-M {machine} -m 512M -nic none -chardev stdio,id=con -device {card}"
    return guest.Guest(name, f"{args} {more}", words, serial="null" if more else "none")


@pytest.mark.parametrize("machine", ["q35", "pc"])
@pytest.mark.parametrize("words, name", [("", "ttyS0"), ("console=ttyS4", "ttyS4")])
def test_console_on_a_card(machine, words, name):
    """No ISA UART: the card's has the console, the messages so far, and keys by its interrupt."""
    with card_console(f"card-{machine}-{name}", machine, words) as g:
        g.prompt()
        assert re.search(r"^\[ +0\.000000\] Terrier: ", g.text, re.M)
        assert f"serial8250: console is {name} from here on" in g.text
        assert "md[.b" in g.command("help md")
        before, after = (re.search(rf"^ *\d+: +(\d+) .*fasteoi +{name}$", g.command("interrupts"),
                                   re.M)[1] for _ in range(2))
        assert int(after) > int(before)


def test_console_moves_to_a_card():
    """COM1 had it; its interrupt is given back."""
    with card_console("moves", "q35", "console=ttyS4", more="-device isa-serial,chardev=two "
                      "-chardev null,id=two") as g:
        g.prompt()
        owners = g.command("interrupts")
        assert "ttyS4" in owners and "ttyS0" not in owners
        assert "ttyS0 at I/O 0x3f8" in g.text and "ttyS1 at I/O 0x2f8" in g.text


def test_console_s_card_is_removed():
    """The last word comes out, the commands behind it run unheard."""
    words = 'run="pci remove 00:06.0; iomem; exit 5"'
    with card_console("gone", "q35", words, card="pci-serial,chardev=con,addr=6") as g:
        assert g.wait() == 2 * 5 + 1
        assert g.text.rstrip().endswith("serial8250: ttyS0 goes, and the console with it")


# Linux 6.1, /proc/tty/driver/serial: four names, of which COM1 has one; or those beyond.
@pytest.mark.parametrize("words, names", [
    ("", ["ttyS0", "ttyS1", "ttyS2", "ttyS3"]),
    ("8250.nr_uarts=8", ["ttyS0", "ttyS4", "ttyS5", "ttyS6", "ttyS7"]),
    ("console=ttyS0 console=ttyS5", ["ttyS0", "ttyS4", "ttyS5", "ttyS1", "ttyS2"]),
])
def test_names_of_a_card_s_uarts(words, names):
    args = f"{guest.Q35} -device pci-serial-4x,chardev4=out,addr=8 -chardev null,id=out"
    if "ttyS5" in words:
        args = args.replace("chardev4", "chardev2").replace("null", "stdio")
    with guest.Guest("names", args, words, serial="null" if "ttyS5" in words else "stdio") as g:
        g.prompt()
        assert re.findall(r"serial8250: (ttyS\d) at", g.text) == names
        assert ("no name is left" in g.text) == (len(names) == 4)


@pytest.mark.parametrize("words, says", [
    ("console=ttyS6 console=ttyS0", "console=ttyS6: there is no such UART"),
    ("8250.nr_uarts=9", "8250.nr_uarts=9: not 4 to 8"),
])
def test_uarts_that_are_not_there(words, says):
    text, _ = guest.run("no-such-uart", guest.Q35, ["help"], words=words)
    assert f"serial8250: {says}" in text


def test_every_tag_is_told():
    text, _ = guest.run("tags", guest.Q35, ["iomem"], iso=guest.ISO)
    for tag in ("command line", "loader name: GRUB", "memory map: \\d+ entries", "ACPI 1.0 RSDP",
                "ELF sections", "basic memory information: ignored", "BIOS boot device: ignored"):
        assert re.search(rf"^.*multiboot2: {tag}", text, re.M), tag


def grub_iso(folder, config):
    """An ISO with a grub.cfg of its own."""
    (folder / "extra/boot/grub").mkdir(parents=True)
    (folder / "extra/boot/grub/grub.cfg").write_text(f"set timeout=0\n{config}\nboot\n")
    subprocess.run([guest.ROOT / "boot/mkiso.sh", guest.ELF, folder / "own.iso", folder / "extra"],
                   check=True, timeout=60)
    return folder / "own.iso"


def test_modules_and_the_loader_s_command_line(tmp_path):
    """What the loader brought is told, kept out of the allocator, and not written over."""
    text = b"a module's text, " * 1024
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra/module").write_bytes(text)
    iso = grub_iso(tmp_path, "multiboot2 /boot/terrier.elf mem=256M\n"
                             "module2 /module first one\nmodule2 /module second")
    with guest.Guest("modules", guest.Q35, iso=iso) as g:
        g.prompt()
        assert "Command line: mem=256M" in g.text
        found = re.findall(r"module.*?0x([0-9a-f]+)-0x([0-9a-f]+).*\"(first one|second)\"", g.text)
        assert [name for _, _, name in found] == ["first one", "second"], g.text
        g.command("selftest page_alloc")
        kept = g.command("iomem -v")
        data, = re.findall(r"  ([0-9a-f]+)-[0-9a-f]+ : the loader's data\n", kept)
        assert "it is the loader's data" in g.command(f"whatis {data}")
        for start, end, name in found:
            number = ["first one", "second"].index(name)
            assert f"  {start}-{end} : module {number} \"{name}\"\n" in kept
            assert f"it is module {number} \"{name}\"" in g.command(f"whatis {end}")
            size = int(end, 16) + 1 - int(start, 16)
            assert size == len(text)
            assert "a module's text" in g.command(f"md.b {start} 20")
            assert "text, " in g.command(f"md.b {int(end, 16) - 15:x} 10")


@pytest.mark.parametrize("typed,want", [
    ("""'run="e820; exit 5"'""", 'run="e820; exit 5"'),
    ("""'run=e820; exit 5'""", '"run=e820; exit 5"'),
    ("""mem=256M 'run="e820; exit 5"' "quiet" it\\'s""", 'mem=256M run="e820; exit 5" quiet it\'s'),
    ("""'mem=256M run="e820; exit 5"'""", 'mem=256M run="e820; exit 5"'),
])
def test_words_of_grub_cfg_arrive_as_typed(tmp_path, typed, want):
    """GRUB quotes what it joins; that is undone."""
    iso = grub_iso(tmp_path, f"multiboot2 /boot/terrier.elf {typed}")
    with guest.Guest("grub-words", guest.Q35, iso=iso) as g:
        assert g.wait() == 2 * 5 + 1, g.text[-500:]
        assert f"Command line: {want}\n" in g.text
        assert list(guest.sections(g.text)) == ["e820", "exit 5"]


def ram(out):
    return sum(r.end - r.start + 1 for r in register.parse(out) if r.name == "System RAM")


def test_mem_cuts_ram():
    _, out = guest.run("mem", guest.Q35, ["iomem", "selftest page_alloc"], words="mem=128M")
    top = max(r.end for r in register.parse(out["iomem"]) if r.name == "System RAM")
    assert top == 128 * 2**20 - 1
    assert "fail:0" in out["selftest page_alloc"]


def test_memmap_reserves_and_adds():
    """The lines are Linux's for these words; % has RAM be of another type."""
    words = "memmap=16M$0x10000000 memmap=1M#0x12000000 memmap=16M%0x14000000-1+0xefffffff memmap=1M%0x16000000-1+7"
    _, out = guest.run("memmap", guest.Q35, ["iomem", "e820"], words=words)
    rows = register.parse(out["iomem"])
    assert register.Row(0, 0x10000000, 0x10FFFFFF, "Reserved") in rows
    assert register.Row(0, 0x12000000, 0x120FFFFF, "ACPI Tables") in rows
    assert register.Row(0, 0x14000000, 0x14FFFFFF, "hmem.0") in rows
    assert register.Row(1, 0x14000000, 0x14FFFFFF, "Soft Reserved") in rows
    assert register.Row(0, 0x16000000, 0x160FFFFF, "Persistent Memory") in rows


# What each word does is tested elsewhere; here it is known, whatever the machine has.
KNOWN = ("console=ttyS0 mem=1G memmap=4K$0x10000000 highmem=1G panic=-1 iomem=strict acpi=rsdt hpet=x "
         "clocksource=hpet pci=no_e820 page-poison=off add_efi_memmap BOOT_IMAGE=/boot/vmlinuz "
         "failslab=1000000,kmain fail_page_alloc=1000000,kmain some.module=1")


def test_unknown_words_are_listed_once():
    """The line of Linux 6.1, with those that have a value behind those that have none."""
    text, _ = guest.run("words", guest.Q35, ["help md"],
                        words=f"{KNOWN} nosuch=1 quite memmap noapic")
    assert re.findall(r"^\[.*?\] (.*(?:Unknown|Malformed).*)$", text, re.M) == [
        "Malformed early option 'memmap'",
        'Unknown kernel command line parameters "quite nosuch=1", will be passed to user space.']


@pytest.mark.parametrize("size", ["128M", "3G"])
def test_memory_sizes(size):
    """6 GiB are test_machines' q35-6g."""
    args = guest.Q35.replace("512M", size)
    _, out = guest.run(f"memory-{size}", args, ["iomem", "selftest"], timeout=120)
    assert "fail:0" in out["selftest"]
    missing = int(size[:-1]) * {"M": 2**20, "G": 2**30}[size[-1]] - ram(out["iomem"])
    assert 0 < missing < 2**20  # the BIOS's own, below 1 MiB and at the top


def test_ram_beyond_a_hole_of_a_tib():
    """A DIMM at 1 TiB works, and what lies before it costs no memory."""
    args = guest.Q35.replace("-m 512M", "-m 512M,slots=2,maxmem=4T -cpu max,phys-bits=46")
    args += (" -object memory-backend-ram,id=m1,size=256M"
             " -device pc-dimm,memdev=m1,addr=0x10000000000")
    text, out = guest.run("dimm-1T", args, ["iomem", "selftest"], words="memmap=256M@1T",
                          timeout=120)
    rows = register.parse(out["iomem"])
    assert register.Row(0, 1 << 40, (1 << 40) + 2**28 - 1, "System RAM") in rows
    available, total = map(int, re.search(r"Memory: (\d+)K/(\d+)K", text).groups())
    assert total > 767 * 1024 and total - available < 24 * 1024
    assert "fail:0" in out["selftest"]


def test_hpet_disabled():
    """The line stays, as in Linux; the clock and the interrupt are others'."""
    text, out = guest.run("hpet-disable", guest.Q35, ["iomem", "interrupts", "selftest"],
                          words="hpet=disable")
    assert "HPET 0" in out["iomem"] and "hpet" not in out["interrupts"]
    assert "Switched to clocksource acpi_pm" in text
    assert "Switched to clocksource hpet" not in text
    assert "fail:0" in out["selftest"]


@pytest.mark.parametrize("name,extra", [
    ("virtio-intx", "vectors=0"),
    ("virtio-modern-only", "disable-legacy=on"),
    ("virtio-page-per-vq", "page-per-vq=on,modern-pio-notify=on"),
])
@pytest.mark.parametrize("kind", ["q35", "pc"])
def test_virtio_variants(kind, name, extra):
    args = {"q35": guest.Q35, "pc": guest.PC}[kind]
    args = args.replace("virtio-blk-pci,", f"virtio-blk-pci,{extra},")
    text, out = guest.run(f"{name}-{kind}", args, ["selftest virtio", "interrupts"])
    assert re.search(r"# pass:[1-9]\d* fail:0 skip:0", out["selftest virtio"]), out

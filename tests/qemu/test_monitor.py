# SPDX-License-Identifier: MIT
"""The monitor as a person uses it: typed at the prompt, over the serial line."""

import re
import subprocess
import time

import pytest

import guest
import register


@pytest.fixture(scope="module")
def session():
    with guest.Guest("monitor", guest.Q35, timeout=120) as g:
        g.prompt()
        yield g


COMMANDS = ["help", "iomem", "ioports", "e820", "dmesg", "interrupts", "lspci", "hpet", "ioapic",
            "vmallocinfo", "dma", "md", "mw", "mm", "cmp", "cp", "find", "time", "loop", "watch", "in", "out", "reboot", "poweroff",
            "exit", "panic"]


def test_help_lists_every_command(session):
    listed = {line.split()[0] for line in session.command("help").splitlines() if line.split()}
    assert not [line for line in session.command("help").splitlines() if len(line) > 80]
    assert not [c for c in COMMANDS if c not in listed and f"{c}[" not in str(listed)]


def test_unknown_command_says_so(session):
    assert "xyzzy" in session.command("xyzzy")


@pytest.mark.parametrize("line", ["md", "md zzz", "mw", "mm", "cmp 0 1", "cp 0 1", "find 0 1",
                                  "mm 0 zzz", "find 0 1 zzz", "find 0 1 text:", "time", "loop 3", "loop x in 21", "watch 0 in 21",
                                  "mw.l fed00000", "in", "out 80",
                                  "exit x",
                                  "md.x 0", "md. 0", "in.q 80"])
def test_bad_argument_gives_usage(session, line):
    assert re.search(rf"^usage: {line.split()[0].split('.')[0]}", session.command(line), re.M)


def test_usage_lines_say_the_base_of_numbers(session):
    """Words in capitals are numbers, all of them hexadecimal, but for these."""
    words = {"COMMAND", "NAME", "SUITE", "TEST", "PATH", "SIGNATURE", "FUNCTION", "SYMBOL",
             "BB", "DD", "F", "REG",
             "IRQ", "CPUS", "CPU", "NICE", "LINES"}  # decimal, as everywhere else that they are shown
    for line in session.command("help").splitlines():
        if line.startswith(" "):  # the line before goes on
            continue
        name = re.match(r"\w+", line)[0]
        if name == "selftest":  # its arguments are a suite's, as many as that wants
            continue
        usage = session.command(name if name in ("setpci", "time") else name + 5 * " ?")  # too few, too many
        assert re.fullmatch(r"usage: .*\n", usage), usage
        numbers = set(re.findall(r"[A-Z]+", usage)) - words
        assert bool(numbers) == ("(hex)" in usage), usage


def test_numbers_are_hexadecimal(session):
    for prefix in ("", "0x"):
        assert session.command(f"md.b {prefix}f0010 {prefix}10").startswith("000f0010: ")
        assert session.command(f"in {prefix}21").startswith("0021: ")
        assert session.command(f"whatis {prefix}100000").startswith("physical address 0x100000\n")
        assert session.command(f"fault all {prefix}10") == ""
        assert session.command("fault").endswith(" 16, 0 of 0 calls failed\n")
        session.command("fault off")
        assert session.command(f"blk read 0 {prefix}10").startswith("blk: no disk 16\n")
        slept = re.fullmatch(r"slept (\d+) us\n", session.command(f"sleep {prefix}20"))
        assert int(slept[1]) >= 0x20 * 1000


@pytest.mark.parametrize("line, says", [
    ("md.q fffffffffffffff8 2", "md.q: 0x2 items from 0xfffffffffffffff8 on go beyond the last"),
    ("md.b 0 200000", "md.b: 0x200000 items are more than 0x100000 bytes"),
    ("mw.l 80001 0", "mw.l: 0x80001 is not a multiple of 4"),
    ("mw.b 80000 100", "mw.b: 0x100 has more than 1 bytes"),
    ("mw.l fec00000 0", "mw.l: [mem 0xfec00000-0xfec00003] is held by IOAPIC 0"),
    ("in.l ffff", "in.l: the last port is ffff"),
    ("out.b 80 100", "out.b: 0x100 has more than 1 bytes"),
])
def test_explained_error_has_no_usage_line(session, line, says):
    answer = session.command(line)
    assert answer.startswith(says), answer
    assert "usage:" not in answer


def test_crlf_is_one_line_end(session):
    here = session.type("help md\r\n")
    session.prompt(here + 8)
    session.command("help mw")
    assert session.text[here:].count("terrier>") == 2


def test_sleep_takes_seconds(session):
    slept = re.search(r"^slept (\d+) us$", session.command("sleep 1s"), re.M)
    assert 1000000 <= int(slept[1]) < 20000000
    assert session.command("sleep s").startswith("usage: sleep ")


def test_time_says_how_long(session):
    """What the command says comes first; a TSC goes more than once a nanosecond on all machines of ours."""
    said = re.search(r"^(slept \d+ us\n)(\d+) ticks of the TSC, (\d+\.\d{6}) s\n$",
                     session.command("time sleep 100"), re.M)
    assert 0.256 <= float(said[3]) < 20 and int(said[2]) > 0.256e9
    assert re.fullmatch(r"xyzzy: no such command.*\n.* ticks .*\ntime: failed: ECANCELED\n",
                        session.command("time xyzzy"))


def test_loop_runs_a_command_so_often_or_until_it_fails(session):
    session.command("mw.l fd040000 7")
    said = session.command("loop 12 md fd040000 1")
    assert said.splitlines() == 18 * [said.splitlines()[0]] and said.startswith("fd040000: 00000007 ")
    assert session.command("loop 2 loop 3 in 21").count("0021: ") == 6
    assert session.command("loop 5 md ffffe00000000000 1").count("mapped nowhere") == 1
    assert session.command("loop 0 in 21") == ""


@pytest.mark.parametrize("key", ["x", "\x03"])
def test_watch_runs_a_command_until_a_key(session, key):
    here = session.type("watch 1 in 21\n")
    times = session.expect(r"^--- (\d+) s\n0021: ff\n--- (\d+) s\n0021: ff\n", here)
    assert int(times[1]) < int(times[2])
    session.type(key)
    session.prompt(here + 14)
    assert session.command("in 21") == "0021: ff\n"  # the key was taken


def test_md_reads_a_table_in_ram(session):
    """ "_SM_" or not, the BIOS area ends in the reset vector's jump: f000:fff0 is ea 5b e0 00 f0."""
    assert re.search(r"^0*ffff0: ea ", session.command("md.b ffff0 10"), re.M)


def test_md_names_who_holds_the_range(session):
    """IO-APIC, HPET and the virtio BARs are claimed by drivers: the answer names the holder."""
    bar = re.search(r"^ +([0-9a-f]+)-[0-9a-f]+ : virtio-pci-modern$", session.command("iomem"), re.M)
    assert "virtio-pci-modern" in session.command(f"md.l {bar[1]} 1")


def test_md_and_mw_go_over_borders(session):
    """From what is nobody's into a BAR, and as far as what a driver holds."""
    assert session.command("mw.l fcfffff0 1badcafe 8") == ""
    lines = session.command("md.l fcfffff0 8").splitlines()
    assert lines[0].startswith("fcfffff0: ") and lines[1].count("1badcafe") == 4, lines
    lines = session.command("md.l fecffff0 8").splitlines()
    assert lines[0].startswith("fecffff0: ") and "is held by HPET 0" in lines[1], lines


def test_mw_then_md(session):
    """The framebuffer is nobody's: what is written there can be read."""
    bar = re.search(r"^ *(fd000000)-", session.command("iomem"), re.M)
    session.command(f"mw.l {bar[1]} 1badcafe 4")
    line = session.command(f"md.l {bar[1]} 4")
    assert line.count("1badcafe") == 4


def test_mm_writes_values_one_behind_the_other(session):
    assert session.command("mm.w fd000100 1122 3344 5566") == ""
    assert session.command("md.w fd000100 3").startswith("fd000100: 1122 3344 5566 ")
    assert session.command("mm.w fd000100 1 10000").startswith("mm.w: 0x10000 has more than 2 bytes\n")
    assert session.command("md.w fd000100 1").startswith("fd000100: 1122 ")  # not even its first


def answers(session, line, keys):
    """Type a command that asks, and after each of its questions one answer; what all printed."""
    here = session.type(line + "\n")
    for key in keys:
        at = session.expect(r"^\w+: \w* +\? $", here).end()
        session.type(key)
        session.expect("\n", at)
        here = at
    end = session.prompt(here)
    return session.text[:end.start()]


def test_mm_asks_item_by_item(session):
    """A value, one kept, back, a word that is none, a value, the end."""
    session.command("mw.l fd000200 aaaaaaaa 4")
    start = len(session.text)
    said = answers(session, "mm fd000200", ["11\n", "\n", "-\n", "zz\n", "22\n", ".\n"])[start:]
    assert re.findall(r"^(\w+: \w+ \? .*)$", said, re.M) == [
        "fd000200: aaaaaaaa ? 11", "fd000204: aaaaaaaa ? ", "fd000208: aaaaaaaa ? -",
        "fd000204: aaaaaaaa ? zz", "fd000204: aaaaaaaa ? 22", "fd000208: aaaaaaaa ? ."]
    assert "mm: zz is no hexadecimal number\n" in said
    assert session.command("md fd000200 4").startswith(
        "fd000200: 00000011 00000022 aaaaaaaa aaaaaaaa ")
    assert "failed" not in answers(session, "mm fd000200", ["\x04"])[start:]
    here = session.type("\x1b[A\n")  # answers are no lines to come back to
    session.expect(r"^fd000200: 00000011 \? ", here)
    session.prompt(session.type("\x04"))


def test_cmp_tells_what_differs(session):
    session.command("mw.l fd000300 0 8; mw.l fd001300 0 8")
    assert session.command("cmp fd000300 fd001300 8") == "0 of 8 items differ\n"
    session.command("mw.b fd00130d 7f")
    assert session.command("cmp fd000300 fd001300 8") == (
        "fd00030c: 00000000  fd00130c: 00007f00\n1 of 8 items differ\ncmp: failed: EIO\n")
    assert session.command("cmp.b fd000300 fd001300 20").startswith("fd00030d: 00  fd00130d: 7f\n1 of 32 ")
    session.command("mw.l fd000300 0 108; mw.l fd001300 0 108; mw fd001704 1")  # behind what is read at once
    assert session.command("cmp fd000300 fd001300 102").startswith(
        "fd000704: 00000000  fd001704: 00000001\n1 of 258 items differ\n")
    assert session.command("cmp fd000300 fd001300 101") == "0 of 257 items differ\n"


@pytest.mark.parametrize("to", [0xfd010004, 0xfd00fffc, 0xfd020000])
def test_cp_copies_over_itself(session, to):
    """A target above, below and apart, longer than the piece that is copied at once."""
    session.command("mw.l fd00ff00 5a5a5a5a 800")
    session.command("mm fd010000 1 2 3 4; mm fd0103f8 a b c d")
    assert session.command(f"cp fd010000 {to:x} 102") == ""
    assert session.command(f"md {to:x} 4").startswith(f"{to:08x}: 00000001 00000002 00000003 00000004 ")
    assert session.command(f"md {to + 0x3f8:x} 4").startswith(
        f"{to + 0x3f8:08x}: 0000000a 0000000b 0000000c 0000000d ")


def test_cp_asks_for_all_of_its_target_first(session):
    before = session.command("md 1000000 4")
    assert "iomem=relaxed" in session.command("cp fd000000 1000000 4")
    assert session.command("md 1000000 4") == before


def test_find(session):
    """The reset vector's jump of any PC BIOS; a pattern that lies over the border of two pieces."""
    where = session.command("find.b ffff0 10 ea 5b e0 0 f0")
    assert where == "000ffff0\nfound 1 times\n"
    session.command("mw.l fd030000 0 200; mm.b fd0301fe 54 65 72 72 69 65 72")
    assert session.command("find.b fd030000 800 text:Terrier") == "fd0301fe\nfound 1 times\n"
    assert session.command("find.b fd030000 205 54 text:erri") == "fd0301fe\nfound 1 times\n"
    assert session.command("find.b fd030000 204 text:Terrier") == "found 0 times\n"
    assert session.command("find fd030000 200 text:Terrier") == "found 0 times\n"  # at no multiple of 4
    session.command("mw.b fd0305fe 61 4")  # each place, also within another
    assert session.command("find.b fd030000 800 text:aa") == "fd0305fe\nfd0305ff\nfd030600\nfound 3 times\n"
    assert session.command("find.b fd030000 1 text:" + 65 * "x").startswith(
        "find.b: the pattern has more than 64 bytes\n")


def test_dma_keeps_buffers(session):
    """Zeroed, in one piece, aligned to their size; the last one is given back, and only once."""
    a, b = (re.fullmatch(r"(\w{8})-(\w{8})\n", session.command(f"dma alloc {size}"))
            for size in ("1", "5000"))
    for found, size in ((a, 0x1000), (b, 0x8000)):
        start = int(found[1], 16)
        assert int(found[2], 16) == start + size - 1 and start % size == 0
        assert session.command(f"find.q {start:x} {size // 8:x} 0").endswith(f"found {size // 8} times\n")
    assert session.command("dma") == a[0] + b[0]
    assert session.command(f"dma free {a[1]}") == "" and session.command(f"dma free {b[1]}") == ""
    assert ", free, " in session.command(f"whatis {b[2]}")  # to its end
    assert session.command("dma") == ""
    assert session.command(f"dma free {a[1]}").startswith("dma: no buffer begins at ")
    assert session.command("dma alloc 0").startswith("dma: a buffer has 1 to 0x")
    assert session.command("dma alloc ffffffffffffffff").endswith("dma: failed: ERANGE\n")
    said = session.command("loop 11 dma alloc 1")
    assert said.endswith("dma: there are 16 buffers already\ndma: failed: ENOSPC\nloop: failed: ECANCELED\n")
    for found in re.findall(r"^(\w{8})-", said, re.M):
        assert session.command(f"dma free {found}") == ""


STRICT = r"\S+: \[%s\] is (held by )?%s.*; .*iomem=relaxed .*\n\S+: failed: EPERM\n$"


@pytest.mark.parametrize("line, range_, owner", [
    ("mw.q 1ffdbff8 1", "mem 0x1ffdbff8-0x1ffdbfff", "System RAM, reserved since boot"),
    ("mw.q 1000000 1", "mem 0x01000000-0x01000007", "System RAM, "),
    ("mw.b 100000 0", "mem 0x00100000", "Kernel code"),
    ("mw.b ffffffff80100000 0", "mem 0x00100000", "Kernel code"),  # by the image's address
    ("mw.l ffff888000100000 0", "mem 0x00100000-0x00100003", "Kernel code"),  # and the direct map's
    ("mw.l fec00000 0", "mem 0xfec00000-0xfec00003", "IOAPIC 0"),
    ("md.l fec00000 1", "mem 0xfec00000-0xfec00003", "IOAPIC 0"),
    ("mw.b fed003ff 0 2", "mem 0xfed003ff-0xfed00400", "HPET 0"),
    ("mw.w b0000000 0", "mem 0xb0000000-0xb0000001", "PCI MMCONFIG 0000"),
    ("out.b 3f9 0", "io  0x03f9", "serial"),
    ("in.l cfc", "io  0x0cfc-0x0cff", "PCI conf1"),
])
def test_strict_refusal_names_owner_and_word(session, line, range_, owner):
    """Linux's /dev/mem with STRICT_DEVMEM and IO_STRICT_DEVMEM: RAM and what is held."""
    answer = session.command(line)
    assert re.match(STRICT % (range_, owner), answer), answer


def test_virtual_address_counts_by_what_it_maps(session):
    """The driver's mapping of the IOAPIC is as much the driver's as the address behind it."""
    area = re.search(r"^0x(\w+)-.* phys=0x00000000fec00000 ioremap", session.command("vmallocinfo"),
                     re.M)
    assert re.match(STRICT % ("mem 0xfec00000-0xfec00003", "IOAPIC 0"),
                    session.command(f"mw.l {area[1]} 0"))


def test_refused_write_changes_nothing(session):
    """Not even its first part: 128 KiB of the framebuffer, then a held BAR behind it."""
    rows = register.parse(session.command("iomem"))
    bar = next(r for r in rows if r.name == "virtio-pci-modern")
    start = bar.start - 0x20000
    assert any(r.start <= start and r.end == bar.start - 1 for r in rows), rows
    before = session.command(f"md.l {start:x} 10")
    answer = session.command(f"mw.l {start:x} 5a5a5a5a {0x20000 // 4 + 1:x}")
    assert "is held by virtio" in answer, answer
    assert session.command(f"md.l {start:x} 10") == before


def test_what_cannot_be_mapped_is_given_back(session):
    """A look that found no room for its mapping leaves no claim behind: c0000000 is nobody's."""
    before = session.command("iomem")
    assert "c0000000: " not in session.command("fault fail_vmarea 1; md.l c0000000 1; fault off")
    assert session.command("iomem") == before
    assert re.match(r"c0000000: [0-9a-f]{8} ", session.command("md.l c0000000 1"))


def test_one_call_of_a_function_is_refused(session):
    """A refusal names the place that asked; by that name it is refused again, and no place beside it."""
    look = "diff; fault off"
    said = session.command(f"fault fail_vmarea 1; {look}; dmesg 1")
    function, offset, size = re.search(r"fail_vmarea, call 1, fails for (\w+)\+0x(\w+)/0x(\w+)", said).groups()
    plan = f"fault fail_vmarea 1,{function}"
    assert session.command(f"{plan}+0x{offset}; fault").endswith(
        f" 1 for {function}+0x{offset}/0x{size}, 0 of 0 calls failed\n")
    assert session.command(look).endswith(", 1 of 1 calls failed\n")
    for beside in (-1, 1):
        assert session.command(f"{plan}+{int(offset, 16) + beside:x}; {look}").endswith(", 0 of 0 calls failed\n")
    assert session.command(f"{plan}; fault; {look}").endswith(", 1 of 1 calls failed\n")
    for wrong in (f"{function}+", f"{function}+x", f"{function[1:]}+{offset}"):
        assert session.command(f"fault fail_vmarea 1,{wrong}").startswith("usage: fault ")


def test_unmapped_virtual_address_is_said(session):
    assert session.command("md ffffe00000000000").startswith(
        "md: 0xffffe00000000000 is mapped nowhere\n")


def test_relaxed_allows_what_strict_refuses():
    """RAM is written and read back, a driver's register too; a fault in text is survived."""
    with guest.Guest("relaxed", guest.Q35, "iomem=relaxed") as g:
        g.prompt()
        g.command("mw.q 1000000 1122334455667788")
        assert "1122334455667788" in g.command("md.q 1000000 1")
        assert g.command("mw.l fec00000 10") == ""  # IOREGSEL takes it
        assert re.match(r"fec00000: 00000010 ", g.command("md.l fec00000 1"))
        assert re.search(r"^03fb: ", g.command("in.b 3fb"))
        assert "vector 14" in g.command("mw.b ffffffff80100000 0")
        assert "vector 14" in g.command("mm.b ffffffff80100000 0")
        assert "vector 14" in g.command("cp.b 80000 ffffffff80100000 1")
        said = answers(g, "mm.b ffffffff80100000", ["0\n", ".\n"])  # and it goes on
        assert "vector 14" in said and "ffffffff80100001: " in said
        assert "EPERM" not in g.command("mw.b 100000 0")


def test_in_out(session):
    """
    The PIC's mask register reads what was masked.  QEMU's VGA has a register of 16 bits, by number, and number 0 tells its
    interface: docs/specs/standard-vga.txt.
    """
    assert session.command("in.b 21") == "0021: ff\n"
    assert session.command("out.w 1ce 0; in.w 1d0") == "01d0: b0c5\n"
    assert session.command("out.w 1ce 1; out.w 1d0 1234; in.w 1d0; out.w 1d0 0") == "01d0: 1234\n"


def test_page(session):
    assert session.command("page") == "output does not wait\n"
    for bad in ("page 1", "page 1001", "page 0", "page x", "page 5 5"):
        assert "usage: page " in session.command(bad)
    assert session.command("page 5") == "" and session.command("page") == "a page has 5 lines\n"
    here = session.type("help\n")
    question = session.expect("^-- more --", here)
    shown = session.text[here:question.start()].splitlines()
    assert len([line for line in shown if not line.startswith("[")]) == 1 + 4  # what was typed; the question is the fifth
    session.type("q")
    session.expect("terrier> $", question.end())
    assert session.command("page off") == "" and session.command("page") == "output does not wait\n"


def test_history_and_editing(session):
    here = session.type("hepl\x7f\x7flp\n")  # two deletes, then the right letters
    session.prompt(here + 8)
    assert "iomem" in session.text[here:]
    here = session.type("\x1b[A\n")  # cursor up: the line before
    session.prompt(here + 4)
    assert "iomem" in session.text[here:]


def test_tab_completes(session):
    here = session.type("vmalloci\t\n")
    session.prompt(here + 9)
    assert re.search(r"vmallocinfo\n0x[0-9a-f]{16}-0x", session.text[here:])


@pytest.mark.parametrize("typed, completed", [
    ("help vmallocinf\t", "help vmallocinfo"), ("whatis monitor_execute_w\t", "whatis monitor_execute_words"),
    ("setpci 00:01\t 0.l", "setpci 00:01.0 0.l"),
    ("iomem HPE\t", r"iomem HPET\ 0"), ("in 21; iomem Local\\ A\t", r"in 21; iomem Local\ APIC")])
def test_tab_completes_arguments(session, typed, completed):
    here = session.type(typed)
    session.expect(re.escape(completed) + "$", here)
    session.type("\n")
    session.prompt(here + len(typed))
    assert not re.search("no such|failed|usage|neither", session.text[here:])


def test_vmallocinfo_names_callers(session):
    out = session.command("vmallocinfo")
    assert re.search(r"^0xffffc9[0-9a-f]{10}-0xffffc9[0-9a-f]{10} +8192 \S+\+0x[0-9a-f]+/0x[0-9a-f]+"
                     r" phys=0x00000000fed00000 ioremap$", out, re.M), out


def test_lspci_dump_reads_back(session, tmp_path):
    """Debian's lspci reads our dump and finds the devices that the machine has."""
    dump = tmp_path / "dump"
    dump.write_text(session.command("lspci -xxxx"))
    read = subprocess.run(["/usr/bin/lspci", "-n", "-F", str(dump)], capture_output=True, text=True,
                          timeout=20)
    assert read.returncode == 0, read.stderr
    assert re.search(r"^00:1f\.2 0106: 8086:2922", read.stdout, re.M), read.stdout
    assert len(read.stdout.splitlines()) == 7  # host, VGA, two virtio, LPC, AHCI, SMBus


def test_interrupts_counted(session):
    """The timer's and the disk's struck, each through its chip."""
    session.command("sleep 1")
    out = session.command("interrupts")
    assert re.search(r"^LOC: +[1-9]\d* +Local timer interrupts$", out, re.M), out
    assert re.search(r"^ *0: +\d+ +IO-APIC +2-edge +timer$", out, re.M), out
    assert re.search(r"^ *\d+: +[1-9]\d* +PCI-MSI", out, re.M), out


@pytest.mark.parametrize("line, under_way", [
    ("md.b 100000 100000", r"^0010f000: "), ("selftest", r"^ok 5 "), ("bench", r"^bench ioremap_4K "),
    ("mw.b fd000000 0 100000; md.b 100000 100000", ""), ("sleep 4000", "")])
def test_interrupt_stops_a_command(line, under_way):
    """^C ends the whole line; what was typed behind it is the next one."""
    with guest.Guest("interrupt", guest.Q35) as g:
        g.prompt()
        here = g.type(line + "\n")
        g.expect(under_way, here + len(line))
        start = time.monotonic()
        g.type("\x03help md\n")
        g.expect(r"\^C\nterrier> help md\nmd\[.*\n", here)
        assert time.monotonic() - start < 12  # sleep's would go on for 16 s
        g.prompt(here + len(line))
        assert not re.search(r"^001fff|^# pass|memset_io_4K|^ok 100 |^usage", g.text[here:], re.M)


def test_interrupt_ends_the_commands_of_run():
    with guest.Guest("interrupt-run", guest.Q35, 'run="md.b 100000 100000; exit 0"') as g:
        g.expect("^00100ff0: ")
        g.type("\x03")
        g.prompt()
        assert "=== exit" not in g.text
        assert "reserved" in g.command("whatis 0")


@pytest.mark.parametrize("how", ["poweroff", "exit 5"])
def test_poweroff_ends_qemu(how):
    """Without isa-debug-exit there is no status to end with, and `exit` ends all the same."""
    with guest.Guest(f"power{how}", guest.Q35, exit_device=False) as g:
        g.prompt()
        g.type(how + "\n")
        assert g.wait() == 0
    assert ("no isa-debug-exit at port 0xf4, so the power goes off\n" in g.text) == (how != "poweroff")


def test_reboot_ends_qemu():
    """-no-reboot turns the reset into an end."""
    with guest.Guest("reboot", guest.Q35) as g:
        g.prompt()
        g.type("reboot\n")
        assert g.wait() == 0


@pytest.mark.parametrize("commands, status", [
    ("exit 5", 5), ("help md; exit", 0), ("xyzzy; help md; exit", 1), ("md; exit", 1),
    ("mw.l fec00000 0; exit", 1), ("xyzzy; exit 0", 0), ("exit 7f", 127), ("exit 0x10", 16), ("exit 300", 127)])
def test_exit_status(commands, status):
    """Of the list in run=: N, or whether a command has failed; QEMU makes 2 * N + 1 of it."""
    with guest.Guest("exit", guest.Q35, f'run="{commands}"') as g:
        assert g.wait() == 2 * status + 1
    assert ("more than QEMU can tell: 0x7f" in g.text) == ("300" in commands)


def test_exit_status_of_typed_commands():
    with guest.Guest("exit-typed", guest.Q35) as g:
        g.prompt()
        g.command("help help")
        g.command("xyzzy")
        g.command("help help")
        g.type("exit\n")
        assert g.wait() == 2 * 1 + 1

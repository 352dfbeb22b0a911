# SPDX-License-Identifier: MIT
"""The firmware's tables and namespace: dumped for the tools, listed, and obeyed."""

import re
import subprocess

import pytest

import guest
import register


@pytest.mark.parametrize("args", [guest.Q35, guest.PC], ids=["q35", "pc"])
def test_acpidump_is_what_the_tools_read(tmp_path, args):
    """acpixtract takes the dump apart and iasl makes source of it that names the host bridge."""
    _, out = guest.run("acpidump", args, ["acpidump"], timeout=90)
    (tmp_path / "dump.txt").write_text(out["acpidump"])
    subprocess.run(["acpixtract", "-a", "dump.txt"], cwd=tmp_path, check=True, timeout=30,
                   capture_output=True)
    for name in ("dsdt", "facp", "apic", "facs"):
        assert (tmp_path / f"{name}.dat").stat().st_size >= 36, name
    subprocess.run(["iasl", "-d", "dsdt.dat"], cwd=tmp_path, check=True, timeout=30,
                   capture_output=True)
    source = (tmp_path / "dsdt.dsl").read_text()
    assert "Device (PCI0)" in source
    head = re.search(r"Checksum +0x([0-9A-F]{2})", source)
    assert head and "Incorrect checksum" not in source


def test_namespace_is_listed():
    with guest.Guest("namespace", guest.Q35) as g:
        g.prompt()
        assert re.search(r"^DSDT 0x[0-9A-F]+", g.command("acpi"), re.M)
        whole = g.command("acpi \\")
        assert "\\_SB_.PCI0" in whole and len(whole.splitlines()) > 100
        assert "Device" in g.command("acpi \\_SB.PCI0.SF8.RTC")
        # A method is only run on request.
        assert "_STA" in g.command("acpi \\_SB.LNKA") and "= 0x" in g.command("acpi -e \\_SB.LNKA")
        assert "no such" in g.command("acpi \\_SB.NONE").lower() or "error" in g.text.lower()


AML_TABLES = {
    "oem9": """DefinitionBlock ("", "OEM9", 2, "TERR", "LATER", 1) {
        Name (PLAC, 0x77)
        Method (METH) { Return (PLAC + 1) } }""",
    "late": """DefinitionBlock ("", "SSDT", 2, "TERR", "LATE", 1) {
        Name (\\ROOT, 0x1234)
        Method (\\ADDR, 1) { Return (Arg0 + ROOT) } }""",
    # Physical memory that no system uses: above the BIOS's data area.
    "ssdt": """DefinitionBlock ("", "SSDT", 2, "TERR", "LOADS", 1) {
        External (\\DEVX.METH, MethodObj) External (\\ADDR, MethodObj)
        Device (\\DEVX) { }
        Name (\\LATE, Buffer () { %s })
        OperationRegion (\\RGNX, SystemMemory, 0x600, 0x100)
        Field (\\RGNX, AnyAcc, NoLock, Preserve) { FILL, 0x800 }
        Method (\\LDTB) {
            Return (LoadTable ("OEM9", "TERR", "LATER", "\\\\DEVX") & \\DEVX.METH ()) }
        Method (\\LDIT) { FILL = LATE Load (RGNX, Local0) Return (Local0 & ADDR (1)) } }""",
    # Notify 3 asks for ejection (ACPI 6.5, table 5.181).
    "ejects": """DefinitionBlock ("", "SSDT", 2, "TERR", "EJECTS", 1) {
        Method (\\GONE) { Device (TEMP) { Name (_ADR, 0x1d0000) Method (_EJ0, 1) { } }
                         Notify (TEMP, 3) Return (1) }
        Device (\\EVER) { Name (_ADR, 0x1d0000) Name (RUNS, 0)
                         Method (_EJ0, 1) { RUNS++ Notify (EVER, 3) } }
        Method (\\EVRY) { Notify (EVER, 3) Return (1) } }""",
}


def aml_table(folder, name, *inner):
    source = folder / f"{name}.asl"
    source.write_text(AML_TABLES[name].replace("%s", ", ".join(str(b) for b in b"".join(inner))))
    subprocess.run(["iasl", "-f", source], check=True, timeout=30, capture_output=True)
    return source.with_suffix(".aml")


def test_aml_loads_tables(tmp_path):
    """Load from memory, and LoadTable of one that the firmware has: their methods run."""
    late = aml_table(tmp_path, "late").read_bytes()
    files = [aml_table(tmp_path, "ssdt", late), aml_table(tmp_path, "oem9")]
    args = guest.Q35 + "".join(f" -acpitable file={path}" for path in files)
    with guest.Guest("aml-loads", args) as g:
        g.prompt()
        assert "\\LDIT Method (0) = 0x1235" in g.command("acpi -e \\LDIT")
        assert "\\LDTB Method (0) = 0x78" in g.command("acpi -e \\LDTB")
        assert "METH" in g.command("acpi \\DEVX")
        assert re.search(r"AML: SSDT\d+\+0x[0-9a-f]+: \\LDIT: SSDT is loaded already",
                         g.command("acpi -e \\LDIT") + g.text)


@pytest.mark.parametrize("kind", ["q35", "pc", "ovmf"])
def test_poweroff_ends_the_machine(kind):
    args = {"q35": guest.Q35, "pc": guest.PC}.get(kind) or guest.machine("q35-ovmf")
    with guest.Guest(f"poweroff-{kind}", args, 'run="poweroff"') as g:
        assert g.wait() == 0
        assert "the power is still on" not in g.text


def test_nocrs_ignores_the_windows():
    _, out = guest.run("nocrs", guest.Q35, ["iomem", "ioports"], words="pci=nocrs")
    for which in ("iomem", "ioports"):
        rows = register.parse(out[which])
        register.check_tree(rows)
        assert not [r for r in rows if r.name == "PCI Bus 0000:00"]
    assert [r for r in register.parse(out["iomem"]) if r.name == "0000:00:01.0" and r.depth == 0]


def test_hotplug_slots_get_windows():
    """An empty slot's bridge gets ports and memory, which firmware left closed."""
    args = "-M q35 -m 512M -nic none -device pcie-root-port,id=rp0,chassis=1,slot=1"
    _, out = guest.run("hotplug", args, ["iomem", "ioports", "lspci -v"])
    for which in ("iomem", "ioports"):
        assert [r for r in register.parse(out[which]) if r.name == "PCI Bus 0000:01"], which


def test_bars_that_do_not_fit_are_said():
    """Without windows above 4 GiB a BAR of 16 GiB has no place; the rest still has."""
    args = "-M q35,acpi=off -m 512M -nic none -device pci-testdev,membar=16G -device edu"
    text, out = guest.run("too-big", args, ["iomem"])
    rows = register.parse(out["iomem"])
    register.check_tree(rows)
    placed = [r for r in rows if r.name == "0000:00:02.0" and r.end - r.start == 16 * 2**30 - 1]
    assert placed or "can't assign; no space" in text


def test_smbios_is_found_by_efi():
    """EFI's configuration tables name it; nothing of it is where a BIOS would have it."""
    args = guest.machine("q35-ovmf") + " -device ipmi-bmc-sim,id=b -device isa-ipmi-kcs,bmc=b"
    _, out = guest.run("ovmf-ipmi", args, ["ioports", "smbios", "efimap", "e820"])
    names = [r.name for r in register.parse(out["ioports"])]
    assert "IPMI Address 1" in names and "IPMI Address 2" in names
    assert re.search(r"^IPMI Device, type 38, ", out["smbios"], re.M)
    check_efimap(out["efimap"], out["e820"])


def check_efimap(efimap, e820):
    """GRUB's e820, which is made of the same map, has the same ranges of each kind, merged."""
    rows = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (\w+) +([A-Z ]+) \((.*)\)$", efimap, re.M)
    assert len(rows) == len(efimap.splitlines()) > 20
    spans = [(int(a, 16), int(b, 16)) for a, b, *_ in rows]
    assert all(a[1] < b[0] for a, b in zip(spans, spans[1:]))
    for word in ("ACPI data", "ACPI NVS"):
        told = re.findall(rf"0x([0-9a-f]+)-0x([0-9a-f]+)\] {word}$", e820, re.M)
        assert register.merged(span for span, row in zip(spans, rows) if row[4] == word) == \
            register.merged((int(a, 16), int(b, 16)) for a, b in told)
    usable = register.merged(span for span, row in zip(spans, rows) if row[4] == "usable")
    for a, b in re.findall(r"0x([0-9a-f]+)-0x([0-9a-f]+)\] usable$", e820, re.M):
        assert any(start <= int(a, 16) and int(b, 16) <= end for start, end in usable)
    runtime = {row[2] for row in rows if "RUNTIME" in row[3]}
    assert {"RuntimeServicesCode", "RuntimeServicesData"} <= runtime


@pytest.mark.parametrize("year", [1999, 2026, 2135])
@pytest.mark.parametrize("args", [guest.Q35, guest.PC], ids=["q35", "pc"])
def test_the_date_has_its_century(args, year):
    """QEMU's clock was set; which of its registers is the century, the FADT says."""
    _, out = guest.run(f"date-{year}", f"{args} -rtc base={year}-12-24T23:00:00,clock=vm", ["date"],
                       elf=guest.KERNEL_ELF)
    assert out["date"].startswith(f"{year}-12-24 23:0"), out["date"]


def test_the_date_without_a_century():
    """No FADT, so the year's two digits are all that is known."""
    args = "-M pc,acpi=off -m 256M -nic none -rtc base=2135-12-24T23:00:00,clock=vm"
    _, out = guest.run("date-noacpi", args, ["date"], elf=guest.KERNEL_ELF)
    assert out["date"].startswith("2035-12-24 23:0"), out["date"]


def test_firmware_asks_for_strange_ejections(tmp_path):
    """Of a device that ends with its method; and the ejection asks for itself, for ever."""
    args = f"{guest.Q35} -acpitable file={aml_table(tmp_path, 'ejects')}"
    with guest.Guest("aml-ejects", args, timeout=90) as g:
        g.prompt()
        here = len(g.text)
        g.command("acpi -e \\GONE")
        g.expect(r"ACPI: \\GONE\.TEMP: to be ejected, and is gone\n", here)
        g.command("acpi -e \\EVRY")
        runs = [int(re.search(r"RUNS.*0x([0-9A-Fa-f]+)", g.command("acpi -e \\EVER.RUNS"))[1], 16)
                for _ in range(2)]
        assert 0 < runs[0] <= runs[1]
        assert "WARNING" not in g.text

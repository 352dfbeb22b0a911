# SPDX-License-Identifier: MIT
"""Debian's own tools for PCI and firmware, unchanged, on /sys and /proc.

What lspci, setpci, dmidecode and the applets of busybox printed on Debian's Linux on the same
machine is kept in tests/user/linux/tools.txt and applets.txt; `test_user_tools.py --record` asks
anew.  acpidump is held against the monitor's, whose tables come in another order.
"""

import os
import pathlib
import sys

import guest
import pytest

USER = pathlib.Path(__file__).resolve().parents[1] / "user"
sys.path[:0] = [str(USER)]

import both  # noqa: E402

KEPT = both.LINUX / "tools.txt"
APPLETS_KEPT = both.LINUX / "applets.txt"
MACHINE = f"{both.MACHINE} {both.DISK}"
SCRIPT = """dmesg -n 1
echo "=== lspci"; lspci -vvv -xxx
echo "=== lspci -tv"; lspci -tv
echo "=== lspci -k"; lspci -k
echo "=== setpci"; setpci -s 00:1f.2 COMMAND; setpci -s 00:1f.2 COMMAND=4:4; setpci -s 00:1f.2 COMMAND
setpci -s 00:00.0 VENDOR_ID 40.l
echo "=== dmidecode"; dmidecode
echo "=== devmem"; devmem 0xfed00000 32; devmem 0xfd000000 32 0x12345678; devmem 0xfd000000 32
devmem 0x100000 32; echo "exit $?"
"""
TOOLS = ["lspci", "setpci", "dmidecode"]
APPLETS = {"script": 'dmesg -n 1\necho "=== applets"; sh /applets.sh 2>&1\n',
           "texts": {"applets.sh": (USER / "applets.sh").read_text()}, "args": MACHINE}

SYS_KEPT = both.LINUX / "sys.txt"
SYS = {"script": 'dmesg -n 1\necho "=== sys"; sh /sys.sh 2>&1\n',
       "texts": {"sys.sh": (USER / "sys.sh").read_text()},
       "args": "-M q35,nvdimm=on -m 512M,slots=2,maxmem=2G -smp 2 -nic none "
               "-device pcie-root-port,id=p0,chassis=1,slot=1 -device x3130-upstream,id=u0,bus=p0 "
               "-device xio3130-downstream,bus=u0,chassis=2,slot=2 "
               "-device xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3 -device edu,bus=d1 "
               "-device pci-bridge,id=b0,chassis_nr=4 -device edu,bus=b0,addr=3 -device edu,bus=b0,addr=5 "
               "-drive if=none,id=a,driver=null-co,read-zeroes=on,size=64M -device virtio-blk-pci,drive=a "
               "-drive if=none,id=b,driver=null-co,read-zeroes=on,size=32M "
               "-device virtio-blk-pci,drive=b,logical_block_size=4096,physical_block_size=4096 "
               "-drive if=none,id=c,driver=null-co,read-zeroes=on,size=1049088,read-only=on "
               "-device virtio-blk-pci,drive=c"}


def text_of(sections):
    return "".join(f"=== {name}\n{text}" for name, text in sections.items() if name != "end")


def test_tools_say_what_they_say_on_linux():
    said = both.run("tools", SCRIPT, TOOLS, args=MACHINE)[1]
    differ = guest.difference(text_of(said), KEPT.read_text())
    assert not differ, differ


def test_applets_say_what_they_say_on_linux():
    said = both.run("applets", **APPLETS)[1]["applets"]
    differ = guest.difference(said, APPLETS_KEPT.read_text())
    assert not differ, differ


def test_sys_is_as_on_linux():
    """Behind bridges, of several disks, of more CPUs than one."""
    differ = guest.difference(both.run("sys", **SYS)[1]["sys"], SYS_KEPT.read_text())
    assert not differ, differ


def tables(text):
    """{signature: its lines of bytes} of an acpidump."""
    found = {}
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        found.setdefault(head.split(" @ ")[0], []).append("\n".join(lines))
    return found


def test_acpidump_has_the_monitors_tables():
    said = both.run("acpidump", 'dmesg -n 1\necho "=== tables"; acpidump\n', ["acpidump"])[1]
    with guest.Guest("acpidump-monitor", both.MACHINE, 'run="acpidump; exit 0"') as g:
        g.wait()
        ours = tables(guest.sections(g.text)["acpidump"])
    ours.pop("RSDT", None)
    assert {k: sorted(v) for k, v in tables(said["tables"]).items()} == \
        {k: sorted(v) for k, v in ours.items()}


def test_memtester_finds_memory_good():
    """The process's own, locked, and the display's by /dev/mem."""
    said = both.run("memtester", r"""dmesg -n 1
for where in "" "-p 0xfd000000"; do echo "=== at$where"; memtester $where 256K 1 > /out; echo $?
	grep -c locked /out; tr -d '\b' < /out | grep -c ' ok *$'; grep -ci fail /out; done
""", ["memtester"])[1]
    assert said["at"].split() == ["0", "1", "18", "0"]
    assert said["at-p 0xfd000000"].split() == ["0", "0", "18", "0"]  # it locks no device


def test_random_bytes_of_the_host_are_given_out_once(tmp_path):
    """Each of them, in their order, whatever is asked for at a time; who waits for more can be ended."""
    fifo, numbers = tmp_path / "fifo", b"".join(n.to_bytes(2, "big") for n in range(400))
    os.mkfifo(fifo)
    end = os.open(fifo, os.O_RDWR)
    try:
        os.write(end, numbers)
        said = both.run("hwrng", """dmesg -n 1
echo "=== read"; for n in 1 7 64 100 128; do dd if=/dev/hwrng bs=$n count=1 2>/dev/null; done | od -An -v -tx1 | tr -d ' \\n'
echo; echo "=== rest"; timeout 2 dd if=/dev/hwrng of=/rest bs=1 2>/dev/null; echo $?; od -An -v -tx1 /rest | tr -d ' \\n'; echo
echo "=== none"; /bin/dd if=/dev/hwrng iflag=nonblock bs=1 count=1 2>&1; dd if=/dev/null of=/dev/hwrng 2>&1
""", ["/bin/dd"], args=f"{both.MACHINE} -object rng-random,id=r,filename={fifo} -device virtio-rng-pci,rng=r")[1]
    finally:
        os.close(end)
    assert bytes.fromhex(said["read"].strip()) == numbers[64:364]  # the first went into the kernel's pool
    status, rest = said["rest"].split()
    assert status == "143" and bytes.fromhex(rest) == numbers[364:]
    assert "temporarily unavailable" in said["none"] and "Invalid argument" in said["none"]


def test_devmem_reads_what_the_monitor_reads():
    """Registers of the HPET, the I/O APIC and this CPU's APIC."""
    said = both.run("devmem", """dmesg -n 1
for at in fed00000 fed00004 fec00010 fee00030; do
	echo "=== $at"; devmem 0x$at 32; exec 3<>/dev/monitor; echo "md.l $at 1" >&3; cat <&3; exec 3<&-
done""", words="iomem=relaxed")[1]
    for at in ("fed00000", "fed00004", "fec00010", "fee00030"):
        ours, monitors = said[at].splitlines()[:2]
        assert int(ours, 16) == int(monitors.split()[1], 16), said[at]
    assert int(said["fed00000"].split()[0], 16) >> 16 == 0x8086


def test_procps_and_busybox_read_proc():
    said = both.run("procps", """dmesg -n 1
echo "=== ps"; ps -eo pid,ppid,stat,comm | head -4
echo "=== free"; free -m | head -2
echo "=== top"; top -b -n 1 | head -5
echo "=== iomem"; cat /proc/iomem
echo "=== devices"; cat /proc/devices
""", ["ps", "free"])[1]
    assert said["ps"].splitlines()[1].split()[:2] == ["1", "0"]
    total = int(said["free"].splitlines()[1].split()[1])
    assert 480 <= total <= 512
    assert "Load average" in said["top"] or "load average" in said["top"]
    assert "  febf0000-febf0fff : 0000:00:01.0\n" in said["iomem"]
    assert {"  1 mem", "  4 ttyS", "  5 /dev/tty", "  5 /dev/console", " 10 misc"} <= \
        set(said["devices"].splitlines())


def test_functions_are_removed_and_found_by_hand():
    """What Linux 6.1 answers to the same lines."""
    said = both.run("remove", """dmesg -n 1
cd /sys/bus/pci
exec 3<devices/0000:00:03.0/vendor
echo "=== removed"; echo 1 > devices/0000:00:03.0/remove; echo $?; ls devices | grep -c 03.0
cat <&3 2>&1; cat devices/0000:00:03.0/vendor 2>&1
echo "=== found"; echo 1 > rescan; cat devices/0000:00:03.0/vendor
echo x > rescan; echo $?
echo "=== enabled"; cd devices/0000:00:1f.2; cat enable; echo 1 > enable; cat enable; echo 0 > enable
cat enable; echo 0 > enable; echo $?
""", args=f"{MACHINE} -device virtio-rng-pci")[1]
    assert said["removed"].splitlines() == [
        "0", "0", "cat: read error: No such device",
        "cat: can't open 'devices/0000:00:03.0/vendor': No such file or directory"]
    assert said["found"].splitlines() == ["0x1af4", "sh: write error: Invalid argument", "1"]
    assert said["enabled"].splitlines() == ["0", "1", "0", "sh: write error: Input/output error", "1"]


if __name__ == "__main__" and "--record" in sys.argv[1:]:
    KEPT.write_text(text_of(both.run_linux(SCRIPT, TOOLS, args=MACHINE)))
    APPLETS_KEPT.write_text(both.run_linux(**APPLETS)["applets"])
    SYS_KEPT.write_text(both.run_linux(**SYS)["sys"])
elif __name__ == "__main__":
    sys.exit(pytest.main([__file__]))

# SPDX-License-Identifier: MIT
"""Odd machines, each booted once and held to the same few things: nothing warns, every page and every
claim is known, the audit finds no fault, and the suites pass.

`make test-odd` runs this; it takes half an hour or more, so it is no test_ file.  CASE=... is
pytest's -k, SUITES="selftest pci; selftest slab" the suites instead of all of them.
"""

import os
import pathlib
import re
import sys
import tempfile
import time
import warnings

import pytest

import guest
import register
from test_mm_hostile import check_account

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

BARE = "-M q35 -nic none"
SMALL = f"{BARE} -m 256M"
TIMEOUT = 500
SUITES = os.environ.get("SUITES") or "selftest"  # all of them
LARGE = "selftest ioremap; selftest slab; selftest vmalloc; selftest pci"  # not those that touch all the host must have
LOOKS = ["vmstat", "iomem", "ioports", "interrupts", "lspci"]


def chain(n):
    """Bridges, each behind the one before, and a card behind the last."""
    links = [f"-device pci-bridge,id=b{i},chassis_nr={i + 1},addr=5,bus={f'b{i - 1}' if i else 'pcie.0'}"
             for i in range(n)]
    return " ".join([*links, f"-device virtio-rng-pci,bus=b{n - 1},addr=2"])


def switches(n):
    """The same of PCI Express: switches of one port each."""
    links, above = ["-device pcie-root-port,id=d0,chassis=100,slot=100"], "d0"
    for i in range(1, n):
        links.append(f"-device x3130-upstream,id=u{i},bus={above}")
        links.append(f"-device xio3130-downstream,id=d{i},bus=u{i},chassis={i},slot={i}")
        above = f"d{i}"
    return " ".join([*links, f"-device virtio-rng-pci,bus={above}"])


def many(n, card):
    """Cards on two conventional buses, as many as fit on each."""
    buses = " ".join(f"-device pci-bridge,id=m{i},chassis_nr={i + 1}" for i in range((n + 30) // 31))
    return f"{buses} " + " ".join(f"-device {card},bus=m{i // 31},addr={i % 31 + 1:#x}" for i in range(n))


def bars(*sizes):
    return " ".join(f"-device pci-testdev,membar={size}" for size in sizes)


NUMA = ("-smp 4 -object memory-backend-ram,id=m0,size=128M -object memory-backend-ram,id=m1,size=128M "
        "-numa node,memdev=m0,cpus=0-1 -numa node,memdev=m1,cpus=2 -numa node,cpus=3")

# name: (machine, words, suites).  Where the suites are fewer, the machine is too slow for all.
MACHINES = {
    **{f"memory-{size}": (f"{BARE} -m {size}", "", SUITES)
       for size in ("8M", "9M", "13M", "24M", "33M", "127M", "2047M", "3G", "5G")},
    "memory-20G": (f"{BARE} -m 20G", "", LARGE),
    **{f"memory-pc-{size}": (f"-M pc -nic none -m {size}", "", SUITES) for size in ("8M", "3584M")},
    "memory-holes": (SMALL, "memmap=1M$16M,3M$33M,4K$64M,64K#100M mem=200M", SUITES),
    "memory-high": (f"{BARE} -m 20G", "highmem=19G", LARGE),
    "numa": (SMALL + f" {NUMA}", "", SUITES),
    **{f"cpu-no-{feature}": (f"{SMALL} -cpu qemu64,-{feature} -smp 2", "", SUITES)
       for feature in ("pge", "pat", "mtrr", "mce", "mca", "apic", "sep", "cx16",
                       "pse36", "x2apic", "hypervisor", "pni", "de", "vme", "svm")},
    **{f"cpu-max-no-{feature}": (f"{SMALL} -cpu max,-{feature}", "", SUITES)
       for feature in ("smep", "smap", "umip", "pcid", "rdrand", "rdseed", "xsave", "xsaveopt", "fsgsbase", "erms",
                       "pdpe1gb", "rdtscp", "arat", "avx", "la57", "invtsc", "clflushopt", "rdpid")},
    **{f"cpu-{model}": (f"{SMALL} -cpu {model} -smp 2", "", SUITES)
       for model in ("kvm64", "Opteron_G1", "Conroe", "Skylake-Server", "EPYC", "max")},
    "cpu-52-bits": (f"{SMALL} -cpu max,phys-bits=52", "", SUITES),
    "cpu-36-bits": (f"{SMALL} -cpu qemu64,phys-bits=36", "", SUITES),
    "cpus-255": (f"{BARE} -m 1G -smp 255", "", "selftest smpboot; selftest percpu; selftest page_alloc"),
    "cpus-3-of-240": (f"{SMALL} -smp 3,maxcpus=240", "", "selftest smpboot"),
    "no-hpet": ("-M q35,hpet=off -m 256M -nic none", "", SUITES),
    "no-hpet-pc": ("-M pc,hpet=off -m 256M -nic none", "", SUITES),
    "no-acpi": ("-M pc,acpi=off -m 256M -nic none -smp 2", "", SUITES),
    "no-acpi-q35": ("-M q35,acpi=off -m 256M -nic none", "", SUITES),
    "no-acpi-no-hpet": ("-M pc,acpi=off,hpet=off -m 256M -nic none", "", SUITES),
    "no-pit": ("-M q35,pit=off -m 256M -nic none", "", SUITES),
    "no-pic": ("-M pc,pic=off -m 256M -nic none", "", SUITES),
    "no-i8042": ("-M q35,i8042=off -m 256M -nic none", "", SUITES),
    "no-sata-no-smbus": ("-M q35,sata=off,smbus=off,vmport=off,smm=off -m 256M -nic none", "", SUITES),
    "no-vga": (f"{SMALL} -vga none", "", SUITES),
    "no-pci": ("-M isapc -m 64M -nic none -cpu qemu64", "", SUITES),
    "no-pci-microvm": ("-M microvm,acpi=off,rtc=off -m 64M -nic none -cpu qemu64,-mtrr", "", SUITES),
    # Its firmware leaves them off: no hole is of a type that suites of mappings could use.
    "mtrrs-are-off": ("-M microvm,acpi=off -m 64M -nic none", "", "selftest page_alloc; selftest slab; selftest vmalloc"),
    "no-timer-but-apic": ("-M q35,hpet=off -m 256M -nic none", "noapic", SUITES),
    "devices-64": (f"{BARE} -m 512M {many(64, 'virtio-rng-pci')}", "", SUITES),
    "devices-64-edu": (f"{BARE} -m 512M {many(64, 'edu')}", "", "selftest pci; selftest irq; selftest virtio"),
    "bridges-16": (f"{SMALL} {chain(16)}", "", SUITES),
    "bridges-16-express": (f"{SMALL} {switches(16)}", "", SUITES),
    "bridges-16-numbered-anew": (f"{SMALL} {switches(16)}", "pci=assign-busses", SUITES),
    "bars-small": (f"{SMALL} {bars(16, 32, 64, 128, 256, 1024, 2048, 4096)}", "", SUITES),
    "bars-large": (f"{SMALL} -cpu max,phys-bits=46 {bars('1M', '64M', '1G', '32G', '512G')}", "", SUITES),
    "bars-terabytes": (f"{SMALL} -cpu max,phys-bits=48 {bars('1T', '4T', '16T', 16)}", "", SUITES),
    "bars-terabytes-of-a-bridge": (f"{SMALL} -cpu max,phys-bits=48 -device pcie-root-port,id=r,chassis=1 "
                                   "-device pci-testdev,membar=2T,bus=r", "", SUITES),
    "disk-fails": (f"{SMALL} -blockdev driver=null-co,node-name=z,size=67108864,read-zeroes=on -blockdev "
                   "driver=blkdebug,node-name=d,image=z,inject-error.0.event=none -device virtio-blk-pci,drive=d",
                   "", "blk read 0"),
    # For longer than the driver waits; a reset of it QEMU holds until then.  And QEMU itself would read it for
    # its geometry.
    "disk-stops": (f"{SMALL} -drive if=none,id=d,driver=null-co,size=64M,latency-ns=8000000000 "
                   "-device virtio-blk-pci,drive=d,cyls=8,heads=16,secs=63", "", "blk read 0"),
    "disk-empty": (f"{SMALL} -drive if=none,id=d,driver=null-co,size=0 -device virtio-blk-pci,drive=d", "", "blk read 0"),
    "disk-one-sector": (f"{SMALL} -drive if=none,id=d,driver=null-co,read-zeroes=on,size=512 "
                        "-device virtio-blk-pci,drive=d", "", "blk read 0; blk read 1"),
    "disk-exabytes": (f"{SMALL} -drive if=none,id=d,driver=null-co,read-zeroes=on,size=4E "
                      "-device virtio-blk-pci,drive=d", "", "blk read 0; blk read ffffffffffffffff"),
}

# What a machine must be told of.
SAYS = {
    "disk-stops": ["taken out of service"],
    "disk-fails": ["EIO"],
}


def check_boot(text):
    boot = text.split("Terrier:", 1)[1].split("\n=== ")[0]  # GRUB and QEMU warn of their own things
    assert "WARNING" not in boot and "anic" not in boot


def check_looks(text, out):
    """The last look at each thing."""
    check_account(out["vmstat"])
    for which in ("iomem", "ioports"):
        register.check_tree(register.parse(out[which]))
    register.check_image(register.parse(out["iomem"]))
    assert re.search(r"^audit: \d+ checks, 0 faults$", text, re.M)
    assert "INFO: task" not in text and "lockup" not in text


@pytest.mark.parametrize("name", MACHINES)
def test_machine(name):
    args, words, suites = MACHINES[name]
    commands = [*suites.split("; "), *LOOKS]
    text, out = guest.run(f"odd-{name}", args, commands, words=words, timeout=TIMEOUT)
    check_boot(text)
    check_looks(text, out)
    for line in SAYS.get(name, []):
        assert line in text, text[-3000:]
    for suite in commands:
        if suite.startswith("selftest"):
            assert not re.findall(r"^not ok.*", out[suite], re.M)
            assert re.search(r"^# pass:[1-9]\d* fail:0 ", out[suite], re.M), out[suite][-500:]


def test_no_serial_port():
    """Nobody hears it, and it comes to its monitor all the same."""
    with guest.Guest("odd-no-serial", SMALL, 'run="audit; exit 0"', serial="none", timeout=60) as g:
        assert g.wait() == 1


def test_serial_port_on_a_card_alone():
    port = "-chardev stdio,id=c -device pci-serial,chardev=c"
    with guest.Guest("odd-pci-serial", f"{SMALL} {port}", 'console=ttyS4 run="audit; iomem; exit 0"',
                     serial="none", timeout=60) as g:
        assert g.wait() == 1
    assert re.search(r"^audit: \d+ checks, 0 faults$", g.text, re.M)


@pytest.mark.parametrize("feature", ["lm", "pae", "msr", "fxsr", "sse", "sse2", "syscall", "cx8", "fpu", "pse", "nx", "tsc",
                                     "clflush", "mmx", "cmov"])
def test_processor_without_what_is_needed(feature):
    """It is told in a line, or is not missed."""
    with guest.Guest(f"odd-without-{feature}", f"{SMALL} -cpu qemu64,-{feature}", 'panic=-1 run="audit; exit 0"',
                     timeout=60) as g:
        g.expect(r"this processor lacks, or firmware has disabled: \S+|^audit: \d+ checks, 0 faults$")


# ---- cards that come and go, and disks that fail, while programs use them

PORT = ("-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off "
        "-device pcie-root-port,id=rp1,addr=8,chassis=1,slot=1")
ZEROES = "-blockdev driver=null-co,node-name=z,size=67108864,read-zeroes=on"
LOOP = """dmesg -n 1; mkdir -p /tmp; exec 9<>/dev/monitor
ask() { echo "$@" >&9; busybox cat <&9; }
load() { while [ ! -e /tmp/stop ]; do
	/bin/dd if=$1 of=/dev/null iflag=direct bs=64k count=200 2>/dev/null || busybox sleep 0.05
done; }
"""


def boot_shell(name, initrd, args, during, timeout):
    """One boot, its whole text, and QEMU's status."""
    with guest.Guest(f"odd-{name}", f"{args} -initrd {initrd}", timeout=timeout, elf=guest.KERNEL_ELF,
                     exit_device=False, hmp=bool(during)) as g:
        try:
            if during:
                during(g)
        except (EOFError, ConnectionError):
            pass  # QEMU is gone: its status says how
        status = g.wait()
    return g, status


def run_shell(name, script, args, during=None, timeout=240):
    """The script as /init's body, `during(guest)` beside it: the sections, vmstat and the register at the end.

    QEMU 7.2 dies by a signal now and then where a disk goes that is being read: it is asked again then.
    """
    looks = "\n".join(f'echo "=== {look}"; ask {look}' for look in ("vmstat", "iomem", "ioports"))
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd"
        # The answer's buffer grows by a page in the midst of the first account.
        both.make_archive(initrd, f"{LOOP}{script}\nask vmstat >/tmp/o; {looks}", ["/bin/dd"])
        for attempt in range(4):
            g, status = boot_shell(f"{name}-{attempt}", initrd, args, during, timeout)
            if status >= 0:
                break
            warnings.warn(f"{name}: QEMU died by signal {-status}")
    assert "\n=== end\n" in g.text, f"it did not end: QEMU's status {status}; {g.how_it_ended()}"
    out = guest.sections(g.text)
    check_boot(g.text)
    check_looks(g.text, out)
    assert "WARNING" not in g.text and "Kernel panic" not in g.text
    return out


def test_cards_are_pulled_out_under_load():
    """The port's power goes while two programs read; then it is there again, fourteen times."""
    script = """echo "=== pulled"
load /dev/vda & load /dev/vda &
for i in 1 2 3 4 5 6 7 8 9 a b c d e; do
	busybox sleep 0.3
	ask "setpci 00:08.0 CAP_EXP+18.w=500:700"
	busybox sleep 0.1
	ask "pci rescan"
done
touch /tmp/stop; wait; busybox sleep 1; ask "pci rescan"; /bin/dd if=/dev/vda of=/dev/null bs=64k count=1 2>&1 | tail -n 1
"""
    out = run_shell("pulled-under-load", script,
                       f"{SMALL} -smp 2 {PORT} {ZEROES} -device virtio-blk-pci,drive=z,bus=rp1")
    assert "65536 bytes" in out["pulled"], out["pulled"]


def test_cards_are_plugged_under_load():
    """By QEMU's monitor: a button that is pressed while programs read, and a card anew."""
    def during(g):
        g.expect(r"^=== plugged")
        for _ in range(8):
            g.hmp("device_del card")
            while 'id "card"' in g.hmp("info pci"):
                g._read_some()
            here = len(g.text)
            g.hmp("device_add virtio-blk-pci,drive=z,bus=rp1,id=card")
            until = time.monotonic() + 3
            while time.monotonic() < until and "came" not in g.text[here:]:
                g._read_some()

    script = """echo "=== plugged"
load /dev/vda & load /dev/vda &
busybox sleep 25; touch /tmp/stop; wait; ask "pci rescan"
"""
    run_shell("plugged-under-load", script, f"{SMALL} -smp 2 {PORT} {ZEROES} "
              "-device virtio-blk-pci,drive=z,bus=rp1,id=card", during=during)


def test_disk_shrinks(tmp_path):
    """What lies beyond its new end is an error or its end, and what is before it is read."""
    disk = tmp_path / "disk"
    with open(disk, "wb") as file:
        file.truncate(64 << 20)

    def during(g):
        g.expect(r"^=== before\n(.*\n)*done")
        g.hmp("block_resize d 1M")

    script = """echo "=== before"
/bin/dd if=/dev/vda of=/dev/null iflag=direct bs=64k 2>&1 | tail -n 1; load /dev/vda & echo done
busybox sleep 3
echo "=== after"; touch /tmp/stop; wait
for skip in 0 15 16 900; do
	/bin/dd if=/dev/vda of=/dev/null iflag=direct bs=64k skip=$skip count=1 >/tmp/o 2>&1; echo "$skip: $? $(tail -n 1 /tmp/o)"
done
"""
    out = run_shell("disk-shrinks", script, f"{SMALL} -drive if=none,id=d,format=raw,file={disk} "
                       "-device virtio-blk-pci,drive=d", during=during)
    assert "67108864 bytes" in out["before"]
    assert re.search(r"^0: 0 65536 bytes", out["after"], re.M) and re.search(r"^15: 0 65536 bytes", out["after"], re.M)
    assert not re.search(r"^(16|900): 0 65536 bytes", out["after"], re.M), out["after"]


@pytest.mark.parametrize("how", ["every", "some"])
def test_disk_fails_under_load(how):
    """Reads end in an error or in bytes, and never not at all."""
    rule = "inject-error.0.event=none" + (",inject-error.0.sector=300" if how == "some" else "")
    disk = f"{ZEROES} -blockdev driver=blkdebug,node-name=d,image=z,{rule} -device virtio-blk-pci,drive=d"
    script = """echo "=== failed"
for bs in 512 4k 64k 1M; do
	/bin/dd if=/dev/vda of=/tmp/o iflag=direct bs=$bs count=4 2>/dev/null; echo "$bs $? $(wc -c < /tmp/o)"
	busybox dd if=/dev/vda of=/tmp/o bs=$bs count=4 2>/dev/null; echo "$bs $? $(wc -c < /tmp/o)"
done
load /dev/vda & load /dev/vda & busybox sleep 3; touch /tmp/stop; wait
"""
    out = run_shell(f"disk-fails-{how}", script, f"{SMALL} -smp 2 {disk}")
    if how == "every":
        assert re.findall(r"^\S+ 1 0$", out["failed"], re.M) == \
            [line for line in out["failed"].splitlines() if re.match(r"\d+[kM]? \d", line)]


def test_disk_stops_under_load():
    """One request a second is all it does at last; nothing else hangs for it."""
    def during(g):
        g.expect(r"^=== stopped")
        g.hmp("block_set_io_throttle d 0 0 0 1 0 0")

    script = """echo "=== stopped"
load /dev/vda & load /dev/vda & busybox sleep 8; touch /tmp/stop; ask "ps"
killall dd 2>/dev/null; wait; echo over
"""
    out = run_shell("disk-stops", script, f"{SMALL} -drive if=none,id=d,driver=null-co,read-zeroes=on,size=64M,"
                       "throttling.iops-total=1000 -device virtio-blk-pci,drive=d", during=during)
    assert "over" in out["stopped"]

# SPDX-License-Identifier: MIT
"""Direct and asynchronous I/O on a disk: Debian's dd reads what is there and fio finds what it wrote,
pages are pinned as long as a device uses them and no longer, and programs that die in the midst of
it leave nothing behind.
"""

import hashlib
import random
import re
import sys

import pytest

import guest

sys.path.insert(0, str(guest.ROOT / "tests" / "user"))
import both  # noqa: E402

# A job of fio's: random writes, each read again and its checksum looked at.
FIO = """dmesg -n 1; mkdir -p /tmp; cd /tmp
job() {{
	fio --name=v --filename=/dev/vda --rw=randwrite --bs=4k-64k --size=4m --iodepth=16 \
		--verify=crc32c --verify_fatal=1 --minimal --eta=never "$@" >out 2>&1
	echo "exit $? $(cut -d';' -f1-5 out | head -n 8)"
}}
{jobs}
"""
JOBS = {
    "libaio": "--ioengine=libaio --direct=1 --thread",
    "io_uring": "--ioengine=io_uring --direct=1 --thread",
    "registered": "--ioengine=io_uring --direct=1 --thread --fixedbufs=1 --registerfiles=1",
    "buffered": "--ioengine=io_uring --direct=0 --thread",
    "processes": "--ioengine=libaio --direct=1 --numjobs=4 --offset_increment=8m",
    "psync": "--ioengine=pvsync2 --direct=1 --thread",
    "mmap": "--ioengine=mmap --thread",
}


@pytest.mark.parametrize("cpus", [1, 4])
def test_fio_finds_what_it_wrote(tmp_path, cpus):
    disk = tmp_path / "disk"
    with open(disk, "wb") as file:
        file.truncate(64 << 20)
    script = FIO.format(jobs="\n".join(f'echo "=== {name}"; job {words}'
                                       for name, words in JOBS.items()))
    said = both.run(f"fio-{cpus}", script, ["fio"], timeout=240, args=(
        f"-M q35 -m 1G -nic none -smp {cpus} -drive if=none,id=d,format=raw,file={disk} "
        "-device virtio-blk-pci,drive=d"))[1]
    for name in JOBS:
        assert said[name].startswith("exit 0 "), (name, said[name])
        jobs = 4 if name == "processes" else 1
        assert len(re.findall(r"3;fio-[\d.]+;v;0;0$", said[name], re.M)) == jobs, said[name]
    assert disk.read_bytes().count(0) < 60 << 20  # and it is on the disk


DD = """dmesg -n 1; mkdir -p /tmp; pins() { grep nr_foll_pin /proc/vmstat | cut -d' ' -f2; }
for dd in /bin/dd "busybox dd"; do
	echo "=== read by $dd"; pins; $dd if=/dev/vda iflag=direct bs=64k 2>/dev/null | md5sum; pins
done
echo "=== write"; head -c 1048576 /dev/vda > /tmp/f
/bin/dd if=/tmp/f of=/dev/vda oflag=direct bs=16k seek=64 count=8 conv=notrunc 2>/dev/null; echo $?
/bin/dd if=/tmp/f of=/dev/vda oflag=direct bs=100 count=1 conv=notrunc 2>/dev/null; echo $?
for flags in "skip=1 oflag=direct" "skip=2"; do
	echo "=== end $flags"
	/bin/dd if=/tmp/f of=/dev/vda bs=4096 seek=1024 count=2 conv=notrunc $flags 2>&1; echo $?; sync; tail -c 1536 /dev/vda | md5sum
done
"""


def test_dd_reads_and_writes_the_image_itself(tmp_path):
    """Each page of it pinned once, and let go; what is no whole sector is refused.  It ends amid a page: of what
    is written over its end the beginning is there, and it is told how much that is."""
    disk, tail = tmp_path / "disk", 3 * 512
    size = (4 << 20) + tail
    image = random.Random(11).randbytes(size)
    disk.write_bytes(image)
    said = both.run("dd", DD, ["/bin/dd"], args=(
        f"{both.MACHINE} -drive if=none,id=d,format=raw,file={disk} "
        "-device virtio-blk-pci,drive=d"))[1]
    for dd in ("/bin/dd", "busybox dd"):
        acquired, released, md5, more_acquired, more_released = said[f"read by {dd}"].split("\n")[:5]
        assert md5.split()[0] == hashlib.md5(image).hexdigest()
        assert int(more_acquired) - int(acquired) >= -(-size >> 12)
        assert int(more_released) - int(released) == int(more_acquired) - int(acquired)
    assert said["write"].split() == ["0", "1"]
    for flags, at in (("skip=1 oflag=direct", 4096), ("skip=2", 8192)):
        end = said[f"end {flags}"]
        assert "No space left on device" in end and f"\n{tail} bytes" in end and "\n1\n" in end, end
        assert hashlib.md5(image[at:at + tail]).hexdigest() in end
    assert disk.read_bytes() == (image[:1 << 20] + image[:128 << 10] + image[(1 << 20) + (128 << 10):-tail] +
                                 image[8192:8192 + tail])


ERRORS = """dmesg -n 1
for skip in 0 2 4; do
	/bin/dd if=/dev/vda of=/tmp/o iflag=direct bs=1M skip=$skip count=1 2>/dev/null; echo $? $(wc -c < /tmp/o)
done
/bin/dd if=/dev/vda of=/tmp/o iflag=direct bs=8M count=1 2>/dev/null; echo $? $(wc -c < /tmp/o)
"""


def test_an_error_of_the_disk_is_told():
    """The disk cannot read a sector of its third MiB: nobody gets that, in whatever piece of a read it lies."""
    bad = ("-blockdev driver=null-co,node-name=zeroes,size=67108864,read-zeroes=on -blockdev driver=blkdebug,"
           "node-name=d,image=zeroes,inject-error.0.event=none,inject-error.0.sector=5000,"
           "inject-error.0.iotype=read -device virtio-blk-pci,drive=d")
    said = both.run("disk-errors", f'echo "=== said"\n{ERRORS}', ["/bin/dd"], args=f"{both.MACHINE} {bad}")[1]
    mib = 1 << 20
    assert said["said"].split("\n")[:4] == [f"0 {mib}", "1 0", f"0 {mib}", "1 0"]


def test_pages_are_pinned_as_long_as_a_device_uses_them():
    slow = ("-drive if=none,id=d,driver=null-co,read-zeroes=on,size=64M,latency-ns=300000000 "
            "-device virtio-blk-pci,drive=d")
    said = both.run("pinned", 'dmesg -n 1\necho "=== pinned"; pinned /dev/vda', ["pinned"],
                    args=f"{both.MACHINE} {slow}")[1]
    assert said["pinned"].split("\n")[:2] == ["8 begun, 128 pages pinned, 8 ended, 0 pinned"] * 2


ROUND = """for n in a b c d; do uring >/tmp/u$n & aio >/tmp/a$n & done; wait
for n in a b c d; do tail -n 1 /tmp/u$n /tmp/a$n; done
"""
COUNTS = """sleep 1; cat /proc/vmstat | grep -E "nr_foll_pin|nr_free_pages"; cat /proc/meminfo | grep Slab
"""


def test_programs_that_die_leave_nothing():
    """Each of `uring` and `aio` has a child killed with I/O of all kinds under way."""
    script = "dmesg -n 1; mkdir -p /tmp\n" + "".join(
        f'echo "=== round{i}"\n{ROUND}echo "=== counts{i}"\n{COUNTS}' for i in range(4))
    text, said = both.run("io-torture", script, ["uring", "aio"], timeout=240,
                          args=f"{both.MACHINE} {both.DISK} -smp 4")
    counts = [dict(re.findall(r"(\w+):? +(\d+)", said[f"counts{i}"])) for i in range(4)]
    for i, count in enumerate(counts):
        assert said[f"round{i}"].count("done") == 8
        # The ring of the disk's queue stays pinned.
        assert int(count["nr_foll_pin_acquired"]) - int(count["nr_foll_pin_released"]) == 1
    # What caches keep they have after the first rounds.
    assert int(counts[3]["nr_free_pages"]) > int(counts[1]["nr_free_pages"]) - 64
    assert "WARNING" not in text and "INFO: task" not in text

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Run what counts and say what has run: coverage.sh JOBS, after make COVERAGE=1.
set -eu
jobs=$1 out=build/coverage
host=$out/host

find $out -name '*.gcda' -delete
make -s -f tests/host/Makefile JOBS="$jobs" HOST_BUILD=$host HOST_SANITIZE=--coverage host-test > $out/host.txt 2>&1 ||
	tail -n 1 $out/host.txt

# $1: name, $2: commands; the rest: the machine
boot() {
	name=$1 commands=$2
	shift 2
	timeout 900 qemu-system-x86_64 -accel tcg,thread=multi -nic none -display none -no-reboot -serial stdio \
		-kernel $out/terrier-test.elf -append "highmem=64M panic=-1 run=\"$commands; gcov; exit 0\"" \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -debugcon "file:$out/$name.debugcon" \
		-drive if=none,id=disk0,format=raw,snapshot=on,file=build/disk.img \
		-device virtio-blk-pci,drive=disk0 -device virtio-rng-pci "$@" \
		< /dev/null > $out/$name.txt || [ $? = 1 ]
	grep '^# pass' $out/$name.txt || tail -n 3 $out/$name.txt
}

commands="iomem; ioports; lspci; lspci -vv; interrupts; pagetables; vmallocinfo; slabinfo; buddyinfo; vmstat; \
e820; acpi; mm; bootstage; timers; ps; top 1; whatis 0xfec00000; help; audit"
boot q35 "selftest; $commands" -M q35 -m 512M -smp 4
boot pc "selftest" -M pc -m 256M
PYTHONPATH=tests/user:tests/qemu python3 - << 'END'
import both, guest
out = guest.BUILD / "coverage"
programs = both.own_programs()
script = "\n".join(f'echo "=== {p}"; busybox timeout 60 {p}' for p in programs)  # one that hangs is no matter
both.run("coverage-programs", script +
         '\nexec 8<>/dev/monitor; echo gcov >&8; busybox cat <&8; exec 8>&-', programs, timeout=900,
         args=f"{both.MACHINE} {both.DISK} -smp 4 -debugcon file:{out}/programs.debugcon",
         elf=out / "terrier-test.elf")
END
tests/coverage.py build/coverage.html $out $host --debugcon $out/q35.debugcon --debugcon $out/pc.debugcon \
	--debugcon $out/programs.debugcon
echo "build/coverage.html has the lines that have not run"

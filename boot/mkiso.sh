#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Make the ISO that BIOS and EFI machines boot: mkiso.sh ELF ISO [EXTRA [MODULES]]
#
# What lies in the folder EXTRA goes in last: a boot/grub/grub.cfg of one's own,
# modules.  MODULES are more of GRUB's, for that.
#
# What the loader reads comes through the firmware, sector by sector, so its size
# is boot time: the ELF goes in without symbols, and of GRUB's modules only those
# that the boot needs (the part_* ones are named by grub-mkrescue's own EFI
# configuration, which complains on the console for each that is missing).
#
# The same files make the same ISO, byte for byte: all that is dated has the date
# SOURCE_DATE_EPOCH (reproducible-builds.org), which is that of the last commit where
# nobody sets it.  grub-mkrescue and mtools ask the clock, so they are given another one.
set -eu
elf=$1 iso=$2 extra=${3:-} more=${4:-} here=$(dirname "$0")
modules="normal multiboot2 boot iso9660 part_acorn part_amiga part_apple part_bsd part_dfly
	part_dvh part_gpt part_msdos part_plan part_sun part_sunpc $more"

export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2> /dev/null || echo 1000000000)}"

tree=$(mktemp -d "$iso.XXXXXX")
clock=$tree.so
trap 'rm -rf "$tree" "$clock"' EXIT
${CC:-gcc} -shared -fPIC -O2 -o "$clock" -x c - << 'END'
#include <stdlib.h>
#include <time.h>

time_t time(time_t *now)
{
	time_t epoch = atoll(getenv("SOURCE_DATE_EPOCH"));

	if (now)
		*now = epoch;
	return epoch;
}

/* Files are dated by it, wherever they have come from. */
struct tm *localtime(const time_t *date)
{
	static struct tm fields;
	time_t epoch = time(NULL);

	(void)date;
	return gmtime_r(&epoch, &fields);
}
END
mkdir -p "$tree/boot/grub"
strip -s -o "$tree/boot/terrier.elf" "$elf"
cp "$here/grub.cfg" "$tree/boot/grub/grub.cfg"
[ -z "$extra" ] || cp -R "$extra/." "$tree/"
if ! log=$(LD_PRELOAD=$(realpath "$clock") grub-mkrescue -o "$iso" --install-modules="$(echo $modules)" --fonts= --locales= \
	--themes= "$tree" --set_all_file_dates "=$SOURCE_DATE_EPOCH" 2>&1); then
	echo "$log" >&2
	rm -f "$iso"
	exit 1
fi

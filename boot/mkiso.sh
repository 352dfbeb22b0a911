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
set -eu
elf=$1 iso=$2 extra=${3:-} more=${4:-} here=$(dirname "$0")
modules="normal multiboot2 boot iso9660 part_acorn part_amiga part_apple part_bsd part_dfly
	part_dvh part_gpt part_msdos part_plan part_sun part_sunpc $more"

tree=$(mktemp -d "$iso.XXXXXX")
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/boot/grub"
strip -s -o "$tree/boot/terrier.elf" "$elf"
cp "$here/grub.cfg" "$tree/boot/grub/grub.cfg"
[ -z "$extra" ] || cp -R "$extra/." "$tree/"
if ! log=$(grub-mkrescue -o "$iso" --install-modules="$(echo $modules)" --fonts= --locales= \
	--themes= "$tree" 2>&1); then
	echo "$log" >&2
	rm -f "$iso"
	exit 1
fi

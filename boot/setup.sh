#!/bin/sh
# SPDX-License-Identifier: MIT
#
# See that the tools are there.  When they are, this costs a few file look-ups;
# when not, they are installed on a Debian machine, as root or through sudo, and
# named elsewhere.  setup.sh ["PROOF PACKAGE"]... adds to the list.
set -u

# What proves a package: a command, or a file by its full path.
tools='
gcc			gcc
ld			binutils
/usr/include/stdio.h	libc6-dev
/usr/include/linux/unistd.h	linux-libc-dev
nasm			nasm
grub-mkrescue		grub-common
/usr/lib/grub/i386-pc/multiboot2.mod	grub-pc-bin
/usr/lib/grub/x86_64-efi/multiboot2.mod	grub-efi-amd64-bin
xorriso			xorriso
mformat			mtools
qemu-system-x86_64	qemu-system-x86
/usr/share/OVMF/OVMF_CODE.fd	ovmf
/usr/bin/python3	python3
/usr/lib/python3/dist-packages/pytest/__init__.py	python3-pytest
/usr/lib/python3/dist-packages/xdist/__init__.py	python3-pytest-xdist
gdb			gdb
sparse			sparse
clang-format		clang-format
iasl			acpica-tools
lspci			pciutils
dmidecode		dmidecode
free			procps
column			bsdextrautils
fio			fio
memtester		memtester
'
for more; do
	tools="$tools$more
"
done

missing() {
	echo "$tools" | while read -r proof package; do
		case $proof in
		'') ;;
		/*) [ -e "$proof" ] || echo "$package" ;;
		*) command -v "$proof" > /dev/null || echo "$package" ;;
		esac
	done
}

# lspci and the like stand in sbin on some machines.
PATH=$PATH:/usr/sbin:/sbin
packages=$(missing | sort -u | tr '\n' ' ')
[ -n "$packages" ] || exit 0

if ! command -v apt-get > /dev/null; then
	echo "setup: please install these (Debian's names): $packages" >&2
	exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo > /dev/null; then
		echo "setup: please install, as root: apt-get install $packages" >&2
		exit 1
	fi
	as_root=sudo
fi

echo "setup: installing $packages"
log=$(mktemp)
# A failed update may still leave lists that serve; what counts is checked below.
{
	$as_root apt-get -qq update
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends $packages
} > "$log" 2>&1
packages=$(missing | sort -u | tr '\n' ' ')
if [ -n "$packages" ]; then
	cat "$log" >&2
	echo "setup: still missing: $packages" >&2
fi
rm -f "$log"
[ -z "$packages" ]

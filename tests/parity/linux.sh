#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What Debian's Linux says of a machine: linux.sh QEMU-ARGS...
#
# Boots Debian's stock kernel through GRUB, as our image is booted, and prints
# /proc/iomem and /proc/ioports, each under a line "=== /proc/...".  The kernel is
# Debian's package, unpacked and not installed; it, the initrd and the medium stay
# in the user's cache folder and are made anew when this file changes.  Modules of
# the virtio drivers are loaded, since our kernel has these, too.
#
# linux.sh --prepare makes the medium only; --kernel says where the kernel and the virtio
# drivers' modules are, in the order of their loading.  LINUX_WORDS are added to the kernel's
# command line; a medium for them is made and thrown away.  LINUX_GUI=1: GRUB sets a graphics mode, as for GUI=1.
set -euo pipefail
self=$(readlink -f "$0")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/terrier-parity
mkdir -p "$cache"
cd "$cache"
medium=linux${LINUX_GUI:+-gui}.iso

die() {
	echo "linux.sh: $*" >&2
	exit 1
}

fetch_kernel() {
	local package
	package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$package" ] || die "no package lists: run 'apt-get update' first"
	rm -rf packages.new debs
	mkdir debs
	(cd debs && apt-get download -qq "$package") 2> fetch.log ||
		die "cannot download $package: $(cat fetch.log)"
	dpkg -x debs/*.deb packages.new
	mv packages.new packages
	rm -rf debs
}

build_initrd() {
	local modules=packages/lib/modules/$1/kernel module number=10
	rm -rf initrd
	mkdir -p initrd/bin initrd/proc initrd/mod
	cp "$(command -v busybox)" initrd/bin/
	for module in drivers/virtio/virtio_ring drivers/virtio/virtio \
		drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci_modern_dev \
		drivers/virtio/virtio_pci drivers/block/virtio_blk \
		drivers/char/hw_random/rng-core drivers/char/hw_random/virtio-rng \
		net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
		number=$((number + 1))
		[ ! -e "$modules/$module.ko" ] || cp "$modules/$module.ko" "initrd/mod/$number.ko"
	done
	cat > initrd/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
echo 1 > /proc/sys/kernel/printk
for module in /mod/*; do /bin/busybox insmod $module 2> /dev/null; done
for file in /proc/iomem /proc/ioports; do echo "=== $file"; /bin/busybox cat $file; done
echo "=== end"
/bin/busybox reboot -f
INIT
	chmod +x initrd/init
	(cd initrd && find . | cpio -o -H newc --quiet | gzip -1) > initrd.gz
}

# $1: the kernel, $2: the medium, $3: words
build_medium() {
	rm -rf tree "$2.new"
	mkdir -p tree/boot/grub
	cp "$1" tree/boot/vmlinuz
	cp initrd.gz tree/boot/
	cat > tree/boot/grub/grub.cfg <<CFG
set timeout=0
${LINUX_GUI:+insmod all_video
set gfxpayload=1024x768x32,auto}
linux /boot/vmlinuz console=ttyS0 quiet nokaslr panic=-1 $3
initrd /boot/initrd.gz
boot
CFG
	grub-mkrescue -o "$2.new" tree > medium.log 2>&1 || die "$(cat medium.log)"
	mv "$2.new" "$2"
}

prepare() {
	local vmlinuz
	exec 9> lock
	flock 9
	[ -d packages ] || fetch_kernel
	vmlinuz=$(echo packages/boot/vmlinuz-*)
	if [ ! -e $medium ] || [ "$self" -nt $medium ]; then
		build_initrd "${vmlinuz##*/vmlinuz-}"
		build_medium "$vmlinuz" $medium ""
	fi
	if [ -n "${LINUX_WORDS:-}" ]; then
		medium=$(mktemp -p "$cache" words-XXXXXX.iso)
		trap 'rm -f "$medium"' EXIT
		build_medium "$vmlinuz" "$medium" "$LINUX_WORDS"
	fi
	exec 9>&-
}

prepare
case ${1:-} in
--prepare) exit 0 ;;
--kernel) ls "$cache"/packages/boot/vmlinuz-* "$cache"/initrd/mod/*; exit 0 ;;
esac
timeout "${LINUX_TIMEOUT:-180}" qemu-system-x86_64 -accel "${ACCEL:-tcg}" -display none -no-reboot \
	-serial stdio -monitor none -cdrom $medium "$@" < /dev/null |
	tr -d '\r' | sed -n '/^=== \//,/^=== end/p' | grep -v '^=== end'

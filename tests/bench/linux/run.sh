#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The Linux side of the benchmark: run.sh QEMU-ARGS...
#
# Boots Debian's stock kernel on that machine with iobench.ko, taskbench.ko and userbench and
# prints their lines, "bench NAME INSTRUCTIONS".  The kernel and its headers are Debian's packages,
# unpacked and not installed; they stay in the user's cache folder.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/terrier-bench
packages=$cache/packages
mkdir -p "$cache"
cd "$cache"

die() {
	echo "linux bench: $*" >&2
	exit 1
}

# The first package of a name that another one depends on.
dependency() {
	apt-cache depends "$1" | awk -v name="Depends: $2" 'index($0, name) { print $2; exit }'
}

fetch() {
	local image version
	image=$(dependency linux-image-amd64 linux-image)
	[ -n "$image" ] || die "no package lists: run 'apt-get update' first"
	version=${image#linux-image-}
	rm -rf packages.new debs
	mkdir debs
	(cd debs && apt-get download -qq "$image" "linux-headers-$version" \
		"$(dependency "linux-headers-$version" linux-headers)" \
		"$(dependency "linux-headers-$version" linux-kbuild)") 2> fetch.log ||
		die "cannot download $image and its headers: $(cat fetch.log)"
	for deb in debs/*.deb; do
		dpkg -x "$deb" packages.new
	done
	# The one absolute path in them that a module's build follows.
	sed -i "s,/usr/src,$packages/usr/src," "packages.new/usr/src/linux-headers-$version/Makefile"
	mv packages.new packages
	rm -rf debs
}

build_module() {
	rm -rf module
	mkdir module
	cp "$here/iobench.c" "$here/taskbench.c" "$here/Makefile" module/
	make -C "$packages/usr/src/linux-headers-$1" M="$cache/module" modules > module.log 2>&1 ||
		die "the modules do not build: $(tail -n 20 module.log)"
}

build_initrd() {
	rm -rf initrd
	mkdir -p initrd/bin initrd/dev initrd/proc initrd/mod
	cp "$(command -v busybox)" initrd/bin/
	cp module/iobench.ko module/taskbench.ko initrd/mod/
	cp "$here/../../../build/user/userbench" initrd/bin/
	cat > initrd/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox insmod /mod/iobench.ko 2> /dev/null
/bin/busybox insmod /mod/taskbench.ko
/bin/userbench
/bin/busybox reboot -f
INIT
	chmod +x initrd/init
	(cd initrd && find . | cpio -o -H newc --quiet | gzip -1) > initrd.gz
}

[ -d packages ] || fetch
vmlinuz=$(echo packages/boot/vmlinuz-*)
version=${vmlinuz##*/vmlinuz-}
echo "linux bench: Linux $version" >&2
build_module "$version"
build_initrd

# What Linux does besides, and what differs from run to run, is switched off.
# iobench never stays, which makes busybox try a second time: the first figures count.
timeout 300 qemu-system-x86_64 -accel tcg -display none -no-reboot -serial stdio -monitor none \
	-kernel "$vmlinuz" -initrd initrd.gz \
	-append "console=ttyS0 quiet nokaslr norandmaps panic=-1 tsc=reliable init_on_alloc=0 mitigations=off iomem=relaxed" \
	"$@" < /dev/null | tr -d '\r' | grep -ao 'bench [a-zA-Z0-9_]* .*' |
	awk '!seen[$2]++' ||
	die "no figure came"

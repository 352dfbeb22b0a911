#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What is given away: release.sh BUILD VERSION makes BUILD/terrier-VERSION.tar.gz
#
# The ISO, the kernel with its symbols for gdb, what ld and nm say of it, the manual, and
# the checksums of all.  Like the ISO (boot/mkiso.sh) it is the same for the same files.
set -eu
build=$1 name=terrier-$2 here=$(dirname "$0")
: "${SOURCE_DATE_EPOCH:=$(git -C "$here" log -1 --format=%ct 2> /dev/null || echo 1000000000)}"

stage=$(mktemp -d "$build/release.XXXXXX")
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/$name"
cp "$build/terrier.iso" "$build/terrier.elf" "$build/terrier.sym" "$build/terrier.map" \
	"$here/../LICENSE" "$stage/$name"
cp "$here/release.md" "$stage/$name/MANUAL.md"
(cd "$stage/$name" && sha256sum -- *) > "$stage/sums"
mv "$stage/sums" "$stage/$name/SHA256SUMS"
tar -C "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
	--mode=u=rwX,go=rX -cf - "$name" | gzip -9n > "$build/$name.tar.gz"
echo "$build/$name.tar.gz"

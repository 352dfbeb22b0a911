#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Two releases made in two folders, at two times, are the same byte for byte: reproduce.sh JOBS
#
# The files are those that git knows or would take, copied; the folders' names are of
# different length, and umask and time zone are others.
set -eu
jobs=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"

build() {
	mkdir -p "$1"
	git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -C "$1" -xf -
	make -s -C "$1" JOBS="$jobs" VERSION=check release > /dev/null
}

build "$work/a"
(umask 077; TZ=Asia/Tokyo build "$work/another/folder")
status=0
for file in terrier.elf terrier.iso terrier-check.tar.gz; do
	cmp "$work/a/build/release/$file" "$work/another/folder/build/release/$file" && echo "the same: $file" || status=1
done
exit $status

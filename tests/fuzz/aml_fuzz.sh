#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fuzz the AML interpreter: aml_fuzz.sh [SECONDS] [CORPUS], from the top folder.
# The corpus (build/fuzz/aml) starts with the ASL cases; findings stay in build/fuzz.
set -eu
seconds=${1:-60}
corpus=${2:-build/fuzz/aml}
mkdir -p "$corpus" build/fuzz/object

python3 tests/aml/asl.py
for case in tests/aml/cases/*.asl; do
	name=$(basename "$case" .asl)
	# The revision, then the body.
	{ printf '\002'; tail -c +37 "build/aml/$name-2.aml"; } >"$corpus/$name"
done

flags="-std=gnu11 -g -O1 -I. -fno-strict-aliasing -fsanitize=fuzzer-no-link,address,undefined
	-fno-sanitize-recover=all"
objects=
for source in drivers/acpi/aml/*.c drivers/acpi/table/check.c kernel/lib/string.c kernel/lib/vsprintf.c \
	kernel/core/sink.c tests/aml/machine.c tests/fuzz/aml_fuzz.c; do
	case $source in */kernel_ops.c) continue ;; esac
	object=build/fuzz/object/$(basename "$source" .c).o
	clang $flags -ffreestanding -include tests/host/rename.h -c -o "$object" "$source"
	objects="$objects $object"
done
clang $flags -c -o build/fuzz/object/host_os.o tests/aml/host_os.c
clang -fsanitize=fuzzer,address,undefined -o build/fuzz/aml_fuzz $objects \
	build/fuzz/object/host_os.o
exec build/fuzz/aml_fuzz -artifact_prefix=build/fuzz/ -max_total_time="$seconds" -timeout=20 \
	-rss_limit_mb=2048 "$corpus"

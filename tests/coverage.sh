#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Run what `make test` runs, and say what has run: coverage.sh JOBS, after make COVERAGE=1.  A kernel that counts
# is larger and slower, so some tests that measure fail here.
set -eu
jobs=$1 out=build/coverage
# UBSan's own branches would be counted too.
sanitize='-fsanitize=address --coverage -Wno-maybe-uninitialized'

find $out -name '*.gcda' -delete
rm -f $out/*.counters $out/logs/*.memory
make -s -f tests/host/Makefile JOBS="$jobs" HOST_BUILD=$out/host HOST_SANITIZE="$sanitize" host-test > $out/host.txt 2>&1 ||
	true
tail -n 1 $out/host.txt
COVERAGE=1 BUILD=$out ${PYTHON:-python3} -m pytest -q -n $((jobs + 1)) --dist loadfile ${PYTESTFLAGS:-} tests/ > $out/pytest.txt 2>&1 || true
tail -n 1 $out/pytest.txt
tests/coverage.py build/coverage.html $out/host $out/terrier.elf $out/terrier-test.elf
echo "build/coverage.html has the lines that have not run"

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The static checks: check.sh ELF, from the top folder, with CPPFLAGS and CC in
# the environment.  All of them run; the status says whether one failed.
set -u
elf=$1
failed=0

# $1: name; the rest is a command that prints what it finds and fails then.
check() {
	name=$1
	shift
	if out=$("$@" 2>&1) && [ -z "$out" ]; then
		echo "  ok      $name"
	else
		echo "$out"
		echo "  FAILED  $name"
		failed=1
	fi
}

# tests/bench/linux is a module of Linux's, with the licence line and style of its own.
files() {
	find boot kernel mm drivers tests -path tests/bench/linux -prune -o "$@" -print | sort
}

# The ABI's headers say of some numbers that they are none, and have lost the casts for them.
# Of the compiler's own jumps it knows nothing.
run_sparse() {
	headers=$($CC -print-file-name=include)
	abi=/usr/include/$($CC -print-multiarch)
	files -name '*.c' ! -path 'tests/host/*' ! -path 'tests/aml/*' ! -path 'tests/replay/*' ! -path 'tests/fuzz/*' \
		! -path 'tests/user/*' | xargs -n 16 -P "$(nproc)" sparse -Wno-bitwise '-D__builtin_setjmp(buf)=0' \
		'-D__builtin_longjmp(buf, n)=' -std=gnu11 -m64 -ffreestanding -nostdinc $CPPFLAGS -isystem "$headers" \
		-isystem "$abi" -isystem /usr/include -Wno-unknown-attribute
}

run_format() {
	files -name '*.[ch]' | xargs -n 64 -P "$(nproc)" clang-format --dry-run -Werror
}

licence_lines() {
	{ files -type f; echo Makefile; echo linker.ld; echo .ci/run; } |
		grep -E '(\.(c|h|asm|ld|sh|py|cfg|js|css|html)|Makefile|run)$' | while read -r file; do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
			echo "$file: no SPDX line at its head"
	done
}

# No segment writable and executable, and no request for an executable stack.
segments() {
	readelf -lW "$elf" | awk '$1 == "LOAD" && / RWE / || $1 == "GNU_STACK" && /E/'
}

check "rooms use what is below them, by symbols" /usr/bin/python3 tests/check_layers.py "$(dirname "$elf")"
check "nothing that stays calls boot code" /usr/bin/python3 tests/check_init.py "$elf"
check "form of includes" /usr/bin/python3 tests/check_includes.py
check "slips of make mutants apply" /usr/bin/python3 tests/mutants/mutants.py --check
check "SPDX line in each file" licence_lines
check "no segment is writable and executable" segments
check "sparse" run_sparse
check "clang-format" run_format
exit $failed

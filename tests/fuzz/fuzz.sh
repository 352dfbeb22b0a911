#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Hostile input for long: fuzz.sh SECONDS [TARGET]..., from the top folder.  Each target (tests/fuzz/fuzz_*.c,
# all without a name) is linked with clang's libFuzzer and runs so long, or RUNS inputs, from its seeds and
# from what earlier runs found worth keeping (build/fuzz/corpus/TARGET).  A line for each tells what was
# reached; a finding ends its target, and its input is in build/fuzz.
#
# Comparisons are not traced: that takes two thirds of the time, most of it in UBSan's own and in the models, and
# what is learned from it (magic numbers) is in the seeds.  No input frees the megabytes that ASan would keep.
set -u
seconds=$1
shift
[ $# -gt 0 ] || set -- $(basename -s .c tests/fuzz/fuzz_*.c | sed 's/^fuzz_//')

for target; do
	programs="${programs-} build/fuzz/fuzz_$target"
done
mkdir -p build
make --no-print-directory -s -j"$(nproc)" -f tests/host/Makefile HOSTCC=clang HOST_BUILD=build/fuzz FUZZ_MAIN= \
	HOST_SANITIZE='-w -O2 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-coverage=trace-cmp' \
	HOST_LINK=-fsanitize=fuzzer,address,undefined $programs > build/fuzz.log || {
	cat build/fuzz.log
	exit 1
}

status=0
export ASAN_OPTIONS="quarantine_size_mb=16${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
for target; do
	corpus=build/fuzz/corpus/$target
	log=build/fuzz/$target.log
	tests/fuzz/seeds.py write "$target" "$corpus"
	build/fuzz/fuzz_"$target" -artifact_prefix=build/fuzz/"$target"- -max_total_time="$seconds" \
		${RUNS:+-runs=$RUNS} -timeout=20 -rss_limit_mb=2048 -max_len=4096 -entropic=0 -reload=0 -print_final_stats=1 \
		"$corpus" > "$log" 2>&1 || {
		status=1
		grep -aE 'ERROR|must be|runtime error|panic|written to' "$log"
	}
	sed -nE 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1 | while read -r runs; do
		echo "$target: $runs inputs, $(grep -aoE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -n 1)"
	done
done
exit $status

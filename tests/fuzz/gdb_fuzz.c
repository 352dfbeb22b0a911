// SPDX-License-Identifier: MIT
/*
 * libFuzzer's target for gdb's packets: make fuzz-gdb, RUNS=10000000 inputs.  `make test` tries some
 * inputs of its own making (tests/host/test_gdb.c).
 */
#include "tests/fuzz/gdb_target.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fake_fuzz(data, size);
	return 0;
}

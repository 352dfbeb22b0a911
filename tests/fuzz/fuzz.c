// SPDX-License-Identifier: MIT
/* Between a target and who calls it, libFuzzer or driver.c. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool begun;
	unsigned int warns = warn_count();

	if (!begun)
		test_supply_allocator(begun = true);
	test_log_clear();
	fuzz(data, size);
	MUST(warn_count() == warns);
	return 0;
}

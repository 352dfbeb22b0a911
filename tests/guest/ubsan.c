// SPDX-License-Identifier: MIT
/*
 * Each kind of undefined behaviour that a build with UBSAN=1 tells of, once: a place is
 * reported the first time alone.  What is said is tests/qemu/on_sanitizer.py's.
 */
#ifdef CONFIG_UBSAN
#include "kernel/core/panic.h"
#include "kernel/lib/string.h"
#include "tests/guest/guest_test.h"

/* Values that the compiler does not know. */
static volatile int four = 4, forty = 40, none, minus_one = -1;
static char *volatile top = (char *)-16UL;
static volatile u64 sum;

/* Do it twice, at one place: `reports` the first time, none the second. */
#define EXPECT_REPORTS(reports, mistake)                       \
	do {                                                   \
		unsigned int warnings = warn_count();          \
                                                               \
		for (int i = 0; i < 2; i++) {                  \
			OPTIMIZER_HIDE_VAR(i);                 \
			mistake;                               \
		}                                              \
		EXPECT_EQ(warn_count(), warnings + (reports)); \
	} while (0)

/* The index is not the array's, and behind the array is no room. */
GUEST_TEST_WARNS(ubsan, index)
{
	int numbers[4] = { 1, 2, 3, 4 };

	EXPECT_REPORTS(2, sum += (u64)numbers[four]);
}

GUEST_TEST_WARNS(ubsan, shift)
{
	EXPECT_REPORTS(1, sum += 1U << forty);
	EXPECT_REPORTS(1, sum += 1UL << minus_one);
}

GUEST_TEST_WARNS(ubsan, array_of_none)
{
	EXPECT_REPORTS(1, {
		char empty[none];

		sum += sizeof(empty);
	});
}

GUEST_TEST_WARNS(ubsan, zeros_of_zero)
{
	EXPECT_REPORTS(1, sum += (u64)__builtin_clz((unsigned int)none));
	EXPECT_REPORTS(1, sum += (u64)__builtin_ctz((unsigned int)none));
}

GUEST_TEST_WARNS(ubsan, pointer_wraps)
{
	char *was = top;

	EXPECT_REPORTS(1, top = was + forty);
}

GUEST_TEST_WARNS(ubsan, no_room)
{
	u32 words[2] = { 1, 2 };
	char *last = (char *)words + four;

	EXPECT_REPORTS(1, sum += *(u64 *)last);
}

/* `selftest ubsan unreachable` ends the kernel. */
GUEST_TEST(ubsan, unreachable)
{
	const char *word = guest_argument(0);

	if (!word || strcmp(word, "unreachable"))
		guest_skip("it would be the end");
	else
		unreachable();
}
#endif

// SPDX-License-Identifier: MIT
/* The load's arithmetic: Linux's figures, by include/linux/sched/loadavg.h. */
#include "kernel/sched/stat.h"
#include "tests/guest/guest_test.h"

#define ONE   2048UL
#define EXP_1 1884 /* 2048 / exp(5 s / 1 min) */

GUEST_TEST(load, a_mean_follows_what_is_seen)
{
	unsigned long load = 0;

	load = calc_load(load, EXP_1, ONE);
	EXPECT_EQ(load, 164); /* (2048 * 164 + 2047) / 2048 */
	for (int i = 0; i < 11; i++)
		load = calc_load(load, EXP_1, ONE);
	EXPECT(load > ONE * 62 / 100 && load < ONE * 65 / 100); /* 1 - 1/e after a minute */
	for (int i = 0; i < 200; i++)
		load = calc_load(load, EXP_1, ONE);
	EXPECT_EQ(load, ONE);
	for (int i = 0; i < 200; i++)
		load = calc_load(load, EXP_1, 0);
	EXPECT_EQ(load, 0);
}

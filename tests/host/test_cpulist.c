// SPDX-License-Identifier: MIT
// sources: kernel/core/cpulist.c
/* Lists of CPUs: what Linux's smp_affinity_list takes and prints. */
#include "kernel/core/cpulist.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "tests/host/test.h"

TEST(there_and_back)
{
	static const char *const lists[] = { "0",     "255",	       "0-3",  "0-3,7",
					     "1,3,5", "63-64,127-128", "0-255" };
	struct cpumask mask;
	char text[600];

	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
		EXPECT(cpulist_parse(lists[i], &mask) == 0);
		EXPECT(cpulist_print(text, sizeof(text), &mask, NR_CPUS) == strlen(lists[i]));
		EXPECT(strcmp(text, lists[i]) == 0);
	}
}

TEST(joined_and_cut)
{
	struct cpumask mask;
	char text[16];

	EXPECT(cpulist_parse("2,1,0,5-6,6", &mask) == 0);
	cpulist_print(text, sizeof(text), &mask, NR_CPUS);
	EXPECT(strcmp(text, "0-2,5-6") == 0);
	cpulist_print(text, sizeof(text), &mask, 2);
	EXPECT(strcmp(text, "0-1") == 0);
	cpulist_print(text, 5, &mask, NR_CPUS);
	EXPECT(strcmp(text, "0-2,") == 0);
	mask = (struct cpumask){ { 0 } };
	EXPECT(cpulist_print(text, sizeof(text), &mask, NR_CPUS) == 0 && !text[0]);
}

TEST(refused)
{
	static const char *const lists[] = { "",	   ",",	  "-",	 "1-",	  "-1",
					     "1,,2",	   "3-1", "256", "0-256", "1 ",
					     "4294967296", "a",	  "1,",	 "1-2-3" };
	struct cpumask mask = { { 42 } };

	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++)
		EXPECT(cpulist_parse(lists[i], &mask) == -EINVAL);
	EXPECT(mask.bits[0] == 42);
}

/* As Linux prints its masks: so many digits as the CPUs that there are need. */
TEST(maps)
{
	struct cpumask mask;
	char text[80];

	EXPECT(cpulist_parse("0-3,33", &mask) == 0);
	EXPECT(cpumap_print(text, sizeof(text), &mask, 1) == 1);
	EXPECT_STR(text, "1");
	cpumap_print(text, sizeof(text), &mask, 4);
	EXPECT_STR(text, "f");
	cpumap_print(text, sizeof(text), &mask, 5);
	EXPECT_STR(text, "0f");
	cpumap_print(text, sizeof(text), &mask, 32);
	EXPECT_STR(text, "0000000f");
	cpumap_print(text, sizeof(text), &mask, 34);
	EXPECT_STR(text, "2,0000000f");
	cpumap_print(text, sizeof(text), &mask, NR_CPUS);
	EXPECT_STR(text, "00000000,00000000,00000000,00000000,00000000,00000000,00000002,0000000f");
}

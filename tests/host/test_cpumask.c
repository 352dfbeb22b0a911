// SPDX-License-Identifier: MIT
// sources:
/* Sets of CPUs: members at the edges of words, loops, the empty and the full set. */
#include "kernel/core/cpumask.h"

#include "tests/host/test.h"

static unsigned int count(const struct cpumask *mask)
{
	unsigned int cpu, n = 0;

	for_each_cpu(cpu, mask)
	{
		EXPECT(cpumask_test_cpu(cpu, mask));
		n++;
	}
	return n;
}

TEST(edges)
{
	static const unsigned int edges[] = { 0, 1, 63, 64, 127, 128, 200, 255 };
	struct cpumask mask = { { 0 } }, other = { { 0 } }, both;

	EXPECT(cpumask_empty(&mask));
	EXPECT(cpumask_first(&mask) == NR_CPUS);
	for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++) {
		cpumask_set_cpu(edges[i], &mask);
		EXPECT(cpumask_weight(&mask) == i + 1);
		EXPECT(count(&mask) == i + 1);
		EXPECT(cpumask_next(edges[i], &mask) == NR_CPUS);
	}
	EXPECT(cpumask_first(&mask) == 0);
	EXPECT(cpumask_next(1, &mask) == 63);
	EXPECT(cpumask_next(63, &mask) == 64);
	EXPECT(cpumask_next(128, &mask) == 200);
	EXPECT(!cpumask_test_cpu(62, &mask));

	cpumask_set_cpu(64, &other);
	cpumask_set_cpu(65, &other);
	cpumask_and(&both, &mask, &other);
	EXPECT(cpumask_weight(&both) == 1);
	EXPECT(cpumask_first(&both) == 64);

	cpumask_clear_cpu(64, &mask);
	EXPECT(!cpumask_test_cpu(64, &mask));
	EXPECT(cpumask_next(63, &mask) == 127);
	for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++) {
		struct cpumask one = cpumask_of_cpu(edges[i]);

		EXPECT(cpumask_weight(&one) == 1 && cpumask_test_cpu(edges[i], &one));
	}
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		cpumask_set_cpu(cpu, &mask);
	EXPECT(count(&mask) == NR_CPUS);
}

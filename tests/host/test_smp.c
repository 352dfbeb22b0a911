// SPDX-License-Identifier: MIT
// sources: kernel/core/smp.c kernel/core/preempt.c
/*
 * Calls to other CPUs, with CPUs that are areas of memory: an interrupt is taken at once, or
 * noted and taken when the test says so.  That a CPU waits is the guest's to show.
 */
#include "kernel/core/smp.h"
#include "kernel/cpu/vectors.h"
#include "mm/slab.h"

#include "tests/host/test.h"

#define CPUS 130 /* three words of a set */
#define AREA (1UL << 16)

DEFINE_PER_CPU(u32, cpu_number);
DEFINE_PER_CPU(u32, lock_owner_id);
static unsigned long offsets[CPUS];
unsigned long *per_cpu_offset = offsets;
unsigned int nr_cpu_ids = CPUS;
struct cpumask cpu_online_mask = { { 1 } };

static u8 *areas; /* not in .bss, so that what lies there lies close together */
static bool pending[CPUS];
static unsigned int sent, schedules;

static void interrupt(unsigned int cpu)
{
	unsigned int me = cpu_number;

	if (!pending[cpu])
		return;
	pending[cpu] = false;
	cpu_number = cpu;
	smp_call_interrupt();
	cpu_number = me;
}

static bool at_once = true; /* the CPU that is interrupted has interrupts on */

static void send_ipi(unsigned int cpu, u8 vector)
{
	if (vector == RESCHEDULE_VECTOR) {
		schedules++;
		return;
	}
	EXPECT_EQ(vector, CALL_FUNCTION_VECTOR);
	EXPECT(cpu != cpu_number && cpu_online(cpu));
	sent++;
	pending[cpu] = true;
	if (at_once)
		interrupt(cpu);
}

static void send_ipi_mask(const struct cpumask *mask, u8 vector)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask) send_ipi(cpu, vector);
}

static const struct smp_ops ops = { .send_ipi = send_ipi, .send_ipi_mask = send_ipi_mask };

static unsigned int runs[CPUS], order[64], nr_order;

static void count_run(void *info)
{
	runs[cpu_number]++;
	if (nr_order < ARRAY_SIZE(order))
		order[nr_order++] = (unsigned int)(unsigned long)info;
}

static void *number(unsigned long n)
{
	return (void *)n;
}

static void begin(unsigned int online)
{
	unsigned int cpu;

	if (!areas)
		areas = kzalloc(CPUS * AREA + 64, GFP_KERNEL);
	smp_set_ops(&ops);
	memset(runs, 0, sizeof(runs));
	nr_order = sent = 0;
	at_once = true;
	for (cpu = 0; cpu < CPUS; cpu++) {
		offsets[cpu] = ALIGN((unsigned long)areas, 64) + cpu * AREA + AREA / 2 -
			       ((unsigned long)&cpu_number & ~63UL);
		if (cpu < online)
			cpumask_set_cpu(cpu, &cpu_online_mask);
		else
			cpumask_clear_cpu(cpu, &cpu_online_mask);
	}
}

TEST(alone)
{
	begin(1);
	EXPECT(smp_alone());
	on_each_cpu(count_run, NULL, true);
	EXPECT_EQ(runs[0], 1);
	smp_call_function(count_run, NULL, true);
	EXPECT_EQ(runs[0], 1);
	EXPECT(smp_call_function_single(0, count_run, NULL, true) == 0);
	EXPECT_EQ(runs[0], 2);
	EXPECT(smp_call_function_single(1, count_run, NULL, true) == -ENXIO);
	EXPECT(smp_call_function_single(NR_CPUS, count_run, NULL, true) == -ENXIO);
	EXPECT_EQ(sent, 0);
}

TEST(one_and_all)
{
	begin(CPUS);
	EXPECT(!smp_alone());
	EXPECT(smp_call_function_single(129, count_run, NULL, true) == 0);
	EXPECT_EQ(runs[129], 1);
	EXPECT_EQ(sent, 1);
	on_each_cpu(count_run, NULL, true);
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		EXPECT_EQ(runs[cpu], 1 + (cpu == 129));
	EXPECT_EQ(sent, CPUS);
	smp_call_function(count_run, NULL, true);
	EXPECT_EQ(runs[0], 1);
	EXPECT_EQ(runs[64], 2);
}

TEST(only_the_mask_and_only_who_is_online)
{
	struct cpumask mask = { { 0 } };

	begin(66);
	cpumask_set_cpu(0, &mask);
	cpumask_set_cpu(65, &mask);
	cpumask_set_cpu(66, &mask);
	on_each_cpu_mask(&mask, count_run, NULL, true);
	EXPECT_EQ(sent, 1);
	EXPECT_EQ(runs[0], 1);
	EXPECT_EQ(runs[65], 1);
	EXPECT_EQ(runs[66], 0);
	cpumask_clear_cpu(0, &mask);
	on_each_cpu_mask(&mask, count_run, NULL, true);
	EXPECT_EQ(runs[0], 1);
	EXPECT_EQ(runs[65], 2);
}

/* Who has a caller in that word is told already; one interrupt runs what all have called. */
TEST(several_callers_share_an_interrupt)
{
	begin(CPUS);
	at_once = false;
	for (cpu_number = 0; cpu_number < 128; cpu_number++)
		if (cpu_number != 5)
			smp_call_function_single(5, count_run, number(cpu_number), false);
	cpu_number = 0;
	EXPECT(sent <= 2);
	EXPECT_EQ(runs[5], 0);
	interrupt(5);
	EXPECT_EQ(runs[5], 127);
	EXPECT_EQ(order[0], 0);
	EXPECT_EQ(order[5], 6);
	interrupt(5);
	EXPECT_EQ(runs[5], 127);
}

TEST(calls_of_one_cpu_are_run_in_order)
{
	begin(3);
	smp_call_function_single(1, count_run, number(1), false);
	smp_call_function(count_run, number(2), false);
	smp_call_function_single(2, count_run, number(3), false);
	EXPECT_EQ(nr_order, 4);
	EXPECT_EQ(order[0], 1);
	EXPECT_EQ(order[1], 2);
	EXPECT_EQ(order[2], 2);
	EXPECT_EQ(order[3], 3);
}

/* Where some of a mask are told already, the others are. */
TEST(a_mask_of_which_some_are_told)
{
	begin(4);
	at_once = false;
	smp_call_function_single(2, count_run, number(7), false);
	cpu_number = 1;
	smp_call_function(count_run, number(8), false);
	cpu_number = 0;
	EXPECT_EQ(sent, 3);
	EXPECT(pending[0] && pending[2] && pending[3]);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		interrupt(cpu);
	EXPECT_EQ(runs[0], 1);
	EXPECT_EQ(runs[1], 0);
	EXPECT_EQ(runs[2], 2);
	EXPECT_EQ(runs[3], 1);
}

TEST(reschedule_is_an_interrupt_of_its_own)
{
	begin(2);
	smp_send_reschedule(1);
	EXPECT_EQ(schedules, 1);
	EXPECT_EQ(sent, 0);
}

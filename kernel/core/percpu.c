// SPDX-License-Identifier: MIT
/*
 * The areas of per-CPU data, and the part of them that is given out at run time.
 *
 * That part is one more per-CPU variable, cut into units of a cache line.  A run of
 * units is at the same place in each CPU's area, so one bitmap stands for all.
 */
#define pr_fmt(fmt) "percpu: " fmt

#include "kernel/core/percpu.h"

#include "kernel/core/cpumask.h"
#include "kernel/core/panic.h"
#include "kernel/core/preempt.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"

#define UNIT	 64
#define NR_UNITS (PERCPU_DYNAMIC / UNIT)

extern char __per_cpu_start[], __per_cpu_end[];

DEFINE_PER_CPU(u32, cpu_number);
static DEFINE_PER_CPU(u8[PERCPU_DYNAMIC], dynamic) __aligned(UNIT);

static unsigned long boot_offset; /* 0: the linked area */
unsigned long *per_cpu_offset = &boot_offset;
unsigned int nr_cpu_ids = 1;
struct cpumask cpu_online_mask = { { 1 } }; /* the boot CPU */

static DEFINE_SPINLOCK(units_lock); /* a leaf, with interrupts off */
static bool unit_used[NR_UNITS];

#ifdef CONFIG_DEBUG
unsigned int smp_processor_id(void)
{
	WARN(!irqs_disabled() && !preempt_count(),
	     "smp_processor_id() where the caller may move to another CPU\n");
	return raw_smp_processor_id();
}
#endif

/* The first of n free units in a row, or NR_UNITS. */
static unsigned int find_run(unsigned int n)
{
	unsigned int run = 0;

	for (unsigned int i = 0; i < NR_UNITS; i++) {
		run = unit_used[i] ? 0 : run + 1;
		if (run == n)
			return i + 1 - n;
	}
	return NR_UNITS;
}

static unsigned int take_run(unsigned int n)
{
	unsigned long flags;
	unsigned int first;

	spin_lock_irqsave(&units_lock, flags);
	first = find_run(n);
	if (first < NR_UNITS)
		memset(unit_used + first, true, n);
	spin_unlock_irqrestore(&units_lock, flags);
	return first;
}

void *alloc_percpu(size_t size)
{
	unsigned int first = size ? take_run(DIV_ROUND_UP(size, UNIT)) : NR_UNITS, cpu;
	u8 *p = &dynamic[first * UNIT];

	if (first == NR_UNITS) {
		pr_err("no room for %zu bytes: raise PERCPU_DYNAMIC (%d)\n", size, PERCPU_DYNAMIC);
		return NULL;
	}
	for_each_possible_cpu(cpu) memset(&per_cpu(*p, cpu), 0, size);
	return p;
}

void free_percpu(void *p, size_t size)
{
	unsigned int first = ((u8 *)p - dynamic) / UNIT, n = DIV_ROUND_UP(size, UNIT);
	unsigned long flags;

	if (!p)
		return;
	BUG_ON(first >= NR_UNITS || n > NR_UNITS - first || !unit_used[first]);
	spin_lock_irqsave(&units_lock, flags);
	memset(unit_used + first, false, n);
	spin_unlock_irqrestore(&units_lock, flags);
}

void __init percpu_init(unsigned int nr, void *(*alloc)(size_t size))
{
	size_t size = __per_cpu_end - __per_cpu_start;
	unsigned long *offsets;
	unsigned int cpu = 1;

	nr = min(nr, (unsigned int)NR_CPUS);
	offsets = nr > 1 ? alloc(nr * sizeof(*offsets)) : NULL;
	for (; offsets && cpu < nr; cpu++) {
		char *area = alloc(size);

		if (!area)
			break;
		offsets[cpu] = (unsigned long)area - (unsigned long)__per_cpu_start;
	}
	if (cpu < nr)
		pr_err("no memory for the data of %u of %u CPUs: they are left out\n", nr - cpu,
		       nr);
	if (cpu == 1)
		return;
	per_cpu_offset = offsets;
	WRITE_ONCE(nr_cpu_ids, cpu);
	pr_info("%zu bytes for each of %u CPUs\n", size, cpu);
}

void percpu_setup_this_cpu(unsigned int cpu)
{
	wrmsr(MSR_GS_BASE, per_cpu_offset[cpu]);
	this_cpu(cpu_number) = cpu;
	this_cpu(lock_owner_id) = cpu + 1;
	this_cpu(preempt_counter) = PREEMPT_NO_NEED;
}

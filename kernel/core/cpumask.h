/* SPDX-License-Identifier: MIT */
/*
 * Sets of CPUs, by their numbers.
 *
 * Setting and clearing one are atomic; what looks at a whole set (weight, next, a loop)
 * sees each of its words at some moment.  A set that several CPUs change needs no lock for
 * that alone.
 */
#ifndef KERNEL_CORE_CPUMASK_H
#define KERNEL_CORE_CPUMASK_H

#include "kernel/core/percpu.h"

#define CPUMASK_WORDS (NR_CPUS / 64)

struct cpumask {
	u64 bits[CPUMASK_WORDS];
};

/* The CPUs that run and take interrupts and calls; a CPU adds itself last of all. */
extern struct cpumask cpu_online_mask;

static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *mask)
{
	return READ_ONCE(mask->bits[cpu / 64]) >> cpu % 64 & 1;
}

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	__atomic_or_fetch(&mask->bits[cpu / 64], BIT_ULL(cpu % 64), __ATOMIC_SEQ_CST);
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	__atomic_and_fetch(&mask->bits[cpu / 64], ~BIT_ULL(cpu % 64), __ATOMIC_SEQ_CST);
}

/* The set of that one. */
static inline struct cpumask cpumask_of_cpu(unsigned int cpu)
{
	struct cpumask mask = { { 0 } };

	mask.bits[cpu / 64] = BIT_ULL(cpu % 64);
	return mask;
}

/* The first member from `cpu` on, or NR_CPUS. */
static inline unsigned int cpumask_from(unsigned int cpu, const struct cpumask *mask)
{
	u64 word;

	for (unsigned int i = cpu / 64; i < CPUMASK_WORDS; i++, cpu = i * 64) {
		word = READ_ONCE(mask->bits[i]) >> cpu % 64;
		if (word)
			return cpu + (unsigned int)__builtin_ctzll(word);
	}
	return NR_CPUS;
}

static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return cpumask_from(0, mask);
}

/* The first member after `cpu`, or NR_CPUS. */
static inline unsigned int cpumask_next(unsigned int cpu, const struct cpumask *mask)
{
	return cpumask_from(cpu + 1, mask);
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		for (u64 word = READ_ONCE(mask->bits[i]); word; word &= word - 1)
			n++;
	return n;
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	return cpumask_first(mask) == NR_CPUS;
}

static inline void cpumask_and(struct cpumask *to, const struct cpumask *a, const struct cpumask *b)
{
	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		to->bits[i] = READ_ONCE(a->bits[i]) & READ_ONCE(b->bits[i]);
}

#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS; (cpu) = cpumask_next(cpu, mask))
#define for_each_online_cpu(cpu) for_each_cpu(cpu, &cpu_online_mask)

static inline bool cpu_online(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &cpu_online_mask);
}

static inline unsigned int num_online_cpus(void)
{
	return cpumask_weight(&cpu_online_mask);
}

#endif

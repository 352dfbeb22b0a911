/* SPDX-License-Identifier: MIT */
/*
 * Data of which each CPU has a copy of its own.
 *
 * The linker gathers all such variables in one area, __per_cpu_start on.  That area
 * itself is the boot CPU's; any other CPU has memory of the same layout somewhere
 * else, and its GS base is the distance.  So a variable of one's own CPU is a
 * GS-relative access to the variable's own address, one instruction, and the boot
 * CPU's distance is 0: it needs no set-up but a GS base that is cleared in the entry code.
 *
 * Everything starts as zero, as it does on a CPU that comes later.
 *
 * A copy belongs to its CPU: others may read a counter of it, and otherwise leave it
 * alone, unless its declaration says how.  An interrupt may come between any two
 * accesses; this_cpu_add() is one instruction and is safe against that.
 */
#ifndef KERNEL_CORE_PERCPU_H
#define KERNEL_CORE_PERCPU_H

#include "kernel/lib/compiler.h"

#define NR_CPUS 256 /* the most there can be; only the fixmap has addresses for that many */

/* GCC's named address space: the access goes through GS.  Sparse and the host know none. */
#if defined(__KERNEL__) && !defined(__CHECKER__)
#define __percpu_seg __seg_gs
#else
#define __percpu_seg
#endif

#define DEFINE_PER_CPU(type, name)  __section(".bss..percpu") __typeof__(type) name
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name

/* This CPU's copy, to read or write.  `name` is the variable, or *p for alloc_percpu()'s p. */
#define this_cpu(name) (*(__typeof__(name) __percpu_seg *)(unsigned long)&(name))

/* One instruction: no interrupt comes in between.  `n` is taken in the variable's type. */
#define this_cpu_add(name, n) \
	__asm__("add%z0 %1, %0" : "+m"(this_cpu(name)) : "er"((__typeof__(name))(n)))

/* Where a CPU's copies lie, as the distance from the variables' own addresses; nr_cpu_ids entries. */
extern unsigned long *per_cpu_offset;
extern unsigned int nr_cpu_ids; /* CPUs that have an area, numbered from 0 */

/* The copy of any CPU below nr_cpu_ids, by an ordinary address. */
#define per_cpu(name, cpu) (*(__typeof__(name) *)((unsigned long)&(name) + per_cpu_offset[cpu]))

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < nr_cpu_ids; (cpu)++)

DECLARE_PER_CPU(u32, cpu_number);

/* The CPU this code runs on, for a message or a guess: it may be another one a moment later. */
static __always_inline unsigned int raw_smp_processor_id(void)
{
	return this_cpu(cpu_number);
}

/*
 * The same for who relies on it: with preemption or interrupts off, so that the caller
 * stays.  `make DEBUG=1` checks that.
 */
#ifdef CONFIG_DEBUG
unsigned int smp_processor_id(void);
#else
#define smp_processor_id() raw_smp_processor_id()
#endif

/*
 * `size` zeroed bytes for each CPU, aligned to 64, as a pointer for this_cpu() and
 * per_cpu() alone; NULL where PERCPU_DYNAMIC bytes are not enough, which is said.  Any
 * context; works from the first C line.
 */
#define PERCPU_DYNAMIC 32768
void *alloc_percpu(size_t size);
/* `p` NULL: nothing.  The size is the allocation's. */
void free_percpu(void *p, size_t size);

/*
 * Make areas for CPUs 1 to nr - 1 out of alloc(bytes), zeroed and never freed.  Boot CPU,
 * once.  Where there is no memory, the CPUs that have none do not count: one line says so.
 */
void percpu_init(unsigned int nr, void *(*alloc)(size_t size));

/* The CPU that runs is number `cpu`: from here on its own copies are its.  Interrupts are off. */
void percpu_setup_this_cpu(unsigned int cpu);

#endif

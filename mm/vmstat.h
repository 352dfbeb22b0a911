/* SPDX-License-Identifier: MIT */
/*
 * Counters of the memory's life: events, which only grow, and states, which go up
 * and down.  Each CPU adds to its own copy, without a lock and in one instruction,
 * so an interrupt in between does no harm; a state may be added to on one CPU and
 * taken from on another.  The copies are summed up when somebody reads.
 *
 * Names and meanings are /proc/vmstat's where Linux has them.
 */
#ifndef MM_VMSTAT_H
#define MM_VMSTAT_H

#include "kernel/core/percpu.h"

struct sink;

enum vm_stat_item {
	/* States, in pages. */
	NR_SLAB_UNRECLAIMABLE,
	NR_ANON_MAPPED, /* that programs map, and are no file's; or are one's */
	NR_FILE_MAPPED,
	NR_ANON_THPS,	      /* 2 MiB each */
	NR_FOLL_PIN_ACQUIRED, /* pages of blocks that pin_page() pinned, and that were unpinned: */
	NR_FOLL_PIN_RELEASED, /* the difference is what devices hold now */
	NR_PAGETABLE,
	NR_VMALLOC, /* given out by vmalloc() */
	NR_VMAP,    /* mapped by vmap() */
	NR_IOREMAP, /* device pages mapped by ioremap() */

	/* Events. */
	PGALLOC_DMA, /* pages given out, by zone: in the order of zone numbers */
	PGALLOC_DMA32,
	PGALLOC_NORMAL,
	PGALLOC_HIGH,
	PGFREE,
	PGFAULT,		      /* exceptions #PF */
	PGMAJFAULT,		      /* of programs, that had to wait for a device */
	THP_FAULT_ALLOC,	      /* 2 MiB pages made */
	THP_SPLIT_PMD,		      /* and broken up */
	NR_TLB_REMOTE_FLUSH,	      /* other CPUs were told to forget */
	NR_TLB_REMOTE_FLUSH_RECEIVED, /* and each of them did */
	NR_TLB_LOCAL_FLUSH_ALL,
	NR_TLB_LOCAL_FLUSH_ONE,
	DIRECT_MAP_LEVEL2_SPLIT, /* 2 MiB pages of the direct map cut up */
	DIRECT_MAP_LEVEL3_SPLIT, /* 1 GiB pages */
	KMAP_HIGH,		 /* high pages mapped by the kmap family */
	FAULTS_INJECTED,	 /* allocations that kernel/core/fault_inject.c made fail */

	NR_VM_STAT_ITEMS
};

struct vm_counters {
	unsigned long item[NR_VM_STAT_ITEMS];
} __aligned(64);

DECLARE_PER_CPU(struct vm_counters, vm_counters);

/* Any context. */
static __always_inline void count_vm_events(enum vm_stat_item item, unsigned long n)
{
	this_cpu_add(vm_counters.item[item], n);
}

static __always_inline void count_vm_event(enum vm_stat_item item)
{
	count_vm_events(item, 1);
}

/* A state goes up or, with n < 0, down. */
static __always_inline void mod_page_state(enum vm_stat_item item, long n)
{
	count_vm_events(item, (unsigned long)n);
}

/* The sum over all CPUs, now. */
unsigned long global_page_state(enum vm_stat_item item);

/*
 * Print /proc/vmstat's lines, those for what this kernel has, and behind them what
 * Linux has no names for.
 */
void show_vmstat(struct sink *out);

#endif

// SPDX-License-Identifier: MIT
/*
 * Telling CPUs to forget translations.
 */
#include "mm/tlb.h"

#include "kernel/core/smp.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "mm/pcid.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"

unsigned long tlb_flushes_begun, tlb_flushes_done;
bool tlb_leave_others_out;

void flush_tlb_this_cpu(void)
{
	unsigned long flags = local_irq_save();
	u64 cr4 = read_cr4();

	count_vm_event(NR_TLB_LOCAL_FLUSH_ALL);
	/* Only a change of CR4.PGE forgets global entries too (SDM 3A, 4.10.4.1). */
	if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		write_cr3(read_cr3());
	}
	local_irq_restore(flags);
}

/* On this CPU, which `tlb->cpu` may have called. */
static void flush_here(void *info)
{
	const struct mmu_gather *tlb = info;

	if (tlb->cpu != raw_smp_processor_id())
		count_vm_event(NR_TLB_REMOTE_FLUSH_RECEIVED);
	if (tlb->nr_pages > TLB_SINGLE_PAGES) {
		if (tlb->mm == &init_mm) {
			flush_tlb_this_cpu();
			return;
		}
		count_vm_event(NR_TLB_LOCAL_FLUSH_ALL);
		write_cr3(read_cr3()); /* nothing of a user half is global */
		return;
	}
	count_vm_events(NR_TLB_LOCAL_FLUSH_ONE, tlb->nr_pages);
	for (unsigned int i = 0; i < tlb->nr_pages; i++)
		invlpg(tlb->page[i]);
}

static bool has_another(const struct cpumask *mask, unsigned int cpu)
{
	unsigned int first = cpumask_first(mask);

	return (first == cpu ? cpumask_next(cpu, mask) : first) < NR_CPUS;
}

/* No CPU but this one may know that user half. */
static bool nobody_else(const struct cpumask *users)
{
	unsigned int cpu = smp_processor_id();
	u64 others = 0;

	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		others |= READ_ONCE(users->bits[i]) & ~(i == cpu / 64 ? 1ULL << cpu % 64 : 0);
	return !others;
}

/* This CPU alone: where it does not use the root either, it has nothing to forget. */
static void flush_own(struct mmu_gather *tlb)
{
	unsigned long flags = local_irq_save();

	tlb->cpu = smp_processor_id();
	if (tlb->mm == &init_mm || cpumask_test_cpu(tlb->cpu, &tlb->mm->cpus))
		flush_here(tlb);
	local_irq_restore(flags);
}

/* On each CPU that may have it. */
static void flush_everywhere(struct mmu_gather *tlb)
{
	const struct cpumask *cpus = tlb->mm == &init_mm ? &cpu_online_mask : &tlb->mm->cpus;

	/* The entries, then the set: a CPU that joins it is told, or finds what was changed. */
	smp_mb();
	preempt_disable();
	if (unlikely(tlb_leave_others_out) ||
	    (cpus == &cpu_online_mask ? smp_alone() : nobody_else(cpus))) {
		flush_own(tlb);
	} else {
		tlb->cpu = smp_processor_id();
		if (has_another(cpus, tlb->cpu))
			count_vm_event(NR_TLB_REMOTE_FLUSH);
		on_each_cpu_mask(cpus, flush_here, tlb, true);
	}
	preempt_enable();
}

/* The flush of that number is over; so are, for who waits, those before it. */
static void note_done(unsigned long number)
{
	unsigned long done = READ_ONCE(tlb_flushes_done);

	while ((long)(number - done) > 0 &&
	       !__atomic_compare_exchange_n(&tlb_flushes_done, &done, number, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
}

void __tlb_flush_mmu(struct mmu_gather *tlb)
{
	bool counts, has_others = boot_cpu.pcid && tlb->mm != &init_mm;
	unsigned long number = 0;

	/* INVLPG forgets what leads there for one identifier, and all have the kernel's tables. */
	if (boot_cpu.pcid && tlb->mm == &init_mm && tlb->tables)
		tlb_add_all(tlb);
	counts = tlb->mm == &init_mm && tlb->nr_pages > TLB_SINGLE_PAGES;
	if (counts)
		number = __atomic_add_fetch(&tlb_flushes_begun, 1, __ATOMIC_SEQ_CST);
	if (has_others)
		pcid_flush_begins(tlb->mm);
	flush_everywhere(tlb);
	if (has_others)
		pcid_flush_is_over(tlb->mm);
	if (counts)
		note_done(number);
	free_tables(tlb->tables);
	tlb_gather_mmu(tlb, tlb->mm);
}

void tlb_add_range(struct mmu_gather *tlb, unsigned long start, unsigned long end)
{
	if (end - start > TLB_SINGLE_PAGES * PAGE_SIZE)
		tlb_add_all(tlb);
	else
		for (; start < end; start += PAGE_SIZE)
			tlb_add_page(tlb, start);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	tlb_add_range(&tlb, start, end);
	tlb_flush_mmu(&tlb);
}

void flush_tlb_all(void)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	tlb_add_all(&tlb);
	tlb_flush_mmu(&tlb);
}

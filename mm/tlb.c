// SPDX-License-Identifier: MIT
/*
 * Translations that this CPU has cached, and that are to be forgotten.
 */
#include "kernel/cpu/cpu.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"

unsigned long tlb_flushes;

void flush_tlb_one(unsigned long va)
{
	count_vm_event(NR_TLB_LOCAL_FLUSH_ONE);
	invlpg(va);
}

void flush_tlb_all(void)
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
	WRITE_ONCE(tlb_flushes, tlb_flushes + 1);
	local_irq_restore(flags);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	if (end - start > FLUSH_ONE_BY_ONE * PAGE_SIZE) {
		flush_tlb_all();
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		flush_tlb_one(start);
}

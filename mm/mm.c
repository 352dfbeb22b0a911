// SPDX-License-Identifier: MIT
/*
 * The roots of page tables: the kernel's, and those of processes, which share its half.
 */
#include "mm/mm.h"
#include "kernel/core/panic.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/pcid.h"
#include "mm/pgtable_internal.h"
#include "mm/slab.h"

static u64 swapper_pg_dir[PTRS_PER_TABLE] __aligned(PAGE_SIZE);
struct mm init_mm = { .pgd = swapper_pg_dir, .list = LIST_HEAD_INIT(init_mm.list) };

/* What is counted in an entry is counted in init_mm's only. */
void share_top_entry(unsigned int index)
{
	struct mm *mm;

	list_for_each_entry(mm, &init_mm.list, list)
		WRITE_ONCE(mm->pgd[index], init_mm.pgd[index] & ~REF_COUNT_MASK);
}

/* All roots but init_mm's have the same in that half: the newest's is copied, if there is one. */
static void share_kernel_half(struct mm *mm)
{
	const struct mm *like = list_first_entry(&init_mm.list, struct mm, list);

	memcpy(&mm->pgd[FIRST_SHARED], &like->pgd[FIRST_SHARED],
	       (PTRS_PER_TABLE - FIRST_SHARED) * sizeof(u64));
	if (unlikely(like == &init_mm))
		for (unsigned int i = FIRST_SHARED; i < PTRS_PER_TABLE; i++)
			mm->pgd[i] &= ~REF_COUNT_MASK;
}

int mm_root_init(struct mm *mm)
{
	phys_addr_t table = alloc_table(TOP_LEVEL);

	if (!table)
		return -ENOMEM;
	mm->pgd = __va(table);
	mm->cpus = (struct cpumask){ { 0 } };
	mm->pcid_owner = pcid_new_owner();
	mm->flushes_begun = mm->flushes_over = 0;
	spin_lock(&pgtable_lock);
	share_kernel_half(mm);
	list_add(&mm->list, &init_mm.list);
	spin_unlock(&pgtable_lock);
	return 0;
}

void mm_root_free(struct mm *mm)
{
	struct mmu_gather tlb;

	WARN(!cpumask_empty(&mm->cpus), "a root is freed that CPU %u uses\n",
	     cpumask_first(&mm->cpus));
	tlb_gather_mmu(&tlb, mm);
	spin_lock(&pgtable_lock);
	list_del(&mm->list);
	tlb_remove_table(&tlb, __pa(mm->pgd), 0);
	spin_unlock(&pgtable_lock);
	tlb_flush_mmu(&tlb);
}

struct mm *mm_alloc(void)
{
	struct mm *mm = kmalloc(sizeof(*mm), GFP_KERNEL);

	if (mm && mm_root_init(mm)) {
		kfree(mm);
		return NULL;
	}
	return mm;
}

void mm_free(struct mm *mm)
{
	unmap_page_range(mm, PAGE_SIZE, TASK_SIZE_MAX - PAGE_SIZE);
	mm_root_free(mm);
	kfree(mm);
}

static DEFINE_PER_CPU(struct mm *, loaded_root); /* NULL: init_mm */

static void load_root_with_pcid(const struct mm *prev, const struct mm *next)
{
	unsigned long flags = local_irq_save();

	pcid_leave(prev);
	write_cr3(pcid_enter(next));
	local_irq_restore(flags);
}

/* Who changes a user half reads the set after that: here it is the other way round. */
void switch_mm(struct mm *prev, struct mm *next)
{
	unsigned int cpu = smp_processor_id();

	cpumask_set_cpu(cpu, &next->cpus);
	if (boot_cpu.pcid)
		load_root_with_pcid(prev, next);
	else
		write_cr3(root_of(next));
	if (prev != next)
		cpumask_clear_cpu(cpu, &prev->cpus);
}

void use_mm_root(struct mm *next)
{
	struct mm *prev = this_cpu(loaded_root) ?: &init_mm;

	if (prev == next)
		return;
	switch_mm(prev, next);
	this_cpu(loaded_root) = next;
}

static void leave_here(void *mm)
{
	if (this_cpu(loaded_root) == mm)
		use_mm_root(&init_mm);
}

void leave_mm(struct mm *mm)
{
	unsigned long flags = local_irq_save();

	leave_here(mm);
	local_irq_restore(flags);
	if (!cpumask_empty(&mm->cpus))
		on_each_cpu_mask(&mm->cpus, leave_here, mm, true);
}

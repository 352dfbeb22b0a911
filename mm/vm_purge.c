// SPDX-License-Identifier: MIT
/*
 * Areas of the vmalloc region that were given back: idle, until they leave.
 *
 * Such an area is unmapped and can no longer be found (`leaving`), but keeps its place
 * in the tree, and the page tables beneath it stay: it is idle, and the next area of
 * its size becomes it again, which spares both sides most of their work.  Where many
 * of its pages had been used, the TLB is not flushed for it alone: it may be used
 * again once a flush of the whole TLB has come by.
 *
 * At most VM_IDLE_MAX areas are idle.  When there are more, and when there is no room
 * or memory for a new one, they are purged: the TLB is flushed, once for all of them,
 * if that is still due, their tables are freed, and they leave the tree.  Those that
 * lie side by side do so as one run.
 */
#include "mm/vm_area_internal.h"

/* Held from end to end, so that two do not purge neighbours at a time.  Around vmap_lock. */
static DEFINE_SPINLOCK(purge_lock);

static unsigned long idle_flush_due; /* as flushed_at: the latest of any idle area; vmap_lock */

/* Nothing of what went before tlb_flushes came to `due` is in the TLB any more. */
static bool is_flushed(unsigned long due)
{
	return (long)(tlb_flushes - due) >= 0;
}

/*
 * Take all idle areas out of their lists.  Neighbours without a gap between them are a
 * run: the lowest is put on `runs` and knows how long it is, the others on `rest`.  The
 * TLB has to be flushed once tlb_flushes is less than what is returned.
 */
static unsigned long collect_idle(struct list_head *runs, struct list_head *rest)
{
	struct vm_struct *vm, *tmp, *below;

	for (unsigned int i = 0; i < IDLE_KINDS; i++)
		list_splice_tail_init(&idle_areas[i], rest);
	nr_idle_areas = 0;
	list_for_each_entry(vm, rest, idle)
		vm->run = vm->size;
	list_for_each_entry_safe(vm, tmp, rest, idle) {
		below = area_below(vm);
		if (vm->gap || !below->run) {
			list_del(&vm->idle);
			list_add(&vm->idle, runs);
		}
	}
	list_for_each_entry(vm, runs, idle)
		for (tmp = area_above(vm); tmp->run && !tmp->gap; tmp = area_above(tmp))
			vm->run += tmp->size;
	return idle_flush_due;
}

static void free_areas(struct list_head *list)
{
	struct vm_struct *vm, *tmp;

	list_for_each_entry_safe(vm, tmp, list, idle)
		kfree(vm);
}

void vm_unmap_aliases(void)
{
	unsigned long flush_due;
	struct vm_struct *vm;
	LIST_HEAD(runs);
	LIST_HEAD(rest);

	spin_lock(&purge_lock);
	spin_lock(&vmap_lock);
	flush_due = collect_idle(&runs, &rest);
	spin_unlock(&vmap_lock);

	if (!is_flushed(flush_due))
		flush_tlb_all();
	list_for_each_entry(vm, &runs, idle)
		free_area_tables(area_start(vm), vm->run);

	spin_lock(&vmap_lock);
	list_for_each_entry(vm, &runs, idle)
		take_out(vm, vm->run);
	spin_unlock(&vmap_lock);
	spin_unlock(&purge_lock);
	free_areas(&runs);
	free_areas(&rest);
}

void release_vm_area(struct vm_struct *vm)
{
	bool too_many;

	spin_lock(&vmap_lock);
	list_add_tail(&vm->idle, idle_kind(vm->size));
	too_many = ++nr_idle_areas > VM_IDLE_MAX;
	if ((long)(vm->flushed_at - idle_flush_due) > 0)
		idle_flush_due = vm->flushed_at;
	spin_unlock(&vmap_lock);
	if (unlikely(too_many))
		vm_unmap_aliases();
}

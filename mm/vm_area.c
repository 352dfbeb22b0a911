// SPDX-License-Identifier: MIT
/*
 * Areas of the vmalloc region, from the one who asks for one to the one who gives it back.
 *
 * An area that is given back is unmapped and can no longer be found (`leaving`), but
 * keeps its place (mm/vm_place.h), and the page tables beneath it stay: it is idle, and
 * the next area of its size becomes it again, which spares both sides most of their work.
 * Where many of its pages had been used, the TLB is not flushed for it alone: it may be
 * used again once a flush of the whole TLB has come by.
 *
 * At most VM_IDLE_MAX areas are idle.  When there are more, and when there is no room
 * or memory for a new one, they are purged: their tables are taken out, the TLBs are
 * flushed, once for all of them, the tables are freed, and they lose their places.  Those
 * that lie side by side do so as one run.
 *
 * remove_vm_area() does without all this: what it returns is unmapped, flushed and
 * has no place any more.
 *
 * What the pages behind an area are is its owner's business (mm/vmalloc.c,
 * mm/ioremap.c).
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "mm/vm_place.h"
#include "mm/vmstat.h"

#define IDLE_KINDS 64 /* lists, so that a fitting one is soon found */
#define IDLE_LOOKS 4  /* at as many of a list */

#define GOLDEN_RATIO 0x9e3779b97f4a7c15UL /* of 2^64: multiples of it lie far apart */

_Static_assert(sizeof(struct vm_struct) <= 256, "one more byte doubles it: kmalloc-512");

static DEFINE_SPINLOCK(vmap_lock);		/* all that is below, and the areas' places */
static struct vm_struct *expected;		/* who is asked for next, often; or NULL */
static struct list_head idle_areas[IDLE_KINDS]; /* by idle_kind(), the longest idle first */
static unsigned int nr_idle_areas;
static unsigned long idle_flush_due; /* as flushed_at: the latest of any idle area */
static bool ready;		     /* set once, by vmalloc_init() */

/* Held from end to end, so that two do not purge neighbours at a time.  Around vmap_lock. */
static DEFINE_SPINLOCK(purge_lock);

/* Pages of each kind of area, the guard pages left out. */
static void count_pages(const struct vm_struct *vm, long sign)
{
	mod_page_state(vm->flags & VM_IOREMAP ? NR_IOREMAP :
		       vm->flags & VM_ALLOC   ? NR_VMALLOC :
						NR_VMAP,
		       sign * (long)((vm->size >> PAGE_SHIFT) - 1));
}

/* ---------------------------------------------------------------- asking for one */

/* vm, which has its place, can be found from here on; it is who is given back next, often. */
static void publish(struct vm_struct *vm, unsigned long flags, unsigned long caller)
{
	vm->flags = flags;
	vm->phys_addr = 0;
	vm->pages = NULL;
	vm->nr_pages = 0;
	vm->caller = caller;
	vm->leaving = false;
	expected = vm;
	count_pages(vm, 1);
}

/* Sizes are mostly a power of two and a guard page: all their bits have to count. */
static inline struct list_head *idle_kind(unsigned long size)
{
	return &idle_areas[(size * GOLDEN_RATIO) >> (64 - ilog2(IDLE_KINDS))];
}

/* One of that size, guard page included, that may be used at once; NULL: none. */
static inline struct vm_struct *find_idle(const struct list_head *kind, unsigned long size,
					  unsigned long align)
{
	unsigned int looks = IDLE_LOOKS;
	struct vm_struct *vm;

	list_for_each_entry(vm, kind, idle) {
		if (vm->size == size && IS_ALIGNED(area_start(vm), align) && vm_area_is_flushed(vm))
			return vm;
		if (--looks == 0)
			break;
	}
	return NULL;
}

static inline struct vm_struct *reuse(unsigned long size, unsigned long align, unsigned long flags,
				      unsigned long caller)
{
	struct list_head *kind = idle_kind(size);
	struct vm_struct *vm;

	/* A look without the lock: whoever comes just now is late. */
	if (READ_ONCE(kind->next) == kind)
		return NULL;
	spin_lock(&vmap_lock);
	vm = find_idle(kind, size, align);
	if (likely(vm)) {
		list_del(&vm->idle);
		nr_idle_areas--;
		publish(vm, flags, caller);
	}
	spin_unlock(&vmap_lock);
	return vm;
}

static noinline struct vm_struct *new_area(unsigned long size, unsigned long align,
					   unsigned long flags, unsigned long caller)
{
	struct vm_struct *vm = kmalloc(sizeof(*vm), GFP_KERNEL);
	bool placed;

	if (!vm)
		return NULL;
	vm->size = size;
	vm->run = 0;
	spin_lock(&vmap_lock);
	placed = vm_place(vm, align);
	if (likely(placed))
		publish(vm, flags, caller);
	spin_unlock(&vmap_lock);
	if (likely(placed))
		return vm;
	kfree(vm);
	return NULL;
}

struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long align, unsigned long flags,
				     unsigned long caller)
{
	unsigned long bytes = PAGE_ALIGN(size) + PAGE_SIZE;
	struct vm_struct *vm;

	/* 1 to VMALLOC_SIZE bytes, a page more for align; in one, as VMALLOC_SIZE has one bit. */
	if (((size - 1) | (align - PAGE_SIZE)) >= VMALLOC_SIZE || align & (align - 1))
		return NULL;
	if (WARN(!ready, "an area of %#lx bytes is wanted too early\n", size))
		return NULL;
	if (should_fail(FAULT_AREA, caller))
		return NULL;
	vm = reuse(bytes, align, flags, caller);
	if (!vm)
		vm = new_area(bytes, align, flags, caller);
	if (unlikely(!vm)) {
		vm_unmap_aliases();
		vm = new_area(bytes, align, flags, caller);
	}
	return vm;
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags)
{
	return get_vm_area_caller(size, PAGE_SIZE, flags, _RET_IP_);
}

/* ---------------------------------------------------------------- by address */

/* The area that starts at addr and can be found, or NULL. */
static inline struct vm_struct *find_at(unsigned long addr)
{
	struct vm_struct *vm = expected;

	if (unlikely(!vm || area_start(vm) != addr))
		vm = vm_at_or_below(addr);
	return vm && area_start(vm) == addr && !vm->leaving ? vm : NULL;
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at((unsigned long)addr);
	spin_unlock(&vmap_lock);
	return vm;
}

void set_vm_flush_reset_perms(unsigned long addr)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = vm_at_or_below(addr);
	if (vm && addr < area_end(vm) && !vm->leaving && vm->flags & VM_ALLOC)
		vm->flags |= VM_FLUSH_RESET_PERMS;
	spin_unlock(&vmap_lock);
}

bool set_vm_traced(unsigned long addr, bool traced)
{
	struct vm_struct *vm;
	bool found;

	spin_lock(&vmap_lock);
	vm = find_at(addr);
	found = vm && vm->flags & VM_IOREMAP;
	if (found)
		vm->flags = traced ? vm->flags | VM_TRACED : vm->flags & ~(unsigned long)VM_TRACED;
	spin_unlock(&vmap_lock);
	return found;
}

/* ---------------------------------------------------------------- giving it back */

/* Nobody can find it from here on, so it is taken only once. */
static inline struct vm_struct *hide(const void *addr, unsigned long flags)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at((unsigned long)addr);
	if (likely(vm && vm->flags & flags)) {
		vm->leaving = true;
		expected = area_above(vm); /* who takes all back goes by address, often */
		count_pages(vm, -1);
	} else {
		vm = NULL;
	}
	spin_unlock(&vmap_lock);
	return vm;
}

struct vm_struct *detach_vm_area(const void *addr, unsigned long flags)
{
	struct vm_struct *vm = hide(addr, flags);

	if (likely(vm)) {
		vm->flushed_at = READ_ONCE(tlb_flushes_done);
		if (unlikely(!unmap_area_range(area_start(vm), vm->size - PAGE_SIZE)))
			vm->flushed_at = tlb_flush_due();
	}
	return vm;
}

/* Areas lose their places, and are not expected any more. */
static void take_out(struct vm_struct *first, unsigned long bytes)
{
	expected = NULL;
	vm_take_out(first, bytes);
}

struct vm_struct *remove_vm_area_flags(const void *addr, unsigned long flags)
{
	struct vm_struct *vm = hide(addr, flags);

	if (!vm)
		return NULL;
	unmap_page_range(&init_mm, area_start(vm), vm->size - PAGE_SIZE);
	spin_lock(&vmap_lock);
	take_out(vm, vm->size);
	spin_unlock(&vmap_lock);
	return vm;
}

struct vm_struct *remove_vm_area(const void *addr)
{
	return remove_vm_area_flags(addr, ~0UL);
}

/* ---------------------------------------------------------------- all of them */

/* The first area that ends behind addr and can be found, or that can not. */
static bool next_area(unsigned long addr, bool leaving, struct vm_struct *copy)
{
	struct vm_struct *vm;
	bool found;

	spin_lock(&vmap_lock);
	vm = vm_ending_behind(addr);
	while (vm->size && vm->leaving != leaving)
		vm = area_above(vm);
	found = vm->size;
	if (found)
		*copy = *vm;
	spin_unlock(&vmap_lock);
	return found;
}

bool next_vm_area(unsigned long addr, struct vm_struct *copy)
{
	return next_area(addr, false, copy);
}

bool next_idle_area(unsigned long addr, struct vm_struct *copy)
{
	return next_area(addr, true, copy);
}

/* ---------------------------------------------------------------- purging */

/*
 * Take all idle areas out of their lists.  Neighbours without a gap between them are a
 * run: the lowest is put on `runs` and knows how long it is, the others on `rest`.  The
 * flush that is due is returned.
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

void vm_flush_aliases(void)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	if (!tlb_flushed_until(READ_ONCE(idle_flush_due)))
		tlb_add_all(&tlb);
	tlb_flush_mmu(&tlb);
}

void vm_unmap_aliases(void)
{
	unsigned long flush_due;
	struct mmu_gather tlb;
	struct vm_struct *vm;
	LIST_HEAD(runs);
	LIST_HEAD(rest);

	spin_lock(&purge_lock);
	spin_lock(&vmap_lock);
	flush_due = collect_idle(&runs, &rest);
	spin_unlock(&vmap_lock);

	tlb_gather_mmu(&tlb, &init_mm);
	list_for_each_entry(vm, &runs, idle)
		take_area_tables(area_start(vm), vm->run, &tlb);
	if (!tlb_flushed_until(flush_due))
		tlb_add_all(&tlb);
	tlb_flush_mmu(&tlb);

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

void __init vmalloc_init(void)
{
	for (unsigned int i = 0; i < IDLE_KINDS; i++)
		INIT_LIST_HEAD(&idle_areas[i]);
	vm_places_init();
	ready = true;
}

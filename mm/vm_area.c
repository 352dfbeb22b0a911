// SPDX-License-Identifier: MIT
/*
 * Who has which piece of the vmalloc area.
 *
 * Areas are nodes of one tree, ordered by address, and entries of one list in the
 * same order.  Free space needs no nodes of its own: it is the gap in front of each
 * area.  Behind the last area there is one of no bytes at VMALLOC_END, so that the
 * tail is a gap like any other.
 *
 *   VMALLOC_START                                   VMALLOC_END
 *   |  gap of A  | A ....... guard |  gap of B  | B .. guard | gap of the end |
 *
 * Gaps are sorted by kind: one list for those of 1 page, of 2 and 3, of 4 to 7, and
 * so on.  A request takes a gap of the lowest kind of which all are large enough; so
 * the search is one look at a bitmap, and what is left of a gap only has to change
 * lists.  The price: a gap that would do, but is smaller than twice the request, may
 * be passed over.  Finding an area by address is a walk down the tree; inserting and
 * removing one is O(log n) for the balance of the tree.
 *
 * Areas that are given back are not gone at once: mm/vm_purge.c.
 *
 * remove_vm_area() does without all this: what it returns is unmapped, flushed and
 * out of the tree.
 *
 * What the pages behind an area are is its owner's business (mm/vmalloc.c,
 * mm/ioremap.c).
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "mm/vm_area_internal.h"
#include "mm/vmstat.h"

#define GAP_KINDS  35 /* up to the one gap of 2^33 pages */
#define IDLE_LOOKS 4  /* at as many of a list */

_Static_assert(sizeof(struct vm_struct) <= 256, "one more byte doubles it: kmalloc-512");
_Static_assert(VMALLOC_SIZE >> PAGE_SHIFT == 1UL << (GAP_KINDS - 2), "no gap has more bits");

DEFINE_SPINLOCK(vmap_lock); /* all that is below, and the areas' places */
static struct tree_root areas;
LIST_HEAD(areas_by_address);
struct vm_struct end_of_region = { .addr = (void *)VMALLOC_END, .leaving = true };
static struct vm_struct *expected;	 /* who is asked for next, often; or NULL */
static struct list_head gaps[GAP_KINDS]; /* by gap_kind(); the first is not used */
static u64 gap_kinds;			 /* a bit for each of these lists that is not empty */
static unsigned int nr_areas;		 /* that can be found */
struct list_head idle_areas[IDLE_KINDS];
unsigned int nr_idle_areas;
static bool ready; /* set once, by vmalloc_init() */

static struct vm_struct *area_of(struct tree_node *node)
{
	return tree_entry(node, struct vm_struct, node);
}

/* The guard page left out. */
static unsigned long area_pages(const struct vm_struct *vm)
{
	return (vm->size >> PAGE_SHIFT) - 1;
}

/* ---- places ---- */

/* 0: no gap; else the number of bits of how many pages it has. */
static inline unsigned int gap_kind(unsigned long bytes)
{
	return bytes ? ilog2(bytes >> PAGE_SHIFT) + 1 : 0;
}

static noinline void change_list(struct vm_struct *vm, unsigned int from, unsigned int to)
{
	if (from) {
		list_del(&vm->gap_list);
		if (list_empty(&gaps[from]))
			gap_kinds &= ~BIT_ULL(from);
	}
	if (to) {
		list_add(&vm->gap_list, &gaps[to]);
		gap_kinds |= BIT_ULL(to);
	}
}

static inline void set_gap(struct vm_struct *vm, unsigned long bytes)
{
	unsigned int from = gap_kind(vm->gap), to = gap_kind(bytes);

	vm->gap = bytes;
	if (from != to)
		change_list(vm, from, to);
}

/* The area behind a gap in which `pages` find room, or NULL. */
static struct vm_struct *find_gap(unsigned long pages)
{
	unsigned int all_fit = pages > 1 ? ilog2(pages - 1) + 2 : 1;
	u64 fitting = gap_kinds >> all_fit << all_fit;

	if (!fitting)
		return NULL;
	return list_first_entry(&gaps[__builtin_ctzll(fitting)], struct vm_struct, gap_list);
}

/* Pages of each kind of area, the guard pages left out. */
static void count_pages(const struct vm_struct *vm, long sign)
{
	mod_page_state(vm->flags & VM_IOREMAP ? NR_IOREMAP :
		       vm->flags & VM_ALLOC   ? NR_VMALLOC :
						NR_VMAP,
		       sign * (long)area_pages(vm));
}

/* Put vm, whose address and size are set, into the gap in front of `next`. */
static void insert_before(struct vm_struct *vm, struct vm_struct *next)
{
	struct tree_node *parent = &next->node, **link = &parent->left;
	unsigned long gap_start = area_start(next) - next->gap;

	if (*link) { /* then the neighbour below is the last of that branch */
		parent = &area_below(next)->node;
		link = &parent->right;
	}
	tree_link(&vm->node, parent, link);
	tree_insert(&vm->node, &areas);
	list_add_tail(&vm->by_address, &next->by_address);
	vm->gap = 0;
	set_gap(vm, area_start(vm) - gap_start);
	set_gap(next, area_start(next) - area_end(vm));
}

/* Find a place for vm, whose size is set.  Room is asked for the worst start. */
static bool place(struct vm_struct *vm, unsigned long align)
{
	struct vm_struct *next = find_gap((vm->size + align - PAGE_SIZE) >> PAGE_SHIFT);

	if (!next)
		return false;
	vm->addr = (void *)ALIGN(area_start(next) - next->gap, align);
	insert_before(vm, next);
	return true;
}

void take_out(struct vm_struct *first, unsigned long bytes)
{
	unsigned long end = area_start(first) + bytes, gap = first->gap + bytes;
	struct vm_struct *vm = first, *next;

	set_gap(first, 0);
	for (; area_start(vm) < end; vm = next) {
		next = area_above(vm);
		if (expected == vm)
			expected = NULL;
		list_del(&vm->by_address);
		tree_erase(&vm->node, &areas);
	}
	set_gap(vm, vm->gap + gap);
}

/* The area with the highest address that is not above addr, or NULL. */
static noinline struct vm_struct *find_at_or_below(unsigned long addr)
{
	struct tree_node *node = areas.node;
	struct vm_struct *best = NULL;

	while (node) {
		struct vm_struct *vm = area_of(node);

		if (area_start(vm) <= addr) {
			best = vm;
			if (area_start(vm) == addr)
				break;
			node = node->right;
		} else {
			node = node->left;
		}
	}
	return best;
}

/* The area that starts at addr and can be found, or NULL. */
static inline struct vm_struct *find_at(unsigned long addr)
{
	struct vm_struct *vm = expected;

	if (unlikely(!vm || area_start(vm) != addr))
		vm = find_at_or_below(addr);
	return vm && area_start(vm) == addr && !vm->leaving ? vm : NULL;
}

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
	nr_areas++;
	count_pages(vm, 1);
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
	placed = place(vm, align);
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

struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at((unsigned long)addr);
	spin_unlock(&vmap_lock);
	return vm;
}

struct vm_struct *find_vm_area_containing(unsigned long addr)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at_or_below(addr);
	if (vm && (addr >= area_end(vm) || vm->leaving))
		vm = NULL;
	spin_unlock(&vmap_lock);
	return vm;
}

/* Nobody can find it from here on, so it is taken only once. */
static inline struct vm_struct *hide(const void *addr, unsigned long flags)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at((unsigned long)addr);
	if (likely(vm && vm->flags & flags)) {
		vm->leaving = true;
		expected = area_above(vm); /* who takes all back goes by address, often */
		nr_areas--;
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
		vm->flushed_at = tlb_flushes;
		if (unlikely(!unmap_area_range(area_start(vm), vm->size - PAGE_SIZE)))
			vm->flushed_at = tlb_flushes + 1;
	}
	return vm;
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

/* The first area at or above addr that can be found, or that can not. */
static bool next_area(unsigned long addr, bool leaving, struct vm_struct *copy)
{
	struct list_head *at = &areas_by_address;
	struct vm_struct *vm;
	bool found = false;

	spin_lock(&vmap_lock);
	vm = find_at_or_below(addr);
	if (vm)
		at = &vm->by_address;
	if (!vm || area_start(vm) < addr)
		at = at->next;
	for (; at != &areas_by_address && at != &end_of_region.by_address && !found;
	     at = at->next) {
		vm = list_entry(at, struct vm_struct, by_address);
		found = vm->leaving == leaving;
		if (found)
			*copy = *vm;
	}
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

unsigned int nr_vm_areas(void)
{
	return READ_ONCE(nr_areas);
}

void __init vmalloc_init(void)
{
	for (unsigned int i = 0; i < IDLE_KINDS; i++)
		INIT_LIST_HEAD(&idle_areas[i]);
	for (unsigned int i = 0; i < GAP_KINDS; i++)
		INIT_LIST_HEAD(&gaps[i]);
	tree_link(&end_of_region.node, NULL, &areas.node);
	tree_insert(&end_of_region.node, &areas);
	list_add(&end_of_region.by_address, &areas_by_address);
	set_gap(&end_of_region, VMALLOC_SIZE);
	ready = true;
}

// SPDX-License-Identifier: MIT
/*
 * Who has which piece of the vmalloc area.
 *
 * Areas are nodes of one tree, ordered by address.  Free space needs no nodes
 * of its own: it is the gap in front of each area, and the tail behind the last.
 * Each node also knows the largest gap in its subtree, so a walk down finds the
 * lowest gap that is large enough, and insertion and removal change the gap of
 * one neighbour only.  All are O(log n) in the number of areas.
 *
 * Two gaps do not count in these summaries and are looked at by themselves: the
 * tail, and the open gap, which is the one that changed last.  They are the large
 * ones that areas are cut from, or come back to, one after the other: each time the
 * news would have to climb to the root.
 *
 *   VMALLOC_START                                      VMALLOC_END
 *   |  gap of A  | A ....... guard |  gap of B  | B .. guard | tail |
 *
 * An area that is given back is unmapped and can no longer be found (`leaving`),
 * but keeps its place in the tree, and the page tables beneath it stay: it is idle,
 * and the next area of its size becomes it again, which spares both sides most of
 * their work.  Where many of its pages had been used, the TLB is not flushed for it
 * alone: it may be used again once a flush of the whole TLB has come by.  At most
 * IDLE_MAX areas are idle.  When all of these wait for a flush and one is wanted, or
 * when one more comes, the TLB is flushed, once for all of them; in the second case
 * they then leave the tree.  vm_unmap_aliases() does that at any time.
 *
 * remove_vm_area() does without all this: what it returns is unmapped, flushed and
 * out of the tree.
 *
 * What the pages behind an area are is its owner's business (mm/vmalloc.c,
 * mm/ioremap.c).
 */
#include "kernel/panic.h"
#include "kernel/rbtree_augmented.h"
#include "kernel/spinlock.h"
#include "mm/fault_inject.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"

#define IDLE_MAX   32
#define IDLE_KINDS 16 /* lists, so that a fitting one is soon found */

static DEFINE_SPINLOCK(vmap_lock); /* the tree, its nodes, the idle ones and the counts */
static struct rb_root areas;
static struct vm_struct *last_area; /* NULL: there is none */
static struct vm_struct *open_area; /* the one behind the open gap; NULL: no gap is open */
static unsigned long none_below;    /* below the open gap, none has as many bytes; ~0: not known */
static unsigned int nr_areas;	    /* that can be found */
static struct list_head idle[IDLE_KINDS]; /* by idle_kind(), the longest idle first */
static unsigned int nr_idle;
static bool ready; /* set once, by vmalloc_init() */

static struct vm_struct *area_of(struct rb_node *node)
{
	return rb_entry(node, struct vm_struct, node);
}

static unsigned long area_start(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr;
}

static unsigned long area_end(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr + vm->size;
}

static unsigned long gap_beneath(struct rb_node *node)
{
	return node ? area_of(node)->subtree_gap : 0;
}

static bool update_gap(struct rb_node *node)
{
	struct vm_struct *vm = area_of(node);
	unsigned long gap = max(gap_beneath(node->left), gap_beneath(node->right));

	if (vm != open_area)
		gap = max(gap, vm->gap);
	if (vm->subtree_gap == gap)
		return false;
	vm->subtree_gap = gap;
	return true;
}

/* The gap in front of vm is about to change. */
static void open_gap(struct vm_struct *vm)
{
	struct vm_struct *old = open_area;

	if (vm == old)
		return;
	open_area = vm;
	none_below = ~0UL;
	if (old && old->gap)
		__rb_propagate(&old->node, update_gap);
	if (vm->gap)
		__rb_propagate(&vm->node, update_gap);
}

static unsigned long tail_start(void)
{
	return last_area ? area_end(last_area) : VMALLOC_START;
}

/* The area with the lowest address that has a gap of `bytes` in front of it, or NULL. */
static struct vm_struct *find_gap(unsigned long bytes)
{
	struct vm_struct *open = open_area && open_area->gap >= bytes ? open_area : NULL;
	struct rb_node *node = areas.node;

	if (gap_beneath(node) < bytes || (open && bytes >= none_below))
		return open;
	for (;;) {
		struct vm_struct *vm = area_of(node);

		if (gap_beneath(node->left) >= bytes)
			node = node->left;
		else if (vm->gap < bytes || vm == open_area)
			node = node->right;
		else if (!open || vm->addr < open->addr)
			return vm;
		else
			break;
	}
	none_below = bytes;
	return open;
}

/* Pages of each kind of area, the guard pages left out. */
static void count_pages(const struct vm_struct *vm, long sign)
{
	mod_page_state(vm->flags & VM_IOREMAP ? NR_IOREMAP :
		       vm->flags & VM_ALLOC   ? NR_VMALLOC :
						NR_VMAP,
		       sign * (long)((vm->size >> PAGE_SHIFT) - 1));
}

/* Put vm, whose address and size are set, behind all others. */
static void append(struct vm_struct *vm)
{
	struct rb_node *parent = last_area ? &last_area->node : NULL;

	vm->gap = area_start(vm) - tail_start();
	rb_link_node(&vm->node, parent, parent ? &parent->right : &areas.node);
	__rb_insert(&vm->node, &areas, update_gap);
	last_area = vm;
}

/* Put it into the gap in front of `next`. */
static void insert_before(struct vm_struct *vm, struct vm_struct *next)
{
	struct rb_node *parent = &next->node, **link = &parent->left;
	unsigned long gap_start = area_start(next) - next->gap;

	while (*link) {
		parent = *link;
		link = &parent->right;
	}
	vm->gap = area_start(vm) - gap_start;
	next->gap = area_start(next) - area_end(vm);
	if (next->gap >= vm->size)
		open_gap(next); /* more such may follow */
	else if (next != open_area)
		__rb_propagate(&next->node, update_gap);
	if (vm->gap >= none_below)
		none_below = vm->gap + 1;
	rb_link_node(&vm->node, parent, link);
	__rb_insert(&vm->node, &areas, update_gap);
}

/*
 * Find a place for vm, whose size is set.  Room is asked for the worst start, as
 * addresses are plenty and the search stays one walk.
 */
static bool place(struct vm_struct *vm, unsigned long align)
{
	unsigned long room = vm->size + align - PAGE_SIZE;
	struct vm_struct *next = find_gap(room);

	if (next) {
		vm->addr = (void *)ALIGN(area_start(next) - next->gap, align);
		insert_before(vm, next);
	} else if (VMALLOC_END - tail_start() >= room) {
		vm->addr = (void *)ALIGN(tail_start(), align);
		append(vm);
	} else {
		return false;
	}
	return true;
}

/* Take vm out of the tree.  Its space goes to the area behind it. */
static void take_out(struct vm_struct *vm)
{
	struct rb_node *next = vm == last_area ? NULL : rb_next(&vm->node);

	if (!next) {
		struct rb_node *prev = rb_prev(&vm->node);

		last_area = prev ? area_of(prev) : NULL;
	}
	__rb_erase(&vm->node, &areas, update_gap);
	if (vm == open_area)
		open_area = NULL;
	if (next) {
		open_gap(area_of(next));
		area_of(next)->gap += vm->size + vm->gap;
	}
}

/* The area with the highest address that is not above addr, or NULL. */
static struct vm_struct *find_at_or_below(unsigned long addr)
{
	struct rb_node *node = areas.node;
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
static struct vm_struct *find_at(unsigned long addr)
{
	struct rb_node *node = areas.node;

	while (node) {
		struct vm_struct *vm = area_of(node);

		if (addr < area_start(vm))
			node = node->left;
		else if (addr > area_start(vm))
			node = node->right;
		else
			return vm->leaving ? NULL : vm;
	}
	return NULL;
}

/* ---- idle areas ---- */

static struct list_head *idle_kind(unsigned long size)
{
	return &idle[(size >> PAGE_SHIFT) % IDLE_KINDS];
}

/* No translation of its addresses is in the TLB. */
static bool is_flushed(const struct vm_struct *vm)
{
	return (long)(tlb_flushes - vm->flushed_at) >= 0;
}

/* Take an idle area of that size, guard page included, out of its list; NULL: there is none. */
static struct vm_struct *reuse(unsigned long size, unsigned long align)
{
	struct vm_struct *vm;

	list_for_each_entry(vm, idle_kind(size), idle) {
		if (vm->size != size || !IS_ALIGNED(area_start(vm), align))
			continue;
		if (unlikely(!is_flushed(vm))) {
			if (nr_idle < IDLE_MAX)
				return NULL; /* let more of them gather */
			flush_tlb_all();
		}
		list_del_init(&vm->idle);
		nr_idle--;
		return vm;
	}
	return NULL;
}

void vm_unmap_aliases(void)
{
	struct vm_struct *vm, *tmp;
	bool flushed = true;
	LIST_HEAD(gone);

	spin_lock(&vmap_lock);
	for (unsigned int i = 0; i < IDLE_KINDS; i++) {
		list_for_each_entry_safe(vm, tmp, &idle[i], idle) {
			list_del_init(&vm->idle);
			list_add_tail(&vm->idle, &gone);
			flushed = flushed && is_flushed(vm);
		}
	}
	nr_idle = 0;
	spin_unlock(&vmap_lock);

	if (!flushed)
		flush_tlb_all();
	list_for_each_entry(vm, &gone, idle)
		free_area_tables(area_start(vm), vm->size);

	spin_lock(&vmap_lock);
	list_for_each_entry(vm, &gone, idle)
		take_out(vm);
	spin_unlock(&vmap_lock);
	list_for_each_entry_safe(vm, tmp, &gone, idle)
		kfree(vm);
}

/* ---- from here on: what others call ---- */

/* A new area of `size` bytes, guard page included; its place only is filled in. */
static noinline struct vm_struct *new_area(unsigned long size, unsigned long align)
{
	struct vm_struct *vm = kmalloc(sizeof(*vm), GFP_KERNEL);
	bool placed;

	if (!vm)
		return NULL;
	vm->size = size;
	vm->leaving = true;
	spin_lock(&vmap_lock);
	placed = place(vm, align);
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

	if (size == 0 || size > VMALLOC_SIZE || align > VMALLOC_SIZE || align < PAGE_SIZE)
		return NULL;
	if (WARN(!ready, "an area of %#lx bytes is wanted too early\n", size))
		return NULL;
	if (should_fail(FAULT_AREA, caller))
		return NULL;
	spin_lock(&vmap_lock);
	vm = reuse(bytes, align);
	spin_unlock(&vmap_lock);
	if (!vm && !(vm = new_area(bytes, align))) {
		vm_unmap_aliases();
		vm = new_area(bytes, align);
	}
	if (!vm)
		return NULL;
	vm->flags = flags;
	vm->phys_addr = 0;
	vm->pages = NULL;
	vm->nr_pages = 0;
	vm->caller = caller;
	spin_lock(&vmap_lock);
	vm->leaving = false;
	nr_areas++;
	count_pages(vm, 1);
	spin_unlock(&vmap_lock);
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
static struct vm_struct *hide(const void *addr, unsigned long flags)
{
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at((unsigned long)addr);
	if (likely(vm && vm->flags & flags)) {
		vm->leaving = true;
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
		bool flushed = unmap_area_range(area_start(vm), vm->size - PAGE_SIZE);

		vm->flushed_at = tlb_flushes + !flushed;
	}
	return vm;
}

void release_vm_area(struct vm_struct *vm)
{
	bool too_many;

	spin_lock(&vmap_lock);
	list_add_tail(&vm->idle, idle_kind(vm->size));
	too_many = ++nr_idle > IDLE_MAX;
	spin_unlock(&vmap_lock);
	if (unlikely(too_many))
		vm_unmap_aliases();
}

struct vm_struct *remove_vm_area_flags(const void *addr, unsigned long flags)
{
	struct vm_struct *vm = hide(addr, flags);

	if (!vm)
		return NULL;
	unmap_kernel_range(area_start(vm), vm->size - PAGE_SIZE);
	spin_lock(&vmap_lock);
	take_out(vm);
	spin_unlock(&vmap_lock);
	return vm;
}

struct vm_struct *remove_vm_area(const void *addr)
{
	return remove_vm_area_flags(addr, ~0UL);
}

bool next_vm_area(unsigned long addr, struct vm_struct *copy)
{
	struct rb_node *node;
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	vm = find_at_or_below(addr);
	if (!vm || area_start(vm) < addr) {
		node = vm ? rb_next(&vm->node) : rb_first(&areas);
		vm = node ? area_of(node) : NULL;
	}
	while (vm && vm->leaving) {
		node = rb_next(&vm->node);
		vm = node ? area_of(node) : NULL;
	}
	if (vm)
		*copy = *vm;
	spin_unlock(&vmap_lock);
	return vm;
}

unsigned int nr_vm_areas(void)
{
	return READ_ONCE(nr_areas);
}

void __init vmalloc_init(void)
{
	for (unsigned int i = 0; i < IDLE_KINDS; i++)
		INIT_LIST_HEAD(&idle[i]);
	ready = true;
}

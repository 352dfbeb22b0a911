// SPDX-License-Identifier: MIT
/*
 * Who has which piece of the vmalloc area.
 *
 * Areas are nodes of one tree, ordered by address.  Free space needs no nodes
 * of its own: it is the gap in front of each area, and the tail behind the last.
 * Each node also knows the largest gap in its subtree, so a walk down finds the
 * lowest gap that is large enough, and insertion and removal change the gap of
 * one neighbour only.  All are O(log n) in the number of areas.  The tail, nearly
 * all of the region, is kept out of the tree: there it would be the largest gap
 * of every subtree on its way up, and each change of it would have to climb that.
 *
 *   VMALLOC_START                                      VMALLOC_END
 *   |  gap of A  | A ....... guard |  gap of B  | B .. guard | tail |
 *
 * An area is unmapped, and its translations are flushed, before its addresses
 * are free again: while that goes on it still fills its place in the tree, but
 * is `leaving` and cannot be found, so that it is taken out once.
 *
 * What the pages behind an area are is its owner's business (mm/vmalloc.c,
 * mm/ioremap.c).
 */
#include "kernel/panic.h"
#include "kernel/spinlock.h"
#include "mm/vmalloc.h"

static DEFINE_SPINLOCK(vmap_lock); /* the tree, its nodes and the count */
static struct rb_root areas;
static struct vm_struct *last_area; /* NULL: there is none */
static unsigned int nr_areas;
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
	unsigned long gap = max(vm->gap, max(gap_beneath(node->left), gap_beneath(node->right)));

	if (vm->subtree_gap == gap)
		return false;
	vm->subtree_gap = gap;
	return true;
}

static unsigned long tail_start(void)
{
	return last_area ? area_end(last_area) : VMALLOC_START;
}

/* The area with the lowest address that has a gap of `bytes` in front of it, or NULL. */
static struct vm_struct *find_gap(unsigned long bytes)
{
	struct rb_node *node = areas.node;

	if (gap_beneath(node) < bytes)
		return NULL;
	for (;;) {
		if (gap_beneath(node->left) >= bytes)
			node = node->left;
		else if (area_of(node)->gap >= bytes)
			return area_of(node);
		else
			node = node->right;
	}
}

/* Put vm, whose address and size are set, behind all others. */
static void append(struct vm_struct *vm)
{
	struct rb_node *parent = last_area ? &last_area->node : NULL;

	vm->gap = area_start(vm) - tail_start();
	rb_link_node(&vm->node, parent, parent ? &parent->right : &areas.node);
	rb_insert(&vm->node, &areas, update_gap);
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
	/* One change at a time: each starts from a tree whose summaries are right. */
	next->gap = area_start(next) - area_end(vm);
	rb_propagate(&next->node, update_gap);
	rb_link_node(&vm->node, parent, link);
	rb_insert(&vm->node, &areas, update_gap);
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
	nr_areas++;
	return true;
}

static void take_out(struct vm_struct *vm)
{
	struct rb_node *next = vm == last_area ? NULL : rb_next(&vm->node);

	if (!next) {
		struct rb_node *prev = rb_prev(&vm->node);

		last_area = prev ? area_of(prev) : NULL;
	}
	rb_erase(&vm->node, &areas, update_gap);
	if (next) {
		area_of(next)->gap += vm->size + vm->gap;
		rb_propagate(next, update_gap);
	}
	nr_areas--;
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

struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long align, unsigned long flags,
				     unsigned long caller)
{
	struct vm_struct *vm;
	unsigned long irq;
	bool placed;

	if (size == 0 || size > VMALLOC_SIZE || align > VMALLOC_SIZE || align < PAGE_SIZE)
		return NULL;
	if (WARN(!ready, "an area of %#lx bytes is wanted too early\n", size))
		return NULL;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm)
		return NULL;
	vm->size = PAGE_ALIGN(size) + PAGE_SIZE;
	vm->flags = flags;
	vm->caller = caller;

	spin_lock_irqsave(&vmap_lock, irq);
	placed = place(vm, align);
	spin_unlock_irqrestore(&vmap_lock, irq);
	if (likely(placed))
		return vm;
	kfree(vm);
	return NULL;
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags)
{
	return get_vm_area_caller(size, PAGE_SIZE, flags, _RET_IP_);
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *vm;
	unsigned long irq;

	spin_lock_irqsave(&vmap_lock, irq);
	vm = find_at_or_below((unsigned long)addr);
	if (vm && (vm->addr != addr || vm->leaving))
		vm = NULL;
	spin_unlock_irqrestore(&vmap_lock, irq);
	return vm;
}

struct vm_struct *find_vm_area_containing(unsigned long addr)
{
	struct vm_struct *vm;
	unsigned long irq;

	spin_lock_irqsave(&vmap_lock, irq);
	vm = find_at_or_below(addr);
	if (vm && (addr >= area_end(vm) || vm->leaving))
		vm = NULL;
	spin_unlock_irqrestore(&vmap_lock, irq);
	return vm;
}

struct vm_struct *remove_vm_area_flags(const void *addr, unsigned long flags)
{
	struct vm_struct *vm;
	unsigned long irq;

	spin_lock_irqsave(&vmap_lock, irq);
	vm = find_at_or_below((unsigned long)addr);
	if (vm && (vm->addr != addr || vm->leaving || !(vm->flags & flags)))
		vm = NULL;
	if (vm)
		vm->leaving = true;
	spin_unlock_irqrestore(&vmap_lock, irq);
	if (!vm)
		return NULL;

	unmap_kernel_range(area_start(vm), vm->size - PAGE_SIZE);

	spin_lock_irqsave(&vmap_lock, irq);
	take_out(vm);
	spin_unlock_irqrestore(&vmap_lock, irq);
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
	unsigned long irq;

	spin_lock_irqsave(&vmap_lock, irq);
	vm = find_at_or_below(addr);
	if (!vm || area_start(vm) < addr) {
		node = vm ? rb_next(&vm->node) : rb_first(&areas);
		vm = node ? area_of(node) : NULL;
	}
	if (vm)
		*copy = *vm;
	spin_unlock_irqrestore(&vmap_lock, irq);
	return vm;
}

unsigned int nr_vm_areas(void)
{
	return READ_ONCE(nr_areas);
}

void __init vmalloc_init(void)
{
	ready = true;
}

// SPDX-License-Identifier: MIT
/*
 * Which areas lie where in the vmalloc region, and where there is room for one more.
 *
 * Areas are nodes of one tree, ordered by address, and entries of one list in the
 * same order.  Free space needs no nodes of its own: it is the gap in front of each
 * area.  Behind the last area there is one of no bytes at VMALLOC_END, so that the
 * tail is a gap like any other; it is the list's head.
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
 */
#include "mm/vm_place.h"

#define GAP_KINDS 35 /* up to the one gap of 2^33 pages */

_Static_assert(VMALLOC_SIZE >> PAGE_SHIFT == 1UL << (GAP_KINDS - 2), "no gap has more bits");

static struct tree_root areas;
static struct vm_struct end_of_region = { .addr = (void *)VMALLOC_END,
					  .leaving = true,
					  .by_address = LIST_HEAD_INIT(end_of_region.by_address) };
static struct list_head gaps[GAP_KINDS]; /* by gap_kind(); the first is not used */
static u64 gap_kinds;			 /* a bit for each of these lists that is not empty */

/* ---------------------------------------------------------------- gaps */

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

/* ---------------------------------------------------------------- in and out */

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

/* Room is asked for the worst start. */
bool vm_place(struct vm_struct *vm, unsigned long align)
{
	struct vm_struct *next = find_gap((vm->size + align - PAGE_SIZE) >> PAGE_SHIFT);

	if (!next)
		return false;
	vm->addr = (void *)ALIGN(area_start(next) - next->gap, align);
	insert_before(vm, next);
	return true;
}

void vm_take_out(struct vm_struct *first, unsigned long bytes)
{
	unsigned long end = area_start(first) + bytes, gap = first->gap + bytes;
	struct vm_struct *vm = first, *next;

	set_gap(first, 0);
	for (; area_start(vm) < end; vm = next) {
		next = area_above(vm);
		list_del(&vm->by_address);
		tree_erase(&vm->node, &areas);
	}
	set_gap(vm, vm->gap + gap);
}

void __init vm_places_init(void)
{
	for (unsigned int i = 0; i < GAP_KINDS; i++)
		INIT_LIST_HEAD(&gaps[i]);
	tree_link(&end_of_region.node, NULL, &areas.node);
	tree_insert(&end_of_region.node, &areas);
	set_gap(&end_of_region, VMALLOC_SIZE);
}

/* ---------------------------------------------------------------- by address */

struct vm_struct *vm_at_or_below(unsigned long addr)
{
	struct tree_node *node = areas.node;
	struct vm_struct *best = NULL;

	while (node) {
		struct vm_struct *vm = tree_entry(node, struct vm_struct, node);

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

struct vm_struct *vm_ending_behind(unsigned long addr)
{
	struct vm_struct *vm = vm_at_or_below(addr);

	if (!vm)
		return area_above(&end_of_region); /* the lowest */
	return addr < area_end(vm) || vm == &end_of_region ? vm : area_above(vm);
}

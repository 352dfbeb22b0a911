// SPDX-License-Identifier: MIT
/*
 * Which VMA is where, and where there is room for one more.
 *
 * A tree of VMAs whose nodes know the largest gap beneath them.  The highest gap that is large enough
 * is found from the top down: from the VMA at the upper limit to the next one below that has
 * such a gap, over subtrees that have none.  At most two gaps stick out of the limits, one at
 * each, so that a few steps decide it.  Upwards it is the mirror image.
 *
 * Who is asked for is often who was asked for last, made last, or lies behind the gap that was found
 * last: mm->last_found.  Faults note it at the same time, each as a reader, and any of the
 * answers is as good.
 */
#include "mm/user/vma_tree.h"

static inline struct vm_area_struct *vma_of(const struct tree_node *node)
{
	return tree_entry(node, struct vm_area_struct, node);
}

static inline unsigned long subtree_gap(const struct tree_node *node)
{
	return node ? vma_of(node)->subtree_gap : 0;
}

/* ---------------------------------------------------------------- by address */

/* vma is the lowest that ends above addr. */
static inline bool is_first_above(const struct vm_area_struct *vma, unsigned long addr)
{
	return addr < vma->vm_end &&
	       (addr >= vma->vm_start || !vma->vm_prev || addr >= vma->vm_prev->vm_end);
}

static struct vm_area_struct *ending_above(const struct mm_struct *mm, unsigned long addr)
{
	struct tree_node *node = mm->vmas.node;
	struct vm_area_struct *best = mm->highest;

	if (!best || is_first_above(best, addr)) /* a stack: mappings are placed below it */
		return best;
	best = NULL;

	while (node) {
		struct vm_area_struct *vma = vma_of(node);

		if (vma->vm_end > addr) {
			best = vma;
			if (vma->vm_start <= addr)
				break;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = READ_ONCE(mm->last_found);

	if (likely(vma && is_first_above(vma, addr)))
		return vma;
	vma = ending_above(mm, addr);
	if (vma)
		WRITE_ONCE(mm->last_found, vma);
	return vma;
}

struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **prev)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	*prev = vma ? vma->vm_prev : mm->highest;
	return vma;
}

/* ---------------------------------------------------------------- in and out */

static bool update_subtree_gap(struct tree_node *node)
{
	struct vm_area_struct *vma = vma_of(node);
	unsigned long gap = max(subtree_gap(node->left), subtree_gap(node->right));

	gap = max(gap, vma->gap);
	if (vma->subtree_gap == gap)
		return false;
	vma->subtree_gap = gap;
	return true;
}

static inline unsigned long gap_start(const struct vm_area_struct *vma)
{
	return vma->vm_prev ? vma->vm_prev->vm_end : 0;
}

static inline unsigned long gap_of(const struct vm_area_struct *vma)
{
	unsigned long start = gap_start(vma), end = vm_start_gap(vma);

	return end > start ? end - start : 0;
}

/* Summaries from vma upwards, as far as they change. */
static void update_summaries(struct vm_area_struct *vma)
{
	struct tree_node *node = &vma->node;

	while (node && update_subtree_gap(node))
		node = node->parent;
}

static void update_gap(struct vm_area_struct *vma)
{
	unsigned long gap = gap_of(vma);

	if (vma->gap != gap) {
		vma->gap = gap;
		update_summaries(vma);
	}
}

void vma_range_changed(struct vm_area_struct *vma)
{
	update_gap(vma);
	if (vma->vm_next)
		update_gap(vma->vm_next);
}

/* Into the row, between prev and the one behind it. */
static void link_row(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev,
		     struct vm_area_struct *next)
{
	vma->vm_prev = prev;
	vma->vm_next = next;
	if (prev)
		prev->vm_next = vma;
	else
		mm->mmap = vma;
	if (next)
		next->vm_prev = vma;
	else
		mm->highest = vma;
}

void vma_insert(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	struct tree_node *parent = NULL, **link = &mm->vmas.node;

	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;

	link_row(mm, vma, prev, next);
	/* Beneath one of its two neighbours there is a free place. */
	if (prev && !prev->node.right) {
		parent = &prev->node;
		link = &parent->right;
	} else if (next) {
		parent = &next->node;
		link = &parent->left;
	}
	vma->gap = gap_of(vma);
	vma->subtree_gap = 0;
	tree_link(&vma->node, parent, link);
	tree_insert_augmented(&vma->node, &mm->vmas, update_subtree_gap);
	if (next)
		update_gap(next);
	mm->last_found = vma;
	mm->map_count++;
}

void vma_remove(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;

	if (prev)
		prev->vm_next = next;
	else
		mm->mmap = next;
	if (next) {
		next->vm_prev = prev;
		next->gap = gap_of(next);
	} else {
		mm->highest = prev;
	}
	tree_erase_augmented(&vma->node, &mm->vmas, update_subtree_gap);
	if (next)
		update_summaries(next);
	if (mm->last_found == vma)
		mm->last_found = next;
	mm->map_count--;
}

/* ---------------------------------------------------------------- gaps */

/* The first from above, of the subtree at `node`, that has such a gap; there is one. */
static struct vm_area_struct *highest_wide(struct tree_node *node, unsigned long length)
{
	for (;;) {
		if (subtree_gap(node->right) >= length)
			node = node->right;
		else if (vma_of(node)->gap >= length)
			return vma_of(node);
		else
			node = node->left;
	}
}

static struct vm_area_struct *lowest_wide(struct tree_node *node, unsigned long length)
{
	for (;;) {
		if (subtree_gap(node->left) >= length)
			node = node->left;
		else if (vma_of(node)->gap >= length)
			return vma_of(node);
		else
			node = node->right;
	}
}

/* The next below vma that has such a gap; from the top, for NULL.  NULL: none. */
static struct vm_area_struct *wide_below(struct mm_struct *mm, struct vm_area_struct *vma,
					 unsigned long length)
{
	struct tree_node *node = vma ? &vma->node : NULL, *parent;

	if (!node)
		return subtree_gap(mm->vmas.node) >= length ? highest_wide(mm->vmas.node, length) :
							      NULL;
	for (;;) {
		if (subtree_gap(node->left) >= length)
			return highest_wide(node->left, length);
		while ((parent = node->parent) && parent->left == node)
			node = parent;
		if (!parent || vma_of(parent)->gap >= length)
			return parent ? vma_of(parent) : NULL;
		node = parent;
	}
}

static struct vm_area_struct *wide_above(struct vm_area_struct *vma, unsigned long length)
{
	struct tree_node *node = &vma->node, *parent;

	for (;;) {
		if (subtree_gap(node->right) >= length)
			return lowest_wide(node->right, length);
		while ((parent = node->parent) && parent->right == node)
			node = parent;
		if (!parent || vma_of(parent)->gap >= length)
			return parent ? vma_of(parent) : NULL;
		node = parent;
	}
}

unsigned long vma_gap_topdown(struct mm_struct *mm, unsigned long low, unsigned long high,
			      unsigned long length)
{
	struct vm_area_struct *vma = high ? ending_above(mm, high - 1) : NULL;

	for (;;) { /* the gap beneath vma; NULL: the one above all */
		unsigned long start = vma ? gap_start(vma) : mm->highest ? mm->highest->vm_end : 0;
		unsigned long end = vma ? min(vm_start_gap(vma), high) : high;
		unsigned long from = max(start, low);

		if (end > from && end - from >= length) {
			mm->last_found = vma;
			return end - length;
		}
		if (start <= low)
			return 0;
		vma = wide_below(mm, vma, length);
		if (!vma)
			return 0;
	}
}

unsigned long vma_gap_bottomup(struct mm_struct *mm, unsigned long low, unsigned long high,
			       unsigned long length)
{
	struct vm_area_struct *vma = ending_above(mm, low);
	unsigned long start;

	for (; vma; vma = wide_above(vma, length)) {
		start = max(gap_start(vma), low);
		if (start >= high)
			return 0;
		if (min(vm_start_gap(vma), high) >= start + length)
			return start;
	}
	start = max(mm->highest ? mm->highest->vm_end : 0, low);
	return high >= start && high - start >= length ? start : 0;
}

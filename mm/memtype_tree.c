// SPDX-License-Identifier: MIT
/*
 * Ranges that may overlap, each with a memory type.
 *
 * Ranges that overlap have the same type: that is what all this is for, and it is
 * also what keeps the questions cheap.  All ranges that hold one byte have one
 * type, so any one of them speaks for all, and who looks for another type goes on
 * behind the end of what he found.
 *
 *   flat    nearly all ranges: none of them meets another in here, so that the tree has
 *           nothing to keep right but its order
 *   over    a range that met another when it came, as a BAR that two parts of a driver
 *           map.  Such a tree has to know how far each subtree reaches
 *   recent  the range that came last is in no tree, until the next one comes or somebody
 *           asks for the order.  Who maps a page for a look and unmaps it again leaves
 *           the trees alone
 *
 * Insertion and removal are a walk or two down a tree, however many ranges are met.
 */
#include "mm/memtype_tree.h"

static bool update_over(struct tree_node *node)
{
	struct memtype *m = memtype_of(node);
	phys_addr_t reach = m->end;

	if (node->left)
		reach = max(reach, memtype_of(node->left)->reach);
	if (node->right)
		reach = max(reach, memtype_of(node->right)->reach);
	if (m->reach == reach)
		return false;
	m->reach = reach;
	return true;
}

/* The order of `over`, and of all that is listed. */
static inline bool is_before(const struct memtype *a, const struct memtype *b)
{
	return a->start < b->start || (a->start == b->start && a->end < b->end);
}

/* ---------------------------------------------------------------- in and out */

/* Behind all that are not behind it: so those of one range are in the order of their age. */
static void insert_over(struct memtype_tree *tree, struct memtype *m)
{
	struct tree_node *parent = NULL, **link = &tree->over.node;

	while (*link) {
		parent = *link;
		link = is_before(m, memtype_of(parent)) ? &parent->left : &parent->right;
	}
	m->reach = 0; /* another than it will have: to be told upwards */
	tree_link(&m->node, parent, link);
	tree_insert_augmented(&m->node, &tree->over, update_over);
}

static void insert_flat(struct memtype_tree *tree, struct memtype *m)
{
	struct tree_node *parent = NULL, **link = &tree->flat.node;

	if (tree->last && m->start < tree->last->start) {
		while (*link) {
			parent = *link;
			link = is_before(m, memtype_of(parent)) ? &parent->left : &parent->right;
		}
	} else { /* one above the other: usual for many */
		if (tree->last) {
			parent = &tree->last->node;
			link = &parent->right;
		}
		tree->last = m;
		tree->flat_end = max(tree->flat_end, m->end);
	}
	tree_link(&m->node, parent, link);
	tree_insert(&m->node, &tree->flat);
}

void memtype_settle(struct memtype_tree *tree)
{
	struct memtype *m = tree->recent;

	tree->recent = NULL;
	if (unlikely(m->over))
		insert_over(tree, m);
	else
		insert_flat(tree, m);
}

/* The highest is about to go. */
static noinline void lower_last(struct memtype_tree *tree)
{
	struct tree_node *below = tree_prev(&tree->last->node);

	tree->last = below ? memtype_of(below) : NULL;
}

void memtype_erase_settled(struct memtype_tree *tree, struct memtype *m)
{
	if (unlikely(m->over)) {
		tree_erase_augmented(&m->node, &tree->over, update_over);
		return;
	}
	if (unlikely(tree->last == m))
		lower_last(tree);
	tree_erase(&m->node, &tree->flat);
}

/* ---------------------------------------------------------------- questions */

struct memtype *memtype_first_over(const struct memtype_tree *tree, phys_addr_t start,
				   phys_addr_t end)
{
	struct tree_node *node = tree->over.node;

	while (node) {
		struct memtype *m = memtype_of(node);

		/*
		 * Something left of here ends behind start.  If it begins in front of end,
		 * well; if not, neither does any that is right of it.
		 */
		if (memtype_reaches_behind(node->left, start))
			node = node->left;
		else if (m->end > start)
			return m->start < end ? m : NULL;
		else
			node = node->right;
	}
	return NULL;
}

/* The lowest flat one that ends behind `start`. */
static struct memtype *first_flat(const struct memtype_tree *tree, phys_addr_t start)
{
	struct tree_node *node = tree->flat.node;
	struct memtype *best = NULL;

	while (node) {
		if (memtype_of(node)->end > start) {
			best = memtype_of(node);
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best;
}

/* Of one range each, the flat one is the older. */
static struct memtype *lower_of(struct memtype *flat, struct memtype *over)
{
	if (!flat || !over)
		return flat ? flat : over;
	return is_before(over, flat) ? over : flat;
}

struct memtype *memtype_first(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end)
{
	struct memtype *flat;

	if (tree->recent)
		memtype_settle(tree);
	flat = first_flat(tree, start);
	if (flat && flat->start >= end)
		flat = NULL;
	return lower_of(flat, memtype_first_over(tree, start, end));
}

/* The first in a tree that is not in front of m, or that is behind it, or NULL. */
static struct memtype *first_from(const struct tree_root *root, const struct memtype *m,
				  bool behind)
{
	struct tree_node *node = root->node;
	struct memtype *best = NULL;

	while (node) {
		struct memtype *n = memtype_of(node);

		if (behind ? is_before(m, n) : !is_before(n, m)) {
			best = n;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best;
}

struct memtype *memtype_next(const struct memtype_tree *tree, struct memtype *m)
{
	struct tree_node *beside = tree_next(&m->node);
	struct memtype *next = beside ? memtype_of(beside) : NULL;

	return m->over ? lower_of(first_from(&tree->flat, m, true), next) :
			 lower_of(next, first_from(&tree->over, m, false));
}

struct memtype *memtype_first_other(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end,
				    enum page_cache_mode type)
{
	struct memtype *m = memtype_first(tree, start, end);

	while (m && m->type == type)
		m = m->end < end ? memtype_first(tree, m->end, end) : NULL;
	return m;
}

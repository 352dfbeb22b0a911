// SPDX-License-Identifier: MIT
/*
 * Ranges that may overlap, each with a memory type.
 *
 * Ranges that overlap have the same type: that is what all this is for, and it is
 * also what keeps the questions cheap.  All ranges that hold one byte have one
 * type, so any one of them speaks for all.
 *
 *   flat    nearly all ranges: none of them meets another in here.  There is a tree
 *           for each type, so to know which types a range meets is a walk in each, and
 *           nothing has to be kept right on the way
 *   over    a range that met a flat one when it came.  Such a tree has to know how
 *           far each subtree reaches
 *   ring    reservations of exactly the same range, a BAR that two parts of a driver
 *           map: they hang behind the first and are in no tree
 *   recent  a flat range that came last is in no tree either, until the next one comes
 *           or somebody asks about it.  Who maps a page for a look and unmaps it again
 *           leaves the trees alone
 *
 *   summary  of a node's subtree of `over` in one number: in its low bits which types
 *            there are, the rest is the highest end, a multiple of the page size
 *
 * Each question, insertion and removal is a walk or two down a few trees, however many
 * ranges it meets.
 */
#include "mm/memtype_tree.h"

static inline u64 summary_of(struct tree_node *node)
{
	return node ? memtype_of(node)->summary : 0;
}

static inline unsigned int types_of(struct tree_node *node)
{
	return summary_of(node) & ~PAGE_MASK;
}

static bool update_over(struct tree_node *node)
{
	struct memtype *m = memtype_of(node);
	u64 l = summary_of(node->left), r = summary_of(node->right);
	u64 reach = max(m->end, max(l, r) & PAGE_MASK);
	u64 now = reach | BIT(m->type) | ((l | r) & ~PAGE_MASK);
	bool changed = m->summary != now;

	m->summary = now;
	return changed;
}

/* The order of `over`, and of all that is listed. */
static inline bool is_before(phys_addr_t start, phys_addr_t end, const struct memtype *m)
{
	return start < m->start || (start == m->start && end < m->end);
}

/* ---------------------------------------------------------------- in and out */

static struct memtype *find_same_over(const struct memtype_tree *tree, phys_addr_t start,
				      phys_addr_t end)
{
	struct tree_node *node = tree->over.node;

	while (node && !memtype_is_range(memtype_of(node), start, end))
		node = is_before(start, end, memtype_of(node)) ? node->left : node->right;
	return node ? memtype_of(node) : NULL;
}

/* The lowest of `over` that meets [start, end), or NULL. */
static struct memtype *first_over(const struct memtype_tree *tree, phys_addr_t start,
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

void memtype_place_over(const struct memtype_tree *tree, phys_addr_t start, phys_addr_t end,
			struct memtype_place *place)
{
	if (first_over(tree, start, end)) {
		place->free = false;
		place->same = find_same_over(tree, start, end);
	}
}

void memtype_insert_over(struct memtype_tree *tree, struct memtype *m)
{
	struct tree_node *parent = NULL, **link = &tree->over.node;

	while (*link) {
		parent = *link;
		link = is_before(m->start, m->end, memtype_of(parent)) ? &parent->left :
									 &parent->right;
	}
	m->home = MEMTYPE_OVER;
	tree_link(&m->node, parent, link);
	tree_insert_augmented(&m->node, &tree->over, update_over);
}

void memtype_settle(struct memtype_tree *tree)
{
	struct memtype *m = tree->recent;
	struct memtype_flat *flat = &tree->flat[m->type];
	struct tree_node *parent = NULL, **link = &flat->root.node;

	if (flat->last && m->start < flat->last->start) {
		while (*link) {
			parent = *link;
			link = m->start < memtype_of(parent)->start ? &parent->left :
								      &parent->right;
		}
	} else { /* one above the other: usual for many */
		if (flat->last) {
			parent = &flat->last->node;
			link = &parent->right;
		}
		flat->last = m;
		tree->flat_end = max(tree->flat_end, m->end);
	}
	m->home = MEMTYPE_FLAT;
	tree->recent = NULL;
	tree_link(&m->node, parent, link);
	tree_insert(&m->node, &flat->root);
}

/* The next in its ring takes m's place. */
static void inherit(struct memtype_tree *tree, struct memtype *m)
{
	struct memtype *heir = list_first_entry(&m->same, struct memtype, same);
	struct memtype_flat *flat = &tree->flat[m->type];

	tree_replace(&m->node, &heir->node, m->home == MEMTYPE_FLAT ? &flat->root : &tree->over);
	heir->summary = m->summary;
	heir->home = m->home;
	if (flat->last == m)
		flat->last = heir;
	list_del(&m->same);
}

/* The highest is about to go. */
static noinline void lower_last(struct memtype_flat *flat)
{
	struct tree_node *below = tree_prev(&flat->last->node);

	flat->last = below ? memtype_of(below) : NULL;
}

static void erase_flat(struct memtype_tree *tree, struct memtype *m)
{
	struct memtype_flat *flat = &tree->flat[m->type];

	if (unlikely(flat->last == m))
		lower_last(flat);
	tree_erase(&m->node, &flat->root);
}

void memtype_erase_node(struct memtype_tree *tree, struct memtype *m)
{
	if (unlikely(!list_empty(&m->same)))
		inherit(tree, m);
	else if (m->home == MEMTYPE_OVER)
		tree_erase_augmented(&m->node, &tree->over, update_over);
	else
		erase_flat(tree, m);
}

/* ---------------------------------------------------------------- questions */

/* The lowest of them that meets [start, end), or NULL. */
static struct memtype *first_in(const struct memtype_flat *flat, phys_addr_t start, phys_addr_t end)
{
	struct tree_node *node = flat->root.node;
	struct memtype *best = NULL;

	while (node) {
		struct memtype *m = memtype_of(node);

		if (m->end > start) {
			best = m;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best && best->start < end ? best : NULL;
}

/* Types of those in `over` that begin behind `start` and in front of `end`. */
static unsigned int over_types_beginning(const struct memtype_tree *tree, phys_addr_t start,
					 phys_addr_t end)
{
	struct tree_node *top = tree->over.node, *node;
	unsigned int types;

	while (top && (memtype_of(top)->start <= start || memtype_of(top)->start >= end))
		top = memtype_of(top)->start <= start ? top->right : top->left;
	if (!top)
		return 0;
	types = BIT(memtype_of(top)->type);
	for (node = top->left; node;) {
		if (memtype_of(node)->start <= start) {
			node = node->right;
			continue;
		}
		types |= BIT(memtype_of(node)->type) | types_of(node->right);
		node = node->left;
	}
	for (node = top->right; node;) {
		if (memtype_of(node)->start >= end) {
			node = node->left;
			continue;
		}
		types |= BIT(memtype_of(node)->type) | types_of(node->left);
		node = node->right;
	}
	return types;
}

unsigned int memtype_types(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end)
{
	const struct memtype *over;
	unsigned int types;

	if (tree->recent)
		memtype_settle(tree);
	/* What begins in front of `start` holds the byte there: this one speaks for all such. */
	over = first_over(tree, start, end);
	types = (over ? BIT(over->type) : 0) | over_types_beginning(tree, start, end);
	for (unsigned int type = 0; type < NR_MEMTYPES; type++)
		if (memtype_find_in(&tree->flat[type], start, end))
			types |= BIT(type);
	return types;
}

static struct memtype *lower_of(struct memtype *a, struct memtype *b)
{
	if (!a || !b)
		return a ? a : b;
	return is_before(a->start, a->end, b) ? a : b;
}

struct memtype *memtype_first(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end)
{
	struct memtype *first;

	if (tree->recent)
		memtype_settle(tree);
	first = first_over(tree, start, end);
	for (unsigned int type = 0; type < NR_MEMTYPES; type++)
		first = lower_of(first, first_in(&tree->flat[type], start, end));
	return first;
}

/* The next in a tree behind the range of `m`, or NULL. */
static struct memtype *next_in(const struct tree_root *root, const struct memtype *m)
{
	struct tree_node *node = root->node;
	struct memtype *best = NULL;

	while (node) {
		if (is_before(m->start, m->end, memtype_of(node))) {
			best = memtype_of(node);
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best;
}

static struct memtype *next_in_order(const struct memtype_tree *tree, const struct memtype *m)
{
	struct memtype *next = next_in(&tree->over, m);

	for (unsigned int type = 0; type < NR_MEMTYPES; type++)
		next = lower_of(next, next_in(&tree->flat[type].root, m));
	return next;
}

struct memtype *memtype_next(const struct memtype_tree *tree, struct memtype *m, phys_addr_t start,
			     phys_addr_t end)
{
	struct memtype *next = list_first_entry(&m->same, struct memtype, same);

	if (next->home == MEMTYPE_RING)
		return next;
	do {
		next = next_in_order(tree, next);
	} while (next && next->start < end && !memtype_meets(next, start, end));
	return next && next->start < end ? next : NULL;
}

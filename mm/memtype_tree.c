// SPDX-License-Identifier: MIT
/*
 * Ranges that may overlap, each with a memory type.
 *
 * Ranges that overlap have the same type: that is what all this is for, and it is
 * also what keeps the questions cheap.  All ranges that hold one byte have one
 * type, so any one of them speaks for all.
 *
 *   flat    nearly all ranges: none of them meets another in here.  Of these at most
 *           one holds a byte, so finding and entering them is what it is in any tree
 *   over    a range that met a flat one when it came.  Such a tree has to know how
 *           far each subtree reaches
 *   ring    reservations of exactly the same range, a BAR that two parts of a driver
 *           map: they hang behind the first and are in no tree
 *   recent  a flat range that came last is in no tree either, until the next one comes
 *           or somebody asks about it.  Who maps a page for a look and unmaps it again
 *           leaves the trees alone
 *
 *   summary  of a node's subtree in one number: in its low bits which types there
 *            are; in `over` the rest is the highest end, a multiple of the page size
 *
 * Each question, insertion and removal is a walk or two down a tree, however many
 * ranges it meets.
 */
#include "mm/memtype_tree.h"
#include "kernel/rbtree_augmented.h"

static inline u64 summary_of(struct rb_node *node)
{
	return node ? memtype_of(node)->summary : 0;
}

static inline unsigned int types_of(struct rb_node *node)
{
	return summary_of(node) & ~PAGE_MASK;
}

static inline bool update_flat(struct rb_node *node)
{
	struct memtype *m = memtype_of(node);
	u64 now = BIT(m->type) | summary_of(node->left) | summary_of(node->right);
	bool changed = m->summary != now;

	m->summary = now;
	return changed;
}

static bool update_over(struct rb_node *node)
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
	struct rb_node *node = tree->over.node;

	while (node && !memtype_is_range(memtype_of(node), start, end))
		node = is_before(start, end, memtype_of(node)) ? node->left : node->right;
	return node ? memtype_of(node) : NULL;
}

/* The lowest of `over` that meets [start, end), or NULL. */
static struct memtype *first_over(const struct memtype_tree *tree, phys_addr_t start,
				  phys_addr_t end)
{
	struct rb_node *node = tree->over.node;

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
	struct rb_node *parent = NULL, **link = &tree->over.node;

	while (*link) {
		parent = *link;
		link = is_before(m->start, m->end, memtype_of(parent)) ? &parent->left :
									 &parent->right;
	}
	m->home = MEMTYPE_OVER;
	rb_link_node(&m->node, parent, link);
	rb_insert(&m->node, &tree->over, update_over);
}

void memtype_settle(struct memtype_tree *tree)
{
	struct rb_node *parent = NULL, **link = &tree->flat.node;
	struct memtype *m = tree->recent;

	if (tree->last && m->start >= tree->last->end) { /* one above the other: usual for many */
		parent = &tree->last->node;
		link = &parent->right;
	}
	while (*link) {
		parent = *link;
		link = m->start < memtype_of(parent)->start ? &parent->left : &parent->right;
	}
	if (!tree->last || m->start >= tree->last->end)
		tree->last = m;
	m->home = MEMTYPE_FLAT;
	tree->recent = NULL;
	rb_link_node(&m->node, parent, link);
	__rb_insert(&m->node, &tree->flat, update_flat);
}

/* The next in its ring takes m's place. */
static void inherit(struct memtype_tree *tree, struct memtype *m)
{
	struct memtype *heir = list_first_entry(&m->same, struct memtype, same);

	rb_replace(&m->node, &heir->node, m->home == MEMTYPE_FLAT ? &tree->flat : &tree->over);
	heir->summary = m->summary;
	heir->home = m->home;
	if (tree->last == m)
		tree->last = heir;
	list_del_init(&m->same);
}

void memtype_erase_node(struct memtype_tree *tree, struct memtype *m)
{
	if (!list_empty(&m->same)) {
		inherit(tree, m);
	} else if (m->home == MEMTYPE_OVER) {
		rb_erase(&m->node, &tree->over, update_over);
	} else {
		if (tree->last == m) {
			struct rb_node *below = rb_prev(&m->node);

			tree->last = below ? memtype_of(below) : NULL;
		}
		__rb_erase(&m->node, &tree->flat, update_flat);
	}
}

/* ---------------------------------------------------------------- questions */

/* The lowest flat one that meets [start, end), or NULL. */
static struct memtype *first_flat(const struct memtype_tree *tree, phys_addr_t start,
				  phys_addr_t end)
{
	struct rb_node *node = tree->flat.node;
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

/* Types of those in a tree that begin behind `start` and in front of `end`. */
static unsigned int types_beginning(const struct rb_root *root, phys_addr_t start, phys_addr_t end)
{
	struct rb_node *top = root->node, *node;
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
	const struct memtype *flat, *over;

	if (tree->recent)
		memtype_settle(tree);
	flat = first_flat(tree, start, end);
	over = first_over(tree, start, end);
	/* What begins in front holds the byte at start: each of these speaks for all such. */
	return (flat ? BIT(flat->type) : 0) | (over ? BIT(over->type) : 0) |
	       types_beginning(&tree->flat, start, end) | types_beginning(&tree->over, start, end);
}

static struct memtype *lower_of(struct memtype *a, struct memtype *b)
{
	if (!a || !b)
		return a ? a : b;
	return is_before(a->start, a->end, b) ? a : b;
}

struct memtype *memtype_first(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end)
{
	if (tree->recent)
		memtype_settle(tree);
	return lower_of(first_flat(tree, start, end), first_over(tree, start, end));
}

/* The next in a tree behind the range of `m`, meeting [start, end) or not. */
static struct memtype *next_in_tree(const struct rb_root *root, const struct memtype *m)
{
	struct rb_node *node = root->node;
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

struct memtype *memtype_next(const struct memtype_tree *tree, struct memtype *m, phys_addr_t start,
			     phys_addr_t end)
{
	struct memtype *next = list_first_entry(&m->same, struct memtype, same);

	if (next->home == MEMTYPE_RING)
		return next;
	do {
		next = lower_of(next_in_tree(&tree->flat, next), next_in_tree(&tree->over, next));
	} while (next && next->start < end && !memtype_meets(next, start, end));
	return next && next->start < end ? next : NULL;
}

// SPDX-License-Identifier: MIT
/*
 * A tree of nodes of 64 slots.  Each level takes six bits of the index; the root is as high as the
 * largest index that was ever put in while it had entries.  A node without entries is not there.
 */
#include "kernel/lib/radix.h"

#include "kernel/lib/errno.h"

#define RADIX_BITS  6
#define RADIX_SLOTS (1U << RADIX_BITS)
#define RADIX_DEPTH DIV_ROUND_UP(64, RADIX_BITS) /* levels of the highest tree */

struct radix_node {
	void *slots[RADIX_SLOTS];
	unsigned int used;
};

static unsigned int slot_of(unsigned long index, unsigned int shift)
{
	return (index >> shift) % RADIX_SLOTS;
}

/* The tree is high enough for it. */
static bool in_reach(const struct radix_tree *tree, unsigned long index)
{
	return tree->shift + RADIX_BITS >= 64 || !(index >> (tree->shift + RADIX_BITS));
}

void *radix_lookup(const struct radix_tree *tree, unsigned long index)
{
	const struct radix_node *node = tree->root;

	if (!node || !in_reach(tree, index))
		return NULL;
	for (unsigned int shift = tree->shift; node && shift; shift -= RADIX_BITS)
		node = node->slots[slot_of(index, shift)];
	return node ? node->slots[slot_of(index, 0)] : NULL;
}

/* The first entry of the node's subtree at *index or behind it in that subtree. */
static void *next_in(const struct radix_node *node, unsigned int shift, unsigned long *index)
{
	unsigned long base = *index & ~(((unsigned long)RADIX_SLOTS << shift) - 1);

	for (unsigned int slot = slot_of(*index, shift); slot < RADIX_SLOTS; slot++) {
		void *entry = node->slots[slot];

		if (entry && shift)
			entry = next_in(entry, shift - RADIX_BITS, index);
		if (entry)
			return entry;
		*index = base + ((slot + 1UL) << shift);
	}
	return NULL;
}

void *radix_next(const struct radix_tree *tree, unsigned long *index)
{
	if (!tree->root || !in_reach(tree, *index))
		return NULL;
	return next_in(tree->root, tree->shift, index);
}

/* A root that reaches as far as the index. */
static int grow(struct radix_tree *tree, unsigned long index, void *(*zalloc)(size_t size))
{
	if (!tree->root) {
		tree->shift = 0;
		while (!in_reach(tree, index))
			tree->shift += RADIX_BITS;
		tree->root = zalloc(sizeof(struct radix_node));
		return tree->root ? 0 : -ENOMEM;
	}
	while (!in_reach(tree, index)) {
		struct radix_node *node = zalloc(sizeof(*node));

		if (!node)
			return -ENOMEM;
		node->slots[0] = tree->root;
		node->used = 1;
		tree->root = node;
		tree->shift += RADIX_BITS;
	}
	return 0;
}

/* Without memory half way a chain of new nodes without an entry may be left: it goes. */
static void prune(struct radix_tree *tree, unsigned long index, void (*release)(const void *))
{
	struct radix_node *path[RADIX_DEPTH], *node = tree->root;
	unsigned int n = 0, shift = tree->shift;

	for (; node; shift -= RADIX_BITS) {
		path[n++] = node;
		if (!shift)
			break;
		node = node->slots[slot_of(index, shift)];
	}
	for (shift = tree->shift - (n - 1) * RADIX_BITS; n && !path[n - 1]->used; n--) {
		release(path[n - 1]);
		shift += RADIX_BITS;
		if (n == 1) {
			tree->root = NULL;
		} else {
			path[n - 2]->slots[slot_of(index, shift)] = NULL;
			path[n - 2]->used--;
		}
	}
}

int radix_insert(struct radix_tree *tree, unsigned long index, void *entry,
		 void *(*zalloc)(size_t size), void (*release)(const void *))
{
	int error = grow(tree, index, zalloc);
	struct radix_node *node = tree->root;

	for (unsigned int shift = tree->shift; !error && shift; shift -= RADIX_BITS) {
		void **slot = &node->slots[slot_of(index, shift)];

		if (!*slot) {
			*slot = zalloc(sizeof(struct radix_node));
			if (!*slot)
				error = -ENOMEM;
			else
				node->used++;
		}
		if (!error)
			node = *slot;
	}
	if (error) {
		if (tree->root)
			prune(tree, index, release);
		return error;
	}
	if (node->slots[slot_of(index, 0)])
		return -EEXIST;
	node->slots[slot_of(index, 0)] = entry;
	node->used++;
	return 0;
}

void *radix_delete(struct radix_tree *tree, unsigned long index, void (*release)(const void *))
{
	struct radix_node *node = tree->root;
	void *entry = radix_lookup(tree, index);

	if (!entry)
		return NULL;
	for (unsigned int shift = tree->shift; shift; shift -= RADIX_BITS)
		node = node->slots[slot_of(index, shift)];
	node->slots[slot_of(index, 0)] = NULL;
	node->used--;
	prune(tree, index, release);
	return entry;
}

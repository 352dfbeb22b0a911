/* SPDX-License-Identifier: MIT */
/*
 * Inside the register: what kernel/core/resource.c and kernel/core/region.c share, and
 * mm/ioremap.c, which walks at each of its calls; nobody else.  All but the lock itself and
 * the walk is called with resource_lock held.
 */
#ifndef KERNEL_CORE_RESOURCE_TREE_H
#define KERNEL_CORE_RESOURCE_TREE_H

#include "kernel/core/resource.h"
#include "kernel/core/spinlock.h"
#include "kernel/time/time.h"

/* Guards every resource's place, bounds and children. */
extern spinlock_t resource_lock;

/* How often a resource came or went: as long as it is the same, so is the register. */
extern unsigned long resource_changes;

/* The lowest child of `parent` that meets [start, end], or NULL. */
static inline struct resource *resource_first_overlap(const struct resource *parent,
						      resource_size_t start, resource_size_t end)
{
	struct tree_node *node = parent->children.node;
	struct resource *found = NULL;

	while (node) {
		struct resource *res = tree_entry(node, struct resource, node);

		if (res->end < start) {
			node = node->right;
		} else {
			found = res;
			node = node->left;
		}
	}
	return found && found->start <= end ? found : NULL;
}

/* The sibling above `res`, where it meets a range that goes on to `end`; else NULL. */
static inline struct resource *resource_next_overlap(const struct resource *res,
						     resource_size_t end)
{
	struct resource *next = res->sibling;

	return next && next->start <= end ? next : NULL;
}

/*
 * The next one beneath `top` that meets [start, end], parents before children;
 * begin with `res` = top.  NULL at the end.
 */
static inline struct resource *resource_next_in_depth(struct resource *res,
						      const struct resource *top,
						      resource_size_t start, resource_size_t end)
{
	struct resource *next = NULL;

	if (res->children.node)
		next = resource_first_overlap(res, start, end);
	for (; !next && res != top; res = res->parent)
		next = resource_next_overlap(res, end);
	return next;
}

/* resource_walk() with its visitor built in, and without the lock. */
static __always_inline bool
resource_walk_locked(struct resource *root, resource_size_t start, resource_size_t end,
		     bool (*visit)(const struct resource *res, void *arg), void *arg)
{
	struct resource *res = root;
	bool stopped = false;

	while (!stopped && (res = resource_next_in_depth(res, root, start, end)))
		stopped = visit(res, arg);
	return stopped;
}

/* Keep who put `res` where it is now, and when. */
static __always_inline void resource_note_locked(struct resource *res, unsigned long caller)
{
	res->caller = caller;
	res->since = rdtsc();
}

/* request_resource_conflict() without the lock, and without the note. */
struct resource *resource_request_locked(struct resource *root, struct resource *new);

/* Take `res` out of its parent; its children stay beneath it. */
void resource_unlink_locked(struct resource *res);

#endif

// SPDX-License-Identifier: MIT
/*
 * The register of addresses and ports.
 *
 * A resource's children are its disjoint parts, kept in a balanced tree by
 * start.  Since they do not meet, they are in order by end as well, and the
 * lowest one that meets a range is found in one walk down
 * (resource_first_overlap).  All else is made of that walk, of the links to the
 * siblings beside, and of the way up through `parent`.
 *
 * A struct resource belongs to whoever declared it; here it only gets its place.
 * Drivers' claims, which are made on the fly, are in kernel/core/region.c.
 *
 * What comes out of each call is what Linux 6.1 gives, with its slips left out:
 * asking twice is an error and not a broken list.
 */
#define pr_fmt(fmt) "resource: " fmt

#include "kernel/core/resource.h"

#include "kernel/core/printk.h"
#include "kernel/core/resource_tree.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"

#define MAX_DUMP_LEVEL 5 /* deeper ones are not indented further, as in Linux */

struct resource iomem_resource = {
	.name = "PCI mem",
	.start = 0,
	.end = ~0ULL,
	.flags = IORESOURCE_MEM,
};

struct resource ioport_resource = {
	.name = "PCI IO",
	.start = 0,
	.end = 0xffff, /* SDM 1, 19.3: the I/O address space has 2^16 ports */
	.flags = IORESOURCE_IO,
};

struct resource early_resource = {
	.name = "early chips",
	.start = 0,
	.end = ~0ULL,
	.flags = IORESOURCE_MEM,
};

DEFINE_SPINLOCK(resource_lock);
unsigned long resource_changes;

static void link_between(struct resource *prev, struct resource *new, struct resource *sibling)
{
	new->prev = prev;
	new->sibling = sibling;
	if (prev)
		prev->sibling = new;
	if (sibling)
		sibling->prev = new;
}

struct resource *resource_request_locked(struct resource *root, struct resource *new)
{
	struct tree_node **link = &root->children.node, *parent = NULL;
	struct resource *conflict = NULL, *prev = NULL, *sibling = NULL;

	if (new->end < new->start || new->start < root->start || new->end > root->end)
		return root;
	if (new->parent)
		return new;
	while (*link) {
		struct resource *res = tree_entry(*link, struct resource, node);

		parent = *link;
		if (new->start > res->end) {
			prev = res;
			link = &parent->right;
		} else {
			if (new->end >= res->start)
				conflict = res; /* a lower one may be in the way as well */
			sibling = res;
			link = &parent->left;
		}
	}
	if (conflict)
		return conflict;
	tree_link(&new->node, parent, link);
	tree_insert(&new->node, &root->children);
	new->parent = root;
	link_between(prev, new, sibling);
	resource_changes++;
	return NULL;
}

void resource_unlink_locked(struct resource *res)
{
	if (res->prev)
		res->prev->sibling = res->sibling;
	if (res->sibling)
		res->sibling->prev = res->prev;
	tree_erase(&res->node, &res->parent->children);
	res->parent = NULL;
	resource_changes++;
}

/* Two names for "it did not work" become an errno. */
static int conflict_to_errno(const struct resource *conflict, const struct resource *new)
{
	if (!conflict)
		return 0;
	return conflict == new || new->end < new->start ? -EINVAL : -EBUSY;
}

static __always_inline struct resource *request_for(struct resource *root, struct resource *new,
						    unsigned long caller)
{
	struct resource *conflict;

	spin_lock(&resource_lock);
	conflict = resource_request_locked(root, new);
	if (!conflict)
		resource_note_locked(new, caller);
	spin_unlock(&resource_lock);
	return conflict;
}

struct resource *request_resource_conflict(struct resource *root, struct resource *new)
{
	return request_for(root, new, _RET_IP_);
}

int request_resource(struct resource *root, struct resource *new)
{
	return conflict_to_errno(request_for(root, new, _RET_IP_), new);
}

/*
 *	   [--- parent -------------------------------]
 *	     [first]  [second]  [third]    [fourth]
 *	     [---------- new ---------]			fits: adopts three
 *	       [-------- new ---------]			cuts across the first
 */
static struct resource *adopt_locked(struct resource *parent, struct resource *first,
				     struct resource *new)
{
	struct resource *child, *next;

	for (child = first; child; child = resource_next_overlap(child, new->end))
		if (child->start < new->start || child->end > new->end)
			return child;
	if (new->children.node)
		return first;
	for (child = first; child; child = next) {
		next = resource_next_overlap(child, new->end);
		resource_unlink_locked(child);
		/* They were apart before: nothing is in the way. */
		resource_request_locked(new, child);
	}
	return resource_request_locked(parent, new);
}

/* See insert_resource_conflict. */
static struct resource *insert_locked(struct resource *parent, struct resource *new)
{
	lockdep_assert_held(&resource_lock);
	for (;;) {
		struct resource *first = resource_request_locked(parent, new);

		if (!first || first == parent || first == new)
			return first;
		if (!resource_contains(first, new) || resource_contains(new, first))
			return adopt_locked(parent, first, new);
		parent = first; /* it fits inside: further down */
	}
}

static struct resource *insert_for(struct resource *parent, struct resource *new,
				   unsigned long caller)
{
	struct resource *conflict;

	spin_lock(&resource_lock);
	conflict = insert_locked(parent, new);
	if (!conflict)
		resource_note_locked(new, caller);
	spin_unlock(&resource_lock);
	return conflict;
}

struct resource *insert_resource_conflict(struct resource *parent, struct resource *new)
{
	return insert_for(parent, new, _RET_IP_);
}

int insert_resource(struct resource *parent, struct resource *new)
{
	return conflict_to_errno(insert_for(parent, new, _RET_IP_), new);
}

void insert_resource_expand_to_fit(struct resource *root, struct resource *new)
{
	if (new->parent)
		return;
	for (;;) {
		struct resource *conflict;
		const char *name;

		spin_lock(&resource_lock);
		conflict = insert_locked(root, new);
		if (!conflict) {
			resource_note_locked(new, _RET_IP_);
			spin_unlock(&resource_lock);
			return;
		}
		name = conflict->name;
		if (conflict == root || resource_contains(new, conflict)) {
			spin_unlock(&resource_lock);
			pr_err("%s %pR cannot be placed: %s is in the way\n", new->name, new, name);
			return;
		}
		new->start = min(new->start, conflict->start);
		new->end = max(new->end, conflict->end);
		spin_unlock(&resource_lock);
		pr_info("Expanded resource %s due to conflict with %s\n", new->name, name);
	}
}

int release_resource(struct resource *res)
{
	int err = -EINVAL;

	spin_lock(&resource_lock);
	if (res->parent) {
		resource_unlink_locked(res);
		err = 0;
	}
	spin_unlock(&resource_lock);
	return err;
}

int remove_resource(struct resource *res)
{
	struct resource *parent, *child;

	spin_lock(&resource_lock);
	parent = res->parent;
	if (parent) {
		resource_unlink_locked(res);
		while ((child = resource_first_child(res))) {
			resource_unlink_locked(child);
			/* `res` kept the place free for it. */
			resource_request_locked(parent, child);
		}
	}
	spin_unlock(&resource_lock);
	return parent ? 0 : -EINVAL;
}

/* The lowest place for `size` bytes right beneath root; false when there is none. */
static bool find_room_locked(const struct resource *root, resource_size_t size, resource_size_t min,
			     resource_size_t max, resource_size_t align, resource_alignf_t alignf,
			     resource_size_t *where)
{
	resource_size_t low = max(min, root->start), high = min(max, root->end);

	lockdep_assert_held(&resource_lock);
	while (low <= high) {
		struct resource *taken = resource_first_overlap(root, low, high);
		struct resource gap = { .start = low, .end = high };

		if (!taken || taken->start > low) {
			if (taken)
				gap.end = taken->start - 1;
			*where = alignf ? alignf(&gap, align) : ALIGN(low, align);
			if (*where >= gap.start && *where <= gap.end &&
			    size - 1 <= gap.end - *where)
				return true;
		}
		if (!taken || taken->end >= high)
			return false;
		low = taken->end + 1;
	}
	return false;
}

int allocate_resource(struct resource *root, struct resource *new, resource_size_t size,
		      resource_size_t min, resource_size_t max, resource_size_t align,
		      resource_alignf_t alignf)
{
	resource_size_t start;
	int err = -EBUSY;

	if (size == 0 || !is_power_of_2(align))
		return -EINVAL;
	spin_lock(&resource_lock);
	if (new->parent) {
		err = -EINVAL;
	} else if (find_room_locked(root, size, min, max, align, alignf, &start)) {
		new->start = start;
		new->end = start + size - 1;
		resource_request_locked(root, new); /* just seen to be free */
		resource_note_locked(new, _RET_IP_);
		err = 0;
	}
	spin_unlock(&resource_lock);
	return err;
}

void resource_dump(struct sink *out, const struct resource *root)
{
	int width = root->end < 0x10000 ? 4 : 8, level = 0;
	const struct resource *res = root;

	spin_lock(&resource_lock);
	for (;;) {
		const struct resource *next = resource_first_child(res);

		level++;
		for (; !next && res != root; res = res->parent) { /* up until there is one beside */
			next = res->sibling;
			level--;
		}
		if (!next)
			break;
		res = next;
		sink_printf(out, "%*s%0*lx-%0*lx : %.120s\n", 2 * min(level - 1, MAX_DUMP_LEVEL),
			    "", width, res->start, width, res->end,
			    res->name ? res->name : "<BAD>");
	}
	spin_unlock(&resource_lock);
}

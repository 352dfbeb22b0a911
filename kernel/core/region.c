// SPDX-License-Identifier: MIT
/*
 * Claims on the register that are made on the fly, and questions about ranges.
 *
 * A driver claims a range by __request_region(); the resource for it is ours,
 * marked IORESOURCE_AUTO and freed by the release.  It comes from the allocator that mm
 * has given, before that from a small pool, and always before resource_lock is taken.
 *
 * The one difference from Linux in what comes out: a release takes only what a
 * request made, and only when nothing has been put beneath it.
 */
#define pr_fmt(fmt) "resource: " fmt

#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/core/resource_tree.h"

#define POOL_SIZE 64 /* claims before there is an allocator; one bit each in pool_used */

/* Guarded by resource_lock. */
static struct resource pool[POOL_SIZE];
static u64 pool_used;

static struct resource_allocator allocator; /* no functions: there is none yet */

void resource_set_allocator(struct resource_allocator supplied)
{
	allocator = supplied;
}

static revoke_fn revoke;

void resource_set_revoke(revoke_fn fn)
{
	WRITE_ONCE(revoke, fn);
}

static void revoke_range(resource_size_t start, resource_size_t size, bool claimed)
{
	revoke_fn fn = READ_ONCE(revoke);

	if (unlikely(fn))
		fn(start, size, claimed);
}

void resource_revoke(resource_size_t start, resource_size_t size)
{
	revoke_range(start, size, false);
}

_Static_assert(POOL_SIZE <= 64, "pool_used has a bit for each");

static struct resource *pool_alloc(void)
{
	struct resource *res = NULL;
	unsigned int i;

	spin_lock(&resource_lock);
	for (i = 0; i < POOL_SIZE && !res; i++) {
		if (pool_used & BIT_ULL(i))
			continue;
		pool_used |= BIT_ULL(i);
		res = &pool[i];
	}
	spin_unlock(&resource_lock);
	return res;
}

/* In no tree, without children; its flags and its place come with the claim. */
static __always_inline void fill_in(struct resource *res, resource_size_t start,
				    resource_size_t end, const char *name)
{
	res->start = start;
	res->end = end;
	res->name = name;
	res->parent = NULL;
	res->children.node = NULL;
}

/* Says so itself when there is none. */
static struct resource *alloc_resource(resource_size_t start, resource_size_t end, const char *name)
{
	struct resource *res = NULL;

	if (!should_fail(FAULT_RESOURCE, _RET_IP_))
		res = likely(allocator.alloc) ? allocator.alloc(sizeof(*res), 0) : pool_alloc();
	if (likely(res))
		fill_in(res, start, end, name);
	else if (allocator.alloc)
		pr_err("no memory for %s [0x%lx-0x%lx]\n", name, start, end);
	else
		pr_err("no room for %s [0x%lx-0x%lx]: raise POOL_SIZE (%d)\n", name, start, end,
		       POOL_SIZE);
	return res;
}

static void free_resource(struct resource *res)
{
	if (res >= pool && res < pool + POOL_SIZE) {
		spin_lock(&resource_lock);
		pool_used &= ~BIT_ULL(res - pool);
		spin_unlock(&resource_lock);
	} else {
		allocator.free(res);
	}
}

/* Put `res` into the lowest gap of root in [start, end]; false when there is none. */
static bool claim_gap_locked(struct resource *root, struct resource *res, resource_size_t start,
			     resource_size_t end, unsigned long caller)
{
	struct resource *taken;

	lockdep_assert_held(&resource_lock);
	while ((taken = resource_first_overlap(root, start, end)) && taken->start <= start) {
		if (taken->end >= end)
			return false;
		start = taken->end + 1;
	}
	res->start = start;
	res->end = taken ? taken->start - 1 : end;
	resource_note_locked(res, caller);
	return !resource_request_locked(root, res);
}

void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end,
			       const char *name)
{
	if (start < root->start || end > root->end) {
		pr_err("%s [0x%lx-0x%lx] is not in %s %pR: clipped\n", name, start, end, root->name,
		       root);
		start = max(start, root->start);
		end = min(end, root->end);
	}
	while (start <= end) {
		struct resource *res = alloc_resource(start, end, name);
		bool placed;

		if (!res)
			return;
		res->flags = resource_type(root) | IORESOURCE_BUSY | IORESOURCE_AUTO;
		spin_lock(&resource_lock);
		placed = claim_gap_locked(root, res, start, end, _RET_IP_);
		start = res->end + 1;
		spin_unlock(&resource_lock);
		if (!placed) {
			free_resource(res);
			return;
		}
		if (start == 0) /* up to the last address there is */
			return;
	}
}

/* As request_locked, but down through whatever no driver holds; *holder ends at the last parent. */
static struct resource *request_region_locked(struct resource **holder, struct resource *res,
					      unsigned long flags)
{
	lockdep_assert_held(&resource_lock);
	for (;;) {
		struct resource *conflict;

		res->flags = ((*holder)->flags & (IORESOURCE_TYPE_BITS | IORESOURCE_SYSRAM)) |
			     IORESOURCE_BUSY | IORESOURCE_AUTO | flags;
		conflict = resource_request_locked(*holder, res);
		if (!conflict || conflict == *holder || (conflict->flags & IORESOURCE_BUSY))
			return conflict;
		*holder = conflict;
	}
}

struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, unsigned long flags)
{
	struct resource *const root = parent, *conflict, other, *res;

	if (n == 0 || start + (n - 1) < start) {
		pr_err("%s: 0x%lx bytes at 0x%lx are no range\n", name, n, start);
		return NULL;
	}
	res = alloc_resource(start, start + (n - 1), name);
	if (!res)
		return NULL;
	spin_lock(&resource_lock);
	conflict = request_region_locked(&parent, res, flags);
	if (conflict)
		other = *conflict; /* it may go as soon as the lock does */
	else
		resource_note_locked(res, _RET_IP_);
	spin_unlock(&resource_lock);
	if (!conflict) {
		if (root == &iomem_resource)
			revoke_range(start, n, true);
		return res;
	}
	if (conflict == parent)
		pr_err("%s: %pR reaches out of %pR (%s)\n", name, res, &other, other.name);
	else
		pr_err("%s: %pR is taken: %pR (%s)\n", name, res, &other, other.name);
	free_resource(res);
	return NULL;
}

/* The claim of just that range, or NULL. */
static struct resource *find_region_locked(const struct resource *parent, resource_size_t start,
					   resource_size_t end)
{
	struct resource *res;

	lockdep_assert_held(&resource_lock);
	for (;;) {
		res = resource_first_overlap(parent, start, end);
		if (!res)
			return NULL;
		if (res->flags & IORESOURCE_BUSY)
			break;
		if (res->start > start || res->end < end)
			return NULL;
		parent = res;
	}
	if (res->start != start || res->end != end || !(res->flags & IORESOURCE_AUTO))
		return NULL;
	return res->children.node ? NULL : res;
}

static noinline void warn_nonexistent(resource_size_t start, resource_size_t end)
{
	WARN(true, "Trying to free nonexistent resource <%pa-%pa>\n", &start, &end);
}

void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	resource_size_t end = start + n - 1;
	struct resource *res;

	spin_lock(&resource_lock);
	res = find_region_locked(parent, start, end);
	if (res)
		resource_unlink_locked(res);
	spin_unlock(&resource_lock);
	if (likely(res))
		free_resource(res);
	else
		warn_nonexistent(start, end);
}

struct resource *lookup_resource_deepest(struct resource *root, resource_size_t start,
					 resource_size_t end)
{
	struct resource *res = root, *child;

	spin_lock(&resource_lock);
	while ((child = resource_first_overlap(res, start, end)) && child->start <= start &&
	       child->end >= end)
		res = child;
	spin_unlock(&resource_lock);
	return res;
}

bool resource_walk(struct resource *root, resource_size_t start, resource_size_t end,
		   bool (*visit)(const struct resource *res, void *arg), void *arg)
{
	bool stopped;

	spin_lock(&resource_lock);
	stopped = resource_walk_locked(root, start, end, visit, arg);
	spin_unlock(&resource_lock);
	return stopped;
}

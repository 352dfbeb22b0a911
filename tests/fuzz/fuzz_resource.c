// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * Calls on the register, of which the input is the list, against flat models.
 *
 * Even first byte: the steps of tests/host/test_resource_random.c, with the input in the place of its random
 * numbers.  Odd: claims, splits and entries that grow among resources that are nested; what each may and must
 * do is asked of a list of all there are.
 */
#include "tests/fuzz/fuzz.h"

static struct choices input;

static u64 from_input(void)
{
	return choose_bytes(&input, 2);
}

#define test_random from_input
#include "tests/host/test_resource_random.c"
#undef test_random

static void random_steps(void)
{
	for (int i = 0; i < NR_MODEL; i++) {
		res[i] = (struct resource){ .name = "r", .flags = IORESOURCE_MEM };
		model[i] = (struct model){ 0, 0, NONE };
	}
	res[ROOT].end = model[ROOT].end = SPAN - 1;
	while (input.left) {
		MUST(step_one((int)(1 + choose8(&input) % (NR_MODEL - 1))));
		MUST(agrees());
		MUST(children_agree());
	}
}

/* ---- nested resources and claims among them ---- */

#define MAX_ALL 512

static struct resource root, own[24];
static struct resource *all[MAX_ALL];
static unsigned int nr_all;

/* All below `parent` into all[], and each where it has to be. */
static void collect(struct resource *parent, unsigned int depth)
{
	struct resource *child, *prev = NULL;

	MUST(depth < ARRAY_SIZE(own) + 4);
	for_each_resource_child(child, parent) {
		MUST(child->parent == parent && child->prev == prev);
		MUST(child->start <= child->end && resource_contains(parent, child));
		MUST(!prev || (prev->sibling == child && prev->end < child->start));
		MUST(nr_all < MAX_ALL);
		all[nr_all++] = child;
		prev = child;
		collect(child, depth + 1);
	}
}

static void look(void)
{
	nr_all = 0;
	collect(&root, 0);
}

static bool is_right_beneath_root(u64 at)
{
	for (unsigned int i = 0; i < nr_all; i++)
		if (all[i]->parent == &root && all[i]->start <= at && at <= all[i]->end)
			return true;
	return false;
}

/* May a driver claim [start, end]: whatever meets it holds it all, and is nobody's. */
static bool may_claim(u64 start, u64 end)
{
	for (unsigned int i = 0; i < nr_all; i++)
		if (all[i]->start <= end && all[i]->end >= start &&
		    (all[i]->flags & IORESOURCE_BUSY || all[i]->start > start || all[i]->end < end))
			return false;
	return end <= root.end;
}

static const char claimed[] = "claim";

static void claim(u64 start, u64 end)
{
	bool may = may_claim(start, end);
	struct resource *r = __request_region(&root, start, end - start + 1, claimed, 0);

	MUST(!!r == may);
	MUST(r || strlen(test_log()));
	if (r)
		MUST(r->start == start && r->end == end && r->flags & IORESOURCE_BUSY);
}

static void give_back(unsigned int n)
{
	struct resource *r = nr_all ? all[n % nr_all] : NULL;

	if (r && r->name == claimed && !r->children.node)
		__release_region(&root, r->start, resource_size(r));
}

static void enter(unsigned int n, u64 start, u64 end, bool grow)
{
	struct resource *r = &own[n % ARRAY_SIZE(own)];

	if (r->parent) {
		MUST(!remove_resource(r));
		return;
	}
	*r = (struct resource){
		.start = start, .end = end, .name = "own", .flags = IORESOURCE_MEM
	};
	if (!grow) {
		MUST(!insert_resource(&root, r) == !!r->parent);
		return;
	}
	insert_resource_expand_to_fit(&root, r);
	MUST(r->start <= start && r->end >= end);
	MUST(r->parent || end > root.end);
}

static void split(u64 start, u64 end)
{
	bool was[SPAN];

	for (u64 at = 0; at < SPAN; at++)
		was[at] = is_right_beneath_root(at);
	reserve_region_with_split(&root, start, end, claimed);
	look();
	for (u64 at = 0; at < SPAN; at++)
		MUST(is_right_beneath_root(at) == (was[at] || (start <= at && at <= end)));
}

static void nested(void)
{
	root = (struct resource){ .end = SPAN - 1, .name = "root", .flags = IORESOURCE_MEM };
	memset(own, 0, sizeof(own));
	look();
	while (input.left) {
		u8 what = choose8(&input), n = choose8(&input);
		u64 start = choose8(&input), end = start + choose8(&input) % 64;

		test_log_clear();
		if (what % 8 < 3)
			claim(start, end);
		else if (what % 8 == 3)
			split(start, end);
		else if (what % 8 == 4)
			give_back(n);
		else
			enter(n, start, end, what % 8 == 7);
		look();
	}
}

/* What was claimed is given back, from the top of the tree: what is left beneath a claim goes first. */
static void end(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(own); i++)
		remove_resource(&own[i]);
	for (look(); nr_all; look())
		for (unsigned int i = 0; i < nr_all; i++) {
			MUST(all[i]->name == claimed);
			if (!all[i]->children.node) {
				__release_region(&root, all[i]->start, resource_size(all[i]));
				break;
			}
		}
}

void fuzz(const u8 *data, size_t size)
{
	input = (struct choices){ data, size };
	if (!(choose8(&input) & 1)) {
		random_steps();
		return;
	}
	nested();
	end();
}

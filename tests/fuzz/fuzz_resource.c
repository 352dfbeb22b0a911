// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * Calls on the register, of which the input is the list, against flat models.
 *
 * Even first byte: the steps of tests/host/test_resource_random.c, with the input in the place of its random
 * numbers.  Odd: claims, splits and entries that grow among resources that are nested; what each may and must
 * do is asked of a list of all there are.
 */
#include "tests/fuzz/register.h"

#define MAX_STEPS 64 /* of an input: a finding needs few, and each is looked at closely */

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
	for (unsigned int n = 0; input.left && n < MAX_STEPS; n++) {
		MUST(step_one((int)(1 + choose8(&input) % (NR_MODEL - 1))));
		MUST(agrees());
		MUST(n % 8 || children_agree());
	}
	MUST(children_agree());
}

/* ---- nested resources and claims among them ---- */

static struct resource root, own[24];

/* Which bytes the root's children have. */
static void map_of_root(bool has[SPAN])
{
	memset(has, 0, SPAN);
	for (unsigned int i = 0; i < nr_registered; i++)
		if (registered[i]->parent == &root)
			memset(has + registered[i]->start, true, resource_size(registered[i]));
}

/* May a driver claim [start, end]: whatever meets it holds it all, and is nobody's. */
static bool may_claim(u64 start, u64 end)
{
	for (unsigned int i = 0; i < nr_registered; i++)
		if (registered[i]->start <= end && registered[i]->end >= start &&
		    (registered[i]->flags & IORESOURCE_BUSY || registered[i]->start > start ||
		     registered[i]->end < end))
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
	struct resource *r = nr_registered ? registered[n % nr_registered] : NULL;

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
	bool want[SPAN], is[SPAN];

	map_of_root(want);
	memset(want + start, true, min(end, root.end) - start + 1);
	reserve_region_with_split(&root, start, end, claimed);
	register_look(&root);
	map_of_root(is);
	MUST(!memcmp(is, want, SPAN));
}

static void nested(void)
{
	root = (struct resource){ .end = SPAN - 1, .name = "root", .flags = IORESOURCE_MEM };
	memset(own, 0, sizeof(own));
	register_look(&root);
	for (unsigned int steps = 0; input.left && steps < MAX_STEPS; steps++) {
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
		register_look(&root);
	}
}

/* What was claimed is given back, from the top of the tree: what is left beneath a claim goes first. */
static void end(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(own); i++)
		remove_resource(&own[i]);
	for (register_look(&root); nr_registered; register_look(&root))
		for (unsigned int i = 0; i < nr_registered; i++) {
			MUST(registered[i]->name == claimed);
			if (!registered[i]->children.node) {
				__release_region(&root, registered[i]->start,
						 resource_size(registered[i]));
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

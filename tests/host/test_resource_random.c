// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * Random calls on the register beside a flat model: an array in which each
 * resource only knows its parent, and every question is answered by looking at
 * all of them.  After each step the answer, the changed bounds and all parents
 * are compared; now and then the order of children as well.
 */
#include "kernel/core/resource.h"
#include "tests/host/test.h"

#define NR_MODEL 48
#define ROOT	 0 /* index of the root in the model */
#define NONE	 (-1)
#define SPAN	 256 /* addresses in use: small, so that ranges meet often */

static struct resource res[NR_MODEL];

/* The model: bounds and parent's index, NONE for one that is in no tree. */
static struct model {
	resource_size_t start, end;
	int parent;
} model[NR_MODEL];

static int index_of(const struct resource *r)
{
	return r ? (int)(r - res) : NONE;
}

/* The lowest child of `parent` that meets [start, end]. */
static int model_overlap(int parent, resource_size_t start, resource_size_t end)
{
	int i, found = NONE;

	for (i = 1; i < NR_MODEL; i++) {
		if (model[i].parent != parent || model[i].end < start || model[i].start > end)
			continue;
		if (found == NONE || model[i].start < model[found].start)
			found = i;
	}
	return found;
}

static int model_request(int root, int new)
{
	struct model *m = &model[new];
	int conflict;

	if (m->end < m->start || m->start < model[root].start || m->end > model[root].end)
		return root;
	if (m->parent != NONE)
		return new;
	conflict = model_overlap(root, m->start, m->end);
	if (conflict == NONE)
		m->parent = root;
	return conflict;
}

static bool inside(int a, int b)
{
	return model[a].start >= model[b].start && model[a].end <= model[b].end;
}

static bool has_children(int of)
{
	int i;

	for (i = 1; i < NR_MODEL; i++)
		if (model[i].parent == of)
			return true;
	return false;
}

static int model_insert(int root, int new)
{
	int first, i, cut = NONE;

	for (;; root = first) {
		first = model_request(root, new);
		if (first == NONE || first == root || first == new)
			return first;
		if (!inside(new, first) || inside(first, new))
			break;
	}
	for (i = 1; i < NR_MODEL; i++) {
		if (model[i].parent != root || model[i].end < model[new].start ||
		    model[i].start > model[new].end || inside(i, new))
			continue;
		if (cut == NONE || model[i].start < model[cut].start)
			cut = i;
	}
	if (cut != NONE)
		return cut;
	if (has_children(new))
		return first;
	for (i = 1; i < NR_MODEL; i++)
		if (model[i].parent == root && inside(i, new))
			model[i].parent = new;
	model[new].parent = root;
	return NONE;
}

static void model_remove(int r)
{
	int i;

	for (i = 1; i < NR_MODEL; i++)
		if (model[i].parent == r)
			model[i].parent = model[r].parent;
	model[r].parent = NONE;
}

static bool model_allocate(int r, resource_size_t size, resource_size_t low, resource_size_t high,
			   resource_size_t align)
{
	resource_size_t at;

	for (at = 0; at < SPAN; at += align) {
		if (at < low || at + size - 1 > high || at < model[ROOT].start ||
		    at + size - 1 > model[ROOT].end ||
		    model_overlap(ROOT, at, at + size - 1) != NONE)
			continue;
		model[r].start = at;
		model[r].end = at + size - 1;
		model[r].parent = ROOT;
		return true;
	}
	return false;
}

/* Bounds and parents agree. */
static bool agrees(void)
{
	int i;

	for (i = 0; i < NR_MODEL; i++)
		if (res[i].start != model[i].start || res[i].end != model[i].end ||
		    index_of(res[i].parent) != model[i].parent)
			return false;
	return true;
}

/* Each one's children are listed in order, all of them and no others. */
static bool children_agree(void)
{
	struct resource *child, *prev;
	int i, listed = 0, in_tree = 0;

	for (i = 0; i < NR_MODEL; i++) {
		in_tree += model[i].parent != NONE;
		prev = NULL;
		for_each_resource_child(child, &res[i]) {
			if (child->parent != &res[i] || child->prev != prev ||
			    (prev && child->start <= prev->end))
				return false;
			prev = child;
			listed++;
		}
	}
	return listed == in_tree;
}

static void random_range(resource_size_t *start, resource_size_t *end)
{
	*start = test_random() % SPAN;
	*end = *start + test_random() % (test_random() % 4 ? 12 : SPAN);
	if (*start && test_random() % 50 == 0)
		*end = *start - 1; /* no range at all */
}

static bool step_one(int r)
{
	resource_size_t start, end, align;
	int parent = model[r].parent;
	struct resource *p = &res[r];

	random_range(&start, &end);
	if (parent == NONE && !has_children(r)) {
		model[r].start = p->start = start;
		model[r].end = p->end = end;
	}
	switch (test_random() % 8) {
	case 0:
		return index_of(request_resource_conflict(res, p)) == model_request(ROOT, r);
	case 1:
	case 2:
		return index_of(insert_resource_conflict(res, p)) == model_insert(ROOT, r);
	case 3:
		model[r].parent = NONE;
		return release_resource(p) == (parent == NONE ? -EINVAL : 0);
	case 4:
		if (parent != NONE)
			model_remove(r);
		return remove_resource(p) == (parent == NONE ? -EINVAL : 0);
	case 5:
	case 6:
		if (parent != NONE || has_children(r) || end < start)
			return true;
		align = 1ULL << test_random() % 6;
		return allocate_resource(res, p, end - start + 1, start / 2, start + 100, align,
					 NULL) ==
		       (model_allocate(r, end - start + 1, start / 2, start + 100, align) ? 0 :
											    -EBUSY);
	}
	/* With the lookup nothing changes. */
	p = lookup_resource_deepest(res, start, start);
	for (r = ROOT; (parent = model_overlap(r, start, start)) != NONE; r = parent)
		;
	return index_of(p) == r;
}

TEST(a_million_steps)
{
	int i;

	for (i = 0; i < NR_MODEL; i++) {
		res[i] = (struct resource){ .name = "r", .flags = IORESOURCE_MEM };
		model[i] = (struct model){ 0, 0, NONE };
	}
	res[ROOT].end = model[ROOT].end = SPAN - 1;
	for (i = 0; i < 1000000; i++) {
		ASSERT(step_one((int)(1 + test_random() % (NR_MODEL - 1))));
		ASSERT(agrees());
		ASSERT(i % 8 || children_agree());
	}
}

/* Claims: one owner a byte is all the model there is. */
static u16 owner[SPAN]; /* 0: free; else the claim's start + 1 */
static u16 length[SPAN];

/* The root's children are the claims of the map, each of them and no others. */
static bool claims_agree(const struct resource *root)
{
	struct resource *child;
	unsigned int at, bytes = 0, taken = 0;

	for_each_resource_child(child, root) {
		if (owner[child->start] != child->start + 1 ||
		    length[child->start] != child->end - child->start + 1 || child->children.node)
			return false;
		bytes += length[child->start];
	}
	for (at = 0; at < SPAN; at++)
		taken += owner[at] != 0;
	return bytes == taken;
}

TEST(claims_against_a_byte_map)
{
	struct resource root = { .end = SPAN - 1, .name = "root", .flags = IORESOURCE_MEM };
	unsigned int i, at, n, start;

	for (i = 0; i < 1000000; i++) {
		bool is_free = true, is_claim;

		start = (unsigned int)test_random() % SPAN;
		n = 1 + (unsigned int)test_random() % 8;
		ASSERT(i % 16 || claims_agree(&root));
		for (at = start; at < start + n; at++)
			is_free &= at < SPAN && !owner[at];
		if (test_random() % 2) {
			struct resource *r = __request_region(&root, start, n, "claim", 0);

			ASSERT(!!r == is_free);
			for (at = start; r && at < start + n; at++)
				owner[at] = (u16)(start + 1);
			if (r)
				length[start] = (u16)n;
			if (i % 64 == 0)
				test_log_clear();
			continue;
		}
		is_claim = owner[start] == start + 1 && length[start] == n;
		expect_warns(!is_claim);
		__release_region(&root, start, n);
		for (at = start; is_claim && at < start + n; at++)
			owner[at] = 0;
	}
	for (start = 0; start < SPAN; start++)
		if (owner[start] == start + 1)
			__release_region(&root, start, length[start]);
	EXPECT_EQ(root.children.node, 0);
	test_log_clear();
}

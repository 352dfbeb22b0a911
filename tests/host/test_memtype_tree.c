// SPDX-License-Identifier: MIT
// sources: mm/memtype_tree.c kernel/lib/tree.c
/*
 * The tree of memory types against a flat list, with as many ranges as make it
 * deep: what meets a range, which is the first, and the order of all.
 */
#include "mm/memtype_tree.h"
#include "tests/host/test.h"

#define NR_TYPES 5
#define PAGES	 400
#define MAX_LIVE 200

static struct memtype_tree tree;
static struct memtype *live[MAX_LIVE]; /* by start, end, age: as the tree lists them */
static unsigned int nr_live;

static bool meets(const struct memtype *m, phys_addr_t start, phys_addr_t end)
{
	return m->start < end && m->end > start;
}

static unsigned int model_types(phys_addr_t start, phys_addr_t end)
{
	unsigned int types = 0;

	for (unsigned int i = 0; i < nr_live; i++)
		if (meets(live[i], start, end))
			types |= BIT(live[i]->type);
	return types;
}

static struct memtype *model_same(phys_addr_t start, phys_addr_t end)
{
	for (unsigned int i = 0; i < nr_live; i++)
		if (live[i]->start == start && live[i]->end == end)
			return live[i];
	return NULL;
}

static void random_range(phys_addr_t *start, phys_addr_t *end)
{
	unsigned long most = test_random() % 8 ? 6 : PAGES / 2;

	*start = PFN_PHYS(test_random() % PAGES);
	*end = *start + PFN_PHYS(1 + test_random() % most);
}

/* How a range stands to what is there, whether it is put in or not. */
static void check_place(phys_addr_t start, phys_addr_t end, struct memtype_place *place)
{
	memtype_place(&tree, start, end, test_random() % NR_TYPES, place);
	EXPECT_EQ(place->same != NULL, model_same(start, end) != NULL);
	EXPECT_EQ(place->free, model_types(start, end) == 0);
}

static void check_questions(phys_addr_t start, phys_addr_t end)
{
	unsigned int i = 0;
	struct memtype *m;

	EXPECT_EQ(memtype_types(&tree, start, end), model_types(start, end));
	for (m = memtype_first(&tree, start, end); m; m = memtype_next(&tree, m, start, end)) {
		while (i < nr_live && !meets(live[i], start, end))
			i++;
		ASSERT(i < nr_live);
		EXPECT_EQ(m, live[i++]);
	}
	while (i < nr_live)
		EXPECT(!meets(live[i++], start, end));
}

static void put_in(phys_addr_t start, phys_addr_t end, const struct memtype_place *place)
{
	unsigned int types = model_types(start, end), i = nr_live;
	struct memtype *m;

	if (types & (types - 1))
		return; /* between two types: the tree's user refuses it */
	m = test_alloc(sizeof(*m));
	m->start = start;
	m->end = end;
	m->type = types ? ilog2(types) : test_random() % NR_TYPES;
	memtype_insert(&tree, m, place);
	for (; i > 0; i--) {
		if (live[i - 1]->start < start ||
		    (live[i - 1]->start == start && live[i - 1]->end <= end))
			break;
		live[i] = live[i - 1];
	}
	live[i] = m;
	nr_live++;
}

static void take_out(unsigned int i)
{
	struct memtype *m = live[i];

	memtype_erase(&tree, m);
	test_free(m);
	nr_live--;
	for (; i < nr_live; i++)
		live[i] = live[i + 1];
}

static void expect_empty(void)
{
	EXPECT(!tree.over.node && !tree.recent && !tree.nr);
	for (unsigned int type = 0; type < NR_MEMTYPES; type++)
		EXPECT(!tree.flat[type].root.node && !tree.flat[type].last);
}

TEST(against_a_list)
{
	struct memtype_place place;
	phys_addr_t start, end;

	for (int step = 0; step < 1000000; step++) {
		bool grow = (test_random() % 4 == 0) == (step / 2000 % 2);

		random_range(&start, &end);
		if (nr_live && test_random() % 4 == 0) {
			start = live[nr_live / 2]->start;
			end = live[nr_live / 2]->end;
		}
		if (step / 10000 % 2) /* who asks has the recent one put into its tree */
			check_questions(start, end);
		check_place(start, end, &place);
		if (grow && nr_live < MAX_LIVE)
			put_in(start, end, &place);
		else if (!grow && nr_live)
			take_out(test_random() % nr_live);
		EXPECT_EQ(tree.nr, nr_live);
		if (step % 500 == 0)
			check_questions(0, ~0UL & PAGE_MASK);
	}
	while (nr_live)
		take_out(nr_live - 1);
	expect_empty();
}

/* One above the other, as ten thousand live mappings come: no walk gets long. */
TEST(ascending)
{
	enum { N = 10000 };
	struct memtype *m = test_alloc(N * sizeof(*m));
	struct memtype_place place;

	for (unsigned int i = 0; i < N; i++) {
		m[i].start = PFN_PHYS(i);
		m[i].end = PFN_PHYS(i + 1);
		m[i].type = i / 1000 % NR_TYPES;
		memtype_place(&tree, m[i].start, m[i].end, m[i].type, &place);
		EXPECT(!place.same && place.free);
		memtype_insert(&tree, &m[i], &place);
	}
	EXPECT_EQ(memtype_types(&tree, PFN_PHYS(1500), PFN_PHYS(3500)), BIT(1) | BIT(2) | BIT(3));
	EXPECT_EQ(memtype_types(&tree, PFN_PHYS(1000), PFN_PHYS(2000)), BIT(1));
	EXPECT_EQ(memtype_types(&tree, PFN_PHYS(N), PFN_PHYS(2 * N)), 0);
	for (unsigned int i = 0; i < N; i++) {
		EXPECT_EQ(memtype_first(&tree, 0, PFN_PHYS(N)), &m[i]);
		memtype_erase(&tree, &m[i]);
	}
	expect_empty();
	test_free(m);
}

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

static void random_range(phys_addr_t *start, phys_addr_t *end)
{
	unsigned long most = test_random() % 8 ? 6 : PAGES / 2;

	*start = PFN_PHYS(test_random() % PAGES);
	*end = *start + PFN_PHYS(1 + test_random() % most);
}

/* The first, the order of all from there on, and the first that has not some type. */
static void check_questions(phys_addr_t start, phys_addr_t end)
{
	enum page_cache_mode type = test_random() % NR_TYPES;
	struct memtype *m;
	unsigned int i = 0;

	m = memtype_first(&tree, start, end);
	while (i < nr_live && !meets(live[i], start, end))
		i++;
	EXPECT_EQ(m, i < nr_live ? live[i] : NULL);
	for (; m && i < nr_live; i++, m = memtype_next(&tree, m))
		EXPECT_EQ(m, live[i]);
	EXPECT(!m);
	for (i = 0; i < nr_live && (!meets(live[i], start, end) || live[i]->type == type);)
		i++;
	EXPECT_EQ(memtype_first_other(&tree, start, end, type), i < nr_live ? live[i] : NULL);
}

static const struct memtype *check_find(phys_addr_t start, phys_addr_t end)
{
	const struct memtype *met = memtype_find(&tree, start, end);

	EXPECT_EQ(!met, !model_types(start, end));
	EXPECT(!met || meets(met, start, end));
	return met;
}

static void put_in(phys_addr_t start, phys_addr_t end, const struct memtype *met)
{
	unsigned int types = model_types(start, end), i = nr_live;
	struct memtype *m;

	if (types & (types - 1))
		return; /* between two types: the tree's user refuses it */
	m = test_alloc(sizeof(*m));
	m->start = start;
	m->end = end;
	m->type = types ? ilog2(types) : test_random() % NR_TYPES;
	memtype_insert(&tree, m, met);
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
	EXPECT(!tree.flat.node && !tree.last && !tree.over.node && !tree.recent && !tree.nr);
}

TEST(against_a_list)
{
	const struct memtype *met;
	phys_addr_t start, end;

	for (int step = 0; step < 1000000; step++) {
		bool grow = (test_random() % 4 == 0) == (step / 2000 % 2);

		random_range(&start, &end);
		if (nr_live && test_random() % 4 == 0) {
			start = live[nr_live / 2]->start;
			end = live[nr_live / 2]->end;
		}
		if (step / 10000 % 2) /* who asks for order has the recent one put into its tree */
			check_questions(start, end);
		met = check_find(start, end);
		if (grow && nr_live < MAX_LIVE)
			put_in(start, end, met);
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

	for (unsigned int i = 0; i < N; i++) {
		m[i].start = PFN_PHYS(i);
		m[i].end = PFN_PHYS(i + 1);
		m[i].type = i / 1000 % NR_TYPES;
		EXPECT(!memtype_find(&tree, m[i].start, m[i].end));
		memtype_insert(&tree, &m[i], NULL);
	}
	EXPECT_EQ(memtype_first_other(&tree, PFN_PHYS(1500), PFN_PHYS(3500), 1), &m[2000]);
	EXPECT(!memtype_first_other(&tree, PFN_PHYS(1000), PFN_PHYS(2000), 1));
	EXPECT(!memtype_find(&tree, PFN_PHYS(N), PFN_PHYS(2 * N)));
	for (unsigned int i = 0; i < N; i++) {
		EXPECT_EQ(memtype_first(&tree, 0, PFN_PHYS(N)), &m[i]);
		memtype_erase(&tree, &m[i]);
	}
	expect_empty();
	test_free(m);
}

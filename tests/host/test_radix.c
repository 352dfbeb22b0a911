// SPDX-License-Identifier: MIT
// sources: kernel/lib/radix.c
/*
 * Random entries against a flat array of flags, with memory that fails at any time; and what lies
 * at the ends of the index.
 */
#include "kernel/lib/radix.h"
#include "mm/slab.h"
#include "tests/host/test.h"

#define NR 5000

static unsigned long nodes, allowed = ~0UL;

static void *zalloc(size_t size)
{
	void *p = nodes < allowed ? kzalloc(size, GFP_KERNEL) : NULL;

	nodes += !!p;
	return p;
}

static void release(const void *p)
{
	nodes--;
	kfree(p);
}

static u32 seed = 1;

static u32 rnd(u32 n)
{
	seed = seed * 1664525 + 1013904223;
	return (u32)(((u64)seed * n) >> 32);
}

static bool there[NR];

/* Sparse: neighbours, nodes apart, levels apart. */
static unsigned long place(unsigned int i)
{
	return (unsigned long)(i % 50) + ((unsigned long)(i / 50 % 10) << 7) +
	       ((unsigned long)(i / 500) << 29);
}

static void check_order(const struct radix_tree *tree)
{
	unsigned long index = 0, last = 0, n = 0, count = 0;
	void *entry;

	for (unsigned int i = 0; i < NR; i++)
		count += there[i];
	for (; (entry = radix_next(tree, &index)); last = index++, n++) {
		bool *flag = entry;

		EXPECT(!n || index > last);
		EXPECT(*flag && index == place(flag - there));
	}
	EXPECT_EQ(n, count);
}

TEST(entries_are_found_where_they_were_put)
{
	struct radix_tree tree = { 0 };

	for (unsigned int step = 0; step < 60000; step++) {
		unsigned int i = rnd(NR);

		allowed = rnd(20) ? ~0UL : nodes + rnd(2);
		if (rnd(step < 40000 ? 3 : 6) > 1 || there[i]) {
			EXPECT(radix_delete(&tree, place(i), release) ==
			       (there[i] ? &there[i] : NULL));
			there[i] = false;
		} else {
			int error = radix_insert(&tree, place(i), &there[i], zalloc, release);

			EXPECT(!error || (error == -ENOMEM && allowed != ~0UL));
			there[i] = !error;
		}
		i = rnd(NR);
		EXPECT(radix_lookup(&tree, place(i)) == (there[i] ? &there[i] : NULL));
		if (step % 1000 == 0)
			check_order(&tree);
	}
	for (unsigned int i = 0; i < NR; i++)
		if (there[i])
			radix_delete(&tree, place(i), release);
	EXPECT(!tree.root);
	EXPECT_EQ(nodes, 0);
	allowed = ~0UL;
}

TEST(the_largest_index_is_one_like_others)
{
	struct radix_tree tree = { 0 };
	unsigned long index = 1;
	int low, high;

	EXPECT_EQ(radix_insert(&tree, 0, &low, zalloc, release), 0);
	EXPECT_EQ(radix_insert(&tree, 0, &high, zalloc, release), -EEXIST);
	EXPECT(!radix_lookup(&tree, ~0UL));
	EXPECT_EQ(radix_insert(&tree, ~0UL, &high, zalloc, release), 0);
	EXPECT(radix_lookup(&tree, 0) == &low);
	EXPECT(radix_next(&tree, &index) == &high);
	EXPECT_EQ(index, ~0UL);
	EXPECT(radix_delete(&tree, ~0UL, release) == &high);
	index = 1;
	EXPECT(!radix_next(&tree, &index));
	EXPECT(radix_delete(&tree, 0, release) == &low);
	EXPECT(!radix_delete(&tree, 0, release));
	EXPECT_EQ(nodes, 0);
}

/* Nor in an empty tree.  The root has as many levels as the largest index that is there needs. */
TEST(beyond_what_is_there_is_nothing)
{
	static const unsigned long places[] = { 3, 67, 1UL << 40 | 3 };
	struct radix_tree tree = { 0 };
	unsigned long index = 0;
	int low;

	EXPECT(!radix_next(&tree, &index));
	EXPECT(!radix_lookup(&tree, 0));
	EXPECT(!radix_delete(&tree, 0, release));
	EXPECT_EQ(radix_insert(&tree, 3, &low, zalloc, release), 0);
	EXPECT(radix_next(&tree, &index) == &low && index == 3);
	for (unsigned int i = 1; i < ARRAY_SIZE(places); i++) {
		index = places[i];
		EXPECT(!radix_next(&tree, &index));
		EXPECT(!radix_lookup(&tree, places[i]));
		EXPECT(!radix_delete(&tree, places[i], release));
	}
	EXPECT(radix_delete(&tree, 3, release) == &low);
	EXPECT_EQ(nodes, 0);
}

/* Levels above the root, and those on the way down: whichever there is no memory for, all is as it was. */
TEST(a_tree_that_cannot_grow_stays)
{
	struct radix_tree tree = { 0 };
	unsigned long before, tries = 0;
	int low, high;

	EXPECT_EQ(radix_insert(&tree, 3, &low, zalloc, release), 0);
	before = nodes;
	do {
		allowed = before + tries++;
		EXPECT(radix_lookup(&tree, 3) == &low);
		EXPECT(!radix_lookup(&tree, 1UL << 30));
	} while (radix_insert(&tree, 1UL << 30, &high, zalloc, release) == -ENOMEM);
	EXPECT(tries > 5);
	EXPECT(radix_lookup(&tree, 3) == &low && radix_lookup(&tree, 1UL << 30) == &high);
	EXPECT(radix_delete(&tree, 3, release) && radix_delete(&tree, 1UL << 30, release));
	EXPECT_EQ(nodes, 0);
	allowed = ~0UL;
}

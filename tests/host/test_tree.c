// SPDX-License-Identifier: MIT
// sources: kernel/lib/tree.c
/*
 * Random insertions and erasures against a flat array of flags; after each the
 * tree's rules, its order and every summary are checked.
 */
#include "kernel/lib/tree.h"
#include "tests/host/test.h"

#define NR_KEYS 300

struct item {
	struct tree_node node;
	int key;
	u64 weight;
	u64 sum; /* of the weights in this subtree */
};

static struct item items[NR_KEYS];
static bool in_tree[NR_KEYS];
static struct tree_root root;
static unsigned long insertions; /* since start() */

static struct item *item_of(struct tree_node *node)
{
	return node ? tree_entry(node, struct item, node) : NULL;
}

static u64 sum_of(struct tree_node *node)
{
	return node ? item_of(node)->sum : 0;
}

static bool update_sum(struct tree_node *node)
{
	struct item *item = item_of(node);
	u64 sum = item->weight + sum_of(node->left) + sum_of(node->right);
	bool changed = sum != item->sum;

	item->sum = sum;
	return changed;
}

static void insert(struct item *item, tree_update_t update)
{
	struct tree_node **link = &root.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item->key < item_of(parent)->key ? &parent->left : &parent->right;
	}
	tree_link(&item->node, parent, link);
	if (update)
		tree_insert_augmented(&item->node, &root, update);
	else
		tree_insert(&item->node, &root);
	in_tree[item->key] = true;
	insertions++;
}

static void erase(struct item *item, tree_update_t update)
{
	if (update)
		tree_erase_augmented(&item->node, &root, update);
	else
		tree_erase(&item->node, &root);
	memset(&item->node, 0xaa, sizeof(item->node)); /* nothing may still look at it */
	in_tree[item->key] = false;
}

/* Ranks, order and parents beneath `node`; its height, or -1. */
static int check(struct tree_node *node, struct tree_node *parent, int low, int high)
{
	int left, right;

	if (!node)
		return 0;
	if (node->parent != parent || item_of(node)->key <= low || item_of(node)->key >= high)
		return -1;
	if (node->rank == 0 || (parent && node->rank >= parent->rank))
		return -1;
	left = check(node->left, node, low, item_of(node)->key);
	right = check(node->right, node, item_of(node)->key, high);
	return left < 0 || right < 0 ? -1 : 1 + max(left, right);
}

static int height(void)
{
	return check(root.node, NULL, -1, NR_KEYS);
}

/* The bound after `insertions`, whatever was erased: a Fibonacci number of them a level. */
static int most_height(void)
{
	unsigned long a = 1, b = 1;
	int levels = 0;

	for (; b <= insertions; levels++) {
		unsigned long next = a + b;

		a = b;
		b = next;
	}
	return levels;
}

/* Where nothing was erased a rank is a height, and children's differ by one at most. */
static bool is_avl(struct tree_node *node)
{
	long difference;

	if (!node)
		return true;
	difference = (node->left ? (long)node->left->rank : 0) -
		     (node->right ? (long)node->right->rank : 0);
	return difference >= -1 && difference <= 1 && is_avl(node->left) && is_avl(node->right);
}

static bool sums_are_right(struct tree_node *node)
{
	return !node || (item_of(node)->sum ==
				 item_of(node)->weight + sum_of(node->left) + sum_of(node->right) &&
			 sums_are_right(node->left) && sums_are_right(node->right));
}

static struct tree_node *last_of(const struct tree_root *tree)
{
	struct tree_node *node = tree->node;

	while (node && node->right)
		node = node->right;
	return node;
}

/* Both walks give the flat model's keys in order. */
static bool walks_agree(void)
{
	struct tree_node *up = tree_first(&root), *down = last_of(&root);
	int i;

	for (i = 0; i < NR_KEYS; i++) {
		if (!in_tree[i])
			continue;
		if (item_of(up) != &items[i])
			return false;
		up = tree_next(up);
	}
	for (i = NR_KEYS - 1; i >= 0; i--) {
		if (!in_tree[i])
			continue;
		if (item_of(down) != &items[i])
			return false;
		down = tree_prev(down);
	}
	return !up && !down;
}

static void start(void)
{
	int i;

	root = (struct tree_root){ NULL };
	insertions = 0;
	for (i = 0; i < NR_KEYS; i++) {
		items[i] = (struct item){ .key = i, .weight = test_random() % 3 };
		in_tree[i] = false;
	}
}

static void random_steps(tree_update_t update, int nr_keys, int steps)
{
	int i;

	start();
	for (i = 0; i < steps; i++) {
		struct item *item = &items[test_random() % (u64)nr_keys];

		if (in_tree[item->key])
			erase(item, update);
		else
			insert(item, update);
		ASSERT(height() >= 0 && height() <= most_height());
		ASSERT(!update || sums_are_right(root.node));
		ASSERT(i % 16 || walks_agree());
	}
}

TEST(random_plain)
{
	random_steps(NULL, NR_KEYS, 20000);
}

TEST(random_augmented)
{
	random_steps(update_sum, NR_KEYS, 20000);
}

/* Weights of 0 make summaries that do not change, where an update may stop too early. */
TEST(random_augmented_small)
{
	int keys;

	for (keys = 1; keys < 12; keys++)
		random_steps(update_sum, keys, 4000);
}

TEST(ascending_and_descending)
{
	int i;

	start();
	for (i = 0; i < NR_KEYS; i++) {
		insert(&items[i], update_sum);
		ASSERT(is_avl(root.node));
	}
	EXPECT_EQ(height(), 9); /* 2^8 <= 300 < 2^9 */
	for (i = 0; i < NR_KEYS; i++)
		erase(&items[i], update_sum);
	EXPECT_EQ(root.node, 0);
	for (i = NR_KEYS - 1; i >= 0; i--)
		insert(&items[i], update_sum);
	EXPECT_EQ(height(), 9);
	EXPECT(walks_agree());
	for (i = NR_KEYS - 1; i >= 0; i--)
		erase(&items[i], update_sum);
	EXPECT_EQ(root.node, 0);
}

/* Erasure does not rebalance; in the long run a tree in use is near log2 of what it holds all the same. */
TEST(height_in_the_long_run)
{
	unsigned long sum = 0;
	int i;

	start();
	for (i = 0; i < NR_KEYS; i++)
		insert(&items[i], NULL);
	for (i = 0; i < 1000000; i++) {
		struct item *item = &items[test_random() % NR_KEYS];

		if (in_tree[item->key])
			erase(item, NULL);
		else
			insert(item, NULL);
		if (i % 100 == 0)
			sum += (unsigned long)height();
	}
	/*
	 * About 150 at a time: log2 is 7.2.  10.05 on average is what comes out, 10.11 at most
	 * of forty seeds, and a tenth more where erasure does not choose the lower side.
	 */
	EXPECT(sum <= 102000);
}

/* A queue: the lowest goes, a higher one comes, over and over. */
TEST(height_of_a_queue)
{
	static struct item queue[200];
	int most = 0;

	start();
	for (int i = 0; i < 1000000; i++) {
		struct item *item = &queue[i % 200];
		struct tree_node *last;

		if (i >= 200)
			tree_erase(&item->node, &root);
		item->key = i;
		last = last_of(&root);
		tree_link(&item->node, last, last ? &last->right : &root.node);
		tree_insert(&item->node, &root);
		if (i % 1000 == 999)
			most = max(most, check(root.node, NULL, -1, 1000000));
	}
	EXPECT(most > 0 && most <= 12);
}

TEST(empty)
{
	root = (struct tree_root){ NULL };
	EXPECT_EQ(tree_first(&root), 0);
}

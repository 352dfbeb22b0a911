// SPDX-License-Identifier: MIT
// sources: kernel/rbtree.c
/*
 * Random insertions and erasures against a flat array of flags; after each the
 * tree's rules, its order and every summary are checked.
 */
#include "kernel/rbtree.h"
#include "tests/host/test.h"

#define NR_KEYS 300
#define BLACK	1UL

struct item {
	struct rb_node node;
	int key;
	u64 weight;
	u64 sum; /* of the weights in this subtree */
};

static struct item items[NR_KEYS];
static bool in_tree[NR_KEYS];
static struct rb_root root;
static int updates;

static struct item *item_of(struct rb_node *node)
{
	return node ? rb_entry(node, struct item, node) : NULL;
}

static u64 sum_of(struct rb_node *node)
{
	return node ? item_of(node)->sum : 0;
}

static bool update_sum(struct rb_node *node)
{
	struct item *item = item_of(node);
	u64 sum = item->weight + sum_of(node->left) + sum_of(node->right);
	bool changed = sum != item->sum;

	item->sum = sum;
	updates++;
	return changed;
}

static void insert(struct item *item, rb_update_t update)
{
	struct rb_node **link = &root.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item->key < item_of(parent)->key ? &parent->left : &parent->right;
	}
	rb_link_node(&item->node, parent, link);
	rb_insert(&item->node, &root, update);
	in_tree[item->key] = true;
}

static void erase(struct item *item, rb_update_t update)
{
	rb_erase(&item->node, &root, update);
	memset(&item->node, 0xaa, sizeof(item->node)); /* nothing may still look at it */
	in_tree[item->key] = false;
}

/* Rules, order, parents and sums beneath `node`; its black height, or -1. */
static int check(struct rb_node *node, struct rb_node *parent, int low, int high, u64 *sum)
{
	u64 left_sum, right_sum;
	int left, right;
	bool black;

	*sum = 0;
	if (!node)
		return 0;
	black = node->parent_color & BLACK;
	if (rb_parent(node) != parent || item_of(node)->key <= low || item_of(node)->key >= high)
		return -1;
	if (!black && (!parent || !(parent->parent_color & BLACK)))
		return -1;
	left = check(node->left, node, low, item_of(node)->key, &left_sum);
	right = check(node->right, node, item_of(node)->key, high, &right_sum);
	if (left < 0 || left != right)
		return -1;
	*sum = item_of(node)->weight + left_sum + right_sum;
	return left + black;
}

static bool sums_are_right(struct rb_node *node)
{
	return !node || (item_of(node)->sum ==
				 item_of(node)->weight + sum_of(node->left) + sum_of(node->right) &&
			 sums_are_right(node->left) && sums_are_right(node->right));
}

/* Both walks give the flat model's keys in order. */
static bool walks_agree(void)
{
	struct rb_node *up = rb_first(&root), *down = rb_last(&root);
	int i;

	for (i = 0; i < NR_KEYS; i++) {
		if (!in_tree[i])
			continue;
		if (item_of(up) != &items[i])
			return false;
		up = rb_next(up);
	}
	for (i = NR_KEYS - 1; i >= 0; i--) {
		if (!in_tree[i])
			continue;
		if (item_of(down) != &items[i])
			return false;
		down = rb_prev(down);
	}
	return !up && !down;
}

static void start(void)
{
	int i;

	root = RB_ROOT;
	for (i = 0; i < NR_KEYS; i++) {
		items[i] = (struct item){ .key = i, .weight = test_random() % 3 };
		in_tree[i] = false;
	}
}

static void random_steps(rb_update_t update, int nr_keys, int steps)
{
	u64 sum;
	int i;

	start();
	for (i = 0; i < steps; i++) {
		struct item *item = &items[test_random() % (u64)nr_keys];

		if (in_tree[item->key])
			erase(item, update);
		else
			insert(item, update);
		ASSERT(check(root.node, NULL, -1, NR_KEYS, &sum) >= 0);
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
	u64 sum;
	int i, height;

	start();
	for (i = 0; i < NR_KEYS; i++)
		insert(&items[i], update_sum);
	height = check(root.node, NULL, -1, NR_KEYS, &sum);
	EXPECT(height > 0 && height <= 9); /* black height: at most log2(301) */
	for (i = 0; i < NR_KEYS; i++)
		erase(&items[i], update_sum);
	EXPECT_EQ(root.node, 0);
	for (i = NR_KEYS - 1; i >= 0; i--)
		insert(&items[i], update_sum);
	EXPECT(check(root.node, NULL, -1, NR_KEYS, &sum) > 0);
	EXPECT(walks_agree());
	for (i = NR_KEYS - 1; i >= 0; i--)
		erase(&items[i], update_sum);
	EXPECT_EQ(root.node, 0);
}

TEST(propagate_stops_where_nothing_changed)
{
	int i;

	start();
	for (i = 0; i < NR_KEYS; i++)
		insert(&items[i], update_sum);
	for (i = 0; i < NR_KEYS; i++) {
		items[i].weight += 5;
		rb_propagate(&items[i].node, update_sum);
		ASSERT(sums_are_right(root.node));
		updates = 0;
		rb_propagate(&items[i].node, update_sum);
		EXPECT_EQ(updates, 1);
	}
}

TEST(empty)
{
	root = RB_ROOT;
	EXPECT_EQ(rb_first(&root), 0);
	EXPECT_EQ(rb_last(&root), 0);
}

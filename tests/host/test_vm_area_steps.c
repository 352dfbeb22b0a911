// SPDX-License-Identifier: MIT
// cflags: -fsanitize-coverage=trace-pc
/*
 * The cost of an area is that of a path in a tree: with 100,000 areas live, to find
 * a place, to insert, to look up and to free one each takes a number of steps that
 * grows with the logarithm of how many there are.
 *
 * A step is a basic block: the compiler puts a call in front of each, so that the
 * sources need no counters.  They are included here to be compiled so, and nothing
 * else is.
 */
#include "kernel/tree.c"
#include "mm/vm_area.c"
#include "mm/vm_purge.c"
#include "tests/host/test.h"

#define MOST 100000

static unsigned long steps; /* basic blocks so far */

void __sanitizer_cov_trace_pc(void);
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
	steps++;
}

void unmap_kernel_range(unsigned long va, unsigned long size)
{
	(void)va;
	(void)size;
}

bool unmap_area_range(unsigned long va, unsigned long size)
{
	(void)va;
	return size;
}

void free_area_tables(unsigned long va, unsigned long size)
{
	(void)va;
	(void)size;
}

unsigned long tlb_flushes;

void flush_tlb_all(void)
{
	tlb_flushes++;
}

struct cost {
	unsigned long worst, sum, n;
};

static void add_cost(struct cost *c, unsigned long before)
{
	unsigned long cost = steps - before;

	c->worst = max(c->worst, cost);
	c->sum += cost;
	c->n++;
}

static struct vm_struct *held[MOST];

static struct vm_struct *add_area(struct cost *c)
{
	unsigned long size = PAGE_SIZE << test_random() % 5, before = steps;
	struct vm_struct *vm = get_vm_area_caller(size, PAGE_SIZE, VM_MAP, 0);

	add_cost(c, before);
	return vm;
}

static void free_area(struct vm_struct *vm, struct cost *c)
{
	unsigned long before = steps;

	remove_vm_area(vm->addr);
	add_cost(c, before);
	kfree(vm);
}

struct costs {
	struct cost insert, find, free;
};

/* With n areas live: some of them freed and as many made, so that there are gaps all over. */
static struct costs measure(unsigned int n)
{
	struct costs c = { 0 };
	struct cost unused = { 0 };
	unsigned int i;

	for (i = 0; i < n; i++)
		EXPECT((held[i] = add_area(&unused)) != NULL);
	for (i = 0; i < 20000; i++) {
		unsigned int at = test_random() % n, other = test_random() % n;
		unsigned long before;

		free_area(held[at], &c.free);
		if (i % 4 == 0 && other != at) { /* gaps in more than one place at a time */
			free_area(held[other], &c.free);
			held[other] = add_area(&c.insert);
		}
		held[at] = add_area(&c.insert);
		before = steps;
		EXPECT_EQ(find_vm_area_containing((unsigned long)held[other]->addr + 1),
			  held[other]);
		add_cost(&c.find, before);
	}
	for (i = 0; i < n; i++)
		free_area(held[i], &unused);
	EXPECT_EQ(nr_vm_areas(), 0);
	return c;
}

/* Twice the logarithm is more than the depth that trees have; a level costs a few blocks. */
static void check(const char *what, const struct cost *c, unsigned int n, unsigned long blocks)
{
	unsigned long levels = 2 * (ilog2(n) + 1);

	printk("%s among %u: %lu steps on average, %lu at most\n", what, n, c->sum / c->n,
	       c->worst);
	if (c->worst > levels * blocks + 60)
		host_fail(__FILE__, __LINE__, "%s among %u takes %lu steps, %lu levels", what, n,
			  c->worst, levels);
}

TEST(steps_grow_with_the_logarithm)
{
	static const unsigned int sizes[] = { 100, 1000, 10000, MOST };
	struct costs first = { 0 }, c;

	vmalloc_init();
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		c = measure(sizes[i]);
		if (i == 0)
			first = c;
		check("insert", &c.insert, sizes[i], 20);
		check("find", &c.find, sizes[i], 6);
		check("free", &c.free, sizes[i], 20);
	}
	/* A thousand times as many areas: log2 is two and a half times as large. */
	EXPECT(c.insert.sum * 2 <= first.insert.sum * c.insert.n / first.insert.n * 7);
	EXPECT(c.find.sum <= first.find.sum * 4);
	EXPECT(c.free.sum * 2 <= first.free.sum * c.free.n / first.free.n * 7);
}

// SPDX-License-Identifier: MIT
// cflags: -fsanitize-coverage=trace-pc
/*
 * The cost of an area is that of a path in a tree: with 100,000 areas live, to find
 * a place, to insert, to look up and to free one each takes a number of steps that
 * grows with the logarithm of how many there are.  The same goes for the usual way
 * back, where many leave the tree at a time, on average; to have an idle area again
 * takes no walk at all.
 *
 * A step is a basic block: the compiler puts a call in front of each, so that the
 * sources need no counters.  They are included here to be compiled so, and nothing
 * else is.
 */
#include "kernel/lib/tree.c"
#include "mm/vm_area.c"
#include "mm/vm_place.c"
#include "tests/host/test.h"
#include "tests/vm_areas.h"

#define MOST 100000

static unsigned long steps; /* basic blocks so far */

void __sanitizer_cov_trace_pc(void);
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
	steps++;
}

struct mm init_mm;

void unmap_page_range(struct mm *mm, unsigned long va, unsigned long size)
{
	EXPECT(mm == &init_mm);
	(void)va;
	(void)size;
}

static bool few_used = true; /* pages of an area: it may be had again without a flush */

bool unmap_area_range(unsigned long va, unsigned long size)
{
	(void)va;
	(void)size;
	return few_used;
}

void take_area_tables(unsigned long va, unsigned long size, struct mmu_gather *tlb)
{
	(void)va;
	(void)size;
	(void)tlb;
}

unsigned long tlb_flushes_begun, tlb_flushes_done;

void __tlb_flush_mmu(struct mmu_gather *tlb)
{
	(void)tlb;
	tlb_flushes_done = ++tlb_flushes_begun;
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

#define SIZES 5 /* 1 page to 16 */

static struct vm_struct *add_area(struct cost *c)
{
	unsigned long size = PAGE_SIZE << test_random() % SIZES, before = steps;
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

/* The usual way back.  Now and then it pays for all that are idle, and who goes last does. */
static void give_back(struct vm_struct *vm, struct cost *c)
{
	unsigned long before = steps;

	release_vm_area(detach_vm_area(vm->addr, VM_MAP));
	add_cost(c, before);
}

static void let_idle_go(struct cost *c)
{
	unsigned long before = steps;

	vm_unmap_aliases();
	c->sum += steps - before;
}

struct costs {
	struct cost insert, find, free, back, again;
};

/* Single ones are freed and made, so that there are gaps all over. */
static void measure_one_by_one(unsigned int n, struct costs *c)
{
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int at = test_random() % n, other = test_random() % n;
		unsigned long before;

		free_area(held[at], &c->free);
		if (i % 4 == 0 && other != at) { /* gaps in more than one place at a time */
			free_area(held[other], &c->free);
			held[other] = add_area(&c->insert);
		}
		held[at] = add_area(&c->insert);
		before = steps;
		EXPECT_EQ(area_around((unsigned long)held[other]->addr + 1), held[other]->addr);
		add_cost(&c->find, before);
	}
}

/* The i-th of some areas that are mostly no neighbours: n, a power of ten, has no such divisor. */
static struct vm_struct **scattered(unsigned int n, unsigned int first, unsigned int i)
{
	return &held[(first + i * 7919UL) % n];
}

/* Half of all, but 1000 at most, are given back, then as many are made; often enough. */
static void measure_way_back(unsigned int n, struct costs *c)
{
	unsigned int many = min(n / 2, 1000U), i;
	struct cost unused = { 0 };

	while (c->back.n < 20000) {
		unsigned int first = test_random() % n;

		for (i = 0; i < many; i++) {
			few_used = test_random() % 2;
			give_back(*scattered(n, first, i), &c->back);
		}
		let_idle_go(&c->back);
		few_used = true;
		for (i = 0; i < many; i++)
			EXPECT((*scattered(n, first, i) = add_area(&unused)) != NULL);
	}
}

/* Of each size three that have to wait for a flush: whoever looks for one looks at them first. */
static void make_waiting(void)
{
	struct vm_struct *waiting[3 * SIZES];
	struct cost unused = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(waiting); i++)
		waiting[i] = get_vm_area(PAGE_SIZE << i % SIZES, VM_MAP);
	few_used = false;
	for (i = 0; i < ARRAY_SIZE(waiting); i++)
		give_back(waiting[i], &unused);
	few_used = true;
}

/* One goes, one of its size comes, and that is the same one again. */
static void measure_again(unsigned int n, struct costs *c)
{
	struct cost unused = { 0 };

	make_waiting();
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int at = test_random() % n;
		unsigned long size = held[at]->size - PAGE_SIZE, before;
		struct vm_struct *vm;

		give_back(held[at], &unused);
		before = steps;
		vm = get_vm_area(size, VM_MAP);
		add_cost(&c->again, before);
		EXPECT_EQ(vm, held[at]);
	}
}

/* With n areas live. */
static struct costs measure(unsigned int n)
{
	struct costs c = { 0 };
	struct cost unused = { 0 };
	unsigned int i;

	for (i = 0; i < n; i++)
		EXPECT((held[i] = add_area(&unused)) != NULL);
	measure_one_by_one(n, &c);
	measure_way_back(n, &c);
	measure_again(n, &c);
	for (i = 0; i < n; i++)
		free_area(held[i], &unused);
	let_idle_go(&unused);
	EXPECT_EQ(nr_vm_areas(), 0);
	return c;
}

/* So many steps, and so many more for each time that the number of areas doubles. */
struct bound {
	unsigned long fixed, per_level;
};

static void check_bound(const char *what, unsigned long cost, unsigned int n,
			const struct bound *bound)
{
	unsigned long most = bound->fixed + bound->per_level * ilog2(n);

	if (cost > most)
		host_fail(__FILE__, __LINE__, "%s among %u takes %lu steps, more than %lu", what, n,
			  cost, most);
}

/* One and a half times what GCC 12's code takes. */
static const struct {
	const char *what;
	unsigned long cost; /* offset in struct costs */
	struct bound average, worst;
} bounds[] = {
	{ "insert", offsetof(struct costs, insert), { 75, 1 }, { 115, 8 } },
	{ "find", offsetof(struct costs, find), { 27, 5 }, { 45, 5 } },
	{ "free", offsetof(struct costs, free), { 82, 5 }, { 120, 4 } },
	{ "back", offsetof(struct costs, back), { 72, 7 }, { 20000, 0 } },
	{ "again", offsetof(struct costs, again), { 53, 0 }, { 53, 0 } },
};

TEST(steps_grow_with_the_logarithm)
{
	static const unsigned int sizes[] = { 100, 1000, 10000, MOST };

	vmalloc_init();
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned int n = sizes[i];
		struct costs costs = measure(n);

		for (unsigned int k = 0; k < ARRAY_SIZE(bounds); k++) {
			const struct cost *c = (void *)((char *)&costs + bounds[k].cost);

			printk("%s among %u: %lu steps on average, %lu at most\n", bounds[k].what,
			       n, c->sum / c->n, c->worst);
			check_bound(bounds[k].what, c->sum / c->n, n, &bounds[k].average);
			check_bound(bounds[k].what, c->worst, n, &bounds[k].worst);
		}
	}
}

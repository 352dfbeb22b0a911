// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * A million random steps on kmalloc and on caches of objects beside a flat list of
 * what is in use.  Each object is written at both ends and in its middle; when it is
 * freed all that must still be there, and no two may overlap.
 */
#include "kernel/core/fault_inject.h"
#include "mm/page_alloc.h"
#include "mm/vmstat.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define MIB(n)	  ((n)*0x100000UL)
#define MAX_LIVE  3000
#define NR_CACHES 6

static const struct fake_range ram[] = { { 0, MIB(48) } };

static struct kmem_cache *caches[NR_CACHES];
static const unsigned int cache_sizes[NR_CACHES] = { 1, 24, 104, 1000, 5000, 33000 };
static const unsigned int cache_aligns[NR_CACHES] = { 0, 0, 64, 8, 4096, 512 };

static struct object {
	u8 *p;
	size_t size;
	struct kmem_cache *cache; /* NULL: kmalloc */
	u64 mark;
} live[MAX_LIVE];
static unsigned int nr_live;

static void setup(void)
{
	static bool done;

	if (!done)
		fake_ram_init(ram, ARRAY_SIZE(ram));
	done = true;
}

/* The mark's bytes at the object's begin, then, if it is long enough, at its middle and its end. */
static bool marked(const struct object *o, bool write)
{
	size_t at[] = { 0, o->size / 2, o->size - 1 };
	bool right = true;

	for (unsigned int i = 0; i < (o->size < 3 ? 1 : 3); i++) {
		if (write)
			o->p[at[i]] = (u8)(o->mark >> 8 * i);
		right &= o->p[at[i]] == (u8)(o->mark >> 8 * i);
	}
	return right;
}

static size_t random_size(void)
{
	return 1 + test_random() % (1UL << test_random() % (test_random() % 64 ? 12 : 17));
}

static void check_alignment(const struct object *o)
{
	unsigned long align = 16;

	for (unsigned int i = 0; i < NR_CACHES; i++)
		if (o->cache == caches[i])
			align = max(cache_aligns[i], 8U);
	if (!o->cache && is_power_of_2(o->size))
		align = max(min(o->size, PAGE_SIZE), 16UL);
	EXPECT(IS_ALIGNED((unsigned long)o->p, align));
	EXPECT(ksize(o->p) >= o->size);
}

static void step_alloc(void)
{
	struct object *o = &live[nr_live];
	bool zero = test_random() % 8 == 0;
	unsigned int c = test_random() % (2 * NR_CACHES);

	o->cache = c < NR_CACHES ? caches[c] : NULL;
	if (o->cache) {
		o->size = cache_sizes[c];
		o->p = zero ? kmem_cache_zalloc(o->cache, GFP_KERNEL) :
			      kmem_cache_alloc(o->cache, GFP_KERNEL);
	} else {
		o->size = random_size();
		o->p = kmalloc(o->size, zero ? __GFP_ZERO : GFP_KERNEL);
	}
	if (!o->p)
		return; /* memory is out: the end of the test sees that it comes back */
	check_alignment(o);
	if (zero)
		EXPECT(o->p[0] == 0 && o->p[o->size / 2] == 0 && o->p[o->size - 1] == 0);
	o->mark = test_random();
	marked(o, true);
	nr_live++;
}

static void step_free(unsigned int i)
{
	struct object o = live[i];

	EXPECT(marked(&o, false));
	if (o.cache && test_random() % 4)
		kmem_cache_free(o.cache, o.p);
	else
		kfree(o.p);
	live[i] = live[--nr_live];
	if (test_random() % 4096)
		return;
	expect_warns(1);
	kfree(o.p); /* twice: nobody has taken it in the meantime */
	test_log_clear();
}

static void step_realloc(struct object *o)
{
	size_t size = random_size(), same = min(size, o->size);
	u8 *p, first = o->p[0], middle = o->p[same / 2];

	if (o->cache)
		return;
	EXPECT(marked(o, false));
	p = krealloc(o->p, size, GFP_KERNEL);
	if (!p)
		return;
	EXPECT(p[0] == first && p[same / 2] == middle);
	o->p = p;
	o->size = size;
	marked(o, true);
}

/* What is not the start of an object in use, or not of that cache. */
static void step_wrong(const struct object *o)
{
	struct kmem_cache *other = caches[test_random() % NR_CACHES];

	if (other != o->cache) {
		expect_warns(1);
		kmem_cache_free(other, o->p);
	}
	expect_warns(1);
	kfree(o->p + 1 + test_random() % max(o->size - 1, (size_t)1));
	test_log_clear();
}

/* The counter of objects, and that no two overlap. */
static void check_all(void)
{
	struct page_counts census;
	unsigned long objects = 0;

	for (unsigned int i = 0; i < nr_live; i++) {
		objects += live[i].cache || ksize(live[i].p) <= KMALLOC_MAX_SLAB;
		EXPECT(marked(&live[i], false));
	}
	EXPECT_EQ(nr_slab_objects(), objects + NR_CACHES * 2); /* the caches and their names */
	EXPECT(page_census(&census));
}

static void make_caches(void)
{
	for (unsigned int i = 0; i < NR_CACHES; i++) {
		caches[i] = kmem_cache_create("random", cache_sizes[i], cache_aligns[i], 0, NULL);
		ASSERT(caches[i]);
	}
}

TEST(a_million_steps)
{
	struct page_counts before, after;

	setup();
	make_caches();
	get_page_counts(&before);
	for (unsigned int step = 0; step < 1000000; step++) {
		bool grow = step / 5000 % 2 ? test_random() % 4 == 0 : test_random() % 4 != 0;
		unsigned int i = nr_live ? test_random() % nr_live : 0;

		if (nr_live && test_random() % 16 == 0)
			step_realloc(&live[i]);
		else if (nr_live && test_random() % 8192 == 0)
			step_wrong(&live[i]);
		else if (grow && nr_live < MAX_LIVE)
			step_alloc();
		else if (nr_live)
			step_free(i);
		if (step % 10000 == 0)
			check_all();
	}
	while (nr_live)
		step_free(nr_live - 1);
	check_all();
	for (unsigned int i = 0; i < NR_CACHES; i++)
		kmem_cache_destroy(caches[i]);
	EXPECT_EQ(nr_slab_objects(), 0);
	kmem_cache_shrink_all();
	get_page_counts(&after);
	/* Descriptors may stay. */
	EXPECT(after.used < before.used + 64);
}

/* kmalloc fails at random beneath krealloc and the makers of caches: nothing is lost. */
TEST(with_failures)
{
	struct fault_plan plan = { .sites = BIT(FAULT_SLAB) | BIT(FAULT_PAGE), .onwards = true };
	unsigned long objects;

	setup();
	objects = nr_slab_objects();
	for (unsigned int i = 0; i < 2000; i++) {
		u8 *p = kmalloc(40, GFP_KERNEL), *q;
		struct kmem_cache *c;

		ASSERT(p);
		p[39] = 39;
		plan.nth = 1 + i % 4;
		fault_inject_arm(&plan);
		q = krealloc(p, 4000, GFP_KERNEL);
		if (q)
			p = q;
		c = kmem_cache_create("failing", 200, 0, 0, NULL);
		q = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;
		if (q)
			kmem_cache_free(c, q);
		kmem_cache_destroy(c);
		fault_inject_disarm();
		EXPECT_EQ(p[39], 39);
		kfree(p);
		EXPECT_EQ(nr_slab_objects(), objects);
		test_log_clear();
	}
}

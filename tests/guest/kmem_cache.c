// SPDX-License-Identifier: MIT
/* Caches of objects: aligned, constructed, apart; wrong frees are named; nothing is left over. */
#include "kernel/core/panic.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"

static unsigned int constructed;

static void construct(void *obj)
{
	constructed++;
	*(u32 *)obj = 0xc0de;
}

GUEST_TEST(kmem_cache, sizes_and_alignments)
{
	static const unsigned int sizes[] = { 1, 8, 24, 100, 700, 3000, 5000, 40000, 2000000 };
	unsigned long slab = global_page_state(NR_SLAB_UNRECLAIMABLE);

	if (guest_lacks_block(MAX_ORDER - 1)) /* two of the largest size */
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (unsigned int align = 0; align <= PAGE_SIZE; align = align ? align * 8 : 1) {
			struct kmem_cache *c = kmem_cache_create("test", sizes[i], align, 0, NULL);
			u8 *a, *b;

			ASSERT(c);
			a = kmem_cache_alloc(c, GFP_KERNEL);
			b = kmem_cache_zalloc(c, GFP_KERNEL);
			ASSERT(a && b);
			EXPECT(IS_ALIGNED((unsigned long)a, align ? align : 8));
			EXPECT(IS_ALIGNED((unsigned long)b, align ? align : 8));
			EXPECT(a + sizes[i] <= b || b + sizes[i] <= a);
			EXPECT(b[0] == 0 && b[sizes[i] - 1] == 0);
			memset(a, 1, sizes[i]);
			EXPECT(b[0] == 0 && b[sizes[i] - 1] == 0);
			kmem_cache_free(c, a);
			kmem_cache_free(c, b);
			kmem_cache_destroy(c);
		}
	}
	kmem_cache_shrink_all();
	EXPECT(global_page_state(NR_SLAB_UNRECLAIMABLE) <= slab + 1);
}

GUEST_TEST(kmem_cache, refusals)
{
	EXPECT(!kmem_cache_create("none", 0, 0, 0, NULL));
	EXPECT(!kmem_cache_create("much", KMALLOC_MAX_SIZE + 1, 0, 0, NULL));
	EXPECT(!kmem_cache_create("odd", 8, 24, 0, NULL));
	EXPECT(!kmem_cache_create("wide", 8, 2 * PAGE_SIZE, 0, NULL));
	kmem_cache_destroy(NULL);
}

GUEST_TEST(kmem_cache, lines_are_not_shared)
{
	struct kmem_cache *c = kmem_cache_create("lines", 70, 0, SLAB_HWCACHE_ALIGN, NULL);
	struct kmem_cache *small = kmem_cache_create("small", 20, 0, SLAB_HWCACHE_ALIGN, NULL);
	void *p, *q;

	ASSERT(c && small);
	p = kmem_cache_alloc(c, GFP_KERNEL);
	q = kmem_cache_alloc(small, GFP_KERNEL);
	EXPECT(IS_ALIGNED((unsigned long)p, 64));
	EXPECT(IS_ALIGNED((unsigned long)q, 32));
	kmem_cache_free(c, p);
	kmem_cache_free(small, q);
	kmem_cache_destroy(c);
	kmem_cache_destroy(small);
}

/* Once for each object of a slab; what a free object held, it holds still. */
GUEST_TEST(kmem_cache, constructor)
{
	static u32 *p[64];
	struct kmem_cache *c;
	unsigned int n, i;

	constructed = 0;
	c = kmem_cache_create("ctor", 1000, 0, 0, construct);
	ASSERT(c);
	EXPECT_EQ(constructed, 0);
	p[0] = kmem_cache_alloc(c, GFP_KERNEL);
	n = constructed;
	ASSERT(p[0] && n > 3 && n < ARRAY_SIZE(p));
	for (i = 1; i < n; i++)
		p[i] = kmem_cache_alloc(c, GFP_KERNEL);
	EXPECT_EQ(constructed, n); /* all of the one slab */
	for (i = 0; i < n; i++)
		EXPECT(p[i] && *p[i] == 0xc0de);
	*p[1] = 0xbeef;
	kmem_cache_free(c, p[1]);
	kmem_cache_shrink_all(); /* it does not wait any more, where it would */
	EXPECT_EQ(*(u32 *)kmem_cache_alloc(c, GFP_KERNEL), 0xbeef);
	for (i = 0; i < n; i++)
		kmem_cache_free(c, p[i]);
	kmem_cache_destroy(c);
}

GUEST_TEST_WARNS(kmem_cache, wrong_frees_are_named)
{
	struct kmem_cache *a = kmem_cache_create("test-a", 64, 0, 0, NULL);
	struct kmem_cache *b = kmem_cache_create("test-b", 64, 0, 0, NULL);
	unsigned int warns = warn_count();
	unsigned long on_stack;
	char *p, *q;

	ASSERT(a && b);
	p = kmem_cache_alloc(a, GFP_KERNEL);
	q = kmalloc(64, GFP_KERNEL);
	ASSERT(p && q);
	kmem_cache_free(b, p); /* of another cache */
	EXPECT_EQ(warn_count(), ++warns);
	kmem_cache_free(b, q); /* of kmalloc */
	EXPECT_EQ(warn_count(), ++warns);
	kmem_cache_free(a, &on_stack);
	EXPECT_EQ(warn_count(), ++warns);
	kmem_cache_free(a, p + 8);
	EXPECT_EQ(warn_count(), ++warns);
	kmem_cache_destroy(a); /* p is in use */
	EXPECT_EQ(warn_count(), ++warns);
	kmem_cache_free(a, p);
	EXPECT_EQ(warn_count(), warns);
	kmem_cache_free(a, p); /* twice */
	EXPECT_EQ(warn_count(), ++warns);
	kmem_cache_free(a, NULL);
	p = kmem_cache_alloc(a, GFP_KERNEL);
	kfree(p); /* kfree knows the cache by itself */
	kfree(q);
	EXPECT_EQ(warn_count(), warns);
	kmem_cache_destroy(a);
	kmem_cache_destroy(b);
	EXPECT_EQ(warn_count(), warns);
}

GUEST_TEST(kmem_cache, many_objects)
{
	enum { N = 1000 };
	static u32 *p[N];
	struct kmem_cache *c = kmem_cache_create("many", 48, 0, 0, NULL);
	unsigned long slab = global_page_state(NR_SLAB_UNRECLAIMABLE);

	ASSERT(c);
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < N; i++) {
			p[i] = kmem_cache_alloc(c, GFP_KERNEL);
			ASSERT(p[i]);
			p[i][0] = p[i][11] = i;
		}
		EXPECT(global_page_state(NR_SLAB_UNRECLAIMABLE) > slab + 10);
		for (unsigned int i = 0; i < N; i++) {
			unsigned int j = i * 7 % N; /* in another order */

			EXPECT(p[j][0] == j && p[j][11] == j);
			kmem_cache_free(c, p[j]);
		}
	}
	kmem_cache_destroy(c);
	EXPECT(global_page_state(NR_SLAB_UNRECLAIMABLE) <= slab + 1); /* descriptors stay */
}

GUEST_TEST(kmem_cache, krealloc)
{
	u8 *p = krealloc(NULL, 20, GFP_KERNEL), *old;

	ASSERT(p);
	for (unsigned int i = 0; i < 20; i++)
		p[i] = (u8)i;
	EXPECT_EQ(krealloc(p, 5, GFP_KERNEL), p);
	EXPECT_EQ(krealloc(p, 32, GFP_KERNEL), p); /* there is room */
	for (size_t size = 33; size <= 3 * PAGE_SIZE; size *= 3) {
		old = p;
		p = krealloc(p, size, GFP_KERNEL | __GFP_ZERO);
		ASSERT(p && p != old && ksize(p) >= size);
		for (unsigned int i = 0; i < 20; i++)
			EXPECT_EQ(p[i], i);
		EXPECT_EQ(p[size - 1], 0);
	}
	EXPECT(!krealloc(p, KMALLOC_MAX_SIZE + 1, GFP_KERNEL)); /* p is still ours */
	EXPECT_EQ(p[19], 19);
	EXPECT(!krealloc(p, 0, GFP_KERNEL));
}

/* A power of two is aligned to itself, as Linux promises. */
GUEST_TEST(kmem_cache, powers_of_two_are_aligned)
{
	for (size_t size = 1; size <= 64 * 1024; size *= 2) {
		u8 *p = kmalloc(size, GFP_KERNEL);

		ASSERT(p);
		EXPECT(IS_ALIGNED((unsigned long)p, size));
		EXPECT(ksize(p) >= size);
		kfree(p);
	}
	EXPECT(!kmalloc_array(~0UL / 8, 16, GFP_KERNEL));
}

// SPDX-License-Identifier: MIT
/* kmalloc: objects are apart and aligned, wrong frees are named and do no harm. */
#include "mm/slab.h"
#include "kernel/core/panic.h"
#include "kernel/lib/string.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

static bool all_bytes(const u8 *p, size_t n, u8 value)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != value)
			return false;
	return true;
}

GUEST_TEST(slab, every_size)
{
	for (size_t size = 0; size <= 2 * PAGE_SIZE; size += size < 300 ? 1 : 61) {
		u8 *a = kmalloc(size, GFP_KERNEL), *b = kmalloc(size, GFP_KERNEL);

		ASSERT(a && b);
		EXPECT(ksize(a) >= size);
		EXPECT(IS_ALIGNED((unsigned long)a, 16));
		if (is_power_of_2(size))
			EXPECT(IS_ALIGNED((unsigned long)a, min(size, PAGE_SIZE)));
		memset(a, 0xaa, ksize(a));
		memset(b, 0xbb, ksize(b));
		EXPECT(all_bytes(a, ksize(a), 0xaa));
		kfree(a);
		EXPECT(all_bytes(b, ksize(b), 0xbb));
		kfree(b);
	}
}

GUEST_TEST(slab, many_objects_and_all_pages_back)
{
	enum { N = 600 };
	static u8 *p[N];
	unsigned long before = 0;

	NEED_MEMORY(6UL << 20);
	/* The first round leaves descriptors. */
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < N; i++) {
			p[i] = kmalloc(16 + i * 4, GFP_KERNEL);
			ASSERT(p[i]);
			memset(p[i], (u8)i, 16 + i * 4);
		}
		for (unsigned int i = 0; i < N; i += 2)
			kfree(p[i]);
		for (unsigned int i = 1; i < N; i += 2) {
			EXPECT(all_bytes(p[i], 16 + i * 4, (u8)i));
			kfree(p[i]);
		}
		kmem_cache_shrink_all();
		if (round == 0)
			before = nr_free_pages();
		EXPECT_EQ(nr_free_pages(), before);
	}
}

GUEST_TEST(slab, zeroed)
{
	u8 *p = kmalloc(500, GFP_KERNEL);

	ASSERT(p);
	memset(p, 0xff, 500);
	kfree(p);
	p = kzalloc(500, GFP_KERNEL);
	ASSERT(p);
	EXPECT(all_bytes(p, 500, 0));
	kfree(p);
	p = kcalloc(3, 5000, GFP_KERNEL);
	ASSERT(p);
	EXPECT(all_bytes(p, 15000, 0));
	kfree(p);
	EXPECT(!kcalloc(~0UL / 2, 4, GFP_KERNEL));
	EXPECT(!kmalloc(~0UL, GFP_KERNEL));
	EXPECT(!kmalloc((PAGE_SIZE << (MAX_ORDER - 1)) + 1, GFP_KERNEL));
}

GUEST_TEST(slab, large_and_zoned)
{
	unsigned long before = nr_free_pages();
	u8 *large = kmalloc(3 * PAGE_SIZE, GFP_KERNEL), *dma = kmalloc(64, GFP_DMA);

	ASSERT(large && dma);
	EXPECT_EQ(ksize(large), 4 * PAGE_SIZE);
	EXPECT_EQ(nr_free_pages(), before - 5);
	EXPECT(__pa(dma) < 1UL << 24);
	kfree(large);
	kfree(dma);
	EXPECT_EQ(nr_free_pages(), before);
}

GUEST_TEST_WARNS(slab, double_free)
{
	unsigned int warns = warn_count();
	void *p = kmalloc(64, GFP_KERNEL), *large = kmalloc(2 * PAGE_SIZE, GFP_KERNEL), *a, *b;

	ASSERT(p && large);
	kfree(p);
	kfree(p);
	EXPECT_EQ(warn_count(), ++warns);
	a = kmalloc(64, GFP_KERNEL);
	b = kmalloc(64, GFP_KERNEL);
	EXPECT(a != b);
	kfree(a);
	kfree(b);
	kfree(large);
	kfree(large);
	EXPECT_EQ(warn_count(), ++warns);
	kfree(NULL);
	EXPECT_EQ(warn_count(), warns);
}

GUEST_TEST_WARNS(slab, foreign_free)
{
	unsigned int warns = warn_count();
	unsigned long on_stack = 0, page = __get_free_pages(GFP_KERNEL, 0), free;
	char *p = kmalloc(96, GFP_KERNEL), *v = vmalloc(1);

	ASSERT(page && p && v);
	free = nr_free_pages();
	kfree(&on_stack);
	EXPECT_EQ(warn_count(), ++warns);
	kfree(_text);
	EXPECT_EQ(warn_count(), ++warns);
	kfree(v);
	EXPECT_EQ(warn_count(), ++warns);
	kfree((void *)page);
	EXPECT_EQ(warn_count(), ++warns);
	kfree(p + 16); /* the middle of an object */
	EXPECT_EQ(warn_count(), ++warns);
	kfree((void *)16UL);
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(nr_free_pages(), free);
	kfree(p);
	free_page(page);
	vfree(v);
	EXPECT_EQ(warn_count(), warns);
}

GUEST_TEST(slab, strings)
{
	char *a = kstrdup("register", GFP_KERNEL), *b = kasprintf(GFP_KERNEL, "%s %d", "of", 42);

	ASSERT(a && b);
	EXPECT_EQ(strcmp(a, "register"), 0);
	EXPECT_EQ(strcmp(b, "of 42"), 0);
	kfree(a);
	kfree(b);
}

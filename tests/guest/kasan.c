// SPDX-License-Identifier: MIT
/*
 * Each kind of access that a build with KASAN=1 tells of, once for each place in the code.  What
 * is said is tests/qemu/on_sanitizer.py's.
 */
#ifdef CONFIG_KASAN
#include "kernel/core/panic.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

static volatile u64 sum;
static char before[13], after[8];

/* The compiler does not know where that leads. */
static noinline char *at(void *start, long offset)
{
	char *p = start;

	OPTIMIZER_HIDE_VAR(p);
	return p + offset;
}

#define EXPECT_REPORTS(n, access)                        \
	do {                                             \
		unsigned int warnings = warn_count();    \
                                                         \
		access;                                  \
		EXPECT_EQ(warn_count(), warnings + (n)); \
	} while (0)

/* The first byte that was not asked for, also where the object's place has room for it. */
GUEST_TEST(kasan, behind_an_object)
{
	char *small = kmalloc(50, GFP_KERNEL), *whole = kmalloc(64, GFP_KERNEL);

	ASSERT(small && whole);
	EXPECT_REPORTS(0, *at(small, 49) = *at(whole, 63) = 0);
	EXPECT_REPORTS(1, *at(small, 50) = 0);
	EXPECT_REPORTS(1, sum += *(u64 *)at(whole, 60));
	EXPECT_REPORTS(1, sum += *(u64 *)at(whole, 64));
	kfree(whole);
	kfree(small);
}

GUEST_TEST(kasan, behind_large_memory)
{
	char *p = kmalloc(3 * PAGE_SIZE - 24, GFP_KERNEL);

	ASSERT(p);
	EXPECT_REPORTS(0, *at(p, 3 * PAGE_SIZE - 25) = 0);
	EXPECT_REPORTS(1, *at(p, 3 * PAGE_SIZE - 24) = 0);
	kfree(p);
}

GUEST_TEST(kasan, freed_object)
{
	struct kmem_cache *c = kmem_cache_create("kasan", 100, 0, 0, NULL);
	char *p = kmalloc(24, GFP_KERNEL), *object = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;

	ASSERT(p && object);
	kfree(p);
	EXPECT_REPORTS(1, *at(p, 8) = 0);
	kmem_cache_free(c, object);
	EXPECT_REPORTS(1, sum += *(u32 *)at(object, 96));
	kmem_cache_destroy(c);
}

GUEST_TEST(kasan, freed_page)
{
	char *single = (char *)__get_free_pages(GFP_KERNEL, 0);
	char *block = (char *)__get_free_pages(GFP_KERNEL, 3);

	ASSERT(single && block);
	free_pages((unsigned long)single, 0);
	EXPECT_REPORTS(1, *at(single, PAGE_SIZE - 1) = 0);
	free_pages((unsigned long)block, 3);
	EXPECT_REPORTS(1, sum += *(u64 *)at(block, 7 * PAGE_SIZE));
}

GUEST_TEST(kasan, global)
{
	EXPECT_REPORTS(0, *at(before, sizeof(before) - 1) = *at(after, 0) = 0);
	EXPECT_REPORTS(1, *at(before, sizeof(before)) = 0);
	EXPECT_REPORTS(1, sum += *at(after, sizeof(after)));
}

/* Each place is said once. */
GUEST_TEST(kasan, once)
{
	EXPECT_REPORTS(1, for (int i = 0; i < 3; i++) * at(after, sizeof(after) + 1) = 0);
}
#endif

// SPDX-License-Identifier: MIT
/* vmap: pages side by side in any order, seen through both addresses, gone with vunmap. */
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/nofault.h"
#include "mm/highmem.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/vm_areas.h"

#define N 9

static bool readable(const void *p)
{
	u64 value;

	return nofault_read((unsigned long)p, 1, &value, NULL) == 0;
}

/* Pages of three blocks, and one of them twice, none where the one before it was. */
GUEST_TEST(vmap, any_order)
{
	struct page *block = alloc_pages(__GFP_HIGHMEM, 2), *single = alloc_page(GFP_KERNEL);
	struct page *pages[N];
	unsigned int areas = nr_vm_areas();
	u32 *va;

	ASSERT(block && single);
	for (unsigned int i = 0; i < N; i++)
		pages[i] = i % 2 ? single : block + (i / 2 + 2) % 4;
	va = vmap(pages, N, 0, PAGE_KERNEL);
	ASSERT(va);
	EXPECT_EQ(nr_vm_areas(), areas + 1);
	for (unsigned int i = 0; i < N; i++) {
		u32 *local = kmap_local_page(pages[i]);

		va[i * PAGE_SIZE / sizeof(*va) + 7] = i + 1;
		EXPECT_EQ(local[7], i + 1);
		EXPECT_EQ(vmalloc_to_page(va + i * PAGE_SIZE / sizeof(*va)), pages[i]);
		kunmap_local(local);
	}
	EXPECT_EQ(va[1 * PAGE_SIZE / sizeof(*va) + 7], 8); /* the last odd one wrote there too */
	EXPECT(!readable((char *)va + N * PAGE_SIZE));
	vunmap(va);
	EXPECT(!readable(va));
	EXPECT_EQ(page_count(single), 1); /* no reference was taken */
	__free_page(single);
	__free_pages(block, 2);
}

GUEST_TEST(vmap, rights)
{
	struct page *page = alloc_page(GFP_KERNEL);
	volatile u32 *va;

	ASSERT(page);
	va = vmap(&page, 1, 0, PAGE_KERNEL_RO);
	ASSERT(va);
	*(volatile u32 *)page_address(page) = 0x1234;
	EXPECT_EQ(*va, 0x1234);
	EXPECT_EQ(nofault_write((unsigned long)va, 4, 0, NULL), -EFAULT);
	EXPECT_EQ(nofault_exec((unsigned long)va, NULL), -EFAULT);
	vunmap((void *)va);
	__free_page(page);
}

GUEST_TEST_WARNS(vmap, refusals)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int warns = warn_count(), areas = nr_vm_areas();
	char *v = vmalloc(PAGE_SIZE), *va;

	ASSERT(page && v);
	EXPECT(!vmap(&page, 0, 0, PAGE_KERNEL));
	va = vmap(&page, 1, 0, PAGE_KERNEL);
	ASSERT(va);
	vunmap(v); /* vmalloc's */
	EXPECT_EQ(warn_count(), ++warns);
	vfree(va); /* vmap's */
	EXPECT_EQ(warn_count(), ++warns);
	vunmap(va + 1);
	EXPECT_EQ(warn_count(), ++warns);
	vunmap(NULL);
	vunmap(va);
	EXPECT_EQ(warn_count(), warns);
	vunmap(va);
	EXPECT_EQ(warn_count(), ++warns);
	vfree(v);
	__free_page(page);
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT(!vmalloc_to_page(_text));
	EXPECT(!vmalloc_to_page(v));
}

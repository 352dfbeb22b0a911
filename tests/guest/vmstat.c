// SPDX-License-Identifier: MIT
/* Counters: each follows what it counts, and the account of all pages adds up. */
#include "mm/vmstat.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/nofault.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

static unsigned long allocated(void)
{
	return global_page_state(PGALLOC_DMA) + global_page_state(PGALLOC_DMA32) +
	       global_page_state(PGALLOC_NORMAL) + global_page_state(PGALLOC_HIGH);
}

GUEST_TEST(vmstat, pages_given_and_taken)
{
	unsigned long given, taken, dma;

	NEED_BLOCK(MAX_ORDER - 1);
	given = allocated();
	taken = global_page_state(PGFREE);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		ASSERT(page);
		given += 1UL << order;
		EXPECT_EQ(allocated(), given);
		__free_pages(page, order);
		taken += 1UL << order;
		EXPECT_EQ(global_page_state(PGFREE), taken);
	}
	dma = global_page_state(PGALLOC_DMA);
	free_pages(__get_free_pages(GFP_DMA, 2), 2);
	EXPECT_EQ(global_page_state(PGALLOC_DMA), dma + 4);
}

GUEST_TEST(vmstat, areas)
{
	unsigned long vmalloced = global_page_state(NR_VMALLOC),
		      mapped = global_page_state(NR_VMAP);
	struct page *pages[3];
	void *p = vmalloc(5 * PAGE_SIZE + 1), *q;

	ASSERT(p);
	EXPECT_EQ(global_page_state(NR_VMALLOC), vmalloced + 6);
	for (unsigned int i = 0; i < 3; i++)
		pages[i] = vmalloc_to_page((char *)p + (2 - i) * PAGE_SIZE);
	q = vmap(pages, 3, 0, PAGE_KERNEL_RO);
	ASSERT(q);
	EXPECT_EQ(global_page_state(NR_VMAP), mapped + 3);
	EXPECT_EQ(global_page_state(NR_VMALLOC), vmalloced + 6);
	vunmap(q);
	EXPECT_EQ(global_page_state(NR_VMAP), mapped);
	vfree(p);
	EXPECT_EQ(global_page_state(NR_VMALLOC), vmalloced);
}

GUEST_TEST(vmstat, device_pages_and_tables)
{
	unsigned long mapped = global_page_state(NR_IOREMAP), tables;
	phys_addr_t hole = 1ULL << (boot_cpu.phys_bits - 1);
	void __iomem *p;

	if (!nobody_has(hole, PUD_SIZE)) {
		guest_skip("no hole of the bus at %#llx", (unsigned long long)hole);
		return;
	}
	vm_unmap_aliases();
	tables = global_page_state(NR_PAGETABLE);
	p = ioremap(hole, PMD_SIZE + PAGE_SIZE); /* aligned to 4 MiB: two tables at the most */
	ASSERT(p);
	EXPECT_EQ(global_page_state(NR_IOREMAP), mapped + 513);
	EXPECT(global_page_state(NR_PAGETABLE) <= tables + 2);
	iounmap(p);
	vm_unmap_aliases();
	EXPECT_EQ(global_page_state(NR_IOREMAP), mapped);
	EXPECT_EQ(global_page_state(NR_PAGETABLE), tables);
}

GUEST_TEST(vmstat, slabs)
{
	unsigned long slabs = global_page_state(NR_SLAB_UNRECLAIMABLE);
	void *p = kmalloc(5 * PAGE_SIZE, GFP_KERNEL);

	ASSERT(p);
	EXPECT_EQ(global_page_state(NR_SLAB_UNRECLAIMABLE), slabs + 8);
	kfree(p);
	EXPECT_EQ(global_page_state(NR_SLAB_UNRECLAIMABLE), slabs);
}

/* In pages, once for each pin; a reference is none. */
GUEST_TEST(vmstat, pins)
{
	unsigned long acquired = global_page_state(NR_FOLL_PIN_ACQUIRED);
	unsigned long released = global_page_state(NR_FOLL_PIN_RELEASED);
	struct page *block = alloc_pages(GFP_KERNEL, 2);
	struct page_counts c;

	ASSERT(block);
	get_page(block);
	EXPECT_EQ(pin_page(block), 0);
	EXPECT_EQ(pin_page(block), 0);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_ACQUIRED), acquired + 8);
	EXPECT(page_census(&c));
	EXPECT_EQ(c.pinned, acquired - released + 8);
	put_page(block);
	unpin_page(block);
	__free_pages(block, 2);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_RELEASED), released + 4);
	EXPECT(page_census(&c)); /* its owner has let it go, and it is still there */
	EXPECT_EQ(c.pinned, acquired - released + 4);
	unpin_page(block);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_RELEASED), released + 8);
}

GUEST_TEST(vmstat, faults)
{
	unsigned long faults = global_page_state(PGFAULT);
	u64 value;

	EXPECT_EQ(nofault_read(8, 4, &value, NULL), -EFAULT);
	EXPECT_EQ(global_page_state(PGFAULT), faults + 1);
}

GUEST_TEST(vmstat, kmaps)
{
	unsigned long maps = global_page_state(KMAP_HIGH);
	struct page *page = alloc_page(GFP_KERNEL);

	ASSERT(page);
	kunmap_local(kmap_local_pfn(page_to_pfn(page)));
	EXPECT_EQ(global_page_state(KMAP_HIGH), maps + 1);
	__free_page(page);
}

/* The struct pages say the same as the counters, with blocks of all kinds taken. */
GUEST_TEST(vmstat, account)
{
	struct page_counts before, c;
	struct page *page = alloc_pages(GFP_KERNEL, 5), *pinned = alloc_page(__GFP_HIGHMEM);

	ASSERT(page && pinned);
	get_page(pinned);
	EXPECT(page_census(&before));
	EXPECT_EQ(before.ram, before.free + before.used + before.reserved);
	EXPECT_EQ(before.ram, nr_ram_pages());
	__free_pages(page, 5);
	EXPECT(page_census(&c));
	EXPECT_EQ(c.free, before.free + 32);
	EXPECT_EQ(c.used, before.used - 32);
	put_page(pinned);
	__free_page(pinned);
	EXPECT(page_census(&c));
}

/* It is no tautology: a page, or a pin, that nobody counts is found. */
GUEST_TEST(vmstat, account_finds_a_lost_page)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct page_counts c;

	ASSERT(page);
	page->refcount = 0;
	EXPECT(!page_census(&c));
	page->refcount = 1 + PIN_BIAS;
	EXPECT(!page_census(&c));
	page->refcount = 1;
	EXPECT(page_census(&c));
	__free_page(page);
}

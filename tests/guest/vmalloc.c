// SPDX-License-Identifier: MIT
/* vmalloc: proved by behaviour, aliases through the direct map and faults where nothing is. */
#include "mm/vmalloc.h"
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/nofault.h"
#include "mm/highmem.h"
#include "tests/guest/guest_test.h"
#include "tests/vm_areas.h"

static bool faults(const void *p)
{
	struct fault_info fault = { 0 };
	u64 value;

	return nofault_read((unsigned long)p, 1, &value, &fault) == -EFAULT && fault.vector == 14 &&
	       fault.address == (unsigned long)p;
}

/* Free pages, those among them that are kept for the next one who asks. */
static unsigned long free_pages_now(void)
{
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return nr_free_pages();
}

/* Free pages once slabs hold what they keep. */
static unsigned long free_pages_warm(void)
{
	vfree(vmalloc(3 * PAGE_SIZE));
	return free_pages_now();
}

GUEST_TEST(vmalloc, memory_and_guard)
{
	enum { PAGES = 37 };
	unsigned long before = free_pages_warm();
	unsigned int areas = nr_vm_areas();
	char *p = vmalloc(PAGES * PAGE_SIZE - 5);

	ASSERT(p);
	EXPECT(is_vmalloc_addr(p) && IS_ALIGNED((unsigned long)p, PAGE_SIZE));
	EXPECT_EQ(nr_vm_areas(), areas + 1);
	for (unsigned int i = 0; i < PAGES; i++) {
		unsigned long *via_slot;
		phys_addr_t pa = 0;

		*(unsigned long *)(p + i * PAGE_SIZE + 8) = 1000 + i;
		EXPECT_EQ(virt_to_phys_walk((unsigned long)p + i * PAGE_SIZE + 8, &pa), 0);
		via_slot = kmap_local_pfn(PFN_DOWN(pa));
		EXPECT_EQ(via_slot[1], 1000 + i);
		kunmap_local(via_slot);
	}
	for (unsigned int i = 0; i < PAGES; i++)
		EXPECT_EQ(*(unsigned long *)(p + i * PAGE_SIZE + 8), 1000 + i);
	EXPECT(faults(p + PAGES * PAGE_SIZE));
	EXPECT(faults(p - 1));
	vfree(p);
	vm_unmap_aliases();
	EXPECT(faults(p));
	EXPECT(faults(p + (PAGES - 1) * PAGE_SIZE));
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(free_pages_now(), before);
}

GUEST_TEST(vmalloc, large_and_zeroed)
{
	unsigned long before = free_pages_warm();
	unsigned int areas = nr_vm_areas();
	unsigned long size = 6UL << 20; /* its page array needs an area of its own */
	unsigned long *p;

	NEED_MEMORY(size + size / 4);
	p = vmalloc(size);
	ASSERT(p);
	EXPECT_EQ(nr_vm_areas(), areas + 2);
	for (unsigned long i = 0; i < size / sizeof(*p); i += 256)
		p[i] = ~i;
	vfree(p);
	p = vzalloc(size);
	ASSERT(p);
	for (unsigned long i = 0; i < size / sizeof(*p); i += 256)
		EXPECT_EQ(p[i], 0);
	vfree(p);
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(free_pages_now(), before);
}

GUEST_TEST_WARNS(vmalloc, refusals)
{
	unsigned int areas = nr_vm_areas(), warns = warn_count();
	unsigned long before, on_stack;
	char *p;

	/* Once uncounted: what KASAN's shadow of its list of pages needs stays. */
	EXPECT(!vmalloc((nr_free_pages() + 1) * PAGE_SIZE));
	before = free_pages_warm();
	EXPECT(!vmalloc(0));
	EXPECT(!vmalloc(~0UL));
	EXPECT(!vmalloc((nr_ram_pages() + 1) * PAGE_SIZE));
	EXPECT(!vmalloc((nr_free_pages() + 1) * PAGE_SIZE)); /* fails half way and undoes it */
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(free_pages_now(), before);
	EXPECT_EQ(warn_count(), warns);

	p = vmalloc(2 * PAGE_SIZE);
	ASSERT(p);
	vfree(p + PAGE_SIZE);
	EXPECT_EQ(warn_count(), ++warns);
	vfree(&on_stack);
	EXPECT_EQ(warn_count(), ++warns);
	vfree(p);
	vfree(p);
	EXPECT_EQ(warn_count(), ++warns);
	vfree(NULL);
	EXPECT_EQ(warn_count(), warns);
	EXPECT_EQ(free_pages_now(), before);
}

/* Two areas over one page see each other's writes. */
GUEST_TEST(vmalloc, aliases)
{
	struct vm_struct *a = get_vm_area(PAGE_SIZE, VM_MAP), *b = get_vm_area(PAGE_SIZE, VM_MAP);
	struct page *page = alloc_page(GFP_KERNEL);

	ASSERT(a && b && page);
	EXPECT_EQ(map_page_range(&init_mm, (unsigned long)a->addr, page_to_phys(page), PAGE_SIZE,
				 PAGE_KERNEL, PG_LEVEL_4K),
		  0);
	EXPECT_EQ(map_page_range(&init_mm, (unsigned long)b->addr, page_to_phys(page), PAGE_SIZE,
				 PAGE_KERNEL_RO, PG_LEVEL_4K),
		  0);
	*(volatile u32 *)a->addr = 0x1234;
	EXPECT_EQ(*(volatile u32 *)b->addr, 0x1234);
	EXPECT_EQ(nofault_write((unsigned long)b->addr, 4, 0, NULL), -EFAULT);
	EXPECT_EQ(nofault_exec((unsigned long)a->addr, NULL), -EFAULT);
	kfree(remove_vm_area(a->addr));
	kfree(remove_vm_area(b->addr));
	__free_page(page);
}

/* The same addresses given out again show the new page: the old translation is flushed. */
GUEST_TEST(vmalloc, addresses_are_reused_clean)
{
	enum { ROUNDS = 8 };
	struct page *taken[ROUNDS];
	volatile u32 *first = NULL;

	vm_unmap_aliases(); /* no other area of this size waits to be used again */
	for (u32 i = 0; i < ROUNDS; i++) {
		volatile u32 *p = vzalloc(PAGE_SIZE);

		ASSERT(p);
		if (!first)
			first = p;
		EXPECT_EQ(p, first);
		EXPECT_EQ(*p, 0);
		*p = i + 1;
		vfree((const void *)p);
		taken[i] =
			alloc_page(GFP_KERNEL); /* its page, so that the next round has another */
		ASSERT(taken[i]);
		*(u32 *)page_address(taken[i]) = 99;
	}
	for (u32 i = 0; i < ROUNDS; i++)
		__free_page(taken[i]);
}

/*
 * Few pages are flushed one by one, at once; many all together, some time before their
 * addresses are used again: then no page of either may be left.
 */
GUEST_TEST(vmalloc, no_stale_translation)
{
	void *neighbour = vmalloc(PAGE_SIZE); /* keeps the page tables where they are */

	for (unsigned int pages = 1; pages <= 64; pages *= 2) {
		char *p = vmalloc(pages * PAGE_SIZE);

		ASSERT(p && neighbour);
		for (unsigned int i = 0; i < pages; i++)
			*(volatile char *)(p + i * PAGE_SIZE) = 1;
		vfree(p);
		if (pages > 32)
			vm_unmap_aliases();
		for (unsigned int i = 0; i < pages; i++)
			EXPECT(faults(p + i * PAGE_SIZE));
	}
	vfree(neighbour);
}

GUEST_TEST(vmalloc, records)
{
	struct vm_struct *vm, copy;
	char *p = vmalloc(5 * PAGE_SIZE);

	ASSERT(p);
	vm = find_vm_area(p);
	ASSERT(vm);
	EXPECT_EQ(vm->size, 6 * PAGE_SIZE);
	EXPECT_EQ(vm->nr_pages, 5);
	EXPECT_EQ(vm->flags, VM_ALLOC);
	EXPECT(vm->caller >= (unsigned long)_text && vm->caller < (unsigned long)_etext);
	EXPECT_EQ(area_around((unsigned long)p + 5 * PAGE_SIZE), p); /* the guard page */
	EXPECT(!find_vm_area(p + 1));
	EXPECT(next_vm_area((unsigned long)p, &copy));
	EXPECT_EQ(copy.addr, p);
	vfree(p);
	EXPECT(!find_vm_area(p));
}

#define MANY 64
static u32 *held[MANY];

/* Areas of random sizes come and go; what they hold stays theirs. */
static void random_steps(unsigned int steps)
{
	u32 random = 7;

	while (steps--) {
		unsigned int i;

		random = random * 1664525 + 1013904223;
		i = random >> 8 & (MANY - 1);
		if (held[i]) {
			EXPECT_EQ(held[i][0], i);
			vfree(held[i]);
			held[i] = NULL;
		} else {
			held[i] = vmalloc(((random >> 16 & 15) + 1) * PAGE_SIZE);
			ASSERT(held[i]);
			held[i][0] = i;
		}
	}
	for (unsigned int i = 0; i < MANY; i++) {
		vfree(held[i]);
		held[i] = NULL;
	}
}

GUEST_TEST(vmalloc, random_sequence)
{
	unsigned int areas = nr_vm_areas();
	unsigned long before;

	random_steps(2000); /* slabs now keep what they keep */
	before = free_pages_now();
	random_steps(2000);
	EXPECT_EQ(nr_vm_areas(), areas);
	EXPECT_EQ(free_pages_now(), before);
}

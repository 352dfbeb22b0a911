// SPDX-License-Identifier: MIT
/*
 * The fixmap: slots proved by what an access does.  FIX_PTE, FIX_PMD and FIX_PUD
 * are free once the direct map exists, so the tests take those.
 */
#include "mm/fixmap.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/nofault.h"
#include "mm/page_alloc.h"
#include "tests/guest/guest_test.h"

#define PF_PROT	 BIT(0) /* error code of #PF: SDM 3A, 4.7 */
#define PF_WRITE BIT(1)
#define PF_INSTR BIT(4)

static u64 seen; /* what a read gave: of no interest */

static u64 *const slot = (u64 *)__fix_to_virt(FIX_PTE);

GUEST_TEST(fixmap, addresses)
{
	EXPECT_EQ(fix_to_virt(FIX_HOLE), FIXADDR_TOP);
	EXPECT_EQ(fix_to_virt(FIX_PTE), FIXADDR_TOP - PAGE_SIZE);
	/* The early slots have a page table of their own. */
	EXPECT(IS_ALIGNED(fix_to_virt(FIX_BTMAP_BEGIN), PMD_SIZE));
}

GUEST_TEST(fixmap, hole_is_never_mapped)
{
	EXPECT_EQ(nofault_read(fix_to_virt(FIX_HOLE), 8, &seen, NULL), -EFAULT);
	EXPECT_EQ(nofault_read(~7UL, 8, &seen, NULL), -EFAULT);
}

GUEST_TEST(fixmap, set_write_read_clear)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct fault_info fault;
	volatile u64 *alias;

	ASSERT(page);
	alias = page_address(page);
	alias[0] = 0x1122334455667788;
	EXPECT_EQ(nofault_read((unsigned long)slot, 8, &seen, &fault), -EFAULT);
	EXPECT_EQ(fault.vector, 14);
	EXPECT_EQ(fault.error_code & PF_PROT, 0);
	EXPECT_EQ(fault.address, slot);

	set_fixmap(FIX_PTE, page_to_phys(page));
	EXPECT_EQ(READ_ONCE(*slot), 0x1122334455667788);
	WRITE_ONCE(slot[511], 0x99);
	EXPECT_EQ(alias[511], 0x99);
	/* Its neighbours are as they were. */
	EXPECT_EQ(nofault_read((unsigned long)slot + PAGE_SIZE, 1, &seen, NULL), -EFAULT);
	EXPECT_EQ(nofault_read((unsigned long)slot - 1, 1, &seen, NULL), -EFAULT);

	clear_fixmap(FIX_PTE);
	EXPECT_EQ(nofault_read((unsigned long)slot, 8, &seen, NULL), -EFAULT);
	clear_fixmap(FIX_PTE); /* a second time: harmless */
	__free_page(page);
}

GUEST_TEST(fixmap, replace_is_seen_at_once)
{
	struct page *a = alloc_page(GFP_KERNEL), *b = alloc_page(GFP_KERNEL);

	ASSERT(a && b);
	*(u64 *)page_address(a) = 0xa;
	*(u64 *)page_address(b) = 0xb;
	for (int i = 0; i < 4; i++) {
		set_fixmap(FIX_PTE, page_to_phys(a));
		EXPECT_EQ(READ_ONCE(*slot), 0xa);
		set_fixmap(FIX_PTE, page_to_phys(b));
		EXPECT_EQ(READ_ONCE(*slot), 0xb);
	}
	clear_fixmap(FIX_PTE);
	__free_page(a);
	__free_page(b);
}

GUEST_TEST(fixmap, rights)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct fault_info fault;

	ASSERT(page);
	*(u8 *)page_address(page) = 0xc3; /* ret */
	__set_fixmap(FIX_PMD, page_to_phys(page), PAGE_KERNEL_RO);
	EXPECT_EQ(nofault_read(fix_to_virt(FIX_PMD), 1, &seen, NULL), 0);
	EXPECT_EQ(nofault_write(fix_to_virt(FIX_PMD), 1, 0, &fault), -EFAULT);
	EXPECT_EQ(fault.error_code, PF_PROT | PF_WRITE);
	EXPECT_EQ(nofault_exec(fix_to_virt(FIX_PMD), &fault), -EFAULT);
	EXPECT_EQ(fault.error_code, PF_PROT | PF_INSTR);
	clear_fixmap(FIX_PMD);
	__free_page(page);
}

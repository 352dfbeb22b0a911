// SPDX-License-Identifier: MIT
/*
 * The early slots, opened once more: contents, offsets, limits, and that every
 * broken promise is named.
 */
#include "mm/early_ioremap.h"
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/nofault.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "tests/guest/guest_test.h"

#define SLOT_BYTES (NR_FIX_BTMAPS * PAGE_SIZE)

/* The statement breaks just one promise. */
#define EXPECT_WARN(statement)                        \
	do {                                          \
		unsigned int _before = warn_count();  \
		statement;                            \
		EXPECT_EQ(warn_count(), _before + 1); \
	} while (0)

static u64 seen; /* what a read gave: of no interest */

/* The image's read-only data: memory whose content is known under two addresses. */
static const char text[] = "what lies in the image lies in memory";

GUEST_TEST_WARNS(early_ioremap, closed_after_boot)
{
	EXPECT_EQ(early_ioremap_used(), 0);
	EXPECT_WARN(EXPECT(!early_memremap(__pa(text), 1)));
}

/* What a table or a loader gives may be any number: it is judged before it is mapped. */
GUEST_TEST(early_ioremap, copy_of_no_address)
{
	phys_addr_t end = 1UL << boot_cpu.phys_bits;
	char copy[8] = "";

	early_ioremap_setup();
	EXPECT_EQ(copy_from_early_mem(copy, __pa(text), 8), 0);
	EXPECT_EQ(memcmp(copy, text, 8), 0);
	EXPECT_EQ(copy_from_early_mem(copy, end, 8), -EFAULT);
	EXPECT_EQ(copy_from_early_mem(copy, end - 7, 8), -EFAULT);
	EXPECT_EQ(copy_from_early_mem(copy, ~0UL - 6, 8), -EFAULT);
	EXPECT_EQ(early_ioremap_used(), 0);
	early_ioremap_shutdown();
}

GUEST_TEST(early_ioremap, content_and_offset)
{
	phys_addr_t edge = ALIGN(__pa(_text) + 1, PAGE_SIZE) - 3;
	void *p;

	early_ioremap_setup();
	p = early_memremap(__pa(text), sizeof(text));
	ASSERT(p);
	EXPECT_EQ((unsigned long)p & ~PAGE_MASK, __pa(text) & ~PAGE_MASK);
	EXPECT_EQ(memcmp(p, text, sizeof(text)), 0);
	EXPECT_EQ(early_ioremap_used(), 1);
	early_memunmap(p, sizeof(text));
	EXPECT_EQ(nofault_read((unsigned long)p, 1, &seen, NULL), -EFAULT);

	/* Eight bytes across a page boundary, as ACPI headers lie. */
	p = early_memremap(edge, 8);
	ASSERT(p);
	EXPECT_EQ(memcmp(p, (void *)(edge + KERNEL_MAP), 8), 0);
	early_memunmap(p, 8);
	EXPECT_EQ(nofault_read((unsigned long)p + 7, 1, &seen, NULL), -EFAULT);
	early_ioremap_shutdown();
}

GUEST_TEST(early_ioremap, rights_and_modes)
{
	struct page *page = alloc_page(GFP_KERNEL);
	enum pg_level level;
	void __iomem *io;
	char *p;

	ASSERT(page);
	early_ioremap_setup();
	p = early_memremap_ro(page_to_phys(page), PAGE_SIZE);
	EXPECT_EQ(nofault_write((unsigned long)p, 1, 0, NULL), -EFAULT);
	EXPECT_EQ(nofault_exec((unsigned long)p, NULL), -EFAULT);
	early_memunmap(p, PAGE_SIZE);

	p = early_memremap(page_to_phys(page), PAGE_SIZE);
	p[5] = 'x';
	EXPECT_EQ(((char *)page_address(page))[5], 'x');
	early_memunmap(p, PAGE_SIZE);

	io = early_ioremap(page_to_phys(page), 16);
	EXPECT_EQ(protval2cachemode(pte_val(lookup_address((unsigned long)io, &level))),
		  _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(level, PG_LEVEL_4K);
	early_iounmap(io, 16);
	early_ioremap_shutdown();
	__free_page(page);
}

GUEST_TEST_WARNS(early_ioremap, limits)
{
	char *p;

	early_ioremap_setup();
	p = early_memremap(KERNEL_PHYS, SLOT_BYTES);
	ASSERT(p);
	EXPECT_EQ(nofault_read((unsigned long)p + SLOT_BYTES - 1, 1, &seen, NULL), 0);
	EXPECT_EQ(nofault_read((unsigned long)p + SLOT_BYTES, 1, &seen, NULL), -EFAULT);
	early_memunmap(p, SLOT_BYTES);

	p = early_memremap(KERNEL_PHYS + 1, SLOT_BYTES - 1);
	EXPECT(p);
	early_memunmap(p, SLOT_BYTES - 1);

	EXPECT_WARN(EXPECT(!early_memremap(KERNEL_PHYS + 1, SLOT_BYTES)));
	EXPECT_WARN(EXPECT(!early_memremap(KERNEL_PHYS, ~0UL)));
	EXPECT_WARN(EXPECT(!early_memremap(KERNEL_PHYS, 0)));
	EXPECT_WARN(EXPECT(!early_memremap(~0UL, 2)));
	EXPECT_EQ(early_ioremap_used(), 0);
	early_ioremap_shutdown();
}

GUEST_TEST_WARNS(early_ioremap, all_slots)
{
	void *p[FIX_BTMAPS_SLOTS];
	int i, k;

	early_ioremap_setup();
	for (i = 0; i < FIX_BTMAPS_SLOTS; i++) {
		p[i] = early_memremap(KERNEL_PHYS + i * PAGE_SIZE, SLOT_BYTES);
		ASSERT(p[i]);
		for (k = 0; k < i; k++)
			EXPECT(p[k] + SLOT_BYTES <= p[i] || p[i] + SLOT_BYTES <= p[k]);
	}
	EXPECT_EQ(early_ioremap_used(), FIX_BTMAPS_SLOTS);
	EXPECT_WARN(EXPECT(!early_memremap(KERNEL_PHYS, 1)));
	early_memunmap(p[3], SLOT_BYTES);
	EXPECT_EQ(early_memremap(KERNEL_PHYS, 1), p[3]); /* the freed one serves again */
	early_memunmap(p[3], 1);
	for (i = 0; i < FIX_BTMAPS_SLOTS; i++)
		if (i != 3)
			early_memunmap(p[i], SLOT_BYTES);
	EXPECT_EQ(early_ioremap_used(), 0);
	early_ioremap_shutdown();
}

GUEST_TEST_WARNS(early_ioremap, unbalanced_use_and_leaks)
{
	char *p;

	early_ioremap_setup();
	p = early_memremap(__pa(text), 64);
	ASSERT(p);
	EXPECT_WARN(early_memunmap(p + 1, 64)); /* not what was given */
	EXPECT_EQ(early_ioremap_used(), 1);
	EXPECT_WARN(EXPECT_EQ(check_early_ioremap_leak(), 1));
	EXPECT_WARN(early_memunmap(p, 63)); /* another size: unmapped nevertheless */
	EXPECT_EQ(early_ioremap_used(), 0);
	EXPECT_EQ(nofault_read((unsigned long)p, 1, &seen, NULL), -EFAULT);
	EXPECT_WARN(early_memunmap(p, 64)); /* a second time */
	EXPECT_WARN(early_memunmap(NULL, 64));
	EXPECT_EQ(check_early_ioremap_leak(), 0);
	early_ioremap_shutdown();
}

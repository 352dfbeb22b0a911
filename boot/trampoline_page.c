// SPDX-License-Identifier: MIT
/* The trampoline's page: filled, mapped, and taken out again. */
#include "boot/trampoline.h"

#include "kernel/lib/string.h"
#include "mm/layout.h"
#include "mm/memblock.h"
#include "mm/pgtable.h"
#include "mm/reserved.h"

extern const char trampoline_start[], trampoline_end[];
extern const u16 trampoline_relocs[], trampoline_relocs_end[];
extern u64 early_top_pgt[], level3_kernel_pgt[], level2_kernel_pgt[], level1_kernel_pgt[];

_Static_assert(sizeof(struct secondary) == 16, "boot/trampoline.asm steps by it");

#define LOW_END 0xa0000UL /* the PC's memory ends here, and devices begin */

static u8 saved[PAGE_SIZE] __initdata;

/* Of the first MiB nothing is given out, so no allocator has the page: only names speak of it. */
static bool __init is_unused(phys_addr_t page)
{
	const struct reserved_ram *r;

	for (unsigned int n = 0; (r = reserved_ram_nth(n)) != NULL; n++)
		if (r->start != 0 && r->start < page + PAGE_SIZE && page < r->end)
			return false;
	return memblock_is_ram(page) && memblock_is_ram(page + PAGE_SIZE - 1);
}

static phys_addr_t __init find_page(void)
{
	phys_addr_t page = LOW_END - PAGE_SIZE;

	while (page && !is_unused(page))
		page -= PAGE_SIZE;
	return page; /* 0 is the real mode's own */
}

/* The word at `at`, which is where the assembler put it. */
static void __init relocate(u8 *at, u32 by)
{
	u32 word;

	memcpy(&word, at, sizeof(word));
	word += by;
	memcpy(at, &word, sizeof(word));
}

phys_addr_t __init trampoline_open(void)
{
	phys_addr_t page = find_page();
	u8 *to = __va(page);

	if (!page)
		return 0;
	memcpy(saved, to, PAGE_SIZE);
	memcpy(to, trampoline_start, (size_t)(trampoline_end - trampoline_start));
	for (const u16 *at = trampoline_relocs; at < trampoline_relocs_end; at++)
		relocate(to + *at, (u32)page);

	/* The early tables as the boot CPU used them, and the page among the image's. */
	level1_kernel_pgt[page >> PAGE_SHIFT] = page | _PAGE_PRESENT | _PAGE_ACCESSED;
	level3_kernel_pgt[0] = __pa(level2_kernel_pgt) | _KERNPG_TABLE;
	early_top_pgt[0] = __pa(level3_kernel_pgt) | _KERNPG_TABLE;
	return page;
}

void __init trampoline_close(phys_addr_t page)
{
	early_top_pgt[0] = 0;
	level3_kernel_pgt[0] = 0;
	level1_kernel_pgt[page >> PAGE_SHIFT] = 0;
	memcpy(__va(page), saved, PAGE_SIZE);
}

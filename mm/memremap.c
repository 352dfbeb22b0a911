// SPDX-License-Identifier: MIT
/*
 * memremap: RAM is mapped already, anything else is mapped as ioremap does it.
 *
 * One page must not be mapped with two memory types, so RAM is given as what it
 * is in the direct map, write-back, or not at all.
 */
#include "mm/memremap.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "mm/ioremap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

enum ram_share { NO_RAM, SOME_RAM, ALL_RAM };

/* How much of the pages of [phys, last] is RAM. */
static enum ram_share ram_share(phys_addr_t phys, phys_addr_t last)
{
	unsigned long pfn = PFN_DOWN(phys), end = PFN_DOWN(last) + 1;

	if (pfn_first_ram(pfn, end) == end)
		return NO_RAM;
	return pfn_first_hole(pfn, end) == end ? ALL_RAM : SOME_RAM;
}

noinline void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		enum page_cache_mode mode;
	} modes[] = {
		{ MEMREMAP_WB, _PAGE_CACHE_MODE_WB },
		{ MEMREMAP_WT, _PAGE_CACHE_MODE_WT },
		{ MEMREMAP_WC, _PAGE_CACHE_MODE_WC },
	};
	phys_addr_t last = phys + size - 1;
	enum ram_share share = size && last >= phys ? ram_share(phys, last) : NO_RAM;
	void __iomem *addr = NULL;
	unsigned int i;

	if (share == ALL_RAM && flags & MEMREMAP_WB)
		return __va(phys);
	if (share != NO_RAM) {
		pr_err("memremap: [mem %pa-%pa] is refused to %pS: %s\n", &phys, &last,
		       (void *)_RET_IP_,
		       share == ALL_RAM ? "RAM is write-back only" : "it is RAM in part");
		return NULL;
	}
	for (i = 0; i < ARRAY_SIZE(modes) && !addr; i++)
		if (flags & modes[i].flag)
			addr = __ioremap_caller(phys, size, modes[i].mode, _RET_IP_);
	return (__force void *)addr;
}

noinline void memunmap(void *addr)
{
	unsigned long offset = (unsigned long)addr - PAGE_OFFSET;

	if (!addr)
		return;
	if (is_vmalloc_addr(addr))
		iounmap((void __iomem *)addr);
	else
		WARN(!pfn_valid(PFN_DOWN(offset)), "memunmap of %p, which memremap did not give\n",
		     addr);
}

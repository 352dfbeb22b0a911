// SPDX-License-Identifier: MIT
/*
 * audit: each page of RAM is somebody's.
 *
 * It is free, in a list of the allocator's; or kept since boot; or held, and then it is known whose it is: by
 * its kind (slab, page table, a file's, a program's), or by the function that allocated it.  A page on
 * its way from one to another seems to be nobody's for a moment: it is looked at a few times.
 */
#include "kernel/core/audit.h"
#include "kernel/cpu/irqflags.h"
#include "mm/page_alloc.h"
#include "mm/vmemmap.h"

#define LOOKS	    5
#define LOOK_SPINS  100000
#define MAX_ORPHANS 8 /* told of one audit; all are counted */

#define KNOWN_KINDS (PG_SLAB | PG_TABLE | PG_LOCKED | PG_USER_BITS | PG_TAIL)

static bool in_image(unsigned long addr)
{
	return addr >= (unsigned long)_text && addr < (unsigned long)_end;
}

/* The page's block is somebody's; *run: how many pages that is said of, from here on. */
static bool has_owner(unsigned long pfn, unsigned long *run)
{
	const struct page *page = pfn_to_page(pfn);
	unsigned int flags = page_flags(page);

	*run = 1;
	if (flags & PG_FRESH) {
		*run = ALIGN(pfn + 1, MAX_BLOCK_PAGES) - pfn;
		return true;
	}
	if (flags & (PG_RESERVED | PG_SINGLE))
		return true;
	if (!(flags & PG_BUDDY) && !page_holders(page))
		return false;
	*run = 1UL << min(page->order, (u8)(MAX_ORDER - 1));
	return flags & (PG_BUDDY | KNOWN_KINDS) || in_image(page->owner);
}

static bool has_owner_in_the_end(unsigned long pfn, unsigned long *run)
{
	for (unsigned int i = 0; i < LOOKS; i++) {
		if (has_owner(pfn, run))
			return true;
		for (unsigned int k = 0; k < LOOK_SPINS; k++)
			cpu_relax();
	}
	return false;
}

static void audit_pages(struct audit *audit)
{
	unsigned long start, end, run, orphans = 0;

	for (unsigned int i = 0; ram_pfn_range(i, &start, &end); i++) {
		for (; start < end; start += run)
			if (!has_owner_in_the_end(start, &run) && orphans++ < MAX_ORPHANS)
				audit_fault(audit, "the page at %#lx is nobody's, %d hold it",
					    PFN_PHYS(start), page_holders(pfn_to_page(start)));
	}
	if (orphans > MAX_ORPHANS)
		audit_fault(audit, "and %lu more", orphans - MAX_ORPHANS);
}
AUDIT_CHECK(pages, audit_pages);

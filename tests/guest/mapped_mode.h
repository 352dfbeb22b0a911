/* SPDX-License-Identifier: MIT */
/* The cache mode that the page tables have for an address, or can have, for suites that change it. */
#ifndef TESTS_GUEST_MAPPED_MODE_H
#define TESTS_GUEST_MAPPED_MODE_H

#include "mm/pgtable.h"

static inline enum page_cache_mode entry_mode(u64 entry, enum pg_level level)
{
	u64 bits = entry & (_PAGE_PWT | _PAGE_PCD);

	if (entry & (level == PG_LEVEL_4K ? _PAGE_PAT : _PAGE_PAT_LARGE))
		bits |= _PAGE_PAT;
	return protval2cachemode(bits);
}

static inline enum page_cache_mode mapped_mode(unsigned long va)
{
	enum pg_level level;
	u64 entry = pte_val(lookup_address(va, &level));

	return entry_mode(entry, level);
}

/* What this CPU has of a mode: UC- in the place of WC, WT and WP where it has no PAT. */
static inline enum page_cache_mode mapped_as(enum page_cache_mode mode)
{
	return protval2cachemode(cachemode2protval(mode));
}

#endif

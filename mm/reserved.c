// SPDX-License-Identifier: MIT
/* See reserved.h. */
#include "mm/reserved.h"

#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/memblock.h"

/* 16 modules, up to 64 ACPI tables, and a few more. */
#define MAX_RESERVED 96

static struct reserved_ram reserved[MAX_RESERVED]; /* by address */
static unsigned int nr_reserved;

void __init reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...)
{
	struct reserved_ram new = { .start = start, .end = start + size };
	unsigned int at = nr_reserved;
	va_list args;

	if (!size || memblock_reserve(start, size))
		return;
	va_start(args, fmt);
	vscnprintf(new.name, sizeof(new.name), fmt, args);
	va_end(args);
	if (nr_reserved == MAX_RESERVED) {
		pr_warn("mm: %s is kept, but not listed: MAX_RESERVED is %d\n", new.name,
			MAX_RESERVED);
		return;
	}
	while (at && reserved[at - 1].start > start)
		at--;
	memmove(&reserved[at + 1], &reserved[at], (nr_reserved++ - at) * sizeof(new));
	reserved[at] = new;
}

const struct reserved_ram *reserved_ram_nth(unsigned int n)
{
	return n < nr_reserved ? &reserved[n] : NULL;
}

const struct reserved_ram *reserved_ram_at(phys_addr_t addr)
{
	const struct reserved_ram *found = NULL;

	for (unsigned int i = 0; i < nr_reserved; i++) {
		const struct reserved_ram *r = &reserved[i];

		if (addr >= r->start && addr < r->end &&
		    (!found || r->end - r->start < found->end - found->start))
			found = r;
	}
	return found;
}

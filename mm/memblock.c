// SPDX-License-Identifier: MIT
/*
 * Physical memory before the page allocator.
 *
 * Two tables of disjoint regions, sorted by address, neighbours merged: `memory`
 * is RAM, `reserved` is what of the address space is taken (it may reach beyond
 * RAM).  Free is what lies in the first and not in the second.  The tables are
 * small and static; a region more costs a shift of the entries behind it, an
 * allocation a walk down both tables.
 *
 * Boot only but for the questions about RAM, which never change afterwards.
 * Pure: runs on the host too.
 */
#include "mm/memblock.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/e820.h"

#define MAX_REGIONS E820_MAX_ENTRIES /* of RAM there cannot be more than e820 has */

struct region_table {
	const char *name;
	unsigned int nr;
	struct memblock_region regions[MAX_REGIONS];
};

static struct region_table memory = { .name = "memory" };
static struct region_table reserved = { .name = "reserved" };
static bool closed;

static phys_addr_t region_end(const struct memblock_region *r)
{
	return r->base + r->size;
}

/* The first region that ends at or behind `addr`: what comes before cannot touch it. */
static unsigned int first_touching(const struct region_table *table, phys_addr_t addr)
{
	unsigned int i = 0;

	while (i < table->nr && region_end(&table->regions[i]) < addr)
		i++;
	return i;
}

/*
 * Add [base, end).  All regions that it touches melt into one:
 *
 *	table   |---|   |----|  |---|      |--|
 *	new           |-----------|
 *	result  |---| |-------------|      |--|
 */
static int add_region(struct region_table *table, phys_addr_t base, phys_addr_t size)
{
	struct memblock_region *r = table->regions;
	phys_addr_t end = base + size;
	unsigned int first, past;

	if (!size)
		return 0;
	if (end < base) {
		pr_err("memblock: [mem 0x%016lx + %#lx] for %s wraps: ignored\n", base, size,
		       table->name);
		return -EINVAL;
	}
	first = past = first_touching(table, base);
	while (past < table->nr && r[past].base <= end)
		past++;
	if (first == past && table->nr == MAX_REGIONS) {
		pr_err("memblock: no room for [mem 0x%016lx-0x%016lx] in %s: raise MAX_REGIONS (%d)\n",
		       base, end - 1, table->name, MAX_REGIONS);
		return -ENOSPC;
	}
	if (first != past) {
		base = min(base, r[first].base);
		end = max(end, region_end(&r[past - 1]));
	}
	memmove(&r[first + 1], &r[past], (table->nr - past) * sizeof(*r));
	table->nr += first + 1 - past;
	r[first] = (struct memblock_region){ base, end - base };
	return 0;
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	return add_region(&memory, base, size);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return add_region(&reserved, base, size);
}

/*
 * The highest aligned place for `size` bytes in [min, max) that no reserved
 * region touches: go down from `max`, and below each region that is in the way.
 * 0: none.
 */
static phys_addr_t highest_place(phys_addr_t size, phys_addr_t align, phys_addr_t min,
				 phys_addr_t max)
{
	unsigned int i = reserved.nr;
	phys_addr_t base;

	while (max >= size) {
		base = ALIGN_DOWN(max - size, align);
		if (base < min)
			return 0;
		while (i > 0 && reserved.regions[i - 1].base >= base + size)
			i--;
		if (i == 0 || region_end(&reserved.regions[i - 1]) <= base)
			return base;
		max = reserved.regions[i - 1].base;
	}
	return 0;
}

phys_addr_t memblock_find_in_range(phys_addr_t size, phys_addr_t align, phys_addr_t min,
				   phys_addr_t max)
{
	phys_addr_t base, top;

	if (!size || !is_power_of_2(align))
		return 0;
	if (!min)
		min = align; /* 0 says "none", so the first byte is never given out */

	for (unsigned int i = memory.nr; i-- > 0;) {
		const struct memblock_region *r = &memory.regions[i];

		top = min(max, region_end(r));
		if (r->base >= top)
			continue;
		base = highest_place(size, align, max(min, r->base), top);
		if (base)
			return base;
	}
	return 0;
}

phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t min,
				      phys_addr_t max)
{
	phys_addr_t base;

	if (WARN(closed, "memblock: %#lx bytes asked for after the page allocator took over\n",
		 size))
		return 0;
	base = memblock_find_in_range(size, align, min, max);
	return base && !add_region(&reserved, base, size) ? base : 0;
}

static bool table_range(const struct region_table *table, unsigned int n, phys_addr_t *start,
			phys_addr_t *end)
{
	if (n >= table->nr)
		return false;
	*start = table->regions[n].base;
	*end = region_end(&table->regions[n]);
	return true;
}

bool memblock_ram_range(unsigned int n, phys_addr_t *start, phys_addr_t *end)
{
	return table_range(&memory, n, start, end);
}

bool memblock_reserved_range(unsigned int n, phys_addr_t *start, phys_addr_t *end)
{
	return table_range(&reserved, n, start, end);
}

bool memblock_is_ram(phys_addr_t addr)
{
	for (unsigned int i = 0; i < memory.nr; i++)
		if (addr - memory.regions[i].base < memory.regions[i].size)
			return true;
	return false;
}

phys_addr_t memblock_ram_bytes(void)
{
	phys_addr_t sum = 0;

	for (unsigned int i = 0; i < memory.nr; i++)
		sum += memory.regions[i].size;
	return sum;
}

phys_addr_t memblock_end_of_ram(void)
{
	return memory.nr ? region_end(&memory.regions[memory.nr - 1]) : 0;
}

bool memblock_is_closed(void)
{
	return closed;
}

void memblock_for_each_free(void (*fn)(phys_addr_t start, phys_addr_t end))
{
	unsigned int r = 0;

	closed = true;
	for (unsigned int i = 0; i < memory.nr; i++) {
		phys_addr_t start = memory.regions[i].base, end = region_end(&memory.regions[i]);

		/* Hop over the reserved regions that meet this one; the last may meet the next. */
		while (start < end) {
			while (r < reserved.nr && region_end(&reserved.regions[r]) <= start)
				r++;
			if (r == reserved.nr || reserved.regions[r].base >= end) {
				fn(start, end);
				break;
			}
			if (reserved.regions[r].base > start)
				fn(start, reserved.regions[r].base);
			start = region_end(&reserved.regions[r]);
		}
	}
}

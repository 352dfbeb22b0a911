// SPDX-License-Identifier: MIT
/*
 * The array of struct page, as an array only in virtual addresses.
 *
 * pfn_to_page() is an addition, so the array has a place for each page that
 * could exist; but it is backed by memory only for those largest blocks of the
 * buddy allocator (4 MiB) that have RAM in them.  A hole of the bus, however
 * wide, costs nothing.  The unit is the largest block so that a block's buddy
 * always has a struct page, even where RAM ends in its middle.
 *
 * Which pages are RAM is a sorted table of ranges, a copy of memblock's: there
 * are as many as the firmware's map has, and neighbouring questions mostly fall
 * into the same one, so the last answer is tried first.
 *
 * What the struct pages say is mm/page_alloc.c's business.
 */
#include "mm/vmemmap.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "mm/memblock.h"
#include "mm/pgtable.h"

/* Set once by vmemmap_init(), read-only afterwards; before that, no page is RAM. */
static struct ram_range no_ranges[1];
static struct ram_range *ram_ranges = no_ranges;
static unsigned int nr_ram_ranges;
unsigned long max_pfn;

/* The range that was asked for last: a hint, so races are harmless. */
const struct ram_range *ram_hint = no_ranges;

static bool range_has(const struct ram_range *r, unsigned long pfn)
{
	return pfn - r->start < r->end - r->start;
}

/* Index of the first range that ends behind pfn; nr_ram_ranges where none does. */
static unsigned int find_range(unsigned long pfn)
{
	unsigned int low = 0, high = nr_ram_ranges;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (ram_ranges[mid].end > pfn)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* The range that has the pfn, or NULL. */
static inline const struct ram_range *range_of(unsigned long pfn)
{
	const struct ram_range *r = READ_ONCE(ram_hint);
	unsigned int i;

	if (likely(range_has(r, pfn)))
		return r;
	i = find_range(pfn);
	if (i == nr_ram_ranges || !range_has(&ram_ranges[i], pfn))
		return NULL;
	WRITE_ONCE(ram_hint, &ram_ranges[i]);
	return &ram_ranges[i];
}

bool pfn_valid(unsigned long pfn)
{
	return range_of(pfn);
}

unsigned long __pfn_first_ram(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned int i = find_range(start_pfn);

	if (i == nr_ram_ranges)
		return end_pfn;
	return min(max(ram_ranges[i].start, start_pfn), end_pfn);
}

/* Ranges that touch were one range to memblock. */
unsigned long pfn_first_hole(unsigned long start_pfn, unsigned long end_pfn)
{
	const struct ram_range *r = range_of(start_pfn);

	return r ? min(r->end, end_pfn) : start_pfn;
}

bool ram_pfn_range(unsigned int n, unsigned long *start_pfn, unsigned long *end_pfn)
{
	if (n >= nr_ram_ranges)
		return false;
	*start_pfn = ram_ranges[n].start;
	*end_pfn = ram_ranges[n].end;
	return true;
}

/* Copy memblock's RAM, cut down to whole pages. */
static void __init note_ram(void)
{
	phys_addr_t start, end, table;
	unsigned int i, n = 0;

	for_each_mem_range(i, &start, &end)
		n++;
	table = memblock_phys_alloc_range((n + 1) * sizeof(struct ram_range), 64, 0,
					  direct_map_end);
	if (!table)
		panic("no memory for the table of %u RAM ranges", n);
	ram_ranges = __va(table);
	for_each_mem_range(i, &start, &end) {
		struct ram_range r = {
			.start = PFN_UP(start),
			.end = PFN_DOWN(end),
			.va = PAGE_OFFSET + PFN_PHYS(PFN_UP(start)),
			.page = pfn_to_page(PFN_UP(start)),
		};

		r.bytes = PFN_PHYS(r.end - r.start);
		if (r.start < r.end)
			ram_ranges[nr_ram_ranges++] = r;
		max_pfn = r.end;
	}
}

/*
 * Memory for one mapping of at most `*size` bytes: as much in one piece as there
 * is.  Large pages need their own alignment; where even one cannot be had, small
 * ones do.
 */
static phys_addr_t __init alloc_backing(unsigned long *size)
{
	unsigned long align = *size >= PMD_SIZE ? PMD_SIZE : PAGE_SIZE;
	phys_addr_t pa;

	for (;;) {
		pa = memblock_phys_alloc_range(*size, align, 0, memblock_end_of_ram());
		if (pa)
			return pa;
		if (*size == PAGE_SIZE)
			panic("no memory for struct pages");
		if (*size <= PMD_SIZE)
			align = PAGE_SIZE;
		*size = ALIGN_DOWN(*size / 2, align);
	}
}

/* Back the struct pages of [start_pfn, end_pfn), both multiples of a largest block. */
static void __init back_run(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long va = (unsigned long)pfn_to_page(start_pfn);
	unsigned long end = (unsigned long)pfn_to_page(end_pfn);
	unsigned long size;
	phys_addr_t pa;

	if (end > VMEMMAP_START + VMEMMAP_SIZE)
		panic("RAM at pfn %#lx is beyond what the vmemmap has room for", end_pfn);
	for (; va < end; va += size) {
		/* Up to the next large page, then large pages, then what is left. */
		size = ALIGN_DOWN(end - va, PMD_SIZE);
		if (!IS_ALIGNED(va, PMD_SIZE) || size == 0)
			size = min(end, ALIGN(va + 1, PMD_SIZE)) - va;
		pa = alloc_backing(&size);
		if (map_page_range(&init_mm, va, pa, size, PAGE_KERNEL, PG_LEVEL_2M))
			panic("cannot map struct pages at %#lx", va);
	}
}

void __init vmemmap_init(void (*fn)(unsigned long start_pfn, unsigned long end_pfn))
{
	unsigned long run_start = 0, run_end = 0;
	unsigned int i;

	note_ram();
	for (i = 0; i <= nr_ram_ranges; i++) {
		bool last = i == nr_ram_ranges;
		unsigned long start =
			last ? ~0UL : ALIGN_DOWN(ram_ranges[i].start, MAX_BLOCK_PAGES);

		if (start > run_end && run_end > run_start) {
			back_run(run_start, run_end);
			fn(run_start, run_end);
		}
		if (last)
			break;
		if (start > run_end || i == 0)
			run_start = start;
		run_end = ALIGN(ram_ranges[i].end, MAX_BLOCK_PAGES);
	}
}

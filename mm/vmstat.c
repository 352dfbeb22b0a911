// SPDX-License-Identifier: MIT
/*
 * The counters' sums, and the account of all RAM.
 *
 * Each page of RAM is free, used or reserved, and the page allocator counts each
 * of the three by itself, at the place where a page changes sides.  That they add
 * up to all RAM is therefore no tautology; page_census() goes further and has the
 * struct pages say what they are.
 */
#include "mm/vmstat.h"
#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/vmemmap.h"

DEFINE_PER_CPU(struct vm_counters, vm_counters);

unsigned long global_page_state(enum vm_stat_item item)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) sum += READ_ONCE(per_cpu(vm_counters, cpu).item[item]);
	return sum;
}

/* In the order in which Linux prints them; those that it does not have come last. */
static const struct {
	const char *name;
	enum vm_stat_item item;
} lines[] = {
	{ "nr_slab_unreclaimable", NR_SLAB_UNRECLAIMABLE },
	{ "nr_anon_pages", NR_ANON_MAPPED },
	{ "nr_mapped", NR_FILE_MAPPED },
	{ "nr_anon_transparent_hugepages", NR_ANON_THPS },
	{ "nr_foll_pin_acquired", NR_FOLL_PIN_ACQUIRED },
	{ "nr_foll_pin_released", NR_FOLL_PIN_RELEASED },
	{ "nr_page_table_pages", NR_PAGETABLE },
	{ "pgalloc_dma", PGALLOC_DMA },
	{ "pgalloc_dma32", PGALLOC_DMA32 },
	{ "pgalloc_normal", PGALLOC_NORMAL },
	{ "pgalloc_high", PGALLOC_HIGH },
	{ "pgfree", PGFREE },
	{ "pgfault", PGFAULT },
	{ "pgmajfault", PGMAJFAULT },
	{ "thp_fault_alloc", THP_FAULT_ALLOC },
	{ "thp_split_pmd", THP_SPLIT_PMD },
	{ "nr_tlb_remote_flush", NR_TLB_REMOTE_FLUSH },
	{ "nr_tlb_remote_flush_received", NR_TLB_REMOTE_FLUSH_RECEIVED },
	{ "nr_tlb_local_flush_all", NR_TLB_LOCAL_FLUSH_ALL },
	{ "nr_tlb_local_flush_one", NR_TLB_LOCAL_FLUSH_ONE },
	{ "direct_map_level2_splits", DIRECT_MAP_LEVEL2_SPLIT },
	{ "direct_map_level3_splits", DIRECT_MAP_LEVEL3_SPLIT },
	{ "nr_vmalloc", NR_VMALLOC },
	{ "nr_vmap", NR_VMAP },
	{ "nr_ioremap", NR_IOREMAP },
	{ "kmap_high", KMAP_HIGH },
	{ "faults_injected", FAULTS_INJECTED },
};

_Static_assert(ARRAY_SIZE(lines) == NR_VM_STAT_ITEMS, "a line for each counter");

void show_vmstat(struct sink *out)
{
	struct page_counts c;

	get_page_counts(&c);
	sink_printf(out, "nr_free_pages %lu\n", c.free);
	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++)
		sink_printf(out, "%s %lu\n", lines[i].name, global_page_state(lines[i].item));
	sink_printf(out, "nr_ram_pages %lu\nnr_used_pages %lu\nnr_reserved_pages %lu\n", c.ram,
		    c.used, c.reserved);
}

/* ---- the account ---- */

/*
 * What the pages from pfn on are, as many as say the same, `n` at most: that many
 * are added to the count.  A page that is not free, not reserved and without a
 * reference waits in a list of single pages: free.
 */
static unsigned long count_run(struct page_counts *counts, unsigned long pfn, unsigned long n)
{
	struct page *page = pfn_to_page(pfn);
	unsigned int flags = page_flags(page);
	unsigned long run;

	if (flags & PG_FRESH) {
		run = min(ALIGN(pfn + 1, MAX_BLOCK_PAGES) - pfn, n);
		*(flags & PG_RESERVED ? &counts->reserved : &counts->free) += run;
		return run;
	}
	if (flags & PG_RESERVED) {
		counts->reserved++;
		counts->pinned += page_pincount(page);
		return 1;
	}
	run = flags & PG_BUDDY || page_holders(page) ? 1UL << page->order : 1;
	WARN(run > n || !IS_ALIGNED(pfn, run), "page census: a block of order %u at page %#lx\n",
	     page->order, pfn);
	run = min(run, n);
	*(page_holders(page) ? &counts->used : &counts->free) += run;
	if (page_pincount(page))
		counts->pinned += pages_pinned(page) * page_pincount(page);
	return run;
}

bool page_census(struct page_counts *counts)
{
	unsigned long start, end, flags;
	struct page_counts told;

	*counts = (struct page_counts){ 0 };
	flags = local_irq_save(); /* other CPUs are to keep still by themselves */
	for (unsigned int i = 0; ram_pfn_range(i, &start, &end); i++) {
		counts->ram += end - start;
		while (start < end)
			start += count_run(counts, start, end - start);
	}
	get_page_counts(&told);
	local_irq_restore(flags);
	return told.ram == counts->ram && told.free == counts->free && told.used == counts->used &&
	       told.reserved == counts->reserved && told.pinned == counts->pinned &&
	       told.ram == told.free + told.used + told.reserved;
}

static int cmd_vmstat(struct sink *out, int argc, char **argv)
{
	struct page_counts c, told;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	show_vmstat(out);
	if (page_census(&c))
		return 0;
	get_page_counts(&told);
	sink_printf(
		out,
		"vmstat: the account is wrong: counted are %lu free, %lu used, %lu reserved of %lu "
		"pages, %lu pinned; the struct pages say %lu, %lu, %lu of %lu, %lu\n",
		told.free, told.used, told.reserved, told.ram, told.pinned, c.free, c.used,
		c.reserved, c.ram, c.pinned);
	return -EIO;
}
MONITOR_COMMAND(vmstat, "",
		"counters of memory, as /proc/vmstat; checks that all pages are accounted for",
		cmd_vmstat);

// SPDX-License-Identifier: MIT
/*
 * How the page allocator comes by its RAM.
 *
 * mem_init() declares all RAM reserved, and then takes over from memblock what
 * is free, in the largest aligned blocks that fit.  A block of the largest order
 * costs one struct page to take over, however large RAM is; only where a free
 * piece begins or ends inside such a block, its pages are written one by one.
 *
 * What stays reserved: the image, the struct pages themselves, early page
 * tables, the loader's data, the first MiB.  Parts of it can come later, through
 * free_reserved_area().
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "mm/memblock.h"
#include "mm/page_poison.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/vmemmap.h"
#include "mm/vmstat.h"
#include "mm/zone.h"

static unsigned int zone_index(unsigned long pfn)
{
	unsigned int z = ZONE_DMA;

	while (pfn >= zones[z].end_pfn)
		z++;
	return z;
}

/* A whole fresh block of reserved pages becomes free; the lock is held. */
static void release_fresh_block(struct zone *zone, struct page *head)
{
	head->flags = PG_FRESH | PG_BUDDY;
	head->order = TOP_ORDER;
	list_add_tail(&head->lru, &zone->free_list[TOP_ORDER]); /* lowest address first */
	zone->nr_free[TOP_ORDER]++;
	zone->orders |= 1U << TOP_ORDER;
	zone->free += MAX_BLOCK_PAGES;
}

/*
 * Reserved pages from pfn on become free: as many, up to end_pfn, as make one
 * aligned block.  Returns how many; 0 where one of them is not reserved.
 */
static unsigned long release_block(unsigned long pfn, unsigned long end_pfn)
{
	unsigned int order =
		min(ilog2(end_pfn - pfn), (unsigned int)__builtin_ctzl(pfn | MAX_BLOCK_PAGES));
	unsigned long i, n = 1UL << order, flags;
	struct page *page = pfn_to_page(pfn), *head = page_block_head(page);
	struct zone *zone = page_zone(head);

	spin_lock_irqsave(&zone->lock, flags);
	if (order == TOP_ORDER && in_fresh_reserved(head)) {
		zone->reserved -= n;
		release_fresh_block(zone, head);
		goto out;
	}
	if (in_fresh_reserved(head))
		thaw_block(head);
	for (i = 0; i < n; i++) {
		if (!(page_flags(page + i) & PG_RESERVED)) {
			n = 0;
			goto out;
		}
	}
	for (i = 0; i < n; i++) {
		page[i].flags = 0;
		page[i].refcount = 0;
	}
	if (unlikely(page_debug & PAGE_DEBUG_POISON))
		poison_pages(page, order);
	zone->reserved -= n;
	zone->used += n;
	zone_free(zone, page, order);
out:
	spin_unlock_irqrestore(&zone->lock, flags);
	return n;
}

static void release_pages(unsigned long pfn, unsigned long end_pfn)
{
	while (pfn < end_pfn) {
		unsigned long n = release_block(pfn, end_pfn);

		if (WARN(n == 0, "pages at %#lx are freed but were not reserved\n", pfn))
			return;
		pfn += n;
	}
}

void free_reserved_area(void *start, void *end, const char *what)
{
	unsigned long pfn = PFN_UP(__pa(start)), end_pfn = PFN_DOWN(__pa(end));

	if (pfn >= end_pfn)
		return;
	release_pages(pfn, end_pfn);
	pr_info("Freeing %s memory: %luK\n", what, (end_pfn - pfn) << (PAGE_SHIFT - 10));
}

/* High memory begins where the direct map ends, and all zones below end there. */
static void __init end_zones(void)
{
	for (unsigned int z = 0; z < ZONE_HIGHMEM; z++)
		zones[z].end_pfn = min(zones[z].end_pfn, (unsigned long)PFN_DOWN(direct_map_end));
}

/* All blocks begin reserved. */
static void __init reserve_run(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long pfn;

	for (pfn = start_pfn; pfn < end_pfn; pfn += MAX_BLOCK_PAGES)
		*pfn_to_page(pfn) = (struct page){
			.flags = PG_FRESH | PG_RESERVED,
			.zone = zone_index(pfn),
		};
}

/* A free piece of RAM, as memblock tells it. */
static void __init release_piece(phys_addr_t start, phys_addr_t end)
{
	release_pages(PFN_UP(start), PFN_DOWN(end));
}

/* Count RAM into the zones, all of it reserved for now, and say where they are. */
static void __init count_zones(void)
{
	unsigned long start, end, zone_start = 0, low, high;
	unsigned int i, z;

	pr_info("Zone ranges:\n");
	for (z = 0; z < NR_ZONES; zone_start = zones[z++].end_pfn) {
		struct zone *zone = &zones[z];
		unsigned long first = ~0UL, last = 0;

		for (i = 0; i < MAX_ORDER; i++)
			INIT_LIST_HEAD(&zone->free_list[i]);
		for (i = 0; ram_pfn_range(i, &start, &end); i++) {
			low = max(start, zone_start);
			high = min(end, zone->end_pfn);
			if (low >= high)
				continue;
			zone->ram += high - low;
			first = min(first, low);
			last = high;
		}
		zone->reserved = zone->ram;
		if (zone->ram)
			pr_info("  %-8s [mem %#018llx-%#018llx]\n", zone->name,
				(unsigned long long)PFN_PHYS(first),
				(unsigned long long)PFN_PHYS(last) - 1);
		else if (z != ZONE_HIGHMEM)
			pr_info("  %-8s empty\n", zone->name);
	}
}

/* A site that may fail is off the short ways, which do not ask. */
static void fault_planned(u32 sites)
{
	WRITE_ONCE(page_debug, (sites & BIT(FAULT_PAGE) ? PAGE_DEBUG_FAIL : 0) |
				       (page_debug & ~PAGE_DEBUG_FAIL));
	kmalloc_use_magazines(!(sites & BIT(FAULT_SLAB)));
}

static void fault_happened(void)
{
	count_vm_event(FAULTS_INJECTED);
}

static const struct fault_inject_ops fault_ops = { fault_planned, fault_happened };

void __init mem_init(void)
{
	struct page_counts c;

	page_poison_init();
	end_zones();
	vmemmap_init(reserve_run);
	count_zones();
	memblock_for_each_free(release_piece);
	mark_boot_tables();
	get_page_counts(&c);
	pr_info("Memory: %luK/%luK available (%luK reserved)\n", c.free << (PAGE_SHIFT - 10),
		c.ram << (PAGE_SHIFT - 10), c.reserved << (PAGE_SHIFT - 10));
	single_pages_init();
	fault_inject_init(&fault_ops); /* up to here nothing may fail */
}

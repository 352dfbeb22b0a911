// SPDX-License-Identifier: MIT
/*
 * What is at a physical address: for firmware, for the register, for the page
 * allocator, for the MTRRs; and under which virtual addresses, with which rights
 * and what memory type in the end, the page can be reached.
 *
 * The mappings are found by a walk over all page tables: that is slow, but it also
 * finds the one that nobody remembers.
 */
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "kernel/monitor/whatis.h"
#include "mm/device_map.h"
#include "mm/e820.h"
#include "mm/memtype.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/reserved.h"
#include "mm/zone.h"

/* ---------------------------------------------------------------- e820 */

static void print_e820_entry(struct sink *out, const char *label, const char *where,
			     const struct e820_entry *e)
{
	char word[E820_TYPE_WORD];

	whatis_line(out, label, "%s[mem 0x%08lx-0x%08lx] %s", where, e->addr,
		    e->addr + (e->size - 1), e820_type_word(e->type, word));
}

static void print_e820_range(struct sink *out, phys_addr_t start, phys_addr_t last)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		if (e->addr <= last && e->addr + (e->size - 1) >= start)
			print_e820_entry(out, nr++ ? "" : "e820", "", e);
	}
	if (!nr)
		whatis_line(out, "e820", "none");
}

static void print_e820(struct sink *out, phys_addr_t phys)
{
	const struct e820_entry *below = NULL, *above = NULL;

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		if (phys - e->addr < e->size) {
			print_e820_entry(out, "e820", "", e);
			return;
		}
		if (e->addr < phys)
			below = e;
		else if (!above)
			above = e;
	}
	if (below)
		print_e820_entry(out, "e820", "none; below is ", below);
	if (above)
		print_e820_entry(out, below ? "" : "e820", below ? "above is " : "none; above is ",
				 above);
	if (!below && !above)
		whatis_line(out, "e820", "the table is empty");
}

/* ---------------------------------------------------------------- the page */

/* The first page of the block that a page lies in, free or not; itself where there is none. */
static const struct page *head_of(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		const struct page *head = pfn_to_page(pfn & ~((1UL << order) - 1));

		if (!pfn_valid(page_to_pfn(head)))
			break;
		if (head->order >= order && (page_flags(head) & PG_BUDDY || page_holders(head)))
			return head;
	}
	return page;
}

static const char *use_of(unsigned int flags)
{
	if (flags & PG_RESERVED)
		return "reserved since boot";
	if (flags & (PG_BUDDY | PG_SINGLE))
		return "free";
	if (flags & PG_SLAB)
		return "slab";
	if (flags & PG_TABLE)
		return "page table";
	return flags & PG_KMALLOC ? "kmalloc" : "in use";
}

void whatis_page_use(phys_addr_t phys, char *buf, size_t size)
{
	const struct page *page = pfn_to_page(PFN_DOWN(phys)), *head;
	int n;

	head = page_flags(page) & PG_RESERVED ? page : head_of(page);
	n = scnprintf(buf, size, "%s", use_of(page_flags(head)));
	if (page_holders(head) && head->owner && !(page_flags(page) & PG_RESERVED))
		scnprintf(buf + n, size - n, ", allocated by %pS", (void *)head->owner);
}

static void print_page(struct sink *out, phys_addr_t phys)
{
	const struct page *page, *head;
	char object[100];

	if (!pfn_valid(PFN_DOWN(phys))) {
		whatis_line(out, "page", "none: not RAM that the page allocator knows");
		return;
	}
	page = pfn_to_page(PFN_DOWN(phys));
	head = page_flags(page) & PG_RESERVED ? page : head_of(page);
	whatis_line(out, "page", "pfn %#lx, zone %s, %s, %d references", PFN_DOWN(phys),
		    page_zone(page)->name, use_of(page_flags(head)), page_count(head));
	if (page_flags(page) & PG_RESERVED && reserved_ram_at(phys))
		whatis_line(out, "", "it is %s", reserved_ram_at(phys)->name);
	if (page_pincount(head))
		whatis_line(out, "", "pinned %d times: a device may read or write it",
			    page_pincount(head));
	if (head->order && !(page_flags(page) & PG_RESERVED))
		whatis_line(out, "", "in the block of order %u at %#lx", head->order,
			    page_to_phys(head));
	if (page_flags(page) & PG_SLAB) {
		describe_slab_object(__va(phys), object, sizeof(object));
		whatis_line(out, "", "%s", object);
	}
	if (page_holders(head) && head->owner && !(page_flags(page) & PG_RESERVED))
		whatis_line(out, "", "allocated by %pS", (void *)head->owner);
}

/* ---------------------------------------------------------------- types and mappings */

static void print_types(struct sink *out, phys_addr_t phys, enum mtrr_type mtrr)
{
	enum page_cache_mode mode;
	unsigned long holder;
	bool reserved = memtype_lookup(phys, &mode, &holder);

	whatis_line(out, "type", "MTRR %s", mtrr_type_name(mtrr));
	if (reserved && holder)
		whatis_line(out, "", "%s for %pS", cattr_name(mode), (void *)holder);
	else if (reserved)
		whatis_line(out, "", "%s, as all RAM", cattr_name(mode));
	else
		whatis_line(out, "", "not reserved by anybody");
}

#define MAX_VIEWS 32 /* shown; the others are counted */

struct views {
	phys_addr_t phys;
	unsigned int nr;
	struct view {
		unsigned long va;
		enum pg_level level;
		u64 entry;
	} view[MAX_VIEWS];
};

/* Under the page tables' lock: note it, print later. */
static void note_view(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long size = page_level_size(level);
	phys_addr_t start = pte_val(entry) & PTE_PFN_MASK & ~(size - 1);
	struct views *views = arg;

	if (views->phys - start >= size)
		return;
	if (views->nr < MAX_VIEWS)
		views->view[views->nr] =
			(struct view){ va + (views->phys - start), level, pte_val(entry) };
	views->nr++;
}

static void print_view(struct sink *out, const struct view *view, enum mtrr_type mtrr,
		       const char *label)
{
	static const char *const sizes[] = { "?", "4K", "2M", "1G" };
	enum page_cache_mode mode = entry_cachemode(view->entry, view->level);
	char owner[100];

	whatis_owner(view->va, owner, sizeof(owner));
	whatis_line(out, label, "0x%016lx %s %s %s%s %s, in effect %s", view->va,
		    sizes[view->level], view->entry & _PAGE_RW ? "RW" : "ro",
		    view->entry & _PAGE_NX ? "NX" : "x", view->entry & _PAGE_USER ? " USR" : "",
		    cattr_name(mode), cattr_name(effective_memory_type(mode, mtrr)));
	whatis_line(out, "", "  %s", owner);
}

static void print_views(struct sink *out, phys_addr_t phys, enum mtrr_type mtrr)
{
	struct views views = { .phys = phys };

	for_each_mapping(&init_mm, note_view, &views);
	for (unsigned int i = 0; i < views.nr && i < MAX_VIEWS; i++)
		print_view(out, &views.view[i], mtrr, i ? "" : "mapped");
	if (!views.nr)
		whatis_line(out, "mapped", "nowhere");
	if (views.nr > MAX_VIEWS)
		whatis_line(out, "", "and %u times more", views.nr - MAX_VIEWS);
}

void whatis_physical(struct sink *out, phys_addr_t phys)
{
	enum mtrr_type mtrr = mtrr_type_lookup(phys, phys + 1, NULL);

	sink_printf(out, "physical address 0x%lx\n", phys);
	print_e820(out, phys);
	whatis_register(out, &iomem_resource, phys, phys);
	print_page(out, phys);
	print_types(out, phys, mtrr);
	print_views(out, phys, mtrr);
}

/* ---------------------------------------------------------------- ranges */

/* Where what is no RAM of it is mapped; RAM is, in the direct map, and by whoever allocated it. */
static void print_runs(struct sink *out, phys_addr_t start, phys_addr_t last)
{
	struct device_map map;
	unsigned int nr = 0;
	char owner[100];

	if (device_map_take(&map) != 0) {
		whatis_line(out, "mapped", "no memory to tell where");
		return;
	}
	for (unsigned int i = 0; i < map.nr; i++) {
		const struct device_run *run = &map.run[i];

		if (run->phys > last || run->phys + (run->size - 1) < start)
			continue;
		whatis_owner(run->va, owner, sizeof(owner));
		whatis_line(out, nr++ ? "" : "mapped", "[mem 0x%08lx-0x%08lx] at %#lx, %s",
			    run->phys, run->phys + (run->size - 1), run->va, cattr_name(run->mode));
		whatis_line(out, "", "  %s", owner);
	}
	if (!nr)
		whatis_line(out, "mapped", "nowhere but as RAM");
	device_map_free(&map);
}

void whatis_physical_range(struct sink *out, phys_addr_t start, phys_addr_t last)
{
	bool uniform;
	enum mtrr_type mtrr = mtrr_type_lookup(start, last + 1, &uniform);

	sink_printf(out, "physical range 0x%lx-0x%lx\n", start, last);
	print_e820_range(out, start, last);
	whatis_register(out, &iomem_resource, start, last);
	whatis_line(out, "type", "MTRR %s", uniform ? mtrr_type_name(mtrr) : "of several types");
	print_runs(out, start, last);
}

// SPDX-License-Identifier: MIT
/*
 * audit: what the kernel's page tables must never hold.
 *
 *	wx	a page that is writable and executable (SDM 3A, 4.6: by all levels together)
 *	cache	device memory that is cached in effect, and a page of RAM that is mapped with two types
 *	slots	an early_ioremap() slot that nobody gave back
 *	mapped	an ioremap() of addresses that nobody has in the register, nor firmware's tables name
 *
 * Device memory is what no entry of firmware's map has: its "reserved" may be tables in RAM as well
 * as registers, and those the register knows.
 */
#include "kernel/core/audit.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/core/witness.h"
#include "kernel/lib/string.h"
#include "mm/device_map.h"
#include "mm/e820.h"
#include "mm/early_ioremap.h"
#include "mm/memtype.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/ptdump.h"
#include "mm/vmalloc.h"

static void audit_wx(struct audit *audit)
{
	unsigned long addr = KERNEL_HALF;
	struct pt_range r;

	do {
		pt_next_range(&init_mm, addr, &r);
		if (r.writable && r.executable)
			audit_fault(audit, "[%#lx-%#lx] is writable and executable", r.start,
				    r.last);
		if (r.broken)
			audit_fault(audit, "the entry %#lx at %#lx leads nowhere", r.broken,
				    r.start);
		addr = r.last + 1;
	} while (addr);
}
AUDIT_CHECK(wx, audit_wx);

/* ---------------------------------------------------------------- cache */

static bool table_has(const struct e820_table *table, phys_addr_t start, phys_addr_t end)
{
	for (unsigned int i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *e = &table->entries[i];

		if (e->addr < end && e->addr + (e->size - 1) >= start)
			return true;
	}
	return false;
}

/* A claim: someone works there, not only keeps others away, as behind the end of RAM. */
static bool is_worked_at(const struct resource *res, void *unused)
{
	(void)unused;
	return res->flags & IORESOURCE_BUSY &&
	       !(res->flags & (IORESOURCE_UNDRIVEN | IORESOURCE_SYSRAM)) &&
	       strcmp(res->name, "RAM buffer") != 0;
}

static bool is_device(phys_addr_t start, phys_addr_t end)
{
	if (table_has(&e820_table, start, end) || table_has(&e820_table_firmware, start, end))
		return resource_walk(&iomem_resource, start, end - 1, is_worked_at, NULL);
	return true;
}

static void audit_device_runs(struct audit *audit)
{
	struct device_map map;

	if (device_map_take(&map) != 0) {
		audit_fault(audit, "no memory to look");
		return;
	}
	for (unsigned int i = 0; i < map.nr; i++) {
		const struct device_run *run = &map.run[i];
		phys_addr_t end = run->phys + run->size;
		enum page_cache_mode effect =
			effective_memory_type(run->mode, mtrr_type_lookup(run->phys, end, NULL));

		if (is_cached_mode(effect) && is_device(run->phys, end))
			audit_fault(audit, "[mem 0x%08lx-0x%08lx] is a device's, %s at %#lx",
				    run->phys, end - 1, cattr_name(effect), run->va);
	}
	device_map_free(&map);
}

#define MAX_ALIASES 8 /* told of one audit; all are counted */

struct aliases {
	unsigned int nr;
	struct alias {
		unsigned long va;
		phys_addr_t phys;
		enum page_cache_mode mode, type;
	} alias[MAX_ALIASES];
};

/* Under the page tables' lock; the memory types' is a leaf. */
static void note_alias(unsigned long va, enum pg_level level, pte_t pte, void *arg)
{
	unsigned long size = page_level_size(level);
	phys_addr_t phys = pte_val(pte) & PTE_PFN_MASK & ~(size - 1);
	enum page_cache_mode mode = entry_cachemode(pte_val(pte), level), type;
	struct aliases *a = arg;
	unsigned long holder;

	if (!pfn_valid(PFN_DOWN(phys)) || (mode == _PAGE_CACHE_MODE_WB && !nr_ram_memtypes()))
		return;
	for (phys_addr_t end = phys + size; phys < end; phys += PAGE_SIZE, va += PAGE_SIZE) {
		if (!memtype_lookup(phys, &type, &holder) || type == mode)
			continue;
		if (a->nr++ < MAX_ALIASES)
			a->alias[a->nr - 1] = (struct alias){ va, phys, mode, type };
	}
}

static void audit_cache(struct audit *audit)
{
	struct aliases a = { .nr = 0 };

	audit_device_runs(audit);
	for_each_mapping(&init_mm, note_alias, &a);
	for (unsigned int i = 0; i < a.nr && i < MAX_ALIASES; i++)
		audit_fault(audit, "RAM at %#lx is %s, but %s at %#lx", a.alias[i].phys,
			    cattr_name(a.alias[i].type), cattr_name(a.alias[i].mode),
			    a.alias[i].va);
	if (a.nr > MAX_ALIASES)
		audit_fault(audit, "and %u pages of RAM more", a.nr - MAX_ALIASES);
}
AUDIT_CHECK(cache, audit_cache);

/* ---------------------------------------------------------------- who mapped what */

static void audit_slots(struct audit *audit)
{
	int held = early_ioremap_used();

	if (held)
		audit_fault(audit, "%d early_ioremap() slots are held", held);
}
AUDIT_CHECK(slots, audit_slots);

/* Somebody's own, and not only a bridge's way there. */
static bool is_owner(const struct resource *res, void *unused)
{
	(void)unused;
	return !(res->flags & (IORESOURCE_WINDOW | IORESOURCE_STARTALIGN));
}

static void audit_mapped(struct audit *audit)
{
	unsigned long addr = VMALLOC_START;
	struct vm_struct vm;

	while (next_vm_area(addr, &vm)) {
		phys_addr_t last = vm.phys_addr + vm.size - PAGE_SIZE - 1;

		addr = (unsigned long)vm.addr + vm.size;
		if (vm.flags & VM_IOREMAP &&
		    !resource_walk(&iomem_resource, vm.phys_addr & PAGE_MASK, last, is_owner,
				   NULL) &&
		    !witness_names(&iomem_resource, vm.phys_addr & PAGE_MASK, last))
			audit_fault(audit, "[mem 0x%08lx-0x%08lx] is nobody's, mapped for %pS",
				    vm.phys_addr & PAGE_MASK, last, (void *)vm.caller);
	}
}
AUDIT_CHECK(mapped, audit_mapped);

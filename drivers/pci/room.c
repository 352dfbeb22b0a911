// SPDX-License-Identifier: MIT
/*
 * Room for one resource: where in the windows of its bus it can lie.
 *
 * The lowest place that is free, aligned and allowed.  Not allowed is what
 * firmware's memory map names at all (RAM or not, something is there), the last
 * 2 MiB below 4 GiB, where the ROM answers, memory below 1 MiB, and ports that a
 * card of the ISA age would mistake for its own: such a card decodes ten address
 * bits, so of any KiB only the first quarter is nobody's.
 *
 * Which windows suit: what may be prefetched and is 64 bits wide prefers a window
 * that is both, then a prefetchable one, then any; what is neither must not lie
 * in a prefetchable window, since reading it may have side effects.  64-bit
 * resources are put above 4 GiB where there is a choice.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/assign.h"
#include "drivers/pci/options.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/e820.h"

#define PCI_MIN_IO    0x1000ULL /* in the whole register: below lie the board's own ports */
#define PCI_MIN_MEM   0x100000ULL
#define PCI_GAP_LIMIT 0x100000000ULL
#define PCI_GAP_MIN   0x400000ULL /* a smaller hole is none */
#define ROM_FIRST     0xffe00000ULL
#define ROM_LAST      0xffffffffULL

/* Where the hole for PCI begins: the least address in a window that is the whole register. */
static resource_size_t pci_mem_start;

/* The biggest hole between e820's entries below 4 GiB: firmware puts PCI there. */
void pci_find_gap(void)
{
	unsigned int i = e820_table.nr_entries;
	u64 last = PCI_GAP_LIMIT, size = PCI_GAP_MIN;

	pci_mem_start = PCI_GAP_LIMIT;
	while (i-- > 0) {
		const struct e820_entry *entry = &e820_table.entries[i];
		u64 end = entry->addr + entry->size;

		if (last > end && last - end >= size) {
			size = last - end;
			pci_mem_start = end;
		}
		last = min(last, entry->addr);
	}
	if (pci_mem_start == PCI_GAP_LIMIT)
		pr_warn("no hole in the memory map below 4 GiB\n");
	else
		pr_info("[mem 0x%08lx-0x%08llx] available for PCI devices\n", pci_mem_start,
			(unsigned long long)pci_mem_start + size - 1);
}

/* Take [start, end] out of the gap: the bigger of what is left on both sides stays. */
static void cut_out(struct resource *gap, resource_size_t start, resource_size_t end)
{
	resource_size_t low, high;

	if (gap->end < start || gap->start > end)
		return;
	low = gap->start < start ? start - gap->start : 0;
	high = gap->end > end ? gap->end - end : 0;
	if (low > high)
		gap->end = start - 1;
	else
		gap->start = end + 1;
}

static resource_size_t align_ports(struct resource *gap, resource_size_t align)
{
	resource_size_t start = ALIGN(gap->start, align);

	return start & 0x300 ? ALIGN(start, 0x400) : start;
}

static resource_size_t align_memory(struct resource *gap, resource_size_t align)
{
	cut_out(gap, ROM_FIRST, ROM_LAST);
	for (unsigned int i = 0; pci_options.use_e820 && i < e820_table.nr_entries; i++) {
		const struct e820_entry *entry = &e820_table.entries[i];

		cut_out(gap, entry->addr, entry->addr + entry->size - 1);
	}
	return max(ALIGN(gap->start, align), (resource_size_t)PCI_MIN_MEM);
}

/* What has no place and must be found one. */
struct request {
	struct resource *res;
	resource_size_t size, align;
};

/* In a window between those bounds that is of the same type, and the same in `alike`. */
static bool try_windows(const struct pci_bus *bus, const struct request *q, unsigned long alike,
			resource_size_t low, resource_size_t high)
{
	bool ports = q->res->flags & IORESOURCE_IO;
	struct resource *window;

	for_each_pci_window(window, bus) {
		resource_size_t first = max(window->start, low);

		if ((window->flags ^ q->res->flags) & (IORESOURCE_TYPE_BITS | alike) ||
		    (window->flags & ~q->res->flags & IORESOURCE_PREFETCH))
			continue;
		/* A window's own start counts; what begins at 0 is a whole register. */
		if (!first)
			first = ports ? PCI_MIN_IO : pci_mem_start;
		if (!allocate_resource(window, q->res, q->size, first, high, q->align,
				       ports ? align_ports : align_memory))
			return true;
	}
	return false;
}

/* 64-bit ones above 4 GiB first, then anywhere; others below. */
static bool try_heights(const struct pci_bus *bus, const struct request *q, unsigned long alike)
{
	if (!(q->res->flags & IORESOURCE_MEM_64))
		return try_windows(bus, q, alike, 0, PCI_GAP_LIMIT - 1);
	return try_windows(bus, q, alike, PCI_GAP_LIMIT, ~0ULL) ||
	       try_windows(bus, q, alike, 0, ~0ULL);
}

/* The kinds of windows in the order of preference, then those of the bus above, if they show. */
static bool find_place(const struct pci_dev *dev, const struct request *q)
{
	const unsigned long both = IORESOURCE_PREFETCH | IORESOURCE_MEM_64;
	unsigned long flags = q->res->flags & both;
	const struct pci_bus *bus = dev->bus;

	for (;; bus = bus->parent) {
		if (try_heights(bus, q, both) ||
		    (flags == both && try_heights(bus, q, IORESOURCE_PREFETCH)) ||
		    (flags && try_heights(bus, q, 0)))
			return true;
		if (!bus->self || !bus->self->transparent)
			return false;
	}
}

resource_size_t pci_resource_alignment(const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];

	/* SR-IOV 1.1, 3.3.14: a range of many, each aligned to its own size. */
	if (nr >= PCI_IOV_RESOURCES && nr <= PCI_IOV_RESOURCE_END)
		return dev->vf_bar_size[nr - PCI_IOV_RESOURCES];
	if (pci_is_cardbus(dev))
		return pci_cardbus_alignment(res); /* its BAR too: Linux's rule */
	if (res->flags & IORESOURCE_STARTALIGN)
		return res->start;
	return res->flags & IORESOURCE_SIZEALIGN ? resource_size(res) : 0;
}

/* Back to where firmware had it: better than nothing, and on a root bus it may even work. */
static bool revert_to_firmware(struct pci_dev *dev, int nr, resource_size_t size)
{
	struct resource *res = &dev->resource[nr], *parent, *conflict;
	resource_size_t start = res->start;

	if (nr > PCI_IOV_RESOURCE_END || !dev->fw_addr[nr])
		return false;
	res->start = dev->fw_addr[nr];
	res->end = res->start + size - 1;
	res->flags &= ~(unsigned long)IORESOURCE_UNSET;
	parent = pci_find_parent_resource(dev, res);
	if (!parent && !dev->bus->self)
		parent = res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource;
	conflict = parent ? request_resource_conflict(parent, res) : NULL;
	if (parent && !conflict)
		return true;
	if (conflict)
		pci_info(dev, "%s %pR: conflicts with %s %pR\n", pci_resource_name(dev, nr), res,
			 conflict->name, conflict);
	res->start = start;
	res->end = start + size - 1;
	return false;
}

bool pci_assign_resource(struct pci_dev *dev, int nr)
{
	struct resource *res = &dev->resource[nr];
	const struct request q = { res, resource_size(res), pci_resource_alignment(dev, nr) };

	if (!find_place(dev, &q)) {
		pci_info(dev, "%s: can't assign; no space for %#lx %s\n",
			 pci_resource_name(dev, nr), q.size,
			 res->flags & IORESOURCE_IO ? "ports" : "bytes");
		if (!revert_to_firmware(dev, nr, q.size)) {
			res->flags |= IORESOURCE_UNSET;
			return false;
		}
	}
	res->flags &= ~(unsigned long)(IORESOURCE_UNSET | IORESOURCE_STARTALIGN);
	pci_info(dev, "%s %pR: assigned\n", pci_resource_name(dev, nr), res);
	if (nr <= PCI_IOV_RESOURCE_END)
		pci_update_resource(dev, nr);
	return true;
}

void pci_grow_resource(struct pci_dev *dev, int nr, resource_size_t add, resource_size_t align)
{
	struct resource *res = &dev->resource[nr], *parent = res->parent;
	const struct request q = { res, resource_size(res) + add, align };

	release_resource(res);
	if (!find_place(dev, &q)) {
		request_resource(parent, res); /* its place is still free */
		pci_info(dev, "%s %pR: failed to expand by %#lx\n", pci_resource_name(dev, nr), res,
			 add);
		return;
	}
	res->flags &= ~(unsigned long)IORESOURCE_STARTALIGN;
	pci_info(dev, "%s %pR: expanded by %#lx\n", pci_resource_name(dev, nr), res, add);
}

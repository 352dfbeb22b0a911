// SPDX-License-Identifier: MIT
/*
 * Addresses for BARs and ROMs that have none: left out by firmware, or lost in
 * a conflict.
 *
 * Bus by bus from the root down, and on each bus the biggest first, since a
 * BAR is aligned to its size and the small ones fill the gaps.  Room comes from
 * the bus's windows: behind a bridge from the bridge's, whose bounds hold; on a
 * root bus whose host bridge's windows are not known from the biggest hole that
 * firmware's memory map leaves below 4 GiB, where firmware too puts PCI.
 *
 * Windows of bridges are not moved or opened here.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/errno.h"
#include "kernel/printk.h"
#include "mm/e820.h"

#define PCI_MIN_IO    0x1000ULL /* below lie the ports of the board itself */
#define PCI_MIN_MEM   0x100000ULL
#define PCI_GAP_LIMIT 0x100000000ULL
#define PCI_GAP_MIN   0x400000ULL /* a smaller hole is none */

/* The biggest hole between e820's entries below 4 GiB, both inclusive. */
static resource_size_t gap_start __initdata, gap_end __initdata;

static void __init find_gap(void)
{
	unsigned int i = e820_table.nr_entries;
	u64 last = PCI_GAP_LIMIT, size = PCI_GAP_MIN;

	gap_start = PCI_GAP_LIMIT;
	while (i-- > 0) {
		const struct e820_entry *entry = &e820_table.entries[i];
		u64 end = entry->addr + entry->size;

		if (last > end && last - end >= size) {
			size = last - end;
			gap_start = end;
			gap_end = last - 1;
		}
		last = min(last, entry->addr);
	}
	if (gap_start == PCI_GAP_LIMIT) {
		pr_warn("no hole in the memory map below 4 GiB: BARs cannot be assigned\n");
		gap_end = 0;
		return;
	}
	pr_info("[mem 0x%08lx-0x%08lx] available for PCI devices\n", gap_start, gap_end);
}

/*
 * Ports.  Cards of the ISA age decode ten address bits: what lies at 0x100 to
 * 0x3ff of any KiB may be theirs, so only the first quarter of a KiB is used.
 */
static int __init assign_io(struct resource *window, struct resource *res, resource_size_t size,
			    resource_size_t min)
{
	resource_size_t base;

	if (size > 0x100)
		return allocate_resource(window, res, size, min, window->end, max(size, 0x400UL));
	for (base = ALIGN_DOWN(min, 0x400); base <= window->end; base += 0x400)
		if (base + 0xff >= min &&
		    !allocate_resource(window, res, size, max(base, min), base + 0xff, size))
			return 0;
	return -EBUSY;
}

static int __init assign_from(struct resource *window, struct resource *res, resource_size_t size)
{
	bool whole = window->start == 0; /* a register and not a bridge's window */
	resource_size_t max = window->end;

	if (res->flags & IORESOURCE_IO)
		return assign_io(window, res, size, whole ? PCI_MIN_IO : window->start);
	if (whole)
		return allocate_resource(window, res, size, max(gap_start, PCI_MIN_MEM), gap_end,
					 size);
	if (!(res->flags & IORESOURCE_MEM_64))
		max = min(max, PCI_GAP_LIMIT - 1);
	return allocate_resource(window, res, size, window->start, max, size);
}

/* Window and BAR agree in kind, and in these flags as well. */
static bool __init window_suits(const struct resource *window, const struct resource *res,
				unsigned long flags)
{
	if (!window || !window->flags || resource_type(window) != resource_type(res) ||
	    (window->flags ^ res->flags) & flags)
		return false;
	return !(window->flags & IORESOURCE_PREFETCH) || res->flags & IORESOURCE_PREFETCH;
}

/*
 * The windows of a bus, the most fitting kind first: one that agrees in both
 * flags; for what is prefetchable and 64 bits wide a prefetchable one of 32
 * bits; for what is either any at all.
 */
static int __init assign_on_bus(const struct pci_bus *bus, struct resource *res,
				resource_size_t size)
{
	static const unsigned long alike[] = {
		IORESOURCE_PREFETCH | IORESOURCE_MEM_64,
		IORESOURCE_PREFETCH,
		0,
	};
	unsigned long flags = res->flags & alike[0];
	unsigned int kind, i;

	for (kind = 0; kind < ARRAY_SIZE(alike); kind++) {
		if ((kind == 1 && flags != alike[0]) || (kind == 2 && !flags))
			continue;
		for (i = 0; i < ARRAY_SIZE(bus->resource); i++)
			if (window_suits(bus->resource[i], res, alike[kind]) &&
			    !assign_from(bus->resource[i], res, size))
				return 0;
	}
	return -ENOSPC;
}

static void __init assign_resource(struct pci_dev *dev, int nr)
{
	struct resource *res = &dev->resource[nr];
	const struct pci_bus *bus = dev->bus;
	resource_size_t size = resource_size(res);
	int err;

	while ((err = assign_on_bus(bus, res, size)) && bus->self && bus->self->transparent)
		bus = bus->parent;
	if (err) {
		pci_info(dev, "%s: can't assign; no space for %#lx %s\n",
			 pci_resource_name(dev, nr), size,
			 res->flags & IORESOURCE_IO ? "ports" : "bytes");
		res->start = 0;
		res->end = size - 1;
		res->flags |= IORESOURCE_UNSET;
		return;
	}
	res->flags &= ~(unsigned long)IORESOURCE_UNSET;
	pci_info(dev, "%s %pR: assigned\n", pci_resource_name(dev, nr), res);
	pci_update_resource(dev, nr);
}

static bool __init wants_address(const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];

	return res->flags && !res->parent && !(res->flags & IORESOURCE_PCI_FIXED);
}

/* Host bridges, and interrupt controllers that are in use, stay as firmware left them. */
static bool __init may_move(const struct pci_dev *dev)
{
	u16 command;

	switch (dev->class >> 8) {
	case 0:
	case PCI_CLASS_BRIDGE_HOST:
		return false;
	case PCI_CLASS_SYSTEM_PIC:
		pci_read_config_word(dev, PCI_COMMAND, &command);
		return !(command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	default:
		return true;
	}
}

/* Sizes are powers of two, so a word has a bit for each that is wanted. */
static void __init assign_bus(const struct pci_bus *bus)
{
	struct pci_dev *dev;
	u64 sizes = 0, size;
	int nr;

	list_for_each_entry(dev, &bus->devices, bus_list)
		for (nr = 0; nr <= PCI_ROM_RESOURCE; nr++)
			if (wants_address(dev, nr))
				sizes |= resource_size(&dev->resource[nr]);
	while (sizes) {
		size = 1ULL << ilog2(sizes);
		sizes &= ~size;
		list_for_each_entry(dev, &bus->devices, bus_list)
			for (nr = 0; nr <= PCI_ROM_RESOURCE; nr++)
				if (wants_address(dev, nr) && may_move(dev) &&
				    resource_size(&dev->resource[nr]) == size)
					assign_resource(dev, nr);
	}
}

/* A 64-bit BAR cannot be written in one go: memory decode is off meanwhile. */
void pci_update_resource(struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	bool wide = res->flags & IORESOURCE_MEM_64;
	u32 low = (u32)res->start, mask = ~0xfU, check;
	u16 command;
	int reg = PCI_BASE_ADDRESS_0 + 4 * nr;

	if (nr == PCI_ROM_RESOURCE) {
		/* It stays off; who switches it on writes its address then. */
		if (!(res->flags & IORESOURCE_ROM_ENABLE))
			return;
		reg = dev->rom_base_reg;
		low |= 1;
	} else if (res->flags & IORESOURCE_IO) {
		mask = 0xfffcU;
		low |= res->flags & 3;
	} else {
		low |= res->flags & 0xf;
	}
	if (wide) {
		pci_read_config_word(dev, PCI_COMMAND, &command);
		pci_write_config_word(dev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY);
	}
	pci_write_config_dword(dev, reg, low);
	pci_read_config_dword(dev, reg, &check);
	if ((check ^ low) & mask)
		pci_warn(dev, "%s: wrote %#x, reads %#x\n", pci_resource_name(dev, nr), low, check);
	if (wide) {
		pci_write_config_dword(dev, reg + 4, upper_32_bits(res->start));
		pci_read_config_dword(dev, reg + 4, &check);
		if (check != upper_32_bits(res->start))
			pci_warn(dev, "%s: upper half wrote %#x, reads %#x\n",
				 pci_resource_name(dev, nr), upper_32_bits(res->start), check);
		pci_write_config_word(dev, PCI_COMMAND, command);
	}
}

void __init pci_assign_unassigned_resources(void)
{
	struct pci_bus *root, *bus;

	if (list_empty(&pci_root_buses))
		return;
	pci_claim_roms();
	find_gap();
	list_for_each_entry(root, &pci_root_buses, node)
		for (bus = root; bus; bus = pci_next_bus(root, bus))
			assign_bus(bus);
}

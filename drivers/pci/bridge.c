// SPDX-License-Identifier: MIT
/*
 * The windows of a PCI-to-PCI bridge: what it has, what they hold, and setting them.
 *
 * A bridge forwards three ranges to the bus behind it (PCI-to-PCI Bridge 1.2,
 * 3.2.5): ports, memory, and memory that may be prefetched.  The memory window
 * is always there; the other two are where their registers can be written.  A
 * base above its limit is a window that is closed.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"

#define IO_TYPE_32   0x01U /* low nibble of base and limit: more than 16 bits of ports */
#define PREF_TYPE_64 0x01U

/* 3.2.5.6 and 3.2.5.9: an absent window's registers are read-only and zero. */
static bool window_exists(const struct pci_dev *bridge, int reg, int size, u32 closed)
{
	u32 value = 0;

	pci_raw_read(bridge->bus->segment, bridge->bus->number, bridge->devfn, reg, size, &value);
	if (value)
		return true;
	pci_raw_write(bridge->bus->segment, bridge->bus->number, bridge->devfn, reg, size, closed);
	pci_raw_read(bridge->bus->segment, bridge->bus->number, bridge->devfn, reg, size, &value);
	pci_raw_write(bridge->bus->segment, bridge->bus->number, bridge->devfn, reg, size, 0);
	return value != 0;
}

/* It says that it has upper halves: they must be writable, too. */
static bool pref_window_is_wide(const struct pci_dev *bridge)
{
	u32 low, upper, check;

	pci_read_config_dword(bridge, PCI_PREF_MEMORY_BASE, &low);
	if ((low & 0xf) != PREF_TYPE_64)
		return false;
	pci_read_config_dword(bridge, PCI_PREF_BASE_UPPER, &upper);
	pci_write_config_dword(bridge, PCI_PREF_BASE_UPPER, ~0U);
	pci_read_config_dword(bridge, PCI_PREF_BASE_UPPER, &check);
	pci_write_config_dword(bridge, PCI_PREF_BASE_UPPER, upper);
	return check;
}

void pci_probe_bridge_windows(struct pci_dev *bridge)
{
	bridge->window_flags[1] = IORESOURCE_MEM;
	if (window_exists(bridge, PCI_IO_BASE, 2, 0xe0f0))
		bridge->window_flags[0] = IORESOURCE_IO;
	if (window_exists(bridge, PCI_PREF_MEMORY_BASE, 4, 0xffe0fff0))
		bridge->window_flags[2] = IORESOURCE_MEM | IORESOURCE_PREFETCH;
	if (bridge->window_flags[2] && pref_window_is_wide(bridge))
		bridge->window_flags[2] |= IORESOURCE_MEM_64 | PREF_TYPE_64;
}

/* PCI-to-PCI Bridge 1.2, 3.2.5.6: 4 KiB steps; a low nibble of 1 announces the upper halves. */
static void read_io_window(struct pci_dev *bridge, struct resource *res)
{
	u32 base, limit, upper = 0;
	u16 reg;

	pci_read_config_word(bridge, PCI_IO_BASE, &reg);
	if ((reg & 0xf) == IO_TYPE_32)
		pci_read_config_dword(bridge, PCI_IO_BASE_UPPER, &upper);
	base = upper << 16 | (reg & 0xf0U) << 8;
	limit = (upper & 0xffff0000) | (reg & 0xf000U) | 0xfff;
	if (base > limit)
		return; /* closed */
	res->start = base;
	res->end = limit;
	res->flags = IORESOURCE_IO | IORESOURCE_WINDOW | (reg & 0xf);
}

/* 3.2.5.8 and 3.2.5.9: 1 MiB steps; a prefetchable one with a low nibble of 1 has upper halves. */
static void read_memory_window(struct pci_dev *bridge, struct resource *res, int where,
			       unsigned long kind)
{
	u32 reg, base_upper = 0, limit_upper = 0;
	u64 base, limit;

	pci_read_config_dword(bridge, where, &reg);
	if (kind & IORESOURCE_PREFETCH && (reg & 0xf) == PREF_TYPE_64) {
		kind |= IORESOURCE_MEM_64;
		pci_read_config_dword(bridge, PCI_PREF_BASE_UPPER, &base_upper);
		pci_read_config_dword(bridge, PCI_PREF_LIMIT_UPPER, &limit_upper);
		/* The wrong way round they are halves that nobody set. */
		if (base_upper > limit_upper)
			base_upper = limit_upper = 0;
	}
	base = (u64)base_upper << 32 | (reg & 0xfff0U) << 16;
	limit = (u64)limit_upper << 32 | (reg & 0xfff00000U) | 0xfffff;
	if (base > limit)
		return; /* closed */
	res->start = base;
	res->end = limit;
	res->flags = kind | IORESOURCE_WINDOW | (reg & 0xf);
}

/* A transparent bridge also lets through what its own bus may have, after its own windows. */
static void add_windows_above(struct pci_bus *child)
{
	unsigned int n = PCI_BRIDGE_RESOURCE_END - PCI_BRIDGE_RESOURCES + 1;
	struct resource *window;

	for_each_pci_window(window, child->parent) {
		if (!window->flags)
			continue;
		if (n == PCI_BUS_WINDOWS) {
			pci_warn(child->self, "more than %d windows, %pR is left out\n",
				 PCI_BUS_WINDOWS, window);
			return;
		}
		child->resource[n++] = window;
		pci_info(child->self, "  bridge window %pR (subtractive decode)\n", window);
	}
}

void pci_read_bridge_bases(struct pci_bus *child)
{
	struct pci_dev *bridge = child->self;
	unsigned int i;

	read_io_window(bridge, child->resource[0]);
	read_memory_window(bridge, child->resource[1], PCI_MEMORY_BASE, IORESOURCE_MEM);
	read_memory_window(bridge, child->resource[2], PCI_PREF_MEMORY_BASE,
			   IORESOURCE_MEM | IORESOURCE_PREFETCH);
	pci_info(bridge, "PCI bridge to [bus %02x-%02x]%s\n", child->number, child->busn_end,
		 bridge->transparent ? " (subtractive decode)" : "");
	for (i = 0; i < 3; i++)
		if (child->resource[i]->flags)
			pci_info(bridge, "  bridge window %pR\n", child->resource[i]);
	if (bridge->transparent)
		add_windows_above(child);
}

/* Written in an order in which no half-set window is open. */
static void write_io_window(const struct pci_dev *bridge, const struct resource *res)
{
	u16 bounds = 0x00f0;
	u32 upper = 0;

	if (res->flags & IORESOURCE_IO) {
		bounds = (u16)((res->start >> 8 & 0xf0) | (res->end & 0xf000));
		upper = (u32)((res->end & 0xffff0000) | res->start >> 16);
	}
	pci_write_config_dword(bridge, PCI_IO_BASE_UPPER, 0x0000ffff);
	pci_write_config_word(bridge, PCI_IO_BASE, bounds);
	pci_write_config_dword(bridge, PCI_IO_BASE_UPPER, upper);
}

/* Base and limit in 1 MiB steps; closed where the resource is no window. */
static u32 memory_bounds(const struct resource *res, unsigned long kind)
{
	if (!(res->flags & kind))
		return 0x0000fff0;
	return (u32)((res->start >> 16 & 0xfff0) | (res->end & 0xfff00000));
}

static void write_pref_window(const struct pci_dev *bridge, const struct resource *res)
{
	bool wide = res->flags & IORESOURCE_PREFETCH && res->flags & IORESOURCE_MEM_64;

	pci_write_config_dword(bridge, PCI_PREF_BASE_UPPER, ~0U);
	pci_write_config_dword(bridge, PCI_PREF_MEMORY_BASE,
			       memory_bounds(res, IORESOURCE_PREFETCH));
	pci_write_config_dword(bridge, PCI_PREF_LIMIT_UPPER, wide ? upper_32_bits(res->end) : 0);
	pci_write_config_dword(bridge, PCI_PREF_BASE_UPPER, wide ? upper_32_bits(res->start) : 0);
}

void pci_write_bridge_window(const struct pci_dev *bridge, int nr)
{
	const struct resource *res = &bridge->resource[nr];

	if (pci_is_cardbus(bridge)) {
		pci_write_cardbus_window(bridge, nr);
		return;
	}
	if (nr > PCI_BRIDGE_PREF_WINDOW || !bridge->window_flags[nr - PCI_BRIDGE_IO_WINDOW])
		return;
	if (nr == PCI_BRIDGE_IO_WINDOW)
		write_io_window(bridge, res);
	else if (nr == PCI_BRIDGE_MEM_WINDOW)
		pci_write_config_dword(bridge, PCI_MEMORY_BASE, memory_bounds(res, IORESOURCE_MEM));
	else
		write_pref_window(bridge, res);
}

void pci_setup_bridge(const struct pci_dev *bridge)
{
	int nr;

	for (nr = PCI_BRIDGE_RESOURCES; nr <= PCI_BRIDGE_RESOURCE_END; nr++)
		pci_write_bridge_window(bridge, nr);
}

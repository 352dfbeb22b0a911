// SPDX-License-Identifier: MIT
/*
 * Capability lists and BAR masks: see cap.h.
 *
 * The device is not trusted: a list may loop, point into the header or at
 * nothing; a mask may have holes.  Nothing here touches hardware.
 */
#include "drivers/pci/cap.h"
#include "kernel/core/resource.h"

u8 pci_cap_walk(pci_cap_read_t read, const void *dev, u8 where, u8 id)
{
	int steps;

	for (steps = 0; steps < PCI_CAP_MAX_STEPS; steps++) {
		u8 pos = read(dev, where) & 0xfc; /* PCI 3.0, 6.7: low bits are reserved */
		u8 found;

		if (pos < PCI_CAP_FIRST)
			return 0;
		found = read(dev, pos);
		if (found == 0xff)
			return 0;
		if (found == id || id == PCI_CAP_ID_ANY)
			return pos;
		where = pos + 1;
	}
	return 0;
}

/* PCI 3.0, 6.2.5.1. */
#define BAR_IO	       BIT(0)
#define BAR_MEM_TYPE   0x6U
#define BAR_MEM_64     0x4U
#define BAR_PREFETCH   BIT(3)
#define BAR_IO_MASK    0xfffffffcU
#define BAR_MEM_MASK   0xfffffff0ULL
#define BAR_ROM_MASK   0xfffff800U /* PCI 3.0, 6.2.5.2 */
#define BAR_ROM_ENABLE BIT(0)

unsigned long pci_bar_flags(u32 low)
{
	unsigned long flags = IORESOURCE_SIZEALIGN;

	if (low & BAR_IO)
		return flags | IORESOURCE_IO | (low & ~BAR_IO_MASK);
	flags |= IORESOURCE_MEM | (low & 0xfU);
	if (low & BAR_PREFETCH)
		flags |= IORESOURCE_PREFETCH;
	if ((low & BAR_MEM_TYPE) == BAR_MEM_64)
		flags |= IORESOURCE_MEM_64;
	return flags;
}

/*
 * The size is the lowest address bit that can be set.  All bits above it must
 * be settable too, but that the top ones may be missing: a 64-bit BAR need not
 * reach beyond its bus.  0 where the mask is no size.
 */
static u64 bar_size(u64 value, u64 mask, u64 address_mask)
{
	u64 size = mask & -mask;
	u64 above = mask + size; /* the carry runs through the settable bits */

	if (!mask || (above & (above - 1)))
		return 0;
	/* The same before and after: a BAR at the very top, or a register that cannot be set. */
	if (value == mask && ((mask | (size - 1)) & address_mask) != address_mask)
		return 0;
	return size;
}

enum pci_bar_kind pci_bar_decode(const struct pci_bar_probe *probe, bool rom, struct resource *res)
{
	u64 address_mask, start, size;
	unsigned long flags;

	res->flags = 0;
	if (!probe->mask || (u32)probe->mask == ~0U)
		return PCI_BAR_ABSENT; /* no register, or no device behind it */
	if (rom) {
		flags = IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_READONLY |
			IORESOURCE_SIZEALIGN;
		if (probe->value & BAR_ROM_ENABLE)
			flags |= BAR_ROM_ENABLE;
		address_mask = BAR_ROM_MASK;
	} else {
		flags = pci_bar_flags((u32)probe->value);
		address_mask = flags & IORESOURCE_IO ? BAR_IO_MASK : BAR_MEM_MASK;
		if (flags & IORESOURCE_MEM_64)
			address_mask |= ~0ULL << 32;
	}
	if (!(probe->mask & address_mask))
		return PCI_BAR_ABSENT;
	start = probe->value & address_mask;
	/* PCI 3.0, 6.2.5.1: on a PC the upper half of an I/O BAR may be missing or not. */
	if (flags & IORESOURCE_IO)
		address_mask &= 0xffff;
	size = bar_size(start & address_mask, probe->mask & address_mask, address_mask);
	if (!size || start + (size - 1) < start)
		return PCI_BAR_BROKEN;
	res->start = start;
	res->end = start + size - 1;
	res->flags = flags;
	return PCI_BAR_OK;
}

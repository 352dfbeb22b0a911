// SPDX-License-Identifier: MIT
/*
 * CardBus bridges (PC Card 8.0, volume 2, 4.5): four windows, and no more behind them here.
 *
 * A card is its socket driver's, and there is none of that kind: nobody looks behind the
 * bridge.  What a card will need is kept all the same, as Linux keeps it: two ranges of
 * ports and two of memory, the first of which may be prefetched.  The sizes are fixed,
 * since firmware says nothing of a card; each is aligned to its own, and all of it is only
 * good to have.  Bus numbers for a card with bridges are kept by busn.c.
 *
 * What firmware wrote into the windows is not read: no BIOS leaves a card set up.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/assign.h"
#include "drivers/pci/options.h"

/* 4.5.2: base and limit of each window, memory first; a limit's low bits do not count. */
#define PCI_CB_MEMORY_BASE_0 0x1c
#define PCI_CB_IO_BASE_0     0x2c

/* 4.5.2.20: memory window 0, window 1 may be prefetched. */
#define PCI_CB_BRIDGE_CONTROL 0x3e
#define PREFETCH_MEM0	      BIT(8)
#define PREFETCH_MEM1	      BIT(9)

resource_size_t pci_cardbus_alignment(const struct resource *res)
{
	return res->flags & IORESOURCE_IO ? pci_options.cardbus_io : pci_options.cardbus_mem;
}

/* The first window's memory may be prefetched, where the bridge can do that; the second's not. */
static bool prefetches(const struct pci_dev *bridge)
{
	u16 control;

	pci_clear_and_set_word(bridge, PCI_CB_BRIDGE_CONTROL, PREFETCH_MEM1, PREFETCH_MEM0);
	pci_read_config_word(bridge, PCI_CB_BRIDGE_CONTROL, &control);
	return control & PREFETCH_MEM0;
}

static void size_window(struct pci_dev *bridge, int nr, unsigned long flags, resource_size_t size,
			struct list_head *extras)
{
	struct resource *res = &bridge->resource[nr];
	struct pci_wish *extra;

	if (res->parent)
		return;
	res->flags |= flags | IORESOURCE_STARTALIGN;
	res->start = pci_cardbus_alignment(res);
	res->end = res->start + (extras ? 0 : size) - 1;
	extra = extras ? pci_add_wish(extras, bridge, nr) : NULL;
	if (!extra)
		return;
	extra->add_size = size;
	extra->add_align = res->start;
}

/* Without memory that may be prefetched, one window takes what both would. */
void pci_size_cardbus(struct pci_dev *bridge, struct list_head *extras)
{
	resource_size_t last = pci_options.cardbus_mem;

	size_window(bridge, PCI_CB_IO_0_WINDOW, IORESOURCE_IO, pci_options.cardbus_io, extras);
	size_window(bridge, PCI_CB_IO_1_WINDOW, IORESOURCE_IO, pci_options.cardbus_io, extras);
	if (prefetches(bridge))
		size_window(bridge, PCI_CB_MEM_0_WINDOW, IORESOURCE_MEM | IORESOURCE_PREFETCH,
			    pci_options.cardbus_mem, extras);
	else if (!bridge->resource[PCI_CB_MEM_0_WINDOW].parent)
		last += pci_options.cardbus_mem;
	size_window(bridge, PCI_CB_MEM_1_WINDOW, IORESOURCE_MEM, last, extras);
}

void pci_write_cardbus_window(const struct pci_dev *bridge, int nr)
{
	const struct resource *res = &bridge->resource[nr];
	int where = nr < PCI_CB_MEM_0_WINDOW ?
			    PCI_CB_IO_BASE_0 + 8 * (nr - PCI_CB_IO_0_WINDOW) :
			    PCI_CB_MEMORY_BASE_0 + 8 * (nr - PCI_CB_MEM_0_WINDOW);

	if (!res->flags)
		return;
	pci_write_config_dword(bridge, where, (u32)res->start);
	pci_write_config_dword(bridge, where + 4, (u32)res->end);
}

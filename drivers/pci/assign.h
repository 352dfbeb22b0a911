/* SPDX-License-Identifier: MIT */
/* Between the files that give addresses: what is wished, how big a window must be, where room is. */
#ifndef DRIVERS_PCI_ASSIGN_H
#define DRIVERS_PCI_ASSIGN_H

#include "drivers/pci/probe.h"

/* A resource that waits for a place, or one that would like to have more than it needs. */
struct pci_wish {
	struct list_head node;
	struct pci_dev *dev;
	int nr;
	resource_size_t add_size, add_align; /* of a window: what hot-plugging would like */
	resource_size_t start, end;	     /* kept while a bigger size is tried */
	unsigned long flags;
};

/*
 * The sizes of all bridge windows beneath a root bus that have no place yet, from
 * the leaves up: `start` becomes the alignment, IORESOURCE_STARTALIGN says so.  What
 * is only nice to have goes to the front of `extras`; where that is NULL it is needed.
 */
void pci_size_bridges(struct pci_bus *root, struct list_head *extras);

/* The same of one CardBus bridge; and what its windows, and its BAR, are aligned to. */
void pci_size_cardbus(struct pci_dev *bridge, struct list_head *extras);
resource_size_t pci_cardbus_alignment(const struct resource *res);

/*
 * Windows that we size behind a hot-plug bridge that has room: they share it.  What
 * got another size so is no longer one of the extras (NULL: there are none).
 */
void pci_distribute_windows(struct pci_bus *root, struct list_head *extras);

/*
 * Places for all on one bus that have none, the buses above having theirs.  Extras of
 * this bus are granted or dropped.  What found no place is added to `failed`, as it
 * was asked for.
 */
void pci_assign_bus_resources(const struct pci_bus *bus, struct list_head *extras,
			      struct list_head *failed);

/* New at the front of the list; NULL, after a line, without memory. */
struct pci_wish *pci_add_wish(struct list_head *list, struct pci_dev *dev, int nr);
struct pci_wish *pci_find_wish(const struct list_head *list, const struct resource *res);
void pci_drop_wish(struct pci_wish *wish);
void pci_drop_wishes(struct list_head *list);

static inline struct resource *pci_wished(const struct pci_wish *wish)
{
	return &wish->dev->resource[wish->nr];
}

/* Between claims and assignment: learn where the memory map leaves room for PCI. */
void pci_find_gap(void);

/* What a resource of a device must be aligned to; 0: it does not tell. */
resource_size_t pci_resource_alignment(const struct pci_dev *dev, int nr);

/*
 * A place for a resource that has none: found, entered and written into its BAR.
 * False, after a line, where there is none; then it is IORESOURCE_UNSET.
 */
bool pci_assign_resource(struct pci_dev *dev, int nr);

/* More room for an empty window that has a place; it may move.  A line tells how it went. */
void pci_grow_resource(struct pci_dev *dev, int nr, resource_size_t add, resource_size_t align);

#endif

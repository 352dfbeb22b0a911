/* SPDX-License-Identifier: MIT */
/* What PCI is told to do: by words of pci=, and by what board this is. */
#ifndef DRIVERS_PCI_OPTIONS_H
#define DRIVERS_PCI_OPTIONS_H

#include "kernel/core/resource.h"

#define PCI_ALIGNMENTS_MAX 256

struct pci_options {
	bool use_crs;	   /* host bridges forward what their _CRS says */
	bool use_e820;	   /* nothing is placed where the memory map names something */
	bool use_segments; /* _SEG is true */
	bool use_mmconfig;
	bool assign_busses; /* firmware's bus numbers do not count */
	/* Windows that are too small are taken back: for virtual functions, never, for all. */
	enum { PCI_REALLOC_AUTO, PCI_REALLOC_OFF, PCI_REALLOC_ON } realloc;
	resource_size_t hotplug_io, hotplug_mem, hotplug_pref; /* for a card to come: bytes */
	unsigned int hotplug_buses;
	resource_size_t cardbus_io, cardbus_mem;     /* of a CardBus bridge's windows */
	char resource_alignment[PCI_ALIGNMENTS_MAX]; /* "": none is asked for */
};

/* Written by pci_options_init(), and only read afterwards. */
extern struct pci_options pci_options;

/* After dmi_scan_machine(), before configuration space is looked for.  A line for each board that is known. */
void pci_options_init(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Names of vendors, devices and classes, out of the file pci.ids, where the programs' archive has one:
 * /usr/share/misc/pci.ids, Debian's place, or /pci.ids.
 */
#ifndef DRIVERS_PCI_IDS_H
#define DRIVERS_PCI_IDS_H

#include "kernel/lib/compiler.h"

#define PCI_NAME_MAX 64 /* bytes of a name, the terminating one among them; longer ones are cut */

struct pci_names {
	char class_name[PCI_NAME_MAX], vendor[PCI_NAME_MAX],
		device[PCI_NAME_MAX]; /* "": not there */
};

/* One line of the file, without its end, at a time: what it names of these numbers. */
struct pci_name_search {
	u16 vendor, device, class_id; /* class and subclass */
	bool in_vendor, in_class;
	struct pci_names *names;
};
/* Pure. */
void pci_names_line(struct pci_name_search *search, const char *line);

/* False: there is no such file.  In a thread that may sleep. */
bool pci_names_find(u16 vendor, u16 device, u16 class_id, struct pci_names *names);

#endif

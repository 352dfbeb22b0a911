// SPDX-License-Identifier: MIT
/*
 * Root buses: where a host bridge leads.
 *
 * Bus 0, and others (pxb, a second socket) that no bridge of the first leads to.  The
 * ACPI namespace names them and what they forward (drivers/acpi/pci_root.c); where
 * there is none, bus 0 is a root whose windows are the whole of both registers.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"

unsigned int __init pci_scan_root_bus(u16 segment, u8 number, u8 last, struct resource **windows,
				      unsigned int nr_windows, struct aml_node *node)
{
	static struct resource *everything[] __initdata = { &ioport_resource, &iomem_resource };
	struct pci_bus *root;
	unsigned int i;

	if (!pci_is_reachable())
		return 0;
	if (!windows) {
		windows = everything;
		nr_windows = ARRAY_SIZE(everything);
	}
	root = pci_add_bus(NULL, NULL, segment, number, last);
	if (!root)
		return 0;
	root->acpi_node = node;
	for (i = 0; i < nr_windows && i < PCI_BUS_WINDOWS; i++)
		root->resource[i] = windows[i];
	pr_info("host bridge to bus %04x:%02x\n", segment, number);
	return pci_scan_tree(root);
}

/* A root that nobody describes: anything may be anywhere, and what lies above is another's. */
static void __init scan_unknown_root(u8 number)
{
	unsigned int last = pci_scan_root_bus(0, number, 0xff, NULL, 0, NULL);
	struct pci_bus *root = pci_find_bus(0, number);

	if (!root)
		return;
	root->busn_end = (u8)last;
	/* No firmware can want its slots and hot-plug controllers. */
	root->hotplug_granted = root->shpc_granted = true;
}

/*
 * Root buses that the namespace left out: any number that answers and that no bus has.
 * As in Linux it takes an MMCONFIG window to know how far to look.
 */
static void __init scan_peer_buses(void)
{
	int number, last = pci_mmcfg_last_bus();

	for (number = 0; number <= last; number++) {
		if (pci_find_bus(0, (u8)number) || !pci_bus_answers((u8)number))
			continue;
		pr_info("discovered peer bus %02x\n", number);
		scan_unknown_root((u8)number);
	}
}

void __init pci_init(void)
{
	struct pci_bus *root;

	if (list_empty(&pci_root_buses))
		scan_unknown_root(0);
	if (list_empty(&pci_root_buses))
		return;
	scan_peer_buses();
	pci_resource_survey();
	/* Windows are claimed in the one order, and assigned in the other: Linux's. */
	list_for_each_entry(root, &pci_root_buses, node)
		pci_settle_buses(root);
}

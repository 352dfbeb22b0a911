// SPDX-License-Identifier: MIT
/*
 * Host bridges: what the namespace says that they forward, into the register.
 *
 * A host bridge (PNP0A03, PNP0A08) tells in its _CRS which bus numbers, memory and
 * ports it passes on (ACPI 6.5, 6.4.3.5; PCI Firmware 3.3, 4.1.3).  Each window
 * becomes a "PCI Bus SSSS:BB" line, in both trees, before anything behind the
 * bridge is claimed.  Firmware marks what the bridge itself consumes in no
 * reliable way, so all but the configuration ports counts as passed on.
 *
 * pci=nocrs ignores the windows: then everything may be anywhere.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/device.h"
#include "drivers/acpi/window.h"
#include "drivers/pci/access.h"
#include "drivers/pci/options.h"
#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

struct pci_root {
	struct acpi_device *dev;
	u16 segment;
	u8 bus, last_bus;
	bool has_bus_range;
	char name[16]; /* "PCI Bus 0000:00" */
	struct host_windows windows;
};

static int __init collect(const struct aml_resource *from, void *arg)
{
	struct pci_root *root = arg;
	struct host_windows *windows = &root->windows;
	struct host_window window = { 0 };

	if (from->type == AML_RES_BUS && from->length) {
		u64 last = from->min + from->length - 1;

		if (from->min > 0xff || last < from->min)
			return 0;
		root->bus = (u8)from->min;
		root->last_bus = (u8)min(last, (u64)0xff);
		root->has_bus_range = true;
		return 0;
	}
	if (!acpi_resource_decode(from, &window.res, &window.offset))
		return 0;
	if (windows->nr == MAX_HOST_WINDOWS) {
		pr_warn("%s: more than %d windows, %pR is left out\n", root->dev->name,
			MAX_HOST_WINDOWS, &window.res);
		return 0;
	}
	windows->window[windows->nr++] = window;
	return 0;
}

/* Where the bus range is not in _CRS: from _BBN on, whatever is left. */
static int __init guess_bus_range(struct pci_root *root)
{
	u64 bbn = 0;
	int err = aml_evaluate_integer(acpi_namespace, root->dev->node, "_BBN", &bbn);

	pr_warn("%s: no bus range in _CRS\n", root->dev->name);
	if ((err && err != -ENOENT) || bbn > 0xff)
		return -EINVAL;
	root->bus = (u8)bbn;
	root->last_bus = 0xff;
	return 0;
}

/* Where the MCFG leaves its buses out: PCI Firmware 3.3, 4.1.3. */
static void __init add_config_window(const struct pci_root *root)
{
	u64 address;

	if (!aml_evaluate_integer(acpi_namespace, root->dev->node, "_CBA", &address))
		pci_add_root_window(root->segment, root->bus, root->last_bus, address);
}

/* What firmware says of it: 0, or an errno after a line. */
static int __init read_root(struct pci_root *root)
{
	u64 segment = 0;
	int err = aml_evaluate_integer(acpi_namespace, root->dev->node, "_SEG", &segment);

	if (err && err != -ENOENT)
		return err;
	root->segment = pci_options.use_segments ? (u16)segment : 0;
	err = aml_walk_resources(acpi_namespace, root->dev->node, "_CRS", collect, root);
	if (err && err != -ENOENT) {
		pr_err("%s: its _CRS cannot be used\n", root->dev->name);
		return err;
	}
	return root->has_bus_range ? 0 : guess_bus_range(root);
}

static struct resource *__init register_for(const struct resource *res)
{
	return res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource;
}

/* Drop what cannot be a window of this register. */
static void __init select_windows(struct host_windows *windows)
{
	unsigned int i = 0;

	host_windows_validate(windows, IORESOURCE_MEM, &iomem_resource);
	host_windows_validate(windows, IORESOURCE_IO, &ioport_resource);
	while (i < windows->nr) {
		if (host_window_is_config_ports(&windows->window[i].res))
			host_windows_remove(windows, i);
		else
			i++;
	}
}

/* One that meets something is none: its flags become 0. */
static void __init insert_windows(struct pci_root *root)
{
	for (unsigned int i = 0; i < root->windows.nr; i++) {
		struct resource *res = &root->windows.window[i].res, *conflict;

		res->name = root->name;
		conflict = insert_resource_conflict(register_for(res), res);
		if (!conflict)
			continue;
		pr_info("%s: ignoring host bridge window %pR (conflicts with %s %pR)\n",
			root->dev->name, res, conflict->name, conflict);
		res->flags = 0;
	}
}

/* The second takes over the first's range; the first's children stay, which Linux loses. */
static void __init join(struct resource *first, struct resource *second)
{
	struct resource *top = register_for(second);

	remove_resource(first);
	remove_resource(second);
	second->start = first->start;
	first->flags = 0;
	if (insert_resource(top, second))
		pr_err("%s %pR is lost\n", second->name, second);
}

/* Neighbours in _CRS that go on into each other are one window. */
static void __init join_windows(struct host_windows *windows)
{
	struct host_window *last = NULL;

	for (unsigned int i = 0; i < windows->nr; i++) {
		struct host_window *window = &windows->window[i];

		if (!window->res.flags)
			continue;
		if (last && host_windows_adjoin(last, window))
			join(&last->res, &window->res);
		last = window;
	}
}

/* What the root bus's devices may have: the windows, in their order. */
static unsigned int __init list_windows(struct pci_root *root, struct resource **list)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < root->windows.nr; i++) {
		struct resource *res = &root->windows.window[i].res;

		if (!res->flags)
			continue;
		pr_info("%s: root bus window %pR\n", root->dev->name, res);
		list[nr++] = res;
	}
	return nr;
}

static void __init scan_root(struct pci_root *root)
{
	struct resource *list[MAX_HOST_WINDOWS];
	unsigned int nr;

	if (!pci_options.use_crs) {
		pr_info("%s: windows ignored\n", root->dev->name);
		pci_scan_root_bus(root->segment, root->bus, root->last_bus, NULL, 0,
				  root->dev->node);
		return;
	}
	select_windows(&root->windows);
	insert_windows(root);
	join_windows(&root->windows);
	nr = list_windows(root, list);
	pci_scan_root_bus(root->segment, root->bus, root->last_bus, list, nr, root->dev->node);
}

void __init acpi_pci_root_add(struct acpi_device *dev)
{
	struct pci_root *root = kzalloc(sizeof(*root), GFP_KERNEL);
	struct pci_bus *bus;
	bool known, hotplug, shpc;

	if (!root) {
		pr_err("no memory for host bridge %s\n", dev->name);
		return;
	}
	root->dev = dev;
	if (read_root(root)) {
		kfree(root);
		return;
	}
	snprintf(root->name, sizeof(root->name), "PCI Bus %04x:%02x", root->segment, root->bus);
	pr_info("PCI host bridge %s (domain %04x [bus %02x-%02x])\n", dev->name, root->segment,
		root->bus, root->last_bus);
	add_config_window(root);
	known = pci_find_bus(root->segment, root->bus);
	if (known || (root->segment && !pci_mmcfg_covers(root->segment, root->bus))) {
		pr_warn("%s: %s: ignored\n", dev->name,
			known ? "its bus is known" : "its segment cannot be reached");
		kfree(root);
		return;
	}
	acpi_osc_negotiate(dev->node, root->segment, root->bus, &hotplug, &shpc);
	scan_root(root); /* the windows stay in the register, so root stays too */
	bus = pci_find_bus(root->segment, root->bus);
	if (!bus)
		return;
	bus->hotplug_granted = hotplug;
	bus->shpc_granted = shpc;
}

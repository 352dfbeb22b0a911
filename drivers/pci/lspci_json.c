// SPDX-License-Identifier: MIT
/*
 * lspci -j: the buses, parents before those beneath them, each with its windows and its functions.
 *
 * The tree is told by names: a bus names the bridge that leads to it.
 */
#include "drivers/pci/ids.h"
#include "drivers/pci/probe.h"
#include "kernel/core/json.h"

static const char *kind_of(int nr)
{
	return nr <= PCI_STD_RESOURCE_END ? "bar" :
	       nr == PCI_ROM_RESOURCE	  ? "rom" :
	       nr <= PCI_IOV_RESOURCE_END ? "vf" :
					    "window";
}

static void put_range(struct json *j, const struct resource *res)
{
	json_string(j, "space", res->flags & IORESOURCE_IO ? "io" : "mem");
	json_hex(j, "start", res->start);
	json_hex(j, "end", res->end);
	json_bool(j, "prefetch", res->flags & IORESOURCE_PREFETCH);
}

static void put_resource(struct json *j, const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	bool fixed = res->flags & IORESOURCE_PCI_FIXED;

	json_open(j, NULL, '{');
	json_number(j, "nr", (u64)nr);
	json_string(j, "kind", fixed ? "fixed" : kind_of(nr));
	put_range(j, res);
	json_bool(j, "assigned", !(res->flags & IORESOURCE_UNSET) && (res->parent || fixed));
	json_close(j, '}');
}

/* Where the archive of programs has a pci.ids. */
static void put_names(struct json *j, const struct pci_dev *dev)
{
	struct pci_names names;

	if (!pci_names_find(dev->vendor, dev->device, (u16)(dev->class >> 8), &names))
		return;
	json_string(j, "class_name", names.class_name);
	json_string(j, "vendor_name", names.vendor);
	json_string(j, "device_name", names.device);
}

static void put_interrupt(struct json *j, const struct pci_dev *dev)
{
	if (dev->pin) {
		json_number(j, "pin", dev->pin);
		json_number(j, "line", dev->irq_line);
	}
	json_number(j, "irq", pci_irq(dev));
	json_string(j, "messages", dev->msix ? "MSI-X" : dev->msi_irq ? "MSI" : NULL);
}

static void put_device(struct json *j, const struct pci_dev *dev)
{
	json_open(j, NULL, '{');
	json_string(j, "name", dev->name);
	json_hex(j, "vendor", dev->vendor);
	json_hex(j, "device", dev->device);
	json_hex(j, "class", dev->class);
	json_number(j, "revision", dev->revision);
	put_names(j, dev);
	json_string(j, "driver", dev->driver ? dev->driver->name : NULL);
	put_interrupt(j, dev);
	json_open(j, "resources", '[');
	for (int nr = 0; nr < PCI_NUM_RESOURCES; nr++)
		if (dev->resource[nr].flags)
			put_resource(j, dev, nr);
	json_close(j, ']');
	json_close(j, '}');
}

static void put_bus(struct json *j, const struct pci_bus *bus)
{
	const struct resource *window;
	const struct pci_dev *dev;

	json_open(j, NULL, '{');
	json_string(j, "name", bus->name);
	json_number(j, "number", bus->number);
	json_number(j, "last", bus->busn_end);
	json_string(j, "bridge", bus->self ? bus->self->name : NULL);
	json_open(j, "windows", '[');
	for_each_pci_window(window, bus) {
		json_open(j, NULL, '{');
		put_range(j, window);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_open(j, "devices", '[');
	list_for_each_entry(dev, &bus->devices, bus_list)
		put_device(j, dev);
	json_close(j, ']');
	json_close(j, '}');
}

void lspci_json(struct sink *out)
{
	struct json j = json_to(out);
	struct pci_bus *root, *bus;

	json_open(&j, NULL, '{');
	json_open(&j, "buses", '[');
	list_for_each_entry(root, &pci_root_buses, node)
		for (bus = pci_next_bus(root, NULL); bus; bus = pci_next_bus(root, bus))
			put_bus(&j, bus);
	json_close(&j, ']');
	json_end(&j, '}');
}

// SPDX-License-Identifier: MIT
/*
 * Where a PCI function's interrupt pin is wired, by the namespace.
 *
 * A host bridge's or bridge's _PRT lists the slots behind it (ACPI 6.5, 6.2.13):
 * each pin goes to a GSI, or to a link that is switched to one.  Where a bridge
 * has no _PRT, its slots' pins come out at the bridge's own pins, turned by the
 * slot number (PCI-to-PCI Bridge 1.2, 9.1), and the search goes on one bus up.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/pci_irq.h"
#include "drivers/acpi/device.h"
#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

#define NR_PINS 4

/* The device beneath a bus's node that is at this place (6.1.1, table 6.2), or NULL. */
static struct aml_node *child_at(struct aml_node *parent, u8 devfn)
{
	u64 want = (u64)PCI_SLOT(devfn) << 16 | PCI_FUNC(devfn), adr;
	struct aml_node *node = NULL;

	while ((node = aml_next_child(parent, node)) != NULL)
		if (aml_node_type(node) == AML_DEVICE &&
		    !aml_evaluate_integer(acpi_namespace, node, "_ADR", &adr) && adr == want)
			return node;
	return NULL;
}

/* The node of the bridge that leads to the bus, or NULL. */
static struct aml_node *node_of_bus(const struct pci_bus *bus)
{
	const struct pci_bus *above;
	struct aml_node *node;
	unsigned int depth = 0, up;

	for (above = bus; above->self; above = above->parent)
		depth++;
	node = above->acpi_node;
	/* From the root down: the bus that is depth - 1 steps above this one, and so on. */
	while (node && depth-- > 0) {
		above = bus;
		for (up = depth; up > 0; up--)
			above = above->parent;
		node = child_at(node, above->self->devfn);
	}
	return node;
}

bool acpi_pci_slots_are_firmware_s(const struct pci_bus *bus)
{
	struct aml_node *parent, *node = NULL;
	bool any = false;

	if (!acpi_namespace)
		return false;
	acpi_lock();
	parent = node_of_bus(bus);
	while (parent && !any && (node = aml_next_child(parent, node)) != NULL)
		any = aml_node_type(node) == AML_DEVICE && aml_find(acpi_namespace, node, "_EJ0");
	acpi_unlock();
	return any;
}

/* All functions of a card share its method, which stands in one of them. */
static struct aml_node *ejecting_node(const struct pci_bus *bus, u8 devfn)
{
	struct aml_node *parent = node_of_bus(bus), *node;

	for (u8 func = 0; parent && func < 8; func++) {
		node = child_at(parent, PCI_DEVFN(PCI_SLOT(devfn), func));
		if (node && aml_find(acpi_namespace, node, "_EJ0"))
			return node;
	}
	return NULL;
}

struct aml_node *acpi_pci_ejecting_node(const struct pci_bus *bus, u8 devfn)
{
	struct aml_node *node;

	if (!acpi_namespace)
		return NULL;
	acpi_lock();
	node = ejecting_node(bus, devfn);
	acpi_unlock();
	return node;
}

bool acpi_pci_can_eject(const struct pci_bus *bus, u8 devfn)
{
	return acpi_pci_ejecting_node(bus, devfn);
}

int acpi_pci_eject(const struct pci_bus *bus, u8 devfn)
{
	const struct aml_value eject = aml_integer(1);
	struct aml_node *node;
	int err = -ENOENT;

	if (!acpi_namespace)
		return err;
	acpi_lock();
	node = ejecting_node(bus, devfn);
	if (node)
		err = aml_evaluate(acpi_namespace, node, "_EJ0", &eject, 1, NULL);
	acpi_unlock();
	return err;
}

struct lookup {
	u16 slot;
	u8 pin;
	struct aml_prt_entry found;
};

static int match_entry(const struct aml_prt_entry *entry, void *arg)
{
	struct lookup *lookup = arg;

	if (entry->device != lookup->slot || entry->pin != lookup->pin)
		return 0;
	lookup->found = *entry;
	return 1;
}

/* The entry for this pin, from the bus's own _PRT or from one above. */
static bool find_entry(const struct pci_dev *dev, u8 pin, struct aml_prt_entry *found)
{
	for (;;) {
		struct aml_node *node = node_of_bus(dev->bus);
		struct lookup lookup = { .slot = PCI_SLOT(dev->devfn), .pin = pin };

		if (node && aml_walk_prt(acpi_namespace, node, match_entry, &lookup) == 1) {
			*found = lookup.found;
			return true;
		}
		if (!dev->bus->self)
			return false;
		pin = (u8)((pin + PCI_SLOT(dev->devfn)) % NR_PINS);
		dev = dev->bus->self;
	}
}

/* Where the entry leads; by a link, which is set for it, or only asked where it would. */
static int gsi_of(const struct aml_prt_entry *entry, bool set, u32 *gsi, bool *level,
		  bool *active_low)
{
	char path[AML_PATH_MAX];

	/* PCI 3.0, 2.2.6: level and low, unless a link says otherwise. */
	*level = *active_low = true;
	if (!entry->link) {
		*gsi = entry->gsi;
		return 0;
	}
	if (!entry->gsi)
		return set ? acpi_pci_link_route(entry->link, gsi, level, active_low) :
			     acpi_pci_link_look(entry->link, gsi, level, active_low);
	if (set) /* one descriptor of a link is all that firmware uses */
		pr_err("interrupt link %s: no index %u is known\n",
		       aml_node_path(entry->link, path, sizeof(path)), entry->gsi);
	return -EINVAL;
}

static int find_gsi(const struct pci_dev *dev, u8 pin, bool set, u32 *gsi, bool *level,
		    bool *active_low)
{
	struct aml_prt_entry entry;
	int err = -ENOENT;

	if (!acpi_namespace)
		return err;
	acpi_lock();
	if (find_entry(dev, pin, &entry))
		err = gsi_of(&entry, set, gsi, level, active_low);
	acpi_unlock();
	return err;
}

int acpi_pci_irq_route(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level, bool *active_low)
{
	return find_gsi(dev, pin, true, gsi, level, active_low);
}

int acpi_pci_irq_look(const struct pci_dev *dev, u8 pin, u32 *gsi)
{
	bool level, active_low;

	return find_gsi(dev, pin, false, gsi, &level, &active_low);
}

/* ---- for the audit of pins ---- */

struct wire_walk {
	ioapic_wire_fn fn;
	void *arg;
};

static int tell_wire(const struct aml_prt_entry *entry, void *arg)
{
	const struct wire_walk *w = arg;
	bool level, active_low;
	u32 gsi;

	return gsi_of(entry, false, &gsi, &level, &active_low) ?
		       0 :
		       w->fn(gsi, level, active_low, w->arg);
}

int acpi_pci_walk_wires(ioapic_wire_fn fn, void *arg)
{
	struct wire_walk walk = { fn, arg };
	const struct pci_bus *bus;
	int ret = 0;

	if (!acpi_namespace)
		return 0;
	pci_lock_rescan_remove(); /* buses stay */
	acpi_lock();
	for (bus = NULL; (bus = pci_next_numbered_bus(bus)) != NULL;) {
		struct aml_node *node = node_of_bus(bus);

		if (node)
			ret = aml_walk_prt(acpi_namespace, node, tell_wire, &walk);
		if (ret > 0)
			break;
	}
	acpi_unlock();
	pci_unlock_rescan_remove();
	return ret > 0 ? ret : 0;
}

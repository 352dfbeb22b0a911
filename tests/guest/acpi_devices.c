// SPDX-License-Identifier: MIT
/*
 * The namespace's devices as they are in the register: host bridges' windows with
 * everything of PCI beneath, devices' own ranges, and interrupt pins that lead
 * somewhere.
 */
#include "drivers/acpi/device.h"
#include "drivers/acpi/pci_irq.h"
#include "drivers/pci/pci.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "tests/guest/guest_test.h"

static bool have_namespace(void)
{
	if (acpi_namespace)
		return true;
	guest_skip("no ACPI on this machine");
	return false;
}

static bool is_beneath(const struct resource *res, const struct resource *above)
{
	for (; res; res = res->parent)
		if (res == above)
			return true;
	return false;
}

/* One of the root bus's windows holds it. */
static bool is_in_a_window(const struct resource *res, const struct pci_bus *root)
{
	for (unsigned int i = 0; i < PCI_BUS_WINDOWS; i++)
		if (root->resource[i] && is_beneath(res, root->resource[i]))
			return true;
	return false;
}

GUEST_TEST(acpi_devices, windows_are_in_the_register)
{
	const struct pci_bus *root;
	unsigned int roots = 0;

	if (!have_namespace())
		return;
	list_for_each_entry(root, &pci_root_buses, node) {
		roots += root->acpi_node != NULL;
		for (unsigned int i = 0; i < PCI_BUS_WINDOWS && root->acpi_node; i++) {
			const struct resource *window = root->resource[i];

			if (!window || window == &iomem_resource || window == &ioport_resource)
				continue;
			EXPECT(window->parent != NULL);
			EXPECT_EQ(strncmp(window->name, "PCI Bus ", 8), 0);
		}
	}
	EXPECT(roots >= 1);
}

GUEST_TEST(acpi_devices, bars_are_beneath_their_root)
{
	const struct pci_dev *dev;
	int nr;

	if (!have_namespace())
		return;
	for_each_pci_dev(dev) {
		const struct pci_bus *root = dev->bus;

		while (root->self)
			root = root->parent;
		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++)
			if (dev->resource[nr].parent)
				EXPECT(is_in_a_window(&dev->resource[nr], root));
	}
}

GUEST_TEST(acpi_devices, names_are_unique_and_ranges_entered)
{
	const struct acpi_device *dev, *other;

	if (!have_namespace())
		return;
	for_each_acpi_device(dev) {
		unsigned int same = 0;

		for_each_acpi_device(other)
			same += !strcmp(dev->name, other->name);
		EXPECT_EQ(same, 1);
		for (unsigned int i = 0; i < dev->nr_resources; i++) {
			EXPECT(dev->resources[i].parent != NULL);
			EXPECT(dev->resources[i].name == dev->name);
		}
		if (!(dev->status & (AML_STA_PRESENT | AML_STA_FUNCTIONING)))
			EXPECT_EQ(dev->nr_resources, 0);
	}
}

/* PCI 3.0, 2.2.6: level triggered; and the same pin always leads to the same place. */
GUEST_TEST(acpi_devices, pins_are_routed)
{
	const struct pci_dev *dev;
	unsigned int routed = 0;

	if (!have_namespace())
		return;
	for_each_pci_dev(dev) {
		bool level = false, low, again_level, again_low;
		u32 gsi, again, looked;
		int err;

		if (!dev->pin || dev->pin > 4 || dev->hdr_type)
			continue;
		err = acpi_pci_irq_look(dev, dev->pin - 1, &looked);
		if (acpi_pci_irq_route(dev, dev->pin - 1, &gsi, &level, &low))
			continue;
		routed++;
		EXPECT_EQ(err, 0);
		EXPECT_EQ(looked, gsi);
		EXPECT(level);
		EXPECT(gsi > 0 && gsi < 256);
		EXPECT_EQ(acpi_pci_irq_route(dev, dev->pin - 1, &again, &again_level, &again_low),
			  0);
		EXPECT(again == gsi && again_level == level && again_low == low);
	}
	if (!routed)
		guest_skip("no function has an interrupt pin");
}

/* ACPI 6.5, 6.2.13: a function behind a bridge without a _PRT comes out at the bridge's pins. */
GUEST_TEST(acpi_devices, pins_turn_behind_bridges)
{
	const struct pci_dev *dev;

	if (!have_namespace())
		return;
	for_each_pci_dev(dev) {
		const struct pci_dev *bridge = dev->bus->self;
		bool level, low;
		u32 gsi, above;
		u8 pin = dev->pin - 1;

		if (!bridge || !dev->pin || dev->pin > 4)
			continue;
		if (acpi_pci_irq_route(dev, pin, &gsi, &level, &low))
			continue;
		if (!acpi_pci_irq_route(bridge, (u8)((pin + PCI_SLOT(dev->devfn)) % 4), &above,
					&level, &low))
			EXPECT_EQ(gsi, above);
	}
}

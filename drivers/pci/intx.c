// SPDX-License-Identifier: MIT
/*
 * Where a function's interrupt pin ends up.
 *
 * The four pins of a board's slots are wired to interrupt inputs as its maker
 * liked; only firmware knows.  With ACPI the namespace's _PRT tells, without it the
 * MP table.  Where both are silent, the Interrupt Line register is what is left
 * (PCI 3.0, 6.2.4): firmware wrote there which ISA irq it routed the pin to.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/apic/apic.h"
#include "drivers/firmware/mptable.h"
#include "drivers/pci/access.h"
#include "drivers/pci/firmware.h"
#include "kernel/core/printk.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"

#define PIN_NONE  0
#define PIN_MAX	  4    /* INTD */
#define LINE_NONE 0xff /* PCI 3.0, 6.2.4: "unknown" or "no connection" */

/* The MP table names only pins of buses it knows: behind a bridge the pin turns with the slot. */
static int mp_pin_to_gsi(const struct pci_dev *dev, u32 *gsi, bool *level, bool *active_low)
{
	u8 pin = dev->pin - 1;

	if (dev->bus->segment)
		return -ENOENT; /* the MP table knows of none */
	while (mp_pci_irq(dev->bus->number, PCI_SLOT(dev->devfn), pin, gsi, level, active_low)) {
		if (!dev->bus->self)
			return -ENOENT;
		/* PCI-to-PCI Bridge 1.2, 9.1, table 9-1. */
		pin = (pin + PCI_SLOT(dev->devfn)) % PIN_MAX;
		dev = dev->bus->self;
	}
	return 0;
}

/* The mode is the pin's own (PCI 3.0, 2.2.6), unless firmware says otherwise of that irq. */
static int line_to_gsi(const struct pci_dev *dev, u32 *gsi, bool *level, bool *active_low)
{
	const struct isa_irq_override *isa;

	if (dev->irq_line == 0 || dev->irq_line >= ARRAY_SIZE(irq_routing.isa))
		return -ENOENT;
	isa = &irq_routing.isa[dev->irq_line];
	if (isa->absent)
		return -ENOENT;
	*gsi = isa->gsi;
	*level = isa->given ? isa->level : true;
	*active_low = isa->given ? isa->active_low : true;
	return 0;
}

static int table_to_gsi(const struct pci_dev *dev, u32 *gsi, bool *level, bool *active_low)
{
	if (!mp_pin_to_gsi(dev, gsi, level, active_low))
		return 0;
	return line_to_gsi(dev, gsi, level, active_low);
}

static int find_gsi(const struct pci_dev *dev, u32 *gsi, bool *level, bool *active_low)
{
	if (!pci_firmware_irq_route(dev, dev->pin - 1, gsi, level, active_low))
		return 0;
	return table_to_gsi(dev, gsi, level, active_low);
}

int pci_intx_gsi(const struct pci_dev *dev, u32 *gsi)
{
	bool level, active_low;

	if (dev->pin == PIN_NONE || dev->pin > PIN_MAX)
		return -ENODEV;
	if (!pci_firmware_irq_look(dev, dev->pin - 1, gsi))
		return 0;
	return table_to_gsi(dev, gsi, &level, &active_low);
}

int pci_intx_irq(struct pci_dev *dev)
{
	bool level, active_low;
	u32 gsi;
	int irq;

	if (dev->pin == PIN_NONE || dev->pin > PIN_MAX)
		return -ENODEV;
	if (find_gsi(dev, &gsi, &level, &active_low)) {
		pci_warn(dev, "nothing tells where INT%c goes\n", 'A' + dev->pin - 1);
		return -ENODEV;
	}
	irq = gsi_to_irq(gsi, level, active_low);
	if (irq < 0)
		pci_warn(dev, "INT%c: no irq for GSI %u: %s\n", 'A' + dev->pin - 1, gsi,
			 error_name(irq));
	else
		pci_info(dev, "INT%c is GSI %u (%s, active %s), irq %d\n", 'A' + dev->pin - 1, gsi,
			 level ? "level" : "edge", active_low ? "low" : "high", irq);
	return irq;
}

u32 pci_irq(const struct pci_dev *dev)
{
	u32 irq = dev->irq_line == LINE_NONE ? 0 : dev->irq_line;

	if (dev->msi_irq)
		return (u32)dev->msi_irq;
	if (dev->driver)
		pci_intx_gsi(dev, &irq);
	return irq;
}

// SPDX-License-Identifier: MIT
/*
 * Configuration mechanism #1 ("conf1", PCI 3.0, 3.2.2.3.2): a pair of ports.
 *
 * An address is written to 0cf8 and the data moves through 0cfc-0cff.  The two
 * steps are one access, so they are made under a lock with interrupts off.  It
 * reaches 256 bytes of each function of 256 buses, those of segment 0.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/early.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"

#define CONF1_ADDRESS 0xcf8
#define CONF1_DATA    0xcfc
#define CONF1_ENABLE  BIT(31)
#define SLOT_SHIFT    11 /* of a device number in the address (PCI 3.0, 3.2.2.3.2) */

static DEFINE_SPINLOCK(pci_config_lock); /* the address port between its two steps */

static u32 conf1_address(u8 bus, u8 devfn, int where)
{
	return CONF1_ENABLE | (u32)bus << 16 | (u32)devfn << 8 | ((u32)where & 0xfc);
}

static int conf1_read(u16 segment, u8 bus, u8 devfn, int where, int size, u32 *value)
{
	unsigned long flags;

	*value = ~0U;
	if (segment || where >= PCI_CFG_SPACE_SIZE)
		return -EINVAL;
	spin_lock_irqsave(&pci_config_lock, flags);
	outl(conf1_address(bus, devfn, where), CONF1_ADDRESS);
	if (size == 1)
		*value = inb(CONF1_DATA + (where & 3));
	else if (size == 2)
		*value = inw(CONF1_DATA + (where & 2));
	else
		*value = inl(CONF1_DATA);
	spin_unlock_irqrestore(&pci_config_lock, flags);
	return 0;
}

static int conf1_write(u16 segment, u8 bus, u8 devfn, int where, int size, u32 value)
{
	unsigned long flags;

	if (segment || where >= PCI_CFG_SPACE_SIZE)
		return -EINVAL;
	spin_lock_irqsave(&pci_config_lock, flags);
	outl(conf1_address(bus, devfn, where), CONF1_ADDRESS);
	if (size == 1)
		outb((u8)value, CONF1_DATA + (where & 3));
	else if (size == 2)
		outw((u16)value, CONF1_DATA + (where & 2));
	else
		outl(value, CONF1_DATA);
	spin_unlock_irqrestore(&pci_config_lock, flags);
	return 0;
}

u32 __init pci_early_read(u8 bus, u8 devfn, int where, int size)
{
	u32 value;

	conf1_read(0, bus, devfn, where, size, &value);
	return value;
}

static const struct pci_ops pci_conf1 = { "conf1", conf1_read, conf1_write };

/* A host bridge, a display or a maker of chipsets on bus 0: then it is PCI that answers. */
static bool __init conf1_is_sane(void)
{
	u32 v;
	int devfn;

	for (devfn = 0; devfn < 0x100; devfn++) {
		conf1_read(0, 0, (u8)devfn, PCI_CLASS_REVISION + 2, 2, &v);
		if (v == PCI_CLASS_BRIDGE_HOST || v == PCI_CLASS_DISPLAY_VGA)
			return true;
		conf1_read(0, 0, (u8)devfn, PCI_VENDOR_ID, 2, &v);
		if (v == 0x8086 || v == 0x0e11)
			return true;
	}
	return false;
}

/* The address port keeps what was written, where there is one. */
static bool __init conf1_answers(void)
{
	unsigned long flags;
	u32 old;
	bool works;

	spin_lock_irqsave(&pci_config_lock, flags);
	outb(0x01, CONF1_ADDRESS + 3); /* some chipsets: 1 selects mechanism #1 */
	old = inl(CONF1_ADDRESS);
	outl(CONF1_ENABLE, CONF1_ADDRESS);
	works = inl(CONF1_ADDRESS) == CONF1_ENABLE;
	outl(old, CONF1_ADDRESS);
	spin_unlock_irqrestore(&pci_config_lock, flags);
	return works;
}

const struct pci_ops *__init pci_conf1_probe(void)
{
	if (!request_region(CONF1_ADDRESS, 8, "PCI conf1"))
		return NULL;
	if (conf1_answers() && conf1_is_sane()) {
		pr_info("Using configuration type 1 for base access\n");
		return &pci_conf1;
	}
	release_region(CONF1_ADDRESS, 8);
	pr_info("ports 0cf8-0cff do not lead to configuration space\n");
	return NULL;
}

/* Asked at boot of all buses that there may be: 256 times 32 accesses, with one lock a bus. */
bool __init pci_conf1_bus_answers(u8 bus)
{
	u32 address = CONF1_ENABLE | (u32)bus << 16, end = address + (32 << SLOT_SHIFT);
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&pci_config_lock, flags);
	for (; address != end && !found; address += 1 << SLOT_SHIFT) {
		outl(address, CONF1_ADDRESS);
		found = pci_is_vendor(inw(CONF1_DATA));
	}
	spin_unlock_irqrestore(&pci_config_lock, flags);
	return found;
}

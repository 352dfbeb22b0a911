// SPDX-License-Identifier: MIT
/*
 * Configuration space: the two ways to it and who takes which.
 *
 * Mechanism #1 ("conf1", PCI 3.0, 3.2.2.3.2) is a pair of ports: an address is
 * written to 0cf8 and the data moves through 0cfc-0cff.  The two steps are one
 * access, so they are made under a lock with interrupts off.  It reaches 256
 * bytes of each function.  ECAM (ecam.c) is memory and reaches 4096.
 *
 * Buses that an ECAM window covers go through it, all others through conf1, so
 * a firmware that describes only some buses costs nothing but the extended
 * space of the rest.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "kernel/errno.h"
#include "kernel/printk.h"
#include "kernel/spinlock.h"
#include "mm/io.h"

#define CONF1_ADDRESS 0xcf8
#define CONF1_DATA    0xcfc
#define CONF1_ENABLE  BIT(31)

static DEFINE_SPINLOCK(pci_config_lock); /* the address port between its two steps */
static const struct pci_ops *conf1_ops, *ecam_ops;

static u32 conf1_address(u8 bus, u8 devfn, int where)
{
	return CONF1_ENABLE | (u32)bus << 16 | (u32)devfn << 8 | ((u32)where & 0xfc);
}

static bool access_is_valid(int where, int size, int space)
{
	return where >= 0 && where < space && (size == 1 || size == 2 || size == 4) &&
	       !(where & (size - 1));
}

static int conf1_read(u8 bus, u8 devfn, int where, int size, u32 *value)
{
	unsigned long flags;

	*value = ~0U;
	if (!access_is_valid(where, size, PCI_CFG_SPACE_SIZE))
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

static int conf1_write(u8 bus, u8 devfn, int where, int size, u32 value)
{
	unsigned long flags;

	if (!access_is_valid(where, size, PCI_CFG_SPACE_SIZE))
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

static const struct pci_ops pci_conf1 = { "conf1", conf1_read, conf1_write };

/* A host bridge, a display or a maker of chipsets on bus 0: then it is PCI that answers. */
static bool __init conf1_is_sane(void)
{
	u32 v;
	int devfn;

	for (devfn = 0; devfn < 0x100; devfn++) {
		conf1_read(0, (u8)devfn, PCI_CLASS_REVISION + 2, 2, &v);
		if (v == PCI_CLASS_BRIDGE_HOST || v == PCI_CLASS_DISPLAY_VGA)
			return true;
		conf1_read(0, (u8)devfn, PCI_VENDOR_ID, 2, &v);
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

bool __init pci_access_init(void)
{
	conf1_ops = pci_conf1_probe();
	ecam_ops = pci_mmcfg_probe();
	return conf1_ops || ecam_ops;
}

static const struct pci_ops *ops_of_bus(u8 bus)
{
	return ecam_ops && pci_mmcfg_covers(bus) ? ecam_ops : conf1_ops;
}

int pci_raw_read(u8 bus, u8 devfn, int where, int size, u32 *value)
{
	const struct pci_ops *ops = ops_of_bus(bus);

	*value = ~0U;
	if (!ops || !access_is_valid(where, size, PCI_CFG_SPACE_EXP_SIZE))
		return -EINVAL;
	return ops->read(bus, devfn, where, size, value);
}

int pci_raw_write(u8 bus, u8 devfn, int where, int size, u32 value)
{
	const struct pci_ops *ops = ops_of_bus(bus);

	if (!ops || !access_is_valid(where, size, PCI_CFG_SPACE_EXP_SIZE))
		return -EINVAL;
	return ops->write(bus, devfn, where, size, value);
}

/*
 * Through conf1 where it works, ECAM or not: it is asked of many buses that do
 * not exist, and a mapping for each costs more than the ports do.
 */
bool __init pci_bus_answers(u8 bus)
{
	const struct pci_ops *ops = conf1_ops ? conf1_ops : ops_of_bus(bus);
	unsigned int slot;
	u32 id;

	for (slot = 0; ops && slot < 32; slot++) {
		ops->read(bus, PCI_DEVFN(slot, 0), PCI_VENDOR_ID, 2, &id);
		if (id != 0xffff && id != 0 && id != ~0U)
			return true;
	}
	return false;
}

int pci_read_config_byte(const struct pci_dev *dev, int where, u8 *val)
{
	u32 v;
	int err = pci_raw_read(dev->bus->number, dev->devfn, where, 1, &v);

	*val = (u8)v;
	return err;
}

int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val)
{
	u32 v;
	int err = pci_raw_read(dev->bus->number, dev->devfn, where, 2, &v);

	*val = (u16)v;
	return err;
}

int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val)
{
	return pci_raw_read(dev->bus->number, dev->devfn, where, 4, val);
}

int pci_write_config_byte(const struct pci_dev *dev, int where, u8 val)
{
	return pci_raw_write(dev->bus->number, dev->devfn, where, 1, val);
}

int pci_write_config_word(const struct pci_dev *dev, int where, u16 val)
{
	return pci_raw_write(dev->bus->number, dev->devfn, where, 2, val);
}

int pci_write_config_dword(const struct pci_dev *dev, int where, u32 val)
{
	return pci_raw_write(dev->bus->number, dev->devfn, where, 4, val);
}

/* A conventional function, or one behind a conventional bridge, reads all ones above 255. */
int pci_cfg_space_size(const struct pci_dev *dev)
{
	u32 v;

	if (!dev->pcie_cap || pci_read_config_dword(dev, PCI_CFG_SPACE_SIZE, &v) || v == ~0U)
		return PCI_CFG_SPACE_SIZE;
	return PCI_CFG_SPACE_EXP_SIZE;
}

static u8 read_config(const void *dev, int where)
{
	u8 v;

	pci_read_config_byte(dev, where, &v);
	return v;
}

u8 pci_find_capability(const struct pci_dev *dev, u8 id)
{
	u16 status;

	pci_read_config_word(dev, PCI_STATUS, &status);
	/* All ones is a device that is gone, not one with every status bit. */
	if (status == 0xffff || !(status & PCI_STATUS_CAP_LIST))
		return 0;
	/* CardBus bridges keep the pointer elsewhere: PC Card 8.0, 4.5.2.1. */
	return pci_cap_walk(read_config, dev,
			    dev->hdr_type == PCI_HEADER_CARDBUS ? 0x14 : PCI_CAPABILITY_LIST, id);
}

u8 pci_find_next_capability(const struct pci_dev *dev, u8 pos, u8 id)
{
	return pci_cap_walk(read_config, dev, (u8)(pos + 1), id);
}

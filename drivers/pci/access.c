// SPDX-License-Identifier: MIT
/*
 * Configuration space: which way to it serves which bus.
 *
 * Buses that an ECAM window covers go through it (ecam.c), all others through
 * the ports (conf1.c), so a firmware that describes only some buses costs
 * nothing but the extended space of the rest.  All checks of offset and width
 * are here; nothing here touches hardware itself.  Segments other than 0 are reached by ECAM alone.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/options.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"

static const struct pci_ops *conf1_ops, *ecam_ops; /* written once, at boot */

bool pci_is_reachable(void)
{
	return conf1_ops || ecam_ops;
}

void __init pci_access_setup(void)
{
	pci_options_init();
	conf1_ops = pci_conf1_probe();
	ecam_ops = pci_mmcfg_probe(false);
	if (!pci_is_reachable())
		pr_info("this machine has none that can be reached\n");
}

void __init pci_mmcfg_late_init(void)
{
	if (!ecam_ops)
		ecam_ops = pci_mmcfg_probe(true);
}

void __init pci_add_root_window(u16 segment, u8 bus, u8 last_bus, u64 address)
{
	const struct pci_ops *ops = pci_mmcfg_insert(segment, bus, last_bus, address);

	if (ops)
		ecam_ops = ops;
}

static bool access_is_valid(int where, int size)
{
	return where >= 0 && where < PCI_CFG_SPACE_EXP_SIZE &&
	       (size == 1 || size == 2 || size == 4) && !(where & (size - 1));
}

static const struct pci_ops *ops_of_bus(u16 segment, u8 bus)
{
	if (ecam_ops && pci_mmcfg_covers(segment, bus))
		return ecam_ops;
	return segment ? NULL : conf1_ops;
}

int pci_raw_read(u16 segment, u8 bus, u8 devfn, int where, int size, u32 *value)
{
	const struct pci_ops *ops = ops_of_bus(segment, bus);

	*value = ~0U;
	if (!ops || !access_is_valid(where, size))
		return -EINVAL;
	return ops->read(segment, bus, devfn, where, size, value);
}

int pci_raw_write(u16 segment, u8 bus, u8 devfn, int where, int size, u32 value)
{
	const struct pci_ops *ops = ops_of_bus(segment, bus);

	if (!ops || !access_is_valid(where, size))
		return -EINVAL;
	return ops->write(segment, bus, devfn, where, size, value);
}

/* Through conf1 where it works, ECAM or not: a mapping for each bus costs more than the ports. */
bool __init pci_bus_answers(u8 bus)
{
	unsigned int slot;
	u32 id;

	if (conf1_ops)
		return pci_conf1_bus_answers(bus);
	for (slot = 0; slot < 32; slot++)
		if (!ecam_ops->read(0, bus, PCI_DEVFN(slot, 0), PCI_VENDOR_ID, 2, &id) &&
		    pci_is_vendor(id))
			return true;
	return false;
}

#define DEFINE_CONFIG_ACCESS(name, type)                                                       \
	int pci_read_config_##name(const struct pci_dev *dev, int where, type *val)            \
	{                                                                                      \
		u32 v;                                                                         \
		int err = pci_raw_read(dev->bus->segment, dev->bus->number, dev->devfn, where, \
				       sizeof(*val), &v);                                      \
                                                                                               \
		*val = (type)v;                                                                \
		return err;                                                                    \
	}                                                                                      \
	int pci_write_config_##name(const struct pci_dev *dev, int where, type val)            \
	{                                                                                      \
		return pci_raw_write(dev->bus->segment, dev->bus->number, dev->devfn, where,   \
				     sizeof(val), val);                                        \
	}

DEFINE_CONFIG_ACCESS(byte, u8)
DEFINE_CONFIG_ACCESS(word, u16)
DEFINE_CONFIG_ACCESS(dword, u32)

/* From the read to the write, which a handler of interrupts may want as well; around the mechanism's lock. */
static DEFINE_SPINLOCK(change_lock);

void pci_clear_and_set_word(const struct pci_dev *dev, int where, u16 clear, u16 set)
{
	unsigned long flags;
	u16 old, new;

	spin_lock_irqsave(&change_lock, flags);
	if (!pci_read_config_word(dev, where, &old)) {
		new = (u16)((old & ~clear) | set);
		if (new != old)
			pci_write_config_word(dev, where, new);
	}
	spin_unlock_irqrestore(&change_lock, flags);
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

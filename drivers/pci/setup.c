// SPDX-License-Identifier: MIT
/*
 * One function: its header and its BARs (a bridge's windows are in bridge.c).
 *
 * A BAR tells its size when all ones are written to it (PCI 3.0, 6.2.5.1).
 * While it holds them it would answer at the top of memory, so the function's
 * decoding is off for that time: except a host bridge's, behind which the rest of
 * the machine may lie.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/pcie.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

#define PCI_MSI_FLAGS	 0x02 /* in both capabilities: PCI 3.0, 6.8.1.3 and 6.8.2.3 */
#define PCI_MSI_ENABLE	 BIT(0)
#define PCI_MSIX_ENABLE	 BIT(15)
#define PCI_SSVID_VENDOR 0x04 /* PCI-to-PCI Bridge 1.2, 3.2.5.13 */
#define PCI_CB_SUBSYSTEM 0x40 /* PC Card 8.0, 4.5.4 */

const char *pci_resource_name(const struct pci_dev *dev, int nr)
{
	static const char *const names[PCI_IOV_RESOURCES] = {
		"BAR 0", "BAR 1", "BAR 2", "BAR 3", "BAR 4", "BAR 5", "ROM",
	};

	if (nr < PCI_IOV_RESOURCES)
		return names[nr];
	if (nr < PCI_BRIDGE_RESOURCES)
		return "VF BAR";
	if (pci_is_cardbus(dev))
		return "CardBus window";
	return dev->hdr_type == PCI_HEADER_BRIDGE ? "bridge window" : "fixed region";
}

/* What the register holds, and what all ones leave in it. */
static void probe_register(struct pci_dev *dev, int reg, u32 ones, u32 *value, u32 *mask)
{
	pci_read_config_dword(dev, reg, value);
	pci_write_config_dword(dev, reg, *value | ones);
	pci_read_config_dword(dev, reg, mask);
	pci_write_config_dword(dev, reg, *value);
}

bool pci_read_base(struct pci_dev *dev, int nr, int reg, bool has_next)
{
	bool rom = nr == PCI_ROM_RESOURCE, wide;
	struct resource *res = &dev->resource[nr];
	struct pci_bar_probe probe;
	u32 value, mask;

	/* Bit 0 of a ROM BAR is its switch: that one stays as it is. */
	probe_register(dev, reg, rom ? 0xfffff800 : ~0U, &value, &mask);
	probe.value = value;
	probe.mask = mask;
	wide = !rom && mask && mask != ~0U && (pci_bar_flags(value) & IORESOURCE_MEM_64);
	if (wide && !has_next) {
		pci_warn(dev, "%s: 64 bits wide, and the last\n", pci_resource_name(dev, nr));
		return false;
	}
	if (wide) {
		probe_register(dev, reg + 4, ~0U, &value, &mask);
		probe.value |= (u64)value << 32;
		probe.mask |= (u64)mask << 32;
	}
	if (pci_bar_decode(&probe, rom, res) == PCI_BAR_BROKEN)
		pci_warn(dev, "%s: %#lx with mask %#lx is no range, left alone\n",
			 pci_resource_name(dev, nr), probe.value, probe.mask);
	return wide;
}

void pci_disable_rom(struct pci_dev *dev)
{
	u32 reg;

	dev->resource[PCI_ROM_RESOURCE].flags &= ~(unsigned long)IORESOURCE_ROM_ENABLE;
	pci_read_config_dword(dev, dev->rom_base_reg, &reg);
	pci_write_config_dword(dev, dev->rom_base_reg, reg & ~1U);
}

static void write_checked(struct pci_dev *dev, int nr, int reg, u32 value, u32 mask)
{
	u32 check;

	pci_write_config_dword(dev, reg, value);
	pci_read_config_dword(dev, reg, &check);
	if ((check ^ value) & mask)
		pci_warn(dev, "%s: wrote %#x at %#x, reads %#x\n", pci_resource_name(dev, nr),
			 value, reg, check);
}

/* A 64-bit BAR cannot be written in one go: memory decode is off meanwhile. */
void pci_update_resource(struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	bool io = res->flags & IORESOURCE_IO;
	u32 low = (u32)res->start | (res->flags & (io ? 3 : 0xf));
	int reg = PCI_BASE_ADDRESS_0 + 4 * nr;
	u16 command;

	if (nr >= PCI_IOV_RESOURCES) {
		reg = dev->sriov_cap + PCI_SRIOV_BAR + 4 * (nr - PCI_IOV_RESOURCES);
	} else if (nr == PCI_ROM_RESOURCE) {
		/* It stays off; who switches it on writes its address then. */
		if (!(res->flags & IORESOURCE_ROM_ENABLE))
			return;
		reg = dev->rom_base_reg;
	}
	if (!(res->flags & IORESOURCE_MEM_64)) {
		write_checked(dev, nr, reg, low, io ? 0xfffc : ~0xfU);
		return;
	}
	pci_read_config_word(dev, PCI_COMMAND, &command);
	pci_write_config_word(dev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY);
	write_checked(dev, nr, reg, low, ~0xfU);
	write_checked(dev, nr, reg + 4, upper_32_bits(res->start), ~0U);
	pci_write_config_word(dev, PCI_COMMAND, command);
}

static void read_bases(struct pci_dev *dev, int count, int rom_reg)
{
	const u16 decode = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	bool pause;
	u16 command;
	int nr;

	if (pci_has_no_bars(dev)) {
		pci_info(dev, "what stands in its BARs is none: decoding off\n");
		pci_clear_and_set_word(dev, PCI_COMMAND, decode, 0);
		return;
	}
	pci_read_config_word(dev, PCI_COMMAND, &command);
	pause = command & decode && dev->class >> 8 != PCI_CLASS_BRIDGE_HOST;
	if (pause)
		pci_write_config_word(dev, PCI_COMMAND, command & ~decode);
	for (nr = 0; nr < count; nr++)
		nr += pci_read_base(dev, nr, PCI_BASE_ADDRESS_0 + 4 * nr, nr + 1 < count);
	dev->rom_base_reg = (u8)rom_reg;
	if (rom_reg)
		pci_read_base(dev, PCI_ROM_RESOURCE, rom_reg, false);
	if (pause)
		pci_write_config_word(dev, PCI_COMMAND, command);
}

/* A port range that the class fixes and no BAR tells. */
static void fix_legacy_io(struct pci_dev *dev, int nr, resource_size_t start, resource_size_t size)
{
	struct resource *res = &dev->resource[nr];

	res->start = start;
	res->end = start + size - 1;
	res->flags = IORESOURCE_IO | IORESOURCE_PCI_FIXED;
}

/*
 * PCI IDE Controller 1.0, chapter 2: a channel in compatibility mode answers at
 * the AT's ports whatever its BARs say.  Bits 0 and 2 of the interface byte set:
 * the first, the second channel is in native mode.
 */
static void fix_legacy_ide(struct pci_dev *dev)
{
	if (dev->class >> 8 != PCI_CLASS_STORAGE_IDE)
		return;
	if (!(dev->class & BIT(0))) {
		fix_legacy_io(dev, 0, 0x1f0, 8);
		fix_legacy_io(dev, 1, 0x3f6, 1);
	}
	if (!(dev->class & BIT(2))) {
		fix_legacy_io(dev, 2, 0x170, 8);
		fix_legacy_io(dev, 3, 0x376, 1);
	}
}

static void read_subsystem_ids(struct pci_dev *dev, int where)
{
	pci_read_config_word(dev, where, &dev->subsystem_vendor);
	pci_read_config_word(dev, where + 2, &dev->subsystem_device);
}

/* The part of the header that its type decides; class and header must agree. */
static int read_header(struct pci_dev *dev)
{
	u16 type = (u16)(dev->class >> 8);
	u8 pos;

	if (dev->hdr_type > PCI_HEADER_CARDBUS) {
		pci_warn(dev, "unknown header type %02x, ignored\n", dev->hdr_type);
		return -EIO;
	}
	if ((dev->hdr_type == PCI_HEADER_NORMAL && type == PCI_CLASS_BRIDGE_PCI) ||
	    (dev->hdr_type == PCI_HEADER_CARDBUS && type != PCI_CLASS_BRIDGE_CARDBUS)) {
		pci_warn(dev, "class %#08x does not go with header type %02x, ignored\n",
			 dev->class, dev->hdr_type);
		dev->class = 0;
		return 0;
	}
	switch (dev->hdr_type) {
	case PCI_HEADER_NORMAL:
		read_bases(dev, 6, PCI_ROM_ADDRESS);
		read_subsystem_ids(dev, PCI_SUBSYSTEM_VENDOR);
		fix_legacy_ide(dev);
		break;
	case PCI_HEADER_BRIDGE:
		/* PCI-to-PCI Bridge 1.2, 3.2.4.6; Intel's ICH hub bridges forget to say it. */
		dev->transparent = (dev->class & 0xff) == 1 ||
				   (dev->vendor == 0x8086 && (dev->device & 0xff00) == 0x2400);
		read_bases(dev, 2, PCI_ROM_ADDRESS1);
		pci_probe_bridge_windows(dev);
		pos = pci_find_capability(dev, PCI_CAP_ID_SSVID);
		if (pos)
			read_subsystem_ids(dev, pos + PCI_SSVID_VENDOR);
		break;
	case PCI_HEADER_CARDBUS:
		read_bases(dev, 1, 0);
		read_subsystem_ids(dev, PCI_CB_SUBSYSTEM);
		break;
	}
	return 0;
}

/* Find a capability of interrupt messages; what a boot ROM left switched on is silenced. */
static u8 find_silenced(struct pci_dev *dev, u8 id, u16 enable)
{
	u8 cap = pci_find_capability(dev, id);

	if (cap)
		pci_clear_and_set_word(dev, cap + PCI_MSI_FLAGS, enable, 0);
	return cap;
}

int pci_setup_device(struct pci_dev *dev)
{
	u32 class_revision;
	u8 hdr_type;
	int nr, err;

	snprintf(dev->name, sizeof(dev->name), "%04x:%02x:%02x.%x", dev->bus->segment,
		 dev->bus->number, PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn));
	for (nr = 0; nr < PCI_NUM_RESOURCES; nr++)
		dev->resource[nr].name = dev->name;

	pci_read_config_byte(dev, PCI_HEADER_TYPE, &hdr_type);
	dev->hdr_type = hdr_type & ~PCI_HEADER_MULTI;
	dev->multifunction = hdr_type & PCI_HEADER_MULTI;
	pci_read_config_dword(dev, PCI_CLASS_REVISION, &class_revision);
	dev->revision = (u8)class_revision;
	dev->class = class_revision >> 8;
	pci_read_config_byte(dev, PCI_INTERRUPT_PIN, &dev->pin);
	pci_read_config_byte(dev, PCI_INTERRUPT_LINE, &dev->irq_line);
	pci_info(dev, "[%04x:%04x] type %02x class %#08x\n", dev->vendor, dev->device,
		 dev->hdr_type, dev->class);

	err = read_header(dev);
	if (err)
		return err;
	for (nr = 0; nr <= PCI_ROM_RESOURCE; nr++)
		if (dev->resource[nr].flags)
			pci_info(dev, "%s %pR\n", pci_resource_name(dev, nr), &dev->resource[nr]);
	pci_express_init(dev);
	dev->msi_cap = find_silenced(dev, PCI_CAP_ID_MSI, PCI_MSI_ENABLE);
	dev->msix_cap = find_silenced(dev, PCI_CAP_ID_MSIX, PCI_MSIX_ENABLE);
	return 0;
}

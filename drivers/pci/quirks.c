// SPDX-License-Identifier: MIT
/*
 * What a device decodes and its header does not tell.
 *
 * South bridges have port regions whose bases lie in registers of their own.
 * They are entered as resources of the device, while it is found: before any
 * BAR is claimed, for they cannot move.  The list is that of the parts whose
 * regions Linux shows; the datasheet is named at each.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"

/*
 * A region of `size` ports whose base is the word at `reg`, its low bits being
 * switches, as the device's resource nr.
 */
static void __init quirk_io_region(struct pci_dev *dev, int reg, u16 size, int nr, const char *what)
{
	struct resource *res = &dev->resource[PCI_BRIDGE_RESOURCES + nr];
	u16 base;

	pci_read_config_word(dev, reg, &base);
	base = ALIGN_DOWN(base, size);
	if (!base)
		return;
	res->start = base;
	res->end = base + size - 1U;
	res->flags = IORESOURCE_IO | IORESOURCE_PCI_FIXED;
	if (!pci_claim_resource(dev, PCI_BRIDGE_RESOURCES + nr))
		pci_info(dev, "%pR is its %s\n", res, what);
}

/* Intel 82371AB (PIIX4) datasheet, 290562, 7.2.11 PMBA and 7.2.27 SMBBA. */
static void __init quirk_piix4_pm(struct pci_dev *dev)
{
	quirk_io_region(dev, 0x40, 64, 0, "PIIX4 ACPI");
	quirk_io_region(dev, 0x90, 16, 1, "PIIX4 SMB");
}

/* Intel ICH4 datasheet, 290744, 9.1.10 to 9.1.15. */
static void __init quirk_ich4_lpc(struct pci_dev *dev)
{
	u8 acpi_cntl, gpio_cntl;

	pci_read_config_byte(dev, 0x44, &acpi_cntl);
	pci_read_config_byte(dev, 0x5c, &gpio_cntl);
	if (acpi_cntl & BIT(4))
		quirk_io_region(dev, 0x40, 128, 0, "ICH4 ACPI/GPIO/TCO");
	if (gpio_cntl & BIT(4))
		quirk_io_region(dev, 0x58, 64, 1, "ICH4 GPIO");
}

/* Intel ICH9 datasheet, 316972, 13.1.12 to 13.1.15; the same from ICH6 to ICH10. */
static void __init quirk_ich6_lpc(struct pci_dev *dev)
{
	u8 acpi_cntl, gpio_cntl;

	pci_read_config_byte(dev, 0x44, &acpi_cntl);
	pci_read_config_byte(dev, 0x4c, &gpio_cntl);
	if (acpi_cntl & BIT(7))
		quirk_io_region(dev, 0x40, 128, 0, "ICH6 ACPI/GPIO/TCO");
	if (gpio_cntl & BIT(4))
		quirk_io_region(dev, 0x48, 64, 1, "ICH6 GPIO");
}

/* ALi M7101 power management unit. */
static void __init quirk_ali_m7101(struct pci_dev *dev)
{
	quirk_io_region(dev, 0xe0, 64, 0, "ali7101 ACPI");
	quirk_io_region(dev, 0xe2, 32, 1, "ali7101 SMB");
}

/* VIA VT82C586B: earlier revisions have no ACPI block there. */
static void __init quirk_vt82c586_pm(struct pci_dev *dev)
{
	if (dev->revision & 0x10)
		quirk_io_region(dev, 0x48, 256, 0, "vt82c586 ACPI");
}

/* VIA VT82C686: as before, hardware monitor and SMBus. */
static void __init quirk_vt82c686_pm(struct pci_dev *dev)
{
	quirk_vt82c586_pm(dev);
	quirk_io_region(dev, 0x70, 128, 1, "vt82c686 HW-mon");
	quirk_io_region(dev, 0x90, 16, 2, "vt82c686 SMB");
}

/* VIA VT8235. */
static void __init quirk_vt8235_pm(struct pci_dev *dev)
{
	quirk_io_region(dev, 0x88, 128, 0, "vt8235 PM");
	quirk_io_region(dev, 0xd0, 16, 1, "vt8235 SMB");
}

static const struct {
	u16 vendor, device;
	void (*fix)(struct pci_dev *dev);
} quirks[] __initconst = {
	/* 82371AB/EB/MB and 82440MX */
	{ 0x8086, 0x7113, quirk_piix4_pm },
	{ 0x8086, 0x719b, quirk_piix4_pm },
	/* ICH, ICH0, two of ICH2, two of ICH3, two of ICH4, ICH5, 6300ESB */
	{ 0x8086, 0x2410, quirk_ich4_lpc },
	{ 0x8086, 0x2420, quirk_ich4_lpc },
	{ 0x8086, 0x2440, quirk_ich4_lpc },
	{ 0x8086, 0x244c, quirk_ich4_lpc },
	{ 0x8086, 0x2480, quirk_ich4_lpc },
	{ 0x8086, 0x248c, quirk_ich4_lpc },
	{ 0x8086, 0x24c0, quirk_ich4_lpc },
	{ 0x8086, 0x24cc, quirk_ich4_lpc },
	{ 0x8086, 0x24d0, quirk_ich4_lpc },
	{ 0x8086, 0x25a1, quirk_ich4_lpc },
	/* ICH6 */
	{ 0x8086, 0x2640, quirk_ich6_lpc },
	{ 0x8086, 0x2641, quirk_ich6_lpc },
	/* ICH7 */
	{ 0x8086, 0x27b8, quirk_ich6_lpc },
	{ 0x8086, 0x27b9, quirk_ich6_lpc },
	{ 0x8086, 0x27bd, quirk_ich6_lpc },
	/* ICH8 */
	{ 0x8086, 0x2810, quirk_ich6_lpc },
	{ 0x8086, 0x2811, quirk_ich6_lpc },
	{ 0x8086, 0x2812, quirk_ich6_lpc },
	{ 0x8086, 0x2814, quirk_ich6_lpc },
	{ 0x8086, 0x2815, quirk_ich6_lpc },
	/* ICH9 */
	{ 0x8086, 0x2912, quirk_ich6_lpc },
	{ 0x8086, 0x2914, quirk_ich6_lpc },
	{ 0x8086, 0x2916, quirk_ich6_lpc },
	{ 0x8086, 0x2918, quirk_ich6_lpc },
	/* ICH10 */
	{ 0x8086, 0x3a16, quirk_ich6_lpc },

	{ 0x10b9, 0x7101, quirk_ali_m7101 },
	{ 0x1106, 0x3040, quirk_vt82c586_pm },
	{ 0x1106, 0x3057, quirk_vt82c686_pm },
	{ 0x1106, 0x3177, quirk_vt8235_pm },
};

/* All bridges on the way forward the VGA ports and 000a0000-000bffff to the device. */
static bool __init vga_is_routed_to(const struct pci_dev *dev)
{
	const struct pci_bus *bus;
	u16 control;

	for (bus = dev->bus; bus->self; bus = bus->parent) {
		pci_read_config_word(bus->self, PCI_BRIDGE_CONTROL, &control);
		if (!(control & PCI_BRIDGE_CTL_VGA))
			return false;
	}
	return true;
}

/*
 * Firmware copies the ROM of the display that it uses to 000c0000 and runs it
 * there.  The copy then stands for the ROM, which is switched off and takes no
 * address any more.
 */
static void __init fixup_video(struct pci_dev *dev)
{
	struct resource *res = &dev->resource[PCI_ROM_RESOURCE];
	u16 command;
	u32 rom;

	pci_read_config_word(dev, PCI_COMMAND, &command);
	if (!(command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY)) || !vga_is_routed_to(dev))
		return;
	if (res->flags & IORESOURCE_ROM_ENABLE) {
		pci_read_config_dword(dev, dev->rom_base_reg, &rom);
		pci_write_config_dword(dev, dev->rom_base_reg, rom & ~1U);
	}
	res->start = 0xc0000;
	res->end = 0xdffff;
	res->flags = IORESOURCE_MEM | IORESOURCE_ROM_SHADOW | IORESOURCE_PCI_FIXED;
	pci_info(dev, "video device with shadowed ROM at %pR\n", res);
}

void __init pci_fixup_header(struct pci_dev *dev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(quirks); i++)
		if (quirks[i].vendor == dev->vendor && quirks[i].device == dev->device)
			quirks[i].fix(dev);
	if (dev->class >> 8 == PCI_CLASS_DISPLAY_VGA)
		fixup_video(dev);
}

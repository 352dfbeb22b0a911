// SPDX-License-Identifier: MIT
/*
 * What a device decodes and its header does not tell, or tells wrong.
 *
 * South bridges have port regions whose bases lie in registers of their own.
 * They are entered as resources of the device, while it is found: before any
 * BAR is claimed, for they cannot move.  The list is that of the parts whose
 * regions Linux shows; the datasheet is named at each.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/firmware/dmi.h"
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"

/*
 * A region of `size` ports whose base is the word at `base`, the low bits being switches; it
 * is there where a bit of the byte at `gate` says so (PCI_REVISION_ID: from a revision on).
 */
struct region {
	u8 base, gate, gate_bit;
	u16 size;
	const char *what;
};

#define MAX_REGIONS 3
#define MAX_PARTS   15

static const struct {
	u16 vendor;
	u16 device[MAX_PARTS];
	struct region region[MAX_REGIONS];
} quirks[] = {
	/* 82371AB/EB/MB, 82440MX.  Intel 82371AB (PIIX4) datasheet, 290562, 7.2.11, 7.2.27. */
	{ 0x8086,
	  { 0x7113, 0x719b },
	  { { 0x40, 0, 0, 64, "PIIX4 ACPI" }, { 0x90, 0, 0, 16, "PIIX4 SMB" } } },
	/* ICH to ICH5, 6300ESB.  Intel ICH4 datasheet, 290744, 9.1.10 to 9.1.15. */
	{ 0x8086,
	  { 0x2410, 0x2420, 0x2440, 0x244c, 0x2480, 0x248c, 0x24c0, 0x24cc, 0x24d0, 0x25a1 },
	  { { 0x40, 0x44, BIT(4), 128, "ICH4 ACPI/GPIO/TCO" },
	    { 0x58, 0x5c, BIT(4), 64, "ICH4 GPIO" } } },
	/* ICH6 to ICH10.  Intel ICH9 datasheet, 316972, 13.1.12 to 13.1.15. */
	{ 0x8086,
	  { 0x2640, 0x2641, 0x27b8, 0x27b9, 0x27bd, 0x2810, 0x2811, 0x2812, 0x2814, 0x2815, 0x2912,
	    0x2914, 0x2916, 0x2918, 0x3a16 },
	  { { 0x40, 0x44, BIT(7), 128, "ICH6 ACPI/GPIO/TCO" },
	    { 0x48, 0x4c, BIT(4), 64, "ICH6 GPIO" } } },
	/* ALi M7101 power management unit. */
	{ 0x10b9,
	  { 0x7101 },
	  { { 0xe0, 0, 0, 64, "ali7101 ACPI" }, { 0xe2, 0, 0, 32, "ali7101 SMB" } } },
	/* VIA VT82C586B, VT82C686, VT8235; early revisions of the first two have no ACPI block. */
	{ 0x1106, { 0x3040 }, { { 0x48, PCI_REVISION_ID, BIT(4), 256, "vt82c586 ACPI" } } },
	{ 0x1106,
	  { 0x3057 },
	  { { 0x48, PCI_REVISION_ID, BIT(4), 256, "vt82c586 ACPI" },
	    { 0x70, 0, 0, 128, "vt82c686 HW-mon" },
	    { 0x90, 0, 0, 16, "vt82c686 SMB" } } },
	{ 0x1106,
	  { 0x3177 },
	  { { 0x88, 0, 0, 128, "vt8235 PM" }, { 0xd0, 0, 0, 16, "vt8235 SMB" } } },
};

static void enter_region(struct pci_dev *dev, const struct region *region, int nr)
{
	struct resource *res = &dev->resource[nr];
	u8 gate = 0;
	u16 base;

	if (region->gate)
		pci_read_config_byte(dev, region->gate, &gate);
	if ((gate & region->gate_bit) != region->gate_bit)
		return;
	pci_read_config_word(dev, region->base, &base);
	base = ALIGN_DOWN(base, region->size);
	if (!base)
		return;
	res->start = base;
	res->end = base + region->size - 1U;
	res->flags = IORESOURCE_IO | IORESOURCE_PCI_FIXED;
	if (!pci_claim_resource(dev, nr))
		pci_info(dev, "%pR is its %s\n", res, region->what);
}

/* Of a bridge these resources are the windows, and the tree of what is behind it. */
static void enter_regions(struct pci_dev *dev, const struct region *region)
{
	if (dev->hdr_type != PCI_HEADER_NORMAL) {
		pci_warn(dev, "a south bridge's ids with header type %02x: no fixed regions\n",
			 dev->hdr_type);
		return;
	}
	for (int nr = PCI_BRIDGE_RESOURCES; nr < PCI_BRIDGE_RESOURCES + MAX_REGIONS; nr++, region++)
		if (region->size)
			enter_region(dev, region, nr);
}

/* All bridges on the way forward the VGA ports and 000a0000-000bffff to the device. */
static bool vga_is_routed_to(const struct pci_dev *dev)
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
static void fixup_video(struct pci_dev *dev)
{
	struct resource *res = &dev->resource[PCI_ROM_RESOURCE];
	u16 command;

	pci_read_config_word(dev, PCI_COMMAND, &command);
	if (!(command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY)) || !vga_is_routed_to(dev))
		return;
	if (res->flags & IORESOURCE_ROM_ENABLE)
		pci_disable_rom(dev);
	res->start = 0xc0000;
	res->end = 0xdffff;
	res->flags = IORESOURCE_MEM | IORESOURCE_ROM_SHADOW | IORESOURCE_PCI_FIXED;
	pci_info(dev, "video device with shadowed ROM at %pR\n", res);
}

/*
 * Intel's functions in which other registers stand where BARs would: Xeon E5 v3 and v4 (their
 * specification updates, HSE43 and BDF2), C620.
 */
bool pci_has_no_bars(const struct pci_dev *dev)
{
	static const u16 devices[] = { 0x2fc0, 0x6f60, 0x6fa0, 0x6fc0,
				       0xa1ec, 0xa1ed, 0xa26c, 0xa26d };

	for (unsigned int i = 0; dev->vendor == 0x8086 && i < ARRAY_SIZE(devices); i++)
		if (dev->device == devices[i])
			return true;
	return false;
}

#define NVIDIA_FIRST_HDA  0x08a0 /* older ones are without */
#define NVIDIA_HDA	  0x488
#define NVIDIA_HDA_ENABLE BIT(25)

/* Firmware of laptops hides the sound of a display until something is plugged in: function 1. */
static void show_sound(struct pci_dev *dev)
{
	u8 header;
	u32 reg;

	if (dev->vendor != 0x10de || dev->class >> 16 != PCI_BASE_CLASS_DISPLAY ||
	    dev->device < NVIDIA_FIRST_HDA || pci_read_config_dword(dev, NVIDIA_HDA, &reg) ||
	    reg & NVIDIA_HDA_ENABLE)
		return;
	pci_info(dev, "Enabling HDA controller\n");
	pci_write_config_dword(dev, NVIDIA_HDA, reg | NVIDIA_HDA_ENABLE);
	pci_read_config_byte(dev, PCI_HEADER_TYPE, &header);
	dev->multifunction = header & PCI_HEADER_MULTI;
}

/*
 * Memory where a board breaks when something is placed there: power does not go off, or the
 * machine stops.  It is told by one of its functions (the subsystem, where that is not 0) and its name.
 */
static const struct {
	u16 device; /* Intel's */
	u8 devfn;
	u32 subsystem;
	struct dmi_board board;
	resource_size_t start, size;
	const char *name;
} dead_zones[] = {
	{ 0x27b9, PCI_DEVFN(0x1f, 0), 0xa00314ff, { 0 }, 0xffb00000, 0x100000, "twinhead" },
	{ 0x8c10,
	  PCI_DEVFN(0x1c, 0),
	  0,
	  { "2015", { { DMI_PRODUCT_NAME, "MacBookPro11,4" } } },
	  0x7fa00000,
	  0x200000,
	  "MacBook Pro poweroff workaround" },
	{ 0x8c10,
	  PCI_DEVFN(0x1c, 0),
	  0,
	  { "2015", { { DMI_PRODUCT_NAME, "MacBookPro11,5" } } },
	  0x7fa00000,
	  0x200000,
	  "MacBook Pro poweroff workaround" },
};

static void claim_dead_zones(const struct pci_dev *dev)
{
	u32 subsystem = (u32)dev->subsystem_device << 16 | dev->subsystem_vendor;

	for (unsigned int i = 0; i < ARRAY_SIZE(dead_zones); i++)
		if (dev->vendor == 0x8086 && dev->device == dead_zones[i].device &&
		    !dev->bus->self && dev->devfn == dead_zones[i].devfn &&
		    (!dead_zones[i].subsystem || subsystem == dead_zones[i].subsystem) &&
		    dmi_is_board(&dead_zones[i].board) &&
		    request_mem_region(dead_zones[i].start, dead_zones[i].size, dead_zones[i].name))
			pci_info(dev, "claimed %s [mem 0x%lx-0x%lx]\n", dead_zones[i].name,
				 dead_zones[i].start, dead_zones[i].start + dead_zones[i].size - 1);
}

void pci_fixup_header(struct pci_dev *dev)
{
	show_sound(dev);
	claim_dead_zones(dev);
	for (unsigned int i = 0; i < ARRAY_SIZE(quirks); i++)
		for (unsigned int n = 0; n < MAX_PARTS && quirks[i].device[n]; n++)
			if (quirks[i].vendor == dev->vendor && quirks[i].device[n] == dev->device)
				enter_regions(dev, quirks[i].region);
	if (dev->class >> 8 == PCI_CLASS_DISPLAY_VGA)
		fixup_video(dev);
}

// SPDX-License-Identifier: MIT
/*
 * A function's expansion ROM, read (PCI Firmware 3.3, 5.1): images one behind the other, each with a header and
 * a data structure that tells how long it is and whether it is the last.
 */
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/lib/errno.h"
#include "mm/io.h"
#include "mm/ioremap.h"

#define ROM_ENABLE	BIT(0) /* PCI 3.0, 6.2.5.2 */
#define ROM_ADDRESS	0xfffff800U
#define ROM_SIGNATURE	0xaa55
#define ROM_DATA	0x18	   /* in the header: where the data structure is */
#define DATA_SIGNATURE	0x52494350 /* "PCIR" */
#define DATA_LENGTH	0x10	   /* of the image, in 512 bytes */
#define DATA_INDICATOR	0x15
#define INDICATOR_LAST	0x80
#define DATA_SIZE	0x18
#define ROM_HEADER_SIZE 0x1a
#define ROM_SECTOR	512UL

/* Bytes of all images, of `size` that the ROM decodes; what is no image ends them. */
static size_t size_of_images(const void __iomem *rom, size_t size)
{
	size_t at = 0, data, length;
	bool last = false;

	while (!last && size - at >= ROM_HEADER_SIZE && readw(rom + at) == ROM_SIGNATURE) {
		data = at + readw(rom + at + ROM_DATA);
		if (data % 4 || data > size - DATA_SIZE || readl(rom + data) != DATA_SIGNATURE)
			break;
		length = readw(rom + data + DATA_LENGTH) * ROM_SECTOR;
		last = readb(rom + data + DATA_INDICATOR) & INDICATOR_LAST;
		if (!length || length > size - at)
			return size;
		at += length;
	}
	return at;
}

/* The register need not hold what it was given: pci_update_resource() leaves that to who switches it on. */
static void decode(const struct pci_dev *dev, bool on)
{
	const struct resource *res = &dev->resource[PCI_ROM_RESOURCE];
	u32 value;

	if (res->flags & IORESOURCE_ROM_SHADOW)
		return;
	pci_read_config_dword(dev, dev->rom_base_reg, &value);
	value &= ~(ROM_ADDRESS | ROM_ENABLE);
	pci_write_config_dword(dev, dev->rom_base_reg,
			       value | (u32)res->start | (on ? ROM_ENABLE : 0));
}

static bool has_address(const struct resource *res)
{
	return res->flags & IORESOURCE_ROM_SHADOW ||
	       (res->parent && !(res->flags & IORESOURCE_UNSET));
}

ssize_t pci_read_rom(struct pci_dev *dev, void *buf, u64 pos, size_t n)
{
	const struct resource *res = &dev->resource[PCI_ROM_RESOURCE];
	size_t size = pci_resource_len(dev, PCI_ROM_RESOURCE);
	void __iomem *rom;

	if (!size || !has_address(res))
		return -EIO;
	rom = ioremap(res->start, size);
	if (!rom)
		return -EIO;
	decode(dev, true);
	size = size_of_images(rom, size);
	n = pos >= size ? 0 : min(n, size - (size_t)pos);
	memcpy_fromio(buf, rom + pos, n);
	decode(dev, false);
	iounmap(rom);
	return size ? (ssize_t)n : -EIO;
}

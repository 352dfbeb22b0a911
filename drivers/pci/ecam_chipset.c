// SPDX-License-Identifier: MIT
/*
 * ECAM windows that a register of the host bridge tells, where the MCFG is not asked.
 *
 * The first chipsets of PCI Express came with tables that were wrong more often than not, so
 * Linux believes the register of these two and asks no table then.
 */
#include "drivers/pci/access.h"

/* Intel E7520 MCH: EXPECBASE, the upper four bits of a window below 4 GiB in its own. */
static unsigned int __init read_e7520(u64 *base)
{
	u32 window;

	pci_raw_read(0, 0, 0, 0xce, 2, &window);
	window &= 0xf000;
	*base = window << 16;
	return window == 0 || window == 0xf000 ? 0 : 256;
}

/* Intel 945G (datasheet 307502): PCIEXBAR. */
static unsigned int __init read_945(u64 *base)
{
	static const unsigned int buses[] __initconst = { 256, 128, 64, 0 };
	unsigned int nr;
	u32 reg;

	pci_raw_read(0, 0, 0, 0x48, 4, &reg);
	nr = buses[reg >> 1 & 3];
	if (!(reg & BIT(0)) || !nr)
		return 0;
	*base = reg & ~((nr << 20) - 1);
	/* Smaller ones work on a multiple of 256 MiB alone; the last 256 MiB are the local APICs'. */
	return IS_ALIGNED(*base, 256U << 20) && *base < 0xf0000000 ? nr : 0;
}

unsigned int __init pci_mmcfg_of_chipset(u64 *base)
{
	u32 id;

	pci_raw_read(0, 0, 0, PCI_VENDOR_ID, 4, &id);
	switch (id) {
	case 0x35908086:
		return read_e7520(base);
	case 0x27708086:
		return read_945(base);
	default:
		return 0;
	}
}

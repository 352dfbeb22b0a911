// SPDX-License-Identifier: MIT
/*
 * DMA remapping units (VT-d 4.0): found, claimed, mapped, told of.
 *
 * Translation stays as firmware left it, off.  How long the register set is
 * stands in the registers themselves: one page is claimed and mapped first, and
 * the claim is made anew where it must be longer (11.4.2, 11.4.3).
 */
#define pr_fmt(fmt) "DMAR: " fmt
#include "drivers/iommu/dmar.h"

#include "drivers/acpi/table/actbl.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/layout.h"

#define DMAR_MAX_UNITS 16
#define DMAR_CAP_REG   0x08
#define DMAR_ECAP_REG  0x10

struct dmar_unit {
	char name[8];
	phys_addr_t phys;
	resource_size_t size; /* bytes claimed and mapped */
	void __iomem *regs;
	u64 cap, ecap;
};

static struct dmar_unit units[DMAR_MAX_UNITS];
static unsigned int nr_units;

/* Bytes up to the end of the fault recording and the IOTLB registers. */
static resource_size_t registers_size(u64 cap, u64 ecap)
{
	u64 fault = ((cap >> 24 & 0x3ff) + (cap >> 40 & 0xff) + 1) * 16;
	u64 iotlb = (ecap >> 8 & 0x3ff) * 16 + 16;

	return PAGE_ALIGN(max(fault, iotlb));
}

static int __init claim_and_map(struct dmar_unit *u, resource_size_t size)
{
	if (!request_mem_region(u->phys, size, u->name))
		return -EBUSY;
	u->regs = ioremap(u->phys, size);
	if (!u->regs) {
		release_mem_region(u->phys, size);
		return -ENOMEM;
	}
	u->size = size;
	return 0;
}

static void __init unmap_and_release(struct dmar_unit *u)
{
	iounmap(u->regs);
	release_mem_region(u->phys, u->size);
}

static int __init setup_unit(struct dmar_unit *u)
{
	resource_size_t size;
	int ret = claim_and_map(u, PAGE_SIZE);

	if (ret)
		return ret;
	u->cap = readq(u->regs + DMAR_CAP_REG);
	u->ecap = readq(u->regs + DMAR_ECAP_REG);
	if (u->cap == ~0ULL && u->ecap == ~0ULL) { /* nobody answers there */
		unmap_and_release(u);
		return -ENODEV;
	}
	size = registers_size(u->cap, u->ecap);
	if (size > u->size) {
		unmap_and_release(u);
		ret = claim_and_map(u, size);
	}
	return ret;
}

void __init dmar_init(void)
{
	const struct acpi_table_header *dmar = acpi_get_table("DMAR", 0);
	struct acpi_dmar_drhd drhd;

	for (unsigned int i = 0; dmar && i < DMAR_MAX_UNITS && dmar_drhd(dmar, i, &drhd); i++) {
		struct dmar_unit *u = &units[nr_units];
		int ret;

		scnprintf(u->name, sizeof(u->name), "dmar%u", i);
		u->phys = drhd.address;
		ret = setup_unit(u);
		if (ret) {
			pr_err("%s at %pa cannot be used: %s\n", u->name, &u->phys,
			       error_name(ret));
			continue;
		}
		pr_info("%s: reg_base_addr %llx ver %u:%u cap %llx ecap %llx\n", u->name,
			(unsigned long long)u->phys, readl(u->regs) >> 4 & 0xf,
			readl(u->regs) & 0xf, (unsigned long long)u->cap,
			(unsigned long long)u->ecap);
		nr_units++;
	}
}

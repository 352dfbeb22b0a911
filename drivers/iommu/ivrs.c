// SPDX-License-Identifier: MIT
/*
 * AMD's IOMMUs (AMD I/O Virtualization Technology 3.07, 5.2: IVRS): found and
 * claimed.  Translation stays as firmware left it, off.
 *
 * A unit may be described more than once, in blocks of different age; the newest
 * form that the table has at all is the one that counts.
 */
#define pr_fmt(fmt) "IVRS: " fmt
#include "drivers/iommu/dmar.h"

#include "drivers/acpi/table/acpi.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/string.h"

#define IVRS_HEADER_SIZE 48
#define IVHD_HEADER_SIZE 24
#define IVHD_TYPE_10	 0x10
#define IVHD_TYPE_11	 0x11
#define IVHD_TYPE_40	 0x40
#define IVRS_MAX_UNITS	 32

/* Registers, in bytes; with performance counters there are more. */
#define MMIO_SIZE	   0x4000
#define MMIO_COUNTERS_SIZE 0x80000

/* 5.2.2: I/O Virtualization Hardware Definition, the part that all types share. */
struct ivhd {
	u8 type, flags;
	u16 length, device_id, capability;
	u64 base;
	u16 segment, info;
	u32 features; /* type 10h: some of the extended features */
} __packed;

_Static_assert(sizeof(struct ivhd) == IVHD_HEADER_SIZE, "IVRS 5.2.2");

/* The block at *at, which moves to the next: false at the end, and where lengths lie. */
static bool __init next_block(const struct acpi_table_header *h, u32 *at, struct ivhd *block,
			      u64 *efr)
{
	const u8 *p = (const u8 *)h + *at;

	if (*at > h->length || h->length - *at < IVHD_HEADER_SIZE)
		return false;
	memcpy(block, p, sizeof(*block));
	*efr = 0;
	if (block->length < IVHD_HEADER_SIZE || block->length > h->length - *at)
		return false;
	if (block->type != IVHD_TYPE_10 && block->length >= IVHD_HEADER_SIZE + sizeof(*efr))
		memcpy(efr, p + IVHD_HEADER_SIZE, sizeof(*efr));
	*at += block->length;
	return true;
}

static u8 __init newest_type(const struct acpi_table_header *h)
{
	u32 at = IVRS_HEADER_SIZE;
	struct ivhd block;
	u8 newest = 0;
	u64 efr;

	while (next_block(h, &at, &block, &efr))
		if (block.type == IVHD_TYPE_10 || block.type == IVHD_TYPE_11 ||
		    block.type == IVHD_TYPE_40)
			newest = max(newest, block.type);
	return newest;
}

static resource_size_t __init registers_size(const struct ivhd *block, u64 efr)
{
	bool counters = efr & BIT(9);

	if (block->type == IVHD_TYPE_10) /* banks and counters, both */
		counters = block->features & 0xfU << 13 && block->features & 0x3fU << 17;
	return counters ? MMIO_COUNTERS_SIZE : MMIO_SIZE;
}

void __init ivrs_init(void)
{
	const struct acpi_table_header *h = acpi_get_table("IVRS", 0);
	u8 type = h && h->length >= IVRS_HEADER_SIZE ? newest_type(h) : 0;
	u32 at = IVRS_HEADER_SIZE, found = 0;
	struct ivhd block;
	u64 efr;

	while (type && found < IVRS_MAX_UNITS && next_block(h, &at, &block, &efr)) {
		if (block.type != type || !block.base)
			continue;
		found++;
		if (request_mem_region(block.base, registers_size(&block, efr), "amd_iommu"))
			pr_info("IOMMU at 0x%lx\n", block.base);
	}
}

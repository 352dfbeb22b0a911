// SPDX-License-Identifier: MIT
/*
 * Tables that are no more than a list of address blocks: MCFG (PCI Firmware 3.3,
 * 4.1.2), DMAR's DRHDs (VT-d 4.0, 8.3) and HPET (IA-PC HPET 1.0a, 3.2.4).
 * Pure: also runs on the host.
 */
#include "drivers/acpi/table/actbl.h"
#include "kernel/lib/string.h"

static bool mcfg_usable(const struct acpi_mcfg_allocation *a)
{
	u64 last;

	/* A bus takes 1 MiB; the base is that of bus 0, so the end must not wrap. */
	return a->base && IS_ALIGNED(a->base, 1ULL << 20) && a->end_bus >= a->start_bus &&
	       !__builtin_add_overflow(a->base, ((u64)a->end_bus + 1) << 20, &last);
}

bool mcfg_entry(const struct acpi_table_header *h, unsigned int n, struct acpi_mcfg_allocation *out)
{
	const u8 *p = (const u8 *)h + ACPI_MCFG_HEADER_SIZE;
	u32 left = h->length > ACPI_MCFG_HEADER_SIZE ? h->length - ACPI_MCFG_HEADER_SIZE : 0;

	for (; left >= sizeof(*out); left -= sizeof(*out), p += sizeof(*out)) {
		memcpy(out, p, sizeof(*out));
		if (mcfg_usable(out) && n-- == 0)
			return true;
	}
	return false;
}

bool dmar_drhd(const struct acpi_table_header *h, unsigned int n, struct acpi_dmar_drhd *out)
{
	const u8 *p = (const u8 *)h + ACPI_DMAR_HEADER_SIZE;
	u32 left = h->length > ACPI_DMAR_HEADER_SIZE ? h->length - ACPI_DMAR_HEADER_SIZE : 0;

	while (left >= 4) { /* type and length */
		u16 type = (u16)(p[0] | p[1] << 8), length = (u16)(p[2] | p[3] << 8);

		if (length < 4 || length > left)
			return false;
		if (type == 0 && length >= sizeof(*out)) {
			memcpy(out, p, sizeof(*out));
			/* 11.2: the register set is 4 KiB aligned. */
			if (out->address && IS_ALIGNED(out->address, 4096) && n-- == 0)
				return true;
		}
		left -= length;
		p += length;
	}
	return false;
}

phys_addr_t hpet_table_address(const struct acpi_table_header *h)
{
	const struct acpi_hpet *t = (const struct acpi_hpet *)h;

	if (h->length < sizeof(*t) || t->address.space_id != ACPI_SPACE_MEMORY)
		return 0;
	return t->address.address;
}

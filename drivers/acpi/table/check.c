// SPDX-License-Identifier: MIT
/*
 * The checks that every table passes before anything of it is believed, and the
 * line that lists it.  Pure: also runs on the host.
 */
#include "drivers/acpi/table/actbl.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

int acpi_rsdp_check(const void *p, size_t size)
{
	const struct acpi_rsdp *rsdp = p;

	if (size < ACPI_RSDP_V1_SIZE || memcmp(rsdp->signature, "RSD PTR ", 8) != 0 ||
	    byte_sum(p, ACPI_RSDP_V1_SIZE) != 0)
		return -EINVAL;
	if (rsdp->revision < 2)
		return ACPI_RSDP_V1_SIZE;
	if (size < ACPI_RSDP_V2_SIZE || rsdp->length < ACPI_RSDP_V2_SIZE || rsdp->length > size ||
	    byte_sum(p, rsdp->length) != 0)
		return ACPI_RSDP_V1_SIZE;
	return (int)rsdp->length;
}

static bool is_facs(const struct acpi_table_header *h)
{
	return memcmp(h->signature, "FACS", 4) == 0;
}

int acpi_header_check(const struct acpi_table_header *h)
{
	u32 least = is_facs(h) ? ACPI_FACS_MIN : ACPI_TABLE_MIN;

	return h->length >= least && h->length <= ACPI_TABLE_MAX ? 0 : -EINVAL;
}

int acpi_table_check(const struct acpi_table_header *h, size_t size)
{
	if (size < ACPI_TABLE_MIN || acpi_header_check(h) || h->length > size)
		return -EINVAL;
	if (!is_facs(h) && byte_sum(h, h->length) != 0)
		return -EILSEQ;
	return 0;
}

/* Firmware's characters, made fit for a terminal. */
static void copy_printable(char *dst, const char *src, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dst[i] = src[i] >= ' ' && src[i] <= '~' ? src[i] : src[i] ? '?' : ' ';
	dst[n] = '\0';
}

void acpi_table_describe(char *buf, size_t size, const struct acpi_table_header *h,
			 phys_addr_t phys)
{
	char signature[5], oem[7], table[9], creator[5];

	copy_printable(signature, h->signature, 4);
	if (is_facs(h)) { /* 5.2.10: no more of the common header than this */
		scnprintf(buf, size, "%s 0x%016llX %06X", signature, (unsigned long long)phys,
			  h->length);
		return;
	}
	copy_printable(oem, h->oem_id, 6);
	copy_printable(table, h->oem_table_id, 8);
	copy_printable(creator, h->creator_id, 4);
	scnprintf(buf, size, "%s 0x%016llX %06X (v%02u %s %s %08X %s %08X)", signature,
		  (unsigned long long)phys, h->length, h->revision, oem, table, h->oem_revision,
		  creator, h->creator_revision);
}

void acpi_rsdp_describe(char *buf, size_t size, const struct acpi_rsdp *rsdp, int length,
			phys_addr_t phys)
{
	char oem[7];

	copy_printable(oem, rsdp->oem_id, 6);
	scnprintf(buf, size, "RSDP 0x%016llX %06X (v%02u %s)", (unsigned long long)phys,
		  (unsigned int)length, rsdp->revision, oem);
}

// SPDX-License-Identifier: MIT
/*
 * The picture that EFI shows while the machine starts (ACPI 6.5, 5.2.23, BGRT).
 *
 * It lies in memory that is free after boot; Linux keeps it for whoever draws over
 * it, so it is no RAM in its register and none in ours.  Firmware is not believed:
 * the table's version and type, the address's kind and the bitmap's first bytes
 * must hold.
 */
#define pr_fmt(fmt) "ACPI: BGRT: " fmt
#include "drivers/acpi/table/bgrt.h"
#include "drivers/acpi/table/acpi.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"

struct acpi_bgrt {
	struct acpi_table_header header;
	u16 version;	       /* 1 */
	u8 status, image_type; /* type 0: bitmap */
	u64 image_address;
	u32 offset_x, offset_y;
} __packed;

/* The first bytes of a Windows bitmap. */
struct bitmap_header {
	u16 id;	  /* "BM" */
	u32 size; /* bytes of it all */
} __packed;

#define BITMAP_ID 0x4d42

_Static_assert(sizeof(struct acpi_bgrt) == 56, "ACPI table 5.83");

void __init acpi_bgrt_reserve(const struct acpi_table_header *h)
{
	const struct acpi_bgrt *t = (const struct acpi_bgrt *)h;
	struct bitmap_header image;

	if (h->length < sizeof(*t) || t->version > 1 || t->image_type || !t->image_address) {
		pr_info("no picture that can be used\n");
		return;
	}
	if (copy_from_early_mem(&image, t->image_address, sizeof(image)) || image.id != BITMAP_ID ||
	    !image.size) {
		pr_info("no picture at %#010llx\n", (unsigned long long)t->image_address);
		return;
	}
	pr_info("picture at [mem %#010llx-%#010llx] is kept\n",
		(unsigned long long)t->image_address,
		(unsigned long long)(t->image_address + image.size - 1));
	efi_mem_reserve(t->image_address, image.size);
}

/* SPDX-License-Identifier: MIT */
/* EFI's start picture. */
#ifndef DRIVERS_ACPI_TABLE_BGRT_H
#define DRIVERS_ACPI_TABLE_BGRT_H

struct acpi_table_header;

/* Keep the memory of the picture that this checked BGRT names; while memblock is open. */
void acpi_bgrt_reserve(const struct acpi_table_header *h);

#endif

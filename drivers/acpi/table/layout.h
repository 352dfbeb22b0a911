/* SPDX-License-Identifier: MIT */
/*
 * How tables are laid out, for who shows them field by field.
 *
 * A layout is a text: fields side by side, "NAME:SIZE" each, with the specification's names.  SIZE is
 * 1 to 8 bytes of a number, sN bytes of text, g for a Generic Address Structure, or u for a GUID; a
 * reserved field's name is "-".  Behind it may stand what the number's bits mean, {bit0,bit1,...}, or
 * its values, [value0,value1,...], or *: it counts the elements that follow.
 */
#ifndef DRIVERS_ACPI_TABLE_LAYOUT_H
#define DRIVERS_ACPI_TABLE_LAYOUT_H

#include "kernel/lib/compiler.h"

/* One kind of the structures that a table is a list of. */
struct acpi_record {
	u16 type;
	const char *name;
	const char *layout; /* behind the head */
	/* What follows to its end, or as often as its layout counts: NULL, a layout, or one of these. */
	const char *element;
};

extern const char acpi_device_scopes[];	 /* VT-d 4.0, 8.3.1 */
extern const char acpi_device_entries[]; /* AMD IOMMU 3.08, 5.2.2.1 */

/* What follows an entry's first four bytes, by its type; NULL: nothing. */
const char *acpi_device_entry_layout(u8 type);

struct acpi_layout {
	char signature[5];
	const char *layout; /* behind the header */
	/* What follows to the table's end: structures of this layout, side by side, or the heads of records. */
	const char *element;
	/* NULL, or the records, the last without a name.  A head that has no Length: it is its layout's. */
	const struct acpi_record *records;
};

extern const char acpi_header_layout[];

/* The layout of a signature, or NULL: it has none here. */
const struct acpi_layout *acpi_find_layout(const char *signature);

#endif

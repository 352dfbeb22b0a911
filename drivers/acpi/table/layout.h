/* SPDX-License-Identifier: MIT */
/*
 * How tables are laid out, for who shows them field by field.
 *
 * A layout is a text: fields side by side, "NAME:SIZE" each, with the specification's names.  SIZE is
 * 1 to 8 bytes of a number, sN bytes of text, or g for a Generic Address Structure; a reserved field's
 * name is "-".  Behind it may stand what the number's bits mean, {bit0,bit1,...}, or its values,
 * [value0,value1,...].
 */
#ifndef DRIVERS_ACPI_TABLE_LAYOUT_H
#define DRIVERS_ACPI_TABLE_LAYOUT_H

#include "kernel/lib/compiler.h"

/* One kind of the structures that a table is a list of. */
struct acpi_record {
	u16 type;
	const char *name;
	const char *layout; /* behind type and length */
	bool scopes;	    /* device scopes follow, to its end (VT-d 4.0, 8.3.1) */
};

struct acpi_layout {
	char signature[5];
	const char *layout; /* behind the header */
	/*
	 * What follows to the table's end: records, whose type and length have so many bytes each
	 * (0: none); or else structures of this layout, side by side.
	 */
	u8 type_size;
	const struct acpi_record *records; /* the last has no name */
	const char *element;
};

extern const char acpi_header_layout[], acpi_scope_layout[];

/* The layout of a signature, or NULL: it has none here. */
const struct acpi_layout *acpi_find_layout(const char *signature);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Values and the counted objects behind them.
 *
 * An integer stands in its struct aml_value; a string, buffer, package, method,
 * region ... is an object that values share by count.  Who copies a value that
 * he keeps takes a count (aml_get) and gives it back (aml_put).  An object that
 * only one value holds may be changed by it; of a shared one, only what AML
 * says: elements through Index(), buffers through their fields and by Store().
 */
#ifndef DRIVERS_ACPI_AML_OBJECT_H
#define DRIVERS_ACPI_AML_OBJECT_H

#include "drivers/acpi/aml/aml.h"

struct aml_table;

/* Kinds of reference, in aml_value.kind. */
enum aml_reference_kind {
	AML_REF_NODE,	 /* .node: RefOf (NAME) */
	AML_REF_THING,	 /* .node: a name without a value, as a device's: stands for itself */
	AML_REF_CELL,	 /* .object: RefOf (LocalX) or RefOf (ArgX) */
	AML_REF_ELEMENT, /* .object, .index: Index () of a package, buffer or string */
	AML_REF_NAMED,	 /* .node: a package element written as a name: stands for its value */
	AML_REF_UNBOUND, /* .node: its scope, .table, .index: where it stands; not yet found */
	/* Operands only, never stored: */
	AML_REF_LOCAL, /* .index: 0..7 LocalX, 8..14 ArgX of the running method */
	AML_REF_DEBUG,
	AML_REF_NULL, /* a target that was left out, or a name that CondRefOf did not find */
};

struct aml_object {
	u32 refs;
	u8 type;    /* enum aml_type */
	u32 length; /* bytes of a string (without NUL) or buffer, elements of a package */
};

/* AML_STRING (a NUL behind its length) and AML_BUFFER */
struct aml_data {
	struct aml_object base;
	u8 bytes[];
};

struct aml_package {
	struct aml_object base;
	struct aml_package *next_fresh; /* while it is copied */
	struct aml_value elements[];
};

struct aml_mutex {
	struct aml_object base;
	u8 sync_level;
	u8 outer_level;		/* the thread's, before it was taken */
	u32 count;		/* how often the one thread holds it */
	struct aml_mutex *held; /* the one taken before */
};

struct aml_event {
	struct aml_object base;
	u32 count;
};

struct aml_method {
	struct aml_object base;
	u8 args;
	bool serialized;
	u8 sync_level;
	u32 entered; /* how often it is running */
	const u8 *start, *end;
	const struct aml_table *table;
	/* A predefined method: the arguments are of any type. */
	int (*native)(struct aml *aml, const struct aml_value *args, struct aml_value *result);
};

struct aml_region {
	struct aml_object base;
	u16 space;	/* enum aml_space */
	bool ready;	/* it is served; pci is known */
	bool connected; /* _REG was told */
	u64 address, size;
	struct aml_node *scope; /* where it was declared: counted */
	const u8 *bytes;	/* of a table region */
	struct aml_pci_address pci;
};

/* What a field's bits are of. */
enum aml_field_kind {
	AML_FIELD_OF_REGION, /* a region */
	AML_FIELD_OF_BANK,   /* a region, and a field to be set to bank_value before */
	AML_FIELD_OF_INDEX,  /* two fields: for the offset, and for the bits there */
};

/* A field unit of any kind (ACPI 6.5, 19.6.46 and on). */
struct aml_field {
	struct aml_object base;
	u8 kind;	 /* enum aml_field_kind */
	u8 access_bytes; /* 1, 2, 4, 8 */
	u8 update;	 /* enum aml_update */
	u32 bit_offset, bit_length;
	struct aml_object *behind[2]; /* counted; NULL: they were not there when it was declared */
	u64 bank_value;
};

enum aml_update {
	AML_UPDATE_PRESERVE,
	AML_UPDATE_ONES,
	AML_UPDATE_ZEROS,
};

struct aml_buffer_field {
	struct aml_object base;
	struct aml_object *buffer;
	u64 bit_offset, bit_length; /* as the AML gave them: see aml_check_buffer_field() */
	bool is_buffer;		    /* made by CreateField: its value is a buffer, however short */
};

/* A local or argument that a reference leads to: outlives its method. */
struct aml_cell {
	struct aml_object base;
	struct aml_value value;
};

#define AML_OBJECT(v, kind) ((struct aml_##kind *)(v)->object)

/* Take another count on what `v` shares; the copy. */
struct aml_value aml_get(const struct aml_value *v);
void aml_object_put(struct aml *aml, struct aml_object *object);

/* A zeroed object of `size` bytes with one count, or NULL: memory bound reached. */
void *aml_object_new(struct aml *aml, enum aml_type type, size_t size);

/* Values with a new object; bytes may be NULL for zeroes.  0, -ENOMEM, -E2BIG. */
int aml_make_data(struct aml *aml, enum aml_type type, const void *bytes, u32 length,
		  struct aml_value *out);
int aml_make_package(struct aml *aml, u32 count, struct aml_value *out);
struct aml_value aml_make_reference(enum aml_reference_kind kind, struct aml_object *object,
				    u32 index); /* takes the caller's count */
struct aml_value aml_make_node_reference(enum aml_reference_kind kind,
					 struct aml_node *node); /* takes a count */

/* A value of its own beside `v`, in depth. */
int aml_copy(struct aml *aml, const struct aml_value *v, struct aml_value *out);
/* A value of its own for `v`: its object, where it is the only holder, else a copy in depth. */
int aml_take(struct aml *aml, struct aml_value *v, struct aml_value *out);

static inline bool aml_is_reference(const struct aml_value *v, enum aml_reference_kind kind)
{
	return v->type == AML_REFERENCE && v->kind == kind;
}

static inline bool aml_is_data(u8 type)
{
	return type >= AML_INTEGER && type <= AML_BUFFER;
}

/* Index () of a package, whose element stands for its value where data are needed ... */
static inline bool aml_is_element_reference(const struct aml_value *v)
{
	return aml_is_reference(v, AML_REF_ELEMENT) && v->object->type == AML_PACKAGE;
}

/* ... and of a buffer or string, whose byte never does. */
static inline bool aml_is_byte_reference(const struct aml_value *v)
{
	return aml_is_reference(v, AML_REF_ELEMENT) && v->object->type != AML_PACKAGE;
}

/* A device, an event, a method ...: its name has no value but itself. */
static inline bool aml_is_thing(u8 type)
{
	return type >= AML_DEVICE && type <= AML_THERMAL;
}

#endif

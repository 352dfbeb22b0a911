/* SPDX-License-Identifier: MIT */
/* The tree of names.  Reference: ACPI 6.5, 5.3. */
#ifndef DRIVERS_ACPI_AML_NAMESPACE_H
#define DRIVERS_ACPI_AML_NAMESPACE_H

#include "drivers/acpi/aml/object.h"

#define AML_HASH_BUCKETS 512
#define AML_MAX_DEPTH	 512U /* names beneath each other [-E2BIG] */

/*
 * A node is held by the tree, by its children, and by each reference to it: one
 * that a method made and that is gone from the tree may live on in a reference.
 */
struct aml_node {
	u32 name; /* four characters, the first in the low byte */
	u32 refs;
	bool alias;  /* value.node is what it stands for */
	bool linked; /* in the tree */
	u16 depth;   /* of the root: 0 */
	struct aml_node *parent, *children, *last_child, *prev, *next;
	struct aml_node *hash_next;
	struct aml_node *temporary; /* the next one that the same method call made */
	const u8 *made;		    /* where a table names it, for messages; NULL: predefined */
	/* Data, or an object; of a device just the type. */
	struct aml_value value;
};

/* A NameString in a table (20.2.2), checked. */
struct aml_name {
	const u8 *segments; /* 4 bytes each */
	u8 count;
	u8 carets; /* '^' in front */
	bool root; /* '\' in front */
};

#define AML_NAME(a, b, c, d) ((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)

/* Decode the name at p: what follows it, or NULL where it is none or leaves [p, end). */
const u8 *aml_parse_name(const u8 *p, const u8 *end, struct aml_name *name);

/* 5.3: with the search upwards for a lone segment.  Aliases are followed. NULL: none. */
struct aml_node *aml_lookup(struct aml *aml, struct aml_node *scope, const struct aml_name *name);

/*
 * Enter a new name, uninitialized, with the tree's count.  0, -ENOENT: its
 * parent is missing, -EEXIST: it is there (then *out is it), -E2BIG, -ENOMEM.
 */
int aml_enter(struct aml *aml, struct aml_node *scope, const struct aml_name *name,
	      struct aml_node **out);
struct aml_node *aml_add_child(struct aml *aml, struct aml_node *parent, u32 name);

/* Out of the tree, with all beneath it. */
void aml_remove(struct aml *aml, struct aml_node *node);

struct aml_node *aml_node_get(struct aml_node *node);
void aml_node_put(struct aml *aml, struct aml_node *node);

/* What the node stands for, through aliases. */
struct aml_node *aml_target(struct aml_node *node);

/* A name as text for a message. */
char *aml_name_text(const struct aml_name *name, char *buf, size_t size);

#endif

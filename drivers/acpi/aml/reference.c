// SPDX-License-Identifier: MIT
/*
 * Places: names, locals, arguments, elements; references to them and what lies
 * behind (ACPI 6.5, 19.6.13, .29, .96 and .122).
 */
#include "drivers/acpi/aml/ops.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define FOLLOW_MAX 8 /* references behind references */

struct aml_value *aml_slot(struct aml *aml, u32 i)
{
	struct aml_value *slot = &aml->call->slots[i];

	return slot->type == AML_CELL ? &AML_OBJECT(slot, cell)->value : slot;
}

struct aml_value *aml_read_slot(struct aml *aml, u32 i)
{
	struct aml_value *slot = aml_slot(aml, i);

	if (!slot->type)
		*slot = aml_integer(0);
	return slot;
}

/* Look up a package element's name for good. */
static int bind(struct aml *aml, struct aml_value *element)
{
	const struct acpi_table_header *table = aml->tables[element->table].header;
	const u8 *at = (const u8 *)table + element->index;
	char text[AML_PATH_MAX];
	struct aml_node *node;
	struct aml_name name;

	aml_parse_name(at, (const u8 *)table + table->length, &name);
	node = aml_lookup(aml, element->node, &name);
	if (!node) {
		aml->failed_said = true;
		return aml_fail_at(aml, at, element->node, -ENOENT, "no such name: %s",
				   aml_name_text(&name, text, sizeof(text)));
	}
	aml_put(aml, element);
	*element = aml_make_node_reference(AML_REF_NAMED, node);
	return 0;
}

int aml_node_value(struct aml *aml, struct aml_node *node, struct aml_value *out)
{
	if (!node->value.type || aml_is_thing(node->value.type)) {
		*out = aml_make_node_reference(AML_REF_THING, node);
		return 0;
	}
	switch (node->value.type) {
	case AML_FIELD:
		return aml_field_read(aml, node->value.object, out);
	case AML_BUFFER_FIELD:
		return aml_buffer_field_read(aml, AML_OBJECT(&node->value, buffer_field), out);
	default:
		*out = aml_get(&node->value);
		return 0;
	}
}

/* What a package's name stands for; a field may fail, and is then named. */
static int named_value(struct aml *aml, struct aml_node *node, struct aml_value *out)
{
	struct aml_node *asked = aml->asked;
	int err;

	aml->asked = aml_node_get(node); /* a method of its region may drop the package */
	err = aml_node_value(aml, node, out);
	aml->asked = asked;
	aml_node_put(aml, node);
	return err;
}

int aml_element_value(struct aml *aml, struct aml_object *container, u32 i, struct aml_value *out)
{
	struct aml_value *element;
	int err;

	if (i >= container->length)
		return aml_fail(aml, -ERANGE, "element %u of %u", i, container->length);
	if (container->type != AML_PACKAGE) {
		*out = aml_integer(((struct aml_data *)container)->bytes[i]);
		return 0;
	}
	element = &((struct aml_package *)container)->elements[i];
	if (aml_is_reference(element, AML_REF_UNBOUND)) {
		err = bind(aml, element);
		if (err)
			return err;
	}
	if (aml_is_reference(element, AML_REF_NAMED))
		return named_value(aml, element->node, out);
	*out = aml_get(element);
	return 0;
}

/* What is behind one reference: a value, perhaps a reference again, perhaps nothing. */
int aml_load_value(struct aml *aml, const struct aml_value *ref, struct aml_value *out)
{
	switch (ref->kind) {
	case AML_REF_NODE:
	case AML_REF_THING:
	case AML_REF_NAMED:
		return aml_node_value(aml, ref->node, out);
	case AML_REF_CELL:
		*out = aml_get(&((struct aml_cell *)ref->object)->value);
		return 0;
	case AML_REF_ELEMENT:
		return aml_element_value(aml, ref->object, ref->index, out);
	case AML_REF_LOCAL:
		*out = aml_get(aml_read_slot(aml, ref->index));
		return 0;
	default:
		*out = (struct aml_value){ 0 };
		return 0;
	}
}

int aml_dereference(struct aml *aml, struct aml_value *value)
{
	struct aml_value behind;
	int err = aml_load_value(aml, value, &behind);

	if (err)
		return err;
	aml_put(aml, value);
	*value = behind;
	return 0;
}

/* A reference that outlives the method: the slot's value moves to a cell that both share. */
static int refer_to_slot(struct aml *aml, u32 i, struct aml_value *out)
{
	struct aml_value *slot = &aml->call->slots[i];
	struct aml_cell *cell;

	if (slot->type != AML_CELL) {
		cell = aml_object_new(aml, AML_CELL, sizeof(*cell));
		if (!cell)
			return aml_fail(aml, -ENOMEM, "no memory for a reference");
		cell->value = *slot;
		*slot = (struct aml_value){ .type = AML_CELL, .object = &cell->base };
	}
	slot->object->refs++;
	*out = aml_make_reference(AML_REF_CELL, slot->object, 0);
	return 0;
}

static int refer(struct aml *aml, const struct aml_value *place, struct aml_value *out)
{
	if (aml_is_reference(place, AML_REF_DEBUG))
		return aml_fail(aml, -EINVAL, "RefOf of Debug");
	if (aml_is_reference(place, AML_REF_LOCAL))
		return refer_to_slot(aml, place->index, out);
	*out = aml_get(place);
	return 0;
}

AML_OPERATOR(ref_of)
{
	return refer(aml, &f->v[0], out);
}

AML_OPERATOR(cond_ref_of)
{
	struct aml_value ref;
	int err;

	*out = aml_integer(0);
	if (aml_is_reference(&f->v[0], AML_REF_NULL))
		return 0;
	*out = aml_integer(aml_ones(aml));
	if (aml_is_reference(&f->v[1], AML_REF_NULL))
		return 0;
	err = refer(aml, &f->v[0], &ref);
	if (err)
		return err;
	err = aml_store(aml, &ref, &f->v[1]);
	aml_put(aml, &ref);
	return err;
}

int aml_search(struct aml *aml, struct aml_node *scope, const struct aml_value *string,
	       struct aml_node **node)
{
	const char *path = (const char *)AML_OBJECT(string, data)->bytes;
	bool lone = *path && *path != '\\' && *path != '^' && !strchr(path, '.');

	if (aml_charge(aml, string->object->length / 16))
		return -ETIMEDOUT;
	*node = *path ? aml_find(aml, scope, path) : NULL;
	while (lone && !*node && (scope = scope->parent))
		*node = aml_find(aml, scope, path);
	return *node ? 0 : aml_fail(aml, -ENOENT, "no such name: %.40s", path);
}

static int deref_string(struct aml *aml, const struct aml_value *v, struct aml_value *out)
{
	struct aml_node *node;
	int err = aml_search(aml, aml->call->scope, v, &node);

	return err ? err : aml_node_value(aml, node, out);
}

static u8 type_of(const struct aml_value *v)
{
	const struct aml_node *node = aml_reference_node(v);

	return node ? node->value.type : v->type;
}

/* Of a name: it has a value that reading does not have to fetch. */
static bool has_value(u8 type)
{
	return aml_is_data(type) || type == AML_PACKAGE || type == AML_REFERENCE;
}

/* It has no value: what refers to it gives itself. */
static bool is_itself(const struct aml_node *node)
{
	return node->value.type == AML_DEVICE || node->value.type == AML_THERMAL;
}

AML_OPERATOR(deref_of)
{
	struct aml_value *v = &f->v[0];
	int err;

	if (v->type == AML_STRING)
		return deref_string(aml, v, out);
	if (v->type != AML_REFERENCE || (v->kind == AML_REF_THING && !is_itself(v->node)))
		return aml_fail(aml, -EINVAL, "DerefOf of %s", aml_type_name(type_of(v)));
	err = aml_load_value(aml, v, out);
	if (!err && !out->type)
		err = aml_fail(aml, -EINVAL, "DerefOf of an element that was not set");
	return err;
}

/*
 * To the end of a chain of references: the type there, and in *value, which was the first,
 * what is there; a name's field, or its thing, is not read.
 */
static int follow(struct aml *aml, struct aml_value *value, u8 *type)
{
	struct aml_node *node;
	int err;

	for (u32 i = 0; i < FOLLOW_MAX && value->type == AML_REFERENCE; i++) {
		node = aml_reference_node(value);
		*type = node ? node->value.type : AML_BUFFER_FIELD;
		if (value->kind == AML_REF_DEBUG)
			*type = AML_DEBUG;
		if (*type == AML_DEBUG || aml_is_byte_reference(value) ||
		    (node && !has_value(*type)))
			return *type == AML_FIELD ?
				       aml_check_field(aml, AML_OBJECT(&node->value, field)) :
				       0;
		err = aml_dereference(aml, value);
		if (err)
			return err;
	}
	*type = value->type;
	return 0;
}

AML_OPERATOR(object_type)
{
	u8 type = AML_UNINITIALIZED;
	int err = 0;

	if (!aml_is_reference(&f->v[0], AML_REF_LOCAL) || aml_slot(aml, f->v[0].index)->type)
		err = follow(aml, &f->v[0], &type);
	*out = aml_integer(type);
	return err;
}

AML_OPERATOR(size_of)
{
	u8 type = AML_UNINITIALIZED;
	int err = follow(aml, &f->v[0], &type);

	if (err)
		return err;
	if (type == AML_INTEGER)
		*out = aml_integer(aml_integer_bytes(aml));
	else if (type == AML_STRING || type == AML_BUFFER || type == AML_PACKAGE)
		*out = aml_integer(f->v[0].object->length);
	else
		err = aml_fail(aml, -EINVAL, "SizeOf of %s", aml_type_name(type));
	return err;
}

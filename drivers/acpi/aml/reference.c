// SPDX-License-Identifier: MIT
/*
 * Places: names, locals, arguments, elements; reading what lies behind them and
 * storing to them (ACPI 6.5, 19.3.5.8 and 19.6.62, .122, .128).
 *
 * Store to a name keeps the name's type and converts; to a local or an element
 * it replaces.  CopyObject always replaces.  An argument that holds a reference
 * is stored through.
 */
#include "drivers/acpi/aml/ops.h"
#include "kernel/errno.h"
#include "kernel/printk.h"
#include "kernel/string.h"

#define FOLLOW_MAX 8 /* references behind references */

struct aml_value *aml_slot(struct aml *aml, u32 i)
{
	struct aml_value *slot = &aml->call->slots[i];

	return slot->type == AML_CELL ? &AML_OBJECT(slot, cell)->value : slot;
}

/* Look up a package element's name for good. */
static int bind(struct aml *aml, struct aml_value *element)
{
	const struct acpi_table_header *table = aml->tables[element->table].header;
	char text[AML_PATH_MAX];
	struct aml_node *node;
	struct aml_name name;

	aml_parse_name((const u8 *)table + element->index, (const u8 *)table + table->length,
		       &name);
	node = aml_lookup(aml, element->node, &name);
	if (!node)
		return aml_fail(aml, -ENOENT, "no such name in a package: %s",
				aml_name_text(&name, text, sizeof(text)));
	aml_put(aml, element);
	*element = aml_make_node_reference(node);
	element->kind = AML_REF_NAMED;
	return 0;
}

int aml_node_value(struct aml *aml, struct aml_node *node, struct aml_value *out)
{
	switch (node->value.type) {
	case AML_UNINITIALIZED:
	case AML_DEVICE:
	case AML_EVENT:
	case AML_METHOD:
	case AML_MUTEX:
	case AML_REGION:
	case AML_POWER:
	case AML_PROCESSOR:
	case AML_THERMAL:
		*out = aml_make_node_reference(node);
		return 0;
	case AML_FIELD:
		return aml_field_read(aml, node->value.object, out);
	case AML_BUFFER_FIELD:
		return aml_buffer_field_read(aml, AML_OBJECT(&node->value, buffer_field), out);
	default:
		*out = aml_get(&node->value);
		return 0;
	}
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
		return aml_node_value(aml, element->node, out);
	*out = aml_get(element);
	return 0;
}

/* What is behind one reference: a value, perhaps a reference again, perhaps
 * nothing. */
int aml_load_value(struct aml *aml, const struct aml_value *ref, struct aml_value *out)
{
	switch (ref->kind) {
	case AML_REF_NODE:
	case AML_REF_NAMED:
		return aml_node_value(aml, ref->node, out);
	case AML_REF_CELL:
		*out = aml_get(&((struct aml_cell *)ref->object)->value);
		return 0;
	case AML_REF_ELEMENT:
		return aml_element_value(aml, ref->object, ref->index, out);
	case AML_REF_LOCAL:
		*out = aml_get(aml_slot(aml, ref->index));
		return 0;
	default:
		*out = (struct aml_value){ 0 };
		return 0;
	}
}

/* Put a value of one's own into a place that it replaces. */
static int replace(struct aml *aml, struct aml_value *place, struct aml_value *value)
{
	struct aml_value mine, old = *place;
	int err = aml_take(aml, value, &mine);

	if (err)
		return err;
	*place = mine;
	aml_put(aml, &old); /* last: it may hold the place itself */
	return 0;
}

/* A buffer keeps its length; what is too long is cut off, what is short filled
 * with zeroes. */
static int store_buffer(struct aml *aml, struct aml_value *place, struct aml_value *value)
{
	struct aml_data *to = AML_OBJECT(place, data), *from = AML_OBJECT(value, data);
	u32 n = min(to->base.length, from->base.length);

	if (to->base.length == 0)
		return replace(aml, place, value);
	if (to == from)
		return 0;
	memcpy(to->bytes, from->bytes, n);
	memset(to->bytes + n, 0, to->base.length - n);
	return 0;
}

static int store_data(struct aml *aml, struct aml_value *place, const struct aml_value *value)
{
	struct aml_value converted;
	int err = aml_to_type(aml, value, place->type, &converted);

	if (err)
		return err;
	if (place->type == AML_BUFFER)
		err = store_buffer(aml, place, &converted);
	else
		err = replace(aml, place, &converted);
	aml_put(aml, &converted);
	return err;
}

static int store_node(struct aml *aml, struct aml_node *node, struct aml_value *value)
{
	switch (node->value.type) {
	case AML_INTEGER:
	case AML_STRING:
	case AML_BUFFER:
		return store_data(aml, &node->value, value);
	case AML_FIELD:
		return aml_field_write(aml, node->value.object, value);
	case AML_BUFFER_FIELD:
		return aml_buffer_field_write(aml, AML_OBJECT(&node->value, buffer_field), value);
	case AML_PACKAGE:
		if (value->type != AML_PACKAGE)
			break;
		return replace(aml, &node->value, value);
	case AML_REFERENCE:
	case AML_DDB_HANDLE:
		return replace(aml, &node->value, value);
	default:
		break;
	}
	return aml_fail(aml, -EINVAL, "a %s cannot be stored to a %s", aml_type_name(value->type),
			aml_type_name(node->value.type));
}

/* One byte of a buffer or string: of a longer value its first. */
static int store_byte(struct aml *aml, struct aml_data *data, u32 i, const struct aml_value *value)
{
	u32 length;
	const u8 *bytes = aml_bytes(value, &length);

	if (value->type == AML_INTEGER)
		data->bytes[i] = (u8)value->integer;
	else if (bytes)
		data->bytes[i] = bytes[0]; /* of an empty one, the byte behind it: 0 */
	else
		return aml_fail(aml, -EINVAL, "a %s cannot be stored to a byte",
				aml_type_name(value->type));
	return 0;
}

static int store_element(struct aml *aml, const struct aml_value *ref, struct aml_value *value)
{
	struct aml_object *container = ref->object;

	if (ref->index >= container->length)
		return aml_fail(aml, -ERANGE, "element %u of %u", ref->index, container->length);
	if (container->type != AML_PACKAGE)
		return store_byte(aml, (struct aml_data *)container, ref->index, value);
	return replace(aml, &((struct aml_package *)container)->elements[ref->index], value);
}

/* 19.3.5.8.2: to an argument that holds a reference is to what that leads to,
 * unconverted. */
static int store_behind(struct aml *aml, const struct aml_value *ref, struct aml_value *value)
{
	if (ref->kind == AML_REF_CELL)
		return replace(aml, &((struct aml_cell *)ref->object)->value, value);
	if (ref->kind == AML_REF_ELEMENT)
		return store_element(aml, ref, value);
	if (aml_is_data(ref->node->value.type))
		return replace(aml, &ref->node->value, value);
	return store_node(aml, ref->node, value);
}

static int store_slot(struct aml *aml, u32 i, struct aml_value *value)
{
	struct aml_value *slot = aml_slot(aml, i);
	struct aml_value behind;
	int err;

	if (i < 8 || slot->type != AML_REFERENCE)
		return replace(aml, slot, value);
	behind = aml_get(slot);
	err = store_behind(aml, &behind, value);
	aml_put(aml, &behind);
	return err;
}

static int store_debug(struct aml *aml, const struct aml_value *value)
{
	char text[128];

	pr_info("AML: Debug: %s\n", aml_format(aml, value, text, sizeof(text)));
	return 0;
}

static int store_to(struct aml *aml, struct aml_value *value, const struct aml_value *target)
{
	switch (target->kind) {
	case AML_REF_NULL:
		return 0;
	case AML_REF_DEBUG:
		return store_debug(aml, value);
	case AML_REF_LOCAL:
		return store_slot(aml, target->index, value);
	case AML_REF_NODE:
	case AML_REF_NAMED:
		return store_node(aml, target->node, value);
	case AML_REF_CELL:
		return replace(aml, &((struct aml_cell *)target->object)->value, value);
	case AML_REF_ELEMENT:
		return store_element(aml, target, value);
	default:
		return aml_fail(aml, -EINVAL, "no place to store to");
	}
}

int aml_store(struct aml *aml, struct aml_value value, const struct aml_value *target)
{
	struct aml_value mine;
	int err;

	if (aml_is_reference(target, AML_REF_NULL))
		return 0;
	mine = aml_get(&value);
	err = store_to(aml, &mine, target);
	aml_put(aml, &mine);
	return err;
}

int aml_store_as_is(struct aml *aml, struct aml_value value, const struct aml_value *target)
{
	struct aml_value mine;
	int err;

	if (!aml_is_reference(target, AML_REF_NODE) || !aml_is_data(target->node->value.type))
		return aml_store(aml, value, target);
	mine = aml_get(&value);
	err = replace(aml, &target->node->value, &mine);
	aml_put(aml, &mine);
	return err;
}

/* Nobody waits for the operator's value: it is a statement. */
static bool is_statement(const struct aml *aml, const struct aml_frame *f)
{
	const struct aml_frame *below = f->below;

	return below != aml->base && below->kind >= AML_FRAME_BODY &&
	       !(below->kind == AML_FRAME_WHILE && *below->letters);
}

AML_OPERATOR(store)
{
	struct aml_value *value = &f->v[0];
	int err;

	if (is_statement(aml, f)) /* then the only holder gives it away, uncopied */
		return store_to(aml, value, &f->v[1]);
	err = aml_store(aml, *value, &f->v[1]);
	if (!err)
		*out = aml_get(value);
	return err;
}

AML_OPERATOR(copy_object)
{
	const struct aml_value *target = &f->v[1];
	struct aml_node *node;
	int err;

	if (aml_is_reference(target, AML_REF_LOCAL)) {
		*out = aml_get(&f->v[0]);
		return store_slot(aml, target->index, &f->v[0]);
	}
	if (!aml_is_reference(target, AML_REF_NODE))
		return aml_fail(aml, -EINVAL, "CopyObject to what is no name");
	node = target->node;
	switch (node->value.type) {
	case AML_FIELD: /* fields stay fields: 19.6.17 */
	case AML_BUFFER_FIELD:
		err = store_node(aml, node, &f->v[0]);
		break;
	case AML_DEVICE:
	case AML_POWER:
	case AML_PROCESSOR:
	case AML_THERMAL:
	case AML_REGION:
		return aml_fail(aml, -EINVAL, "CopyObject to a %s",
				aml_type_name(node->value.type));
	default:
		*out = aml_get(&f->v[0]);
		return replace(aml, &node->value, &f->v[0]);
	}
	if (!err)
		*out = aml_get(&f->v[0]);
	return err;
}

/* A reference that outlives the method: the slot's value moves to a cell that
 * both share. */
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
	struct aml_value *slot;

	if (!aml_is_reference(place, AML_REF_LOCAL)) {
		*out = aml_get(place);
		return 0;
	}
	slot = aml_slot(aml, place->index);
	if (!slot->type)
		return aml_fail(aml, -EINVAL, "RefOf of what was not set");
	if (place->index >= 8 && slot->type == AML_REFERENCE) {
		*out = aml_get(slot); /* an argument stands for what it refers to */
		return 0;
	}
	return refer_to_slot(aml, place->index, out);
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
	err = store_to(aml, &ref, &f->v[1]);
	aml_put(aml, &ref);
	return err;
}

/* A string is the path of a name, 19.6.29: a lone one is searched for upwards.
 */
static int deref_string(struct aml *aml, const struct aml_value *v, struct aml_value *out)
{
	const char *path = (const char *)AML_OBJECT(v, data)->bytes;
	struct aml_node *scope = aml->call->scope, *node = aml_find(aml, scope, path);

	if (*path != '\\' && *path != '^' && !strchr(path, '.'))
		while (!node && (scope = scope->parent))
			node = aml_find(aml, scope, path);
	if (!node)
		return aml_fail(aml, -ENOENT, "no such name: %.40s", path);
	return aml_node_value(aml, node, out);
}

AML_OPERATOR(deref_of)
{
	struct aml_value *v = &f->v[0];
	int err;

	if (v->type == AML_STRING && !f->reference)
		return deref_string(aml, v, out);
	if (v->type != AML_REFERENCE)
		return aml_fail(aml, -EINVAL, "DerefOf of a %s", aml_type_name(v->type));
	if (f->reference) { /* a place: what the reference leads to */
		*out = aml_get(v);
		return 0;
	}
	err = aml_load_value(aml, v, out);
	if (!err && !out->type)
		err = aml_fail(aml, -EINVAL, "DerefOf of an element that was not set");
	return err;
}

/* The type behind references; what is behind the last of them is not read. */
static u8 type_behind(struct aml *aml, const struct aml_value *ref, int *err)
{
	struct aml_value here = aml_get(ref), next;
	u8 type = AML_UNINITIALIZED;

	for (u32 i = 0; i < FOLLOW_MAX && here.type == AML_REFERENCE; i++) {
		if (here.kind == AML_REF_DEBUG) {
			type = AML_DEBUG;
			goto out;
		}
		if ((here.kind == AML_REF_NODE || here.kind == AML_REF_NAMED) &&
		    here.node->value.type != AML_REFERENCE) {
			type = here.node->value.type;
			goto out;
		}
		if (here.kind == AML_REF_ELEMENT && here.object->type != AML_PACKAGE) {
			type = AML_BUFFER_FIELD;
			goto out;
		}
		*err = aml_load_value(aml, &here, &next);
		if (*err)
			goto out;
		aml_put(aml, &here);
		here = next;
	}
	type = here.type;
out:
	aml_put(aml, &here);
	return type;
}

AML_OPERATOR(object_type)
{
	int err = 0;

	*out = aml_integer(type_behind(aml, &f->v[0], &err));
	return err;
}

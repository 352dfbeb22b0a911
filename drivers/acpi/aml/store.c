// SPDX-License-Identifier: MIT
/*
 * Storing (ACPI 6.5, 19.3.5.8 and 19.6.17, .128).
 *
 * Store to a name keeps the name's type and converts; to a local or an element
 * it replaces.  CopyObject always replaces, but for fields.  An argument that holds what RefOf
 * gave is stored through.
 */
#include "drivers/acpi/aml/ops.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* Put a copy of the value into a place that it replaces. */
static int replace(struct aml *aml, struct aml_value *place, const struct aml_value *value)
{
	struct aml_value copy = *value, old = *place;
	int err = value->type > AML_INTEGER ? aml_copy(aml, value, &copy) : 0;

	if (err)
		return err;
	*place = copy;
	aml_put(aml, &old); /* last: it may hold the place itself */
	return 0;
}

/* A buffer keeps its length; what is too long is cut off, what is short filled with zeroes. */
static int store_buffer(struct aml *aml, struct aml_value *place, const struct aml_value *value)
{
	struct aml_data *to = AML_OBJECT(place, data), *from = AML_OBJECT(value, data);
	u32 n = min(to->base.length, from->base.length);
	int err;

	if (to->base.length == 0)
		return replace(aml, place, value);
	err = aml_charge(aml, to->base.length / 16);
	if (err || to == from)
		return err;
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

static int store_node(struct aml *aml, struct aml_node *node, const struct aml_value *value)
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
	case AML_METHOD: /* by a reference: its name would be called */
		return replace(aml, &node->value, value);
	default:
		break;
	}
	return aml_fail(aml, -EINVAL, "%s cannot be stored to %s", aml_type_name(value->type),
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
		return aml_fail(aml, -EINVAL, "%s cannot be stored to a byte",
				aml_type_name(value->type));
	return 0;
}

static int store_element(struct aml *aml, const struct aml_value *ref,
			 const struct aml_value *value)
{
	struct aml_object *container = ref->object;

	if (ref->index >= container->length)
		return aml_fail(aml, -ERANGE, "element %u of %u", ref->index, container->length);
	if (container->type != AML_PACKAGE)
		return store_byte(aml, (struct aml_data *)container, ref->index, value);
	return replace(aml, &((struct aml_package *)container)->elements[ref->index], value);
}

/* 19.3.5.8.2: to an argument that holds a reference is to what that leads to, unconverted. */
static int store_behind(struct aml *aml, struct aml_node *node, const struct aml_value *value)
{
	if (aml_is_data(node->value.type))
		return replace(aml, &node->value, value);
	return store_node(aml, node, value);
}

/* 19.6.17: whatever the name was it becomes the value, but for fields, which stay fields. */
static int copy_to_node(struct aml *aml, struct aml_node *node, const struct aml_value *value)
{
	if (node->value.type == AML_FIELD || node->value.type == AML_BUFFER_FIELD)
		return store_node(aml, node, value);
	if (node->value.type == AML_REGION) /* its fields have none any more */
		AML_OBJECT(&node->value, region)->size = 0;
	if (aml_is_reference(value, AML_REF_THING))
		value = &value->node->value;
	return replace(aml, &node->value, value);
}

/* What RefOf gave leads on; an element's reference and a device's name are overwritten. */
static bool leads_on(const struct aml_value *slot)
{
	return slot->type == AML_REFERENCE && slot->kind != AML_REF_ELEMENT &&
	       slot->kind != AML_REF_THING;
}

/* `to_node` is for an argument that leads to a name. */
static int store_slot(struct aml *aml, u32 i, const struct aml_value *value,
		      int (*to_node)(struct aml *aml, struct aml_node *node,
				     const struct aml_value *value))
{
	struct aml_value *slot = aml_slot(aml, i);
	struct aml_value behind;
	int err;

	if (i < 8 || !leads_on(slot))
		return replace(aml, slot, value);
	behind = aml_get(slot);
	if (behind.kind == AML_REF_CELL)
		err = replace(aml, &AML_OBJECT(&behind, cell)->value, value);
	else
		err = to_node(aml, behind.node, value);
	aml_put(aml, &behind);
	return err;
}

static int store_debug(struct aml *aml, const struct aml_value *value)
{
	char text[128];

	aml->asks++;
	if (aml->says < AML_MAX_MESSAGES)
		aml_say(aml, "Debug: %s\n", aml_format(aml, value, text, sizeof(text)));
	aml->asks--;
	return 0;
}

int aml_store(struct aml *aml, const struct aml_value *value, const struct aml_value *target)
{
	switch (target->kind) {
	case AML_REF_NULL:
		return 0;
	case AML_REF_DEBUG:
		return store_debug(aml, value);
	case AML_REF_LOCAL:
		return store_slot(aml, target->index, value, store_behind);
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

/* A name of the value's own type converts nothing, and a buffer keeps its length. */
int aml_store_as_is(struct aml *aml, const struct aml_value *value, const struct aml_value *target)
{
	if (target->kind == AML_REF_NODE && aml_is_data(target->node->value.type) &&
	    target->node->value.type != value->type)
		return replace(aml, &target->node->value, value);
	return aml_store(aml, value, target);
}

AML_OPERATOR(store)
{
	int err = aml_store(aml, &f->v[0], &f->v[1]);

	if (!err)
		*out = aml_get(&f->v[0]);
	return err;
}

AML_OPERATOR(copy_object)
{
	const struct aml_value *target = &f->v[1];
	int err;

	*out = aml_get(&f->v[0]);
	if (aml_is_reference(target, AML_REF_LOCAL))
		err = store_slot(aml, target->index, &f->v[0], copy_to_node);
	else if (aml_is_reference(target, AML_REF_NODE))
		err = copy_to_node(aml, target->node, &f->v[0]);
	else
		err = aml_fail(aml, -EINVAL, "CopyObject to what is no name");
	if (err)
		aml_put(aml, out);
	return err;
}

// SPDX-License-Identifier: MIT
/*
 * Making, counting, copying and ending objects.  See object.h for who owns
 * what.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static bool has_object(const struct aml_value *v)
{
	switch (v->type) {
	case AML_STRING:
	case AML_BUFFER:
	case AML_PACKAGE:
	case AML_FIELD:
	case AML_EVENT:
	case AML_METHOD:
	case AML_MUTEX:
	case AML_REGION:
	case AML_BUFFER_FIELD:
	case AML_CELL:
		return true;
	case AML_REFERENCE:
		return v->kind == AML_REF_CELL || v->kind == AML_REF_ELEMENT;
	default:
		return false;
	}
}

static bool has_node(const struct aml_value *v)
{
	return v->type == AML_REFERENCE && (v->kind == AML_REF_NODE || v->kind == AML_REF_THING ||
					    v->kind == AML_REF_NAMED || v->kind == AML_REF_UNBOUND);
}

struct aml_value aml_get(const struct aml_value *v)
{
	if (has_object(v))
		v->object->refs++;
	else if (has_node(v))
		aml_node_get(v->node);
	return *v;
}

void aml_object_put(struct aml *aml, struct aml_object *object)
{
	if (object && --object->refs == 0)
		aml_bury(aml, object);
}

void aml_put(struct aml *aml, struct aml_value *v)
{
	if (v->type > AML_INTEGER) {
		if (has_object(v))
			aml_object_put(aml, v->object);
		else if (has_node(v))
			aml_node_put(aml, v->node);
	}
	v->type = AML_UNINITIALIZED;
}

void *aml_object_new(struct aml *aml, enum aml_type type, size_t size)
{
	struct aml_object *object = aml_alloc(aml, size, AML_BLOCK_OBJECT);

	if (!object)
		return NULL;
	object->refs = 1;
	object->type = (u8)type;
	aml->objects++;
	return object;
}

void aml_forget_held(struct aml *aml, const struct aml_mutex *mutex)
{
	for (struct aml_mutex **p = &aml->held; *p; p = &(*p)->held)
		if (*p == mutex) {
			*p = mutex->held;
			break;
		}
}

/* Its last count is gone: give back what it holds. */
void aml_object_finish(struct aml *aml, struct aml_object *object)
{
	aml->objects--;
	switch (object->type) {
	case AML_PACKAGE:
		for (u32 i = 0; i < object->length; i++)
			aml_drop(aml, &((struct aml_package *)object)->elements[i]);
		break;
	case AML_FIELD:
		for (u32 i = 0; i < 2; i++)
			aml_object_put(aml, ((struct aml_field *)object)->behind[i]);
		break;
	case AML_BUFFER_FIELD:
		aml_object_put(aml, ((struct aml_buffer_field *)object)->buffer);
		break;
	case AML_CELL:
		aml_put(aml, &((struct aml_cell *)object)->value);
		break;
	case AML_REGION:
		aml_node_put(aml, ((struct aml_region *)object)->scope);
		break;
	case AML_MUTEX:
		aml_forget_held(aml, (struct aml_mutex *)object);
		break;
	default:
		break;
	}
}

int aml_make_data(struct aml *aml, enum aml_type type, const void *bytes, u32 length,
		  struct aml_value *out)
{
	struct aml_data *data;
	int err;

	if (length > AML_MAX_OBJECT)
		return aml_fail(aml, -E2BIG, "%s of %u bytes, AML_MAX_OBJECT is %u",
				aml_type_name(type), length, AML_MAX_OBJECT);
	err = aml_charge(aml, length / 16);
	if (err)
		return err;
	data = aml_object_new(aml, type, sizeof(*data) + length + 1);
	if (!data)
		return aml_fail(aml, -ENOMEM, "no memory for %u bytes", length);
	data->base.length = length;
	if (bytes)
		memcpy(data->bytes, bytes, length);
	*out = (struct aml_value){ .type = (u8)type, .object = &data->base };
	return 0;
}

int aml_make_package(struct aml *aml, u32 count, struct aml_value *out)
{
	struct aml_package *package;
	int err;

	if (count > AML_MAX_OBJECT / sizeof(struct aml_value))
		return aml_fail(aml, -E2BIG, "package of %u elements", count);
	err = aml_charge(aml, count);
	if (err)
		return err;
	package = aml_object_new(aml, AML_PACKAGE,
				 sizeof(*package) + count * sizeof(struct aml_value));
	if (!package)
		return aml_fail(aml, -ENOMEM, "no memory for a package of %u", count);
	package->base.length = count;
	*out = (struct aml_value){ .type = AML_PACKAGE, .object = &package->base };
	return 0;
}

struct aml_value aml_make_reference(enum aml_reference_kind kind, struct aml_object *object,
				    u32 index)
{
	return (struct aml_value){
		.type = AML_REFERENCE, .kind = (u8)kind, .index = index, .object = object
	};
}

struct aml_value aml_make_node_reference(enum aml_reference_kind kind, struct aml_node *node)
{
	return (struct aml_value){ .type = AML_REFERENCE,
				   .kind = (u8)kind,
				   .node = aml_node_get(node) };
}

/* A region or event of its own, which begins as the other is. */
static int copy_thing(struct aml *aml, const struct aml_value *v, size_t size,
		      struct aml_value *out)
{
	struct aml_object *copy = aml_object_new(aml, v->type, size);

	if (!copy)
		return aml_fail(aml, -ENOMEM, "no memory for an object");
	memcpy(copy + 1, v->object + 1, size - sizeof(*copy));
	if (v->type == AML_REGION)
		aml_node_get(AML_OBJECT(v, region)->scope);
	*out = (struct aml_value){ .type = v->type, .object = copy };
	return 0;
}

static int copy_one(struct aml *aml, const struct aml_value *v, struct aml_value *out)
{
	const struct aml_value *from;
	int err;

	switch (v->type) {
	case AML_STRING:
	case AML_BUFFER:
		return aml_make_data(aml, v->type, AML_OBJECT(v, data)->bytes, v->object->length,
				     out);
	case AML_PACKAGE:
		from = AML_OBJECT(v, package)->elements;
		err = aml_make_package(aml, v->object->length, out);
		for (u32 i = 0; !err && i < v->object->length; i++)
			AML_OBJECT(out, package)->elements[i] = aml_get(&from[i]);
		return err;
	case AML_REGION:
		return copy_thing(aml, v, sizeof(struct aml_region), out);
	case AML_EVENT:
		return copy_thing(aml, v, sizeof(struct aml_event), out);
	case AML_REFERENCE: /* a package's name is what it stands for now */
		if (v->kind == AML_REF_NAMED && aml_is_data(v->node->value.type))
			return copy_one(aml, &v->node->value, out);
		break;
	default:
		break;
	}
	*out = aml_get(v);
	return 0;
}

/* In depth, package by package: in a fresh one each element that is shared becomes a copy. */
noinline int aml_copy(struct aml *aml, const struct aml_value *v, struct aml_value *out)
{
	struct aml_package *package, *last;
	struct aml_value *element, copy;
	int err;

	*out = (struct aml_value){ 0 };
	err = copy_one(aml, v, out);
	package = last = !err && out->type == AML_PACKAGE ? AML_OBJECT(out, package) : NULL;
	for (; package && !err; package = package->next_fresh)
		for (u32 i = 0; i < package->base.length && !err; i++) {
			element = &package->elements[i];
			err = copy_one(aml, element, &copy);
			if (err)
				break;
			aml_put(aml, element);
			*element = copy;
			if (copy.type == AML_PACKAGE)
				last = last->next_fresh = AML_OBJECT(&copy, package);
		}
	if (err)
		aml_put(aml, out);
	return err;
}

int aml_take(struct aml *aml, struct aml_value *v, struct aml_value *out)
{
	if (v->type > AML_INTEGER && has_object(v) && v->object->refs > 1)
		return aml_copy(aml, v, out);
	*out = *v;
	v->type = AML_UNINITIALIZED;
	return 0;
}

struct aml_value aml_integer(u64 value)
{
	return (struct aml_value){ .type = AML_INTEGER, .integer = value };
}

int aml_new_buffer(struct aml *aml, const void *bytes, u32 length, struct aml_value *out)
{
	return aml_make_data(aml, AML_BUFFER, bytes, length, out);
}

int aml_new_string(struct aml *aml, const char *text, struct aml_value *out)
{
	return aml_make_data(aml, AML_STRING, text, (u32)strlen(text), out);
}

const u8 *aml_bytes(const struct aml_value *value, u32 *length)
{
	if (value->type != AML_STRING && value->type != AML_BUFFER)
		return NULL;
	*length = value->object->length;
	return AML_OBJECT(value, data)->bytes;
}

u32 aml_count(const struct aml_value *value)
{
	return value->type == AML_PACKAGE ? value->object->length : 0;
}

struct aml_node *aml_reference_node(const struct aml_value *value)
{
	return has_node(value) && value->kind != AML_REF_UNBOUND ? value->node : NULL;
}

// SPDX-License-Identifier: MIT
/* Buffers, strings and packages: making, joining, cutting, searching. */
#include "drivers/acpi/aml/ops.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* Buffer (size) {bytes}: as long as the longer of the two says. */
AML_OPERATOR(buffer)
{
	u64 size = f->v[0].integer;
	u32 given = (u32)(f->end - aml->pc);
	int err;

	err = aml_make_data(aml, AML_BUFFER, NULL,
			    (u32)min(max(size, (u64)given), (u64)AML_MAX_OBJECT + 1), out);
	if (!err)
		memcpy(AML_OBJECT(out, data)->bytes, aml->pc, given);
	return err;
}

/* Package and VarPackage: the frame collects elements from here on. */
AML_OPERATOR(package)
{
	u64 count = f->v[0].integer;
	struct aml_value package;
	int err;

	err = aml_make_package(aml, (u32)min(count, (u64)AML_MAX_OBJECT), &package);
	if (err)
		return err;
	aml_become_block(aml, f, AML_FRAME_PACKAGE, f->end);
	f->package = package.object;
	f->count = 0;
	return AML_BECAME;
}

/* Two strings or two buffers, one behind the other. */
static int join(struct aml *aml, const struct aml_value *a, const struct aml_value *b,
		struct aml_value *out)
{
	u32 n = a->object->length, m = b->object->length; /* AML_MAX_OBJECT each */
	int err = aml_make_data(aml, a->type, NULL, n + m, out);

	if (err)
		return err;
	memcpy(AML_OBJECT(out, data)->bytes, AML_OBJECT(a, data)->bytes, n);
	memcpy(AML_OBJECT(out, data)->bytes + n, AML_OBJECT(b, data)->bytes, m);
	return 0;
}

/* What is no data stands for its type's name. */
static int describe(struct aml *aml, struct aml_value *v)
{
	char text[40];
	u8 type = aml_is_reference(v, AML_REF_THING) ? v->node->value.type : v->type;
	int err = aml_is_element_reference(v) ? aml_dereference(aml, v) : 0;

	if (err || aml_is_data(v->type))
		return err;
	scnprintf(text, sizeof(text), "[%s Object]", aml_type_name(type));
	aml_put(aml, v);
	return aml_new_string(aml, text, v);
}

/* 19.6.12: integers are joined as buffers, else the first operand decides. */
AML_OPERATOR(concatenate)
{
	struct aml_value a, b;
	int err;

	err = describe(aml, &f->v[0]);
	if (!err)
		err = describe(aml, &f->v[1]);
	if (!err)
		err = aml_to_type(aml, &f->v[1], f->v[0].type, &b);
	if (!err && b.type == AML_INTEGER)
		err = aml_to_buffer(aml, &b, &b);
	if (err)
		return err;
	err = aml_to_type(aml, &f->v[0], b.type, &a);
	if (!err) {
		err = join(aml, &a, &b, out);
		aml_put(aml, &a);
	}
	aml_put(aml, &b);
	return err ? err : aml_store(aml, out, &f->v[2]);
}

/* Bytes of a resource template without its end tag (6.4.2.8). */
static int template_bytes(struct aml *aml, const struct aml_value *v, u32 *length)
{
	if (v->type != AML_BUFFER)
		return aml_fail(aml, -EINVAL, "a resource template is needed, not %s",
				aml_type_name(v->type));
	if (aml_charge(aml, v->object->length))
		return -ETIMEDOUT;
	*length = aml_resource_end(AML_OBJECT(v, data)->bytes, v->object->length);
	if (*length == ~0U)
		return aml_fail(aml, -EINVAL, "a resource template without end tag");
	return 0;
}

AML_OPERATOR(concatenate_resources)
{
	const struct aml_value *a = &f->v[0], *b = &f->v[1];
	u32 n, m;
	u8 *to;
	int err = template_bytes(aml, a, &n);

	if (!err)
		err = template_bytes(aml, b, &m);
	if (!err)
		err = aml_make_data(aml, AML_BUFFER, NULL, n + m + 2, out);
	if (err)
		return err;
	to = AML_OBJECT(out, data)->bytes;
	memcpy(to, AML_OBJECT(a, data)->bytes, n);
	memcpy(to + n, AML_OBJECT(b, data)->bytes, m);
	to[n + m] = AML_END_TAG; /* its sum, 0: not kept */
	return aml_store(aml, out, &f->v[2]);
}

/* Mid (source, index, length): of an integer, of its bytes. */
AML_OPERATOR(mid)
{
	u8 type = f->v[0].type == AML_STRING ? AML_STRING : AML_BUFFER;
	struct aml_value source;
	u64 index = f->v[1].integer, length = f->v[2].integer;
	int err = aml_to_type(aml, &f->v[0], type, &source);

	if (err)
		return err;
	index = min(index, (u64)source.object->length);
	length = min(length, source.object->length - index);
	err = aml_make_data(aml, source.type, AML_OBJECT(&source, data)->bytes + index, (u32)length,
			    out);
	aml_put(aml, &source);
	return err ? err : aml_store(aml, out, &f->v[3]);
}

/* The container behind what Index is given, which may be a reference to it. */
static int container_of_index(struct aml *aml, struct aml_value *v)
{
	int err = v->type == AML_REFERENCE ? aml_dereference(aml, v) : 0;

	if (err)
		return err;
	if (v->type == AML_STRING || v->type == AML_BUFFER || v->type == AML_PACKAGE)
		return 0;
	return aml_fail(aml, -EINVAL, "Index of %s", aml_type_name(v->type));
}

AML_OPERATOR(index)
{
	u64 i = f->v[1].integer;
	int err = container_of_index(aml, &f->v[0]);

	if (err)
		return err;
	if (i >= f->v[0].object->length)
		return aml_fail(aml, -ERANGE, "Index %lu of %u", i, f->v[0].object->length);
	*out = aml_make_reference(AML_REF_ELEMENT, aml_get(&f->v[0]).object, (u32)i);
	return aml_store(aml, out, &f->v[2]);
}

/* 19.6.80: TRUE, equal, at most, below, at least, above; the order is the wanted value's. */
static bool match_holds(u64 relation, int order)
{
	switch (relation) {
	case 0:
		return true;
	case 1:
		return order == 0;
	case 2:
		return order >= 0;
	case 3:
		return order > 0;
	case 4:
		return order <= 0;
	default:
		return order < 0;
	}
}

/* Whether the element fits: what cannot be converted does not. */
static int match_one(struct aml *aml, const struct aml_value *element, u64 relation,
		     const struct aml_value *wanted, bool *fits)
{
	int order, err;

	*fits = false;
	if (!aml_is_data(element->type) ||
	    (wanted->type == AML_INTEGER && element->type == AML_BUFFER &&
	     element->object->length == 0))
		return 0;
	err = aml_compare(aml, wanted, element, &order);
	if (!err)
		*fits = match_holds(relation, order);
	return err;
}

AML_OPERATOR(match)
{
	const struct aml_value *v = f->v;
	struct aml_value element;
	bool first, second = false;
	int err;

	if (v[0].type != AML_PACKAGE || v[1].integer > 5 || v[3].integer > 5)
		return aml_fail(aml, -EINVAL, "Match of %s", aml_type_name(v[0].type));
	if (v[5].integer >= v[0].object->length)
		return aml_fail(aml, -ERANGE, "Match from %lu on of %u", v[5].integer,
				v[0].object->length);
	*out = aml_integer(aml_ones(aml));
	for (u64 i = v[5].integer; i < v[0].object->length; i++) {
		err = aml_charge(aml, 1);
		if (!err)
			err = aml_element_value(aml, v[0].object, (u32)i, &element);
		if (err)
			return err;
		err = match_one(aml, &element, v[1].integer, &v[2], &first);
		if (!err && first)
			err = match_one(aml, &element, v[3].integer, &v[4], &second);
		aml_put(aml, &element);
		if (err)
			return err;
		if (first && second) {
			*out = aml_integer(i);
			break;
		}
	}
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * Field, IndexField and BankField: the list of names with their widths (ACPI
 * 6.5, 20.2.5.2, FieldList).
 */
#include "drivers/acpi/aml/ops.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* FieldFlags: bits 3:0 access type, 4 lock, 6:5 update rule. */
#define ACCESS_BUFFER 5
#define ACCESS_MASK   0x0f

#define FIELD_MAX_BITS (1ULL << 32)

static int set_access(struct aml *aml, struct aml_field *f, u8 type)
{
	type &= ACCESS_MASK;
	if (type > ACCESS_BUFFER)
		return aml_fail(aml, -EINVAL, "no such access type: %u", type);
	/* AnyAcc is by bytes, which every region allows; BufferAcc means nothing else here. */
	f->access_bytes = type >= 1 && type <= 4 ? (u8)(1U << (type - 1)) : 1;
	return 0;
}

static int set_flags(struct aml *aml, struct aml_field *f, u64 flags)
{
	f->update = flags >> 5 & 3;
	return set_access(aml, f, (u8)flags);
}

/* A field's width is written like a package length, but counts bits. */
static int take_bits(struct aml *aml, u32 *bits)
{
	u64 lead, byte;
	u32 more;
	int err = aml_take_bytes(aml, 1, &lead);

	more = (u32)lead >> 6;
	*bits = more ? lead & 0x0f : lead & 0x3f;
	for (u32 i = 0; !err && i < more; i++) {
		err = aml_take_bytes(aml, 1, &byte);
		*bits |= (u32)byte << (4 + 8 * i);
	}
	return err;
}

static int take_field(struct aml *aml, const struct aml_field *form, u64 offset, u32 bits)
{
	struct aml_value name = aml_integer((u64)aml->pc);
	struct aml_field *field;
	struct aml_node *node;
	int err;

	if (bits == 0)
		return aml_fail(aml, -EINVAL, "a field without bits");
	err = aml_define(aml, &name, &node);
	if (err)
		return err;
	field = aml_object_new(aml, AML_FIELD, sizeof(*field));
	if (!field)
		return aml_fail(aml, -ENOMEM, "no memory for a field");
	*field = *form;
	field->base = (struct aml_object){ .refs = 1, .type = AML_FIELD };
	field->bit_offset = (u32)offset;
	field->bit_length = bits;
	if (field->region)
		field->region->refs++;
	if (field->bank)
		field->bank->refs++;
	if (field->index)
		field->index->refs++;
	if (field->data)
		field->data->refs++;
	node->value = (struct aml_value){ .type = AML_FIELD, .object = &field->base };
	return 0;
}

/* A connection says which bus serves the fields: skipped, such regions are not served. */
static int skip_connection(struct aml *aml)
{
	const u8 *next;

	if (aml->pc < aml->end && aml_is_name_start(*aml->pc))
		return aml_take_name(aml, &next);
	next = aml_skip_term(aml, aml->pc, aml->end);
	if (!next)
		return aml_fail(aml, -EINVAL, "no proper connection");
	aml->pc = next;
	return 0;
}

/* AccessField (0x01) and ExtendedAccessField (0x03): how what follows is accessed. */
static int take_access(struct aml *aml, struct aml_field *form, bool extended)
{
	u64 type, more;
	int err = aml_take_bytes(aml, 1, &type);

	if (!err)
		err = aml_take_bytes(aml, extended ? 2 : 1, &more);
	return err ? err : set_access(aml, form, (u8)type);
}

static int take_element(struct aml *aml, struct aml_field *form, u64 *offset)
{
	u8 lead = *aml->pc;
	u32 bits = 0;
	int err;

	if (lead == 0x01 || lead == 0x03) {
		aml->pc++;
		return take_access(aml, form, lead == 0x03);
	}
	if (lead == 0x02) {
		aml->pc++;
		return skip_connection(aml);
	}
	if (lead == 0x00) {
		aml->pc++;
		err = take_bits(aml, &bits);
	} else {
		const u8 *name = aml->pc;
		const u8 *after;

		if (aml->end - aml->pc < 4 || *name == '\\' || *name == '^' ||
		    !aml_is_name_start(*name) || *name == AML_DUAL_NAME || *name == AML_MULTI_NAME)
			return aml_fail(aml, -EINVAL, "no proper name of a field");
		err = aml_take_name(aml, &name);
		if (!err)
			err = take_bits(aml, &bits);
		if (!err && *offset + bits >= FIELD_MAX_BITS)
			err = aml_fail(aml, -ERANGE, "a field behind 4 Gbit");
		after = aml->pc;
		aml->pc = name;
		if (!err)
			err = take_field(aml, form, *offset, bits);
		aml->pc = after;
	}
	*offset += bits;
	return err;
}

static int take_list(struct aml *aml, struct aml_frame *f, struct aml_field *form)
{
	u64 offset = 0;
	int err = 0;

	while (!err && aml->pc < f->end) {
		err = aml_charge(aml, 1);
		if (!err)
			err = take_element(aml, form, &offset);
	}
	return err;
}

/* The object of that type which an operand names; not counted. */
static struct aml_object *named(struct aml *aml, const struct aml_value *v, u8 type)
{
	struct aml_node *node = aml_reference_node(v);

	if (node && node->value.type == type)
		return node->value.object;
	aml_fail(aml, -EINVAL, "%s is needed, not %s", aml_type_name(type),
		 aml_type_name(node ? node->value.type : v->type));
	return NULL;
}

AML_OPERATOR(field)
{
	struct aml_field form = { .region = named(aml, &f->v[0], AML_REGION) };
	int err;

	if (!form.region)
		return -EINVAL;
	err = set_flags(aml, &form, f->v[1].integer);
	return err ? err : take_list(aml, f, &form);
}

AML_OPERATOR(bank_field)
{
	struct aml_field form = { .region = named(aml, &f->v[0], AML_REGION),
				  .bank_value = f->v[2].integer };
	int err;

	if (!form.region)
		return -EINVAL;
	form.bank = named(aml, &f->v[1], AML_FIELD);
	if (!form.bank)
		return -EINVAL;
	err = set_flags(aml, &form, f->v[3].integer);
	return err ? err : take_list(aml, f, &form);
}

AML_OPERATOR(index_field)
{
	struct aml_field form = { .index = named(aml, &f->v[0], AML_FIELD) };
	int err;

	if (!form.index)
		return -EINVAL;
	form.data = named(aml, &f->v[1], AML_FIELD);
	if (!form.data)
		return -EINVAL;
	err = set_flags(aml, &form, f->v[2].integer);
	return err ? err : take_list(aml, f, &form);
}

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

static int take_bits(struct aml *aml, u32 *bits)
{
	const u8 *p = aml_parse_length(aml->pc, aml->end, bits);

	if (!p)
		return aml_fail(aml, -EINVAL, "a constant leaves its package");
	aml->pc = p;
	return 0;
}

static int define_field(struct aml *aml, const struct aml_field *form, const struct aml_value *name)
{
	struct aml_field *field = aml_object_new(aml, AML_FIELD, sizeof(*field));
	u32 unit = 8U * form->access_bytes;

	if (field) {
		*field = *form;
		field->base = (struct aml_object){ .refs = 1, .type = AML_FIELD };
		if (!field->bit_length) /* as ACPICA has it: the rest of its unit */
			field->bit_length = unit - form->bit_offset % unit;
		for (u32 i = 0; i < ARRAY_SIZE(field->behind); i++)
			if (field->behind[i])
				field->behind[i]->refs++;
	}
	return aml_define_object(aml, name, field);
}

/* A name that is there already stays what it is, and the next ones are made all the same. */
static int take_field(struct aml *aml, struct aml_field *form)
{
	struct aml_value name = aml_integer((u64)aml->pc);
	const u8 *at;
	int err = -EINVAL;

	if (*aml->pc != '\\' && *aml->pc != '^' && *aml->pc != AML_DUAL_NAME &&
	    *aml->pc != AML_MULTI_NAME && aml_is_name_start(*aml->pc))
		err = aml_take_name(aml, &at);
	if (err)
		return aml_fail(aml, err, "no proper name of a field");
	err = take_bits(aml, &form->bit_length);
	if (!err && (u64)form->bit_offset + form->bit_length >= FIELD_MAX_BITS)
		err = aml_fail(aml, -ERANGE, "a field behind 4 Gbit");
	if (!err)
		err = define_field(aml, form, &name);
	if (err == -EEXIST) {
		aml->failed_said = false;
		err = 0;
	}
	return err;
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

static int take_element(struct aml *aml, struct aml_field *form)
{
	u8 lead = *aml->pc;
	int err;

	form->bit_length = 0;
	if (lead > 0x03)
		err = take_field(aml, form);
	else if (aml->pc++, lead == 0x00)
		err = take_bits(aml, &form->bit_length);
	else if (lead == 0x02)
		err = skip_connection(aml);
	else
		err = take_access(aml, form, lead == 0x03);
	form->bit_offset += form->bit_length;
	return err;
}

/*
 * What the fields are of, each an operand that must be of that type.  Where it is not, they
 * are made all the same, of nothing, before the error is told: firmware declares fields of
 * regions that other machines have.
 */
static int make_fields(struct aml *aml, struct aml_frame *f, struct aml_field *form, u64 flags,
		       const u8 types[2])
{
	int missing = 0, err;

	for (u32 i = 0; !missing && i < 2 && types[i]; i++)
		missing = aml_named_object(aml, &f->v[i], types[i], &form->behind[i]);
	if (missing)
		memset(form->behind, 0, sizeof(form->behind));
	form->update = flags >> 5 & 3;
	err = set_access(aml, form, (u8)flags);
	while (!err && aml->pc < f->end) {
		err = aml_charge(aml, 1);
		if (!err)
			err = take_element(aml, form);
	}
	return missing ? missing : err;
}

AML_OPERATOR(field)
{
	struct aml_field form = { .kind = AML_FIELD_OF_REGION };

	return make_fields(aml, f, &form, f->v[1].integer, (u8[]){ AML_REGION, 0 });
}

AML_OPERATOR(bank_field)
{
	struct aml_field form = { .kind = AML_FIELD_OF_BANK, .bank_value = f->v[2].integer };

	return make_fields(aml, f, &form, f->v[3].integer, (u8[]){ AML_REGION, AML_FIELD });
}

AML_OPERATOR(index_field)
{
	struct aml_field form = { .kind = AML_FIELD_OF_INDEX };

	return make_fields(aml, f, &form, f->v[2].integer, (u8[]){ AML_FIELD, AML_FIELD });
}

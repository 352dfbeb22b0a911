// SPDX-License-Identifier: MIT
/* Arithmetic, bits, logic and comparison (ACPI 6.5, 20.2.5.4). */
#include "drivers/acpi/aml/ops.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static u64 calculate(u16 opcode, u64 a, u64 b, u32 width)
{
	switch (opcode) {
	case AML_ADD:
		return a + b;
	case AML_SUBTRACT:
		return a - b;
	case AML_MULTIPLY:
		return a * b;
	case AML_SHIFT_LEFT:
		return b < width ? a << b : 0;
	case AML_SHIFT_RIGHT:
		return b < width ? a >> b : 0;
	case AML_AND:
		return a & b;
	case AML_NAND:
		return ~(a & b);
	case AML_OR:
		return a | b;
	case AML_NOR:
		return ~(a | b);
	case AML_XOR:
		return a ^ b;
	default: /* AML_MOD */
		return a % b;
	}
}

static int result(struct aml *aml, u64 value, const struct aml_value *target, struct aml_value *out)
{
	*out = aml_integer(value & aml_ones(aml));
	return aml_store(aml, out, target);
}

AML_OPERATOR(arithmetic)
{
	u64 a = f->v[0].integer, b = f->v[1].integer;

	if (f->opcode == AML_MOD && b == 0)
		return aml_fail(aml, -EINVAL, "division by zero");
	return result(aml, calculate(f->opcode, a, b, 8 * aml_integer_bytes(aml)), &f->v[2], out);
}

/* Divide (dividend, divisor, remainder, quotient): the quotient is its value. */
AML_OPERATOR(divide)
{
	u64 a = f->v[0].integer, b = f->v[1].integer;
	int err;

	if (b == 0)
		return aml_fail(aml, -EINVAL, "division by zero");
	err = result(aml, a % b, &f->v[2], out);
	return err ? err : result(aml, a / b, &f->v[3], out);
}

/* Increment and Decrement. */
AML_OPERATOR(increment)
{
	struct aml_value value;
	u64 number;
	int err;

	if (aml_is_byte_reference(&f->v[0]))
		return aml_fail(aml, -EINVAL, "a reference where data are needed");
	err = aml_load_value(aml, &f->v[0], &value);
	if (err)
		return err;
	err = aml_to_integer(aml, &value, &number);
	aml_put(aml, &value);
	if (err)
		return err;
	number += f->opcode == AML_INCREMENT ? 1 : -1ULL;
	return result(aml, number, &f->v[0], out);
}

AML_OPERATOR(bitwise_not)
{
	return result(aml, ~f->v[0].integer, &f->v[1], out);
}

/* The position counts from 1; 0 means no bit. */
AML_OPERATOR(find_set_bit)
{
	u64 a = f->v[0].integer, position = 0;

	if (a)
		position = f->opcode == AML_FIND_SET_LEFT ? ilog2(a) + 1U :
							    (u64)__builtin_ctzll(a) + 1;
	return result(aml, position, &f->v[1], out);
}

AML_OPERATOR(from_bcd)
{
	u64 a = f->v[0].integer, value = 0, scale = 1;

	for (; a; a >>= 4, scale *= 10) {
		if ((a & 0xf) > 9)
			return aml_fail(aml, -EINVAL, "0x%lx is no BCD number", f->v[0].integer);
		value += (a & 0xf) * scale;
	}
	*out = aml_integer(value & aml_ones(aml));
	return aml_store_as_is(aml, out, &f->v[1]);
}

AML_OPERATOR(to_bcd)
{
	u64 a = f->v[0].integer, value = 0;
	u32 digits = 2 * aml_integer_bytes(aml);

	for (u32 i = 0; i < digits; i++, a /= 10)
		value |= a % 10 << (4 * i);
	if (a)
		return aml_fail(aml, -ERANGE, "0x%lx has too many digits for BCD", f->v[0].integer);
	*out = aml_integer(value & aml_ones(aml));
	return aml_store_as_is(aml, out, &f->v[1]);
}

static struct aml_value truth(const struct aml *aml, bool is)
{
	return aml_integer(is ? aml_ones(aml) : 0);
}

AML_OPERATOR(logic)
{
	bool a = f->v[0].integer, b = f->v[1].integer;

	*out = truth(aml, f->opcode == AML_LAND ? a && b : a || b);
	return 0;
}

AML_OPERATOR(logic_not)
{
	*out = truth(aml, !f->v[0].integer);
	return 0;
}

static int order_bytes(const struct aml_object *a, const struct aml_object *b)
{
	int order = memcmp(((const struct aml_data *)a)->bytes, ((const struct aml_data *)b)->bytes,
			   min(a->length, b->length));

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

int aml_compare(struct aml *aml, const struct aml_value *a, const struct aml_value *b, int *order)
{
	struct aml_value same;
	int err = aml_to_type(aml, b, a->type, &same);

	if (err)
		return err;
	if (a->type == AML_INTEGER) {
		*order = (a->integer > same.integer) - (a->integer < same.integer);
		return 0;
	}
	*order = order_bytes(a->object, same.object);
	err = aml_charge(aml, same.object->length / 16);
	aml_put(aml, &same);
	return err;
}

AML_OPERATOR(compare)
{
	int order, err = aml_compare(aml, &f->v[0], &f->v[1], &order);

	if (err)
		return err;
	*out = truth(aml, f->opcode == AML_LEQUAL   ? order == 0 :
			  f->opcode == AML_LGREATER ? order > 0 :
						      order < 0);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * Conversions between integers, strings and buffers: the implicit ones (ACPI
 * 6.5, 19.3.5.7, tables 19.7 and on) and the operators that ask for one.  What
 * these give keeps its type in a target: there it is not converted once more.
 */
#include "drivers/acpi/aml/ops.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static int digit(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A string ends with a NUL whatever it holds.  Stops at what is no digit, and when full. */
static u64 parse_number(const u8 *p, u32 base, u64 ones)
{
	u64 value = 0, next;
	int d;

	while (*p == '0')
		p++;
	for (; (d = digit(*p)) >= 0 && (u32)d < base; p++) {
		if (__builtin_mul_overflow(value, (u64)base, &next) ||
		    __builtin_add_overflow(next, (u64)d, &next) || next > ones)
			return value;
		value = next;
	}
	return value;
}

/* In that base, or hexadecimal behind 0x; blanks may stand in front. */
static int string_number(struct aml *aml, const struct aml_value *v, u32 base, u64 *out)
{
	const u8 *p = AML_OBJECT(v, data)->bytes;

	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		p += 2;
		base = 16;
	}
	*out = parse_number(p, base, aml_ones(aml));
	return aml_charge(aml, v->object->length / 16); /* for a million zeroes in front */
}

/* Little endian, as many bytes as an integer has. */
static u64 buffer_number(struct aml *aml, const struct aml_data *data)
{
	u32 n = min(data->base.length, aml_integer_bytes(aml));
	u64 value = 0;

	memcpy(&value, data->bytes, n);
	return value;
}

/* Strings are hexadecimal, whatever they look like. */
int aml_to_integer(struct aml *aml, const struct aml_value *v, u64 *out)
{
	switch (v->type) {
	case AML_INTEGER:
		*out = v->integer;
		return 0;
	case AML_STRING:
		return string_number(aml, v, 16, out);
	case AML_BUFFER:
		if (v->object->length == 0)
			return aml_fail(aml, -EINVAL, "an empty buffer is no integer");
		*out = buffer_number(aml, AML_OBJECT(v, data));
		return 0;
	default:
		return aml_fail(aml, -EINVAL, "an integer is needed, not %s",
				aml_type_name(v->type));
	}
}

static const char hex[] = "0123456789ABCDEF";

/* Two digits for each byte of an integer: "000000000000000F". */
static int integer_to_string(struct aml *aml, u64 value, struct aml_value *out)
{
	u32 digits = 2 * aml_integer_bytes(aml);
	char text[16];

	for (u32 i = 0; i < digits; i++)
		text[i] = hex[value >> (4 * (digits - 1 - i)) & 0xf];
	return aml_make_data(aml, AML_STRING, text, digits, out);
}

/* The bytes one behind the other in that form, the first without its separator; or how many. */
static u32 put_bytes(u8 *to, const struct aml_data *data, const char *form)
{
	char text[8];
	u32 at = 0, n;

	for (u32 i = 0; i < data->base.length; i++, at += n) {
		n = (u32)scnprintf(text, sizeof(text), i ? form : form + 1, data->bytes[i]);
		if (to)
			memcpy(to + at, text, n);
	}
	return at;
}

static int buffer_to_string(struct aml *aml, const struct aml_data *data, const char *form,
			    struct aml_value *out)
{
	u32 length;
	int err;

	err = aml_charge(aml, data->base.length);
	if (err)
		return err;
	length = put_bytes(NULL, data, form);
	err = aml_make_data(aml, AML_STRING, NULL, length, out);
	if (!err)
		put_bytes(AML_OBJECT(out, data)->bytes, data, form);
	return err;
}

/* Of a buffer: "0x01 0x02 0x0F". */
int aml_to_string(struct aml *aml, const struct aml_value *v, struct aml_value *out)
{
	switch (v->type) {
	case AML_INTEGER:
		return integer_to_string(aml, v->integer, out);
	case AML_STRING:
		*out = aml_get(v);
		return 0;
	case AML_BUFFER:
		return buffer_to_string(aml, AML_OBJECT(v, data), " 0x%02X", out);
	default:
		return aml_fail(aml, -EINVAL, "a string is needed, not %s", aml_type_name(v->type));
	}
}

/* Of a string: its bytes with the NUL. */
int aml_to_buffer(struct aml *aml, const struct aml_value *v, struct aml_value *out)
{
	switch (v->type) {
	case AML_INTEGER:
		return aml_make_data(aml, AML_BUFFER, &v->integer, aml_integer_bytes(aml), out);
	case AML_STRING:
		return aml_make_data(aml, AML_BUFFER, AML_OBJECT(v, data)->bytes,
				     v->object->length + 1, out);
	case AML_BUFFER:
		*out = aml_get(v);
		return 0;
	default:
		return aml_fail(aml, -EINVAL, "a buffer is needed, not %s", aml_type_name(v->type));
	}
}

int aml_to_type(struct aml *aml, const struct aml_value *v, u8 type, struct aml_value *out)
{
	u64 number;
	int err;

	if (type == AML_STRING)
		return aml_to_string(aml, v, out);
	if (type == AML_BUFFER)
		return aml_to_buffer(aml, v, out);
	err = aml_to_integer(aml, v, &number);
	*out = aml_integer(number);
	return err;
}

AML_OPERATOR(to_buffer)
{
	int err = aml_to_buffer(aml, &f->v[0], out);

	return err ? err : aml_store_as_is(aml, out, &f->v[1]);
}

/* ToHexString and ToDecimalString: of a buffer "0x01,0x0F" and "1,15". */
AML_OPERATOR(to_number_string)
{
	bool decimal = f->opcode == AML_TO_DECIMAL;
	const struct aml_value *v = &f->v[0];
	char text[24];
	int err;

	if (v->type == AML_INTEGER && decimal) {
		scnprintf(text, sizeof(text), "%lu", v->integer);
		err = aml_new_string(aml, text, out);
	} else if (v->type == AML_INTEGER) {
		err = integer_to_string(aml, v->integer, out);
	} else if (v->type == AML_STRING) {
		*out = aml_get(v);
		err = 0;
	} else {
		err = buffer_to_string(aml, AML_OBJECT(v, data), decimal ? ",%u" : ",0x%02X", out);
	}
	return err ? err : aml_store_as_is(aml, out, &f->v[1]);
}

/* Unlike the implicit conversion: decimal, or hexadecimal behind 0x. */
AML_OPERATOR(to_integer)
{
	const struct aml_value *v = &f->v[0];
	u64 number;
	int err = v->type == AML_STRING ? string_number(aml, v, 10, &number) :
					  aml_to_integer(aml, v, &number);

	if (err)
		return err;
	*out = aml_integer(number);
	return aml_store_as_is(aml, out, &f->v[1]);
}

/* ToString: the bytes up to a NUL, or as many as are asked for. */
AML_OPERATOR(to_string)
{
	struct aml_value bytes;
	u64 wanted = f->v[1].integer;
	u32 length, n = 0;
	int err = aml_to_buffer(aml, &f->v[0], &bytes);

	if (err)
		return err;
	length = bytes.object->length;
	while (n < length && n < wanted && AML_OBJECT(&bytes, data)->bytes[n])
		n++;
	err = aml_make_data(aml, AML_STRING, AML_OBJECT(&bytes, data)->bytes, n, out);
	aml_put(aml, &bytes);
	return err ? err : aml_store_as_is(aml, out, &f->v[2]);
}

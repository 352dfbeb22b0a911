// SPDX-License-Identifier: MIT
/*
 * Reading and writing fields (ACPI 6.5, 19.6.46): bits of a region, cut from
 * units of the declared access width; bits behind an index and a data register;
 * bits of a buffer.
 *
 * A field of up to an integer's bits is an integer, a longer one a buffer.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* What is written, as bytes; zeroes behind them. */
struct source {
	const u8 *bytes;
	u32 length;
	u64 integer;
};

static int source_of(struct aml *aml, const struct aml_value *v, struct source *s)
{
	s->bytes = aml_bytes(v, &s->length);
	if (s->bytes)
		return 0;
	if (v->type != AML_INTEGER)
		return aml_fail(aml, -EINVAL, "%s cannot be stored to a field",
				aml_type_name(v->type));
	s->integer = v->integer;
	s->bytes = (const u8 *)&s->integer;
	s->length = sizeof(s->integer);
	return 0;
}

/* `n` bits, at most 64, from bit `at` on. */
static u64 get_bits(const u8 *bytes, u32 length, u64 at, u32 n)
{
	u64 value = 0;
	u32 shift = at % 8, have = 0;

	for (u64 i = at / 8; have < n; i++) {
		u64 byte = i < length ? bytes[i] : 0;

		value |= have ? byte << have : byte >> shift;
		have += have ? 8 : 8 - shift;
	}
	return n < 64 ? value & ((1ULL << n) - 1) : value;
}

static void put_bits(u8 *bytes, u64 at, u32 n, u64 value)
{
	while (n) {
		u32 shift = at % 8, step = min(8 - shift, n);
		u8 mask = (u8)(((1U << step) - 1) << shift);
		u8 *byte = &bytes[at / 8];

		*byte = (u8)((*byte & ~mask) | ((value << shift) & mask));
		value >>= step;
		at += step;
		n -= step;
	}
}

static int access_indexed(struct aml *aml, const struct aml_field *f, u64 offset, u64 *value,
			  bool write)
{
	struct aml_value v = aml_integer(offset);
	int err = aml_field_write(aml, f->behind[0], &v);

	if (err)
		return err;
	if (write) {
		v = aml_integer(*value);
		return aml_field_write(aml, f->behind[1], &v);
	}
	err = aml_field_read(aml, f->behind[1], &v);
	if (err)
		return err;
	err = aml_to_integer(aml, &v, value);
	aml_put(aml, &v);
	return err;
}

/* One unit of the access width, at a byte offset that is a multiple of it. */
static int access_unit(struct aml *aml, const struct aml_field *f, u64 offset, u64 *value,
		       bool write)
{
	struct aml_value bank = aml_integer(f->bank_value);
	int err = 0;

	if (f->kind == AML_FIELD_OF_INDEX)
		return access_indexed(aml, f, offset, value, write);
	if (f->kind == AML_FIELD_OF_BANK)
		err = aml_field_write(aml, f->behind[1], &bank);
	return err ? err :
		     aml_region_access(aml, (struct aml_region *)f->behind[0], offset,
				       f->access_bytes, value, write);
}

/* A field's units one after the other: which bits of each are its own. */
struct walk {
	u64 offset;    /* of the unit, in bytes */
	u64 at;	       /* its first bit in the field */
	u32 low, bits; /* the field's bits in the unit */
};

static bool next_unit(const struct aml_field *f, struct walk *w)
{
	u32 width = 8U * f->access_bytes;
	u64 first;

	w->at += w->bits;
	if (w->at >= f->bit_length)
		return false;
	first = f->bit_offset + w->at;
	w->low = first % width;
	w->offset = first / width * f->access_bytes;
	w->bits = (u32)min((u64)width - w->low, f->bit_length - w->at);
	return true;
}

int aml_check_field(struct aml *aml, const struct aml_field *f)
{
	return f->behind[0] ? 0 : aml_fail(aml, -ENXIO, "a field of what was not there");
}

/* Index and bank fields lead to other fields, which may do so too. */
static int enter(struct aml *aml, const struct aml_field *f)
{
	int err = aml_check_field(aml, f);

	if (!err)
		err = aml_charge(aml, f->bit_length / 64 + 1);
	if (err)
		return err;
	if (aml->fields == AML_MAX_FIELDS)
		return aml_fail(aml, -E2BIG, "fields behind fields, AML_MAX_FIELDS is %u",
				AML_MAX_FIELDS);
	aml->fields++;
	return 0;
}

static int read_bits(struct aml *aml, const struct aml_field *f, u8 *to)
{
	struct walk w = { 0 };
	u64 unit = 0;
	int err = 0;

	while (!err && next_unit(f, &w)) {
		err = access_unit(aml, f, w.offset, &unit, false);
		put_bits(to, w.at, w.bits, unit >> w.low);
	}
	return err;
}

int aml_field_read(struct aml *aml, struct aml_object *field, struct aml_value *out)
{
	struct aml_field *f = (struct aml_field *)field;
	u64 number = 0;
	int err = enter(aml, f);

	if (err)
		return err;
	field->refs++; /* see aml_field_write() */
	if (f->bit_length <= 8 * aml_integer_bytes(aml)) {
		err = read_bits(aml, f, (u8 *)&number);
		*out = aml_integer(number);
	} else {
		err = aml_make_data(aml, AML_BUFFER, NULL, DIV_ROUND_UP(f->bit_length, 8), out);
		if (!err) {
			err = read_bits(aml, f, AML_OBJECT(out, data)->bytes);
			if (err)
				aml_put(aml, out);
		}
	}
	aml_object_put(aml, field);
	aml->fields--;
	return err;
}

/* Bits of the unit that are not the field's: as the update rule says. */
static int around(struct aml *aml, const struct aml_field *f, const struct walk *w, u64 mask,
		  u64 *unit)
{
	u64 old = 0;
	int err = 0;

	if (w->bits < 8U * f->access_bytes) {
		if (f->update == AML_UPDATE_PRESERVE)
			err = access_unit(aml, f, w->offset, &old, false);
		else if (f->update == AML_UPDATE_ONES)
			old = ~0ULL;
	}
	*unit |= old & ~mask;
	if (f->access_bytes < 8)
		*unit &= (1ULL << (8U * f->access_bytes)) - 1;
	return err;
}

static int write_bits(struct aml *aml, const struct aml_field *f, const struct source *s)
{
	struct walk w = { 0 };
	u64 unit, mask;
	int err = 0;

	while (!err && next_unit(f, &w)) {
		mask = (w.bits < 64 ? (1ULL << w.bits) - 1 : ~0ULL) << w.low;
		unit = get_bits(s->bytes, s->length, w.at, w.bits) << w.low;
		err = around(aml, f, &w, mask, &unit);
		if (!err)
			err = access_unit(aml, f, w.offset, &unit, true);
	}
	return err;
}

int aml_field_write(struct aml *aml, struct aml_object *field, const struct aml_value *v)
{
	struct aml_field *f = (struct aml_field *)field;
	struct source s;
	int err = source_of(aml, v, &s);

	if (!err)
		err = enter(aml, f);
	if (err)
		return err;
	field->refs++; /* a region's address may need AML that lets the field go */
	err = write_bits(aml, f, &s);
	aml_object_put(aml, field);
	aml->fields--;
	return err;
}

int aml_check_buffer_field(struct aml *aml, const struct aml_buffer_field *field)
{
	/* A buffer never shrinks. */
	u64 bits = field->buffer ? 8ULL * field->buffer->length : 0;

	if (field->bit_length && field->bit_offset < bits &&
	    field->bit_length <= bits - field->bit_offset)
		return 0;
	return aml_fail(aml, -ERANGE, "bits 0x%lx + 0x%lx of a buffer with 0x%lx",
			field->bit_offset, field->bit_length, bits);
}

int aml_buffer_field_read(struct aml *aml, const struct aml_buffer_field *field,
			  struct aml_value *out)
{
	const struct aml_data *data = (const struct aml_data *)field->buffer;
	u32 bits, n;
	int err = aml_check_buffer_field(aml, field);

	if (err)
		return err;
	bits = (u32)field->bit_length;
	if (bits <= 8 * aml_integer_bytes(aml) && !field->is_buffer) {
		*out = aml_integer(
			get_bits(data->bytes, data->base.length, field->bit_offset, bits));
		return 0;
	}
	err = aml_make_data(aml, AML_BUFFER, NULL, DIV_ROUND_UP(bits, 8), out);
	for (u32 at = 0; !err && at < bits; at += n) {
		n = min(bits - at, 64U);
		put_bits(AML_OBJECT(out, data)->bytes, at, n,
			 get_bits(data->bytes, data->base.length, field->bit_offset + at, n));
	}
	return err;
}

int aml_buffer_field_write(struct aml *aml, struct aml_buffer_field *field,
			   const struct aml_value *v)
{
	struct aml_data *data = (struct aml_data *)field->buffer;
	struct source s;
	u32 n;
	int err = source_of(aml, v, &s);

	if (!err)
		err = aml_check_buffer_field(aml, field);
	if (!err)
		err = aml_charge(aml, (u32)field->bit_length / 64);
	for (u32 at = 0; !err && at < field->bit_length; at += n) {
		n = min((u32)field->bit_length - at, 64U);
		put_bits(data->bytes, field->bit_offset + at, n,
			 get_bits(s.bytes, s.length, at, n));
	}
	return err;
}

// SPDX-License-Identifier: MIT
/*
 * What C leaves undefined, said where it happens: in a build with UBSAN=1 alone.
 *
 * The compiler puts a test before each shift, index and access that may be
 * undefined, and calls one of these where the test fails, with a record of the place and
 * the values (the ABI is libubsan's; there is no text of it but GCC's ubsan.c).  Each place
 * is reported once, as a WARN that stands at that place; the record's column is the mark of
 * that.  Then the code goes on with what the processor makes of it.
 *
 * Not looked at: signed overflow, which is defined in this kernel (-fwrapv); division by 0, which the
 * processor traps; null pointers and alignment, since page 0 is never mapped, the processor takes any
 * address, and a program's pointers may be whatever they like until they are used; and values that a bool
 * cannot have, for GCC 12 forgets of a load which it checks that it is volatile, and a loop on READ_ONCE() of
 * a bool does not end.
 */
#ifdef CONFIG_UBSAN
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/vsprintf.h"

#define SAID	     0xffffffff /* the column of a place that was reported */
#define VALUE_LENGTH 48

struct place {
	const char *file;
	u32 line, column;
};

struct type {
	u16 kind; /* 0: an integer */
	u16 info; /* bit 0: signed; from bit 1 on: log2 of its bits */
	char name[];
};

struct type_mismatch {
	struct place place;
	const struct type *type;
	u8 log_alignment;
	u8 kind;
};

struct out_of_bounds {
	struct place place;
	const struct type *array, *index;
};

struct shift {
	struct place place;
	const struct type *left, *right;
};

struct length {
	struct place place;
	const struct type *type;
};

struct builtin {
	struct place place;
	u8 kind; /* 0: ctz, 1: clz */
};

void __ubsan_handle_type_mismatch_v1(struct type_mismatch *data, unsigned long pointer);
void __ubsan_handle_pointer_overflow(struct place *place, unsigned long base, unsigned long result);
void __ubsan_handle_out_of_bounds(struct out_of_bounds *data, unsigned long index);
void __ubsan_handle_shift_out_of_bounds(struct shift *data, unsigned long left,
					unsigned long right);
void __ubsan_handle_vla_bound_not_positive(struct length *data, unsigned long bound);
void __ubsan_handle_invalid_builtin(struct builtin *data);
void __ubsan_handle_builtin_unreachable(struct place *place);

/* Only the first who comes to a place reports it. */
static bool is_news(struct place *place)
{
	return __atomic_exchange_n(&place->column, SAID, __ATOMIC_RELAXED) != SAID;
}

#define REPORT(place, fmt, ...)                                                                   \
	do {                                                                                      \
		if (is_news(place))                                                               \
			warn_slowpath((place)->file, (int)(place)->line, _RET_IP_, "ubsan: " fmt, \
				      ##__VA_ARGS__);                                             \
	} while (0)

static unsigned int bits_of(const struct type *type)
{
	return type->kind ? 0 : 1U << (type->info >> 1);
}

/* What an integer of up to 64 bits comes as; of a longer one, or another type, its address comes. */
static const char *value_of(const struct type *type, unsigned long value, char *text)
{
	unsigned int bits = bits_of(type);

	if (!bits || bits > 64)
		snprintf(text, VALUE_LENGTH, "(one at %#lx)", value);
	else if (type->info & 1)
		snprintf(text, VALUE_LENGTH, "%ld", (long)(value << (64 - bits)) >> (64 - bits));
	else
		snprintf(text, VALUE_LENGTH, "%lu", value);
	return text;
}

void __ubsan_handle_type_mismatch_v1(struct type_mismatch *data, unsigned long pointer)
{
	REPORT(&data->place, "there is no room for %s at %#lx\n", data->type->name, pointer);
}

void __ubsan_handle_pointer_overflow(struct place *place, unsigned long base, unsigned long result)
{
	REPORT(place, "a pointer at %#lx wraps to %#lx\n", base, result);
}

void __ubsan_handle_out_of_bounds(struct out_of_bounds *data, unsigned long index)
{
	char text[VALUE_LENGTH];

	REPORT(&data->place, "index %s is out of range of %s\n", value_of(data->index, index, text),
	       data->array->name);
}

void __ubsan_handle_shift_out_of_bounds(struct shift *data, unsigned long left, unsigned long right)
{
	char value[VALUE_LENGTH], by[VALUE_LENGTH];

	REPORT(&data->place, "%s, of %s, is shifted by %s\n", value_of(data->left, left, value),
	       data->left->name, value_of(data->right, right, by));
}

void __ubsan_handle_vla_bound_not_positive(struct length *data, unsigned long bound)
{
	char text[VALUE_LENGTH];

	REPORT(&data->place, "an array has %s elements\n", value_of(data->type, bound, text));
}

void __ubsan_handle_invalid_builtin(struct builtin *data)
{
	REPORT(&data->place, "c%cz is asked of 0\n", data->kind ? 'l' : 't');
}

/* There is nothing to go on with. */
void __ubsan_handle_builtin_unreachable(struct place *place)
{
	panic("ubsan: %s:%u was not to be reached", place->file, place->line);
}
#endif

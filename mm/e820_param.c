// SPDX-License-Identifier: MIT
/*
 * mem= and memmap=: a person's word against the firmware's map.
 *
 * The words are Linux's (Documentation/admin-guide/kernel-parameters.txt), so
 * that what helped a machine there helps it here.  The numbers take a suffix K,
 * M, G ... and any base.  Pure: runs on the host too.
 */
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/e820.h"

static int __init refuse(const char *param, const char *value, size_t len, const char *why)
{
	char word[64];

	strscpy(word, value, min(len + 1, sizeof(word)));
	pr_err("e820: %s=%s ignored: %s\n", param, word, why);
	return -EINVAL;
}

static const char too_large[] __initconst = "the size overflows 64 bits";

/* No RAM at or above `limit`; other types stay where they are. */
static void __init limit_ram(struct e820_table *table, u64 limit)
{
	/* Linux's size: the last byte of 2^64 is not counted. */
	e820__range_remove(table, limit, ~0ULL - limit, E820_TYPE_RAM, true);
}

u64 max_mem_size __initdata = ~0ULL;

int __init e820_parse_mem(struct e820_table *table, const char *value)
{
	size_t len = strlen(value);
	char *end;
	u64 limit = memparse(value, &end);

	if (end == value || *end)
		return refuse("mem", value, len, "not a size");
	if (!limit)
		return refuse("mem", value, len, "no memory would be left");
	if (limit == ~0ULL)
		return refuse("mem", value, len, too_large);
	limit_ram(table, limit);
	max_mem_size = limit;
	return 0;
}

static u32 __init sign_to_type(char sign)
{
	switch (sign) {
	case '@':
		return E820_TYPE_RAM;
	case '#':
		return E820_TYPE_ACPI;
	case '$':
		return E820_TYPE_RESERVED;
	case '!':
		return E820_TYPE_PRAM;
	default:
		return 0;
	}
}

/* The type behind `sign` at *s, which moves behind it; 0: none. */
static u32 __init take_type(const char **s, char sign)
{
	char *end;
	u32 type;

	if (**s != sign)
		return 0;
	type = (u32)simple_strtoull(*s + 1, &end, 0);
	*s = end;
	return type;
}

/* nn%ss-old+new, of which `s` is what stands behind ss. */
static int __init parse_retype(struct e820_table *table, const char *word, size_t len, u64 start,
			       u64 size, const char *s)
{
	u32 from = take_type(&s, '-'), to = take_type(&s, '+');

	if (s != word + len)
		return refuse("memmap", word, len, "not -old+new behind the address");
	if (from && to)
		e820__range_update(table, start, size, from, to);
	else if (to)
		return e820__range_add(table, start, size, to) ? -EINVAL : 0;
	else
		e820__range_remove(table, start, size, from, from);
	return 0;
}

/* One word of memmap=, `len` characters. */
static int __init parse_memmap_one(struct e820_table *table, const char *word, size_t len)
{
	const char *stop = word + len, *address;
	char *end;
	u64 size, start;
	bool retype;
	u32 type;

	if (len == 8 && strncmp(word, "exactmap", 8) == 0) {
		table->nr_entries = 0;
		return 0;
	}
	size = memparse(word, &end);
	if (end == word || end > stop)
		return refuse("memmap", word, len, "starts with no size");
	if (!size)
		return refuse("memmap", word, len, "the size is 0");
	if (size == ~0ULL)
		return refuse("memmap", word, len, too_large);
	if (end == stop) {
		limit_ram(table, size);
		return 0;
	}
	retype = *end == '%';
	type = sign_to_type(*end);
	if (!type && !retype)
		return refuse("memmap", word, len, "the sign is none of @ # $ ! %");

	address = end + 1;
	start = memparse(address, &end);
	if (end == address || (end != stop && !retype))
		return refuse("memmap", word, len, "not an address behind the sign");
	if (start + (size - 1) < start)
		return refuse("memmap", word, len, "the range wraps at 2^64");
	if (retype)
		return parse_retype(table, word, len, start, size, end);
	return e820__range_add(table, start, size, type) ? -EINVAL : 0;
}

int __init e820_parse_memmap(struct e820_table *table, const char *value)
{
	const char *comma;
	int err = 0;

	while ((comma = strchr(value, ','))) {
		if (parse_memmap_one(table, value, comma - value))
			err = -EINVAL;
		value = comma + 1;
	}
	return parse_memmap_one(table, value, strlen(value)) ?: err;
}

/* SPDX-License-Identifier: MIT */
/*
 * Firmware tables for the host tests, built byte by byte as the specifications
 * lay them out, in heap blocks of exactly their size, so that a read past the
 * end is a sanitizer's report.
 */
#ifndef TESTS_HOST_TABLE_BUILDER_H
#define TESTS_HOST_TABLE_BUILDER_H

#include "tests/host/test.h"

struct builder {
	u8 bytes[4096];
	u32 n;
};

/* Little endian; zeros behind the value's eight bytes. */
static inline void put(struct builder *b, u64 value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes && b->n < sizeof(b->bytes); i++)
		b->bytes[b->n++] = i < 8 ? (u8)(value >> (8 * i)) : 0;
}

static inline void put_text(struct builder *b, const char *text, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		put(b, i < strlen(text) ? (u8)text[i] : ' ', 1);
}

/* The 36 bytes of ACPI 6.5, 5.2.6; length and checksum come with finish(). */
static inline void begin_table(struct builder *b, const char *signature, u8 revision)
{
	b->n = 0;
	put_text(b, signature, 4);
	put(b, 0, 4);
	put(b, revision, 1);
	put(b, 0, 1);
	put_text(b, "BOCHS", 6);
	put_text(b, "BXPC", 8);
	put(b, 1, 4);
	put_text(b, "BXPC", 4);
	put(b, 1, 4);
}

static inline void set_sum(u8 *bytes, u32 n, u32 at)
{
	u8 sum = 0;

	bytes[at] = 0;
	for (u32 i = 0; i < n; i++)
		sum += bytes[i];
	bytes[at] = (u8)-sum;
}

/* A heap copy of exactly the bytes there are; the test frees it. */
static inline void *copy_of(const struct builder *b)
{
	void *p = test_alloc(b->n);

	memcpy(p, b->bytes, b->n);
	return p;
}

static inline void *finish_table(struct builder *b)
{
	for (int i = 0; i < 4; i++)
		b->bytes[4 + i] = (u8)(b->n >> (8 * i));
	set_sum(b->bytes, b->n, 9);
	return copy_of(b);
}

#endif

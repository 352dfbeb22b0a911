/* SPDX-License-Identifier: MIT */
/*
 * AML byte by byte, for tests of what iasl would never write.  The bytes are
 * ACPI 6.5, 20.2; a package's length is always written in two bytes.
 */
#ifndef TESTS_HOST_TEST_AML_BUILDER_H
#define TESTS_HOST_TEST_AML_BUILDER_H

#include "drivers/acpi/aml/aml.h"
#include "tests/aml/machine.h"
#include "tests/host/test.h"

/* What a test's callbacks saw, as text to be compared. */
static char seen[4096] __maybe_unused;
static u32 seen_length __maybe_unused;

static inline void see(const char *fmt, ...) __printf(1, 2);

static inline void see(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	seen_length += (u32)vscnprintf(seen + seen_length, sizeof(seen) - seen_length, fmt, args);
	va_end(args);
}

static inline void see_nothing(void)
{
	seen_length = 0;
	seen[0] = '\0';
}

struct code {
	struct acpi_table_header header;
	u8 bytes[8192];
	u32 n;
	u32 open[16]; /* where the lengths of packages that are not closed stand */
	u32 depth;
};

static inline void code_start(struct code *c, u8 revision)
{
	memset(c, 0, sizeof(*c));
	memcpy(c->header.signature, "DSDT", 4);
	c->header.revision = revision;
}

static inline void code_put(struct code *c, const void *bytes, size_t n)
{
	if (c->n + n > sizeof(c->bytes))
		panic("the test's code is too long");
	memcpy(c->bytes + c->n, bytes, n);
	c->n += (u32)n;
}

/* OPS (c, 0x70, 0x01, 0x60): bytes as they are. */
#define OPS(c, ...)                                \
	do {                                       \
		const u8 _ops[] = { __VA_ARGS__ }; \
		code_put(c, _ops, sizeof(_ops));   \
	} while (0)

/* Text as it is: a name of four letters. */
static inline void code_name(struct code *c, const char *text)
{
	code_put(c, text, strlen(text));
}

static inline void code_string(struct code *c, const char *text)
{
	OPS(c, 0x0d);
	code_put(c, text, strlen(text) + 1);
}

static inline void code_dword(struct code *c, u32 value)
{
	OPS(c, 0x0c);
	code_put(c, &value, 4);
}

/* Name (name, EisaId) */
static inline void code_eisa_name(struct code *c, const char *name, u32 id)
{
	OPS(c, 0x08);
	code_name(c, name);
	code_dword(c, id);
}

/* A package length follows; it ends with code_close(). */
static inline void code_open(struct code *c)
{
	c->open[c->depth++] = c->n;
	OPS(c, 0, 0);
}

static inline void code_close(struct code *c)
{
	u32 at = c->open[--c->depth];
	u32 length = c->n - at;

	c->bytes[at] = (u8)(0x40 | (length & 0xf));
	c->bytes[at + 1] = (u8)(length >> 4);
}

static inline void code_method(struct code *c, const char *name, u8 flags)
{
	OPS(c, 0x14);
	code_open(c);
	code_name(c, name);
	OPS(c, flags);
}

static inline void code_device(struct code *c, const char *name)
{
	OPS(c, 0x5b, 0x82);
	code_open(c);
	code_name(c, name);
}

/* Package (n) {...} and Field (region, access) {...}, to be closed. */
static inline void code_package(struct code *c, u8 n)
{
	OPS(c, 0x12);
	code_open(c);
	OPS(c, n);
}

static inline void code_field(struct code *c, const char *region, u8 flags)
{
	OPS(c, 0x5b, 0x81);
	code_open(c);
	code_name(c, region);
	OPS(c, flags);
}

static inline void code_region(struct code *c, const char *name, u8 space, u16 start, u8 size)
{
	OPS(c, 0x5b, 0x80);
	code_name(c, name);
	OPS(c, space, 0x0b, (u8)start, (u8)(start >> 8), 0x0a, size);
}

static inline const struct acpi_table_header *code_table(struct code *c)
{
	c->header.length = (u32)sizeof(c->header) + c->n;
	return &c->header;
}

/* An interpreter of that machine with the code loaded; `want` is what loading returns. */
static inline struct aml *code_load_on(struct code *c, int want, const struct aml_ops *ops)
{
	struct aml *aml = aml_create(ops);
	int err;

	if (!aml)
		panic("no interpreter");
	err = aml_load_table(aml, code_table(c));
	if (err != want)
		host_fail(__FILE__, __LINE__, "loading gave %d, expected %d", err, want);
	return aml;
}

static inline struct aml *code_load(struct code *c, int want)
{
	return code_load_on(c, want, &machine_ops);
}

static inline void code_end(struct aml *aml)
{
	aml_destroy(aml);
	machine_reset();
}

/* _STA, as the walk over devices has it. */
static inline u32 status_of(struct aml *aml, const struct aml_node *device)
{
	struct aml_walk walk = { 0 };

	while (aml_next_device(aml, &walk))
		if (walk.node == device)
			return walk.status;
	panic("no such device");
}

/* What a path evaluates to, as text; "failed -22". */
static inline const char *value_of(struct aml *aml, const char *path)
{
	static char text[512];
	struct aml_value value;
	int err = aml_evaluate(aml, NULL, path, NULL, 0, &value);

	if (err)
		scnprintf(text, sizeof(text), "failed %d", err);
	else
		aml_format(aml, &value, text, sizeof(text));
	aml_put(aml, &value);
	return text;
}

#endif

// SPDX-License-Identifier: MIT
/*
 * \_S5 without an AML interpreter.  Pure: also runs on the host.
 *
 * Firmware declares it at the root as Name (\_S5, Package (n) {a, b, ...}) with
 * constants, so its bytes can be recognised (ACPI 6.5, 20.2):
 *
 *	08             NameOp
 *	[5c]           perhaps the root's backslash
 *	5f 53 35 5f    "_S5_"
 *	12             PackageOp
 *	PkgLength      1 to 4 bytes, itself included
 *	NumElements    at least 1
 *	a, b           ZeroOp, OneOp, OnesOp, or a byte, word or dword constant
 */
#include "drivers/acpi/actbl.h"
#include "kernel/string.h"

struct cursor {
	const u8 *p, *end;
};

static bool next(struct cursor *c, u8 *byte)
{
	if (c->p == c->end)
		return false;
	*byte = *c->p++;
	return true;
}

/* 20.2.4: the two high bits of the first byte count the bytes that follow. */
static bool package_length(struct cursor *c)
{
	const u8 *start = c->p;
	u32 length;
	u8 lead, byte;

	if (!next(c, &lead))
		return false;
	length = lead >> 6 ? lead & 0x0f : lead & 0x3f;
	for (u32 i = 0; i < (u32)lead >> 6; i++) {
		if (!next(c, &byte))
			return false;
		length |= (u32)byte << (4 + 8 * i);
	}
	if (length > (u32)(c->end - start))
		return false;
	c->end = start + length; /* nothing behind the package is looked at */
	return c->p <= c->end;
}

/* 20.2.3: an integer constant; SLP_TYP has three bits, so the low byte is enough. */
static bool constant(struct cursor *c, u8 *value)
{
	u32 more;
	u8 op;

	if (!next(c, &op))
		return false;
	switch (op) {
	case 0x00: /* ZeroOp */
	case 0x01: /* OneOp */
		*value = op;
		return true;
	case 0xff: /* OnesOp: SLP_TYP takes three bits of it */
		*value = 7;
		return true;
	case 0x0a: /* BytePrefix */
		more = 0;
		break;
	case 0x0b: /* WordPrefix */
		more = 1;
		break;
	case 0x0c: /* DWordPrefix */
		more = 3;
		break;
	default:
		return false;
	}
	if (!next(c, value) || c->end - c->p < (ssize_t)more)
		return false;
	c->p += more;
	return true;
}

/* What stands behind "_S5_". */
static bool s5_package(struct cursor c, u8 *pm1a, u8 *pm1b)
{
	u8 op, elements;

	if (!next(&c, &op) || op != 0x12 || !package_length(&c) || !next(&c, &elements) ||
	    elements == 0 || !constant(&c, pm1a))
		return false;
	if (elements == 1 || !constant(&c, pm1b))
		*pm1b = 0;
	return *pm1a <= 7 && *pm1b <= 7;
}

bool aml_find_s5(const u8 *aml, size_t n, u8 *pm1a, u8 *pm1b)
{
	for (size_t i = 1; i + 4 < n; i++) {
		const u8 *p = aml + i;
		struct cursor c = { .p = p + 4, .end = aml + n };
		bool named;

		if (p[0] != '_' || memcmp(p, "_S5_", 4) != 0)
			continue;
		named = p[-1] == 0x08 || (i > 1 && p[-1] == '\\' && p[-2] == 0x08);
		if (named && s5_package(c, pm1a, pm1b))
			return true;
	}
	return false;
}

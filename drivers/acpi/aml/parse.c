// SPDX-License-Identifier: MIT
/*
 * Decoding AML bytes: constants, names, package lengths (ACPI 6.5, 20.2).
 *
 * Everything is read from aml->pc and must end before aml->end, the end of the
 * innermost package.  Nothing is executed here: aml_skip_term() finds where a
 * term ends, so that a broken statement of a table costs that statement.
 */
#include "drivers/acpi/aml/interp.h"
#include "drivers/acpi/aml/opcodes.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define SKIP_DEPTH 64 /* operators inside each other while skipping */

bool aml_is_name_char(u8 byte, bool lead)
{
	return (byte >= 'A' && byte <= 'Z') || byte == '_' || (!lead && byte >= '0' && byte <= '9');
}

const u8 *aml_parse_name(const u8 *p, const u8 *end, struct aml_name *name)
{
	*name = (struct aml_name){ 0 };
	if (p < end && *p == '\\') {
		name->root = true;
		p++;
	}
	for (; p < end && *p == '^' && !name->root; p++)
		if (++name->carets == 0)
			return NULL;
	if (p == end)
		return NULL;
	name->count = 1;
	if (*p == 0) {
		name->count = 0;
		return p + 1;
	}
	if (*p == AML_DUAL_NAME) {
		name->count = 2;
		p++;
	} else if (*p == AML_MULTI_NAME) {
		if (end - p < 2)
			return NULL;
		name->count = p[1];
		p += 2;
	}
	if (end - p < 4 * name->count)
		return NULL;
	name->segments = p;
	for (u32 i = 0; i < 4U * name->count; i++)
		if (!aml_is_name_char(p[i], i % 4 == 0))
			return NULL;
	return p + 4 * name->count;
}

/* The two high bits of the first byte count those that follow. */
const u8 *aml_parse_length(const u8 *p, const u8 *end, u32 *length)
{
	u32 more;

	if (p == end)
		return NULL;
	more = *p >> 6;
	if ((u32)(end - p) <= more)
		return NULL;
	*length = more ? *p & 0x0f : *p & 0x3f;
	p++;
	for (u32 i = 0; i < more; i++)
		*length |= (u32)*p++ << (4 + 8 * i);
	return p;
}

static const u8 *package_end(const u8 *p, const u8 *end, const u8 **body)
{
	u32 length;

	*body = aml_parse_length(p, end, &length);
	return *body && length <= (u32)(end - p) && p + length >= *body ? p + length : NULL;
}

int aml_take_bytes(struct aml *aml, u32 n, u64 *value)
{
	*value = 0;
	if (aml->end - aml->pc < (ssize_t)n)
		return aml_fail(aml, -EINVAL, "a constant leaves its package");
	for (u32 i = 0; i < n; i++)
		*value |= (u64)aml->pc[i] << (8 * i);
	aml->pc += n;
	return 0;
}

const u8 *aml_parse_opcode(const u8 *p, const u8 *end, u16 *opcode)
{
	if (p >= end)
		return NULL;
	*opcode = *p++;
	if (*opcode == AML_EXT_PREFIX) {
		if (p == end)
			return NULL;
		*opcode = (u16)(AML_EXT(0) | *p++);
	}
	return p;
}

int aml_take_package(struct aml *aml, const u8 **end)
{
	const u8 *body;

	*end = package_end(aml->pc, aml->end, &body);
	if (!*end)
		return aml_fail(aml, -EINVAL, "a package length leaves what is around it");
	aml->pc = body;
	return 0;
}

int aml_take_else(struct aml *aml, const u8 **end)
{
	*end = NULL;
	if (aml->pc == aml->end || *aml->pc != AML_ELSE)
		return 0;
	aml->term = aml->pc++;
	return aml_take_package(aml, end);
}

int aml_take_name(struct aml *aml, const u8 **at)
{
	struct aml_name name;
	const u8 *p = aml_parse_name(aml->pc, aml->end, &name);

	if (!p)
		return aml_fail(aml, -EINVAL, "no proper name");
	*at = aml->pc;
	aml->pc = p;
	return 0;
}

int aml_take_string(struct aml *aml, struct aml_value *out)
{
	u32 left = (u32)(aml->end - aml->pc);
	u32 length = (u32)strnlen((const char *)aml->pc, left);
	int err;

	if (length == left)
		return aml_fail(aml, -EINVAL, "a string without end");
	err = aml_make_data(aml, AML_STRING, aml->pc, length, out);
	aml->pc += length + 1;
	return err;
}

/* How many operands follow a name: those of a method that is already known. */
static const u8 *skip_name(struct aml *aml, const u8 *p, const u8 *end, const u8 **operands)
{
	struct aml_node *node;
	struct aml_name name;

	p = aml_parse_name(p, end, &name);
	if (!p)
		return NULL;
	node = aml_lookup(aml, aml->call->scope, &name);
	*operands = aml_argument_list(node ? aml_method_args(node) : 0);
	return p;
}

/* Past a term's head; its operands, where they are not inside of it, are then to be skipped. */
static const u8 *skip_head(struct aml *aml, const u8 *p, const u8 *end, const u8 **operands)
{
	const struct aml_op *op;
	const u8 *body;
	u16 opcode;

	if (p < end && aml_is_name_start(*p))
		return skip_name(aml, p, end, operands);
	p = aml_parse_opcode(p, end, &opcode);
	if (!p)
		return NULL;
	op = aml_op(opcode);
	*operands = op->kind == AML_IS_BLOCK ? aml_argument_list(0) : op->operands;
	if (op->kind == AML_IS_BLOCK)
		return package_end(p, end, &body);
	return op->kind == AML_IS_NOTHING ? NULL : p;
}

static const u8 *skip_data(u8 operand, const u8 *p, const u8 *end)
{
	size_t left = (size_t)(end - p), n;
	struct aml_name name;

	if (operand == AML_NEW_NAME)
		return aml_parse_name(p, end, &name);
	if (operand == AML_STRING_DATA)
		n = strnlen((const char *)p, left) + 1;
	else
		n = aml_data_bytes(operand);
	return n > left ? NULL : p + n;
}

const u8 *aml_skip_term(struct aml *aml, const u8 *p, const u8 *end)
{
	const u8 *stack[SKIP_DEPTH];
	struct aml_name name;
	u32 depth = 1;
	u8 operand;

	p = skip_head(aml, p, end, &stack[0]);
	while (p && depth) {
		operand = *stack[depth - 1]++;
		if (!operand)
			depth--;
		else if (!(operand & AML_TERM))
			p = skip_data(operand, p, end);
		else if (operand & AML_NO_CALL && p < end && aml_is_name_start(*p))
			p = aml_parse_name(p, end, &name);
		else if (operand & AML_IS_PLACE && operand & AML_OPTIONAL && p < end && *p == 0)
			p++;
		else
			p = depth < SKIP_DEPTH ? skip_head(aml, p, end, &stack[depth++]) : NULL;
	}
	return p;
}

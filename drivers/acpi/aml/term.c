// SPDX-License-Identifier: MIT
/*
 * How a term begins: what is there at once is handed out, for the rest a frame
 * is pushed that collects its operands (see exec.c).
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"

static int push_call(struct aml *aml, struct aml_node *node)
{
	struct aml_frame *f;
	int err = aml_push(aml, AML_FRAME_CALL, &f);

	if (err)
		return err;
	f->node = node;
	f->letters = &"ooooooo"[7 - min(aml_method_args(node), 7U)];
	return AML_BECAME;
}

static noinline int no_such_name(struct aml *aml, const struct aml_name *name)
{
	char text[AML_PATH_MAX];

	return aml_fail(aml, -ENOENT, "no such name: %s", aml_name_text(name, text, sizeof(text)));
}

static noinline int begin_name(struct aml *aml, char letter, struct aml_value *out)
{
	struct aml_name name;
	struct aml_node *node;
	const u8 *p;

	p = aml_parse_name(aml->pc, aml->end, &name);
	if (!p)
		return aml_fail(aml, -EINVAL, "no proper name");
	/* A lone name is asked for in all scopes above: ten deep is usual, and free. */
	if (aml_charge(aml, name.count > 1 ? name.count : aml->call->scope->depth / 16))
		return -ETIMEDOUT;
	node = aml_lookup(aml, aml->call->scope, &name);
	if (!node && letter != 'q')
		return no_such_name(aml, &name);
	aml->pc = p;
	if (!node) {
		*out = aml_make_reference(AML_REF_NULL, NULL, 0);
		return 0;
	}
	if (node->value.type == AML_METHOD && !aml_wants_name(letter))
		return push_call(aml, node);
	if (!aml_wants_place(letter))
		return aml_node_value(aml, node, out);
	*out = aml_make_node_reference(node);
	return 0;
}

static noinline int begin_slot(struct aml *aml, u32 i, char letter, struct aml_value *out)
{
	struct aml_value *slot;

	aml->pc++;
	if (aml_wants_place(letter)) {
		*out = aml_make_reference(AML_REF_LOCAL, NULL, i);
		return 0;
	}
	slot = aml_slot(aml, i);
	if (!slot->type)
		return aml_fail(aml, -EINVAL, "%s%u was not set", i < 8 ? "Local" : "Arg",
				i < 8 ? i : i - 8);
	if (slot->type == AML_REFERENCE && letter != 'o' && letter != 'a')
		return aml_fail(aml, -EINVAL, "a reference where data are needed");
	*out = aml_get(slot);
	return 0;
}

static int push_operator(struct aml *aml, u16 opcode)
{
	const struct aml_op *op = aml_op(opcode);
	struct aml_frame *f;
	int err;

	if (!op->operands)
		return aml_fail(aml, -EINVAL, "no such opcode: %s%02x", opcode & 0x100 ? "5b " : "",
				opcode & 0xff);
	err = aml_push(aml, AML_FRAME_OPERATOR, &f);
	if (err)
		return err;
	f->opcode = opcode;
	f->op = op;
	f->letters = op->operands;
	return AML_BECAME;
}

/* Only some operators give a place. */
static int begin_place(struct aml *aml, char letter, u16 opcode, struct aml_value *out)
{
	if (opcode == AML_DEBUG_OP) {
		*out = aml_make_reference(AML_REF_DEBUG, NULL, 0);
		return 0;
	}
	if (opcode != AML_INDEX && opcode != AML_REF_OF &&
	    !(opcode == AML_DEREF_OF && aml_takes_deref(letter)))
		return aml_fail(aml, -EINVAL, "a value where a place is needed");
	return push_operator(aml, opcode);
}

static noinline int begin_operator(struct aml *aml, char letter, struct aml_value *out)
{
	u16 opcode = *aml->pc++;

	if (opcode == AML_EXT_PREFIX) {
		if (aml->pc == aml->end)
			return aml_fail(aml, -EINVAL, "half an opcode");
		opcode = AML_EXT(*aml->pc++);
	}
	if (aml_wants_place(letter))
		return begin_place(aml, letter, opcode, out);
	return push_operator(aml, opcode);
}

static int begin_string(struct aml *aml, char letter, struct aml_value *out)
{
	if (aml_wants_place(letter))
		return aml_fail(aml, -EINVAL, "a constant where a place is needed");
	aml->pc++;
	return aml_take_string(aml, out);
}

/* Constants: `bytes` behind the opcode, or the value itself. */
static noinline int begin_constant(struct aml *aml, char letter, u32 bytes, u64 value,
				   struct aml_value *out)
{
	aml->pc++;
	if (aml_wants_place(letter)) {
		if (letter != 't' || bytes || value)
			return aml_fail(aml, -EINVAL, "a constant where a place is needed");
		*out = aml_make_reference(AML_REF_NULL, NULL, 0); /* a target left out */
		return 0;
	}
	*out = aml_integer(value);
	if (bytes && aml_take_bytes(aml, bytes, &out->integer))
		return -EINVAL;
	out->integer &= aml_ones(aml); /* a 64-bit constant in a 32-bit world is cut off */
	return 0;
}

int aml_begin(struct aml *aml, char letter, struct aml_value *out)
{
	u8 byte;

	if (unlikely(aml->steps-- <= 1))
		return aml_out_of_steps(aml);
	aml->term = aml->pc;
	if (unlikely(aml->pc >= aml->end))
		return aml_fail(aml, -EINVAL, "an operand is missing");
	byte = *aml->pc;
	switch (byte) {
	case AML_ZERO:
	case AML_ONE:
		return begin_constant(aml, letter, 0, byte, out);
	case AML_ONES:
		return begin_constant(aml, letter, 0, ~0ULL, out);
	case AML_BYTE:
		return begin_constant(aml, letter, 1, 0, out);
	case AML_WORD:
		return begin_constant(aml, letter, 2, 0, out);
	case AML_DWORD:
		return begin_constant(aml, letter, 4, 0, out);
	case AML_QWORD:
		return begin_constant(aml, letter, 8, 0, out);
	case AML_STRING_PREFIX:
		return begin_string(aml, letter, out);
	case AML_LOCAL0 ... AML_ARG6:
		return begin_slot(aml, byte - AML_LOCAL0, letter, out);
	case 'A' ... 'Z':
	case '_':
	case '\\':
	case '^':
	case AML_DUAL_NAME:
	case AML_MULTI_NAME:
		return begin_name(aml, letter, out);
	default:
		return begin_operator(aml, letter, out);
	}
}

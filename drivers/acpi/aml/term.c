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
	int err = aml_push(aml, AML_FRAME_OPERATOR, &f);

	if (err)
		return err;
	f->node = node;
	f->op = &aml_call_op;
	f->operands = aml_argument_list(aml_method_args(node));
	return AML_BECAME;
}

static noinline int begin_name(struct aml *aml, u8 operand, struct aml_value *out)
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
	if (!node && !(operand & AML_MISSING && operand & AML_IS_PLACE))
		return aml_no_such_name(aml, &name);
	aml->pc = p;
	if (!node) {
		*out = aml_make_reference(AML_REF_NULL, NULL, 0);
		out->integer = (u64)aml->term; /* where it is named */
		return 0;
	}
	if (node->value.type == AML_METHOD && !(operand & AML_NO_CALL))
		return push_call(aml, node);
	if (!(operand & AML_IS_PLACE))
		return aml_node_value(aml, node, out);
	*out = aml_make_node_reference(AML_REF_NODE, node);
	return 0;
}

static int begin_slot(struct aml *aml, u8 operand, struct aml_value *out)
{
	u32 i = *aml->pc++ - AML_LOCAL0;
	struct aml_value *slot;

	if (operand & AML_IS_PLACE) {
		*out = aml_make_reference(AML_REF_LOCAL, NULL, i);
		return 0;
	}
	slot = aml_read_slot(aml, i);
	if (slot->type == AML_REFERENCE && operand & (AML_TO_INTEGER | AML_TO_DATA))
		return aml_fail(aml, -EINVAL, "a reference where data are needed");
	*out = aml_get(slot);
	return 0;
}

static int begin_constant(struct aml *aml, const struct aml_op *op, u8 operand,
			  struct aml_value *out)
{
	u8 byte = *aml->pc++, data = op->operands[0];

	if (operand & AML_IS_PLACE) {
		if (!(operand & AML_OPTIONAL) || byte != AML_ZERO)
			return aml_fail(aml, -EINVAL, "a constant where a place is needed");
		*out = aml_make_reference(AML_REF_NULL, NULL, 0); /* a target left out */
		return 0;
	}
	if (data == AML_STRING_DATA)
		return aml_take_string(aml, out);
	*out = aml_integer(byte == AML_ONES ? ~0ULL : byte);
	if (data && aml_take_bytes(aml, aml_data_bytes(data), &out->integer))
		return -EINVAL;
	out->integer &= aml_ones(aml); /* a 64-bit constant in a 32-bit world is cut off */
	return 0;
}

int aml_collect(struct aml *aml, struct aml_frame *f)
{
	int err;

	f->kind = AML_FRAME_OPERATOR;
	f->operands = f->op->operands;
	if (f->op->kind == AML_IS_BLOCK) {
		err = aml_take_package(aml, &f->end);
		if (err)
			return err;
		aml->end = f->end;
	}
	return AML_BECAME;
}

static int push_operator(struct aml *aml, u16 opcode)
{
	struct aml_frame *f;
	int err = aml_push(aml, AML_FRAME_OPERATOR, &f);

	if (err)
		return err;
	f->opcode = opcode;
	f->op = aml_op(opcode);
	return aml_collect(aml, f);
}

/* Only some operators give a place; what DerefOf gives must be a reference again. */
static bool gives_place(u16 opcode)
{
	return opcode == AML_INDEX || opcode == AML_REF_OF || opcode == AML_DEREF_OF;
}

static int begin_operator(struct aml *aml, u8 operand, struct aml_value *out)
{
	bool place = operand & AML_IS_PLACE;
	u16 opcode;
	const u8 *p = aml_parse_opcode(aml->pc, aml->end, &opcode);

	if (!p)
		return aml_fail(aml, -EINVAL, "half an opcode");
	aml->pc = p;
	if (place && opcode == AML_DEBUG_OP) {
		*out = aml_make_reference(AML_REF_DEBUG, NULL, 0);
		return 0;
	}
	if (place && !gives_place(opcode))
		return aml_fail(aml, -EINVAL, "a value where a place is needed");
	if (aml_op(opcode)->kind == AML_IS_NOTHING)
		return aml_fail(aml, -EINVAL, "no such opcode: %s%02x", opcode & 0x100 ? "5b " : "",
				opcode & 0xff);
	return push_operator(aml, opcode);
}

int aml_begin(struct aml *aml, u8 operand, struct aml_value *out)
{
	const struct aml_op *op;

	if (aml_charge(aml, 1))
		return -ETIMEDOUT;
	aml->term = aml->pc;
	if (unlikely(aml->pc >= aml->end))
		return aml_fail(aml, -EINVAL, "an operand is missing");
	op = &aml_plain_ops[*aml->pc];
	switch (op->kind) {
	case AML_IS_NAME:
		return begin_name(aml, operand, out);
	case AML_IS_CONSTANT:
		return begin_constant(aml, op, operand, out);
	case AML_IS_SLOT:
		return begin_slot(aml, operand, out);
	default:
		return begin_operator(aml, operand, out);
	}
}

int aml_begin_element(struct aml *aml, struct aml_value *out)
{
	const struct aml_table *table = aml->call->table;
	struct aml_name name;
	struct aml_node *node;
	const u8 *at;
	int err;

	aml->term = aml->pc;
	err = aml_take_name(aml, &at);
	if (err)
		return err;
	err = aml_charge(aml, 1 + (u32)(aml->pc - at) / 4);
	if (err)
		return err;
	if (aml->call->code) { /* what a method made may be gone later */
		aml_parse_name(at, aml->pc, &name);
		node = aml_lookup(aml, aml->call->scope, &name);
		if (node) {
			*out = aml_make_node_reference(AML_REF_NAMED, node);
			return 0;
		}
	}
	*out = aml_make_node_reference(AML_REF_UNBOUND, aml->call->scope);
	out->table = (u16)(table - aml->tables);
	out->index = (u32)(at - (const u8 *)table->header);
	return 0;
}

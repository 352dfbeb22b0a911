// SPDX-License-Identifier: MIT
/*
 * One step of execution: operators, calls, packages, blocks.
 *
 * A term begins (term.c): a constant, a local or the name of data is there at
 * once; anything else becomes a frame that collects its operands, each of which
 * begins in the same way.  When they are complete the operator runs and its
 * value is delivered to the frame below.  A statement is a term whose value
 * nobody wants.
 */
#include "drivers/acpi/aml/interp.h"
#include "drivers/acpi/aml/opcodes.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* An element of a package stands for its value where data are needed. */
static int element_to_data(struct aml *aml, struct aml_value *value)
{
	struct aml_value plain;
	int err;

	if (value->kind != AML_REF_ELEMENT || aml_is_byte_reference(value))
		return aml_fail(aml, -EINVAL, "a reference where data are needed");
	err = aml_load_value(aml, value, &plain);
	if (err)
		return err;
	aml_put(aml, value);
	*value = plain;
	return 0;
}

/* A value where data are wanted: what is no integer yet. */
static int accept_data(struct aml *aml, char letter, struct aml_value *value)
{
	u64 number;
	int err = 0;

	if (value->type == AML_REFERENCE)
		err = element_to_data(aml, value);
	if (err)
		return err;
	if (letter == 'i') {
		err = aml_to_integer(aml, value, &number);
		aml_put(aml, value);
		*value = aml_integer(number);
	} else if (!aml_is_data(value->type)) {
		err = aml_fail(aml, -EINVAL, "data are needed, not %s", aml_type_name(value->type));
	}
	return err;
}

/* Take a value as the next operand: its letter says what form it must have. */
static inline int accept(struct aml *aml, struct aml_frame *f, char letter, struct aml_value *value)
{
	struct aml_value *slot = &f->v[f->have++];

	*slot = *value;
	if (aml_wants_place(letter))
		return likely(value->type == AML_REFERENCE) || aml_takes_deref(letter) ?
			       0 :
			       aml_fail(aml, -EINVAL, "a value where a place is needed");
	if (likely(value->type == AML_INTEGER) || letter == 'a')
		return 0;
	if (letter != 'o')
		return accept_data(aml, letter, slot);
	return value->type ? 0 : aml_fail(aml, -EINVAL, "an operand has no value");
}

/* The predicate of a While is there. */
static int accept_predicate(struct aml *aml, struct aml_frame *f, struct aml_value *value)
{
	int err = accept(aml, f, 'i', value);

	if (err)
		return err;
	f->have = 0;
	f->letters = "";
	if (f->v[0].integer)
		return 0;
	aml->pc = f->end;
	return aml_end_statement(aml);
}

static int accept_element(struct aml *aml, struct aml_frame *f, struct aml_value *value)
{
	struct aml_package *package = (struct aml_package *)f->package;
	u32 i = f->count++;
	int err = 0;

	if (i < package->base.length) /* more than NumElements are left out: 19.6.101 */
		err = aml_take(aml, value, &package->elements[i]);
	aml_drop(aml, value);
	return err;
}

/* The frame on top ends without a value. */
int aml_end_statement(struct aml *aml)
{
	struct aml_value nothing = { 0 };

	aml_pop(aml);
	return aml_deliver(aml, &nothing);
}

/* Give a finished term's value to whoever waits for it. */
int aml_deliver(struct aml *aml, struct aml_value *value)
{
	struct aml_frame *f = aml->top;

	if (f == aml->base) {
		aml->result = *value;
		return 0;
	}
	switch (f->kind) {
	case AML_FRAME_OPERATOR:
	case AML_FRAME_CALL:
		return accept(aml, f, f->letters[-1], value);
	case AML_FRAME_PACKAGE:
		return accept_element(aml, f, value);
	case AML_FRAME_WHILE:
		if (*f->letters)
			return accept_predicate(aml, f, value);
		break;
	default:
		break;
	}
	aml_drop(aml, value);
	return 0;
}

/* Operands that stand in the bytes as they are. */
static int take_fixed(struct aml *aml, struct aml_frame *f, char letter)
{
	struct aml_value *slot = &f->v[f->have];
	const u8 *name;
	int err;

	if (letter == 'P') {
		err = aml_take_package(aml, &f->end);
		if (!err)
			aml->end = f->end;
		return err;
	}
	if (letter == 'N') {
		err = aml_take_name(aml, &name);
		*slot = aml_integer((u64)name);
	} else {
		slot->type = AML_INTEGER;
		err = aml_take_bytes(aml,
				     letter == 'B' ? 1 :
				     letter == 'W' ? 2 :
						     4,
				     &slot->integer);
	}
	if (!err)
		f->have++;
	return err;
}

/*
 * The operands that most operators have, without the way through aml_begin():
 * small constants, locals that hold integers, and targets left out.
 */
static inline bool take_quick(struct aml *aml, struct aml_frame *f, char letter)
{
	const u8 *pc = aml->pc;
	struct aml_value *slot = &f->v[f->have];
	const struct aml_value *local;

	if (aml->end - pc < 2 || aml->steps < 2)
		return false;
	if (*pc <= AML_ONE && !aml_wants_place(letter)) {
		*slot = aml_integer(*pc);
	} else if (*pc == AML_BYTE && !aml_wants_place(letter)) {
		*slot = aml_integer(pc[1]);
		aml->pc++;
	} else if (*pc >= AML_LOCAL0 && *pc < AML_LOCAL0 + 8 && !aml_wants_place(letter)) {
		local = &aml->call->slots[*pc - AML_LOCAL0];
		if (local->type != AML_INTEGER)
			return false;
		*slot = *local;
	} else if (*pc == AML_ZERO && letter == 't') {
		*slot = aml_make_reference(AML_REF_NULL, NULL, 0);
	} else {
		return false;
	}
	f->have++;
	aml->steps--;
	aml->pc++;
	return true;
}

/* The operands that are there at once: AML_BECAME where another frame is to work first. */
static int collect(struct aml *aml, struct aml_frame *f)
{
	struct aml_value value;
	int err;

	while (*f->letters) {
		char letter = *f->letters++;

		if (letter < 'a') {
			err = take_fixed(aml, f, letter);
		} else if (take_quick(aml, f, letter)) {
			continue;
		} else {
			err = aml_begin(aml, letter, &value);
			if (!err)
				err = accept(aml, f, letter, &value);
		}
		if (err)
			return err;
	}
	return 0;
}

/* Take an operator that has run off the stack; the one below it. */
static inline struct aml_frame *end_operator(struct aml *aml, struct aml_frame *f)
{
	if (f->end)
		aml->pc = f->end;
	aml->end = f->limit;
	for (u32 i = 0; i < f->have; i++)
		aml_drop(aml, &f->v[i]);
	aml->top = f->below;
	return aml->top;
}

/* An operator that is complete runs, and then perhaps the one that waited for it. */
static int step_operator(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out;
	int err;

	for (;;) {
		err = collect(aml, f);
		if (err == AML_BECAME && aml->top->kind == AML_FRAME_OPERATOR) {
			f = aml->top;
			continue;
		}
		if (err)
			break;
		out.type = AML_UNINITIALIZED;
		aml->term = f->start;
		err = f->op->run(aml, f, &out);
		if (err < 0)
			aml_drop(aml, &out);
		if (err)
			break;
		f = end_operator(aml, f);
		if (f == aml->base || f->kind != AML_FRAME_OPERATOR)
			return aml_deliver(aml, &out);
		err = accept(aml, f, f->letters[-1], &out);
		if (err)
			break;
	}
	return err < 0 ? err : 0;
}

/* A name in a package stands for itself until somebody looks at it: 19.6.101. */
static int named_element(struct aml *aml, struct aml_value *out)
{
	const struct aml_table *table = aml->call->table;
	struct aml_name name;
	struct aml_node *node;
	const u8 *at;
	int err = aml_take_name(aml, &at);

	if (err)
		return err;
	err = aml_charge(aml, (u32)(aml->pc - at) / 4);
	if (err)
		return err;
	if (aml->call->code) { /* what a method made may be gone later */
		aml_parse_name(at, aml->pc, &name);
		node = aml_lookup(aml, aml->call->scope, &name);
		if (node) {
			*out = aml_make_node_reference(node);
			out->kind = AML_REF_NAMED;
			return 0;
		}
	}
	*out = (struct aml_value){
		.type = AML_REFERENCE,
		.kind = AML_REF_UNBOUND,
		.table = (u16)(table - aml->tables),
		.index = (u32)(at - (const u8 *)table->header),
		.node = aml_node_get(aml->call->scope),
	};
	return 0;
}

static int step_package(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out = { 0 };
	int err;

	while (aml->pc < f->end) {
		err = aml_charge(aml, 1);
		if (err)
			return err;
		if (aml_is_name_start(*aml->pc))
			err = named_element(aml, &out);
		else
			err = aml_begin(aml, 'o', &out);
		if (!err)
			err = accept_element(aml, f, &out);
		if (err)
			return err < 0 ? err : 0;
	}
	out = (struct aml_value){ .type = AML_PACKAGE, .object = f->package };
	f->package = NULL;
	aml_pop(aml);
	return aml_deliver(aml, &out);
}

static int start_call(struct aml *aml, struct aml_frame *f)
{
	struct aml_method *method = AML_OBJECT(&f->node->value, method);
	struct aml_value out = { 0 };
	int err;

	aml->term = f->start;
	if (f->node->value.type != AML_METHOD) /* an argument's term has replaced it */
		return aml_fail(aml, -EINVAL, "the method is gone");
	if (method->native && f->have < method->args)
		return aml_fail(aml, -EINVAL, "%u arguments for a method of %u", f->have,
				method->args);
	if (!method->native)
		return aml_enter_call(aml, f, method->table, method->start, method->end);
	err = method->native(aml, f->v, &out);
	if (err)
		return err;
	aml_pop(aml);
	return aml_deliver(aml, &out);
}

static int step_call(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out = { 0 };
	int err;

	while (*f->letters) {
		f->letters++;
		err = aml_begin(aml, 'o', &out);
		if (!err)
			err = accept(aml, f, 'o', &out);
		if (err)
			return err < 0 ? err : 0;
	}
	return start_call(aml, f);
}

static int step_predicate(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out = { 0 };
	int err;

	if (f->count++ == AML_MAX_LOOPS)
		return aml_fail(aml, -ETIMEDOUT, "a While of more than AML_MAX_LOOPS %u rounds",
				AML_MAX_LOOPS);
	aml->pc = f->again;
	f->letters = "i";
	err = aml_begin(aml, 'i', &out);
	if (!err)
		err = accept_predicate(aml, f, &out);
	return err < 0 ? err : 0;
}

static int skip_else(struct aml *aml)
{
	const u8 *end;
	int err;

	if (aml->pc == aml->end || *aml->pc != AML_ELSE)
		return 0;
	aml->term = aml->pc++;
	err = aml_take_package(aml, &end);
	if (!err)
		aml->pc = end;
	return err;
}

/* A block is at its end: what waits for it, if only to be told, gets no value. */
static int end_block(struct aml *aml, struct aml_frame *f)
{
	struct aml_value nothing = { 0 };
	u8 kind = f->kind;
	int err = 0;

	if (kind == AML_FRAME_WHILE)
		return step_predicate(aml, f);
	aml_pop(aml);
	if (kind == AML_FRAME_IF)
		err = skip_else(aml);
	return err ? err : aml_deliver(aml, &nothing);
}

static int step_block(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out = { 0 };
	int err;

	while (aml->pc < f->end) {
		f->start = aml->pc;
		err = aml_begin(aml, 'o', &out);
		if (!err) {
			aml_drop(aml, &out);
			continue;
		}
		if (err == AML_BECAME && aml->top->kind == AML_FRAME_OPERATOR)
			err = step_operator(aml, aml->top);
		if (err < 0)
			return err;
		if (aml->top != f)
			return 0;
	}
	return end_block(aml, f);
}

int aml_step(struct aml *aml)
{
	struct aml_frame *f = aml->top;

	switch (f->kind) {
	case AML_FRAME_OPERATOR:
		return step_operator(aml, f);
	case AML_FRAME_PACKAGE:
		return step_package(aml, f);
	case AML_FRAME_CALL:
		return step_call(aml, f);
	default:
		return step_block(aml, f);
	}
}

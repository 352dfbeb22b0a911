// SPDX-License-Identifier: MIT
/*
 * The loop that executes AML, and what happens after an error.
 *
 * A term begins (term.c): a constant, a local or the name of data is there at
 * once; anything else becomes a frame that collects its operands, each of which
 * begins in the same way.  When they are complete the operator runs and its
 * value is delivered to the frame below.  A statement is a term whose value
 * nobody wants; an element of a package is one that the package wants.
 *
 * An error takes frames off until the evaluation's base; while a table is being
 * loaded, only to the innermost block of the table's own level, which goes on
 * behind the statement that failed.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"

/* ---- values on their way ---- */

int aml_to_data(struct aml *aml, struct aml_value *value)
{
	if (value->type != AML_REFERENCE)
		return 0;
	if (!aml_is_element_reference(value))
		return aml_fail(aml, -EINVAL, "a reference where data are needed");
	return aml_dereference(aml, value);
}

/* A value where data are wanted: what is no integer yet. */
static int accept_data(struct aml *aml, u8 operand, struct aml_value *value)
{
	u64 number;
	int err = aml_to_data(aml, value);

	if (err)
		return err;
	if (operand & AML_TO_INTEGER) {
		err = aml_to_integer(aml, value, &number);
		aml_put(aml, value);
		*value = aml_integer(number);
	} else if (!aml_is_data(value->type)) {
		err = aml_fail(aml, -EINVAL, "data are needed, not %s", aml_type_name(value->type));
	}
	return err;
}

/* The next operand is there: it must have the form that is wanted. */
static int accept(struct aml *aml, struct aml_frame *f)
{
	u8 operand = f->operands[f->have];
	struct aml_value *value = &f->v[f->have++];

	if (operand & AML_IS_PLACE)
		return value->type == AML_REFERENCE || operand & AML_MAY_DEREF ?
			       0 :
			       aml_fail(aml, -EINVAL, "a value where a place is needed");
	if (likely(value->type == AML_INTEGER))
		return 0;
	if (operand & (AML_TO_INTEGER | AML_TO_DATA))
		return accept_data(aml, operand, value);
	return value->type || operand & (AML_OPTIONAL | AML_MISSING) ?
		       0 :
		       aml_fail(aml, -EINVAL, "an operand has no value");
}

/* A term of a block is complete: an element of a package, else a statement that is dropped. */
static __always_inline int take_term(struct aml *aml, struct aml_frame *f, struct aml_value *value)
{
	struct aml_package *package;
	int err = 0;
	u32 i;

	if (f->kind == AML_FRAME_PACKAGE) {
		package = (struct aml_package *)f->package;
		i = f->count++;
		if (i < package->base.length) /* more than NumElements are left out: 19.6.101 */
			err = aml_take(aml, value, &package->elements[i]);
		/* Firmware's length may end amid the next term, which is run, and to its end. */
		if (i + 1 >= package->base.length)
			aml->end = f->limit;
	}
	aml_drop(aml, value);
	return err;
}

/* Give a finished term's value to whoever waits for it. */
int aml_deliver(struct aml *aml, struct aml_value *value)
{
	struct aml_frame *f = aml->top;

	if (f == aml->base) {
		aml->result = *value;
		return 0;
	}
	if (f->kind == AML_FRAME_PACKAGE)
		return take_term(aml, f, value);
	if (f->kind != AML_FRAME_OPERATOR) {
		aml_take_last(aml, value);
		return 0;
	}
	if (f->operands[f->have]) {
		f->v[f->have] = *value;
		return accept(aml, f);
	}
	aml_drop(aml, value); /* it waited for the end alone */
	return 0;
}

/* ---- steps ---- */

/* An operand that stands in the bytes as it is. */
static int take_data(struct aml *aml, struct aml_frame *f, u8 operand)
{
	struct aml_value *value = &f->v[f->have];
	const u8 *name;
	int err;

	*value = aml_integer(0);
	if (operand != AML_NEW_NAME) {
		err = aml_take_bytes(aml, aml_data_bytes(operand), &value->integer);
	} else {
		err = aml_take_name(aml, &name);
		value->integer = (u64)name;
	}
	if (!err)
		f->have++;
	return err;
}

static int step_operator(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out = { 0 };
	u8 operand;
	int err;

	while ((operand = f->operands[f->have])) {
		if (!(operand & AML_TERM)) {
			err = take_data(aml, f, operand);
		} else {
			err = aml_begin(aml, operand, &f->v[f->have]);
			if (!err)
				err = accept(aml, f);
		}
		if (err)
			return err;
	}
	aml->term = f->start;
	err = f->op->run(aml, f, &out);
	if (err < 0)
		aml_drop(aml, &out);
	if (err)
		return err;
	if (f->end)
		aml->pc = f->end;
	aml_pop(aml);
	return aml_deliver(aml, &out);
}

/* A While at its end is the operator again that asks for the predicate. */
static int next_round(struct aml *aml, struct aml_frame *f)
{
	int err;

	aml->pc = f->start + 1;
	err = aml_collect(aml, f);
	aml->term = aml->pc;
	return err;
}

/*
 * What waits for a block, if only to be told, gets a package, or of a method that ended
 * without a Return the value of its last statement, as Linux has it; zero where none had one.
 */
static int end_block(struct aml *aml, struct aml_frame *f)
{
	struct aml_value out = { 0 };
	const u8 *behind = NULL; /* an Else */
	u8 kind = f->kind;
	int err = 0;

	if (kind == AML_FRAME_WHILE)
		return next_round(aml, f);
	if (kind == AML_FRAME_PACKAGE) {
		out = (struct aml_value){ .type = AML_PACKAGE, .object = f->package };
		f->package = NULL;
	} else if (kind == AML_FRAME_BODY) {
		out = aml->call->last;
		aml->call->last.type = AML_UNINITIALIZED;
	}
	aml_pop(aml);
	if (kind == AML_FRAME_IF)
		err = aml_take_else(aml, &behind);
	if (behind)
		aml->pc = behind;
	return err ? err : aml_deliver(aml, &out);
}

static int step_block(struct aml *aml, struct aml_frame *f)
{
	bool package = f->kind == AML_FRAME_PACKAGE;
	struct aml_value out = { 0 };
	int err;

	while (aml->pc < f->end) {
		if (package && aml_is_name_start(*aml->pc))
			err = aml_begin_element(aml, &out);
		else
			err = aml_begin(aml, AML_TERM, &out);
		if (!err)
			err = take_term(aml, f, &out);
		if (err)
			return err;
	}
	return end_block(aml, f);
}

/* ---- the loop ---- */

/* Whether a method goes on after an error: never, but in suites of tests. */
static bool is_handled(struct aml *aml, int err)
{
	bool handled;

	if (!aml->ops->failed)
		return false;
	aml->asks++;
	handled = aml->ops->failed(err);
	aml->asks--;
	return handled;
}

/* After an error: 0 where the table's own level goes on, else the error. */
static int recover(struct aml *aml, int err)
{
	const u8 *failed = aml->term, *next;
	bool handled = is_handled(aml, err);
	struct aml_frame *f;

	for (; (f = aml->top) != aml->base; failed = f->start, aml_pop(aml)) {
		if (f->kind < AML_FRAME_BODY || (aml->call->code && !handled) ||
		    err == -ETIMEDOUT || err == -ENOMEM)
			continue;
		next = aml_skip_term(aml, failed, f->end);
		/* A While would perhaps never end with a statement missing. */
		aml->pc = next && (f->kind != AML_FRAME_WHILE || handled) ? next : f->end;
		aml->end = f->end;
		if (f->kind == AML_FRAME_WHILE && !handled)
			aml_pop(aml);
		aml->lost++;
		aml->failed_said = false;
		return 0;
	}
	return err;
}

int aml_run(struct aml *aml)
{
	struct aml_frame *f;
	int err;

	while ((f = aml->top) != aml->base) {
		if (f->kind == AML_FRAME_OPERATOR)
			err = step_operator(aml, f);
		else
			err = step_block(aml, f);
		if (err < 0)
			err = recover(aml, err);
		if (err < 0)
			return err;
	}
	return 0;
}

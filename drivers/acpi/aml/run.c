// SPDX-License-Identifier: MIT
/*
 * The loop that executes AML, and what happens after an error.
 *
 * An error takes frames off until the evaluation's base; while a table is being
 * loaded, only to the innermost block of the table's own level, which goes on
 * behind the statement that failed.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"

static bool is_block(const struct aml_frame *f)
{
	return f->kind >= AML_FRAME_BODY;
}

/* After an error: 0 where the table's own level goes on, else the error. */
static int recover(struct aml *aml, int err)
{
	const u8 *next;

	while (aml->top != aml->base) {
		struct aml_frame *f = aml->top;

		if (is_block(f) && !aml->call->code && err != -ETIMEDOUT && err != -ENOMEM) {
			next = aml_skip_term(aml, f->start, f->end);
			/* A While would perhaps never end with a statement missing. */
			aml->pc = next && f->kind != AML_FRAME_WHILE ? next : f->end;
			aml->end = f->end;
			if (f->kind == AML_FRAME_WHILE)
				aml_pop(aml);
			aml->lost++;
			aml->failed_said = false;
			return 0;
		}
		aml_pop(aml);
	}
	return err;
}

int aml_run(struct aml *aml)
{
	int err;

	while (aml->top != aml->base) {
		err = aml_step(aml);
		if (err)
			err = recover(aml, err);
		if (err)
			return err;
	}
	return 0;
}

/* What one evaluation changes and another must find again. */
struct registers {
	const u8 *pc, *end, *term;
	struct aml_frame *base;
};

static struct registers save(struct aml *aml)
{
	struct registers r = { aml->pc, aml->end, aml->term, aml->base };

	aml->base = aml->top;
	aml->result = (struct aml_value){ 0 };
	aml->nested++;
	return r;
}

static void restore(struct aml *aml, const struct registers *r)
{
	aml->pc = r->pc;
	aml->end = r->end;
	aml->term = r->term;
	aml->base = r->base;
	aml->nested--;
}

int aml_call_node(struct aml *aml, struct aml_node *node, const struct aml_value *args, u32 n,
		  struct aml_value *out)
{
	struct registers r;
	struct aml_frame *f;
	int err;

	if (aml->nested > AML_MAX_NESTED)
		return aml_fail(aml, -E2BIG, "an evaluation needs another, and that another");
	r = save(aml);
	err = aml_push(aml, AML_FRAME_CALL, &f);
	if (!err) {
		f->node = node;
		f->letters = "";
		for (; f->have < n; f->have++)
			f->v[f->have] = aml_get(&args[f->have]);
		err = aml_run(aml);
	}
	restore(aml, &r);
	if (!err)
		*out = aml->result;
	return err;
}

int aml_run_table(struct aml *aml, const struct aml_table *table)
{
	const u8 *start = (const u8 *)(table->header + 1);
	struct registers r = save(aml);
	struct aml_frame *f;
	int err;

	aml->term = start;
	err = aml_push(aml, AML_FRAME_CALL, &f);
	if (!err) {
		f->node = aml->root;
		err = aml_enter_call(aml, f, table, start,
				     (const u8 *)table->header + table->header->length);
		if (err)
			aml_pop(aml);
		else
			err = aml_run(aml);
	}
	restore(aml, &r);
	return err;
}

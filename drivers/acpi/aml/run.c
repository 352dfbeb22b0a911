// SPDX-License-Identifier: MIT
/* An evaluation's beginning and end, perhaps inside of another one. */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"

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
	err = aml_push(aml, AML_FRAME_OPERATOR, &f);
	if (!err) {
		f->node = node;
		f->op = &aml_call_op;
		f->operands = aml_argument_list(n); /* all are there */
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
	err = aml_push(aml, AML_FRAME_OPERATOR, &f);
	if (!err) {
		f->node = aml->root;
		err = aml_enter_call(aml, f, table, start,
				     (const u8 *)table->header + table->header->length);
		if (err < 0)
			aml_pop(aml);
		else
			err = aml_run(aml);
	}
	restore(aml, &r);
	return err;
}

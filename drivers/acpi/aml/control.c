// SPDX-License-Identifier: MIT
/* Control flow (ACPI 6.5, 20.2.5.3): blocks that begin, go round, and are left. */
#include "drivers/acpi/aml/ops.h"
#include "kernel/lib/errno.h"

AML_OPERATOR(if)
{
	const u8 *end;
	int err;

	aml_take_last(aml, &f->v[0]);
	if (f->v[0].integer) {
		aml_become_block(aml, f, AML_FRAME_IF, f->end);
		return AML_BECAME;
	}
	aml->pc = f->end;
	aml->end = f->limit;
	err = aml_take_else(aml, &end);
	if (err || !end)
		return err;
	aml_become_block(aml, f, AML_FRAME_IF, end);
	return AML_BECAME;
}

AML_OPERATOR(while)
{
	aml_take_last(aml, &f->v[0]);
	if (!f->v[0].integer)
		return 0;
	aml_become_block(aml, f, AML_FRAME_WHILE, f->end);
	return AML_BECAME;
}

/* Leave blocks up to the innermost While of this call: AML_BECAME, or there is none. */
static int unwind_to_while(struct aml *aml, const char *what)
{
	struct aml_frame *f = aml->top;

	for (; f != aml->base && f->kind != AML_FRAME_WHILE; f = f->below)
		if (f->kind == AML_FRAME_BODY)
			break;
	if (f == aml->base || f->kind == AML_FRAME_BODY)
		return aml_fail(aml, -EINVAL, "%s without a While", what);
	while (aml->top != f)
		aml_pop(aml);
	aml->pc = f->end;
	return AML_BECAME;
}

AML_OPERATOR(break)
{
	int err = unwind_to_while(aml, "Break");

	if (err < 0)
		return err;
	aml_pop(aml);
	return aml_deliver(aml, out) ?: AML_BECAME;
}

AML_OPERATOR(continue)
{
	return unwind_to_while(aml, "Continue");
}

/* A method's name with its arguments: its body takes the place of the call. */
AML_OPERATOR(call)
{
	struct aml_method *method = AML_OBJECT(&f->node->value, method);

	if (f->node->value.type != AML_METHOD) /* an argument's term has replaced it */
		return aml_fail(aml, -EINVAL, "the method is gone");
	if (!method->native)
		return aml_enter_call(aml, f, method->table, method->start, method->end);
	if (f->have < method->args)
		return aml_fail(aml, -EINVAL, "%u arguments for a method of %u", f->have,
				method->args);
	return method->native(aml, f->v, out);
}

/* Of a method, or of a table, whose other terms are not run then. */
AML_OPERATOR(return_value)
{
	struct aml_value value = aml_get(&f->v[0]);
	int err;

	while (aml->top->kind != AML_FRAME_BODY)
		aml_pop(aml);
	aml_pop(aml);
	err = aml_deliver(aml, &value);
	return err ? err : AML_BECAME;
}

AML_OPERATOR(notify)
{
	struct aml_node *node = aml_reference_node(&f->v[0]);

	if (!node || (aml_node_type(node) != AML_DEVICE && aml_node_type(node) != AML_PROCESSOR &&
		      aml_node_type(node) != AML_THERMAL))
		return aml_fail(aml, -EINVAL, "Notify of what is no device");
	if (aml->ops->notify)
		aml->ops->notify(node, f->v[1].integer);
	return 0;
}

AML_OPERATOR(fatal)
{
	aml_say(aml, "Fatal: type 0x%02x, code 0x%08x, argument 0x%lx\n", (u32)f->v[0].integer,
		(u32)f->v[1].integer, f->v[2].integer);
	return 0;
}

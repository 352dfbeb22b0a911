// SPDX-License-Identifier: MIT
/*
 * The two stacks: of frames and of calls.  Both are chains that keep what they
 * grew to until the interpreter ends, so that growing moves nothing.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define FRAMES_AT_ONCE 16U

int aml_grow_stack(struct aml *aml)
{
	struct aml_frame *below = aml->top, *frames;

	if (aml->frames >= AML_MAX_FRAMES)
		return aml_fail(aml, -E2BIG, "terms nested deeper than AML_MAX_FRAMES %u",
				AML_MAX_FRAMES);
	frames = aml_alloc(aml, FRAMES_AT_ONCE * sizeof(*frames), AML_BLOCK_PLAIN);
	if (!frames)
		return aml_fail(aml, -ENOMEM, "no memory for the stack");
	for (u32 i = 0; i < FRAMES_AT_ONCE; i++) {
		frames[i].below = below;
		below->above = &frames[i];
		below = &frames[i];
	}
	aml->frames += FRAMES_AT_ONCE;
	return 0;
}

/* The last count of it may go, while its code is still on the way out. */
static void leave_method(struct aml *aml, struct aml_call *call, u8 level)
{
	struct aml_method *code = call->code;

	if (!code)
		return;
	code->entered--;
	if (code->serialized)
		aml->sync_level = level;
	aml_object_put(aml, &code->base);
}

static void leave_call(struct aml *aml, struct aml_frame *body)
{
	struct aml_call *call = aml->call;
	struct aml_node *node;

	while ((node = call->temporaries)) {
		call->temporaries = node->temporary;
		aml_remove(aml, node);
		aml_node_put(aml, node);
	}
	for (u32 i = 0; i < ARRAY_SIZE(call->slots); i++) {
		aml_drop(aml, &call->slots[i]);
		call->slots[i].type = AML_UNINITIALIZED;
	}
	aml_drop(aml, &call->last);
	leave_method(aml, call, body->level);
	aml_node_put(aml, call->method);
	aml->pc = call->back_pc;
	aml->call = call->caller;
	aml->calls--;
	call->caller = aml->spare_calls;
	aml->spare_calls = call;
}

void aml_pop(struct aml *aml)
{
	struct aml_frame *f = aml->top;

	for (u32 i = 0; i < f->have; i++)
		aml_drop(aml, &f->v[i]);
	switch (f->kind) {
	case AML_FRAME_PACKAGE:
		aml_object_put(aml, f->package);
		break;
	case AML_FRAME_BODY:
		leave_call(aml, f);
		aml->term = f->below->start; /* of what waits for it */
		break;
	case AML_FRAME_SCOPE:
		aml->call->scope = f->node;
		break;
	default:
		break;
	}
	aml->end = f->limit;
	aml->top = f->below;
}

void aml_become_block(struct aml *aml, struct aml_frame *f, enum aml_frame_kind kind, const u8 *end)
{
	while (f->have)
		aml_put(aml, &f->v[--f->have]);
	f->kind = (u8)kind;
	f->end = end;
	aml->end = end;
}

static struct aml_call *new_call(struct aml *aml)
{
	struct aml_call *call = aml->spare_calls;

	if (!call)
		return aml_alloc(aml, sizeof(*call), AML_BLOCK_PLAIN);
	aml->spare_calls = call->caller;
	call->temporaries = NULL;
	return call;
}

/* 19.6.85: a serialized method is a mutex; one thread may enter it again. */
static void enter_method(struct aml *aml, struct aml_method *code)
{
	if (code->serialized)
		aml->sync_level = max(aml->sync_level, code->sync_level);
	code->base.refs++;
	code->entered++;
}

int aml_enter_call(struct aml *aml, struct aml_frame *f, const struct aml_table *table,
		   const u8 *start, const u8 *end)
{
	struct aml_value *v = &f->node->value;
	struct aml_method *code = v->type == AML_METHOD ? AML_OBJECT(v, method) : NULL;
	struct aml_call *call;

	if (code && code->serialized && code->sync_level < aml->sync_level && !code->entered)
		return aml_fail(aml, -EBUSY, "sync level %u is below the held %u", code->sync_level,
				aml->sync_level);
	if (aml->calls == AML_MAX_CALLS)
		return aml_fail(aml, -E2BIG, "calls nested deeper than AML_MAX_CALLS %u",
				AML_MAX_CALLS);
	call = new_call(aml);
	if (!call)
		return aml_fail(aml, -ENOMEM, "no memory for a call");
	f->level = aml->sync_level;
	call->code = code;
	if (code)
		enter_method(aml, code);
	call->last = aml_integer(0);
	call->caller = aml->call;
	call->scope = f->node;
	call->method = aml_node_get(f->node);
	call->table = table;
	call->back_pc = aml->pc;
	memcpy(&call->slots[8], f->v, f->have * sizeof(f->v[0]));
	f->have = 0;
	aml->call = call;
	aml->calls++;
	aml->pc = start;
	aml_become_block(aml, f, AML_FRAME_BODY, end);
	return AML_BECAME;
}

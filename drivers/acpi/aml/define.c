// SPDX-License-Identifier: MIT
/* Terms that make names (ACPI 6.5, 20.2.5.1 and .2), but for fields and tables. */
#include "drivers/acpi/aml/ops.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define U32_MAX 0xffffffffU

static void operand_name(struct aml *aml, const struct aml_value *v, struct aml_name *name)
{
	/* It was checked when it was taken, so any end behind it will do. */
	aml_parse_name((const u8 *)v->integer,
		       aml->call->table->header->length + (const u8 *)aml->call->table->header,
		       name);
}

noinline int aml_no_such_name(struct aml *aml, const struct aml_name *name)
{
	char text[AML_PATH_MAX];

	return aml_fail(aml, -ENOENT, "no such name: %s", aml_name_text(name, text, sizeof(text)));
}

int aml_named_object(struct aml *aml, const struct aml_value *operand, u8 type,
		     struct aml_object **out)
{
	struct aml_node *node = aml_reference_node(operand);
	struct aml_name name;

	if (aml_is_reference(operand, AML_REF_NULL)) {
		operand_name(aml, operand, &name);
		return aml_no_such_name(aml, &name);
	}
	if (!node || node->value.type != type)
		return aml_fail(aml, -EINVAL, "%s is needed, not %s", aml_type_name(type),
				aml_type_name(node ? node->value.type : operand->type));
	*out = node->value.object;
	return 0;
}

/* What a method makes lives as long as its call. */
static void note_temporary(struct aml *aml, struct aml_node *node)
{
	if (!aml->call->code)
		return;
	node->temporary = aml->call->temporaries;
	aml->call->temporaries = aml_node_get(node);
}

static const char *why(int err)
{
	switch (err) {
	case -EEXIST:
		return "it is there";
	case -ENOENT:
		return "its parent is missing";
	case -E2BIG:
		return "too deep beneath the root";
	default:
		return "no memory";
	}
}

static noinline int cannot_make(struct aml *aml, const struct aml_name *name, int err)
{
	char text[AML_PATH_MAX];

	return aml_fail(aml, err, "cannot make %s: %s", aml_name_text(name, text, sizeof(text)),
			why(err));
}

int aml_define(struct aml *aml, const struct aml_value *operand, struct aml_node **out)
{
	struct aml_name name;
	int err;

	operand_name(aml, operand, &name);
	err = aml_enter(aml, aml->call->scope, &name, out);
	if (err)
		return cannot_make(aml, &name, err);
	(*out)->made = (const u8 *)operand->integer;
	note_temporary(aml, *out);
	return 0;
}

int aml_define_object(struct aml *aml, const struct aml_value *operand, void *made)
{
	struct aml_object *object = made;
	struct aml_node *node;
	int err;

	if (!object)
		return aml_fail(aml, -ENOMEM, "no memory for an object");
	err = aml_define(aml, operand, &node);
	if (err) {
		aml_object_put(aml, object);
		return err;
	}
	node->value = (struct aml_value){ .type = object->type, .object = object };
	return 0;
}

AML_OPERATOR(name)
{
	struct aml_value value;
	struct aml_node *node;
	int err;

	if (f->v[1].type == AML_REFERENCE)
		return aml_fail(aml, -EINVAL, "Name of a reference");
	err = aml_take(aml, &f->v[1], &value);
	if (err)
		return err;
	err = aml_define(aml, &f->v[0], &node);
	if (err)
		aml_put(aml, &value);
	else
		node->value = value;
	return err;
}

AML_OPERATOR(alias)
{
	struct aml_node *node, *target;
	struct aml_name name;
	int err;

	operand_name(aml, &f->v[0], &name);
	target = aml_lookup(aml, aml->call->scope, &name);
	if (!target)
		return aml_no_such_name(aml, &name);
	err = aml_define(aml, &f->v[1], &node);
	if (err)
		return err;
	node->alias = true;
	node->value.node = aml_node_get(target);
	return 0;
}

static int enter_scope(struct aml *aml, struct aml_frame *f, struct aml_node *node)
{
	aml_become_block(aml, f, AML_FRAME_SCOPE, f->end);
	f->node = aml->call->scope;
	aml->call->scope = node;
	return AML_BECAME;
}

bool aml_opens_scope(const struct aml_node *node)
{
	switch (node->value.type) {
	case AML_UNINITIALIZED: /* the predefined ones */
	case AML_DEVICE:
	case AML_POWER:
	case AML_PROCESSOR:
	case AML_THERMAL:
		return true;
	case AML_INTEGER: /* ASL of old opens a name as if it were a scope; so do others */
	case AML_STRING:
	case AML_BUFFER:
		return true;
	default:
		return false;
	}
}

AML_OPERATOR(scope)
{
	struct aml_node *node = aml_reference_node(&f->v[0]);

	if (!node)
		return aml_fail(aml, -EINVAL, "Scope of what is no name");
	if (!aml_opens_scope(node))
		return aml_fail(aml, -EINVAL, "Scope of %s", aml_type_name(node->value.type));
	return enter_scope(aml, f, node);
}

AML_OPERATOR(device)
{
	struct aml_node *node;
	int err;

	err = aml_define(aml, &f->v[0], &node);
	if (err)
		return err;
	if (f->opcode == AML_DEVICE_OP)
		node->value.type = AML_DEVICE;
	else if (f->opcode == AML_THERMAL_OP)
		node->value.type = AML_THERMAL;
	else if (f->opcode == AML_POWER_OP)
		node->value = (struct aml_value){ .type = AML_POWER,
						  .index = (u32)f->v[1].integer,
						  .integer = f->v[2].integer };
	else
		node->value =
			(struct aml_value){ .type = AML_PROCESSOR,
					    .index = (u32)(f->v[1].integer | f->v[3].integer << 8),
					    .integer = f->v[2].integer };
	return enter_scope(aml, f, node);
}

AML_OPERATOR(method)
{
	struct aml_method *method = aml_object_new(aml, AML_METHOD, sizeof(*method));
	u8 flags = (u8)f->v[1].integer;

	if (method) {
		method->args = flags & 7;
		method->serialized = flags >> 3 & 1;
		method->sync_level = flags >> 4;
		method->start = aml->pc;
		method->end = f->end;
		method->table = aml->call->table;
	}
	return aml_define_object(aml, &f->v[0], method);
}

AML_OPERATOR(mutex)
{
	struct aml_mutex *mutex = aml_object_new(aml, AML_MUTEX, sizeof(*mutex));

	if (mutex)
		mutex->sync_level = f->v[1].integer & 0xf;
	return aml_define_object(aml, &f->v[0], mutex);
}

AML_OPERATOR(event)
{
	struct aml_event *event = aml_object_new(aml, AML_EVENT, sizeof(*event));

	return aml_define_object(aml, &f->v[0], event);
}

struct aml_region *aml_new_region(struct aml *aml, u16 space, u64 address, u64 size)
{
	struct aml_region *region = aml_object_new(aml, AML_REGION, sizeof(*region));

	if (!region)
		return NULL;
	region->space = space;
	region->address = address;
	region->size = size;
	region->scope = aml_node_get(aml->call->scope);
	return region;
}

/* Where address or length are no integers there is nothing to access, but the name is there. */
AML_OPERATOR(region)
{
	u64 place[2] = { 0, 0 };
	int err = 0, failed;

	for (u32 i = 0; !err && i < 2; i++) {
		err = aml_to_data(aml, &f->v[2 + i]);
		if (!err)
			err = aml_to_integer(aml, &f->v[2 + i], &place[i]);
	}
	failed = aml_define_object(
		aml, &f->v[0],
		aml_new_region(aml, (u8)f->v[1].integer, place[0], err ? 0 : place[1]));
	return err ? err : failed;
}

/* Where the Create...Field forms put their bits: first and count, in bits. */
static void field_bits(const struct aml_frame *f, u64 *first, u64 *count)
{
	u64 index = f->v[1].integer;

	*first = index > U32_MAX ? ~0ULL : index * 8;
	switch (f->opcode) {
	case AML_CREATE_FIELD:
		*first = index;
		*count = f->v[2].integer;
		break;
	case AML_CREATE_BIT:
		*first = index;
		*count = 1;
		break;
	case AML_CREATE_BYTE:
		*count = 8;
		break;
	case AML_CREATE_WORD:
		*count = 16;
		break;
	case AML_CREATE_DWORD:
		*count = 32;
		break;
	default:
		*count = 64;
		break;
	}
}

/*
 * The field is of the buffer itself; of a string or integer, of the buffer it converts to.
 * One that leaves its buffer, or has none, is made all the same: its access tells.
 */
AML_OPERATOR(create_field)
{
	struct aml_buffer_field *field = aml_object_new(aml, AML_BUFFER_FIELD, sizeof(*field));
	struct aml_value buffer;
	int err = 0, failed;

	if (field) {
		field_bits(f, &field->bit_offset, &field->bit_length);
		field->is_buffer = f->opcode == AML_CREATE_FIELD;
		err = aml_to_buffer(aml, &f->v[0], &buffer);
		field->buffer = err ? NULL : buffer.object;
		if (!err)
			err = aml_check_buffer_field(aml, field);
	}
	failed = aml_define_object(aml, &f->v[f->have - 1], field);
	return err ? err : failed;
}

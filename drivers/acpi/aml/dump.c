// SPDX-License-Identifier: MIT
/* The namespace and its values as text, for people and for tests. */
#include "drivers/acpi/aml/interp.h"
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define FORMAT_DEPTH 4 /* packages inside each other that are written out */

/* Text that is being written: what does not fit is left out. */
struct writer {
	char *buf;
	size_t size, at;
};

static void put(struct writer *w, const char *fmt, ...) __printf(2, 3);

static void put(struct writer *w, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	w->at += (size_t)vscnprintf(w->buf + w->at, w->size - w->at, fmt, args);
	va_end(args);
}

static bool is_full(const struct writer *w)
{
	return w->at + 1 >= w->size;
}

static void put_string(struct writer *w, const struct aml_data *data)
{
	put(w, "\"");
	for (u32 i = 0; i < data->base.length && !is_full(w); i++) {
		u8 c = data->bytes[i];

		put(w, c < ' ' || c > '~' ? "\\x%02x" : c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	put(w, "\"");
}

static void put_buffer(struct writer *w, const struct aml_data *data)
{
	put(w, "{");
	for (u32 i = 0; i < data->base.length && !is_full(w); i++)
		put(w, i ? " %02x" : "%02x", data->bytes[i]);
	put(w, "}");
}

static void put_name(struct writer *w, const struct aml_node *node)
{
	char path[AML_PATH_MAX];

	put(w, "%s", aml_node_path(node, path, sizeof(path)));
}

static void put_value(struct aml *aml, struct writer *w, const struct aml_value *v, u32 depth);

static void put_element(struct aml *aml, struct writer *w, struct aml_object *package, u32 i,
			u32 depth)
{
	const struct aml_value whole = { .type = AML_PACKAGE, .object = package };
	struct aml_value element;

	if (aml_element(aml, &whole, i, &element)) {
		aml->failed_said = false; /* it is not the evaluation's */
		put(w, "?");
		return;
	}
	put_value(aml, w, &element, depth);
	aml_put(aml, &element);
}

static void put_package(struct aml *aml, struct writer *w, struct aml_object *package, u32 depth)
{
	if (depth == FORMAT_DEPTH) {
		put(w, "[...]");
		return;
	}
	put(w, "[");
	for (u32 i = 0; i < package->length && !is_full(w); i++) {
		if (i)
			put(w, ", ");
		put_element(aml, w, package, i, depth + 1);
	}
	put(w, "]");
}

static void put_value(struct aml *aml, struct writer *w, const struct aml_value *v, u32 depth)
{
	switch (v->type) {
	case AML_UNINITIALIZED:
		put(w, "-");
		break;
	case AML_INTEGER:
		put(w, "0x%lx", v->integer);
		break;
	case AML_STRING:
		put_string(w, AML_OBJECT(v, data));
		break;
	case AML_BUFFER:
		put_buffer(w, AML_OBJECT(v, data));
		break;
	case AML_PACKAGE:
		put_package(aml, w, v->object, depth);
		break;
	case AML_REFERENCE:
		if (aml_reference_node(v))
			put_name(w, v->node);
		else
			put(w, "reference");
		break;
	default:
		put(w, "%s", aml_type_name(v->type));
		break;
	}
}

char *aml_format(struct aml *aml, const struct aml_value *value, char *buf, size_t size)
{
	struct writer w = { .buf = buf, .size = size };

	if (size) {
		buf[0] = '\0';
		put_value(aml, &w, value, 0);
	}
	return buf;
}

/* _HID or _CID: what is an integer there is an EISA id. */
static bool is_id(const struct aml_node *node)
{
	return memcmp(&node->name, "_HID", 4) == 0 || memcmp(&node->name, "_CID", 4) == 0;
}

/* What a node holds, beside its type. */
static void put_node(struct aml *aml, struct writer *w, struct aml_node *node, bool evaluate)
{
	const struct aml_value *v = &node->value;
	struct aml_value value = { .type = AML_UNINITIALIZED };
	char id[AML_ID_MAX];

	switch (v->type) {
	case AML_METHOD:
		put(w, " (%u)", AML_OBJECT(v, method)->args);
		break;
	case AML_REGION:
		put(w, " space %u 0x%lx + 0x%lx", AML_OBJECT(v, region)->space,
		    AML_OBJECT(v, region)->address, AML_OBJECT(v, region)->size);
		return;
	case AML_FIELD:
		put(w, " bits %u + %u", AML_OBJECT(v, field)->bit_offset,
		    AML_OBJECT(v, field)->bit_length);
		break;
	case AML_PROCESSOR:
		put(w, " id %u block 0x%x + 0x%x", v->index & 0xff, (u32)v->integer, v->index >> 8);
		return;
	default:
		if (v->type == AML_UNINITIALIZED || v->type > AML_PACKAGE)
			return;
		evaluate = true;
	}
	if (!evaluate || aml_method_args(node))
		return;
	put(w, " = ");
	if (aml_evaluate(aml, node, NULL, NULL, 0, &value))
		put(w, "?");
	else
		put_value(aml, w, &value, 0);
	if (value.type == AML_INTEGER && is_id(node)) {
		aml_eisa_id((u32)value.integer, id);
		put(w, " (%s)", id);
	}
	aml_put(aml, &value);
}

const char *aml_describe_node(struct aml *aml, struct aml_node *node, bool evaluate, char *buf,
			      size_t size)
{
	struct writer w = { .buf = buf, .size = size };

	buf[0] = '\0';
	if (node->alias) {
		put(&w, " ");
		put_name(&w, node->value.node);
	} else {
		put_node(aml, &w, node, evaluate);
	}
	if (is_full(&w))
		strscpy(buf + size - sizeof("..."), "...", sizeof("..."));
	return node->alias ? "Alias" : aml_type_name(node->value.type);
}

void aml_dump(struct sink *out, struct aml *aml, struct aml_node *root, bool evaluate)
{
	char path[AML_PATH_MAX], text[AML_TEXT_MAX];
	struct aml_node *node = NULL;
	const char *type;

	if (!root)
		root = aml->root;
	while ((node = aml_next_node(root, node))) {
		type = aml_describe_node(aml, node, evaluate, text, sizeof(text));
		sink_printf(out, "%s %s%s\n", aml_node_path(node, path, sizeof(path)), type, text);
	}
}

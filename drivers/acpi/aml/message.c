// SPDX-License-Identifier: MIT
/* What is said when something is wrong, and when an evaluation takes too long. */
#define pr_fmt(fmt) "AML: " fmt
#include "drivers/acpi/aml/interp.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* ObjectType's names, as concatenation writes them too: "[Device Object]". */
const char *aml_type_name(u8 type)
{
	static const char *const names[] = {
		"Untyped",   "Integer", "String",      "Buffer",    "Package", "FieldUnit",
		"Device",    "Event",	"Method",      "Mutex",	    "Region",  "Power",
		"Processor", "Thermal", "BufferField", "DdbHandle", "Debug",   "Reference",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "Cell";
}

/* The table that a byte is in, which a term or a name may have outlived as the running one. */
static const struct aml_table *table_at(const struct aml *aml, const u8 *at)
{
	for (u32 i = 0; i < aml->nr_tables; i++) {
		const u8 *start = (const u8 *)aml->tables[i].header;

		if (at >= start && at < start + aml->tables[i].header->length)
			return &aml->tables[i];
	}
	return NULL;
}

/* "DSDT+0x01a3: \_SB_.PCI0._CRS: "; the path alone of what is predefined. */
static void put_place(const struct aml *aml, const u8 *at, const struct aml_node *node, char *buf,
		      size_t size)
{
	const struct aml_table *table = table_at(aml, at);
	char path[AML_PATH_MAX];

	aml_node_path(node, path, sizeof(path));
	if (table)
		scnprintf(buf, size, "%s+0x%04lx: %s: ", table->name,
			  (unsigned long)(at - (const u8 *)table->header), path);
	else
		scnprintf(buf, size, "%s: ", path);
}

/* What runs; else, as when a field is read from outside, what was asked for. */
static void where(const struct aml *aml, char *buf, size_t size)
{
	buf[0] = '\0';
	if (aml->call)
		put_place(aml, aml->term, aml->call->scope, buf, size);
	else if (aml->asked)
		put_place(aml, aml->asked->made, aml->asked, buf, size);
}

static void print_error(struct aml *aml, const char *place, const char *fmt, va_list args)
{
	char what[120];

	if (aml->errors++ >= AML_MAX_MESSAGES)
		return;
	vscnprintf(what, sizeof(what), fmt, args);
	pr_err("%s%s\n", place, what);
	if (aml->errors == AML_MAX_MESSAGES)
		pr_err("AML_MAX_MESSAGES %u errors: more are not printed\n", AML_MAX_MESSAGES);
}

int aml_fail(struct aml *aml, int error, const char *fmt, ...)
{
	char place[AML_PATH_MAX + 32];
	va_list args;

	if (aml->failed_said)
		return error;
	aml->failed_said = true;
	where(aml, place, sizeof(place));
	va_start(args, fmt);
	print_error(aml, place, fmt, args);
	va_end(args);
	return error;
}

int aml_fail_at(struct aml *aml, const u8 *at, const struct aml_node *node, int error,
		const char *fmt, ...)
{
	char place[AML_PATH_MAX + 32];
	va_list args;

	put_place(aml, at, node, place, sizeof(place));
	va_start(args, fmt);
	print_error(aml, place, fmt, args);
	va_end(args);
	return error;
}

void aml_say(struct aml *aml, const char *fmt, ...)
{
	char place[AML_PATH_MAX + 32], text[160];
	va_list args;

	if (aml->says++ >= AML_MAX_MESSAGES)
		return;
	where(aml, place, sizeof(place));
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_info("%s%s", place, text);
}

int aml_look_at_clock(struct aml *aml)
{
	aml->steps_total += AML_STEPS_A_LOOK - min(aml->steps, AML_STEPS_A_LOOK);
	aml->steps = AML_STEPS_A_LOOK;
	if (aml->ops->timer() < aml->deadline)
		return 0;
	return aml_fail(aml, -ETIMEDOUT, "more than AML_MAX_SECONDS %u", AML_MAX_SECONDS);
}

// SPDX-License-Identifier: MIT
/* What is said when something is wrong, and when an evaluation takes too long. */
#define pr_fmt(fmt) "AML: " fmt
#include "drivers/acpi/aml/interp.h"
#include "kernel/errno.h"
#include "kernel/printk.h"
#include "kernel/string.h"

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

/* "DSDT+0x01a3: \_SB_.PCI0._CRS: "; of a field that is read without AML, its name alone */
static void where(const struct aml *aml, char *buf, size_t size)
{
	const struct aml_call *call = aml->call;
	char path[AML_PATH_MAX];

	buf[0] = '\0';
	if (!call && aml->asked)
		scnprintf(buf, size, "%s: ", aml_node_path(aml->asked, path, sizeof(path)));
	else if (call)
		scnprintf(buf, size, "%s+0x%04lx: %s: ", call->table->name,
			  (unsigned long)(aml->term - (const u8 *)call->table->header),
			  aml_node_path(call->scope, path, sizeof(path)));
}

int aml_fail(struct aml *aml, int error, const char *fmt, ...)
{
	char place[AML_PATH_MAX + 32], what[120];
	va_list args;

	if (aml->failed_said)
		return error;
	aml->failed_said = true;
	if (aml->errors++ >= AML_MAX_MESSAGES)
		return error;
	where(aml, place, sizeof(place));
	va_start(args, fmt);
	vscnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	pr_err("%s%s\n", place, what);
	if (aml->errors == AML_MAX_MESSAGES)
		pr_err("AML_MAX_MESSAGES %u errors: more are not printed\n", AML_MAX_MESSAGES);
	return error;
}

void aml_say(struct aml *aml, const char *fmt, ...)
{
	char text[160];
	va_list args;

	if (aml->says++ >= AML_MAX_MESSAGES)
		return;
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_info("%s", text);
}

int aml_out_of_steps(struct aml *aml)
{
	aml->steps = 0;
	return aml_fail(aml, -ETIMEDOUT, "more than AML_MAX_STEPS %u steps", AML_MAX_STEPS);
}

// SPDX-License-Identifier: MIT
/*
 * JSON, value by value.  What is open is known to the caller alone: a comma is due in front of all but the
 * first value behind a bracket, and that is one bit.
 */
#include "kernel/core/json.h"

#include "kernel/core/printk.h"

static void put_quoted(struct sink *out, const char *s)
{
	sink_write(out, "\"", 1);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\' || (u8)*s < ' ' || (u8)*s > '~')
			sink_printf(out, "\\u%04x", (u8)*s);
		else
			sink_write(out, s, 1);
	}
	sink_write(out, "\"", 1);
}

/* All that stands in front of a value. */
static void begin_value(struct json *j, const char *name)
{
	if (j->more)
		sink_write(j->out, ",\n", 2);
	j->more = true;
	if (!name)
		return;
	put_quoted(j->out, name);
	sink_write(j->out, ": ", 2);
}

void json_open(struct json *j, const char *name, char bracket)
{
	begin_value(j, name);
	sink_write(j->out, &bracket, 1);
	j->more = false;
}

void json_close(struct json *j, char bracket)
{
	sink_write(j->out, &bracket, 1);
	j->more = true;
}

void json_end(struct json *j, char bracket)
{
	json_close(j, bracket);
	sink_write(j->out, "\n", 1);
}

void json_string(struct json *j, const char *name, const char *s)
{
	if (!s) {
		json_null(j, name);
		return;
	}
	begin_value(j, name);
	put_quoted(j->out, s);
}

void json_hex(struct json *j, const char *name, u64 value)
{
	begin_value(j, name);
	sink_printf(j->out, "\"0x%lx\"", value);
}

void json_number(struct json *j, const char *name, u64 value)
{
	begin_value(j, name);
	sink_printf(j->out, "%lu", value);
}

void json_bool(struct json *j, const char *name, bool value)
{
	begin_value(j, name);
	sink_printf(j->out, "%s", value ? "true" : "false");
}

void json_null(struct json *j, const char *name)
{
	begin_value(j, name);
	sink_write(j->out, "null", 4);
}

void json_function(struct json *j, const char *name, unsigned long addr)
{
	char function[80];

	snprintf(function, sizeof(function), "%ps", (void *)addr);
	json_string(j, name, function);
}

void json_seconds(struct json *j, const char *name, u64 ns)
{
	begin_value(j, name);
	sink_printf(j->out, "%lu.%06lu", ns / 1000000000, ns % 1000000000 / 1000);
}

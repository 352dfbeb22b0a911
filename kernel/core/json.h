/* SPDX-License-Identifier: MIT */
/*
 * JSON to a sink, for the commands that know -j: the commas and the quotes.  (RFC 8259)
 *
 *	struct json j = json_to(out);
 *
 *	json_open(&j, NULL, '{');
 *	json_string(&j, "name", "HPET 0");
 *	json_open(&j, "children", '[');
 *	json_close(&j, ']');
 *	json_close(&j, '}');
 *
 * A name is what stands in front of a value in an object, NULL in an array.  Each value is a line of its own, so
 * that lines are short.  What COMMAND -j says is written down in COMMAND.schema.json beside the command.
 *
 * No lock, no memory; from wherever the sink may be written to.
 */
#ifndef KERNEL_CORE_JSON_H
#define KERNEL_CORE_JSON_H

#include "kernel/core/sink.h"

struct json {
	struct sink *out;
	bool more; /* the next value is not the first of what is open */
};

static inline struct json json_to(struct sink *out)
{
	return (struct json){ .out = out };
}

/* `bracket` is '{' or '[', and of json_close() its other one: the caller pairs them. */
void json_open(struct json *j, const char *name, char bracket);
void json_close(struct json *j, char bracket);
/* The last bracket, and the line is over. */
void json_end(struct json *j, char bracket);

/* Bytes beyond ASCII are escaped as if they were Latin-1; NULL is null. */
void json_string(struct json *j, const char *name, const char *s);
/* An address or a size: "0x1f", a string, since a number of JSON's loses bits above 2^53. */
void json_hex(struct json *j, const char *name, u64 value);
void json_number(struct json *j, const char *name, u64 value);
void json_bool(struct json *j, const char *name, bool value);
void json_null(struct json *j, const char *name);
/* Of an address in the image, the function: "hpet_init". */
void json_function(struct json *j, const char *name, unsigned long addr);
/* Nanoseconds as seconds: 0.123456. */
void json_seconds(struct json *j, const char *name, u64 ns);

#endif

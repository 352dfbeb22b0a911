// SPDX-License-Identifier: MIT
/*
 * `gcov`: what of the kernel has run, in a build with COVERAGE=1.
 *
 * The compiler counts in each object file, and leaves a record of the counters in .gcov_info.  Here they
 * go to QEMU's debug console as the contents of .gcda files (GCC's gcov-io.h), each behind a line
 * with its name and its length; tests/coverage.py takes them from there.  The records' layout is
 * that of GCC 12 and 13.
 */
#ifdef CONFIG_COVERAGE
#include "kernel/core/command.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"

#define DEBUGCON     0xe9 /* QEMU's isa-debugcon */
#define NR_KINDS     8
#define GCOV_DATA    0x67636461 /* "gcda" */
#define TAG_FUNCTION 0x01000000
#define TAG_COUNTERS 0x01a10000 /* of kind 0; each other one is 0x20000 further */

struct counters {
	u32 n;
	const s64 *values;
};

struct function {
	const struct object *key; /* this object's, where the function is not another one's copy */
	u32 ident, line_checksum, graph_checksum;
	struct counters counters[]; /* of each kind that the object has */
};

struct object {
	u32 version;
	struct object *next;
	u32 stamp, checksum;
	const char *name;
	void (*merge[NR_KINDS])(s64 *values, u32 n); /* NULL: it has none of that kind */
	u32 nr_functions;
	const struct function *const *functions;
};

extern const struct object *const __gcov_info_start[], *const __gcov_info_end[];

/* Named by each record.  Nothing is merged in here. */
void __gcov_merge_add(s64 *values, u32 n);
void __gcov_merge_add(s64 *values, u32 n)
{
	(void)values, (void)n;
}

static void put_bytes(const void *p, size_t n)
{
	for (const u8 *byte = p; n--; byte++)
		outb(*byte, DEBUGCON);
}

static void put_word(u32 word)
{
	put_bytes(&word, sizeof(word));
}

/* The bytes of a function, or with `put` false how many they would be. */
static size_t each_function(const struct object *o, const struct function *f, bool put)
{
	const struct counters *c = f->counters;
	size_t length = 5 * sizeof(u32);

	if (put) {
		put_word(TAG_FUNCTION);
		put_word(3 * sizeof(u32));
		put_word(f->ident);
		put_word(f->line_checksum);
		put_word(f->graph_checksum);
	}
	for (u32 kind = 0; kind < NR_KINDS; kind++) {
		if (!o->merge[kind])
			continue;
		if (put) {
			put_word(TAG_COUNTERS + kind * 0x20000);
			put_word(c->n * 8);
			put_bytes(c->values, c->n * 8);
		}
		length += 2 * sizeof(u32) + c->n * 8;
		c++;
	}
	return length;
}

static void put_object(const struct object *o)
{
	size_t length = 5 * sizeof(u32);
	char line[300];

	for (u32 i = 0; i < o->nr_functions; i++)
		if (o->functions[i] && o->functions[i]->key == o)
			length += each_function(o, o->functions[i], false);
	put_bytes(line, (size_t)scnprintf(line, sizeof(line), "%s %zu\n", o->name, length));
	put_word(GCOV_DATA);
	put_word(o->version);
	put_word(o->stamp);
	put_word(o->checksum);
	for (u32 i = 0; i < o->nr_functions; i++)
		if (o->functions[i] && o->functions[i]->key == o)
			each_function(o, o->functions[i], true);
	put_word(0); /* the end */
}

static int cmd_gcov(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	for (const struct object *const *o = __gcov_info_start; o < __gcov_info_end; o++)
		put_object(*o);
	sink_printf(out, "gcov: %zu object files\n", (size_t)(__gcov_info_end - __gcov_info_start));
	return 0;
}
MONITOR_COMMAND(gcov, "", "counters of what has run, to QEMU's debug console", cmd_gcov);
#endif

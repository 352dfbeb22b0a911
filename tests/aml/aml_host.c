// SPDX-License-Identifier: MIT
/*
 * The interpreter as a program: aml_host [OPTION | TABLE | PATH]...
 *
 * Works through its arguments in order.  A TABLE is a file with a whole DSDT or
 * SSDT, several of them, or another one that AML may ask for; what starts with a
 * backslash is a PATH to evaluate, one line each: "\PATH = VALUE" or "\PATH failed: ERRNO".  Options:
 *
 *	-i	initialize (_REG, _INI)
 *	-d	dump the namespace, -D with methods evaluated
 *	-s	each device's ids, status and resources
 *	-q	print no messages from here on
 *	-v	print statistics
 *	-l	evaluate each method without arguments again and again: does memory grow?
 *	-e	as acpiexec does: each error calls \_ERR, and its method goes on if that gives 0
 *	-r	let time pass slowly, for what runs long
 *	-m N	load mutations of the next table with seeds 0 .. N-1, evaluate all
 */
#include <stddef.h>
#include <stdint.h>

#include "drivers/acpi/aml/aml.h"
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"
#include "tests/aml/host_os.h"
#include "tests/aml/machine.h"

static struct aml *aml;
static struct aml_ops ops;

static void write_host(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	host_print("%.*s", (int)n, s);
}

static void write_nothing(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	(void)s;
	(void)n;
}

static struct sink host_sink = { .write = write_host }, no_sink = { .write = write_nothing };

static void evaluate(const char *path)
{
	static char text[1 << 20];
	struct aml_value value;
	int err = aml_evaluate(aml, NULL, path, NULL, 0, &value);

	if (err)
		host_print("%s failed: %d\n", path, err);
	else
		host_print("%s = %s\n", path, aml_format(aml, &value, text, sizeof(text)));
	aml_put(aml, &value);
}

static const char *resource_name(const struct aml_resource *res)
{
	static const char *const names[] = { "irq", "io", "mem", "bus", "other" };

	return names[res->type];
}

static int print_resource(const struct aml_resource *res, void *arg)
{
	(void)arg;
	host_print("    %s %s%s%s0x%lx-0x%lx len 0x%lx align 0x%lx tra 0x%lx", resource_name(res),
		   res->window ? "window " : "", res->fixed ? "fixed " : "",
		   res->caching == 3 ? "pref " : "", res->min, res->max, res->length, res->align,
		   res->translation);
	for (u32 i = 0; i < res->nr; i++)
		host_print(" %u", res->numbers[i]);
	if (res->type == AML_RES_IRQ)
		host_print(" %s %s%s", res->level ? "level" : "edge",
			   res->active_low ? "low" : "high", res->shared ? " shared" : "");
	host_print("\n");
	return 0;
}

static int print_prt(const struct aml_prt_entry *entry, void *arg)
{
	char path[AML_PATH_MAX];

	(void)arg;
	host_print("    prt %02x INT%c %s %u\n", entry->device, 'A' + entry->pin,
		   entry->link ? aml_node_path(entry->link, path, sizeof(path)) : "gsi",
		   entry->gsi);
	return 0;
}

static void print_device(struct aml *a, struct aml_node *device, u32 sta)
{
	char path[AML_PATH_MAX], id[AML_ID_MAX];
	u64 adr;

	host_print("%s sta %x", aml_node_path(device, path, sizeof(path)), sta);
	if (aml_device_hid(a, device, id) == 0)
		host_print(" hid %s", id);
	for (unsigned int n = 0; aml_device_cid(a, device, n, id) == 0; n++)
		host_print(" cid %s", id);
	if (aml_evaluate_integer(a, device, "_ADR", &adr) == 0)
		host_print(" adr %lx", adr);
	host_print("\n");
	aml_walk_resources(a, device, "_CRS", print_resource, NULL);
	aml_walk_resources(a, device, "_PRS", print_resource, NULL);
	aml_walk_prt(a, device, print_prt, NULL);
}

static void print_devices(struct aml *a)
{
	struct aml_walk walk = { 0 };
	struct aml_node *node;

	while ((node = aml_next_device(a, &walk)))
		if (walk.status & AML_STA_PRESENT)
			print_device(a, node, walk.status);
}

static void statistics(void)
{
	struct aml_statistics s;

	aml_statistics(aml, &s);
	host_print("%u nodes, %u objects, %lu bytes (peak %lu), %lu steps, %u errors\n", s.nodes,
		   s.objects, s.bytes, s.peak_bytes, s.steps, s.errors);
}

/* After two rounds that may change what is kept, a third must leave as much as it found. */
static void find_leaks(void)
{
	struct aml_node *node = NULL;
	struct aml_statistics before, after;
	char path[AML_PATH_MAX];
	u32 leaks = 0;

	while ((node = aml_next_node(aml_root(aml), node))) {
		if (aml_node_type(node) != AML_METHOD || aml_method_args(node))
			continue;
		aml_evaluate(aml, node, NULL, NULL, 0, NULL);
		aml_evaluate(aml, node, NULL, NULL, 0, NULL);
		aml_statistics(aml, &before);
		aml_evaluate(aml, node, NULL, NULL, 0, NULL);
		aml_statistics(aml, &after);
		if (after.objects == before.objects && after.nodes == before.nodes)
			continue;
		leaks++;
		host_print("%s leaks: %u objects, then %u\n",
			   aml_node_path(node, path, sizeof(path)), before.objects, after.objects);
	}
	host_print("%u leaks\n", leaks);
}

static struct acpi_table_header *read_tables(const char *file, unsigned long *size)
{
	struct acpi_table_header *table = host_read_file(file, size);

	if (!table)
		host_print("cannot read %s\n", file);
	return table;
}

/* What the system loads by itself; an OEM's table waits for LoadTable. */
static bool is_for_boot(const struct acpi_table_header *table)
{
	return memcmp(table->signature, "DSDT", 4) == 0 ||
	       memcmp(table->signature, "SSDT", 4) == 0 || memcmp(table->signature, "PSDT", 4) == 0;
}

static void use_table(const char *file, const struct acpi_table_header *table)
{
	int err = 0;

	machine_add_table(table);
	if (is_for_boot(table))
		err = aml_load_table(aml, table);
	if (err)
		host_print("%s: %d\n", file, err);
}

/* A file may have several, one behind the other. */
static void use_tables(const char *file, const struct acpi_table_header *table, unsigned long size)
{
	for (; size > sizeof(*table);
	     size -= table->length, table = (const void *)((const u8 *)table + table->length)) {
		use_table(file, table);
		if (table->length < sizeof(*table) || table->length > size)
			break;
	}
}

/* A table with some bytes changed: loaded, initialized, all of it evaluated, ended. */
static void run_mutation(const struct acpi_table_header *table, u64 seed)
{
	struct acpi_table_header *copy = kmalloc(table->length, 0);
	u32 body = table->length - (u32)sizeof(*table), changes;
	u64 random = seed * 0x9e3779b97f4a7c15ULL + 1;

	memcpy(copy, table, table->length);
	for (changes = 1 + (u32)(seed % 12); changes; changes--) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		((u8 *)(copy + 1))[(random >> 8) % body] = (u8)random;
	}
	aml = aml_create(&machine_ops);
	aml_load_table(aml, copy);
	aml_initialize(aml);
	print_devices(aml);
	aml_dump(&no_sink, aml, NULL, true);
	machine_call_methods(aml);
	aml_destroy(aml);
	machine_reset();
	kfree(copy);
}

static void mutate(const char *file, const char *count)
{
	unsigned long size;
	struct acpi_table_header *table = read_tables(file, &size);
	u64 n = simple_strtoull(count, NULL, 10);

	if (!table)
		return;
	host_silence(true);
	machine_tick = 50000000; /* what does not end may do so soon */
	for (u64 seed = 0; seed < n; seed++)
		run_mutation(table, seed);
	host_silence(false);
	host_print("%lu mutations of %s\n", n, file);
	kfree(table);
}

/* What aslts knows of an error: that there was one.  Its codes are ACPICA's own. */
static bool call_err(int error)
{
	struct aml_value args[3] = { aml_integer((u64)-error), { 0 }, aml_integer(1) }, answer;
	int err = aml_new_string(aml, "AE_ERROR", &args[1]);

	if (!err)
		err = aml_evaluate(aml, NULL, "\\_ERR", args, 3, &answer);
	aml_put(aml, &args[1]);
	return !err && answer.type == AML_INTEGER && answer.integer == 0;
}

static void option(const char *arg)
{
	switch (arg[1]) {
	case 'i':
		host_print("initialized, %u failed\n", aml_initialize(aml));
		break;
	case 'd':
	case 'D':
		aml_dump(&host_sink, aml, NULL, arg[1] == 'D');
		break;
	case 's':
		print_devices(aml);
		break;
	case 'e':
		ops.failed = call_err;
		break;
	case 'r':
		machine_tick = 10000;
		break;
	case 'q':
		host_quiet(true);
		break;
	case 'l':
		find_leaks();
		break;
	case 'v':
		statistics();
		break;
	default:
		host_print("no such option: %s\n", arg);
		break;
	}
}

int main(int argc, char **argv)
{
	struct acpi_table_header *tables[64] = { 0 };
	unsigned long size;
	unsigned int n = 0;

	if (argc > 3 && strcmp(argv[1], "-m") == 0) {
		for (int i = 3; i < argc; i++)
			mutate(argv[i], argv[2]);
		return 0;
	}
	ops = machine_ops;
	aml = aml_create(&ops);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-') {
			option(argv[i]);
		} else if (argv[i][0] == '\\') {
			evaluate(argv[i]);
		} else if (n < ARRAY_SIZE(tables) && (tables[n] = read_tables(argv[i], &size))) {
			use_tables(argv[i], tables[n++], size);
		}
	}
	aml_destroy(aml);
	machine_reset();
	while (n)
		kfree(tables[--n]);
	return 0;
}

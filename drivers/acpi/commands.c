// SPDX-License-Identifier: MIT
/*
 * The firmware's tables and namespace, to look at.
 *
 * acpi lists the tables, shows one field by field, or what is beneath a name; -e
 * evaluates fields and methods without arguments as well, which runs firmware's code with
 * whatever that does; -r tells devices' resources in words; -j the tables and the namespace to programs.  acpidump prints the tables in the form of the program of that name,
 * which acpixtract -a turns into files and these iasl -d into source.
 */
#include "drivers/acpi/aml/aml.h"
#include "drivers/acpi/table/actbl.h"
#include "drivers/acpi/words.h"
#include "kernel/core/command.h"
#include "kernel/core/json.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define BYTES_PER_LINE 16

static void list_tables(struct sink *out)
{
	const struct acpi_table_header *h;
	phys_addr_t phys;
	char text[80];

	for (unsigned int i = 0; (h = acpi_table_by_index(i, &phys)); i++) {
		acpi_table_describe(text, sizeof(text), h, phys);
		sink_printf(out, "%s\n", text);
	}
}

/* All tables of that signature; false: there is none. */
static bool show_tables(struct sink *out, const char *signature)
{
	const struct acpi_table_header *h;
	unsigned int n = 0;

	while (strlen(signature) == 4 && (h = acpi_get_table(signature, n))) {
		if (n++)
			sink_printf(out, "\n");
		acpi_table_show(out, h);
	}
	return n;
}

static void put_tables(struct json *j)
{
	const struct acpi_table_header *h;
	phys_addr_t phys;
	char text[32];

	for (unsigned int i = 0; (h = acpi_table_by_index(i, &phys)); i++) {
		json_open(j, NULL, '{');
		snprintf(text, sizeof(text), "%.4s", h->signature);
		json_string(j, "signature", text);
		json_hex(j, "address", phys);
		json_number(j, "length", h->length);
		json_number(j, "revision", h->revision);
		snprintf(text, sizeof(text), "%.6s", h->oem_id);
		json_string(j, "oem", text);
		json_close(j, '}');
	}
}

static void put_nodes(struct json *j)
{
	char path[AML_PATH_MAX], text[AML_TEXT_MAX];
	struct aml_node *root = aml_root(acpi_namespace), *node = NULL;

	while ((node = aml_next_node(root, node))) {
		json_open(j, NULL, '{');
		json_string(j, "path", aml_node_path(node, path, sizeof(path)));
		json_string(j, "type",
			    aml_describe_node(acpi_namespace, node, false, text, sizeof(text)));
		json_string(j, "text", text[0] ? text + 1 : text);
		json_close(j, '}');
	}
}

/* Of a machine without ACPI both lists are empty. */
static int show_json(struct sink *out)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_open(&j, "tables", '[');
	if (acpi_available())
		put_tables(&j);
	json_close(&j, ']');
	json_open(&j, "nodes", '[');
	if (acpi_namespace) {
		acpi_lock();
		put_nodes(&j);
		acpi_unlock();
	}
	json_close(&j, ']');
	json_end(&j, '}');
	return 0;
}

static int cmd_acpi(struct sink *out, int argc, char **argv)
{
	bool evaluate = argc > 1 && !strcmp(argv[1], "-e");
	bool resources = argc > 1 && !strcmp(argv[1], "-r");
	bool option = evaluate || resources;
	struct aml_node *node;

	if (argc == 2 && !strcmp(argv[1], "-j"))
		return show_json(out);
	if (argc > 2 + option)
		return -EINVAL;
	if (!acpi_available()) {
		sink_printf(out, "no ACPI on this machine\n");
		return 0;
	}
	if (argc == 1) {
		list_tables(out);
		return 0;
	}
	if (argc == 2 && show_tables(out, argv[1]))
		return 0;
	if (!acpi_namespace)
		return -ENODEV;
	acpi_lock();
	node = aml_root(acpi_namespace);
	if (argc == 2 + option)
		node = aml_find(acpi_namespace, NULL, argv[1 + option]);
	if (node && resources)
		acpi_show_resources(out, node);
	else if (node)
		aml_dump(out, acpi_namespace, node, evaluate);
	acpi_unlock();
	return node ? 0 : -ENOENT;
}
MONITOR_COMMAND(acpi, "[-j | SIGNATURE | [-e|-r] PATH]",
		"the ACPI tables, one by fields, or the namespace beneath PATH (\\); -j: as JSON",
		cmd_acpi);

/* "    0010: 20 42 ...  BXPC" */
static void dump_line(struct sink *out, const u8 *bytes, u32 offset, u32 n)
{
	u32 i;

	sink_printf(out, "%8.4X: ", offset);
	for (i = 0; i < BYTES_PER_LINE; i++) {
		if (i < n)
			sink_printf(out, "%02X ", bytes[i]);
		else
			sink_printf(out, "   ");
	}
	sink_printf(out, " ");
	for (i = 0; i < n; i++)
		sink_printf(out, "%c", bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.');
	sink_printf(out, "\n");
}

static int cmd_acpidump(struct sink *out, int argc, char **argv)
{
	const struct acpi_table_header *h;
	phys_addr_t phys;

	if (argc > 2)
		return -EINVAL;
	for (unsigned int i = 0; (h = acpi_table_by_index(i, &phys)); i++) {
		const u8 *bytes = (const u8 *)h;

		if (argc == 2 && (strlen(argv[1]) != 4 || memcmp(h->signature, argv[1], 4)))
			continue;
		sink_printf(out, "%.4s @ 0x%016lX\n", h->signature, phys);
		for (u32 at = 0; at < h->length; at += BYTES_PER_LINE)
			dump_line(out, bytes + at, at, min(h->length - at, (u32)BYTES_PER_LINE));
		sink_printf(out, "\n");
	}
	return 0;
}
MONITOR_COMMAND(acpidump, "[SIGNATURE]", "the ACPI tables' bytes, as acpixtract reads them",
		cmd_acpidump);

// SPDX-License-Identifier: MIT
/*
 * iomem and ioports: the register, whole or in part.
 *
 * Without an option they print what Linux's /proc files have, straight from the trees.  All else is
 * asked of a copy (kernel/monitor/resource_list.h), since it takes other locks and time.
 */
#include "kernel/monitor/iomem.h"

#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/whatis.h"
#include "mm/reserved.h"

/* What of RAM the allocator never had: the register only says that it is RAM. */
static void show_reserved(struct sink *out)
{
	const struct reserved_ram *r;

	sink_printf(out, "RAM kept since boot:\n");
	for (unsigned int n = 0; (r = reserved_ram_nth(n)) != NULL; n++)
		sink_printf(out, "  %08lx-%08lx : %s\n", r->start, r->end - 1, r->name);
}

static int show_named(struct sink *out, struct resource *root, const struct resource_list *list,
		      const char *word)
{
	unsigned int found = 0;

	for (const struct resource_row *row = list->row; row < list->row + list->nr; row++) {
		if (!resource_is_named(row->name, word))
			continue;
		found++;
		sink_printf(out, "%0*lx-%0*lx : %s\n", list->width, row->start, list->width,
			    row->end, row->name);
		whatis_register(out, root, row->start, row->end);
	}
	return found ? 0 : -ENOENT;
}

/* What a name has, or else is at an address. */
static int show_one(struct sink *out, struct resource *root, const struct resource_list *list,
		    const char *word)
{
	u64 addr;

	if (show_named(out, root, list, word) == 0)
		return 0;
	if (kstrtoull(word, COMMAND_BASE, &addr) != 0) {
		sink_printf(out, "%s is neither a name in the register nor a hexadecimal number\n",
			    word);
		return -ENOENT;
	}
	if (addr > root->end) {
		sink_printf(out, "the register ends at %0*lx\n", list->width, root->end);
		return -ENOENT;
	}
	sink_printf(out, "%0*lx\n", list->width, addr);
	whatis_register(out, root, addr, addr);
	return 0;
}

static int show_list(struct sink *out, struct resource *root, const char *how,
		     const struct resource_list *list)
{
	if (strcmp(how, "-v") == 0)
		return iomem_verbose(out, list);
	if (strcmp(how, "-g") == 0)
		return iomem_gaps(out, list), 0;
	if (strcmp(how, "-m") == 0)
		return iomem_map(out, list), 0;
	if (strcmp(how, "-j") == 0)
		return iomem_json(out, root == &iomem_resource ? "iomem" : "ioports", list);
	return *how == '-' ? -EINVAL : show_one(out, root, list, how);
}

static int show(struct sink *out, struct resource *root, int argc, char **argv)
{
	struct resource_list list;
	int err;

	if (argc > 2)
		return -EINVAL;
	if (argc == 1) {
		resource_dump(out, root);
		return 0;
	}
	err = resource_list_take(&list, root);
	if (err)
		return err;
	err = show_list(out, root, argv[1], &list);
	resource_list_free(&list);
	return err;
}

static int cmd_iomem(struct sink *out, int argc, char **argv)
{
	int err = show(out, &iomem_resource, argc, argv);

	if (!err && argc == 2 && strcmp(argv[1], "-v") == 0)
		show_reserved(out);
	return err;
}
MONITOR_COMMAND(iomem, "[-v|-g|-m|-j|ADDR|NAME|BB:DD.F] (hex)",
		"who owns memory, as /proc/iomem; all of it, gaps, a map, as JSON, or one",
		cmd_iomem);

static int cmd_ioports(struct sink *out, int argc, char **argv)
{
	return show(out, &ioport_resource, argc, argv);
}
MONITOR_COMMAND(ioports, "[-v|-g|-m|-j|PORT|NAME|BB:DD.F] (hex)",
		"the same of ports, as /proc/ioports", cmd_ioports);

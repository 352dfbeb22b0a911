// SPDX-License-Identifier: MIT
/*
 * diff: the register beside what firmware's tables and devices' registers say (kernel/core/witness.h).
 *
 *	= 00001000-0009fbff : System RAM (e820)		both, the same range
 *	+ fee00000-fee00fff : Local APIC		the kernel alone
 *	- fed40000-fed44fff : TPM0101:00 (_CRS)		the tables alone, or another range there
 *
 * A line of one side alone is no fault: the register also has what drivers claim, and what the kernel knows
 * by itself; and of what tables name for a device that is not there nothing is entered.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/witness.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/resource_list.h"
#include "mm/vmalloc.h"

#define MAX_STATEMENTS 1024 /* more are said */
#define WHAT_BYTES     32

struct statement {
	const struct resource *root;
	resource_size_t start, end;
	const char *witness;
	char what[WHAT_BYTES];
	bool agreed;
};

struct statements {
	struct statement *s;
	unsigned int nr, lost;
	const char *witness; /* who speaks */
};

static void note_statement(const struct resource *root, resource_size_t start, resource_size_t end,
			   const char *what, void *arg)
{
	struct statements *all = arg;
	struct statement *s = &all->s[all->nr];

	if (all->nr == MAX_STATEMENTS) {
		all->lost++;
		return;
	}
	all->nr++;
	*s = (struct statement){
		.root = root, .start = start, .end = end, .witness = all->witness
	};
	strscpy(s->what, what, sizeof(s->what));
}

static void begin_witness(const char *name, void *arg)
{
	struct statements *all = arg;

	all->witness = name;
}

static int ask_witnesses(struct statements *all)
{
	*all = (struct statements){ .s = vmalloc(MAX_STATEMENTS * sizeof(*all->s)) };
	if (!all->s)
		return -ENOMEM;
	witness_ask(begin_witness, note_statement, all);
	return 0;
}

/* " (e820, _CRS)": who says the same of that range, each once; true where anybody does. */
static bool name_witnesses(struct statements *all, const struct resource *root,
			   const struct resource_row *row, char *buf, size_t size)
{
	const char *last = NULL;
	int n = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < all->nr; i++) {
		struct statement *s = &all->s[i];

		if (s->root != root || s->start != row->start || s->end != row->end)
			continue;
		s->agreed = true;
		if (s->witness != last)
			n += scnprintf(buf + n, size - (size_t)n, "%s%s", last ? ", " : "(",
				       s->witness);
		last = s->witness;
	}
	if (last)
		scnprintf(buf + n, size - (size_t)n, ")");
	return last;
}

struct counts {
	unsigned int both, kernel, tables;
};

static void print_rows(struct sink *out, struct statements *all, const struct resource *root,
		       const struct resource_list *list, struct counts *counts)
{
	char who[60];

	for (unsigned int i = 1; i < list->nr; i++) {
		const struct resource_row *row = &list->row[i];
		bool both = name_witnesses(all, root, row, who, sizeof(who));

		both ? counts->both++ : counts->kernel++;
		sink_printf(out, "%c %*s%0*lx-%0*lx : %s%s%s\n", both ? '=' : '+',
			    2 * (int)min(row->depth - 1, 5U), "", list->width, row->start,
			    list->width, row->end, row->name, both ? " " : "", who);
	}
}

static void print_rest(struct sink *out, const struct statements *all, const struct resource *root,
		       int width, struct counts *counts)
{
	for (unsigned int i = 0; i < all->nr; i++) {
		const struct statement *s = &all->s[i];

		if (s->root != root || s->agreed)
			continue;
		counts->tables++;
		sink_printf(out, "- %0*lx-%0*lx : %s (%s)\n", width, s->start, width, s->end,
			    s->what, s->witness);
	}
}

static int cmd_diff(struct sink *out, int argc, char **argv)
{
	static struct resource *const roots[] = { &iomem_resource, &ioport_resource };
	struct counts counts = { 0 };
	struct resource_list list;
	struct statements all;
	int err;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	err = ask_witnesses(&all);
	for (unsigned int i = 0; i < ARRAY_SIZE(roots) && !err; i++) {
		err = resource_list_take(&list, roots[i]);
		if (err)
			break;
		print_rows(out, &all, roots[i], &list, &counts);
		print_rest(out, &all, roots[i], list.width, &counts);
		resource_list_free(&list);
	}
	vfree(all.s);
	if (err)
		return err;
	sink_printf(out, "%u agree, %u of the kernel alone, %u of the tables alone\n", counts.both,
		    counts.kernel, counts.tables);
	if (all.lost)
		sink_printf(out, "%u statements of tables found no room: raise MAX_STATEMENTS\n",
			    all.lost);
	return all.lost ? -ENOSPC : 0;
}
MONITOR_COMMAND(diff, "", "the register beside e820, FADT, MCFG, _CRS and BARs", cmd_diff);

// SPDX-License-Identifier: MIT
/*
 * audit: does what should hold at any time hold now?
 *
 * The checks are collected from all rooms (kernel/core/audit.h).  Each fault is one line that begins with
 * "audit: " and the check's name; the last line says how many there were.
 */
#include "kernel/monitor/audit.h"

#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

extern const struct audit_check __audit_checks_start[], __audit_checks_end[];

int audit_run(struct sink *out, const char *name)
{
	struct audit audit = { .out = out };
	unsigned int ran = 0;

	for (const struct audit_check *c = __audit_checks_start; c < __audit_checks_end; c++) {
		if (name && strcmp(c->name, name) != 0)
			continue;
		audit.check = c->name;
		c->func(&audit);
		ran++;
	}
	if (!ran)
		return -ENOENT;
	sink_printf(out, "audit: %u checks, %u faults\n", ran, audit.faults);
	return (int)audit.faults;
}

static int cmd_audit(struct sink *out, int argc, char **argv)
{
	int faults;

	if (argc > 2)
		return -EINVAL;
	if (argc == 2 && strcmp(argv[1], "-l") == 0) {
		for (const struct audit_check *c = __audit_checks_start; c < __audit_checks_end;
		     c++)
			sink_printf(out, "%s\n", c->name);
		return 0;
	}
	faults = audit_run(out, argc == 2 ? argv[1] : NULL);
	if (faults == -ENOENT)
		sink_printf(out, "audit: no check %s; audit -l lists them\n", argv[1]);
	return faults > 0 ? -EIO : faults;
}
MONITOR_COMMAND(audit, "[-l|NAME]", "does what should hold, hold?  -l: the checks' names",
		cmd_audit);

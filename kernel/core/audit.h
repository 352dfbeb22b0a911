/* SPDX-License-Identifier: MIT */
/*
 * Checks of what should hold at any time, each beside what it checks: the command `audit` runs
 * them all, and the linker collects them, as it does commands.
 *
 * A check changes nothing, may sleep, and runs with whatever else goes on: what only seems wrong because
 * another CPU is in the middle of it, it looks at again.
 */
#ifndef KERNEL_CORE_AUDIT_H
#define KERNEL_CORE_AUDIT_H

#include "kernel/lib/compiler.h"

struct sink;

struct audit {
	struct sink *out;
	const char *check; /* the running one's name */
	unsigned int faults;
};

struct audit_check {
	const char *name;
	void (*func)(struct audit *audit);
};

#define AUDIT_CHECK(id, function)                                                           \
	static const struct audit_check __used __section(".audit_checks." #id) __aligned(8) \
		audit_check_##id = { .name = #id, .func = function }

/* Print a line that names the check, what is wrong, and where; and count it.  A newline is added. */
void audit_fault(struct audit *audit, const char *fmt, ...) __printf(2, 3);

#endif

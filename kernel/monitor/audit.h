/* SPDX-License-Identifier: MIT */
/* The command `audit`, and whom others ask. */
#ifndef KERNEL_MONITOR_AUDIT_H
#define KERNEL_MONITOR_AUDIT_H

#include "kernel/core/audit.h"

/*
 * Run the checks, or the one of that name (NULL: all): a line for each fault.  How many faults there are, or
 * -ENOENT where no check has that name.  May sleep.
 */
int audit_run(struct sink *out, const char *name);

#endif

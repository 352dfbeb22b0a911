/* SPDX-License-Identifier: MIT */
/* The boot by stages: what it was busy with, and for how long. */
#ifndef KERNEL_TIME_BOOTSTAGE_H
#define KERNEL_TIME_BOOTSTAGE_H

#include "kernel/lib/compiler.h"

/*
 * From here on the boot is busy with `name`, a literal, until the next mark; the last one says that it is over.  A
 * read of the TSC and two stores; one too many is a WARN.  For the boot alone, from its first line on.
 */
void bootstage_mark(const char *name);

/* Ticks of the TSC from the first mark to the last. */
u64 bootstage_total(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Sets of CPUs as people write them: "0-3,7".  Pure: also runs on the host. */
#ifndef KERNEL_CORE_CPULIST_H
#define KERNEL_CORE_CPULIST_H

#include "kernel/core/cpumask.h"

/* What `text` says, whole, with decimal numbers below NR_CPUS: 0 or -EINVAL. */
int cpulist_parse(const char *text, struct cpumask *mask);

/* The members below `limit`, at most `size` bytes with the 0; "" for none.  How long it is. */
size_t cpulist_print(char *text, size_t size, const struct cpumask *mask, unsigned int limit);

/* The same as a number in hexadecimal, of `limit` bits, a comma in front of every 32: "3,ffffffff". */
size_t cpumap_print(char *text, size_t size, const struct cpumask *mask, unsigned int limit);

#endif

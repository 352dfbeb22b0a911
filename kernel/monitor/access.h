/* SPDX-License-Identifier: MIT */
/*
 * May a person touch this memory, or these ports?  As Linux's /dev/mem decides
 * where it is built with STRICT_DEVMEM and IO_STRICT_DEVMEM, and by the same word:
 *
 *			     iomem=strict (the default)	 iomem=relaxed
 *	RAM		     read			 written too
 *	held by a driver     neither			 both
 *	set aside, undriven  read; written below 1 MiB	 both
 *	nobody's	     both			 both
 *
 * Linux refuses RAM with either word, also to be read: who can look at its RAM is its
 * master.  Here the machine belongs to whoever sits at the monitor, and to see RAM is
 * what it is for.  Of ports only those that a driver holds are refused.
 */
#ifndef KERNEL_MONITOR_ACCESS_H
#define KERNEL_MONITOR_ACCESS_H

#include "kernel/core/resource.h"

/*
 * `range` is of memory, all RAM or none of it, or of ports.  0, and *claim says that nobody
 * holds it, so that it is to be claimed meanwhile; -EPERM after a line to `out` that
 * names the range, its owner, and the word that would allow it.
 */
int may_access(struct sink *out, const char *command, const struct resource *range, bool write,
	       bool *claim);

#endif

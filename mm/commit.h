/* SPDX-License-Identifier: MIT */
/* Memory that was promised to programs, whether it is there yet or not. */
#ifndef MM_COMMIT_H
#define MM_COMMIT_H

#include "kernel/lib/compiler.h"

/*
 * Promise `pages`: 0, or -ENOMEM for more than there is memory at all, which is Linux's default
 * (it overcommits by a guess); and take it back.  Any thread.
 */
int vm_enough_memory(unsigned long pages) __must_check;
void vm_unacct_memory(unsigned long pages);
void vm_acct_memory(unsigned long pages); /* promised whatever there is */
/* Pages promised: /proc/meminfo's Committed_AS.  A look. */
unsigned long nr_committed(void);

#endif

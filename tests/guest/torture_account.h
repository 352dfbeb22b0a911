/* SPDX-License-Identifier: MIT */
/* What the torture suite's run may not change: for tests/guest/torture.c, once all are at rest. */
#ifndef TESTS_GUEST_TORTURE_ACCOUNT_H
#define TESTS_GUEST_TORTURE_ACCOUNT_H

#include "kernel/lib/compiler.h"

struct account {
	u64 pages;  /* free, or kept by slabs, or tables */
	u64 handed; /* pages given out and not given back */
	u64 objects, areas, kmaps, memtypes, ram_memtypes, resources, irqs, pinned, threads;
	u64 vmalloc_pages, vmap_pages, ioremap_pages;
};

/* What is kept for the next who asks is given back first.  May sleep. */
struct account torture_take_account(void);
/* Each difference is a failure of the test. */
void torture_compare_accounts(const struct account *now, const struct account *then);

/* Until no more than `n` threads are there, a second at the most. */
void torture_wait_for_threads(u64 n);

/* A failure where a message in the ring has an earlier time than the one in front of it. */
void torture_check_stamps(void);

#endif

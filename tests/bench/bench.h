/* SPDX-License-Identifier: MIT */
/*
 * What the measurements share: a row is a name, and TSC ticks from begin() to end().
 * Each file has the loops of one of Linux's modules in tests/bench/linux.  One context at a
 * time measures.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "kernel/time/time.h"

extern u64 bench_start;

/* The row is asked for, and nobody has interrupted. */
bool bench_wants(const char *name);

static __always_inline void begin(void)
{
	bench_start = rdtsc_ordered();
}

/* `n` rounds took `ticks`: print what one did. */
void bench_report(const char *name, u64 ticks, unsigned int n);

/* `n` rounds are over. */
static __always_inline void end(const char *name, unsigned int n)
{
	bench_report(name, rdtsc_ordered() - bench_start, n);
}

/* The row cannot be had here. */
void bench_failed(const char *name);

void bench_tasks(void);	 /* taskbench.c */
void bench_timers(void); /* timerbench.c */

struct sink;
void bench_latency(struct sink *out); /* latency.c */

#endif

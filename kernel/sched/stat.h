/* SPDX-License-Identifier: MIT */
/* What the CPUs have done since boot, and how much they are asked for: /proc's numbers. */
#ifndef KERNEL_SCHED_STAT_H
#define KERNEL_SCHED_STAT_H

#include "kernel/lib/compiler.h"

struct sink;

/* Print /proc/stat, /proc/uptime, /proc/loadavg.  In a thread that may sleep. */
void show_stat(struct sink *out);
void show_uptime(struct sink *out);
void show_loadavg(struct sink *out);

/* The lines of /proc/stat that count threads: made since boot, ready or running, waiting. */
void show_task_counts(struct sink *out);

struct task_struct;

/* A thread that is over leaves the list of all: what it used still counts.  That list's lock is held. */
void account_dead_thread(const struct task_struct *t);

/* The load is looked at from now on, every five seconds.  Once workqueues work. */
void loadavg_init(void);

#define NR_LOADS   3  /* over 1, 5 and 15 minutes */
#define LOAD_SHIFT 11 /* they are in 1/2048 */

/* The means as they are now.  A look. */
void get_loads(unsigned long *loads);

/*
 * The mean of a load after one look more, which has found `active` threads: all of them are in
 * 1/2048, and `exp` is what is left of the old one.  Pure.
 */
unsigned long calc_load(unsigned long load, unsigned long exp, unsigned long active);

#endif

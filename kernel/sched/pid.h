/* SPDX-License-Identifier: MIT */
/*
 * The numbers of threads.
 *
 * A number belongs to a thread until it is over, or, of a process, until its parent has asked; and as
 * long as a process group or a session is named by it.  The next thread gets the next number that
 * is nobody's; beyond PID_MAX they begin again, at RESERVED_PIDS.
 *
 * The lock of the table is a leaf, with interrupts off; all here is for any context but NMI, unless it
 * says another thing.
 */
#ifndef KERNEL_SCHED_PID_H
#define KERNEL_SCHED_PID_H

#include "kernel/lib/list.h"
#include "kernel/sched/task.h"

#define PID_MAX	      32768 /* numbers are below it; Linux's, as RESERVED_PIDS is */
#define RESERVED_PIDS 300

/* A number for t, which nobody finds by it yet: 0, or -EAGAIN, -ENOMEM.  May sleep. */
int alloc_pid(struct task_struct *t);
/* The last one that was given, and how many have been: threads made since boot.  Any context. */
pid_t last_pid_given(void);
u64 pids_given(void);
/* t is whole, and found by its number from now on. */
void attach_pid(struct task_struct *t);
/* t has no number any more, which may become another's: once is enough. */
void detach_pid(struct task_struct *t);

/* Each has the other's number from now on. */
void exchange_pids(struct task_struct *a, struct task_struct *b);

/* A group or a session is named by the number, which is in use / is no more. */
void hold_pid(pid_t nr);
void release_pid(pid_t nr);

/* The thread of that number, held, or NULL.  O(1). */
struct task_struct *find_get_task_by_vpid(pid_t nr);
/* The same of the least number from *nr on, which becomes its: for whoever walks all. */
struct task_struct *find_get_task_from(pid_t *nr);

/* The processes of the group of that number, by pgrp_node; empty where there is none.  tasklist_lock. */
struct list_head *pid_group(pid_t nr);

#endif

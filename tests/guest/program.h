/* SPDX-License-Identifier: MIT */
/*
 * Programs of a few instructions (tests/guest/user_code.asm), with a page of code and one of data, and
 * nothing around them: their exceptions end them, and are kept in their task_struct.  As long as
 * there is one, no other program is to run.
 */
#ifndef TESTS_GUEST_PROGRAM_H
#define TESTS_GUEST_PROGRAM_H

#include "kernel/lib/string.h"
#include "kernel/sched/task.h"
#include "mm/layout.h"

struct mm_struct;

#define PROGRAM_CODE  0x400000UL
#define PROGRAM_DATA  0x600000UL /* a page, and the next one is not there */
#define PROGRAM_STACK (PROGRAM_DATA + PAGE_SIZE)

struct program {
	struct mm_struct *mm; /* without VMAs */
	u8 *code, *data;      /* its pages, as the kernel has them */
	void (*in_kernel)(
		struct program *p); /* what its thread does instead of user mode, or NULL */
	unsigned long arg, arg2;    /* RDI and RSI in user mode */
	unsigned long gsbase;
	struct cpumask cpus;	  /* where it runs; empty: anywhere */
	struct task_struct *task; /* the thread, held */
};

/* What the call number 511 of a program is, with its six arguments. */
extern long (*program_call)(unsigned long *args);

/* False: no memory.  Without a thread. */
bool program_make(struct program *p);
void program_free(struct program *p);

/* A thread of it begins / has ended / both; it is kept until it is dropped. */
void program_start(struct program *p);
void program_wait(struct program *p);
void program_run(struct program *p);
void program_drop(struct program *p);

/* fn(p) in the thread of a program of its own. */
void program_run_in_kernel(void (*fn)(struct program *p));

#define PROGRAM_CODE_IS(p, name)                                                 \
	({                                                                       \
		extern const u8 user_##name[], user_##name##_end[];              \
		memcpy((p)->code, user_##name, user_##name##_end - user_##name); \
	})
#define PROGRAM_START(p, name, arg_)      \
	do {                              \
		PROGRAM_CODE_IS(p, name); \
		(p)->arg = (arg_);        \
		program_start(p);         \
	} while (0)
#define PROGRAM_RUN(p, name, arg_)            \
	do {                                  \
		PROGRAM_START(p, name, arg_); \
		program_wait(p);              \
	} while (0)

static inline void *program_data(unsigned long offset)
{
	return (void *)(PROGRAM_DATA + offset);
}

#endif

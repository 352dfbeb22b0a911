/* SPDX-License-Identifier: MIT */
/*
 * The three voices' last two.  WARN: a broken promise that can be survived; it
 * prints a backtrace and goes on.  panic: a broken invariant; it prints, with
 * interrupts off, and goes no further.
 */
#ifndef KERNEL_CORE_PANIC_H
#define KERNEL_CORE_PANIC_H

#include "kernel/lib/compiler.h"

struct pt_regs;

/*
 * What a panic needs of the rooms above: they give it at boot, with the first trap gates.
 * Any context; nothing of the kernel is to be trusted any more.
 */
struct panic_ops {
	void (*show_regs)(const struct pt_regs *regs, u64 cr2);
	void (*show_backtrace)(const struct pt_regs *regs); /* NULL: of the caller */
	bool (*stop_others)(void); /* all other CPUs; false: not each has, which was said */
	void (*show_others)(void); /* where those were */
	void (*delay)(u64 usec);
	void (*restart)(void) __noreturn;
	void (*power_off)(void); /* returns where it could not, having said so */
	/* Before anything is said, and while a person's key is waited for: a debugger's turn. */
	void (*debug)(struct pt_regs *regs, const char *message);
	void (*poll_debugger)(void);
};
void panic_set_ops(const struct panic_ops *ops);

/*
 * "Kernel panic - not syncing: ...", registers and backtrace, and where each other CPU was, all
 * of which stop first.  With panic=-1 on
 * the command line the machine is then reset at once (a QEMU with -no-reboot
 * ends), with panic=N after N seconds; else r at the console resets it and q takes its
 * power off.  A panic inside a panic prints one line and goes on with that.
 */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;

/* The same without registers and backtrace: an exception's report has them already. */
void panic_after_report(const char *fmt, ...) __printf(1, 2) __noreturn;

/*
 * The right to report: who asks first has it, any other CPU stops, in here or where it is.
 * For a report that goes before its panic; from here on interrupts are off, and what is said is for the
 * console, whatever else is not.
 */
void panic_claim(void);

/* This CPU has it.  Any context. */
bool panic_is_mine(void);

/*
 * Around a report of several lines: no other CPU's comes in between, unless that one takes too long.
 * With interrupts off; nests.  Any context.
 */
unsigned long report_begin(void);
void report_end(unsigned long flags);

/* Print "WARNING: at FILE:LINE FUNCTION" with the message and a backtrace. */
void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...)
	__printf(4, 5);

/* How many WARNs there have been: tests hold it still. */
unsigned int warn_count(void);

/* True when the condition held and was reported, so it can stand in an if. */
#define WARN(cond, fmt, ...)                                                             \
	({                                                                               \
		bool _hit = !!(cond);                                                    \
		if (unlikely(_hit))                                                      \
			warn_slowpath(__FILE__, __LINE__, _RET_IP_, fmt, ##__VA_ARGS__); \
		unlikely(_hit);                                                          \
	})
#define WARN_ON(cond) WARN(cond, "%s\n", #cond)
#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (unlikely(cond))                                           \
			panic("BUG at %s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)

#endif

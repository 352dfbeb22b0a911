/* SPDX-License-Identifier: MIT */
/* Between the files of the debugger. */
#ifndef KERNEL_GDB_STUB_H
#define KERNEL_GDB_STUB_H

#include "kernel/gdb/server.h"

struct pt_regs;

/*
 * session.c: the chief talks with gdb, all CPUs standing, until it lets them go: how, by GDB_RESUME,
 * GDB_DETACH.  `stop` is what gdb is told, and is kept.
 */
const struct gdb_resume *gdb_session(const struct gdb_stop *stop);

/* gdb has been heard of, and has not left. */
bool gdb_is_attached(void);

/* Text for gdb, from the chief. */
void gdb_say(const char *text);
/* Text of the console's: false, no gdb listens. */
bool gdb_send_text(const char *text, size_t n);

/* stub.c: stop here, and wait for gdb.  Any context but NMI. */
void kgdb_breakpoint(void);

/* console.c: the port is a console as well, from here on. */
void gdb_console_init(void);
bool gdb_console_is_shared(void);
void gdb_console_has_interrupt(void);
/* A byte while no gdb is attached: NULL, it is a key, perhaps; else gdb has come, and begins so. */
const char *gdb_console_key(u8 byte);
/* Keys may have come. */
void gdb_console_input(void);

/* A byte that has come while the machine went: true, it is to stop; it is kept where it is of a packet. */
bool gdb_wants_stop(void);

/* The kernel has died: nothing of it is to be called that could be left out. */
bool gdb_is_dead(void);

/*
 * monitor.c: an errand, what gdb waits for while the machine goes: a thread runs it, and stops all then.  There is
 * one at a time, which may be on its way still when another CPU stops.  False: one is, or the machine cannot go from
 * here.
 */
struct gdb_errand {
	void (*run)(void);
	void (*fail)(const char *why); /* it was given up */
	int (*result)(void);	       /* by the chief, when all stand again: 0 or -errno */
};
bool gdb_send_out(const struct gdb_errand *errand);
int gdb_command_result(void);

/* The chief stands in a program's trap, where its thread may sleep: it can run one itself, without going on. */
bool gdb_chief_may_sleep(void);
/* ... and does, after the others were let go; false: there is none for it. */
bool gdb_run_held(void);

/*
 * `monitor CMD`.  True: it has run; false: it is an errand.
 * While one goes, and for its thread:
 */
bool gdb_monitor(struct sink *out, char *line);
bool gdb_command_goes(void);
bool gdb_command_is_mine(void);
/* An INT3 in its thread: true, it was the command's end, and `regs` are those of what lent the thread. */
bool gdb_command_stop(struct pt_regs *regs);
/* It cannot go on from here: this is its end. */
void gdb_command_fail(const char *why);
/* The machine goes: who is to run the command is woken. */
void gdb_command_wake(void);
/* The same of a command that runs while all stand, and then it does not return; nothing, where none does. */
void gdb_throw_command(const char *why);

#endif

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

/* A byte that has come while the machine went: true, it is to stop; it is kept where it is of a packet. */
bool gdb_wants_stop(void);

/* monitor.c: `monitor CMD`. */
void gdb_monitor(struct sink *out, char *line);
/* A command that runs so has come upon something that it cannot go on from: does not return then. */
void gdb_monitor_failed(const char *why);

#endif

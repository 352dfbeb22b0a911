/* SPDX-License-Identifier: MIT */
/*
 * The monitor: a prompt on the console that runs the commands of the one table
 * (kernel/core/command.h).
 */
#ifndef KERNEL_MONITOR_MONITOR_H
#define KERNEL_MONITOR_MONITOR_H

#include "kernel/lib/compiler.h"

struct sink;

/*
 * A driver says whether it will call monitor_input() for each key, from its interrupt: whoever
 * waits for one is woken by that then, and looks now and then else.
 */
void monitor_input_interrupts(bool works);
void monitor_input(void);

/* The next byte typed; sleeps until there is one. */
int monitor_getchar(void);

/* Run the words of run= under "=== cmd args" lines, then "=== end"; ^C ends it without that. */
void monitor_run_cmdline(void);

/*
 * Split and run one command.  Blanks separate words; 'x' and "x" keep theirs, a
 * backslash takes the next character as it is.  What the command returned, a
 * failure printed as one line; -ENOENT: no such command; -EINVAL: an open quote, or too
 * many words; -E2BIG, without a word: the line has COMMAND_LINE_SIZE bytes.
 */
int monitor_execute(struct sink *out, const char *line);

/* The prompt; never returns. */
void monitor(void) __noreturn;

#endif

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

/*
 * A terminal has keys for programs while the monitor does not read: input() is told that some wait,
 * from the interrupt, and says whether they were the programs'; release(true): the monitor reads from now
 * on, by command_getchar(), and nobody else; release(false): it does not.
 */
struct monitor_terminal {
	bool (*input)(void);
	void (*release)(bool to_monitor);
};
void monitor_set_terminal(const struct monitor_terminal *terminal);
/* Drivers call monitor_input(): nobody has to look. */
bool monitor_has_input_interrupts(void);

/* The next byte typed; sleeps until there is one. */
int monitor_getchar(void);

/* Run the words of run= under "=== cmd args" lines, then "=== end"; ^C ends it without that. */
void monitor_run_cmdline(void);

/*
 * Split and run one command.  Blanks separate words; 'x' and "x" keep theirs, a
 * backslash takes the next character as it is; from # at the line's head on it says nothing.  What the command returned, a
 * failure printed as one line; -ENOENT: no such command; -EINVAL: an open quote, or too
 * many words; -E2BIG, without a word: the line has COMMAND_LINE_SIZE bytes.
 */
int monitor_execute(struct sink *out, const char *line);
/* The same of one whose words, argc > 0 of them, are there: for commands that run others. */
int monitor_execute_words(struct sink *out, int argc, char **argv);

/*
 * For a command: have whoever typed it answer, in a line of LINE_MAX bytes.  Its length; -ENODATA: ^D; -EINTR: ^C;
 * -ENOTTY, after a line to `out`: it was not typed at the prompt.
 */
int monitor_ask(struct sink *out, const char *prompt, char *line);

/*
 * For a command that takes long: how far it is, on a line that goes away again.  Nothing is shown where nobody
 * watches: it was not typed at the prompt, or nobody has said how long a page is (kernel/monitor/pager.h).
 */
void monitor_progress(const char *fmt, ...) __printf(1, 2);

/* The prompt; never returns. */
void monitor(void) __noreturn;

/*
 * The prompt for a program's thread, until `exit` without a number, or ^D on an empty line.  0, or -EINTR:
 * a signal ended the wait for those who have the monitor now.
 */
int monitor_session(void);
/* One command of a program's: its output goes to `out`.  As monitor_execute(), and -EINTR. */
int monitor_execute_alone(struct sink *out, const char *line);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The monitor: a prompt on the console, and one table of commands.
 *
 * A file adds a command with MONITOR_COMMAND; the linker collects and sorts the
 * table by name (order does not matter, and a new command is one new entry).
 */
#ifndef KERNEL_MONITOR_MONITOR_H
#define KERNEL_MONITOR_MONITOR_H

#include "kernel/lib/compiler.h"

struct monitor_command {
	const char *name;
	const char *args; /* what stands behind the name in the usage line, "" for none */
	const char *help; /* one line */
	/*
	 * argv[0] is the name.  Output goes through cprintf().  Returns 0, or
	 * -EINVAL to have the usage line printed, or another negative errno after
	 * it said itself what was wrong.
	 */
	int (*func)(int argc, char **argv);
};

#define MONITOR_COMMAND(id, arguments, line, function)                                 \
	static const struct monitor_command __used __section(".monitor_commands." #id) \
		__aligned(8) monitor_command_##id = {                                  \
			.name = #id,                                                   \
			.args = arguments,                                             \
			.help = line,                                                  \
			.func = function,                                              \
		}

/*
 * A command whose `args` start with "[.b" is told its width by a suffix: md.l
 * runs md, with argv[0] as it was typed.  In bytes; `plain` where there is none, 0
 * for a suffix that means nothing.
 */
unsigned int monitor_width(const char *name, unsigned int plain);

/* For the completion of names and for help: the n-th command, NULL past the last. */
const struct monitor_command *monitor_command_at(unsigned int n);

/*
 * A driver says that input raises an interrupt: waiting for a key sleeps from
 * now on instead of polling.
 */
void monitor_input_interrupts(void);

/* The next byte typed; sleeps or polls until there is one. */
int monitor_getchar(void);

/* Run the words of run= under "=== cmd args" lines, then "=== end". */
void monitor_run_cmdline(void);

/*
 * Split and run one command.  Blanks separate words; 'x' and "x" keep theirs, a
 * backslash takes the next character as it is.  What the command returned, a
 * failure printed as one line; -ENOENT: no such command; -EINVAL: an open quote.
 */
int monitor_execute(const char *line);

/* The prompt; never returns. */
void monitor(void) __noreturn;

#endif

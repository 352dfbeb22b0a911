/* SPDX-License-Identifier: MIT */
/*
 * One table of commands: a file adds its own with MONITOR_COMMAND, beside what it
 * shows, and needs nothing of whoever runs it.  The linker collects and sorts the
 * table by name, so that order does not matter and a new command is one new entry.
 */
#ifndef KERNEL_CORE_COMMAND_H
#define KERNEL_CORE_COMMAND_H

#include "kernel/core/sink.h"

struct monitor_command {
	const char *name;
	const char *args; /* what stands behind the name in the usage line, "" for none */
	const char *help; /* one line */
	/*
	 * argv[0] is the name.  What it has to say goes to `out`.  Returns 0, or
	 * -EINVAL to have the usage line printed, or another negative errno after
	 * it said itself what was wrong.
	 */
	int (*func)(struct sink *out, int argc, char **argv);
	/*
	 * Letters of widths that may stand behind the name: with "bw" CMD, CMD.b and
	 * CMD.w run it, argv[0] as it was typed.  NULL: none.
	 */
	const char *widths;
};

#define MONITOR_COMMAND_WIDTHS(id, letters, arguments, line, function)                 \
	static const struct monitor_command __used __section(".monitor_commands." #id) \
		__aligned(8) monitor_command_##id = {                                  \
			.name = #id,                                                   \
			.args = arguments,                                             \
			.help = line,                                                  \
			.func = function,                                              \
			.widths = letters,                                             \
		}
#define MONITOR_COMMAND(id, arguments, line, function) \
	MONITOR_COMMAND_WIDTHS(id, NULL, arguments, line, function)

/*
 * The width that a word's suffix asks for, in bytes: .b 1, .w 2, .l 4, .q 8;
 * `plain` where it has none, 0 where the suffix is none of these.
 */
unsigned int command_width(const char *word, unsigned int plain);

/*
 * Of all numbers that commands are given, 0x in front or not; usage lines say "(hex)".  But
 * those of CPUs and irqs are decimal, as they are shown.
 */
#define COMMAND_BASE 16

/*
 * Was ^C typed since the command began?  What may take long asks between its pieces of
 * work, and returns then, whatever it returns.  Looks at what is typed and keeps it, up to 1 KiB,
 * for command_getchar().
 *
 * All of these are for the thread that runs commands, one at a time; no lock.
 */
bool command_interrupted(void);

/* For whoever runs commands: one begins, ^C has not been typed; it ended, with 0 or -errno. */
void command_begin(void);
void command_end(int ret);

/* A command that ran since boot has ended with an error, or by ^C. */
bool command_failed(void);

/* The next byte typed, first of those that were kept; -1 when none waits. */
int command_getchar(void);

#endif

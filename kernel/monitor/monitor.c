// SPDX-License-Identifier: MIT
/*
 * The monitor: lines to commands, typed at the prompt or given by run=.
 *
 * Commands are collected by the linker from all files, sorted by name.  They run
 * one at a time in the thread that booted, on whichever CPU that is, and own the console
 * while they do.  ^C ends what runs and the list it stands in: a command that asks
 * command_interrupted() returns soon, and what any still prints is not shown.
 */
#include "kernel/monitor/monitor.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/words.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/quote.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/lineedit.h"
#include "kernel/monitor/pager.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/wait.h"
#include "kernel/time/time.h"

#define PROMPT	 "terrier> "
#define MAX_ARGS 32

/* Of the list of commands. */
#define WIDTH	    80
#define USAGE_WIDTH 30
#define HELP_INDENT 4
#define HELP_BYTES  200

extern const struct monitor_command __monitor_commands_start[], __monitor_commands_end[];

#define LOOK_NS (10 * NSEC_PER_MSEC) /* between two looks for a key that raises no interrupt */

static DECLARE_WAIT_QUEUE_HEAD(input_wait);
static bool input_interrupts;
static const struct monitor_terminal *terminal; /* set at boot, or NULL */
static DEFINE_MUTEX(monitor_mutex);		/* who runs commands, and has the keys */

void monitor_input_interrupts(bool works)
{
	WRITE_ONCE(input_interrupts, works);
	wake_up(&input_wait);
}

void monitor_input(void)
{
	const struct monitor_terminal *t = READ_ONCE(terminal);

	if (!t || !t->input())
		wake_up(&input_wait);
}

bool monitor_has_input_interrupts(void)
{
	return READ_ONCE(input_interrupts);
}

void monitor_set_terminal(const struct monitor_terminal *t)
{
	WRITE_ONCE(terminal, t);
}

static void take_keys(bool mine)
{
	if (terminal)
		terminal->release(mine);
}

int monitor_getchar(void)
{
	int c;

	while (!wait_event_idle_timeout(input_wait, (c = command_getchar()) >= 0,
					READ_ONCE(input_interrupts) ? TIMEOUT_FOREVER : LOOK_NS))
		;
	return c;
}

static const struct monitor_command *command_at(unsigned int n)
{
	const struct monitor_command *cmd = __monitor_commands_start + n;

	return cmd < __monitor_commands_end ? cmd : NULL;
}

extern const struct word_source __word_sources_start[], __word_sources_end[];

/* A command's name may be an argument too, of those that run or explain others. */
static void each_word(bool first, word_fn fn, void *arg)
{
	const struct monitor_command *cmd;

	for (unsigned int n = 0; (cmd = command_at(n)); n++)
		fn(cmd->name, arg);
	for (const struct word_source *s = __word_sources_start; !first && s < __word_sources_end;
	     s++)
		s->each(fn, arg);
}

static const struct monitor_command *find_command(const char *word)
{
	const struct monitor_command *cmd;
	size_t len;

	for (unsigned int n = 0; (cmd = command_at(n)); n++) {
		len = strlen(cmd->name);
		if (strncmp(cmd->name, word, len) == 0 &&
		    (!word[len] || (word[len] == '.' && cmd->widths)))
			return cmd;
	}
	return NULL;
}

/* "md[.b|.w|.l|.q] ADDR [COUNT]" */
static void usage(char *buf, size_t size, const struct monitor_command *cmd)
{
	int n = scnprintf(buf, size, "%s", cmd->name);

	for (const char *w = cmd->widths; w && *w; w++)
		n += scnprintf(buf + n, size - n, "%s.%c%s", w == cmd->widths ? "[" : "|", *w,
			       w[1] ? "" : "]");
	scnprintf(buf + n, size - n, "%s%s", *cmd->args ? " " : "", cmd->args);
}

/* The suffix that it was typed with is one of its own. */
static bool width_is_known(const struct monitor_command *cmd, const char *word)
{
	const char *dot = strchr(word, '.');

	return !dot || !cmd->widths || (dot[1] && !dot[2] && strchr(cmd->widths, dot[1]));
}

/* ---------------------------------------------------------------- words */

#define MONITOR_WALK(text)                                          \
	{                                                           \
		.quotes = "\"'", .backslash = true, .next = (text), \
	}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Take the next word from *pos, quotes removed, to *out, terminated.  False at
 * the end of the line, and with *pos NULL where a quote stays open.  What is
 * written is never longer than what was read.
 */
static bool next_word(const char **pos, char **out)
{
	struct quote_walk walk = MONITOR_WALK(*pos);
	char *o = *out;

	while (is_blank(*walk.next))
		walk.next++;
	if (!*walk.next)
		return false;
	while (quote_step(&walk) && !(walk.plain && is_blank(walk.c)))
		if (!walk.mark)
			*o++ = walk.c;
	*o++ = '\0';
	*out = o;
	*pos = walk.quote ? NULL : walk.at;
	return !walk.quote;
}

/* The words of `line` in argv, their text in buf (as long as line): how many, or -EINVAL. */
static int split(struct sink *out, const char *line, char *buf, char **argv)
{
	int argc = 0;

	for (char *word = buf; next_word(&line, &buf); word = buf) {
		if (argc == MAX_ARGS) {
			sink_printf(out, "more than %d words\n", MAX_ARGS);
			return -EINVAL;
		}
		argv[argc++] = word;
	}
	if (!line) {
		sink_printf(out, "a quote is not closed\n");
		return -EINVAL;
	}
	argv[argc] = NULL;
	return argc;
}

static bool at_prompt; /* what runs was typed, so that whoever typed it can be asked */

/* The console, until ^C. */
static void write_until_interrupted(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	if (command_interrupted())
		return;
	if (at_prompt)
		pager_write(s, n);
	else
		console_write(s, n);
}

static struct sink terminal_sink = { .write = write_until_interrupted };

/* Of its own in a backtrace, so that a report says what the monitor was doing. */
noinline int monitor_execute_words(struct sink *out, int argc, char **argv)
{
	const struct monitor_command *cmd = find_command(argv[0]);
	char text[HELP_BYTES];
	int ret;

	if (!cmd) {
		sink_printf(out, "%s: no such command; help lists them\n", argv[0]);
		return -ENOENT;
	}
	ret = width_is_known(cmd, argv[0]) ? cmd->func(out, argc, argv) : -EINVAL;
	if (ret == -EINVAL) {
		usage(text, sizeof(text), cmd);
		sink_printf(out, "usage: %s\n", text);
	} else if (ret < 0) {
		sink_printf(out, "%s: failed: %s\n", argv[0], error_name(ret));
	}
	return ret;
}

int monitor_execute(struct sink *out, const char *line)
{
	char buf[COMMAND_LINE_SIZE], *argv[MAX_ARGS + 1];
	int argc;

	if (strlen(line) >= sizeof(buf))
		return -E2BIG;
	while (*line == ' ' || *line == '\t')
		line++;
	if (*line == '#')
		return 0;
	argc = split(out, line, buf, argv);
	return argc > 0 ? monitor_execute_words(out, argc, argv) : argc;
}

/* ---------------------------------------------------------------- several commands */

/* At the console.  False after ^C, which ends the list. */
static bool run_command(const char *line)
{
	int ret;

	command_begin();
	ret = monitor_execute(&terminal_sink, line);
	if (command_interrupted()) {
		ret = -EINTR;
		console_write("^C\n", 3);
	}
	command_end(ret);
	return ret != -EINTR;
}

/*
 * Cut the next command, up to a ';' outside quotes, out of *list (which it
 * changes); blanks around it removed.  NULL at the end.
 */
static char *next_command(char **list)
{
	struct quote_walk walk = MONITOR_WALK(*list);
	char *start, *end;

	while (is_blank(*walk.next) || *walk.next == ';')
		walk.next++;
	start = end = *list + (walk.next - *list);
	while (quote_step(&walk) && !(walk.plain && walk.c == ';'))
		if (!walk.plain || !is_blank(walk.c))
			end = start + (walk.next - start);
	*list = start + (walk.next - start);
	*end = '\0';
	return *start ? start : NULL;
}

void monitor_run_cmdline(void)
{
	char list[COMMAND_LINE_SIZE], *rest, *command;
	unsigned int n;

	pager_init();
	for (n = 0; cmdline_get("run", n, list, sizeof(list)) >= 0; n++) {
		for (rest = list; (command = next_command(&rest));) {
			sink_printf(&console_sink, "=== %s\n", command);
			if (!run_command(command))
				return;
		}
	}
	if (n > 0)
		sink_printf(&console_sink, "=== end\n");
}

/* One that was typed: long output waits.  False: ^C. */
static bool run_typed(const char *command)
{
	bool goes_on;

	at_prompt = true;
	pager_begin();
	goes_on = run_command(command);
	goes_on = pager_end() && goes_on;
	at_prompt = false;
	return goes_on;
}

/* One line of the prompt; false: ^D, or in a session `exit`: it is over. */
static bool run_line(bool session)
{
	char line[LINE_MAX], *rest, *command;
	int ret = read_line(PROMPT, line, each_word);

	if (ret < 0)
		return ret != -ENODATA;
	pager_line();
	for (rest = line; (command = next_command(&rest));) {
		if (session && strcmp(command, "exit") == 0)
			return false;
		if (!run_typed(command))
			break;
	}
	return true;
}

int monitor_ask(struct sink *out, const char *prompt, char *line)
{
	int ret;

	if (out != &terminal_sink || !at_prompt) {
		sink_printf(out, "nobody is here to be asked\n");
		return -ENOTTY;
	}
	if (!pager_show())
		return -EINTR;
	ret = read_line(prompt, line, NULL);
	return ret == -EAGAIN ? -EINTR : ret;
}

void monitor_progress(const char *fmt, ...)
{
	char text[WIDTH];
	va_list args;

	if (!at_prompt || !pager_is_on())
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pager_note(text);
}

void monitor(void)
{
	mutex_lock(&monitor_mutex);
	take_keys(true);
	for (;;)
		run_line(false);
}

int monitor_session(void)
{
	if (mutex_lock_interruptible(&monitor_mutex))
		return -EINTR;
	take_keys(true);
	while (run_line(true))
		;
	take_keys(false);
	mutex_unlock(&monitor_mutex);
	return 0;
}

int monitor_execute_alone(struct sink *out, const char *line)
{
	int ret;

	if (mutex_lock_interruptible(&monitor_mutex))
		return -EINTR;
	take_keys(true);
	command_begin();
	ret = monitor_execute(out, line);
	take_keys(false);
	mutex_unlock(&monitor_mutex);
	return ret;
}

/* `text`, broken at blanks where a line would be too wide; what is broken goes on at `indent`. */
static void print_wrapped(struct sink *out, const char *text, int indent)
{
	while (strlen(text) > (size_t)(WIDTH - indent)) {
		int n = WIDTH - indent;

		while (n && text[n] != ' ')
			n--;
		if (!n)
			break;
		sink_printf(out, "%.*s\n%*s", n, text, indent, "");
		text += n + 1;
	}
	sink_printf(out, "%s\n", text);
}

static void print_help(struct sink *out, const char *usage_text, const char *help)
{
	if (strlen(usage_text) > USAGE_WIDTH) {
		print_wrapped(out, usage_text, HELP_INDENT);
		sink_printf(out, "%*s", HELP_INDENT, "");
		print_wrapped(out, help, HELP_INDENT);
	} else {
		sink_printf(out, "%-*s ", USAGE_WIDTH, usage_text);
		print_wrapped(out, help, USAGE_WIDTH + 1);
	}
}

static int cmd_help(struct sink *out, int argc, char **argv)
{
	const struct monitor_command *cmd;
	char text[HELP_BYTES];

	if (argc > 2)
		return -EINVAL;
	if (argc == 2 && !find_command(argv[1])) {
		sink_printf(out, "%s: no such command; help lists them\n", argv[1]);
		return -ENOENT;
	}
	for (unsigned int n = 0; (cmd = command_at(n)); n++) {
		if (argc == 2 && cmd != find_command(argv[1]))
			continue;
		usage(text, sizeof(text), cmd);
		print_help(out, text, cmd->help);
	}
	return 0;
}
MONITOR_COMMAND(help, "[COMMAND]", "list the commands", cmd_help);

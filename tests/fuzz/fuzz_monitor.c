// SPDX-License-Identifier: MIT
// sources: kernel/monitor/monitor.c kernel/core/cmdline.c
/*
 * The monitor, by what a person types.
 *
 * Odd first byte: the rest are keys, whatever they are, until ^C and ^D end it: the cursor stays on its line, and the
 * editor's line is the terminal's.  Even: a line of characters and Enter; which commands run with which words is held
 * to a reading of quotes, blanks and `;` that is written down again here.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/command.c" /* with their memory: each input starts from nothing */
#undef CTRL_C
#define completion completion_of_a_word
#include "kernel/monitor/lineedit.c"
#undef completion
#undef pr_fmt
#include "kernel/monitor/monitor.h"
#include "kernel/monitor/pager.c"
#include "kernel/sched/wait.h"
#include "tests/fuzz/fuzz.h"

#define MAX_WORDS 32 /* of a command */

/* ---- commands ---- */

static char said[8192]; /* each word in [], each command on a line */

static int say(struct sink *out, int argc, char **argv)
{
	size_t n = strlen(said);

	(void)out;
	MUST(argc >= 1 && argc <= MAX_WORDS && !argv[argc]);
	for (int i = 0; i < argc; i++)
		n += (size_t)scnprintf(said + n, sizeof(said) - n, "[%s]", argv[i]);
	scnprintf(said + n, sizeof(said) - n, "\n");
	return 0;
}

static int print_lines(struct sink *out, int argc, char **argv)
{
	(void)argv;
	for (int i = 0; i < 9 * argc && !command_interrupted(); i++)
		sink_printf(out, "line %d\n", i);
	return 0;
}

static bool nobody_answers; /* who is asked behind the input's end says ^C, which ends the line */

static int ask_person(struct sink *out, int argc, char **argv)
{
	char line[LINE_MAX];
	int ret = nobody_answers ? -ENOTTY : monitor_ask(out, "sure? ", line);

	(void)argc, (void)argv;
	MUST(ret < 0 || (size_t)ret == strlen(line));
	return ret < 0 ? ret : 0;
}

const struct monitor_command __monitor_commands_start[3] = {
	{ .name = "ask", .args = "", .help = "", .func = ask_person },
	{ .name = "lines", .args = "", .help = "", .func = print_lines },
	{ .name = "say", .args = "[WORD]...", .help = "", .func = say, .widths = "bw" },
};

static void each_word_of_ours(word_fn fn, void *arg)
{
	static char many[100][8];

	fn("PCI\\ Bus", arg);
	for (unsigned int n = 0; n < ARRAY_SIZE(many); n++) {
		if (!many[n][0])
			snprintf(many[n], sizeof(many[n]), "many%u", n);
		fn(many[n], arg);
	}
}

const struct word_source __word_sources_start[1] = { { each_word_of_ours } };
_Static_assert(sizeof(struct monitor_command) == 40, "what ends the tables, below");
__asm__(".globl __monitor_commands_end, __word_sources_end\n"
	".set __monitor_commands_end, __monitor_commands_start + 120\n"
	".set __word_sources_end, __word_sources_start + 8\n");

/* ---- the terminal ---- */

static size_t column;

/* Backspace, CR, LF, bell, CSI K and plain characters are all that is sent, and CSI H, CSI 2 J at ^L. */
void console_write(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\033') {
			i += i + 3 < n && s[i + 2] == '2' ? 3 : 2;
			MUST(i < n && strchr("KHJ", s[i]));
			column = s[i] == 'H' ? 0 : column;
		} else if (s[i] == '\b') {
			MUST(column--);
		} else if (s[i] == '\r' || s[i] == '\n') {
			column = 0;
		} else if (s[i] != '\a') {
			column++;
		}
	}
}

static void write_terminal(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	console_write(s, n);
}

struct sink console_sink = { .write = write_terminal };

static struct choices keys;
static unsigned int nr_starved;
static bool starved;

/* Behind the input somebody who waits gets ^C and ^D in turn, which end all there is. */
int console_getchar(void)
{
	if (keys.left)
		return choose8(&keys);
	if (!starved)
		return -1;
	starved = false;
	return nr_starved++ & 1 ? 4 : 3;
}

u64 schedule_timeout(u64 ns)
{
	(void)ns;
	starved = true;
	return 0;
}

void *vmalloc(size_t size)
{
	return test_alloc(size);
}

/* ---- who waits does not sleep ---- */

void __wake_up(wait_queue_head_t *wq, unsigned int mode, unsigned int nr, void *key)
{
	(void)wq, (void)mode, (void)nr, (void)key;
}

int autoremove_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	(void)wait, (void)mode, (void)flags, (void)key;
	return 0;
}

int prepare_to_wait_event(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	(void)wq, (void)wait, (void)state;
	return 0;
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	(void)wq, (void)wait;
}

/* ---- the reading of a line, once more ---- */

static char expected[sizeof(said)];

/* One command: its words into expected[] where it is ours.  Where it ends: at a `;` or the line's end. */
static const char *read_command(const char *s)
{
	static char text[8192];
	char quote = 0, *to = text, *name_end = NULL;
	bool in_word = false;
	unsigned int words = 0;

	while (*s == ' ' || *s == ';')
		s++;
	if (*s == '#') /* a remark, up to a `;` that separates, by the same rules */
		to = NULL;
	for (; *s && (quote || *s != ';'); s++) {
		bool literal = false;
		char c = *s;

		if (!quote && c == ' ') {
			if (in_word && to)
				*to++ = ']';
			in_word = false;
			continue;
		}
		if (!in_word) {
			words++;
			if (to)
				*to++ = '[';
			in_word = true;
		}
		if (c == '\\' && quote != '\'' && s[1]) {
			c = *++s;
			literal = true;
		}
		if (!literal && quote && c == quote)
			quote = 0;
		else if (!literal && !quote && (c == '"' || c == '\''))
			quote = c;
		else if (to)
			*to++ = c;
	}
	if (to && in_word)
		*to++ = ']';
	if (!to || quote || words > MAX_WORDS)
		return s;
	*to = '\0';
	name_end = strchr(text, ']');
	if (name_end && (!strncmp(text, "[say]", 5) || !strncmp(text, "[say.b]", 7) ||
			 !strncmp(text, "[say.w]", 7)))
		scnprintf(expected + strlen(expected), sizeof(expected) - strlen(expected), "%s\n",
			  text);
	return s;
}

static void begin(const u8 *data, size_t size)
{
	keys = (struct choices){ data, size };
	nr_starved = 0;
	starved = false;
	head = tail = 0;
	interrupted = false;
	history_count = 0;
	column = 0;
	said[0] = expected[0] = '\0';
	boot_command_line[0] = '\0';
	test_clock_ns = 0;
	set_lines(size && data[0] & 2 ? 5 : 0);
}

/* Only characters, so that no key edits the line; brackets would look like the ends of words. */
static void type_line(const u8 *data, size_t size)
{
	static char line[LINE_MAX];
	size_t n = 0;
	const char *s = line;

	for (; size && n < LINE_MAX - 1; data++, size--)
		if (*data >= ' ' && *data <= '~' && *data != '[' && *data != ']')
			line[n++] = (char)*data;
	line[n] = '\0';
	while (*s)
		s = read_command(s);
	line[n] = '\r';
	begin((const u8 *)line, n + 1);
	set_lines(0);
	line[n] = '\0';
	for (s = line; *s;)
		s = read_command(s);
	line[n] = '\r';
	MUST(monitor_session() == 0);
	if (strcmp(said, expected))
		panic("%.*s\nran\n%s\nexpected\n%s", (int)n, line, said, expected);
}

void fuzz(const u8 *data, size_t size)
{
	if (!size)
		return;
	nobody_answers = !(data[0] & 1);
	if (nobody_answers) {
		type_line(data + 1, size - 1);
		return;
	}
	begin(data, size);
	choose8(&keys);
	MUST(monitor_session() == 0);
}

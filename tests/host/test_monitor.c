// SPDX-License-Identifier: MIT
// sources: kernel/monitor/monitor.c kernel/monitor/lineedit.c kernel/monitor/pager.c kernel/core/cmdline.c kernel/core/command.c
/*
 * Lines to commands, and commands to words: ';', blanks, quotes and backslashes mean the same
 * to both, and to the command line that run= stands in.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/monitor/monitor.h"
#include "kernel/sched/wait.h"
#include "tests/host/test.h"

/* ---- the one command: notes its words, each in [] ---- */

static char said[512];

static int say(struct sink *out, int argc, char **argv)
{
	size_t n = strlen(said);

	(void)out;
	for (int i = 0; i < argc; i++)
		n += (size_t)scnprintf(said + n, sizeof(said) - n, "[%s]", argv[i]);
	scnprintf(said + n, sizeof(said) - n, "\n");
	return 0;
}

const struct monitor_command __monitor_commands_start[1] = {
	{ .name = "say", .args = "", .help = "", .func = say }
};
_Static_assert(sizeof(struct monitor_command) == 40, "what ends the table, below");
__asm__(".globl __monitor_commands_end\n"
	".set __monitor_commands_end, __monitor_commands_start + 40\n"
	".globl __word_sources_start, __word_sources_end\n"
	".set __word_sources_start, __monitor_commands_end\n"
	".set __word_sources_end, __monitor_commands_end\n");

static char shown[4096];

void console_write(const char *s, size_t n)
{
	size_t have = strlen(shown);

	n = min(n, sizeof(shown) - 1 - have);
	memcpy(shown + have, s, n);
	shown[have + n] = '\0';
}

/* A page's memory: lines= is not in use here. */
void *vmalloc(unsigned long size)
{
	(void)size;
	return NULL;
}

static void show(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	console_write(s, n);
}

struct sink console_sink = { .write = show };

/* ---- nobody types, so nobody waits ---- */

void __wake_up(wait_queue_head_t *wq, unsigned int mode, unsigned int nr, void *key)
{
	(void)wq;
	(void)mode;
	(void)nr;
	(void)key;
}

int autoremove_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	(void)wait;
	(void)mode;
	(void)flags;
	(void)key;
	return 0;
}

int prepare_to_wait_event(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	(void)wq;
	(void)wait;
	(void)state;
	return 0;
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	(void)wq;
	(void)wait;
}

u64 schedule_timeout(u64 ns)
{
	(void)ns;
	panic("somebody waits");
}

/* What a command line of `run` runs. */
static const char *run(const char *words)
{
	said[0] = shown[0] = '\0';
	boot_command_line[0] = '\0';
	cmdline_append(words);
	monitor_run_cmdline();
	return said;
}

/* What one line without lists is. */
static const char *words_of(const char *line)
{
	said[0] = shown[0] = '\0';
	monitor_execute(&console_sink, line);
	return said;
}

TEST(words)
{
	EXPECT_STR(words_of("say a  b\tc"), "[say][a][b][c]\n");
	EXPECT_STR(words_of("  say 'a b' \"c d\""), "[say][a b][c d]\n");
	EXPECT_STR(words_of("say a' 'b\" \"c"), "[say][a b c]\n");
	EXPECT_STR(words_of("say a\\ b \\'c \\\\"), "[say][a b]['c][\\]\n");
	EXPECT_STR(words_of("say 'a\\' b\\"), "[say][a\\][b\\]\n");
	EXPECT_STR(words_of("say \"a\\\"b\" \"it's\" '\"'"), "[say][a\"b][it's][\"]\n");
	EXPECT_STR(words_of("say '' \"\""), "[say][][]\n");
	EXPECT_STR(words_of("# say"), "");
	EXPECT_STR(words_of("say 'a"), "");
	EXPECT_STR(shown, "a quote is not closed\n");
}

TEST(lists)
{
	EXPECT_STR(run("run=\"say a; say b\""), "[say][a]\n[say][b]\n");
	EXPECT_STR(run("\"run=say a;say b;\""), "[say][a]\n[say][b]\n");
	EXPECT_STR(run("run=\"say 'a;b'; say c\""), "[say][a;b]\n[say][c]\n");
	EXPECT_STR(run("run=\"say a\\;b; say c\""), "[say][a;b]\n[say][c]\n");
	EXPECT_STR(run("run=\";; say a ;\t;say b ; \""), "[say][a]\n[say][b]\n");
	EXPECT_STR(run("run=\"say 'x\\'; say iomem\""), "[say][x\\]\n[say][iomem]\n");
	EXPECT_STR(run("run=\"say a \\ ;say b\""), "[say][a][ ]\n[say][b]\n");
	EXPECT_STR(run("run=\"say 'a ' ; say '\t'\""), "[say][a ]\n[say][\t]\n");
	EXPECT_STR(run("run=\"say a\\\""), "[say][a\\]\n");
	EXPECT_STR(run("run=\"say a\" run=\"say b\""), "[say][a]\n[say][b]\n");
}

/* What is printed above each command is the command, as it was given. */
TEST(heads)
{
	run("run=\"say 'a;b' ; say \\ \"");
	EXPECT_STR(shown, "=== say 'a;b'\n=== say \\ \n=== end\n");
}

/* However a list of random marks is split: a `;` that separates commands is in no word of theirs. */
TEST(random_marks)
{
	static const char marks[] = "ab '\"\\;\t";
	char line[24], list[40];

	for (unsigned int round = 0; round < 20000; round++) {
		size_t n = test_random() % (sizeof(line) - 1);
		const char *alone;
		char text[sizeof(said)];

		for (size_t i = 0; i < n; i++)
			line[i] = marks[test_random() % (sizeof(marks) - 1)];
		line[n] = '\0';
		if (strchr(line, ';') || strchr(line, '"'))
			continue;
		/* One command: in a list it is what it is alone, where its quotes are closed. */
		snprintf(list, sizeof(list), "say x%s", line);
		alone = words_of(list);
		strscpy(text, alone, sizeof(text));
		snprintf(list, sizeof(list), "run=\"say x%s\"", line);
		EXPECT_STR(run(list), text);
	}
}

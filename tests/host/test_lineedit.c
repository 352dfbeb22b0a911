// SPDX-License-Identifier: MIT
// sources: kernel/monitor/lineedit.c
/*
 * The line editor against a terminal of one line: whatever was typed, what the
 * terminal shows is what read_line() gives.
 */
#include "kernel/monitor/lineedit.h"

#include "kernel/monitor/monitor.h"
#include "tests/host/test.h"

#define PROMPT	"> "
#define COLUMNS 512

static char screen[COLUMNS + 1]; /* blanks where nothing was written */
static size_t column, bells, lines;
static char entered[COLUMNS + 1]; /* the screen as it was at the last newline */
static const char *keys;	  /* typed next */

static void new_line(void)
{
	memcpy(entered, screen, sizeof(entered));
	memset(screen, ' ', COLUMNS);
	column = 0;
	lines++;
}

static void put(char c)
{
	if (c == '\b') {
		EXPECT(column > 0);
		column -= column > 0;
	} else if (c == '\r') {
		column = 0;
	} else if (c == '\n') {
		new_line();
	} else if (c == '\a') {
		bells++;
	} else {
		EXPECT(c >= ' ' && column < COLUMNS);
		if (column < COLUMNS)
			screen[column++] = c;
	}
}

void console_write(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\033') {
			put(s[i]);
			continue;
		}
		/* CSI K clears to the end of the line; the editor uses no other here. */
		EXPECT(i + 2 < n && s[i + 1] == '[' && s[i + 2] == 'K');
		memset(screen + column, ' ', COLUMNS - column);
		i += 2;
	}
}

static void write_screen(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	console_write(s, n);
}

struct sink console_sink = { .write = write_screen };

int monitor_getchar(void)
{
	return *keys ? (unsigned char)*keys++ : '\r';
}

static void each_word(bool first, word_fn fn, void *arg)
{
	static const char *const names[] = { "help", "hpet", "iomem", "ioports", "md" };
	static const char *const words[] = { "00:1f.2", "PCI\\ Bus", "PCI\\ ECAM",
					     "kmain",	"kmalloc",   "kmain" };
	char word[16];

	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		fn(names[n], arg);
	for (size_t n = 0; !first && n < ARRAY_SIZE(words); n++)
		fn(words[n], arg);
	for (unsigned int n = 0; !first && n < 100; n++) {
		snprintf(word, sizeof(word), "many%u", n);
		fn(word, arg);
	}
}

/* Type, and compare what the terminal shows with what was read. */
static int type(const char *typed, char line[LINE_MAX])
{
	char shown[COLUMNS + 1];
	size_t len;
	int ret;

	memset(screen, ' ', COLUMNS);
	column = bells = lines = 0;
	keys = typed;
	ret = read_line(PROMPT, line, each_word);
	if (ret < 0)
		return ret;
	EXPECT_EQ(strlen(line), (size_t)ret);
	snprintf(shown, sizeof(shown), PROMPT "%s", line);
	len = strlen(shown);
	EXPECT(memcmp(entered, shown, len) == 0);
	for (; len < COLUMNS; len++)
		EXPECT(entered[len] == ' ');
	return ret;
}

#define EXPECT_TYPED(typed, wanted)        \
	do {                               \
		char _line[LINE_MAX];      \
		type(typed, _line);        \
		EXPECT_STR(_line, wanted); \
	} while (0)

TEST(plain)
{
	EXPECT_TYPED("", "");
	EXPECT_TYPED("iomem", "iomem");
	EXPECT_TYPED("md  1 2", "md  1 2");
}

/* A terminal that sends CR and LF ends one line by the two. */
TEST(crlf)
{
	char line[LINE_MAX];

	EXPECT_TYPED("iomem\r\nmd\r", "iomem");
	EXPECT_EQ(read_line(PROMPT, line, each_word), 2);
	EXPECT_STR(line, "md");
	EXPECT_EQ(lines, 2);
	EXPECT_TYPED("a\n\nb", "a"); /* two LFs are two lines */
	EXPECT_EQ(read_line(PROMPT, line, each_word), 0);
}

TEST(deleting)
{
	EXPECT_TYPED("hepl\x7f\x7flp", "help");
	EXPECT_TYPED("\x7f\b", "");
	EXPECT_TYPED("abc\033[D\033[D\033[3~", "ac");
	EXPECT_TYPED("abc\033[D\x04", "ab");
	EXPECT_TYPED("md 100 4\x17\x17x", "md x");
	EXPECT_TYPED("one two\033[D\x0b", "one tw");
	EXPECT_TYPED("one two\033[D\x15", "o");
}

TEST(moving)
{
	EXPECT_TYPED("omem\x01i\x05!", "iomem!");
	EXPECT_TYPED("omem\033[Hi\033[F!", "iomem!");
	EXPECT_TYPED("omem\033[1~i\033[4~!", "iomem!");
	EXPECT_TYPED("omem\033OHi\033OF!", "iomem!");
	EXPECT_TYPED("b\033[D\033[Da\033[C\033[Cc", "abc");
}

TEST(history)
{
	EXPECT_TYPED("first", "first");
	EXPECT_TYPED("second", "second");
	EXPECT_TYPED("\033[A", "second");
	EXPECT_TYPED("\033[A\033[A", "first");
	EXPECT_TYPED("draft\033[A\033[A\033[B\033[B", "draft");
	EXPECT_TYPED("\x10\x0e\x0e", "");
	EXPECT_TYPED("\033[A", "draft");
}

TEST(history_is_bounded)
{
	char line[LINE_MAX], text[16];

	for (unsigned int i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		type(text, line);
	}
	EXPECT_TYPED("\033[A\033[A", "line 298");
	for (unsigned int i = 0; i < 250; i++)
		line[i] = 0x10;
	line[250] = '\0';
	EXPECT_TYPED(line, "line 101"); /* 298 was entered again: 200 lines back from there */
}

TEST(search)
{
	char line[LINE_MAX];

	EXPECT_TYPED("md fed00000", "md fed00000");
	EXPECT_TYPED("iomem -g", "iomem -g");
	EXPECT_TYPED("md fec00000", "md fec00000");
	EXPECT_TYPED("\x12"
		     "md",
		     "md fec00000");
	EXPECT_TYPED("\x12"
		     "00\x12",
		     "md fed00000");
	EXPECT_TYPED("\x12"
		     "mem\x01x",
		     "xiomem -g"); /* a key that moves ends it */
	EXPECT_TYPED("dr\x12"
		     "mem\x07"
		     "aft",
		     "draft"); /* and these leave the line as it was */
	EXPECT_TYPED("dr\x12"
		     "mem\x03"
		     "aft",
		     "draft");
	EXPECT_TYPED("new\x12"
		     "00\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B",
		     "new");
	type("\x12"
	     "mdq fed",
	     line); /* what no line has is not taken */
	EXPECT_EQ(bells, 1);
	EXPECT_STR(line, "md fed00000");
	type("\x12"
	     "no such line\x12",
	     line);
	EXPECT(bells > 0);
}

TEST(completion)
{
	char line[LINE_MAX];

	EXPECT_TYPED("io\tm\t", "iomem");
	EXPECT_TYPED("m\t 100", "md 100");
	EXPECT_TYPED("hel\t\t", "help");
	type("x\t", line);
	EXPECT_EQ(bells, 1);
	type("h\t\tp\t", line);
	EXPECT_STR(line, "hpet");
	EXPECT_EQ(lines, 5); /* twice the candidates, then the line itself */
	EXPECT_TYPED("zz\033[H\033[Ch\t\t", "zhz");
}

TEST(completion_of_arguments)
{
	char line[LINE_MAX];

	EXPECT_TYPED("help io\tm\t", "help iomem");
	EXPECT_TYPED("md kmai\t", "md kmain"); /* twice the same is one */
	EXPECT_TYPED("lspci -s 00\t", "lspci -s 00:1f.2");
	EXPECT_TYPED("iomem P\tB\t", "iomem PCI\\ Bus");
	EXPECT_TYPED("md 0; io\tm\t", "md 0; iomem");
	EXPECT_TYPED("md 0;km\t", "md 0;km"); /* there stands a command */
	EXPECT_EQ(bells, 1);
	type("md km\t\ti\t", line);
	EXPECT_STR(line, "md kmain");
	EXPECT_EQ(lines, 3);
	type("md \t", line); /* not all words there are */
	EXPECT_EQ(lines, 1);
	type("md many\t", line);
	EXPECT_EQ(lines, 9); /* 60 in six lines, how many more there are, and the line itself */
}

TEST(thrown_away)
{
	char line[LINE_MAX];

	EXPECT_EQ(type("abc\x03", line), -EAGAIN);
	EXPECT_TYPED("x", "x");
}

TEST(unknown_sequences_are_ignored)
{
	EXPECT_TYPED("a\033[5~b\033[Zc\033[1;5Cd\033x\033[99999999~e\x1c", "abcde");
}

TEST(full_line)
{
	char typed[LINE_MAX + 50], line[LINE_MAX];

	memset(typed, 'x', sizeof(typed) - 1);
	typed[sizeof(typed) - 1] = '\0';
	EXPECT_EQ(type(typed, line), LINE_MAX - 1);
	EXPECT_EQ(bells, sizeof(typed) - LINE_MAX);
}

TEST(random_keys)
{
	static const char *const pieces[] = { "a",	"io",	       " ",	  "\x7f",
					      "\033[D", "\033[C",      "\033[3~", "\x01",
					      "\x05",	"\x0b",	       "\x15",	  "\x17",
					      "\033[A", "\033[B",      "\t",	  "md",
					      "\x04",	"longer word", "\x12",	  "\x07" };
	char typed[600], line[LINE_MAX];

	for (unsigned int round = 0; round < 3000; round++) {
		size_t n = 0;

		while (n < sizeof(typed) - 20 && test_random() % 60) {
			const char *piece = pieces[test_random() % ARRAY_SIZE(pieces)];

			n += (size_t)scnprintf(typed + n, sizeof(typed) - n, "%s", piece);
		}
		typed[n] = '\0';
		type(typed, line);
	}
}

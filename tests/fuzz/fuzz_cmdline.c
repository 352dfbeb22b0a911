// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c boot/grub.c
/*
 * The command line: the input's lines are appended to it one after the other, as loaders and firmware do.  What it
 * answers is held to a list of its words, split by a loop of its own.
 */
#include "boot/grub.h"
#include "kernel/core/cmdline.h"
#include "tests/fuzz/fuzz.h"

#define MAX_WORDS   1024
#define MAX_ASKED   16 /* words of a line that it is asked for: each is looked for in all of it */
#define MAX_APPENDS 16

/* A word: its name without quotes, dashes as underscores; its value without quotes. */
static struct word {
	char name[COMMAND_LINE_SIZE / 8], value[COMMAND_LINE_SIZE];
	bool valued, dotted, long_name;
	size_t raw; /* bytes of it in the line */
} words[MAX_WORDS];
static unsigned int nr_words;

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void add_char(struct word *w, size_t *n, char c)
{
	if (c == '"')
		return;
	if (w->valued) {
		w->value[(*n)++] = c;
	} else if (*n < sizeof(w->name) - 1) {
		w->dotted |= c == '.';
		w->name[(*n)++] = c == '-' ? '_' : c;
	} else {
		w->long_name = true; /* not asked for */
	}
}

static void split(const char *line)
{
	nr_words = 0;
	while (*line) {
		struct word *w = &words[nr_words];
		bool quoted = false;
		size_t n = 0;

		if (is_space(*line)) {
			line++;
			continue;
		}
		MUST(nr_words++ < MAX_WORDS);
		w->valued = w->dotted = w->long_name = false;
		w->raw = 0;
		for (; *line && (quoted || !is_space(*line)); line++, w->raw++) {
			quoted ^= *line == '"';
			if (*line == '=' && !w->valued) {
				w->name[n] = '\0';
				w->valued = true;
				n = 0;
				continue;
			}
			add_char(w, &n, *line);
		}
		if (!w->valued)
			w->name[n] = '\0';
		w->value[w->valued ? n : 0] = '\0';
	}
}

/* What the line answers of the i-th word's name. */
static void ask(unsigned int i, size_t size)
{
	static char buf[COMMAND_LINE_SIZE];
	const struct word *w = &words[i];
	unsigned int nth = 0;
	int ret;

	MUST(__cmdline_has(w->name));
	for (unsigned int k = 0; k < i; k++)
		nth += words[k].valued && !words[k].long_name && !strcmp(words[k].name, w->name);
	if (!w->valued)
		return;
	ret = __cmdline_get(w->name, nth, buf, sizeof(buf));
	MUST(ret == (int)strlen(w->value) && !strcmp(buf, w->value));
	memset(buf, 'z', sizeof(buf));
	ret = __cmdline_get(w->name, nth, buf, size);
	MUST(ret == (strlen(w->value) < size ? (int)strlen(w->value) : -E2BIG));
	MUST(buf[size] == 'z' && (!size || !strncmp(buf, w->value, strlen(buf))));
}

/* One of the parts between commas. */
static bool has_part(const char *value, const char *part)
{
	size_t n = strlen(part);

	for (;; value++) {
		if (!strncmp(value, part, n) && (!value[n] || value[n] == ','))
			return true;
		value = strchr(value, ',');
		if (!value)
			return false;
	}
}

static void ask_of_parts(const char *name, const char *part)
{
	bool want = false;

	if (strchr(part, ','))
		return;
	for (unsigned int i = 0; i < nr_words; i++)
		want |= words[i].valued && !words[i].long_name && !strcmp(words[i].name, name) &&
			has_part(words[i].value, part);
	MUST(__cmdline_value_is(name, part) == want);
}

static unsigned int passed_on;

static void pass_on(const char *word, bool valued)
{
	MUST(!strchr(word, '"') && (!valued || strchr(word, '=')));
	passed_on++;
}

static void look(struct choices *c)
{
	static const struct cmdline_word known[] = { { "mem", true },
						     { "quiet", false },
						     { "run", true } };
	unsigned int step;

	MUST(strnlen(boot_command_line, COMMAND_LINE_SIZE) < COMMAND_LINE_SIZE);
	split(boot_command_line);
	step = 1 + nr_words / MAX_ASKED;
	for (unsigned int i = choose8(c) % step; i < nr_words; i += step)
		if (!words[i].long_name)
			ask(i, choose8(c) % 32);
	ask_of_parts("hpet", "disable");
	ask_of_parts("pci", "");
	if (nr_words > 1 && !words[0].long_name)
		ask_of_parts(words[0].name, words[1].name);
	cmdline_check(known, known + ARRAY_SIZE(known));
	passed_on = 0;
	cmdline_for_program(known, known + ARRAY_SIZE(known), pass_on);
	MUST(passed_on <= nr_words);
}

/* The last word goes, and nothing else. */
static void cut(void)
{
	static char line[COMMAND_LINE_SIZE];
	unsigned int before;

	strscpy(line, boot_command_line, sizeof(line));
	split(line);
	before = nr_words;
	cmdline_cut_word(line);
	split(line);
	MUST(nr_words == (before ? before - 1 : 0));
	MUST(!strncmp(line, boot_command_line, strlen(line)));
}

/* The line's words so far are in words[], before and after. */
static void append(const char *text)
{
	size_t before = strlen(boot_command_line), grew;
	unsigned int words_before = nr_words;

	cmdline_append(text);
	grew = strlen(boot_command_line) - before;
	split(boot_command_line);
	MUST(grew <= strlen(text) + 2 && nr_words >= words_before);
	/* No blank but one between words, no quote that would swallow the next. */
	for (unsigned int i = 0; i < nr_words; i++)
		before -= i < words_before ? words[i].raw + (i > 0) : 0;
	MUST(!before);
}

void fuzz(const u8 *data, size_t size)
{
	struct choices c = { data, size }, rest;
	static char text[4096], quoted[4096];

	boot_command_line[0] = '\0';
	nr_words = 0;
	rest = c;
	for (unsigned int appends = 1; c.left && appends <= MAX_APPENDS; appends++) {
		size_t n = 0;

		while (n < c.left && c.at[n] != '\n')
			n++;
		memcpy(text, c.at, n);
		text[n] = '\0';
		c.at += min(n + 1, c.left), c.left -= min(n + 1, c.left);
		append(text);
		memcpy(quoted, text, n + 1);
		grub_unquote(quoted);
		MUST(strlen(quoted) <= strlen(text) + 2);
	}
	look(&rest);
	cut();
}

// SPDX-License-Identifier: MIT
/*
 * The command line: one buffer of words, walked anew for each question.
 *
 * A word is NAME or NAME=VALUE.  Double quotes keep blanks together and are
 * themselves dropped; they may surround the value (run="a; b") or the whole word
 * ("run=a; b").  A dash and an underscore in a name are the same, as in Linux.
 * The buffer is written at boot only and read for ever.
 */
#define pr_fmt(fmt) "cmdline: " fmt

#include "kernel/core/cmdline.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/quote.h"
#include "kernel/lib/string.h"

char boot_command_line[COMMAND_LINE_SIZE];

/* A loader says so who it is. */
static const struct cmdline_word loader_words[] __cmdline_words = {
	{ "BOOT_IMAGE", true },
	{ "kexec", false },
};

/* A word where it lies, quotes still in it. */
struct word {
	const char *text;
	size_t len;
	bool open; /* its last quote is still open at its end */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The word at or behind *pos; false at the end.  An open quote ends with the text. */
static bool next_word(const char **pos, struct word *word)
{
	struct quote_walk walk = { .quotes = "\"" };

	while (is_blank(**pos))
		++*pos;
	word->text = walk.next = *pos;
	while (quote_step(&walk) && !(walk.plain && is_blank(walk.c)))
		;
	word->len = (size_t)(walk.at - word->text);
	word->open = walk.quote;
	*pos = walk.at;
	return word->len != 0;
}

void cmdline_cut_word(char *words)
{
	const char *pos = words;
	char *last = words;
	struct word word;

	while (next_word(&pos, &word))
		last = words + (word.text - words);
	pr_warn("cut off at \"%.*s\"\n", 64, last);
	*last = '\0';
}

void cmdline_append(const char *words)
{
	char *end = boot_command_line + strlen(boot_command_line);
	struct word word;

	while (next_word(&words, &word)) {
		bool blank = end != boot_command_line, open = word.open;
		size_t room = (size_t)(boot_command_line + COMMAND_LINE_SIZE - end);

		/* Half a word would mean something else (mem=1G, mem=1): leave it out. */
		if (blank + word.len + open >= room) {
			pr_warn("cut off at \"%.*s\": more than %d bytes (COMMAND_LINE_SIZE)\n",
				(int)min(word.len, (size_t)64), word.text, COMMAND_LINE_SIZE - 1);
			return;
		}
		if (blank)
			*end++ = ' ';
		memcpy(end, word.text, word.len);
		end += word.len;
		if (open) /* or it would swallow what is appended next */
			*end++ = '"';
		*end = 0;
	}
}

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

/*
 * Does the word have this name?  *value is then what stands behind the equal
 * sign, empty with text NULL where there is none.
 */
static bool word_matches(const struct word *word, const char *name, struct word *value)
{
	const char *p = word->text, *end = word->text + word->len;

	for (; p < end && *p != '='; p++) {
		if (*p == '"')
			continue;
		if (!*name || fold(*p) != fold(*name))
			return false;
		name++;
	}
	if (*name)
		return false;
	*value = (struct word){ NULL };
	if (p < end)
		*value = (struct word){ p + 1, (size_t)(end - p - 1), word->open };
	return true;
}

bool __cmdline_has(const char *name)
{
	const char *pos = boot_command_line;
	struct word word, value;

	while (next_word(&pos, &word))
		if (word_matches(&word, name, &value))
			return true;
	return false;
}

/* Copy without quotes; as cmdline_get returns. */
static int copy_value(const struct word *value, char *buf, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < value->len; i++) {
		if (value->text[i] == '"')
			continue;
		if (n + 1 >= size) {
			if (size)
				buf[n] = 0;
			return -E2BIG;
		}
		buf[n++] = value->text[i];
	}
	if (size == 0)
		return -E2BIG;
	buf[n] = 0;
	return (int)n;
}

int __cmdline_get(const char *name, unsigned int n, char *buf, size_t size)
{
	const char *pos = boot_command_line;
	struct word word, value;

	while (next_word(&pos, &word)) {
		int ret;

		if (!word_matches(&word, name, &value) || !value.text || n-- != 0)
			continue;
		ret = copy_value(&value, buf, size);
		if (ret == -E2BIG)
			pr_warn("%s=%.*s...: too long\n", name, (int)min(value.len, (size_t)32),
				value.text);
		return ret;
	}
	return -ENOENT;
}

int __cmdline_next(const char *name, unsigned int *n, char *buf, size_t size)
{
	int ret;

	do
		ret = __cmdline_get(name, (*n)++, buf, size);
	while (ret == -E2BIG);
	return ret;
}

/* One of the comma separated parts of `value`, quotes aside, is `want`. */
static bool value_has_part(const struct word *value, const char *want)
{
	const char *p = value->text, *end = p + value->len, *w = want;
	bool same = true;

	for (; p < end; p++) {
		if (*p == '"')
			continue;
		if (*p == ',') {
			if (same && !*w)
				return true;
			w = want;
			same = true;
		} else if (same && *w == *p) {
			w++;
		} else {
			same = false;
		}
	}
	return same && !*w;
}

bool __cmdline_value_is(const char *name, const char *word)
{
	const char *pos = boot_command_line;
	struct word w, value;

	while (next_word(&pos, &w))
		if (word_matches(&w, name, &value) && value.text && value_has_part(&value, word))
			return true;
	return false;
}

/* ---------------------------------------------------------------- what is not known */

static const struct cmdline_word *find_known(const struct word *word, struct word *value,
					     const struct cmdline_word *known,
					     const struct cmdline_word *end)
{
	for (; known < end; known++)
		if (word_matches(word, known->name, value))
			return known;
	return NULL;
}

/* '=' or '.', whichever comes first; 0 where none does. */
static char name_ends_with(const struct word *word)
{
	for (size_t i = 0; i < word->len; i++)
		if (word->text[i] == '=' || word->text[i] == '.')
			return word->text[i];
	return '\0';
}

/* Linux names those without a value first. */
void __init cmdline_check(const struct cmdline_word *known, const struct cmdline_word *end)
{
	static char list[COMMAND_LINE_SIZE] __initdata;
	const struct cmdline_word *found;
	struct word word, value;
	int n = 0;

	for (unsigned int pass = 0; pass < 2; pass++) {
		char wanted = pass ? '=' : '\0';
		const char *pos = boot_command_line;

		while (next_word(&pos, &word)) {
			found = find_known(&word, &value, known, end);
			if (found && !pass && found->valued && !value.text)
				printk(KERN_WARNING "Malformed early option '%s'\n", found->name);
			if (!found && name_ends_with(&word) == wanted)
				n += scnprintf(list + n, sizeof(list) - (size_t)n, "%s%.*s",
					       n ? " " : "", (int)word.len, word.text);
		}
	}
	if (n)
		printk(KERN_WARNING "Unknown kernel command line parameters \"%s\", will be passed "
				    "to user space.\n",
		       list);
}

void __init cmdline_for_program(const struct cmdline_word *known, const struct cmdline_word *end,
				void (*fn)(const char *word, bool valued))
{
	static char text[COMMAND_LINE_SIZE];
	const char *pos = boot_command_line;
	struct word word, value;
	bool behind = false;
	char *to = text;

	while (next_word(&pos, &word)) {
		char ends = name_ends_with(&word);

		if (!behind && word.len == 2 && word.text[0] == '-' && word.text[1] == '-') {
			behind = true;
			continue;
		}
		if (!behind && (ends == '.' || find_known(&word, &value, known, end)))
			continue;
		copy_value(&word, to, word.len + 1);
		fn(to, !behind && ends == '=');
		to += strlen(to) + 1;
	}
}

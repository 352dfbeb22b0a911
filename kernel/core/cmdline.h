/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line: words separated by blanks, name or name=value, a
 * value with blanks in double quotes.  A word may come more than once.
 */
#ifndef KERNEL_CORE_CMDLINE_H
#define KERNEL_CORE_CMDLINE_H

#include "kernel/lib/compiler.h"

#define COMMAND_LINE_SIZE 2048 /* bytes, the terminating 0 included */

extern char boot_command_line[COMMAND_LINE_SIZE];

/*
 * `words` was cut off, maybe within a word, which would then mean something else
 * (mem=1G, mem=1): take that word away too.  A quote that is still open belongs
 * to it.
 */
void cmdline_cut_word(char *words);

/* Append words, with a blank between; what does not fit is cut off and said. */
void cmdline_append(const char *words);

/*
 * The words that some file asks for; all others are unknown.  A word is noted where it
 * is asked for, by CMDLINE_WORD(), and the linker collects the notes.
 */
struct cmdline_word {
	const char *name;
	bool valued; /* it means nothing without a value */
};

#define __cmdline_words __used __section(".cmdline_words") __aligned(8)

extern const struct cmdline_word __cmdline_words_start[], __cmdline_words_end[];

/* The name, a constant. */
#define CMDLINE_WORD(text, has_value)                                                         \
	({                                                                                    \
		static const struct cmdline_word word_ __cmdline_words = { text, has_value }; \
		word_.name;                                                                   \
	})

/*
 * Say, once and as Linux does, which words are none of [known, end), and which of those
 * lack their value.  A name with a dot is some module's, and not looked at.
 */
void cmdline_check(const struct cmdline_word *known, const struct cmdline_word *end);

/*
 * Call fn for each word that is for the first program, quotes removed, in their order: those unknown ones
 * whose name has no dot, and all behind a word "--".  The text stays.  Once.
 */
void cmdline_for_program(const struct cmdline_word *known, const struct cmdline_word *end,
			 void (*fn)(const char *word, bool valued));

/* The word stands alone or with a value. */
#define cmdline_has(name) __cmdline_has(CMDLINE_WORD(name, false))

/*
 * Copy the n-th (0 = first) value of name=value into buf, quotes removed.
 * Returns its length, -ENOENT where there is no n-th, -E2BIG, after a line, when it was cut off.
 */
#define cmdline_get(name, n, buf, size) __cmdline_get(CMDLINE_WORD(name, true), n, buf, size)

/* The same of the *n-th or the first behind it that is not cut off; *n is then the next one's. */
#define cmdline_next(name, n, buf, size) __cmdline_next(CMDLINE_WORD(name, true), n, buf, size)

/* True where one of the comma separated values of name= is `word` (hpet=disable). */
#define cmdline_value_is(name, word) __cmdline_value_is(CMDLINE_WORD(name, true), word)

/* For a name that is no constant: whoever has it notes it. */
bool __cmdline_has(const char *name);
int __cmdline_get(const char *name, unsigned int n, char *buf, size_t size);
int __cmdline_next(const char *name, unsigned int *n, char *buf, size_t size);
bool __cmdline_value_is(const char *name, const char *word);

#endif

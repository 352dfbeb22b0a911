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

/* The word stands alone or with a value. */
bool cmdline_has(const char *name);

/*
 * Copy the n-th (0 = first) value of name=value into buf, quotes removed.
 * Returns its length, -ENOENT where there is no n-th, -E2BIG when it was cut off.
 */
int cmdline_get(const char *name, unsigned int n, char *buf, size_t size);

/* True where one of the comma separated values of name= is `word` (hpet=disable). */
bool cmdline_value_is(const char *name, const char *word);

#endif

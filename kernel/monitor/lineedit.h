/* SPDX-License-Identifier: MIT */
/* A line typed at the console, edited as readline does, with history and completion. */
#ifndef KERNEL_MONITOR_LINEEDIT_H
#define KERNEL_MONITOR_LINEEDIT_H

#include "kernel/core/words.h"

#define LINE_MAX 256 /* bytes of a line, the terminating 0 included */

/* Give fn all words that may stand where a command does (`first`), or in its arguments. */
typedef void (*complete_t)(bool first, word_fn fn, void *arg);

/*
 * Print the prompt and edit until Enter; the line, terminated, is in `line`.
 * Its length, -EAGAIN when ^C threw it away, or -ENODATA at ^D on an empty line.  Lines are remembered.
 * `complete` NULL: it is the answer to a question, of which nothing is completed nor remembered.
 */
int read_line(const char *prompt, char line[LINE_MAX], complete_t complete);

#endif

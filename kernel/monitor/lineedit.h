/* SPDX-License-Identifier: MIT */
/* A line typed at the console, edited as readline does, with history and completion. */
#ifndef KERNEL_MONITOR_LINEEDIT_H
#define KERNEL_MONITOR_LINEEDIT_H

#include "kernel/lib/compiler.h"

#define LINE_MAX 256 /* bytes of a line, the terminating 0 included */

/* The n-th word that completes the start of a line, NULL past the last. */
typedef const char *(*complete_t)(unsigned int n);

/*
 * Print the prompt and edit until Enter; the line, terminated, is in `line`.
 * Its length, -EAGAIN when ^C threw it away, or -ENODATA at ^D on an empty line.  Lines are remembered.
 * `complete` NULL: it is the answer to a question, of which nothing is completed nor remembered.
 */
int read_line(const char *prompt, char line[LINE_MAX], complete_t complete);

#endif

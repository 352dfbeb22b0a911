/* SPDX-License-Identifier: MIT */
/*
 * Words that a person may mean in a command's arguments, for whoever completes them: each room
 * that has names adds its own with COMMAND_WORDS, and the linker collects them.
 */
#ifndef KERNEL_CORE_WORDS_H
#define KERNEL_CORE_WORDS_H

#include "kernel/lib/compiler.h"

/* It is given one word, which lives only that long.  It may not sleep. */
typedef void (*word_fn)(const char *word, void *arg);

struct word_source {
	/* Give fn all words, each as it is typed: a blank in it behind a backslash.  May sleep itself. */
	void (*each)(word_fn fn, void *arg);
};

#define COMMAND_WORDS(id, function)                                                         \
	static const struct word_source __used __section(".word_sources." #id) __aligned(8) \
		word_source_##id = { .each = function }

#endif

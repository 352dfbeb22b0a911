/* SPDX-License-Identifier: MIT */
/*
 * Quotes: what of a text is a word's, and what may separate words.
 *
 * One walk for all who split text, so that they agree: the kernel's command line (only double
 * quotes, as in Linux) and the monitor's lines, for their commands and for their words.  A walk
 * begins outside quotes; one that is still open at the end has quote != 0.
 */
#ifndef KERNEL_LIB_QUOTE_H
#define KERNEL_LIB_QUOTE_H

#include "kernel/lib/string.h"

struct quote_walk {
	const char *quotes; /* each keeps together all up to the next of its kind */
	bool backslash;	    /* takes the character behind it as it is, but within '' */
	const char *next;   /* where the walk goes on: at first, where it begins */

	const char *at; /* the step: one character, or a backslash and its character */
	char c;		/* what it is */
	bool mark;	/* a quote: it belongs to the word, but not to its text */
	bool plain;	/* of no quote and no backslash: it may separate */
	char quote;	/* that is open behind it; 0: none */
};

/* A step further; false, with `at` at the terminating 0, at the end. */
static inline bool quote_step(struct quote_walk *w)
{
	w->at = w->next;
	w->c = *w->at;
	w->mark = w->plain = false;
	if (!w->c)
		return false;
	w->next++;
	if (w->c == '\\' && w->backslash && w->quote != '\'' && *w->next) {
		w->c = *w->next++;
		return true;
	}
	w->mark = w->quote ? w->c == w->quote : strchr(w->quotes, w->c) != NULL;
	if (w->mark)
		w->quote = w->quote ? 0 : w->c;
	else
		w->plain = !w->quote;
	return true;
}

#endif

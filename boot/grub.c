// SPDX-License-Identifier: MIT
/*
 * GRUB's quoting of a command line, undone.
 *
 * GRUB's shell takes quotes away and hands over words; the kernel gets one string.
 * To join them, GRUB puts a backslash before each backslash and quote of either kind
 * (but \xHH, which it passes on), and double quotes around a word that has a blank.  To
 * the kernel's own grammar, where double quotes group and a backslash is a letter
 * like others, run="a; b" arrives as "run=\"a; b\"", which is other words.
 */
#include "boot/grub.h"

/* Where an escape of GRUB's starts: what follows the backslash is then the letter. */
static bool __init is_escape(const char *p)
{
	return p[0] == '\\' && (p[1] == '\\' || p[1] == '\'' || p[1] == '"');
}

/* The word at p, which GRUB may have put into quotes: where it ends, and what it holds. */
static char *__init word_end(char *p, bool *wrapped, bool *own_quotes)
{
	*wrapped = *p == '"';
	*own_quotes = false;
	p += *wrapped;
	for (; *p && *p != (*wrapped ? '"' : ' '); p++)
		if (is_escape(p) && *++p == '"')
			*own_quotes = true;
	return p;
}

void __init grub_unquote(char *cmdline)
{
	char *from = cmdline, *to = cmdline;
	bool wrapped, own_quotes;

	while (*from) {
		char *end = word_end(from, &wrapped, &own_quotes);
		bool keep = wrapped && !own_quotes;

		from += wrapped;
		if (keep)
			*to++ = '"';
		for (; from < end; from++) {
			from += is_escape(from);
			*to++ = *from;
		}
		if (wrapped && *from) { /* GRUB's closing quote: none where it was cut off */
			if (keep)
				*to++ = '"';
			from++;
		}
		if (*from)
			*to++ = *from++; /* the blank, or what no GRUB puts there */
	}
	*to = '\0';
}

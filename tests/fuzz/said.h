/* SPDX-License-Identifier: MIT */
/* What a command says, for targets that look into it: lines of characters that a console can show. */
#ifndef TESTS_FUZZ_SAID_H
#define TESTS_FUZZ_SAID_H

#include "kernel/core/sink.h"
#include "tests/fuzz/fuzz.h"

static char said[32768];
static size_t nr_said;

static void keep(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	MUST(nr_said + n < sizeof(said));
	memcpy(said + nr_said, s, n);
	said[nr_said += n] = '\0';
	for (; n; n--, s++)
		MUST(*s == '\n' || *s == '\t' || (*s >= ' ' && *s <= '~'));
}

#endif

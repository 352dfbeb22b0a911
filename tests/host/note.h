/* SPDX-License-Identifier: MIT */
/* What was done, one word after the other, for tests of an order. */
#ifndef TESTS_HOST_NOTE_H
#define TESTS_HOST_NOTE_H

#include <stdarg.h>

#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

static char noted[256];

static void note(const char *fmt, ...) __printf(1, 2);

static void note(const char *fmt, ...)
{
	size_t n = strlen(noted);
	va_list args;

	va_start(args, fmt);
	vscnprintf(noted + n, sizeof(noted) - n, fmt, args);
	va_end(args);
}

#endif

// SPDX-License-Identifier: MIT
/*
 * What commands need of their surroundings, whoever runs them.
 *
 * Keys are read while a command runs, so that ^C stops it and a UART's few bytes of
 * room do not run over; all but ^C waits here for whoever reads the next line.
 */
#include "kernel/core/command.h"

#include "kernel/core/printk.h"
#include "kernel/lib/string.h"

#define AHEAD_BYTES 1024 /* typed while a command runs; a power of two */
#define CTRL_C	    3

static u8 ahead[AHEAD_BYTES];
static unsigned int head, tail; /* written at head, read at tail */
static bool interrupted, failed;

unsigned int command_width(const char *word, unsigned int plain)
{
	static const char letters[] = "bwlq";
	const char *dot = strchr(word, '.'), *letter;

	if (!dot)
		return plain;
	letter = dot[1] && !dot[2] ? strchr(letters, dot[1]) : NULL;
	return letter ? 1U << (letter - letters) : 0;
}

/* With no room left keys are lost, but for ^C: as on a terminal. */
bool command_interrupted(void)
{
	int c;

	while ((c = console_getchar()) >= 0) {
		if (c == CTRL_C)
			interrupted = true;
		else if (head - tail < AHEAD_BYTES)
			ahead[head++ % AHEAD_BYTES] = (u8)c;
	}
	return interrupted;
}

void command_begin(void)
{
	interrupted = false;
}

void command_end(int ret)
{
	failed |= ret < 0;
}

bool command_failed(void)
{
	return failed;
}

int command_getchar(void)
{
	return head != tail ? ahead[tail++ % AHEAD_BYTES] : console_getchar();
}

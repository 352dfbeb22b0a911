// SPDX-License-Identifier: MIT
/* What commands need of their surroundings, whoever runs them. */
#include "kernel/core/command.h"

#include "kernel/lib/string.h"

unsigned int command_width(const char *word, unsigned int plain)
{
	static const char letters[] = "bwlq";
	const char *dot = strchr(word, '.'), *letter;

	if (!dot)
		return plain;
	letter = dot[1] && !dot[2] ? strchr(letters, dot[1]) : NULL;
	return letter ? 1U << (letter - letters) : 0;
}

/* SPDX-License-Identifier: MIT */
/* What a call returned, as the kernel means it, and in words. */
#ifndef RESULT_H
#define RESULT_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

static inline long call(long ret)
{
	return ret < 0 ? -errno : ret;
}

/* Good until eight more are. */
static inline const char *name(long ret)
{
	static char text[8][24];
	static int n;
	char *t = text[n++ % 8];

	if (ret >= 0)
		snprintf(t, 24, "%ld", ret);
	else
		snprintf(t, 24, "-%s", strerrorname_np((int)-ret));
	return t;
}

static inline void say(const char *what, long ret)
{
	printf("%s: %s\n", what, name(ret));
}

#endif

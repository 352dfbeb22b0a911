/* SPDX-License-Identifier: MIT */
#ifndef SLURP_H
#define SLURP_H

#include <fcntl.h>
#include <unistd.h>

/* The whole file, with a 0 behind it: its bytes, or -1. */
static inline long slurp_to(const char *path, void *to, size_t size)
{
	int fd = open(path, O_RDONLY);
	long n, sum = 0;
	char *text = to;

	text[0] = '\0';
	if (fd < 0)
		return -1;
	while ((n = read(fd, text + sum, size - 1 - (size_t)sum)) > 0)
		sum += n;
	text[sum] = '\0';
	close(fd);
	return n < 0 ? -1 : sum;
}

#define slurp(path) slurp_to(path, buf, sizeof(buf))

#endif

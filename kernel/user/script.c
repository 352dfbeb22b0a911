// SPDX-License-Identifier: MIT
/* The first line of a script, read as Linux reads it: execve(2), "Interpreter scripts". */
#include "kernel/user/script.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int parse_script_line(char buf[BINPRM_BUF_SIZE], const char **interp, const char **arg)
{
	size_t begin = 2, end = 2, last = BINPRM_BUF_SIZE - 1, cut;

	if (buf[0] != '#' || buf[1] != '!')
		return -ENOEXEC;
	while (end < BINPRM_BUF_SIZE && buf[end] && buf[end] != '\n')
		end++;
	while (begin < end && is_blank(buf[begin]))
		begin++;
	for (cut = begin; cut < end && !is_blank(buf[cut]);)
		cut++;
	if (end == BINPRM_BUF_SIZE) {
		/* The line goes on: an argument may be cut off, a name may not. */
		if (cut >= last)
			return -ENOEXEC;
		end = last;
	}
	while (end > begin && is_blank(buf[end - 1]))
		end--;
	if (begin == end)
		return -ENOEXEC;
	buf[end] = '\0';
	*interp = &buf[begin];
	*arg = NULL;
	if (cut >= end)
		return 0;
	buf[cut++] = '\0';
	while (is_blank(buf[cut]))
		cut++;
	*arg = &buf[cut];
	return 0;
}

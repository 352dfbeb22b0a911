/* SPDX-License-Identifier: MIT */
/* The first line of a script: "#!interpreter argument".  Pure. */
#ifndef KERNEL_USER_SCRIPT_H
#define KERNEL_USER_SCRIPT_H

#include "kernel/lib/compiler.h"

#define BINPRM_BUF_SIZE \
	256 /* bytes of a file by which it is told what it is; zero beyond its end */

/*
 * Where in buf the two are, ended with 0 there; *arg is NULL without one.  All that follows the
 * interpreter's name is one argument.  -ENOEXEC: it is no script, or its line does not end among these
 * bytes, unless the interpreter's name does.
 */
int parse_script_line(char buf[BINPRM_BUF_SIZE], const char **interp, const char **arg);

#endif

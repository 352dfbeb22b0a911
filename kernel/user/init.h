/* SPDX-License-Identifier: MIT */
/*
 * Pid 1: the first program, from the archive of files that the loader brought.
 *
 * It is /init, or what rdinit= names; where that is not there, what init= names, or the first of
 * /sbin/init, /etc/init, /bin/init and /bin/sh.  Words of the command line that the kernel does not
 * know are its arguments, and those with a value its environment, and whatever follows "--".
 */
#ifndef KERNEL_USER_INIT_H
#define KERNEL_USER_INIT_H

#include "kernel/lib/compiler.h"

/* What the command line says is noted.  Boot, once. */
void init_setup(void);

/* One of them is there.  In a thread that may sleep. */
bool init_is_there(void);

/*
 * The calling kernel thread, which has number 1, becomes that program: it returns, for its function to
 * return.  Where none of them runs, a line says so.  `ended` is called then, or when the program has
 * ended: once, and it must return.
 */
void run_init(void (*ended)(void));

#endif

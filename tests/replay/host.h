/* SPDX-License-Identifier: MIT */
/* What the program has from libc, which sees other names: see tests/host/rename.h. */
#ifndef TESTS_REPLAY_HOST_H
#define TESTS_REPLAY_HOST_H

int host_print(const char *fmt, ...);
/* All of standard input with a 0 behind it, or NULL. */
char *host_read_input(void);
/* Zeroed memory at that address, for the life of the program; ends it where there is no room. */
void host_map(unsigned long addr, unsigned long size);

#endif

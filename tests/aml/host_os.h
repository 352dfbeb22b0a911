/* SPDX-License-Identifier: MIT */
/* What aml_host has from libc, which sees other names: see tests/host/rename.h. */
#ifndef TESTS_AML_HOST_OS_H
#define TESTS_AML_HOST_OS_H

int host_print(const char *fmt, ...);
/* printk() is not shown; nothing is shown. */
void host_quiet(_Bool quiet);
void host_silence(_Bool silent);
/* A whole file from kmalloc and its bytes, or NULL. */
void *host_read_file(const char *name, unsigned long *size);

#endif
